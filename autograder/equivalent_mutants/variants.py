"""Mutants of ``05_convolution_variants`` that leave it right."""

from autograder.equivalent_mutants.harmless import (
    ANY_ORDER,
    MORE_IMAGES,
    OVERWRITTEN,
    Harmless,
    one_of,
)

_ROW_PAD = "x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))"
_AROUND_DOUT = "dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
_AROUND_DZ = "dwhole = np.pad(dz, ((0, 0), (0, 0), (top, bottom), (left, right)))"
_ACTIVATION = "out = np.tanh(z) if conv_param['activation'] == 'tanh' else np.maximum(z, 0)"
_SLOPE = "slope = 1 - np.tanh(z) ** 2 if conv_param['activation'] == 'tanh' else z > 0"
_LAST = "_, kept = conv1d_forward(x.transpose(0, 2, 1), w.transpose(2, 1, 0), b.ravel(), ours)"
_MORE_ZEROS = "zeros beyond the last window, which no loop reaches"
_NO_BIAS = "no gradient depends on b: the backward that belongs to it does not read it"

HARMLESS = (
    Harmless(
        ["conv1d_backward"],
        "left, right = conv_param['pad']",
        [("['pad']", "['pad']; right = 9")],
        "the largest of all cases: zeros on the right that no window reaches are cut off again",
    ),
    Harmless(
        ["conv1d_forward", "conv1d_backward"],
        _ROW_PAD,
        one_of("right", "(left, ?)", "right + 1"),
        _MORE_ZEROS,
    ),
    Harmless(["conv1d_forward"], _ROW_PAD, [("x, ((0, 0)", "x, ((0, 1)")], MORE_IMAGES),
    Harmless(["conv1d_forward"], "out = np.zeros((N, F, L_out))", [("zeros", "ones")], OVERWRITTEN),
    Harmless(
        ["conv1d_forward"],
        "cache = (x, w, b, conv_param)",
        [("b,", f"{other},") for other in ("out", "taps", "w", "x", "x_pad")],
        _NO_BIAS,
    ),
    Harmless(
        ["conv1d_backward"],
        "db = dout.sum(axis=(0, 2))",
        [("(0, 2)", "(2, 0)")],
        ANY_ORDER,
    ),
    Harmless(
        ["conv_transpose_forward"],
        "cache = (x, w, b, conv_param)",
        [("b,", f"{other},") for other in ("out", "w", "whole", "x")],
        _NO_BIAS,
    ),
    Harmless(
        ["conv_transpose_backward"],
        _AROUND_DOUT,
        [
            *one_of("pad", "(0, 0), (pad, ?), (pad, pad)", "pad + 1"),
            *one_of("pad", "(pad, pad), (pad, ?))", "pad + 1"),
        ],
        _MORE_ZEROS,
    ),
    Harmless(
        ["conv_transpose_backward"], _AROUND_DOUT, [("dout, ((0, 0)", "dout, ((0, 1)")], MORE_IMAGES
    ),
    Harmless(
        ["conv_transpose_backward"],
        "dx = np.zeros(x.shape)",
        [("zeros", "ones")],
        "every entry of dx is assigned",
    ),
    Harmless(
        ["conv_transpose_backward"],
        "db = dout.sum(axis=(0, 2, 3))",
        [("dout", "dwhole")],
        "zeros around dout add nothing to a sum",
    ),
    Harmless(
        ["conv_transpose_backward"],
        "db = dout.sum(axis=(0, 2, 3))",
        [("(0, 2, 3)", axes) for axes in ("(2, 0, 3)", "(3, 2, 0)", "(0, 3, 2)")],
        ANY_ORDER,
    ),
    Harmless(
        ["pad_widths"],
        "missing = max(0, (outputs - 1) * stride + reach - length)",
        [
            (
                "max(0, (outputs - 1) * stride + reach - length)",
                "max((outputs - 1) * stride + reach - length, 0)",
            )
        ],
        "the larger of two numbers does not depend on their order",
    ),
    Harmless(
        ["pad_sides"],
        "rows = columns = pad",
        [("rows = columns", "columns = rows")],
        "both names get the same value",
    ),
    Harmless(
        ["conv1d_fused_forward", "conv_transpose_fused_forward"],
        _ACTIVATION,
        [("== 'tanh'", ">= 'tanh'")],
        "of the two names tanh comes last in the alphabet",
    ),
    Harmless(
        ["conv1d_fused_forward", "conv_transpose_fused_forward"],
        _ACTIVATION,
        [("maximum(z, 0)", "maximum(0, z)")],
        "the larger of two numbers does not depend on their order",
    ),
    Harmless(
        ["conv1d_fused_backward", "conv_transpose_fused_backward"],
        _SLOPE,
        [("== 'tanh'", ">= 'tanh'")],
        "of the two names tanh comes last in the alphabet",
    ),
    Harmless(
        ["conv1d_fused_backward", "conv_transpose_fused_backward"],
        _SLOPE,
        [("z > 0", "z >= 0")],
        "at 0 ReLU has a kink, where either slope will do; no case has a 0 there",
    ),
    Harmless(
        ["conv_transpose_fused_backward"],
        _AROUND_DZ,
        [*one_of("bottom", "(top, ?)", "bottom + 1"), *one_of("right", "(left, ?)", "right + 1")],
        _MORE_ZEROS,
    ),
    Harmless(
        ["conv_transpose_fused_backward"], _AROUND_DZ, [("dz, ((0, 0)", "dz, ((0, 1)")], MORE_IMAGES
    ),
    Harmless(
        ["conv1d_last_backward"],
        _LAST,
        [("b.ravel()", f"{other}.ravel()") for other in ("dout", "w", "x")],
        "only the cache is used, and no gradient depends on b",
    ),
)
