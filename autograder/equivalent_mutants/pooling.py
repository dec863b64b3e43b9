"""Mutants of ``03_pooling`` that leave it right."""

from autograder.equivalent_mutants.harmless import MORE_IMAGES, OVERWRITTEN, Harmless, one_of

_ZEROS = "x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
_INFINITIES = (
    "x_pad = np.pad(x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), "
    "constant_values=-np.inf)"
)
_BELOW, _RIGHT = "(0, 0), (pad, ?), (pad, pad)", "(pad, pad), (pad, ?))"
_BUFFER = "dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))"
_POOLED_SIZES = ("C", "H", "H_out", "N", "W", "W_out", "pool_height", "pool_width", "stride")
_LESS_PADDING = (
    "a window is larger than its padding, so one that is cut off at the end of the array lacks "
    "padding only, which adds nothing to a sum and never is a maximum"
)
_NO_NARROWER = (
    "never less than pad, since a window is larger than its padding: more columns are not "
    "reached, and no window is narrower"
)
_ROOM_ENOUGH = "slices clip at the buffer's end, and what is cropped out lies within it"


HARMLESS = (
    Harmless(
        ["max_pool_backward_naive"],
        "N, C, H, W = x.shape",
        [(".shape", f".shape; {size}") for size in ("H = 8", "W = 8")],
        "H and W only crop dx, a slice may end beyond its array, and no image of the mandatory "
        "part is larger",
    ),
    Harmless(
        ["avg_pool_forward_naive"],
        _ZEROS,
        [("x, ((0, 0)", "x, ((0, 1)")],
        MORE_IMAGES,
    ),
    Harmless(
        ["avg_pool_forward_naive"],
        _ZEROS,
        [("(0, 0), (pad, pad), (", "(0, 1), (pad, pad), (")],
        MORE_IMAGES,
    ),
    Harmless(
        ["max_pool_forward_naive"],
        _INFINITIES,
        [
            ("x.astype(float), ((0, 0)", "x.astype(float), ((0, 1)"),
            ("(0, 0), (pad, pad), (", "(0, 1), (pad, pad), ("),
        ],
        MORE_IMAGES,
    ),
    Harmless(
        ["avg_pool_forward_naive"],
        _ZEROS,
        [
            *one_of("pad", _BELOW, *_POOLED_SIZES, "pad + 1"),
            *one_of("pad", _RIGHT, *_POOLED_SIZES, "pad + 1"),
        ],
        _LESS_PADDING,
    ),
    Harmless(
        ["max_pool_forward_naive"],
        _INFINITIES,
        [
            *one_of("pad", _BELOW, *_POOLED_SIZES, "pad + 1"),
            *one_of("pad", _RIGHT, *_POOLED_SIZES, "pad + 1"),
        ],
        _LESS_PADDING,
    ),
    Harmless(
        ["max_pool_backward_naive"],
        _INFINITIES,
        one_of("pad", _BELOW, *_POOLED_SIZES, "pad + 1"),
        _LESS_PADDING,
    ),
    Harmless(
        ["max_pool_backward_naive"],
        _INFINITIES,
        one_of("pad", _RIGHT, "pool_height", "pool_width", "pad + 1"),
        _NO_NARROWER,
    ),
    Harmless(
        ["avg_pool_backward_naive"],
        _BUFFER,
        [
            (f"{size} + 2 * pad", f"{size} + {room}")
            for size in ("H", "W")
            for room in (
                "1 + 2 * pad",
                "(2 + pad)",
                "pad",
                "1 * pad",
                "3 * pad",
                "2 * (pad + 1)",
                "2 * pool_height",
                "2 * pool_width",
            )
        ],
        _ROOM_ENOUGH,
    ),
    Harmless(
        ["max_pool_backward_naive"],
        "row, col = divmod(int(np.argmax(window)), pool_width)",
        [("int(np.argmax(window))", "np.argmax(window)")],
        "the index is an integer already",
    ),
    Harmless(
        ["max_pool_forward_naive", "avg_pool_forward_naive"],
        "out = np.zeros((N, C, H_out, W_out))",
        [("zeros", "ones")],
        OVERWRITTEN,
    ),
)
