"""Known wrong answers to ``gradient_check``: too little is looked at, or compared wrongly."""

from autograder.misconceptions.gradient_checking.checker.statements import (
    CENTRAL,
    DECIDE,
    LIMIT,
    NEAREST,
    NOISE,
    STEP,
    tool,
)
from autograder.misconceptions.gradient_checking.rules import IN_X, READ_ONLY

_DOUT = "dout = np.random.default_rng(1).normal(size=out.shape)"
_COUNT = "    if len(gradients) != len(inputs):\n        return False\n"
_LOOP = "for place, gradient in enumerate(gradients):"
_SHAPE = "        if np.shape(gradient) != left.shape:\n            return False\n"
_FAR = "far = np.max(np.abs(gradient - nearest))"
_REJECT = "relative_error(gradient, nearest) <= 1e-6):\n            return False"
_LAST = "    return True"
_RANDOM = "Take a random dout of both signs: ones hide whatever is done to dout."
_EVERY = "The worst entry of every gradient decides."
_EACH = "Every gradient is compared, each with the slopes by its own input."
_NAN = "Ask whether the error is small enough; of nan the answer is no."

MISTAKES = (
    tool(
        "G09",
        title="nan passes: it is never larger than the limit",
        question="What is nan > 1e-6?",
        remedy=_NAN,
        check="every",
        edits=((DECIDE, "if far > noise and relative_error(gradient, nearest) > 1e-6:"),),
    ),
    tool(
        "G14",
        title="the limit is 5 percent",
        question="How large an error do you let pass, and how exact are differences?",
        remedy=LIMIT,
        check="every",
        edits=(("<= 1e-6", "<= 5e-2"),),
    ),
    tool(
        "G18",
        title="shapes are not compared: an axis of length 1 is broadcast away",
        question="What is an array of shape (1, 3) minus one of shape (3,)?",
        remedy="A gradient has the shape of its input: compare shapes first.",
        check="every",
        edits=((_SHAPE, ""),),
    ),
    tool(
        "G61",
        title="dout is made of ones, which hides that dout is ignored",
        question="Which wrong backward would be right for your dout?",
        remedy=_RANDOM,
        check="upstream",
        edits=((_DOUT, "dout = np.ones(out.shape)"),),
    ),
    tool(
        "G62",
        title="dout is positive everywhere, which hides that its signs are lost",
        question="Which wrong backward would be right for your dout?",
        remedy=_RANDOM,
        check="upstream",
        edits=((_DOUT, _DOUT.replace("normal(", "uniform(1, 2, ")),),
    ),
    tool(
        "G63",
        title="only the first gradient is looked at",
        question="How many gradients does the backward return, and how many do you compare?",
        remedy=_EACH,
        check="plain",
        edits=((_LOOP, "for place, gradient in enumerate(gradients[:1]):"),),
    ),
    tool(
        "G64",
        title="only the last gradient is looked at",
        question="How many gradients does the backward return, and how many do you compare?",
        remedy=_EACH,
        check="plain",
        edits=((_LOOP, "for place, gradient in list(enumerate(gradients))[-1:]:"),),
    ),
    tool(
        "G65",
        title="nobody counts the gradients: one that is missing is not missed",
        question="What does your loop do if the backward returns one array only?",
        remedy="There is a gradient for each input; a backward that returns fewer is wrong.",
        check="every",
        edits=((_COUNT, ""),),
    ),
    tool(
        "G66",
        title="the error is averaged, which hides a single entry",
        question="One entry of a hundred is wrong: what do you compare with the limit?",
        remedy=_EVERY,
        check="every",
        edits=(
            (
                DECIDE,
                "if not np.mean(np.abs(gradient - nearest)) <= 0.01 * np.max(np.abs(gradient)) + noise:",
            ),
        ),
    ),
    tool(
        "G67",
        title="only the first entry is looked at",
        question="How many entries of each gradient do you compare?",
        remedy=_EVERY,
        check="every",
        edits=(
            (
                NEAREST,
                NEAREST + "\n        gradient, nearest = gradient.ravel()[0], nearest.ravel()[0]",
            ),
        ),
    ),
    tool(
        "G68",
        title="only the last entry is looked at",
        question="How many entries of each gradient do you compare?",
        remedy=_EVERY,
        check="every",
        edits=(
            (
                NEAREST,
                NEAREST + "\n        gradient, nearest = gradient.ravel()[-1], nearest.ravel()[-1]",
            ),
        ),
    ),
    tool(
        "G69",
        title="sums are compared instead of entries",
        question="Can two different arrays have one sum?",
        remedy=_EVERY,
        check="upstream",
        edits=(
            (
                DECIDE,
                "off = np.abs(np.sum(gradient) - np.sum(left + right) / 2)\n"
                "        if not off <= 1e-6 * np.sum(np.abs(left)) + 100 * noise:",
            ),
        ),
    ),
    tool(
        "G70",
        title="no absolute value: gradients that are too small pass",
        question="Is a difference of -5 larger than the limit?",
        remedy="The size of the difference counts, whatever its sign.",
        check="every",
        edits=(
            (_FAR, "far = np.max(gradient - nearest)"),
            ("relative_error(gradient, nearest)", "far / np.max(np.abs(nearest))"),
        ),
    ),
    tool(
        "G83",
        title="no absolute value: gradients that are too large pass",
        question="Is a difference of -5 larger than the limit?",
        remedy="The size of the difference counts, whatever its sign.",
        check="every",
        edits=(
            (_FAR, "far = np.max(nearest - gradient)"),
            ("relative_error(gradient, nearest)", "far / np.max(np.abs(nearest))"),
        ),
    ),
    tool(
        "G71",
        title="sizes are compared without their signs",
        question="Would your check see a gradient of the wrong sign?",
        remedy="Subtract first, then take the absolute value.",
        check="plain",
        edits=(
            (
                NEAREST,
                NEAREST
                + "\n        gradient, nearest = np.abs(gradient), np.abs(left + right) / 2",
            ),
        ),
    ),
    tool(
        "G85",
        title="everything is rejected, right ones too",
        question="Did your check ever say yes? How far from the differences may a right gradient be?",
        remedy="A right gradient and central differences agree to many digits, not to the last, "
        "and only with a step of about 1e-5; try the check on your own layers, too.",
        check="plain",
        edits=((_LAST, "    return False"),),
    ),
    tool(
        "G80",
        title="every right one is rejected, since equality to the last digit is asked for",
        question="Are differences exact?",
        remedy=LIMIT,
        check="plain",
        edits=((DECIDE, "if not np.array_equal(gradient, (left + right) / 2):"),),
    ),
    tool(
        "G82",
        title="every right one is rejected, since the step is 0.1, and curves are no lines",
        question="How far does a curve leave its tangent within your step?",
        remedy="The step is about 1e-5: the error of a central difference is its square.",
        check="plain",
        edits=((NEAREST, CENTRAL), (STEP, "h = 0.1")),
    ),
    tool(
        "G84",
        title="everything is accepted",
        question="Did you see your check say no?",
        remedy="A test that has never failed proves nothing: try it on what you broke.",
        check="plain",
        edits=((_COUNT, "    return True\n"),),
    ),
    tool(
        "G86",
        title="only shapes are compared",
        question="Which numbers do you compare?",
        remedy="Compare values: shapes can be right for any numbers.",
        check="plain",
        edits=((DECIDE, "if False:"),),
    ),
    tool(
        "G87",
        title="one wrong gradient is forgiven as long as the last one is right",
        question="What does your check say if the first gradient is wrong and the second right?",
        remedy=_EACH,
        check="plain",
        edits=(
            (_LOOP, "verdict = True\n    " + _LOOP),
            (DECIDE, "verdict = True\n        " + DECIDE),
            (_REJECT, _REJECT.replace("return False", "verdict = False")),
            (_LAST, "    return verdict"),
        ),
    ),
    tool(
        "G88",
        title="gradients are scaled before they are compared, so that factors pass",
        question="Would your check see a gradient that is half as large?",
        remedy="Sizes count: half a gradient is a wrong gradient.",
        check="plain",
        edits=(
            (
                NEAREST,
                "gradient = gradient / max(np.max(np.abs(gradient)), 1e-300) * np.max(np.abs(left + right)) / 2\n"
                "        " + NEAREST,
            ),
        ),
    ),
    tool(
        "G89",
        title="another dout is drawn in every call",
        question="Does your check say the same every time, and for which dout did it fail?",
        remedy="Draw dout from a generator with a fixed seed.",
        check="repeatable",
        edits=(
            (
                _DOUT,
                "calls = gradient_check.__dict__\n    calls[out.shape] = 1 - calls.get(out.shape, 0)\n"
                "    dout = np.random.default_rng(1).normal(size=out.shape) * calls[out.shape]",
            ),
        ),
    ),
    tool(
        "G90",
        title="inputs stay moved after the check",
        question=IN_X,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_LAST, "    inputs[0].flat[0] += h\n    return True"),),
    ),
    tool(
        "G91",
        title="the noise that is allowed is far too large",
        question="How large can rounding be, and how large an error do you let pass?",
        remedy=NOISE,
        check="every",
        edits=(("far <= noise", "far <= 1e9 * noise"),),
    ),
    tool(
        "G92",
        title="dout is 1 in one entry and 0 elsewhere: other outputs are never looked at",
        question="Which rows does your dout look at?",
        remedy=_RANDOM,
        check="upstream",
        edits=((_DOUT, "dout = np.zeros(out.shape)\n    dout.flat[0] = 1"),),
    ),
    tool(
        "G94",
        title="entries are compared in the order in which they lie in memory",
        question="Which entry comes second in an array in Fortran order?",
        remedy="Entries are compared by their indices; the order in memory is nobody's business.",
        check="upstream",
        edits=(
            (
                NEAREST,
                'gradient = np.ravel(gradient, order="K").reshape(left.shape)\n        ' + NEAREST,
            ),
        ),
    ),
    tool(
        "G95",
        title="the limit is 1e-9, which rejects right gradients in float32",
        question="How exact is a gradient that was computed in float32?",
        remedy="Up to a relative error of 1e-6 a gradient is right.",
        check="every",
        edits=(("<= 1e-6", "<= 1e-9"),),
    ),
)
