"""Statements of the two reference solutions of ``02_convolution`` that changes replace."""

# Of both functions.
PAD = "np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
CORNER = "top, left = i * stride, j * stride"
WINDOW = "window = x_pad[n, :, top : top + HH, left : left + WW]"

# Of the forward.
CACHE = "cache = (x, w, b, conv_param)"

# Of the backward.
UNPACK = "x, w, b, conv_param = cache"
DW = "dw[f] += dout[n, f, i, j] * window"
DX = "dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]"
DB = "db = dout.sum(axis=(0, 2, 3))"
CROP = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
RETURN = "return dx, dw, db"
