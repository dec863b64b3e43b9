"""``05_convolution_variants``: dilated rows, stamped images, activations, channels last."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, Operation, nonzero, numbers

NOTEBOOK = "05_convolution_variants"
OPERATIONS = tuple(
    Operation(layer, f"{layer}_forward", f"{layer}_backward")
    for layer in ("conv1d", "conv1d_last", "conv1d_fused", "conv_transpose", "conv_transpose_fused")
)


@dataclass(frozen=True)
class Row:
    """Rows (N, C, L) under kernels (F, K).

    ``pad`` is a pair, or "same" or "causal" where there is an ``activation``.
    """

    name: str
    rows: tuple[int, int, int]
    kernels: tuple[int, int]
    stride: int = 1
    dilation: int = 1
    pad: tuple[int, int] | str = (0, 0)
    activation: str = ""


ROWS = (
    Row("one entry", (1, 1, 1), (1, 1)),
    Row("usual, same size", (2, 3, 6), (4, 3), pad=(1, 1)),
    Row("all sizes differ", (2, 3, 11), (4, 5)),
    Row("all sizes differ, all at once", (2, 3, 12), (5, 4), stride=6, dilation=7, pad=(11, 8)),
    Row("stride, nothing left over", (1, 2, 7), (3, 3), stride=2),
    Row("stride, one left over", (2, 1, 8), (2, 3), stride=2),
    Row("stride 3, two left over", (1, 2, 10), (2, 2), stride=3),
    Row("gaps between windows", (3, 1, 9), (1, 2), stride=4),
    Row("dilation 2", (2, 2, 8), (3, 3), dilation=2),
    Row("dilation 3", (1, 3, 9), (2, 2), dilation=3),
    Row("stride and dilation 2", (2, 1, 9), (2, 3), stride=2, dilation=2),
    Row("stride above dilation", (1, 2, 12), (2, 2), stride=3, dilation=2),
    Row("dilation above stride", (1, 2, 12), (2, 3), stride=2, dilation=3),
    Row("causal", (2, 1, 6), (3, 3), dilation=2, pad=(4, 0)),
    Row("zeros on the right", (2, 2, 5), (1, 2), pad=(0, 3)),
    Row("more on the left", (1, 3, 5), (2, 3), stride=2, pad=(3, 1)),
    Row("more on the right", (1, 1, 6), (2, 4), stride=3, pad=(1, 4)),
    Row("windows of padding alone", (2, 1, 2), (2, 2), stride=2, pad=(5, 4)),
    Row("kernel as long as the row", (3, 2, 5), (2, 5)),
    Row("reach as long as the row", (1, 2, 7), (3, 3), dilation=3),
    Row("reach longer than the row", (2, 1, 3), (2, 3), dilation=3, pad=(3, 2)),
    Row("one tap", (2, 3, 4), (2, 1), stride=2, dilation=5),
    Row("many rows", (7, 1, 4), (1, 2)),
    Row("many channels", (1, 8, 4), (2, 3)),
    Row("many kernels", (1, 1, 5), (9, 2), pad=(1, 0)),
)

#: Channels last; gaps are dilations less one.
LAST = (
    Row("last: no gap", (2, 3, 5), (4, 2)),
    Row("last: gap 1", (1, 2, 8), (3, 3), dilation=2, pad=(1, 0)),
    Row("last: gap 2, stride", (2, 1, 9), (2, 2), stride=2, dilation=3),
    Row("last: one of all", (1, 1, 2), (1, 2), pad=(0, 1)),
)

ACTIVATED_ROWS = (
    Row("tanh, same", (2, 2, 5), (3, 4), pad="same", activation="tanh"),
    Row("relu, same, dilated", (1, 3, 6), (2, 4), dilation=3, pad="same", activation="relu"),
    Row("tanh, causal", (2, 1, 6), (2, 3), dilation=2, pad="causal", activation="tanh"),
    Row("relu, causal, stride", (1, 2, 7), (3, 2), 2, 2, pad="causal", activation="relu"),
    Row("tanh, pair", (1, 2, 7), (2, 3), stride=2, pad=(0, 2), activation="tanh"),
    Row("relu, pair", (3, 1, 4), (1, 2), pad=(1, 0), activation="relu"),
)


@dataclass(frozen=True)
class Stamp:
    """Images (N, C, H, W) stamped with kernels (F, HH, WW).

    ``cut`` is top, bottom, left, right, instead of ``pad``, where there is an ``activation``.
    """

    name: str
    images: tuple[int, int, int, int]
    kernels: tuple[int, int, int]
    stride: int = 1
    pad: int = 0
    dilation: int = 1
    cut: tuple[int, int, int, int] = (0, 0, 0, 0)
    activation: str = ""


STAMPS = (
    Stamp("one pixel, one stamp", (1, 1, 1, 1), (1, 1, 1)),
    Stamp("usual, doubled", (2, 3, 3, 3), (2, 4, 4), stride=2, pad=1),
    Stamp("usual, same size", (1, 2, 4, 4), (3, 3, 3), pad=1),
    Stamp("stamps nothing square", (2, 3, 2, 4), (4, 3, 2)),
    Stamp("stamps all sizes differ", (2, 3, 4, 5), (1, 6, 7), stride=8, pad=0),
    Stamp("overlap, stride 2", (2, 2, 3, 4), (3, 3, 3), stride=2),
    Stamp("side by side", (1, 2, 2, 3), (2, 2, 2), stride=2),
    Stamp("gaps between stamps", (2, 1, 3, 2), (2, 1, 2), stride=3),
    Stamp("wide stamps", (1, 2, 3, 2), (2, 1, 4), stride=2),
    Stamp("high stamps", (2, 1, 3, 2), (1, 4, 1), stride=3),
    Stamp("one row cut off", (2, 2, 3, 3), (1, 2, 3), pad=1),
    Stamp("two rows cut off", (1, 3, 3, 4), (2, 5, 4), stride=2, pad=2),
    Stamp("pad as high as stamps", (1, 2, 3, 3), (2, 2, 2), stride=3, pad=2),
    Stamp("pad higher than stamps", (2, 1, 4, 3), (1, 1, 2), stride=4, pad=3),
    Stamp("one pixel left", (1, 1, 2, 2), (1, 3, 3), stride=1, pad=1),
    Stamp("stamps dilation 2", (2, 1, 2, 3), (3, 2, 3), dilation=2),
    Stamp("stamps dilation 3, stride 2", (1, 2, 3, 2), (2, 2, 2), stride=2, dilation=3),
    Stamp("stamps dilation 2, stride 2, pad", (1, 2, 3, 3), (1, 3, 2), 2, 1, 2),
    Stamp("many images stamped", (6, 1, 2, 1), (1, 2, 2)),
    Stamp("many channels in", (1, 7, 2, 2), (2, 1, 2)),
    Stamp("many channels out", (1, 1, 2, 2), (8, 2, 1), stride=2),
)
ACTIVATED_STAMPS = (
    Stamp("tanh, cut all around", (1, 2, 3, 2), (2, 3, 3), 2, cut=(1, 1, 1, 1), activation="tanh"),
    Stamp("relu, cut below", (2, 1, 2, 3), (3, 3, 2), cut=(0, 2, 0, 0), activation="relu"),
    Stamp("tanh, four cuts", (1, 2, 3, 3), (1, 3, 2), 2, cut=(2, 0, 1, 3), activation="tanh"),
    Stamp("relu, dilated", (1, 2, 2, 2), (2, 2, 3), 1, 0, 2, (0, 1, 2, 0), activation="relu"),
)


def cases() -> Cases:
    """All grids, without results."""
    return {
        **{size.name: _row(size) for size in ROWS},
        **{size.name: _last(size) for size in LAST},
        **{size.name: _row(size) for size in ACTIVATED_ROWS},
        **{size.name: _stamp(size) for size in (*STAMPS, *ACTIVATED_STAMPS)},
    }


def _row(size: Row) -> Case:
    """x (N, C, L), w (F, C, K), b (F,), dout (N, F, L')."""
    (N, C, _), (F, K) = size.rows, size.kernels
    parameters = {"stride": size.stride, "dilation": size.dilation, "pad": size.pad}
    if size.activation:
        parameters["activation"] = size.activation
    if isinstance(size.pad, tuple):
        parameters["pad"] = list(size.pad)
    return {
        "parameters": parameters,
        "inputs": _inputs(
            size, {"x": size.rows, "w": (F, C, K), "b": (F,), "dout": (N, F, _outputs(size))}
        ),
    }


def _last(size: Row) -> Case:
    """x (N, L, C), w (K, C, F), b (1, 1, F), dout (N, L', F)."""
    (N, C, L), (F, K) = size.rows, size.kernels
    assert isinstance(size.pad, tuple)
    return {
        "parameters": {"stride": size.stride, "gap": size.dilation - 1, "pad": list(size.pad)},
        "inputs": _inputs(
            size,
            {"x": (N, L, C), "w": (K, C, F), "b": (1, 1, F), "dout": (N, _outputs(size), F)},
        ),
    }


def _outputs(size: Row) -> int:
    """The number of windows; with stride 1 "same" has one for each entry."""
    length, reach = size.rows[2], (size.kernels[1] - 1) * size.dilation + 1
    if size.pad == "same":
        return length
    around = reach - 1 if isinstance(size.pad, str) else sum(size.pad)
    return 1 + (length + around - reach) // size.stride


def _stamp(size: Stamp) -> Case:
    """x (N, C, H, W), w (C, F, HH, WW), b (F,), dout (N, F, H', W')."""
    (N, C, H, W), (F, HH, WW) = size.images, size.kernels
    parameters: dict[str, Any] = {"stride": size.stride, "pad": size.pad}
    if size.activation:
        parameters |= {"pad": list(size.cut), "activation": size.activation}
    if size.activation or size.dilation > 1:
        parameters["dilation"] = size.dilation
    top, bottom, left, right = size.cut if size.activation else (size.pad,) * 4
    out = (
        (H - 1) * size.stride + (HH - 1) * size.dilation + 1 - top - bottom,
        (W - 1) * size.stride + (WW - 1) * size.dilation + 1 - left - right,
    )
    shapes = {"x": size.images, "w": (C, F, HH, WW), "b": (F,), "dout": (N, F, *out)}
    return {"parameters": parameters, "inputs": _inputs(size, shapes)}


def _inputs(size: Row | Stamp, shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    """Whole numbers; halves, quarters and odd sixteenths before an activation.

    So ReLU never meets its kink at 0, and tanh keeps a slope.
    """
    made = {
        name: nonzero(numbers(NOTEBOOK, size.name, name), shape, 3 if size.activation else 9)
        for name, shape in shapes.items()
    }
    if size.activation:
        made |= {"x": made["x"] / 2, "w": made["w"] / 4, "b": (2 * made["b"] - 1) / 16}
    return made


# What torch says


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``out`` and the gradients dx, dw and db, under the name of the operation."""
    return {
        name: differentiated(function, case["inputs"])
        for name, function in [_asked(case["parameters"], case["inputs"]["x"].ndim)]
    }


def _asked(parameters: dict[str, Any], axes: int) -> tuple[str, Callable[..., Any]]:
    """The operation that a case is of, and what torch has for it."""
    fused = "_fused" if "activation" in parameters else ""
    if axes == 4:
        return f"conv_transpose{fused}", lambda x, w, b: _stamped(x, w, b, parameters)
    if "gap" in parameters:
        return "conv1d_last", lambda x, w, b: _channels_last(x, w, b, parameters)
    return f"conv1d{fused}", lambda x, w, b: _convolved(x, w, b, parameters)


def _activated(z: Any, parameters: dict[str, Any]) -> Any:
    name = parameters.get("activation")
    return getattr(z, name)() if name else z


def _convolved(x: Any, w: Any, b: Any, parameters: dict[str, Any]) -> Any:
    from torch.nn import functional

    stride, dilation, pad = parameters["stride"], parameters["dilation"], parameters["pad"]
    if pad == "causal":
        pad = [(w.shape[2] - 1) * dilation, 0]
    if pad == "same":
        z = functional.conv1d(x, w, b, padding="same", dilation=dilation)
    else:
        z = functional.conv1d(functional.pad(x, pad), w, b, stride=stride, dilation=dilation)
    return _activated(z, parameters)


def _channels_last(x: Any, w: Any, b: Any, parameters: dict[str, Any]) -> Any:
    translated = {**parameters, "dilation": parameters["gap"] + 1}
    out = _convolved(x.permute(0, 2, 1), w.permute(2, 1, 0), b.reshape(-1), translated)
    return out.permute(0, 2, 1)


def _stamped(x: Any, w: Any, b: Any, parameters: dict[str, Any]) -> Any:
    from torch.nn import functional

    stride, dilation = parameters["stride"], parameters.get("dilation", 1)
    if "activation" not in parameters:
        pad = parameters["pad"]
        return functional.conv_transpose2d(x, w, b, stride, padding=pad, dilation=dilation)
    top, bottom, left, right = parameters["pad"]
    whole = functional.conv_transpose2d(x, w, b, stride, dilation=dilation)
    # A negative pad cuts off.
    return _activated(functional.pad(whole, (-left, -right, -top, -bottom)), parameters)
