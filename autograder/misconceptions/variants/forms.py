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

WINDOW_DX = 'dx_pad[:, :, here] += np.einsum("nf,fck->nck", dout[:, :, i], w)'
#: One window of all rows and channels at once.
WINDOW_BY_WINDOW = f"""
def conv1d_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    dx_pad, dw = np.zeros(x_pad.shape), np.zeros(w.shape)
    db = dout.sum(axis=(0, 2))
    for i in range(dout.shape[2]):
        here = slice(i * stride, i * stride + (w.shape[2] - 1) * dilation + 1, dilation)
        dw += np.einsum("nf,nck->fck", dout[:, :, i], x_pad[:, :, here])
        {WINDOW_DX}
    dx = dx_pad[:, :, left : left + x.shape[2]]
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

ROW_PLACE = "m = i * stride + k * dilation"
#: Entry by entry, each with its place in the padded row.
ROWS_ENTRY_BY_ENTRY = f"""
def conv1d_forward(x, w, b, conv_param):
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    N, C, L = x.shape
    F, _, K = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    out = np.zeros((N, F, 1 + (left + L + right - (K - 1) * dilation - 1) // stride))
    for n, f, i in np.ndindex(*out.shape):
        for c, k in np.ndindex(C, K):
            {ROW_PLACE}
            out[n, f, i] += x_pad[n, c, m] * w[f, c, k]
        out[n, f, i] += b[f]
    cache = (x, w, b, conv_param)
    return out, cache
"""
#: The same on the way back.
ROWS_BACK_ENTRY_BY_ENTRY = f"""
def conv1d_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, right = conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (left, right)))
    dx_pad, dw = np.zeros(x_pad.shape), np.zeros(w.shape)
    db = dout.sum(axis=(0, 2))
    for n, f, i in np.ndindex(*dout.shape):
        for c, k in np.ndindex(*w.shape[1:]):
            {ROW_PLACE}
            dw[f, c, k] += dout[n, f, i] * x_pad[n, c, m]
            dx_pad[n, c, m] += dout[n, f, i] * w[f, c, k]
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

_STAMPED = """
def conv_transpose_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1
    whole = np.zeros((N, F, (H - 1) * stride + high, (W - 1) * stride + wide))
    {}
    _, _, H_whole, W_whole = whole.shape
    out = whole[:, :, pad : H_whole - pad, pad : W_whole - pad] + b[:, np.newaxis, np.newaxis]
    cache = (x, w, b, conv_param)
    return out, cache
"""
PIXELS = "pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)"
SHARES = "shares = (pixels @ w.reshape(C, -1)).reshape(N, H, W, F, HH, WW)"
ENTRY_ROWS = "rows = slice(u * dilation, u * dilation + (H - 1) * stride + 1, stride)"
ENTRY_COLUMNS = "columns = slice(v * dilation, v * dilation + (W - 1) * stride + 1, stride)"
ENTRY = "whole[:, :, rows, columns] += shares[..., u, v].transpose(0, 3, 1, 2)"
#: An ordinary convolution's backward, with the roles of the channels exchanged: one entry of
#: the kernel at a time, for all stamps.
MATRIX_FORWARD = _STAMPED.format(
    f"""{PIXELS}
    {SHARES}
    for u in range(HH):
        for v in range(WW):
            {ENTRY_ROWS}
            {ENTRY_COLUMNS}
            {ENTRY}"""
)
STAMPS = 'stamps = np.einsum("nc,cfuv->nfuv", x[:, :, i, j], w)'
STAMPED = "whole[:, :, rows, columns] += stamps"
#: One stamp at a time, of all images and channels.
STAMP_BY_STAMP = _STAMPED.format(
    f"""for i in range(H):
        for j in range(W):
            rows = slice(i * stride, i * stride + high, dilation)
            columns = slice(j * stride, j * stride + wide, dilation)
            {STAMPS}
            {STAMPED}"""
)
STAMPS_ADDED = "np.add.at(whole, (slice(None), slice(None), rows, columns), stamps)"
#: All stamps through arrays of their places.
STAMP_PLACES = _STAMPED.format(
    f"""rows = stride * np.arange(H)[:, np.newaxis] + dilation * np.arange(HH)
    columns = stride * np.arange(W)[:, np.newaxis] + dilation * np.arange(WW)
    rows, columns = rows[:, np.newaxis, :, np.newaxis], columns[:, np.newaxis]
    stamps = np.einsum("ncij,cfuv->nfijuv", x, w)
    {STAMPS_ADDED}"""
)
WINDOWS_DX = 'dx[:, :, i, j] = np.einsum("nfuv,cfuv->nc", window, w)'
WINDOWS_DW = 'dw += np.einsum("nc,nfuv->cfuv", x[:, :, i, j], window)'
WINDOWS_CORNER = "top, left = i * stride, j * stride"
#: One window of dout at a time, of all images and channels.
STAMP_BACK_BY_STAMP = f"""
def conv_transpose_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), dout.sum(axis=(0, 2, 3))
    for i in range(H):
        for j in range(W):
            {WINDOWS_CORNER}
            rows = slice(top, top + (HH - 1) * dilation + 1, dilation)
            columns = slice(left, left + (WW - 1) * dilation + 1, dilation)
            window = dwhole[:, :, rows, columns]
            {WINDOWS_DX}
            {WINDOWS_DW}
    return dx, dw, db
"""

by_places = partial(rows_backward, form=PLACES)
by_taps = partial(rows_backward, form=TAP_BY_TAP)
by_windows = partial(rows_backward, form=WINDOW_BY_WINDOW)
by_wide_kernel = partial(rows_backward, form=WIDE_KERNEL)
by_entries = partial(rows_forward, form=ROWS_ENTRY_BY_ENTRY)
by_entries_back = partial(rows_backward, form=ROWS_BACK_ENTRY_BY_ENTRY)
by_recipe_forward = partial(stamps_forward, form=RECIPE_FORWARD)
by_recipe = partial(stamps_backward, form=RECIPE_BACKWARD)
by_tensors = partial(stamps_backward, form=TENSOR_PRODUCT)
by_matrix = partial(stamps_forward, form=MATRIX_FORWARD)
by_stamps = partial(stamps_forward, form=STAMP_BY_STAMP)
by_stamp_places = partial(stamps_forward, form=STAMP_PLACES)
by_stamps_back = partial(stamps_backward, form=STAMP_BACK_BY_STAMP)
