"""Changes that leave the functions of ``04_im2col`` right, and must pass."""

from autograder.misconceptions.im2col.forms import (
    BACK_INDICES,
    BACK_LOOPS,
    BACK_PLACES,
    CONV_SCATTER,
    INDICES,
    LOOPS,
    PLACES,
    POOL_DIRECT,
    VIEW,
)
from autograder.misconceptions.misconception import Change, Equivalent

_CACHE = "cache = (x, w, b, conv_param)"
_UNPACK = "x, w, b, conv_param = cache"
_COLS = "cols = im2col_indices(x, HH, WW, pad, stride)"
_SUM = "the same terms in another order"

_NAIVE_FORWARD = """
def conv_forward_im2col(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, np.newaxis, np.newaxis]
    return out, (x, w, b, conv_param)
"""
_MASKED = "dcols = (np.arange(len(cols))[:, np.newaxis] == winners) * "

EQUIVALENTS = (
    *(
        Equivalent(name, "im2col_indices", form=form, reason=reason)
        for name, form, reason in (
            ("indices made in place", INDICES, "the same index arrays"),
            ("column by column", LOOPS, "the same entries, one window after the other"),
            ("place by place", PLACES, "a slice takes one place of all windows at once"),
            ("a view of windows", VIEW, "the view holds the same entries"),
        )
    ),
    *(
        Equivalent(name, "col2im_indices", form=form, reason=reason)
        for name, form, reason in (
            ("indices made in place, back", BACK_INDICES, "the same index arrays"),
            ("column by column, back", BACK_LOOPS, _SUM),
            ("place by place, back", BACK_PLACES, "no pixel stands twice in one slice"),
        )
    ),
    Equivalent(
        "columns of x's own type",
        "im2col_indices",
        edits=(
            (
                "return cols.transpose(1, 2, 0)",
                "return np.asfortranarray(cols).transpose(1, 2, 0).astype(x.dtype)",
            ),
        ),
        reason="columns are copies of entries of x: their type is that of x",
    ),
    Equivalent(
        "a sum in float64 of what has x's type",
        "col2im_indices",
        edits=(
            (
                "np.add.at(x_pad, (slice(None), channel, row, col), shares)",
                "for n in range(N):\n        np.add.at(x_pad[n], (channel, row, col), shares[n])",
            ),
        ),
        reason="images do not mix, so each may be filled by itself",
    ),
    Equivalent(
        "counted by bincount",
        "col2im_indices",
        edits=(
            (
                "np.add.at(x_pad, (slice(None), channel, row, col), shares)",
                "flat = np.ravel_multi_index((channel, row, col), x_pad.shape[1:]).ravel()\n"
                "    x_pad = np.stack([np.bincount(flat, s.ravel(), x_pad[0].size) for s in shares])"
                "\n    x_pad = x_pad.reshape(N, C, H + 2 * padding, W + 2 * padding)",
            ),
        ),
        reason="bincount adds weights by index, repeated ones too",
    ),
    Equivalent(
        "windows of a view",
        "conv_forward_im2col",
        form=_NAIVE_FORWARD,
        reason="how the sum is taken is the student's choice",
    ),
    Equivalent(
        "tensordot",
        "conv_forward_im2col",
        edits=(
            (
                "w.reshape(F, -1) @ cols",
                "np.tensordot(w.reshape(F, -1), cols, axes=(1, 0))",
            ),
        ),
        reason="the same product",
    ),
    *(
        Equivalent(
            name,
            "conv_forward_im2col",
            edits=((_CACHE, f"cache = {cache}"),),
            partner=Change(
                name, "conv_backward_im2col", edits=((_UNPACK, unpack), *((e,) if e else ()))
            ),
            reason="forward and backward agree on a cache of their own",
        )
        for name, cache, unpack, e in (
            (
                "the columns in the cache",
                "(x, w, b, conv_param, cols)",
                "x, w, b, conv_param, cols = cache",
                (f"    {_COLS}\n", ""),
            ),
            (
                "the columns instead of x",
                "(x.shape, w, conv_param, cols)",
                "x_shape, w, conv_param, cols = cache\n    x = np.empty(x_shape)",
                (f"    {_COLS}\n", ""),
            ),
            ("columns: another order", "[conv_param, w, x]", "conv_param, w, x = cache", None),
            (
                "columns: padded x",
                "(np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))), w, b, conv_param)",
                'x, w, b, conv_param = cache\n    p = conv_param["pad"]\n'
                "    x = x[:, :, p : x.shape[2] - p, p : x.shape[3] - p]",
                None,
            ),
            (
                "columns: a dictionary",
                '{"x": x, "w": w, "p": conv_param}',
                'x, w, conv_param = cache["x"], cache["w"], cache["p"]',
                None,
            ),
            (
                "columns: extra items",
                "(x, w, b, conv_param, out.shape)",
                "x, w, b, conv_param, _ = cache",
                None,
            ),
        )
    ),
    Equivalent(
        "the einsum of both products",
        "conv_backward_im2col",
        edits=(
            ("(flat @ cols.T)", 'np.einsum("fp,kp->fk", flat, cols)'),
            ("w.reshape(F, -1).T @ flat", 'np.einsum("fk,fp->kp", w.reshape(F, -1), flat)'),
        ),
        reason="the same sums",
    ),
    Equivalent(
        "without col2im",
        "conv_backward_im2col",
        form=CONV_SCATTER,
        reason="columns go back place by place; no pixel stands twice in one slice",
    ),
    Equivalent(
        "db from dout",
        "conv_backward_im2col",
        edits=(("flat.sum(axis=1)", "dout.sum(axis=(0, 2, 3))"),),
        reason=_SUM,
    ),
    Equivalent(
        "a mask of the winners",
        "max_pool_backward_im2col",
        edits=(
            (
                "dcols[winners, np.arange(winners.size)] = ",
                _MASKED,
            ),
        ),
        reason="one entry of each column is True",
    ),
    Equivalent(
        "winners straight into the image",
        "max_pool_backward_im2col",
        form=POOL_DIRECT,
        reason="what col2im would add, without the matrix",
    ),
)
