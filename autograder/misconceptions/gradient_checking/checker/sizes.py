"""Known wrong answers to ``gradient_check``: gradients that are small, large, or zero."""

from autograder.misconceptions.gradient_checking.checker.statements import DECIDE, NOISE, tool

MISTAKES = (
    tool(
        "G72",
        title="the limit is absolute: small gradients always pass",
        question="Is an error of 1e-6 small for a gradient of 1e-7?",
        remedy="Errors are measured against the size of the gradient.",
        check="sizes",
        edits=((DECIDE, "if not far <= 1e-6:"),),
    ),
    tool(
        "G73",
        title="each entry is measured against itself, so that right zeros are rejected",
        question="What is the error of an entry whose gradient is exactly 0?",
        remedy=NOISE,
        check="sizes",
        edits=(
            (
                DECIDE,
                "error = np.abs(gradient - nearest) / (np.abs(gradient) + np.abs(nearest) + 1e-30)\n"
                "        if not np.max(error) <= 1e-6:",
            ),
        ),
    ),
    tool(
        "G74",
        title="rounding is not allowed for (formula 7), where nothing but rounding is left",
        question="What do differences find where the gradient is exactly 0?",
        remedy=NOISE,
        check="sizes",
        edits=((DECIDE, "if not relative_error(gradient, nearest) <= 1e-6:"),),
    ),
    tool(
        "G93",
        title="gradients that are exactly zero are left out",
        question="What does your check say of a gradient that should be 0 and is not?",
        remedy="A zero is a number like any other: it is compared.",
        check="sizes",
        edits=(
            (
                DECIDE,
                "if np.max(np.abs(left)) <= noise:\n            continue\n        " + DECIDE,
            ),
        ),
    ),
    tool(
        "G96",
        title="the limit is absolute: large gradients never pass",
        question="How large is rounding in differences of numbers around a million?",
        remedy="Errors are measured against the size of the gradient.",
        check="sizes",
        edits=((DECIDE, "if not far <= 1e-8:"),),
    ),
    tool(
        "G103",
        title="an absolute limit is allowed on top, as np.allclose does: small gradients always pass",
        question="Is an error of 1e-6 small for a gradient of 1e-7?",
        remedy="Errors are measured against the size of the gradient.",
        check="sizes",
        edits=(("far <= noise or", "far <= noise + 1e-6 or"),),
    ),
)
