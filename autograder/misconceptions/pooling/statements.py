"""Statements of the reference solutions of ``03_pooling`` that changes replace."""

# Of a forward as of a backward.
CORNER = "top, left = i * stride, j * stride"
SIZE = 'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]'
WINDOW = "window = x_pad[n, c, top : top + pool_height, left : left + pool_width]"

# Of the forwards: max, average.
MAX = "out[n, c, i, j] = np.max(window)"
AVERAGE = "out[n, c, i, j] = np.sum(window) / (pool_height * pool_width)"

# Of the backwards.
HERE = "dx_pad[n, c, top : top + pool_height, left : left + pool_width]"
CROP = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
RETURN = "return dx"

# Of the backward of max pooling.
BUFFER = "dx_pad = np.zeros(x_pad.shape)"
FIRST = "row, col = divmod(int(np.argmax(window)), pool_width)"
SEND = "dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]"

# Of the backward of average pooling.
SHARE = "share = dout[n, c, i, j] / (pool_height * pool_width)"
SPREAD = HERE + " += share"
