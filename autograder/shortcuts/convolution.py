"""Shortcuts of ``02_convolution``: a convolution is a product with the matrix of its windows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.shortcuts.windows import cropped, padded, windows
from course_utils.exercise import Array

Cache = tuple[Array, Array, Array, Mapping[str, int]]


def _columns(x_pad: Array, w: Array, stride: int) -> Array:
    """Every window as a row: shape (N * H' * W', C * HH * WW)."""
    _, C, HH, WW = w.shape
    found = windows(x_pad, HH, WW, stride).transpose(0, 2, 3, 1, 4, 5)
    return found.reshape(-1, C * HH * WW)


def conv_forward(
    x: Array, w: Array, b: Array, conv_param: Mapping[str, int]
) -> tuple[Array, Cache]:
    """``conv_forward_naive``."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    # out[n, f, i, j] = sum over c, r, s of window[n, i, j][c, r, s] * w[f, c, r, s] + b[f]
    out = _columns(padded(x, pad), w, stride) @ w.reshape(F, -1).T + b
    return out.reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2), (x, w, b, conv_param)


def conv_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """``conv_backward_naive``."""
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, F, H_out, W_out = dout.shape
    _, C, HH, WW = w.shape
    x_pad = padded(x, pad)
    dout_rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dw = (dout_rows.T @ _columns(x_pad, w, stride)).reshape(w.shape)
    shares = (dout_rows @ w.reshape(F, -1)).reshape(N, H_out, W_out, C, HH, WW)
    dx_pad = np.zeros(x_pad.shape)
    for r, s in np.ndindex(HH, WW):
        # Entry (r, s) of all windows: no two windows have it at the same pixel.
        rows = slice(r, r + stride * (H_out - 1) + 1, stride)
        columns = slice(s, s + stride * (W_out - 1) + 1, stride)
        dx_pad[:, :, rows, columns] += shares[..., r, s].transpose(0, 3, 1, 2)
    return cropped(dx_pad, pad), dw, dout_rows.sum(axis=0)


SHORTCUTS: Mapping[str, Callable[..., Any]] = {
    "conv_forward_naive": conv_forward,
    "conv_backward_naive": conv_backward,
}
