"""Known wrong answers to ``my_test``: tests that accept what is wrong, or reject what is right."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

tool = partial(Misconception, function="my_test")

_INPUTS = "inputs = [random.normal(size=(3, 2)), random.normal(size=(4, 2))]"
_DOUT = "dout = random.normal(size=out.shape)"
_COUNT = "    if len(gradients) != 2:\n        return False\n"
_BEFORE = "before = [array.copy() for array in (dout, *cache)]"
_FIRST = "    backward(dout, cache)\n"
_SECOND = "gradients = backward(dout, cache)"
_LEFT = "    if not all(map(np.array_equal, before, (dout, *cache))):\n        return False\n"
_LOOP = "for place, gradient in enumerate(gradients):"
_SHAPE = "        if np.shape(gradient) != slopes.shape:\n            return False\n"
_AGREE = "if not np.allclose(gradient, slopes):\n            return False"
_LIMIT = "1e-6 * np.max(np.abs(slopes))"
_WORST = f"if not np.max(np.abs(gradient - slopes)) <= {_LIMIT}:\n            return False"
_UP = "moved[place][index] += 1e-4"
_DOWN = "moved[place][index] -= 2e-4"
_LAST = "    return True"
_RANDOM = "Take a random dout: ones, or signs, hide whole families of mistakes."
_SIZES = "Let N, K and D differ, and all be above 1."
_EVERY = "The largest difference of all entries decides."
_TWICE = "Call it twice with the same arguments, and compare what the second call returns."
_TRACES = "Copy dout and the arrays of the cache before the call, and compare them afterwards."
_BOTH = "Both gradients are compared, each with the slopes by its own input."

MISTAKES = (
    tool(
        "Y01",
        title="dout is made of ones, which hides that dout is ignored",
        question="Which wrong backward would be right for your dout?",
        remedy=_RANDOM,
        check="telling",
        edits=((_DOUT, "dout = np.ones(out.shape)"),),
    ),
    tool(
        "Y02",
        title="dout is positive everywhere, which hides that its signs are lost",
        question="Which wrong backward would be right for your dout?",
        remedy=_RANDOM,
        check="plain",
        edits=((_DOUT, "dout = np.abs(random.normal(size=out.shape))"),),
    ),
    tool(
        "Y03",
        title="x has one row only",
        question="Which sums have one term only for your sizes?",
        remedy=_SIZES,
        check="telling",
        edits=((_INPUTS, _INPUTS.replace("(3, 2)", "(1, 2)")),),
    ),
    tool(
        "Y04",
        title="there is one center only",
        question="Which sums have one term only for your sizes?",
        remedy=_SIZES,
        check="telling",
        edits=((_INPUTS, _INPUTS.replace("(4, 2)", "(1, 2)")),),
    ),
    tool(
        "Y05",
        title="one row and one center: nothing is ever summed",
        question="Which sums have one term only for your sizes?",
        remedy=_SIZES,
        check="telling",
        edits=((_INPUTS, _INPUTS.replace("(3, 2)", "(1, 2)").replace("(4, 2)", "(1, 2)")),),
    ),
    tool(
        "Y06",
        title="only dx is looked at",
        question="How many gradients does the backward return, and how many do you compare?",
        remedy=_BOTH,
        check="both",
        edits=((_LOOP, "for place, gradient in enumerate(gradients[:1]):"),),
    ),
    tool(
        "Y07",
        title="only dcenters is looked at",
        question="How many gradients does the backward return, and how many do you compare?",
        remedy=_BOTH,
        check="plain",
        edits=((_LOOP, "for place, gradient in list(enumerate(gradients))[1:]:"),),
    ),
    tool(
        "Y08",
        title="nobody counts the gradients: one that is missing is not missed",
        question="What does your loop do if the backward returns one array only?",
        remedy="There are two gradients; a backward that returns fewer is wrong.",
        check="both",
        edits=((_COUNT, ""),),
    ),
    tool(
        "Y09",
        title="shapes are not compared: an axis of length 1 is broadcast away",
        question="What is an array of shape (1, 3, 2) minus one of shape (3, 2)?",
        remedy="A gradient has the shape of its input: compare shapes first.",
        check="both",
        edits=((_SHAPE, ""),),
    ),
    tool(
        "Y10",
        title="the difference is averaged, which hides a single entry",
        question="One entry of a hundred is wrong: what do you compare with the limit?",
        remedy=_EVERY,
        check="fine",
        edits=(
            (
                _AGREE,
                _WORST.replace(
                    "np.max(np.abs(gradient - slopes)) <= 1e-6",
                    "np.mean(np.abs(gradient - slopes)) <= 0.1",
                ),
            ),
        ),
    ),
    tool(
        "Y11",
        title="the limit is 5 percent",
        question="How large an error do you let pass, and how exact are differences?",
        remedy="Central differences are right to 1e-6 here; so is a right gradient.",
        check="fine",
        edits=((_AGREE, _WORST.replace("1e-6", "0.05")),),
    ),
    tool(
        "Y12",
        title="nan passes: it is never larger than the limit",
        question="What is nan > 1e-6?",
        remedy="Ask whether the error is small enough; of nan the answer is no.",
        check="fine",
        edits=((_AGREE, _WORST.replace("if not", "if").replace("<=", ">")),),
    ),
    tool(
        "Y13",
        title="no absolute value: gradients that are too large pass",
        question="Is a difference of -5 larger than the limit?",
        remedy="The size of the difference counts, whatever its sign.",
        check="plain",
        edits=(
            (
                _AGREE,
                _WORST.replace("np.max(np.abs(gradient - slopes))", "np.max(slopes - gradient)"),
            ),
        ),
    ),
    tool(
        "Y14",
        title="sizes are compared without their signs",
        question="Would your test see a gradient of the wrong sign?",
        remedy="Subtract first, then take the absolute value.",
        check="plain",
        edits=((_AGREE, _WORST.replace("gradient - slopes", "np.abs(gradient) - np.abs(slopes)")),),
    ),
    tool(
        "Y15",
        title="only the first entry is looked at",
        question="How many entries of each gradient do you compare?",
        remedy=_EVERY,
        check="fine",
        edits=((_AGREE, _WORST.replace("gradient - slopes", "(gradient - slopes).ravel()[0]")),),
    ),
    tool(
        "Y16",
        title="sums are compared instead of entries",
        question="Can two different arrays have one sum?",
        remedy=_EVERY,
        check="telling",
        edits=(
            (
                _AGREE,
                _WORST.replace(
                    "gradient - slopes", "np.sum(gradient, axis=0) - np.sum(slopes, axis=0)"
                ),
            ),
        ),
    ),
    tool(
        "Y17",
        title="every right one is rejected: equality to the last digit is asked for",
        question="Are central differences exact?",
        remedy="Rounding is no mistake: allow 1e-6 of the largest entry.",
        check="fine",
        edits=((_AGREE, "if not np.array_equal(gradient, slopes):\n            return False"),),
    ),
    tool(
        "Y18",
        title="every right one is rejected: the step is 1e-13, and all digits cancel",
        question="How many digits are left of two numbers that differ in the last ones?",
        remedy="The step is about 1e-5; below it rounding takes over.",
        check="telling",
        edits=(
            (_UP, _UP.replace("1e-4", "1e-13")),
            (_DOWN, _DOWN.replace("2e-4", "2e-13")),
            ("/ 2e-4", "/ 2e-13"),
        ),
    ),
    tool(
        "Y20",
        title="every right one is rejected: forward differences are off by the curvature",
        question="At which two points do you evaluate the forward?",
        remedy="A central difference: one step up and one step down.",
        check="both",
        edits=((_DOWN, _DOWN.replace("2e-4", "1e-4")), ("/ 2e-4", "/ 1e-4")),
    ),
    tool(
        "Y21",
        title="everything is accepted",
        question="Did you see your test say no?",
        remedy="A test that has never failed proves nothing: try it on a backward that you broke.",
        check="plain",
        edits=((_AGREE, "pass"), (_COUNT, ""), (_SHAPE, "")),
    ),
    tool(
        "Y22",
        title="everything is rejected",
        question="Did you see your test say yes?",
        remedy="Try the test on the backward that is given, too.",
        check="plain",
        edits=((_LAST, "    return False"),),
    ),
    tool(
        "Y23",
        title="only that the backward runs is tested, and shapes",
        question="Which numbers does your test compare?",
        remedy="Compare values: shapes can be right for any numbers.",
        check="plain",
        edits=((_AGREE, "pass"),),
    ),
    tool(
        "Y24",
        title="one wrong gradient is forgiven as long as the other is right",
        question="What does your test say when the first gradient is wrong and the second right?",
        remedy=_BOTH,
        check="plain",
        edits=(
            (
                _AGREE,
                _WORST.replace("return False", "verdict = False")
                + "\n        else:\n            verdict = True",
            ),
            (_LAST, "    return verdict"),
        ),
    ),
    tool(
        "Y25",
        title="dout is 1 in one entry and 0 elsewhere: other outputs are never looked at",
        question="Which rows and which centers does your dout look at?",
        remedy=_RANDOM,
        check="telling",
        edits=((_DOUT, "dout = np.zeros(out.shape)\n    dout[0, 0] = 1"),),
    ),
    tool(
        "Y26",
        title="gradients are scaled before they are compared, so that factors pass",
        question="Would your test see a gradient that is half as large?",
        remedy="Sizes count: half a gradient is a wrong gradient.",
        check="plain",
        edits=(
            (
                _AGREE,
                "gradient = gradient / np.max(np.abs(gradient)) * np.max(np.abs(slopes))\n        "
                + _AGREE,
            ),
        ),
    ),
    tool(
        "Y27",
        title="two gradients are unpacked, and the test raises where only one comes back",
        question="What does dx, dcenters = backward(...) do with a tuple of one array?",
        remedy="Keep what comes back in one variable, and count it; the answer is False, no error.",
        check="both",
        edits=((_SECOND, "dx, dcenters = backward(dout, cache)\n    gradients = dx, dcenters"),),
    ),
    tool(
        "Y28",
        title="the backward is called once, which hides what it remembers",
        question="What would your test say of patient 5?",
        remedy=_TWICE,
        check="lasting",
        edits=((_FIRST, ""),),
    ),
    tool(
        "Y29",
        title="nobody looks at dout and the cache after the call",
        question="What would your test say of patient 6?",
        remedy=_TRACES,
        check="lasting",
        edits=((_LEFT, ""),),
    ),
    tool(
        "Y31",
        title="the backward is given copies, and nobody looks at what it did to them",
        question="What would your test say of patient 6?",
        remedy=_TRACES,
        check="lasting",
        edits=(
            (
                _FIRST,
                "    given = [array.copy() for array in (dout, *cache)]\n"
                "    backward(given[0], tuple(given[1:]))\n",
            ),
            (_SECOND, "gradients = backward(dout.copy(), tuple(item.copy() for item in cache))"),
        ),
    ),
    tool(
        "Y32",
        title="memory and meddling are not tested at all: one call, and no look at its arguments",
        question="What would your test say of patients 5 and 6?",
        remedy=f"{_TWICE} {_TRACES}",
        check="lasting",
        edits=((_FIRST, ""), (_LEFT, ""), (_BEFORE, "pass")),
    ),
)
