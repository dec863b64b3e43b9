"""Ways to write the variants of convolution: what a row of the catalogue starts from.

The references, or other right forms.  Each form is an equivalent, and the ground of
mistakes that cannot be made in the reference.
"""

from functools import partial

from autograder.misconceptions.misconception import Misconception

rows_forward = partial(Misconception, function="conv1d_forward")
rows_backward = partial(Misconception, function="conv1d_backward")
stamps_forward = partial(Misconception, function="conv_transpose_forward")
stamps_backward = partial(Misconception, function="conv_transpose_backward")

ONE_PLACE = "places = stride * np.arange(L_out)[:, np.newaxis] + dilation * np.arange(K)"
SCATTER = "np.add.at(dx_pad, (slice(None), slice(None), places), shares)"
#: All windows through an array of their places.
PLACES = f"""
def conv1d_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    L, K, L_out = x.shape[2], w.shape[2], dout.shape[2]
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    {ONE_PLACE}
    dw = np.einsum("nfi,ncik->fck", dout, x_pad[:, :, places])
    db = dout.sum(axis=(0, 2))
    shares = np.einsum("nfi,fck->ncik", dout, w)
    dx_pad = np.zeros(x_pad.shape)
    {SCATTER}
    dx = dx_pad[:, :, left : left + L]
    return dx, dw, db
"""

ONE_TAP = "here = slice(k * dilation, k * dilation + (L_out - 1) * stride + 1, stride)"
TAP_DX = 'dx_pad[:, :, here] += np.einsum("nfi,fc->nci", dout, w[:, :, k])'
#: One tap of all windows at once.
TAP_BY_TAP = f"""
def conv1d_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    L, K, L_out = x.shape[2], w.shape[2], dout.shape[2]
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    dx_pad, dw = np.zeros(x_pad.shape), np.zeros(w.shape)
    db = dout.sum(axis=(0, 2))
    for k in range(K):
        {ONE_TAP}
        dw[:, :, k] = np.einsum("nfi,nci->fc", dout, x_pad[:, :, here])
        {TAP_DX}
    dx = dx_pad[:, :, left : left + L]
    return dx, dw, db
"""

WIDE_DW = "dw = dwide[:, :, ::dilation]"
#: The kernel written out, with zeros between its taps.
WIDE_KERNEL = f"""
def conv1d_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    F, C, K = w.shape
    wide = np.zeros((F, C, (K - 1) * dilation + 1))
    wide[:, :, ::dilation] = w
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    dx_pad, dwide, db = np.zeros(x_pad.shape), np.zeros(wide.shape), np.zeros(F)
    for i in range(dout.shape[2]):
        window = slice(i * stride, i * stride + wide.shape[2])
        dwide += np.einsum("nf,nck->fck", dout[:, :, i], x_pad[:, :, window])
        dx_pad[:, :, window] += np.einsum("nf,fck->nck", dout[:, :, i], wide)
        db += dout[:, :, i].sum(axis=0)
    {WIDE_DW}
    dx = dx_pad[:, :, left : left + x.shape[2]]
    return dx, dw, db
"""

_DILATED = """    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    kernel = np.zeros((C, F, high, wide))
    kernel[:, :, ::dilation, ::dilation] = w
    dilated = np.zeros((N, C, (H - 1) * stride + 1, (W - 1) * stride + 1))
    dilated[:, :, ::stride, ::stride] = x"""
AROUND = "around = np.pad(dilated, ((0, 0), (0, 0), (high - 1, high - 1), (wide - 1, wide - 1)))"
ROTATED = "rotated = kernel[:, :, ::-1, ::-1]"
_WINDOWS = "np.lib.stride_tricks.sliding_window_view(around, (high, wide), axis=(2, 3))"
#: Rotate, dilate, convolve.
RECIPE_FORWARD = f"""
def conv_transpose_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
{_DILATED}
    {AROUND}
    {ROTATED}
    windows = {_WINDOWS}
    whole = np.einsum("ncijuv,cfuv->nfij", windows, rotated)
    _, _, H_whole, W_whole = whole.shape
    out = whole[:, :, pad : H_whole - pad, pad : W_whole - pad] + b.reshape(F, 1, 1)
    cache = (x, w, b, conv_param)
    return out, cache
"""

ROTATED_BACK = "dw = drotated[:, :, ::-1, ::-1][:, :, ::dilation, ::dilation]"
SUBSAMPLED = "dx = ddilated[:, :, ::stride, ::stride]"
#: The recipe undone: rotate back, subsample.
RECIPE_BACKWARD = f"""
def conv_transpose_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
{_DILATED}
    {AROUND}
    dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = {_WINDOWS}
    drotated = np.einsum("nfij,ncijuv->cfuv", dwhole, windows)
    {ROTATED_BACK}
    windows = np.lib.stride_tricks.sliding_window_view(dwhole, (high, wide), axis=(2, 3))
    ddilated = np.einsum("nfijuv,cfuv->ncij", windows, kernel)
    {SUBSAMPLED}
    db = dwhole.sum(axis=(0, 2, 3))
    return dx, dw, db
"""

TENSOR_DW = 'dw = np.einsum("ncij,nfijuv->cfuv", x, windows)'
TENSOR_DX = 'dx = np.einsum("nfijuv,cfuv->ncij", windows, w)'
#: All windows of dout at once.
TENSOR_PRODUCT = f"""
def conv_transpose_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    _, _, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(dwhole, (high, wide), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]
    {TENSOR_DX}
    {TENSOR_DW}
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db
"""

#: An ordinary convolution's backward, with the roles of the channels exchanged.
MATRIX_FORWARD = """
def conv_transpose_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)
    shares = (pixels @ w.reshape(C, -1)).reshape(N, H, W, F, HH, WW)
    whole = np.zeros((N, F, (H - 1) * stride + high, (W - 1) * stride + wide))
    for u in range(HH):
        for v in range(WW):
            rows = slice(u * dilation, u * dilation + (H - 1) * stride + 1, stride)
            columns = slice(v * dilation, v * dilation + (W - 1) * stride + 1, stride)
            whole[:, :, rows, columns] += shares[..., u, v].transpose(0, 3, 1, 2)
    _, _, H_whole, W_whole = whole.shape
    out = whole[:, :, pad : H_whole - pad, pad : W_whole - pad] + b[:, np.newaxis, np.newaxis]
    cache = (x, w, b, conv_param)
    return out, cache
"""

by_places = partial(rows_backward, form=PLACES)
by_taps = partial(rows_backward, form=TAP_BY_TAP)
by_wide_kernel = partial(rows_backward, form=WIDE_KERNEL)
by_recipe_forward = partial(stamps_forward, form=RECIPE_FORWARD)
by_recipe = partial(stamps_backward, form=RECIPE_BACKWARD)
by_tensors = partial(stamps_backward, form=TENSOR_PRODUCT)
