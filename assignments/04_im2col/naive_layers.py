"""Functions of earlier notebooks, to be imported by 04_im2col.

Made by `autograder build` from the solutions of 02_convolution and 03_pooling.  Not to be edited.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    """Convolve every image with every filter, and keep what the backward pass needs.

    x: images, shape (N, C, H, W). w: filters, shape (F, C, HH, WW). b: biases, shape (F,).
    conv_param: a dict with "stride" (1 or more) and "pad" (0 or more).

    Returns a pair. First the output, float64, shape (N, F, H_out, W_out), where H_out is
    1 plus the floor of (H + 2 pad - HH) / stride, and W_out likewise from W and WW. Second the
    cache: a tuple of x (not padded), w, b and conv_param, in this order. A cache of another
    form is right, too, as long as your conv_backward_naive needs nothing else.

    Rules: pad rows and columns of zeros go on each of the four sides. The kernel is not flipped.
    What no whole window reaches is left out. Height and width may differ, in the image and in
    the kernel. x, w and b are not changed; x may hold whole numbers.
    """
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    """Return the gradients of a convolution with respect to its input, filters and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, H_out, W_out).
    cache: the second value that conv_forward_naive returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, H, W), to w,
    shape (F, C, HH, WW), and to b, shape (F,).

    Rules: any stride and any pad, 0 included. Pixels that no window reaches get gradient 0.
    dout and what the cache holds are not changed, nothing is divided by N, and no parameter is
    updated here. All that is needed comes from dout and the cache, not from the notebook.
    """
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    dw[f] += dout[n, f, i, j] * window
                    dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Max pooling.

    Arguments:
        x: array of shape (N, C, H, W), of floats or of integers.
        pool_param: dictionary of integers with the keys "pool_height", "pool_width" and
            "stride" (the step on both axes). In the optional part it may also have the key
            "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns (out, cache):
        out: array of shape (N, C, H', W'), the largest entry of each window; floats, or
            integers where x holds integers. Without padding, H' is
            1 + (H - pool_height) // stride, and W' likewise from the width.
        cache: the tuple of x and pool_param, in this order. A cache of another form is right,
            too, as long as your max_pool_backward_naive needs nothing else.
    """
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * pad - pool_height) // stride
    W_out = 1 + (W + 2 * pad - pool_width) // stride
    x_pad = np.pad(
        x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf
    )
    out = np.zeros((N, C, H_out, W_out))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, c, top : top + pool_height, left : left + pool_width]
                    out[n, c, i, j] = np.max(window)
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Gradient of max pooling.

    Arguments:
        dout: float array of shape (N, C, H', W'), the upstream gradient.
        cache: the second value that max_pool_forward_naive returned: x of shape (N, C, H, W),
            floats or integers, and pool_param. In the optional part pool_param may have the
            key "pad"; read it with pool_param.get("pad", 0), or ignore it until then.

    Returns:
        dx: float array with the shape of x. Each window adds its entry of dout to the pixel
            that holds its largest value; of equal ones, to the first in row-major order.
    """
    x, pool_param = cache
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(
        x.astype(float), ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf
    )
    dx_pad = np.zeros(x_pad.shape)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, c, top : top + pool_height, left : left + pool_width]
                    row, col = divmod(int(np.argmax(window)), pool_width)
                    dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx
