"""Ways to write the column matrix: what a row of the catalogue starts from.

The reference, or another right form.  Each form is an equivalent, and the ground of
mistakes that cannot be made in the reference.
"""

from functools import partial

from autograder.misconceptions.misconception import Misconception

im2col = partial(Misconception, function="im2col_indices")
col2im = partial(Misconception, function="col2im_indices")
conv_forward = partial(Misconception, function="conv_forward_im2col")
conv_backward = partial(Misconception, function="conv_backward_im2col")
pool_backward = partial(Misconception, function="max_pool_backward_im2col")

_IM2COL = "def im2col_indices(x, field_height, field_width, padding, stride):"
_COL2IM = "def col2im_indices(cols, x_shape, field_height, field_width, padding, stride):"
_SIZES = """\
    H_out = 1 + (H + 2 * padding - field_height) // stride
    W_out = 1 + (W + 2 * padding - field_width) // stride
"""
_PADDED = """\
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
"""
#: The indices of the best-known course, made where they are used.
_INDICES = """\
    i0 = np.tile(np.repeat(np.arange(field_height), field_width), C)
    j0 = np.tile(np.arange(field_width), field_height * C)
    i1 = stride * np.repeat(np.arange(H_out), W_out)
    j1 = stride * np.tile(np.arange(W_out), H_out)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), field_height * field_width).reshape(-1, 1)
"""

INDICES = f"""
{_IM2COL}
    N, C, H, W = x.shape
{_SIZES}{_PADDED}{_INDICES}
    cols = x_pad[:, k, i, j]
    return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)
"""

WINDOW = "window = x_pad[n, :, top : top + field_height, left : left + field_width]"
#: Column by column.
LOOPS = f"""
{_IM2COL}
    N, C, H, W = x.shape
{_SIZES}{_PADDED}
    cols = np.zeros((C * field_height * field_width, H_out * W_out * N))
    column = 0
    for i in range(H_out):
        for j in range(W_out):
            for n in range(N):
                top, left = i * stride, j * stride
                {WINDOW}
                cols[:, column] = window.ravel()
                column += 1
    return cols
"""

#: A slice of all windows at once for every place in the window.
PLACES = f"""
{_IM2COL}
    N, C, H, W = x.shape
{_SIZES}{_PADDED}
    cols = np.zeros((C, field_height, field_width, H_out, W_out, N))
    for u in range(field_height):
        for v in range(field_width):
            rows = slice(u, u + stride * H_out, stride)
            columns = slice(v, v + stride * W_out, stride)
            cols[:, u, v] = x_pad[:, :, rows, columns].transpose(1, 2, 3, 0)
    return cols.reshape(C * field_height * field_width, -1)
"""

#: A view of all windows.
VIEW = f"""
{_IM2COL}
    N, C, H, W = x.shape
{_PADDED}
    field = (field_height, field_width)
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, field, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(C * field_height * field_width, -1)
"""

BACK_INDICES = f"""
{_COL2IM}
    N, C, H, W = x_shape
{_SIZES}
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
{_INDICES}
    shares = cols.reshape(C * field_height * field_width, -1, N).transpose(2, 0, 1)
    np.add.at(x_pad, (slice(None), k, i, j), shares)
    return x_pad[:, :, padding : padding + H, padding : padding + W]
"""

BACK_PUT = "x_pad[n, :, top : top + field_height, left : left + field_width] += window"
BACK_LOOPS = f"""
{_COL2IM}
    N, C, H, W = x_shape
{_SIZES}
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    column = 0
    for i in range(H_out):
        for j in range(W_out):
            for n in range(N):
                top, left = i * stride, j * stride
                window = cols[:, column].reshape(C, field_height, field_width)
                {BACK_PUT}
                column += 1
    return x_pad[:, :, padding : padding + H, padding : padding + W]
"""

BACK_PLACES = f"""
{_COL2IM}
    N, C, H, W = x_shape
{_SIZES}
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    shares = cols.reshape(C, field_height, field_width, H_out, W_out, N)
    for u in range(field_height):
        for v in range(field_width):
            rows = slice(u, u + stride * H_out, stride)
            columns = slice(v, v + stride * W_out, stride)
            x_pad[:, :, rows, columns] += shares[:, u, v].transpose(3, 0, 1, 2)
    return x_pad[:, :, padding : padding + H, padding : padding + W]
"""

CONV_ADD = "dx_pad[:, :, rows, columns] += shares[:, u, v].transpose(3, 0, 1, 2)"
CONV_CROP = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
#: Without col2im: columns go back place by place.
CONV_SCATTER = f"""
def conv_backward_im2col(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = dout.sum(axis=(0, 2, 3))
    dw = (flat @ im2col_indices(x, HH, WW, pad, stride).T).reshape(w.shape)
    shares = (w.reshape(F, -1).T @ flat).reshape(C, HH, WW, H_out, W_out, N)
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for u in range(HH):
        for v in range(WW):
            rows = slice(u, u + stride * H_out, stride)
            columns = slice(v, v + stride * W_out, stride)
            {CONV_ADD}
    {CONV_CROP}
    return dx, dw, db
"""

#: Without the two functions: the winners are put straight into the image.
POOL_SCATTER = "np.add.at(dx, (n, c, row, col), dout)"
POOL_DIRECT = f"""
def max_pool_backward_im2col(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    winners = windows.reshape(*dout.shape, -1).argmax(axis=-1)
    n, c, i, j = np.indices(dout.shape)
    row, col = i * stride + winners // width, j * stride + winners % width
    dx = np.zeros(x.shape)
    {POOL_SCATTER}
    return dx
"""

indices = partial(im2col, form=INDICES)
loops = partial(im2col, form=LOOPS)
places = partial(im2col, form=PLACES)
back_indices = partial(col2im, form=BACK_INDICES)
back_loops = partial(col2im, form=BACK_LOOPS)
back_places = partial(col2im, form=BACK_PLACES)
conv_scatter = partial(conv_backward, form=CONV_SCATTER)
pool_direct = partial(pool_backward, form=POOL_DIRECT)
