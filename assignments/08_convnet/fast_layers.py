"""Functions of earlier notebooks, to be imported by 08_convnet.

Made by `autograder build` from the solutions of 04_im2col.  Not to be edited.
"""

import numpy as np


def window_indices(C, field_height, field_width, H_out, W_out, stride):
    """Where the entries of all windows of one image stand in the padded image.

    Returns three arrays of whole numbers: the channels, shape (K, 1), and the rows and the
    columns, shape (K, H_out * W_out), where K is C * field_height * field_width.
    """
    top = stride * np.repeat(np.arange(H_out), W_out)
    left = stride * np.tile(np.arange(W_out), H_out)
    channel = np.repeat(np.arange(C), field_height * field_width)
    row = np.tile(np.repeat(np.arange(field_height), field_width), C)
    col = np.tile(np.arange(field_width), field_height * C)
    return channel[:, np.newaxis], row[:, np.newaxis] + top, col[:, np.newaxis] + left


def im2col_indices(x, field_height, field_width, padding, stride):
    """Copy every window of every image into a column of a matrix.

    x: images, shape (N, C, H, W). The window has field_height rows and field_width columns.
    padding: rows and columns of zeros on each of the four sides, 0 or more. stride: 1 or more.

    Returns the matrix, shape (C * field_height * field_width, H_out * W_out * N), where H_out is
    1 plus the floor of (H + 2 padding - field_height) / stride, and W_out likewise.

    Rules: entry (u, v) of a window in channel c stands in row (c * field_height + u) * field_width
    + v. Window (i, j) of image n is column (i * W_out + j) * N + n. What no whole window reaches
    is left out. x is not changed.
    """
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    cols = x_pad[:, channel, row, col]
    return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)


def col2im_indices(cols, x_shape, field_height, field_width, padding, stride):
    """Add every entry of a matrix of columns back to the pixel that im2col takes it from.

    cols: a matrix in the order of im2col_indices, shape (C * field_height * field_width,
    H_out * W_out * N). x_shape: the shape (N, C, H, W) of the images. The others are those of
    im2col_indices.

    Returns images, float64, shape (N, C, H, W).

    Rules: where several entries arrive, they are added up, and nothing is divided. What falls on
    the border of zeros is dropped. A pixel that no window reaches is 0. cols is not changed.
    """
    N, C, H, W = x_shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    shares = cols.reshape(C * field_height * field_width, H_out * W_out, N).transpose(2, 0, 1)
    np.add.at(x_pad, (slice(None), channel, row, col), shares)
    return x_pad[:, :, padding : padding + H, padding : padding + W]


def conv_forward_im2col(x, w, b, conv_param):
    """Convolve every image with every filter by one matrix product.

    x: images, shape (N, C, H, W). w: filters, shape (F, C, HH, WW). b: biases, shape (F,).
    conv_param: a dict with "stride" (1 or more) and "pad" (0 or more).

    Returns a pair. First the output, float64, shape (N, F, H_out, W_out): the same numbers as
    conv_forward_naive. Second the cache: a tuple that begins with x (not padded), w, b and
    conv_param, in this order. You may add the columns as a fifth item, if your backward takes five.

    Rules: x, w and b are not changed; x may hold whole numbers.
    """
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    cols = im2col_indices(x, HH, WW, pad, stride)
    flat = w.reshape(F, -1) @ cols + b[:, np.newaxis]
    out = flat.reshape(F, H_out, W_out, N).transpose(3, 0, 1, 2)
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_im2col(dout, cache):
    """Return the gradients of a convolution with respect to its input, filters and biases.

    dout: gradient of the loss with respect to the output, shape (N, F, H_out, W_out).
    cache: the second value that conv_forward_im2col returned.

    Returns three float64 arrays: the gradients with respect to x, shape (N, C, H, W), to w,
    shape (F, C, HH, WW), and to b, shape (F,): the same numbers as conv_backward_naive.

    Rules: dout and what the cache holds are not changed, nothing is divided by N, and no
    parameter is updated here. All that is needed comes from dout and the cache.
    """
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    cols = im2col_indices(x, HH, WW, pad, stride)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = flat.sum(axis=1)
    dw = (flat @ cols.T).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ flat
    dx = col2im_indices(dcols, x.shape, HH, WW, pad, stride)
    return dx, dw, db


def max_pool_forward_im2col(x, pool_param):
    """Max pooling by columns.

    x: images, shape (N, C, H, W). pool_param: a dict with "pool_height", "pool_width", "stride".
    Returns the largest entry of each window, shape (N, C, H_out, W_out), and the cache, the tuple
    of x and pool_param.
    """
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - height) // stride, 1 + (W - width) // stride
    cols = im2col_indices(x.reshape(N * C, 1, H, W), height, width, 0, stride)
    out = cols.max(axis=0).reshape(H_out, W_out, N, C).transpose(2, 3, 0, 1)
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_im2col(dout, cache):
    """Return the gradient of max pooling with respect to its input.

    dout: gradient of the loss with respect to the output, shape (N, C, H_out, W_out).
    cache: the tuple of x, shape (N, C, H, W), floats or whole numbers, and pool_param, as
    max_pool_forward_im2col returns it.

    Returns dx, float64, with the shape of x.

    Rules: the first maximum of each window (row by row) gets the whole gradient of the window;
    what several windows give to one pixel is added. dout and what the cache holds are not changed.
    """
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    cols = im2col_indices(x.reshape(N * C, 1, H, W), height, width, 0, stride)
    winners = cols.argmax(axis=0)
    dcols = np.zeros(cols.shape)
    dcols[winners, np.arange(winners.size)] = dout.transpose(2, 3, 0, 1).ravel()
    dx = col2im_indices(dcols, (N * C, 1, H, W), height, width, 0, stride)
    return dx.reshape(x.shape)
