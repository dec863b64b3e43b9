"""Mutants of ``07_bug_clinic`` that leave it right."""

from autograder.equivalent_mutants.harmless import ANY_ORDER, SAME_SHAPE, Harmless

HARMLESS = (
    Harmless(
        ["channel_scale_backward"],
        "dgain = np.sum(dout * x, axis=(0, 2))",
        [("(0, 2)", "(2, 0)")],
        ANY_ORDER,
    ),
    Harmless(
        ["channel_scale_backward"],
        "dshift = np.sum(dout, axis=(0, 2))",
        [("(0, 2)", "(2, 0)")],
        ANY_ORDER,
    ),
    Harmless(
        ["polynomial_backward"],
        "dx, dcoefficients = (np.zeros(x.shape), np.zeros(coefficients.shape))",
        [("np.zeros(c", "np.ones(c"), ("x.shape", "dout.shape")],
        "every entry of dcoefficients is assigned, and out has the shape of x",
    ),
    *(
        Harmless(
            ["polynomial_backward"],
            f"for k in range({start}len(coefficients)):",
            [("coefficients", "dcoefficients")],
            SAME_SHAPE,
        )
        for start in ("", "1, ")
    ),
    Harmless(
        ["leaky_sum_backward"],
        "dx = np.zeros(x.shape)",
        [("zeros", "ones"), ("x.shape", "dout.shape")],
        "every entry of dx is assigned, and out has the shape of x",
    ),
    Harmless(
        ["leaky_sum_backward"],
        "carry = np.zeros(x.shape[0])",
        [("x.", "dout."), ("x.", "dx.")],
        SAME_SHAPE,
    ),
    Harmless(
        ["leaky_sum_backward"],
        "for t in reversed(range(x.shape[1])):",
        [("x.", "dout."), ("x.", "dx.")],
        SAME_SHAPE,
    ),
    Harmless(
        ["my_test"],
        "random = np.random.default_rng(7)",
        [(".default_rng(7)", ""), ("7", "8"), ("7", "6"), ("7", "")],
        "other random numbers tell right from wrong as well",
    ),
    Harmless(
        ["my_test"],
        "inputs = [random.normal(size=(3, 2)), random.normal(size=(4, 2))]",
        [
            ("(3, 2)), random.normal(size=(4, 2))", "(4, 2)), random.normal(size=(3, 2))"),
            ("(3, 2)", "(4, 2)"),
            ("(3, 2)", "(2, 2)"),
            ("(4, 2)", "(5, 2)"),
            ("(4, 2)", "(3, 2)"),
        ],
        "other numbers of rows and centers, still more than one of each",
    ),
    Harmless(
        ["my_test"],
        "backward(dout, cache)",
        [("(dout", "(out")],
        "the first call need not be looked at: the second shows what it left behind",
    ),
    Harmless(
        ["my_test"],
        "if not all(map(np.array_equal, before, (dout, *cache))):",
        [("before, (dout, *cache)", "(dout, *cache), before")],
        "equality has no order",
    ),
    Harmless(
        ["my_test"],
        "slopes = np.zeros(inputs[place].shape)",
        [("zeros", "ones")],
        "every entry of slopes is assigned",
    ),
    Harmless(
        ["my_test"],
        "if not np.allclose(gradient, slopes):",
        [("gradient, slopes", "slopes, gradient")],
        "which of the two is measured against does not matter at this limit",
    ),
)
