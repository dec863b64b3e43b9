# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Windows as columns

# %%
import numpy as np

from course_utils import check, pictures
from naive_layers import conv_backward_naive, conv_forward_naive, max_pool_backward_naive


# %% nbgrader={"grade": false, "grade_id": "window_indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
def window_indices(C, field_height, field_width, H_out, W_out, stride):
    """Return where the entries of the column matrix of one image stand in the padded image.

    Three arrays of whole numbers: channel and both offsets are (C * field_height * field_width, 1)
    """
    ### BEGIN SOLUTION
    channel = np.repeat(np.arange(C), field_height * field_width)
    row = np.tile(np.repeat(np.arange(field_height), field_width), C)
    col = np.tile(np.arange(field_width), field_height * C)
    top = stride * np.repeat(np.arange(H_out), W_out)
    left = stride * np.tile(np.arange(W_out), H_out)
    return channel[:, np.newaxis], row[:, np.newaxis] + top, col[:, np.newaxis] + left
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "im2col_indices_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def im2col_indices(x, field_height, field_width, padding, stride):
    """..."""
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    cols = x_pad[:, channel, row, col]
    return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "im2col_indices", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(im2col_indices)


# %% nbgrader={"grade": false, "grade_id": "col2im_indices_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def col2im_indices(cols, x_shape, field_height, field_width, padding, stride):
    """..."""
    ### BEGIN SOLUTION
    N, C, H, W = x_shape
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    channel, row, col = window_indices(C, field_height, field_width, H_out, W_out, stride)
    shares = cols.reshape(C * field_height * field_width, H_out * W_out, N).transpose(2, 0, 1)
    np.add.at(x_pad, (slice(None), channel, row, col), shares)
    return x_pad[:, :, padding : padding + H, padding : padding + W]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "col2im_indices", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(col2im_indices)


# %% nbgrader={"grade": false, "grade_id": "conv_forward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_forward_im2col(x, w, b, conv_param):
    """..."""
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "conv_forward_im2col", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_forward_im2col)


# %% nbgrader={"grade": false, "grade_id": "conv_backward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_backward_im2col(dout, cache):
    """..."""
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "conv_backward_im2col", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(conv_backward_im2col)


# %% nbgrader={"grade": false, "grade_id": "max_pool_forward_im2col_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def max_pool_forward_im2col(x, pool_param):
    """Max pooling by columns: x (N, C, H, W) gives out (N, C, H', W') and the cache."""
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - height) // stride, 1 + (W - width) // stride
    planes = x.reshape(N * C, 1, H, W)
    cols = im2col_indices(planes, height, width, 0, stride)
    out = cols.max(axis=0).reshape(H_out, W_out, N, C).transpose(2, 3, 0, 1)
    cache = (x, pool_param)
    return out, cache


# %% nbgrader={"grade": false, "grade_id": "max_pool_backward_im2col_solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool_backward_im2col(dout, cache):
    """..."""
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "max_pool_backward_im2col", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(max_pool_backward_im2col)
