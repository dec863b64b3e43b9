"""Shortcuts of ``05_convolution_variants``: all windows, or all stamps, at once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.shortcuts.windows import padded
from course_utils.exercise import Array

Parameters = Mapping[str, Any]
Cache = tuple[Array, Array, Array, Parameters]
Gradients = tuple[Array, Array, Array]


def _taps(x: Array, w: Array, parameters: Parameters) -> tuple[Array, Array]:
    """The padded rows, and a view of the taps of all windows: (N, C, L', K)."""
    stride, dilation = parameters["stride"], parameters["dilation"]
    left, right = parameters["pad"]
    N, C, L = x.shape
    K = w.shape[2]
    x_pad = np.zeros((N, C, left + L + right))
    x_pad[:, :, left : left + L] = x
    row, channel, place = x_pad.strides
    L_out = 1 + (x_pad.shape[2] - (K - 1) * dilation - 1) // stride
    strides = (row, channel, place * stride, place * dilation)
    return x_pad, np.ndarray((N, C, L_out, K), x_pad.dtype, x_pad, strides=strides)


def conv1d_forward(x: Array, w: Array, b: Array, conv_param: Parameters) -> tuple[Array, Cache]:
    """``conv1d_forward``: a product of the taps with the kernels."""
    F, C, K = w.shape
    _, taps = _taps(x, w, conv_param)
    N, _, L_out, _ = taps.shape
    out = taps.transpose(0, 2, 1, 3).reshape(N * L_out, C * K) @ w.reshape(F, C * K).T + b
    return out.reshape(N, L_out, F).transpose(0, 2, 1), (x, w, b, conv_param)


def conv1d_backward(dout: Array, cache: Cache) -> Gradients:
    """``conv1d_backward``: two products, and a tap of all windows at a time."""
    x, w, _, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param["dilation"]
    left, _ = conv_param["pad"]
    F, C, K = w.shape
    x_pad, taps = _taps(x, w, conv_param)
    N, _, L_out, _ = taps.shape
    rows = dout.transpose(0, 2, 1).reshape(N * L_out, F)
    dw = (rows.T @ taps.transpose(0, 2, 1, 3).reshape(N * L_out, C * K)).reshape(w.shape)
    shares = (rows @ w.reshape(F, C * K)).reshape(N, L_out, C, K)
    dx_pad = np.zeros(x_pad.shape)
    for k in range(K):
        first = k * dilation
        dx_pad[:, :, first : first + stride * (L_out - 1) + 1 : stride] += shares[..., k].transpose(
            0, 2, 1
        )
    return dx_pad[:, :, left : left + x.shape[2]], dw, rows.sum(axis=0)


def _whole_size(x: Array, w: Array, stride: int, dilation: int) -> tuple[int, int]:
    """Rows and columns of the output of a transposed convolution, before it is cut."""
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    return (H - 1) * stride + (HH - 1) * dilation + 1, (W - 1) * stride + (WW - 1) * dilation + 1


def conv_transpose_forward(
    x: Array, w: Array, b: Array, conv_param: Parameters
) -> tuple[Array, Cache]:
    """``conv_transpose_forward``: one product, and a kernel entry of all stamps at a time."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    dilation = conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    high, wide = _whole_size(x, w, stride, dilation)
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)
    shares = (pixels @ w.reshape(C, -1)).reshape(N, H, W, F, HH, WW)
    whole = np.zeros((N, F, high, wide))
    for u, v in np.ndindex(HH, WW):
        # Entry (u, v) of all stamps: no two stamps have it at the same place.
        rows = slice(u * dilation, u * dilation + stride * (H - 1) + 1, stride)
        columns = slice(v * dilation, v * dilation + stride * (W - 1) + 1, stride)
        whole[:, :, rows, columns] += shares[..., u, v].transpose(0, 3, 1, 2)
    out = whole[:, :, pad : high - pad, pad : wide - pad] + b.reshape(F, 1, 1)
    return out, (x, w, b, conv_param)


def conv_transpose_backward(dout: Array, cache: Cache) -> Gradients:
    """``conv_transpose_backward``: two products with the windows of dout."""
    x, w, _, conv_param = cache
    stride, dilation = conv_param["stride"], conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    dwhole = padded(dout, conv_param["pad"])
    image, channel, row, column = dwhole.strides
    strides = (
        image,
        row * stride,
        column * stride,
        channel,
        row * dilation,
        column * dilation,
    )
    windows = np.ndarray((N, H, W, F, HH, WW), dwhole.dtype, dwhole, strides=strides)
    flat = windows.reshape(N * H * W, F * HH * WW)
    dx = (flat @ w.reshape(C, -1).T).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dw = (x.transpose(1, 0, 2, 3).reshape(C, -1) @ flat).reshape(w.shape)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def _widths(w: Array, length: int, parameters: Parameters) -> tuple[int, int]:
    """What the padding of a row means, as ``pad_widths`` says."""
    stride, pad = parameters["stride"], parameters["pad"]
    reach = (w.shape[2] - 1) * parameters["dilation"] + 1
    if pad == "causal":
        return reach - 1, 0
    if pad == "same":
        missing = max(reach - (length % stride or stride), 0)
        return missing // 2, missing - missing // 2
    left, right = (pad, pad) if isinstance(pad, int) else pad
    return left, right


def _activated(z: Array, parameters: Parameters) -> Array:
    activated: Array = np.tanh(z) if parameters["activation"] == "tanh" else np.maximum(z, 0)
    return activated


def _slope(z: Array, parameters: Parameters) -> Array:
    slope: Array = 1 - np.tanh(z) ** 2 if parameters["activation"] == "tanh" else z > 0
    return slope


def conv1d_fused_forward(
    x: Array, w: Array, b: Array, conv_param: Parameters
) -> tuple[Array, Cache]:
    """``conv1d_fused_forward``."""
    plain = {**conv_param, "pad": _widths(w, x.shape[2], conv_param)}
    z, _ = conv1d_forward(x, w, b, plain)
    return _activated(z, conv_param), (x, w, b, conv_param)


def conv1d_fused_backward(dout: Array, cache: Cache) -> Gradients:
    """``conv1d_fused_backward``."""
    x, w, b, conv_param = cache
    plain = {**conv_param, "pad": _widths(w, x.shape[2], conv_param)}
    z, kept = conv1d_forward(x, w, b, plain)
    return conv1d_backward(dout * _slope(z, conv_param), kept)


def _cut(x: Array, w: Array, b: Array, conv_param: Parameters) -> tuple[Array, Cache]:
    """The output of a transposed convolution before its activation, and the cache of the uncut."""
    top, bottom, left, right = conv_param["pad"]
    whole, kept = conv_transpose_forward(x, w, b, {**conv_param, "pad": 0})
    _, _, high, wide = whole.shape
    return whole[:, :, top : high - bottom, left : wide - right], kept


def conv_transpose_fused_forward(
    x: Array, w: Array, b: Array, conv_param: Parameters
) -> tuple[Array, Cache]:
    """``conv_transpose_fused_forward``."""
    z, _ = _cut(x, w, b, conv_param)
    return _activated(z, conv_param), (x, w, b, conv_param)


def conv_transpose_fused_backward(dout: Array, cache: Cache) -> Gradients:
    """``conv_transpose_fused_backward``."""
    x, w, b, conv_param = cache
    top, _, left, _ = conv_param["pad"]
    z, kept = _cut(x, w, b, conv_param)
    N, F, H_out, W_out = dout.shape
    high, wide = _whole_size(x, w, conv_param["stride"], conv_param["dilation"])
    dwhole = np.zeros((N, F, high, wide))
    dwhole[:, :, top : top + H_out, left : left + W_out] = dout * _slope(z, conv_param)
    return conv_transpose_backward(dwhole, kept)


def _ours(x: Array, w: Array, b: Array, conv_param: Parameters) -> Cache:
    """The arguments of ``conv1d_last_forward`` in the course's own conventions."""
    ours = {**conv_param, "dilation": conv_param["gap"] + 1}
    return x.transpose(0, 2, 1), w.transpose(2, 1, 0), b.ravel(), ours


def conv1d_last_forward(
    x: Array, w: Array, b: Array, conv_param: Parameters
) -> tuple[Array, Cache]:
    """``conv1d_last_forward``."""
    out, _ = conv1d_forward(*_ours(x, w, b, conv_param))
    return out.transpose(0, 2, 1), (x, w, b, conv_param)


def conv1d_last_backward(dout: Array, cache: Cache) -> Gradients:
    """``conv1d_last_backward``."""
    dx, dw, db = conv1d_backward(dout.transpose(0, 2, 1), _ours(*cache))
    return dx.transpose(0, 2, 1), dw.transpose(2, 1, 0), db.reshape(1, 1, -1)


SHORTCUTS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        conv1d_forward,
        conv1d_backward,
        conv_transpose_forward,
        conv_transpose_backward,
        conv1d_fused_forward,
        conv1d_fused_backward,
        conv_transpose_fused_forward,
        conv_transpose_fused_backward,
        conv1d_last_forward,
        conv1d_last_backward,
    )
}
