"""Known wrong answers to ``gradient_check``: corners, and curves that are taken for them."""

from autograder.misconceptions.gradient_checking.checker.statements import (
    CENTRAL,
    CLIPPED,
    LIMIT,
    NEAREST,
    STEP,
    tool,
)

_SORTED = "lower, upper = np.sort([left, right], axis=0)"
_BETWEEN = "At a corner every slope between those of the two sides is right, and no other."
_ELSEWHERE = "Away from corners the gradient is the central difference, half way between the sides."

MISTAKES = (
    tool(
        "G75",
        title="at a corner only the slope half way between the sides is accepted",
        question="What does a central difference find at a corner?",
        remedy=_BETWEEN,
        check="corners",
        edits=((NEAREST, CENTRAL),),
    ),
    tool(
        "G76",
        title="at a corner only the slope on the right is accepted",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=((CLIPPED, "right"),),
    ),
    tool(
        "G77",
        title="at a corner only the slope on the left is accepted",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=((CLIPPED, "left"),),
    ),
    tool(
        "G78",
        title="at a corner the two slopes are accepted, and nothing between them",
        question="Which slopes does a corner have?",
        remedy=_BETWEEN,
        check="corners",
        edits=(
            (
                _SORTED,
                "at_left = np.abs(gradient - left) < np.abs(gradient - right)",
            ),
            (CLIPPED, "np.where(at_left, left, right)"),
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
                NEAREST,
                NEAREST + "\n        left_out = corner & (np.abs(right - left) > noise)\n"
                "        gradient, nearest = np.where(left_out, 0, [gradient, nearest])",
            ),
        ),
    ),
    tool(
        "G97",
        title="every slope between the two sides is accepted, at curves as well as at corners",
        question="What do you say of a gradient of 0 for z**2 at z = 1e-6, where the slope is 2e-6?",
        remedy=_ELSEWHERE,
        check="corners",
        edits=((NEAREST, f"nearest = {CLIPPED}"),),
    ),
    tool(
        "G98",
        title="every slope between the two sides is accepted, with a smaller step",
        question="Does a smaller step close the gap between the two sides, or make it narrower?",
        remedy=_ELSEWHERE,
        check="corners",
        edits=((NEAREST, f"nearest = {CLIPPED}"), (STEP, "h = 1e-7")),
    ),
    tool(
        "G99",
        title="the two slopes are not sorted: where the left one is larger, nothing lies between",
        question="Which slope is the larger one at a corner where dout is negative?",
        remedy="Either side may be the larger: sort the two before you look between them.",
        check="corners",
        edits=((_SORTED, "lower, upper = left, right"),),
    ),
    tool(
        "G100",
        title="the limit is half a percent",
        question="How large an error do you let pass, and how exact are differences?",
        remedy=LIMIT,
        check="corners",
        edits=(("<= 1e-6", "<= 5e-3"),),
    ),
    tool(
        "G101",
        title="forward differences: away from corners the slope on the right is taken",
        question="How far is the slope on one side from the slope, at a curve?",
        remedy=_ELSEWHERE,
        check="corners",
        edits=(("(left + right) / 2)", "right)"), ("<= 1e-6", "<= 1e-4")),
    ),
    tool(
        "G102",
        title="at a corner 0 is always accepted, as if every forward were ReLU",
        question="Which slopes do the two sides of a corner have, and does 0 lie between them?",
        remedy=_BETWEEN,
        check="corners",
        edits=((CLIPPED, f"np.where(gradient == 0, 0, {CLIPPED})"),),
    ),
)
