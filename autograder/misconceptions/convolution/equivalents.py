"""Changes that leave the functions of ``02_convolution`` right, and must pass."""

from autograder.misconceptions.convolution.forms import (
    FULL_CONVOLUTION,
    MATRIX_PRODUCT,
    TWO_LOOPS,
)
from autograder.misconceptions.convolution.statements import (
    CACHE,
    CROP,
    DB,
    RETURN,
    UNPACK,
    WINDOW,
)
from autograder.misconceptions.misconception import Change, Equivalent

EQUIVALENTS = (
    Equivalent("matrix product", "conv_backward_naive", form=MATRIX_PRODUCT, reason="im2col form"),
    Equivalent(
        "full convolution",
        "conv_backward_naive",
        form=FULL_CONVOLUTION,
        reason="convolving the dilated dout with the rotated kernel is the same sum",
    ),
    Equivalent(
        "two loops",
        "conv_backward_naive",
        form=TWO_LOOPS,
        reason="all images and filters of a window at once: the same terms in another order",
    ),
    Equivalent(
        "db from the padded dout",
        "conv_backward_naive",
        form=FULL_CONVOLUTION,
        edits=((DB, "db = dilated.sum(axis=(0, 2, 3))"),),
        reason="zeros between the entries add nothing",
    ),
    Equivalent(
        "shorter slice",
        "conv_backward_naive",
        edits=(
            (WINDOW, "window = x_pad[n, :, top : top + (HH - 1) + 1, left : left + (WW - 1) + 1]"),
        ),
        reason="both slices select the same rows and columns",
    ),
    Equivalent(
        "crop with None",
        "conv_backward_naive",
        edits=((CROP, "end = -pad or None\n    dx = dx_pad[:, :, pad:end, pad:end]"),),
        reason="-0 or None is None, so the slice runs to the end",
    ),
    Equivalent(
        "gradients in Fortran order",
        "conv_backward_naive",
        edits=((RETURN, "return np.asfortranarray(dx), np.asfortranarray(dw), db"),),
        reason="the order in memory is not part of an array's value",
    ),
    *(
        Equivalent(
            name,
            "conv_forward_naive",
            edits=((CACHE, f"cache = {cache}"),),
            partner=Change(name, "conv_backward_naive", edits=((UNPACK, unpack),)),
            reason="forward and backward agree on a cache of their own",
        )
        for name, cache, unpack in (
            (
                "a dictionary",
                '{"x": x, "w": w, "p": conv_param}',
                'x, w, conv_param = cache["x"], cache["w"], cache["p"]',
            ),
            ("another order", "[conv_param, w, x]", "conv_param, w, x = cache"),
            (
                "extra items",
                "(x, w, b, conv_param, x_pad, out.shape)",
                "x, w, b, conv_param, *_ = cache",
            ),
            (
                "padded x",
                "(x_pad, w, b, conv_param)",
                'x, w, b, conv_param = cache\n    p = conv_param["pad"]\n'
                "    x = x[:, :, p : x.shape[2] - p, p : x.shape[3] - p]",
            ),
            (
                "reshaped w",
                "(x, w.reshape(F, -1), w.shape, conv_param)",
                "x, w, shape, conv_param = cache\n    w = w.reshape(shape)",
            ),
        )
    ),
)
