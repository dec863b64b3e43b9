"""Mutants of ``04_im2col`` that leave it right."""

from itertools import permutations

from autograder.equivalent_mutants.harmless import MORE_IMAGES, Harmless, one_of

_PADDED = "x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))"
_BUFFER = "x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))"
_SHAPE = "shape = random.integers([1, 1, 5, 5], [4, 4, 8, 8])"
_DRAWN = "height, width, stride, padded = random.integers(1, 4, size=4).tolist()"
_PARAM = "param = {'height': height, 'width': width, 'stride': stride, 'pad': padded - 1}"
_BOTH = "right, found = (slow_backward(dout, cache), fast_backward(dout, cache))"
_ANY_SIZES = "other sizes, which are drawn at random as well"
_NAMES = ("height", "width", "stride", "padded")
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
    Harmless(
        ["oracle_test"],
        "random = np.random.default_rng(8)",
        [("(8)", "(9)"), ("(8)", "(7)"), ("(8)", "()")],
        "any random numbers will do",
    ),
    Harmless(
        ["oracle_test"],
        "for _ in range(60):",
        one_of("60", "range(?)", "1, 60", "61", "59"),
        "more sizes than are needed",
    ),
    Harmless(
        ["oracle_test"],
        _SHAPE,
        [
            *one_of("1, 1, 5, 5", "[?]", "2, 1, 5, 5", "0, 1, 5, 5", "1, 2, 5, 5", "1, 0, 5, 5"),
            *one_of("1, 1, 5, 5", "[?]", "1, 1, 6, 5", "1, 1, 4, 5", "1, 1, 5, 6", "1, 1, 5, 4"),
            *one_of("4, 4, 8, 8", "[?]", "5, 4, 8, 8", "3, 4, 8, 8", "4, 5, 8, 8", "4, 3, 8, 8"),
            *one_of("4, 4, 8, 8", "[?]", "4, 4, 9, 8", "4, 4, 7, 8", "4, 4, 8, 9", "4, 4, 8, 7"),
        ],
        _ANY_SIZES,
    ),
    Harmless(
        ["oracle_test"],
        _DRAWN,
        [
            *(
                (", ".join(_NAMES), ", ".join(order))
                for order in permutations(_NAMES)
                if sum(a != b for a, b in zip(order, _NAMES, strict=True)) == 2
            ),
            *one_of("1, 4", "integers(?, size", "1, 5", "1, 3"),
        ],
        _ANY_SIZES,
    ),
    Harmless(["oracle_test"], _DRAWN, [(".tolist()", "")], "whole numbers of NumPy's own will do"),
    Harmless(
        ["oracle_test"],
        _PARAM,
        [
            *one_of("height", "'height': ?,", "stride", "padded", "height + 1"),
            *one_of("width", "'width': ?,", "stride", "padded", "width + 1"),
            *one_of("stride", "'stride': ?,", "height", "width", "stride + 1"),
            *one_of("padded", "'pad': ?", "height", "width"),
            *one_of("height, 'width': width", "'height': ?", "width, 'width': height"),
            *one_of("width, 'stride': stride", "'width': ?", "stride, 'stride': width"),
            ("height': height, 'width': width", "width': height, 'height': width"),
            ("width': width, 'stride': stride", "stride': width, 'width': stride"),
            (
                "height': height, 'width': width, 'stride': stride",
                "stride': height, 'width': width, 'height': stride",
            ),
            (
                "height': height, 'width': width, 'stride': stride",
                "height': stride, 'width': width, 'stride': height",
            ),
        ],
        _ANY_SIZES,
    ),
    Harmless(
        ["oracle_test"],
        _BOTH,
        [
            ("right, found", "found, right"),
            (
                "slow_backward(dout, cache), fast_backward(dout, cache)",
                "fast_backward(dout, cache), slow_backward(dout, cache)",
            ),
        ],
        "whichever is compared with which",
    ),
    Harmless(
        ["oracle_test"],
        "if not np.allclose(found, right):",
        [("found, right", "right, found")],
        "whichever is compared with which",
    ),
    Harmless(
        ["oracle_test"],
        "if np.shape(found) != np.shape(right):",
        [("right", "x")],
        "dx has the shape of x",
    ),
)
