"""Ways to write the pooling functions: what a row of the catalogue starts from.

The reference, or another form of the backward of max pooling.
"""

from collections.abc import Callable
from functools import partial

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.pooling.rules import AXES
from autograder.misconceptions.pooling.statements import SIZE

max_forward = partial(Misconception, function="max_pool_forward_naive")
max_backward = partial(Misconception, function="max_pool_backward_naive")
avg_forward = partial(Misconception, function="avg_pool_forward_naive")
avg_backward = partial(Misconception, function="avg_pool_backward_naive")

#: The matrix form: windows as columns, one per channel.
COLUMNS = """
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    edges = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    x_pad = np.pad(x.astype(float), edges, constant_values=-np.inf)
    flat = x_pad.reshape(N * C, H + 2 * pad, W + 2 * pad)
    row = np.repeat(np.arange(pool_height), pool_width).reshape(-1, 1)
    col = np.tile(np.arange(pool_width), pool_height).reshape(-1, 1)
    row = row + stride * np.repeat(np.arange(H_out), W_out)
    col = col + stride * np.tile(np.arange(W_out), H_out)
    columns = flat[:, row, col].transpose(1, 2, 0).reshape(pool_height * pool_width, -1)
    largest = np.argmax(columns, axis=0)
    upstream = dout.transpose(2, 3, 0, 1).ravel()
    dcolumns = np.zeros(columns.shape)
    dcolumns[largest, np.arange(largest.size)] = upstream
    dflat = np.zeros(flat.shape)
    scattered = dcolumns.reshape(pool_height * pool_width, -1, N * C).transpose(2, 0, 1)
    np.add.at(dflat, (slice(None), row, col), scattered)
    dx_pad = dflat.reshape(x_pad.shape)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx
"""

#: Windows side by side only: a trick by reshaping that needs stride = window and no remainder.
RESHAPED = """
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // height, height, W // width, width)
    mask = windows == windows.max(axis=(3, 5), keepdims=True)
    dx = mask * dout[:, :, :, None, :, None]
    return dx.reshape(x.shape)
"""

columns = partial(max_backward, form=COLUMNS)


def square_windows(
    row: Callable[..., Misconception], high: str, wide: str, check: str
) -> tuple[Misconception, Misconception]:
    """Two rows, ``high`` and ``wide``: one of the window's sizes is used for both."""
    same = partial(row, question="Is your window square in every case?", remedy=AXES, check=check)
    both = "pool_height = pool_width = "
    return (
        same(
            high,
            title="the window is taken to be as high as it is wide",
            edits=((SIZE, f'{both}pool_param["pool_width"]'),),
        ),
        same(
            wide,
            title="the window is taken to be as wide as it is high",
            edits=((SIZE, f'{both}pool_param["pool_height"]'),),
        ),
    )
