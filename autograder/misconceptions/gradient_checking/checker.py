"""Known wrong answers to ``gradient_check``: what accepts wrong layers, or rejects right ones."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import IN_X, READ_ONLY
from autograder.misconceptions.misconception import Misconception

tool = partial(Misconception, function="gradient_check")

_STEP = "h = 1e-5"
_DOUT = "dout = np.random.default_rng(1).normal(size=out.shape)"
_COUNT = "    if len(gradients) != len(inputs):\n        return False\n"
_LOOP = "for place, gradient in enumerate(gradients):"
_SIDES = "left, right = one_sided_gradients(f, inputs[place], dout, h)"
_SHAPE = "        if np.shape(gradient) != left.shape:\n            return False\n"
_NEAREST = "nearest = np.clip(gradient, np.minimum(left, right), np.maximum(left, right))"
_FAR = "far = np.max(np.abs(gradient - nearest))"
_DECIDE = "if not (far <= noise or relative_error(gradient, nearest) <= 1e-6):"
_REJECT = "relative_error(gradient, nearest) <= 1e-6):\n            return False"
_LAST = "    return True"
_CENTRAL = "nearest = (left + right) / 2"
_ABOVE = "right = 2 * numerical_gradient(lambda z: f(np.maximum(z, inputs[place])), inputs[place], dout, h)"

_RANDOM = "Take a random dout of both signs: ones hide whatever is done to dout."
_EVERY = "The worst entry of every gradient decides."
_EACH = "Every gradient is compared, each with the slopes by its own input."
_BETWEEN = "At a corner every slope between those of the two sides is right, and no other."
_NOISE = "Rounding of the differences is no mistake: allow for it, and for no more."
_NAN = "Ask whether the error is small enough; of nan the answer is no."
_LIMIT = "Central differences are right to 1e-6 here; so is a right gradient."

MISTAKES = (
    tool(
        "G09",
        title="nan passes: it is never larger than the limit",
        question="What is nan > 1e-6?",
        remedy=_NAN,
        check="every",
        edits=((_DECIDE, "if far > noise and relative_error(gradient, nearest) > 1e-6:"),),
    ),
    tool(
        "G14",
        title="the limit is 5 percent",
        question="How large an error do you let pass, and how exact are differences?",
        remedy=_LIMIT,
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
                _DECIDE,
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
                _NEAREST,
                _NEAREST + "\n        gradient, nearest = gradient.ravel()[0], nearest.ravel()[0]",
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
                _NEAREST,
                _NEAREST
                + "\n        gradient, nearest = gradient.ravel()[-1], nearest.ravel()[-1]",
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
                _DECIDE,
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
                _NEAREST,
                _NEAREST
                + "\n        gradient, nearest = np.abs(gradient), np.abs(left + right) / 2",
            ),
        ),
    ),
    tool(
        "G72",
        title="the limit is absolute: small gradients always pass",
        question="Is an error of 1e-6 small for a gradient of 1e-7?",
        remedy="Errors are measured against the size of the gradient.",
        check="sizes",
        edits=((_DECIDE, "if not far <= 1e-6:"),),
    ),
    tool(
        "G73",
        title="each entry is measured against itself, so that right zeros are rejected",
        question="What is the error of an entry whose gradient is exactly 0?",
        remedy=_NOISE,
        check="sizes",
        edits=(
            (_NEAREST, _CENTRAL),
            (
                _DECIDE,
                "error = np.abs(gradient - nearest) / (np.abs(gradient) + np.abs(nearest) + 1e-30)\n"
                "        if not np.max(error) <= 1e-6:",
            ),
        ),
    ),
    tool(
        "G74",
        title="rounding is not allowed for, where nothing but rounding is left",
        question="What do differences find where the gradient is exactly 0?",
        remedy=_NOISE,
        check="sizes",
        edits=(
            (_NEAREST, _CENTRAL),
            (_DECIDE, "if not relative_error(gradient, nearest) <= 1e-6:"),
        ),
    ),
    tool(
        "G75",
        title="at a corner only the slope half way between the sides is accepted",
        question="What does a central difference find at a corner?",
        remedy=_BETWEEN,
        check="corners",
        edits=((_NEAREST, _CENTRAL),),
    ),
    tool(
        "G76",
        title="at a corner only the slope on the right is accepted",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=((_NEAREST, "nearest = right"), ("<= 1e-6", "<= 1e-4")),
    ),
    tool(
        "G77",
        title="at a corner only the slope on the left is accepted",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=((_NEAREST, "nearest = left"), ("<= 1e-6", "<= 1e-4")),
    ),
    tool(
        "G78",
        title="at a corner the two slopes are accepted, and nothing between them",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=(
            (
                _NEAREST,
                "first = np.abs(gradient - left) < np.abs(gradient - right)\n"
                "        nearest = np.where(first, left, right)",
            ),
            ("<= 1e-6", "<= 1e-4"),
        ),
    ),
    tool(
        "G79",
        title="entries at a corner are left out",
        question="What does your check say of a nan at a corner, or of a slope that none has?",
        remedy=_BETWEEN,
        check="corners",
        edits=(
            (
                _NEAREST,
                _NEAREST + "\n        even = np.abs(left - right) <= 1e-3 * np.max(np.abs(left))\n"
                "        gradient, nearest = np.where(even, gradient, 0), np.where(even, nearest, 0)",
            ),
        ),
    ),
    tool(
        "G80",
        title="every right one is rejected: equality to the last digit is asked for",
        question="Are differences exact?",
        remedy=_LIMIT,
        check="plain",
        edits=((_DECIDE, "if not np.array_equal(gradient, (left + right) / 2):"),),
    ),
    tool(
        "G82",
        title="every right one is rejected: the step is 0.1, and curves are no lines",
        question="How far does a curve leave its tangent within your step?",
        remedy="The step is about 1e-5: the error of a central difference is its square.",
        check="plain",
        edits=((_NEAREST, _CENTRAL), (_STEP, "h = 0.1")),
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
        "G85",
        title="everything is rejected",
        question="Did you see your check say yes?",
        remedy="Try the check on your own layers, too.",
        check="plain",
        edits=((_LAST, "    return False"),),
    ),
    tool(
        "G86",
        title="only shapes are compared",
        question="Which numbers do you compare?",
        remedy="Compare values: shapes can be right for any numbers.",
        check="plain",
        edits=((_DECIDE, "if False:"),),
    ),
    tool(
        "G87",
        title="one wrong gradient is forgiven as long as the last one is right",
        question="What does your check say if the first gradient is wrong and the second right?",
        remedy=_EACH,
        check="plain",
        edits=(
            (_LOOP, "verdict = True\n    " + _LOOP),
            (_DECIDE, "verdict = True\n        " + _DECIDE),
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
                _NEAREST,
                "gradient = gradient / max(np.max(np.abs(gradient)), 1e-300) * np.max(np.abs(left + right)) / 2\n"
                "        " + _NEAREST,
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
        remedy=_NOISE,
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
        "G93",
        title="gradients that are exactly zero are left out",
        question="What does your check say of a gradient that should be 0 and is not?",
        remedy="A zero is a number like any other: it is compared.",
        check="sizes",
        edits=(
            (
                _DECIDE,
                "if np.max(np.abs(left)) <= noise:\n            continue\n        " + _DECIDE,
            ),
        ),
    ),
    tool(
        "G94",
        title="entries are compared in the order in which they lie in memory",
        question="Which entry comes second in an array in Fortran order?",
        remedy="Entries are compared by their indices; the order in memory is nobody's business.",
        check="upstream",
        edits=(
            (
                _NEAREST,
                'gradient = np.ravel(gradient, order="K").reshape(left.shape)\n        ' + _NEAREST,
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
    tool(
        "G96",
        title="the limit is absolute: large gradients never pass",
        question="How large is rounding in differences of numbers around a million?",
        remedy="Errors are measured against the size of the gradient.",
        check="sizes",
        edits=((_DECIDE, "if not far <= 1e-8:"),),
    ),
)
