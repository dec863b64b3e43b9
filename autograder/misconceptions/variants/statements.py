"""Statements of the reference solutions of ``05_convolution_variants`` that changes replace."""

# Of conv1d_forward as of conv1d_backward.
STEPS = 'stride, dilation = conv_param["stride"], conv_param["dilation"]'
PADS = 'left, right = conv_param["pad"]'
REACH = "reach = (K - 1) * dilation + 1"
PAD = "np.pad(x, ((0, 0), (0, 0), (left, right)))"
FIRST = "first = i * stride"
TAPS = "taps = x_pad[n, :, first : first + reach : dilation]"

# Of conv1d_forward.
SIZE = "L_out = 1 + (left + L + right - reach) // stride"
SUM = "out[n, f, i] = np.sum(taps * w[f]) + b[f]"

# Of conv1d_backward.
DW = "dw[f] += dout[n, f, i] * taps"
DX = "dx_pad[n, :, first : first + reach : dilation] += dout[n, f, i] * w[f]"
DB = "db = dout.sum(axis=(0, 2))"
CROP = "dx = dx_pad[:, :, left : left + L]"

# Of conv_transpose_forward as of conv_transpose_backward.
PARAMETERS = 'stride, pad = conv_param["stride"], conv_param["pad"]'
DILATION = 'dilation = conv_param.get("dilation", 1)'
STAMP_SIZE = "high, wide = (HH - 1) * dilation + 1, (WW - 1) * dilation + 1"
CORNER = "top, left = i * stride, j * stride"
ROWS = "rows = slice(top, top + high, dilation)"
COLUMNS = "columns = slice(left, left + wide, dilation)"

# Of conv_transpose_forward.
WHOLE = "whole = np.zeros((N, F, (H - 1) * stride + high, (W - 1) * stride + wide))"
STAMP = "whole[n, :, rows, columns] += x[n, c, i, j] * w[c]"
CUT = "whole[:, :, pad : H_whole - pad, pad : W_whole - pad]"

# Of conv_transpose_backward.
DWHOLE = "dwhole = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
WINDOW = "window = dwhole[n, :, rows, columns]"
TDX = "dx[n, c, i, j] = np.sum(window * w[c])"
TDW = "dw[c] += x[n, c, i, j] * window"
TDB = "db = dout.sum(axis=(0, 2, 3))"

# Of all.
CACHE = "cache = (x, w, b, conv_param)"
UNPACK = "x, w, b, conv_param = cache"
RETURN = "return dx, dw, db"
