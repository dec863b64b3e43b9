"""Shortcuts of ``03_pooling``: pools all windows at once, and counts back by pixel."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.shortcuts.windows import cropped, padded, windows
from course_utils.exercise import Array

Pool = Mapping[str, int]
Cache = tuple[Array, Pool]


def _flat(x_pad: Array, pool_param: Pool) -> Array:
    """Every window of ``x_pad`` as a row: (N, C, H', W', pool_height * pool_width)."""
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    found = windows(x_pad, height, width, pool_param["stride"])
    return found.reshape(*found.shape[:4], height * width)


def _pixels(x_pad: Array, pool_param: Pool) -> Array:
    """The numbers of the pixels that each window reads, shaped as ``_flat`` returns them."""
    return _flat(np.arange(x_pad.size).reshape(x_pad.shape), pool_param)


def _collected(pixels: Array, shares: Array, x_pad: Array, pool_param: Pool) -> Array:
    """At every pixel the sum of the ``shares`` that were sent there, without the padding."""
    dx_pad = np.bincount(pixels.ravel(), shares.ravel(), x_pad.size)
    return cropped(dx_pad.reshape(x_pad.shape), pool_param.get("pad", 0))


def max_pool_forward(x: Array, pool_param: Pool) -> tuple[Array, Cache]:
    """``max_pool_forward_naive``: padding never wins."""
    x_pad = padded(x, pool_param.get("pad", 0), -np.inf)
    return _flat(x_pad, pool_param).max(axis=-1), (x, pool_param)


def max_pool_backward(dout: Array, cache: Cache) -> Array:
    """``max_pool_backward_naive``: the first maximum of a window gets all of its gradient."""
    x, pool_param = cache
    x_pad = padded(x, pool_param.get("pad", 0), -np.inf)
    first = _flat(x_pad, pool_param).argmax(axis=-1).ravel()
    pixels = _pixels(x_pad, pool_param).reshape(dout.size, -1)[np.arange(dout.size), first]
    return _collected(pixels, dout, x_pad, pool_param)


def avg_pool_forward(x: Array, pool_param: Pool) -> tuple[Array, Cache]:
    """``avg_pool_forward_naive``: padded zeros count."""
    x_pad = padded(x, pool_param.get("pad", 0))
    found = _flat(x_pad, pool_param)
    return found.sum(axis=-1) / found.shape[-1], (x, pool_param)


def avg_pool_backward(dout: Array, cache: Cache) -> Array:
    """``avg_pool_backward_naive``: every entry of a window gets the same share."""
    x, pool_param = cache
    x_pad = padded(x, pool_param.get("pad", 0))
    pixels = _pixels(x_pad, pool_param)
    entries = pixels.shape[-1]
    shares = (dout / entries).ravel().repeat(entries)
    return _collected(pixels, shares, x_pad, pool_param)


SHORTCUTS: Mapping[str, Callable[..., Any]] = {
    "max_pool_forward_naive": max_pool_forward,
    "max_pool_backward_naive": max_pool_backward,
    "avg_pool_forward_naive": avg_pool_forward,
    "avg_pool_backward_naive": avg_pool_backward,
}
