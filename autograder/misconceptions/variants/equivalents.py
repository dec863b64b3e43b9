"""Changes that leave the functions of ``05_convolution_variants`` right, and must pass."""

from collections.abc import Iterator

from autograder.misconceptions.misconception import Change, Equivalent
from autograder.misconceptions.variants.forms import (
    MATRIX_FORWARD,
    PLACES,
    RECIPE_BACKWARD,
    RECIPE_FORWARD,
    ROWS_BACK_ENTRY_BY_ENTRY,
    ROWS_ENTRY_BY_ENTRY,
    STAMP_BACK_BY_STAMP,
    STAMP_BY_STAMP,
    STAMP_PLACES,
    TAP_BY_TAP,
    TENSOR_PRODUCT,
    WIDE_KERNEL,
    WINDOW_BY_WINDOW,
)
from autograder.misconceptions.variants.statements import (
    CACHE,
    CROP,
    DB,
    DX,
    RETURN,
    ROWS,
    TAPS,
    TDB,
    TDX,
    UNPACK,
)

_OWN_CACHES = (
    (
        "a dictionary",
        '{"x": x, "w": w, "p": conv_param}',
        'x, w, conv_param = cache["x"], cache["w"], cache["p"]',
    ),
    ("another order", "[conv_param, w, x]", "conv_param, w, x = cache"),
    (
        "reshaped w",
        "(x, w.reshape(w.shape[0], -1), w.shape, conv_param)",
        "x, w, shape, conv_param = cache\n    w = w.reshape(shape)",
    ),
)
_FUSED = 'slope = 1 - np.tanh(z) ** 2 if conv_param["activation"] == "tanh" else z > 0'


def _own_caches() -> Iterator[Equivalent]:
    """Pairs that agree on a cache of their own."""
    layers = {
        "conv1d": ("extra items", "(x, w, b, conv_param, x_pad, out)"),
        "conv_transpose": ("extra items", "(x, w, b, conv_param, whole, high)"),
    }
    for layer, (name, items) in layers.items():
        extra = (name, items, "x, w, b, conv_param, *_ = cache")
        for kind, cache, unpack in (*_OWN_CACHES, extra):
            yield Equivalent(
                f"{layer}: {kind}",
                f"{layer}_forward",
                edits=((CACHE, f"cache = {cache}"),),
                partner=Change(kind, f"{layer}_backward", edits=((UNPACK, unpack),)),
                reason="forward and backward agree on a cache of their own",
            )


def _kept_activations() -> Iterator[Equivalent]:
    """A fused forward that keeps what its backward would compute again."""
    for layer in ("conv1d", "conv_transpose"):
        for kept, slope in (
            ("z", _FUSED.replace("np.tanh(z)", "np.tanh(kept_z)").replace("z > 0", "kept_z > 0")),
            ("out", 'slope = 1 - kept_z**2 if conv_param["activation"] == "tanh" else kept_z > 0'),
        ):
            yield Equivalent(
                f"{layer} fused: {kept} kept",
                f"{layer}_fused_forward",
                edits=((CACHE, f"cache = (x, w, b, conv_param, {kept})"),),
                partner=Change(
                    kept,
                    f"{layer}_fused_backward",
                    edits=(
                        (UNPACK, "x, w, b, conv_param, kept_z = cache"),
                        (_FUSED, slope),
                    ),
                ),
                reason="tanh' is 1 - out**2, and out is positive exactly where z is",
            )


EQUIVALENTS = (
    *(
        Equivalent(name, "conv1d_backward", form=form, reason=reason)
        for name, form, reason in (
            ("an array of places", PLACES, "all windows through their places, np.add.at back"),
            ("tap by tap", TAP_BY_TAP, "the same terms, one tap of all windows at once"),
            ("window by window", WINDOW_BY_WINDOW, "one window of all rows and channels at once"),
            ("the dilated kernel", WIDE_KERNEL, "zeros between the taps add nothing to anything"),
            ("backward entry by entry", ROWS_BACK_ENTRY_BY_ENTRY, "every product by itself"),
        )
    ),
    Equivalent(
        "forward entry by entry",
        "conv1d_forward",
        form=ROWS_ENTRY_BY_ENTRY,
        reason="every product by itself",
    ),
    *(
        Equivalent(
            f"{function}: longer slice",
            function,
            edits=((TAPS, TAPS.replace("first + reach", "first + K * dilation")),),
            reason="both ends are behind the last tap and before the next",
        )
        for function in ("conv1d_forward", "conv1d_backward")
    ),
    Equivalent(
        "longer slice of dx",
        "conv1d_backward",
        edits=((DX, DX.replace("first + reach", "first + K * dilation")),),
        reason="both ends are behind the last tap and before the next",
    ),
    Equivalent(
        "crop from the end",
        "conv1d_backward",
        edits=((CROP, "dx = dx_pad[:, :, left : -right or None]"),),
        reason="-0 or None is None, so the slice runs to the end",
    ),
    Equivalent(
        "db by a product",
        "conv1d_backward",
        edits=((DB, 'db = np.einsum("nfi->f", dout)'),),
        reason="the same sum",
    ),
    Equivalent(
        "rows: gradients in Fortran order",
        "conv1d_backward",
        edits=((RETURN, "return np.asfortranarray(dx), np.asfortranarray(dw), db"),),
        reason="the order in memory is not part of an array's value",
    ),
    Equivalent(
        "rotate, dilate, convolve",
        "conv_transpose_forward",
        form=RECIPE_FORWARD,
        reason="convolving the dilated x with the rotated kernel is the same sum",
    ),
    Equivalent(
        "entry by entry of the kernel",
        "conv_transpose_forward",
        form=MATRIX_FORWARD,
        reason="a matrix product, then each kernel entry of all stamps at once",
    ),
    Equivalent(
        "stamp by stamp",
        "conv_transpose_forward",
        form=STAMP_BY_STAMP,
        reason="one stamp of all images and channels at once",
    ),
    Equivalent(
        "arrays of places",
        "conv_transpose_forward",
        form=STAMP_PLACES,
        reason="all stamps through their places, np.add.at",
    ),
    Equivalent(
        "windows of all images",
        "conv_transpose_backward",
        form=STAMP_BACK_BY_STAMP,
        reason="one window of dout at a time, of all images and channels",
    ),
    Equivalent(
        "rotate back and subsample",
        "conv_transpose_backward",
        form=RECIPE_BACKWARD,
        reason="the recipe undone step by step; zeros around dout add nothing to db",
    ),
    Equivalent(
        "tensor products",
        "conv_transpose_backward",
        form=TENSOR_PRODUCT,
        reason="all windows of dout at once",
    ),
    Equivalent(
        "dx added into zeros",
        "conv_transpose_backward",
        edits=((TDX, TDX.replace("=", "+=")),),
        reason="each entry of dx is met once, and was zero",
    ),
    Equivalent(
        "db from dout with zeros",
        "conv_transpose_backward",
        edits=((TDB, "db = dwhole.sum(axis=(0, 2, 3))"),),
        reason="zeros around dout add nothing",
    ),
    Equivalent(
        "longer slice of a stamp",
        "conv_transpose_backward",
        edits=((ROWS, "rows = slice(top, top + HH * dilation, dilation)"),),
        reason="both ends are behind the last row and before the next",
    ),
    *_own_caches(),
    *_kept_activations(),
    Equivalent(
        "same by the remainder",
        "pad_widths",
        edits=(
            (
                "missing = max(0, (outputs - 1) * stride + reach - length)",
                "missing = max(reach - (length % stride or stride), 0)",
            ),
        ),
        reason="(outputs - 1) * stride is the length without its last, perhaps whole, stride",
    ),
    Equivalent(
        "sides in a list",
        "pad_sides",
        edits=(
            (
                "return top, bottom, left, right\n    top, bottom = pad_widths",
                "return list(pad)\n    top, bottom = pad_widths",
            ),
        ),
        reason="a list of four numbers is as good as a tuple",
    ),
    Equivalent(
        "moved axes",
        "conv1d_last_forward",
        edits=(("w.transpose(2, 1, 0)", "np.swapaxes(w, 0, 2)"),),
        reason="to reverse three axes is to exchange the outer two",
    ),
)
