"""Mutants of ``01_gradient_checking`` that leave it right."""

from autograder.equivalent_mutants.harmless import OVERWRITTEN, SAME_SHAPE, Harmless

_UNKNOWN = "NumPy takes any one negative size for the unknown one"
_OTHER_NUMBERS = "other random numbers tell right from wrong as well"
_SYMMETRIC = "the two may be exchanged"
_SMALL_EITHER_WAY = "rounding is estimated roughly: what counts is its order, and that is the same"
_AGREE = "it matters only where the two sides agree up to rounding"
_MEASURE = "a size of the same order, which right and wrong errors are far from"

HARMLESS = (
    Harmless(
        ["affine_forward", "affine_backward"],
        "rows = x.reshape(x.shape[0], -1)",
        [("-1", "-2")],
        _UNKNOWN,
    ),
    Harmless(
        ["affine_forward"],
        "cache = (x, w, b)",
        [("b)", f"{other})") for other in ("out", "rows", "w", "x")],
        "no gradient depends on b: the backward that belongs to it does not read it",
    ),
    Harmless(
        ["affine_backward"],
        "rows = x.reshape(x.shape[0], -1)",
        [("x.shape", "dout.shape")],
        "dout has as many rows as x",
    ),
    Harmless(
        ["relu_forward"],
        "out = np.maximum(x, 0)",
        [("(x, 0)", "(0, x)")],
        _SYMMETRIC,
    ),
    Harmless(["relu_forward"], "cache = (x,)", [("x", "out")], "out is positive where x is"),
    Harmless(
        ["numerical_gradient"],
        "gradient = np.zeros(z.shape)",
        [("zeros", "ones")],
        OVERWRITTEN,
    ),
    Harmless(
        ["numerical_gradient"], "gradient = np.zeros(z.shape)", [("z.shape", "x.shape")], SAME_SHAPE
    ),
    Harmless(
        ["numerical_gradient"],
        "for index in np.ndindex(z.shape):",
        [("z.", "gradient."), ("z.", "x.")],
        SAME_SHAPE,
    ),
    Harmless(
        ["numerical_gradient"], "middle = z[index]", [("z", "x")], "both hold the same numbers"
    ),
    Harmless(
        ["relative_error"],
        "difference = np.max(np.abs(x - y))",
        [("x - y", "y - x")],
        "the absolute value is the same",
    ),
    Harmless(
        ["relative_error"],
        "return difference / size if size != 0 else 0.0",
        [("if size", "if difference")],
        "where the difference is 0, so is the error",
    ),
    Harmless(
        ["gradient_check"],
        "dout = np.random.default_rng(1).normal(size=out.shape)",
        [(".default_rng(1)", ""), ("1", "2"), ("1", "0"), ("1", "")],
        _OTHER_NUMBERS,
    ),
    Harmless(
        ["gradient_check"],
        "noise = rounding(out, dout, h)",
        [
            ("out, dout", "dout, dout"),
            ("out, dout", "out, out"),
            ("h)", "h + 1)"),
        ],
        _SMALL_EITHER_WAY,
    ),
    Harmless(
        ["gradient_check"],
        "noise = rounding(out, dout, h)",
        [("out, dout", "dout, out")],
        _SYMMETRIC,
    ),
    Harmless(
        ["gradient_check"],
        "near_left, near_right = one_sided_gradients(f, inputs[place], dout, h / 10)",
        [("10", "11"), ("10", "9")],
        "what counts is that the gap shrinks with the step",
    ),
    Harmless(
        ["gradient_check"],
        "if np.shape(gradient) != left.shape:",
        [("left", "right")],
        SAME_SHAPE,
    ),
    Harmless(
        ["gradient_check"],
        "lower, upper = np.sort([left, right], axis=0)",
        [("left, right", "right, left")],
        _SYMMETRIC,
    ),
    Harmless(
        ["gradient_check"],
        "lower, upper = np.sort([left, right], axis=0)",
        [("[left", "[near_left"), ("right]", "near_right]")],
        "at a corner the slopes of the two sides do not depend on the step",
    ),
    Harmless(
        ["gradient_check"],
        "nearest = np.where(corner, np.clip(gradient, lower, upper), (left + right) / 2)",
        [("gradient, lower", "lower, gradient")],
        "of three numbers the one in the middle is taken, in whichever order they come",
    ),
    Harmless(
        ["gradient_check"],
        "far = np.max(np.abs(gradient - nearest))",
        [("max", "sum"), ("max", "mean")],
        _SMALL_EITHER_WAY,
    ),
    Harmless(
        ["gradient_check"],
        "far = np.max(np.abs(gradient - nearest))",
        [
            ("nearest", side)
            for side in ("left", "right", "near_left", "near_right", "lower", "upper")
        ],
        _AGREE,
    ),
    Harmless(
        ["gradient_check"],
        "far = np.max(np.abs(gradient - nearest))",
        [("gradient - nearest", "nearest - gradient")],
        "the absolute value is the same",
    ),
    Harmless(
        ["gradient_check"],
        "if not (far <= noise or relative_error(gradient, nearest) <= 1e-06):",
        [
            ("far <=", "far <"),
            ("nearest) <=", "nearest) <"),
            (
                "far <= noise or relative_error(gradient, nearest) <= 1e-06",
                "relative_error(gradient, nearest) <= 1e-06 or far <= noise",
            ),
            ("gradient, nearest", "nearest, gradient"),
        ],
        "neither a limit that is met exactly nor the order of the two matters",
    ),
    Harmless(
        ["directional_check"],
        "random = np.random.default_rng(1)",
        [(".default_rng(1)", ""), ("1", "2"), ("1", "0"), ("1", "")],
        _OTHER_NUMBERS,
    ),
    Harmless(
        ["directional_check"],
        "ahead = forward(*map(np.add, inputs, steps))[0]",
        [("inputs, steps", "steps, inputs")],
        _SYMMETRIC,
    ),
    Harmless(
        ["directional_check"],
        "terms = list(map(np.multiply, gradients, ways))",
        [("gradients, ways", "ways, gradients")],
        _SYMMETRIC,
    ),
    Harmless(
        ["directional_check"],
        "size = sum((np.sum(np.abs(term)) for term in terms))",
        [("sum((", "max(("), ("np.sum", "np.mean"), ("np.sum", "np.max")],
        _MEASURE,
    ),
    Harmless(
        ["directional_check"],
        "return np.abs(slope - claimed) <= 1e-06 * size",
        [("<=", "<"), ("slope - claimed", "claimed - slope")],
        "neither a limit that is met exactly nor the sign of the difference matters",
    ),
    Harmless(
        ["complex_step_gradient"],
        "gradient = np.zeros(z.shape)",
        [("zeros", "ones")],
        OVERWRITTEN,
    ),
    Harmless(
        ["complex_step_gradient"], "gradient = np.zeros(z.shape)", [("z.s", "x.s")], SAME_SHAPE
    ),
    Harmless(
        ["complex_step_gradient"],
        "for index in np.ndindex(z.shape):",
        [("z.s", "x.s"), ("z.s", "gradient.s")],
        SAME_SHAPE,
    ),
    Harmless(
        ["complex_step_gradient"],
        "middle = z[index]",
        [("z", "x")],
        "z holds the numbers of x",
    ),
)
