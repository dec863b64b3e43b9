"""Shortcuts of ``06_recurrent``: only what depends on the step before stays in a loop."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.exercise import Array

Cache = tuple[Array, Array, Array, Array, Array]


def rnn_forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Cache]:
    """``rnn_forward``: the part of the inputs in one product."""
    h = x @ Wx + b
    before = h0
    for t in range(x.shape[1]):
        before = h[:, t] = np.tanh(h[:, t] + before @ Wh)
    return h, (x, h0, Wx, Wh, h)


def rnn_backward(dh: Array, cache: Cache) -> tuple[Array, Array, Array, Array, Array]:
    """``rnn_backward``: first ``da`` of every step, then all that is made of it at once."""
    x, h0, Wx, Wh, h = cache
    slopes = 1 - h * h
    da = np.empty(h.shape)
    carry = np.zeros(h0.shape)
    for t in reversed(range(h.shape[1])):
        da[:, t] = (dh[:, t] + carry) * slopes[:, t]
        carry = da[:, t] @ Wh.T
    before = np.concatenate([h0[:, np.newaxis], h[:, :-1]], axis=1)
    flat = da.reshape(-1, h.shape[2])
    dWx = x.reshape(-1, x.shape[2]).T @ flat
    dWh = before.reshape(flat.shape).T @ flat
    return da @ Wx.T, carry, dWx, dWh, flat.sum(axis=0)


SHORTCUTS: Mapping[str, Callable[..., Any]] = {
    "rnn_forward": rnn_forward,
    "rnn_backward": rnn_backward,
}
