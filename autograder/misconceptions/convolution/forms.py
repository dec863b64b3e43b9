"""Ways to write the convolution: what a row of the catalogue starts from.

The reference, or another right form of the backward.  Each form is an equivalent, and the
ground of mistakes that cannot be made in the reference.
"""

from functools import partial

from autograder.misconceptions.misconception import Misconception

forward = partial(Misconception, function="conv_forward_naive")
backward = partial(Misconception, function="conv_backward_naive")

MATRIX_PRODUCT = """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    channel = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    row = np.tile(np.repeat(np.arange(HH), WW), C).reshape(-1, 1)
    col = np.tile(np.arange(WW), HH * C).reshape(-1, 1)
    row = row + stride * np.repeat(np.arange(H_out), W_out)
    col = col + stride * np.tile(np.arange(W_out), H_out)
    columns = x_pad[:, channel, row, col].transpose(1, 2, 0).reshape(C * HH * WW, -1)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (flat @ columns.T).reshape(w.shape)
    db = flat.sum(axis=1)
    dcolumns = w.reshape(F, -1).T @ flat
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    scattered = dcolumns.reshape(C * HH * WW, -1, N).transpose(2, 0, 1)
    np.add.at(dx_pad, (slice(None), channel, row, col), scattered)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
"""

FULL_CONVOLUTION = """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    H_pad, W_pad = x_pad.shape[2:]
    dilated = np.zeros((N, F, H_pad - HH + 1, W_pad - WW + 1))
    dilated[:, :, ::stride, ::stride][:, :, :H_out, :W_out] = dout
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    dw = np.einsum("nfij,ncijkl->fckl", dilated, windows)
    db = dout.sum(axis=(0, 2, 3))
    around = np.pad(dilated, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (HH, WW), axis=(2, 3))
    dx_pad = np.einsum("nfijkl,fckl->ncij", windows, w[:, :, ::-1, ::-1])
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
"""

TWO_LOOPS_DW = 'dw += np.einsum("nf,nchw->fchw", upstream, window)'
TWO_LOOPS_DX = 'dx_pad[:, :, rows, cols] += np.einsum("nf,fchw->nchw", upstream, w)'
#: All images and filters of a window at once.
TWO_LOOPS = f"""
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(H_out):
        for j in range(W_out):
            rows, cols = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            window = x_pad[:, :, rows, cols]
            upstream = dout[:, :, i, j]
            {TWO_LOOPS_DW}
            {TWO_LOOPS_DX}
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
"""

matrix = partial(backward, form=MATRIX_PRODUCT)
full = partial(backward, form=FULL_CONVOLUTION)
two_loops = partial(backward, form=TWO_LOOPS)
