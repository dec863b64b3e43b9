"""Mutants of ``02_convolution`` that leave it right."""

from autograder.equivalent_mutants.harmless import (
    ANY_ORDER,
    MORE_IMAGES,
    OVERWRITTEN,
    Harmless,
    one_of,
)

_ZEROS = "x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
_BELOW, _RIGHT = "(0, 0), (pad, ?), (pad, pad)", "(pad, pad), (pad, ?))"
_CONVOLUTIONS = ("conv_forward_naive", "conv_backward_naive")
_MORE_PADDING = "zeros beyond the last window, which no loop reaches"


HARMLESS = (
    Harmless(
        _CONVOLUTIONS,
        _ZEROS,
        [*one_of("pad", _BELOW, "pad + 1"), *one_of("pad", _RIGHT, "pad + 1")],
        _MORE_PADDING,
    ),
    Harmless(
        ["conv_forward_naive"],
        _ZEROS,
        [("x, ((0, 0)", "x, ((0, 1)")],
        MORE_IMAGES,
    ),
    Harmless(
        ["conv_backward_naive"],
        "db = dout.sum(axis=(0, 2, 3))",
        [("(0, 2, 3)", axes) for axes in ("(2, 0, 3)", "(3, 2, 0)", "(0, 3, 2)")],
        ANY_ORDER,
    ),
    Harmless(
        ["conv_forward_naive"],
        "out = np.zeros((N, F, H_out, W_out))",
        [("zeros", "ones")],
        OVERWRITTEN,
    ),
    Harmless(
        ["conv_forward_naive"],
        "cache = (x, w, b, conv_param)",
        [("b,", f"{other},") for other in ("out", "w", "window", "x", "x_pad")],
        "no gradient depends on b: the backward that belongs to it does not read it",
    ),
)
