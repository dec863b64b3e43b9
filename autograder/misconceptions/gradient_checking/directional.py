"""Known wrong answers to ``directional_check``."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import IN_X, READ_ONLY
from autograder.misconceptions.misconception import Misconception

tool = partial(Misconception, function="directional_check")

_DOUT = "dout = random.normal(size=out.shape)"
_SHAPES = (
    "    if [np.shape(gradient) for gradient in gradients] != [np.shape(x) for x in inputs]:\n"
    "        return False\n"
)
_WAYS = "ways = [random.normal(size=np.shape(x)) for x in inputs]"
_BEHIND = "behind = forward(*map(np.subtract, inputs, steps))[0]"
_SLOPE = "slope = np.sum((ahead - behind) * dout) / (2 * h)"
_CLAIMED = "claimed = sum(np.sum(term) for term in terms)"
_SIZE = "size = sum(np.sum(np.abs(term)) for term in terms)"
_RETURN = "return np.abs(slope - claimed) <= 1e-6 * size"

_GAUSSIAN = "A Gaussian direction of its own for each input hides nothing."
_MEASURE = "Errors are measured against the sizes of all terms, with rounding on top."

MISTAKES = (
    tool(
        "GD01",
        title="the direction is made of ones, along which errors cancel",
        question="Which errors have the same sum of entries as none at all?",
        remedy=_GAUSSIAN,
        check="verdicts",
        edits=((_WAYS, "ways = [np.ones(np.shape(x)) for x in inputs]"),),
    ),
    tool(
        "GD14",
        title="the direction is made of random signs, along which two errors may cancel",
        question="Two entries are off by as much: for which signs of the direction do you see it?",
        remedy=_GAUSSIAN,
        check="verdicts",
        edits=((_WAYS, "ways = [random.choice([-1.0, 1.0], size=np.shape(x)) for x in inputs]"),),
    ),
    tool(
        "GD02",
        title="dout is made of ones, which hides that dout is ignored",
        question="Which wrong backward would be right for your dout?",
        remedy="Take a random dout of both signs.",
        check="verdicts",
        edits=((_DOUT, "dout = np.ones(out.shape)"),),
    ),
    tool(
        "GD03",
        title="dout is positive everywhere, which hides that its signs are lost",
        question="Which wrong backward would be right for your dout?",
        remedy="Take a random dout of both signs.",
        check="verdicts",
        edits=((_DOUT, "dout = random.uniform(1, 2, size=out.shape)"),),
    ),
    tool(
        "GD04",
        title="shapes are not compared: an axis of length 1 is broadcast away",
        question="What is an array of shape (1, 3) times one of shape (3,)?",
        remedy="A gradient has the shape of its input: compare shapes first.",
        check="shapes_and_sizes",
        edits=((_SHAPES, "    gradients = [*gradients, *inputs[len(gradients):]]\n"),),
    ),
    tool(
        "GD05",
        title="only the first input is moved",
        question="Which inputs move along your direction?",
        remedy="All inputs move together, each along a direction of its own.",
        check="verdicts",
        edits=((_WAYS, _WAYS + "\n    ways[1:] = [0 * way for way in ways[1:]]"),),
    ),
    tool(
        "GD06",
        title="the limit is absolute",
        question="Is an error of 1e-6 small for a gradient of 1e-7, and for one of 1e9?",
        remedy=_MEASURE,
        check="shapes_and_sizes",
        edits=((_RETURN, "return np.abs(slope - claimed) <= 1e-6"),),
    ),
    tool(
        "GD08",
        title="divided by h instead of 2 h",
        question="How far apart are the two points?",
        remedy="The slope is the difference over twice the step.",
        check="verdicts",
        edits=(("(2 * h)", "h"),),
    ),
    tool(
        "GD09",
        title="no absolute value: errors of one sign pass",
        question="Is a difference of -5 larger than the limit?",
        remedy="The size of the difference counts, whatever its sign.",
        check="verdicts",
        edits=((_RETURN, _RETURN.replace("np.abs(slope - claimed)", "slope - claimed")),),
    ),
    tool(
        "GD10",
        title="nan passes: it is never larger than the limit",
        question="What is nan > 1e-6?",
        remedy="Ask whether the error is small enough; of nan the answer is no.",
        check="verdicts",
        edits=((_RETURN, "return not np.abs(slope - claimed) > 1e-6 * size"),),
    ),
    tool(
        "GD11",
        title="everything is accepted",
        question="Did you see your check say no?",
        remedy="A test that has never failed proves nothing: try it on what you broke.",
        check="verdicts",
        edits=(
            (_RETURN, "return True"),
            (
                _SHAPES,
                "    gradients = [*gradients, *inputs[len(gradients):]]\n    gradients = inputs\n",
            ),
        ),
    ),
    tool(
        "GD12",
        title="everything is rejected",
        question="Did you see your check say yes?",
        remedy="Try the check on your own layers, too.",
        check="verdicts",
        edits=((_RETURN, "return False"),),
    ),
    tool(
        "GD13",
        title="inputs stay moved after the check",
        question=IN_X,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_RETURN, "inputs[0].flat[0] += h\n    " + _RETURN),),
    ),
)
