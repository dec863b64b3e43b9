"""Mutants that leave the reference right: what was changed, and why nothing is lost.

Known by function, old line and new line in normal form (see ``mutation``).  Each must
pass: one that is caught, or that no longer arises, is a stale entry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class _Harmless:
    """Changes of one line of some functions that are harmless for one ``reason``.

    Each of ``changes`` is an (old piece, new piece) of ``line``; the old piece stands in
    it once.
    """

    functions: Sequence[str]
    line: str
    changes: Sequence[tuple[str, str]]
    reason: str

    def reasons(self) -> Iterator[tuple[tuple[str, str], str]]:
        for function in self.functions:
            for old, new in self.changes:
                assert self.line.count(old) == 1, (self.line, old)
                yield (function, f"{self.line} → {self.line.replace(old, new)}"), self.reason


def _one_of(piece: str, *names: str) -> list[tuple[str, str]]:
    """The changes that put one of ``names`` into ``piece``, where it has a ``?``."""
    return [(piece.replace("?", "pad"), piece.replace("?", name)) for name in names]


_ZEROS = "x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
_INFINITIES = (
    "x_pad = np.pad(x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), "
    "constant_values=-np.inf)"
)
_BELOW, _RIGHT = "(0, 0), (pad, ?), (pad, pad)", "(pad, pad), (pad, ?))"
_BUFFER = "dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))"

_CONVOLUTIONS = ("conv_forward_naive", "conv_backward_naive")
_POOLED_SIZES = ("C", "H", "H_out", "N", "W", "W_out", "pool_height", "pool_width", "stride")

_ANY_ORDER = "a sum over several axes does not depend on their order"
_SAME_SHAPE = "both have the same shape"
_OVERWRITTEN = "every entry of out is assigned"
_MORE_IMAGES = "an image or a channel that the loops never reach"
_MORE_PADDING = "zeros beyond the last window, which no loop reaches"
_LESS_PADDING = (
    "a window is larger than its padding, so one that is cut off at the end of the array lacks "
    "padding only, which adds nothing to a sum and never is a maximum"
)
_NO_NARROWER = (
    "never less than pad, since a window is larger than its padding: more columns are not "
    "reached, and no window is narrower"
)
_ROOM_ENOUGH = "slices clip at the buffer's end, and what is cropped out lies within it"

_LISTS = (
    _Harmless(
        _CONVOLUTIONS,
        _ZEROS,
        [*_one_of(_BELOW, "pad + 1"), *_one_of(_RIGHT, "pad + 1")],
        _MORE_PADDING,
    ),
    _Harmless(
        ["conv_forward_naive", "avg_pool_forward_naive"],
        _ZEROS,
        [("x, ((0, 0)", "x, ((0, 1)")],
        _MORE_IMAGES,
    ),
    _Harmless(
        ["avg_pool_forward_naive"],
        _ZEROS,
        [("(0, 0), (pad, pad), (", "(0, 1), (pad, pad), (")],
        _MORE_IMAGES,
    ),
    _Harmless(
        ["max_pool_forward_naive"],
        _INFINITIES,
        [
            ("x.astype(float), ((0, 0)", "x.astype(float), ((0, 1)"),
            ("(0, 0), (pad, pad), (", "(0, 1), (pad, pad), ("),
        ],
        _MORE_IMAGES,
    ),
    _Harmless(
        ["avg_pool_forward_naive"],
        _ZEROS,
        [
            *_one_of(_BELOW, *_POOLED_SIZES, "pad + 1"),
            *_one_of(_RIGHT, *_POOLED_SIZES, "pad + 1"),
        ],
        _LESS_PADDING,
    ),
    _Harmless(
        ["max_pool_forward_naive"],
        _INFINITIES,
        [
            *_one_of(_BELOW, *_POOLED_SIZES, "pad + 1"),
            *_one_of(_RIGHT, *_POOLED_SIZES, "pad + 1"),
        ],
        _LESS_PADDING,
    ),
    _Harmless(
        ["max_pool_backward_naive"],
        _INFINITIES,
        _one_of(_BELOW, *_POOLED_SIZES, "pad + 1"),
        _LESS_PADDING,
    ),
    _Harmless(
        ["max_pool_backward_naive"],
        _INFINITIES,
        _one_of(_RIGHT, "pool_height", "pool_width", "pad + 1"),
        _NO_NARROWER,
    ),
    _Harmless(
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
    _Harmless(
        ["max_pool_backward_naive"],
        "row, col = divmod(int(np.argmax(window)), pool_width)",
        [("int(np.argmax(window))", "np.argmax(window)")],
        "the index is an integer already",
    ),
    _Harmless(
        ["conv_backward_naive"],
        "db = dout.sum(axis=(0, 2, 3))",
        [("(0, 2, 3)", axes) for axes in ("(2, 0, 3)", "(3, 2, 0)", "(0, 3, 2)")],
        _ANY_ORDER,
    ),
    _Harmless(
        ["conv_forward_naive"],
        "out = np.zeros((N, F, H_out, W_out))",
        [("zeros", "ones")],
        _OVERWRITTEN,
    ),
    _Harmless(
        ["max_pool_forward_naive", "avg_pool_forward_naive"],
        "out = np.zeros((N, C, H_out, W_out))",
        [("zeros", "ones")],
        _OVERWRITTEN,
    ),
    _Harmless(
        ["conv_forward_naive"],
        "cache = (x, w, b, conv_param)",
        [("b,", f"{other},") for other in ("out", "w", "window", "x", "x_pad")],
        "no gradient depends on b: the backward that belongs to it does not read it",
    ),
    _Harmless(
        ["channel_scale_backward"],
        "dgain = np.sum(dout * x, axis=(0, 2))",
        [("(0, 2)", "(2, 0)")],
        _ANY_ORDER,
    ),
    _Harmless(
        ["channel_scale_backward"],
        "dshift = np.sum(dout, axis=(0, 2))",
        [("(0, 2)", "(2, 0)")],
        _ANY_ORDER,
    ),
    _Harmless(
        ["polynomial_backward"],
        "dx, dcoefficients = (np.zeros(x.shape), np.zeros(coefficients.shape))",
        [("np.zeros(c", "np.ones(c"), ("x.shape", "dout.shape")],
        "every entry of dcoefficients is assigned, and out has the shape of x",
    ),
    *(
        _Harmless(
            ["polynomial_backward"],
            f"for k in range({start}len(coefficients)):",
            [("coefficients", "dcoefficients")],
            _SAME_SHAPE,
        )
        for start in ("", "1, ")
    ),
    _Harmless(
        ["leaky_sum_backward"],
        "dx = np.zeros(x.shape)",
        [("zeros", "ones"), ("x.shape", "dout.shape")],
        "every entry of dx is assigned, and out has the shape of x",
    ),
    _Harmless(
        ["leaky_sum_backward"],
        "carry = np.zeros(x.shape[0])",
        [("x.", "dout."), ("x.", "dx.")],
        _SAME_SHAPE,
    ),
    _Harmless(
        ["leaky_sum_backward"],
        "for t in reversed(range(x.shape[1])):",
        [("x.", "dout."), ("x.", "dx.")],
        _SAME_SHAPE,
    ),
    _Harmless(
        ["my_test"],
        "random = np.random.default_rng(7)",
        [(".default_rng(7)", ""), ("7", "8"), ("7", "6"), ("7", "")],
        "other random numbers tell right from wrong as well",
    ),
    _Harmless(
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
    _Harmless(
        ["my_test"],
        "slopes = np.zeros(inputs[place].shape)",
        [("zeros", "ones")],
        "every entry of slopes is assigned",
    ),
    _Harmless(
        ["my_test"],
        "if not np.allclose(gradient, slopes):",
        [("gradient, slopes", "slopes, gradient")],
        "which of the two is measured against does not matter at this limit",
    ),
)

REASONS: Mapping[tuple[str, str], str] = {
    key: reason for harmless in _LISTS for key, reason in harmless.reasons()
}
