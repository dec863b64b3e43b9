"""All windows of a batch of images at once, as a view."""

import numpy as np

from course_utils.exercise import Array


def padded(x: Array, pad: int, value: float = 0.0) -> Array:
    """``x`` (N, C, H, W) as float64 with ``pad`` rows and columns of ``value`` on every side."""
    N, C, H, W = x.shape
    x_pad = np.empty((N, C, H + 2 * pad, W + 2 * pad))
    x_pad.fill(value)
    x_pad[:, :, pad : pad + H, pad : pad + W] = x
    return x_pad


def cropped(x_pad: Array, pad: int) -> Array:
    """The part of ``x_pad`` (N, C, H + 2 pad, W + 2 pad) that is not padding."""
    _, _, H, W = x_pad.shape
    return x_pad[:, :, pad : H - pad, pad : W - pad]


def windows(x_pad: Array, height: int, width: int, stride: int) -> Array:
    """A view of shape (N, C, H', W', height, width): window (i, j) of every image and channel.

    It starts at row i * stride and column j * stride.  ``x_pad`` is contiguous.
    """
    N, C, H, W = x_pad.shape
    H_out, W_out = 1 + (H - height) // stride, 1 + (W - width) // stride
    image, channel, row, column = x_pad.strides
    shape = (N, C, H_out, W_out, height, width)
    strides = (image, channel, row * stride, column * stride, row, column)
    # as_strided takes longer than what is done with the windows.
    return np.ndarray(shape, x_pad.dtype, x_pad, strides=strides)
