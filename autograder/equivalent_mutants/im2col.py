"""Mutants of ``04_im2col`` that leave it right."""

from autograder.equivalent_mutants.harmless import MORE_IMAGES, Harmless, one_of

_PADDED = "x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))"
_BUFFER = "x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))"
_ANY_NEGATIVE = "NumPy finds a size that is negative, -1 or not"

HARMLESS = (
    Harmless(
        ["im2col_indices"],
        _PADDED,
        [("(0, 0), (padding, padding), (p", "(0, 1), (padding, padding), (p")],
        MORE_IMAGES,
    ),
    Harmless(
        ["im2col_indices"],
        _PADDED,
        [
            *one_of("padding", "(0, 0), (padding, ?), (padding, padding)", "padding + 1"),
            *one_of("padding", "(padding, padding), (padding, ?))", "padding + 1"),
        ],
        "zeros beyond the last window, which no index reads",
    ),
    Harmless(
        ["col2im_indices"],
        _BUFFER,
        [
            ("H + 2", "H + 1 + 2"),
            ("W + 2", "W + 1 + 2"),
            ("H + 2 *", "H + 3 *"),
            ("W + 2 *", "W + 3 *"),
            ("H + 2 * padding", "H + 2 * (padding + 1)"),
            ("W + 2 * padding", "W + 2 * (padding + 1)"),
        ],
        "zeros beyond the last window, which are cut off",
    ),
    Harmless(
        ["im2col_indices"],
        "return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)",
        [("-1", "-2")],
        _ANY_NEGATIVE,
    ),
    Harmless(
        ["conv_forward_im2col"],
        "flat = w.reshape(F, -1) @ cols + b[:, np.newaxis]",
        [("-1", "-2")],
        _ANY_NEGATIVE,
    ),
    Harmless(
        ["conv_backward_im2col"],
        "flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)",
        [("-1", "-2")],
        _ANY_NEGATIVE,
    ),
    Harmless(
        ["conv_backward_im2col"],
        "dcols = w.reshape(F, -1).T @ flat",
        [("-1", "-2")],
        _ANY_NEGATIVE,
    ),
    Harmless(
        ["conv_forward_im2col"],
        "cache = (x, w, b, conv_param)",
        one_of("b", "w, ?, conv_param", "cols", "flat", "out", "w", "x"),
        "b is not used in the backward, so anything may stand in its place",
    ),
    Harmless(
        ["max_pool_backward_im2col"],
        "N, C, H, W = x.shape",
        [("N, C", "C, N")],
        "only the product of N and C is used",
    ),
    Harmless(
        ["max_pool_backward_im2col"],
        "dcols[winners, np.arange(winners.size)] = dout.transpose(2, 3, 0, 1).ravel()",
        [("winners.size", "dout.size")],
        "one winner for each entry of dout",
    ),
)
