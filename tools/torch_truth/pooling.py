"""``03_pooling``: images under windows, with and without overlap, gaps, padding and ties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, Operation, distinct, nonzero, numbers, outputs

NOTEBOOK = "03_pooling"
OPERATIONS = (
    Operation("max_pool", "max_pool_forward_naive", "max_pool_backward_naive"),
    Operation("avg_pool", "avg_pool_forward_naive", "avg_pool_backward_naive"),
)


@dataclass(frozen=True)
class Size:
    """Images (N, C, H, W) under windows (pool_height, pool_width).

    ``fill`` says what the images are made of: see ``FILLS``.
    """

    name: str
    images: tuple[int, int, int, int]
    window: tuple[int, int]
    stride: int = 1
    pad: int = 0
    fill: str = "distinct"


GRID = (
    Size("one pixel", (1, 1, 1, 1), (1, 1)),
    Size("usual", (3, 2, 8, 8), (2, 2), stride=2),
    Size("side by side", (2, 3, 4, 6), (2, 2), stride=2),
    Size("side by side, not square", (2, 2, 6, 9), (2, 3), stride=3),
    Size("overlap", (2, 3, 5, 6), (3, 2)),
    Size("overlap, all negative", (1, 2, 5, 7), (2, 4), fill="negative"),
    Size("overlap, columns left over", (1, 2, 7, 8), (3, 3), stride=2),
    Size("rows and columns left over", (2, 1, 5, 7), (2, 2), stride=2),
    Size("rows left over", (1, 3, 5, 6), (2, 2), stride=2, fill="negative"),
    Size("gaps", (2, 1, 8, 7), (1, 2), stride=3, fill="negative"),
    Size("gaps, rows and columns left over", (1, 2, 7, 9), (2, 2), stride=3),
    Size("wide window", (1, 3, 4, 9), (1, 4), stride=2),
    Size("high window", (2, 2, 9, 3), (4, 1)),
    Size("window as large as the image", (3, 2, 4, 5), (4, 5)),
    Size("window of one", (2, 2, 3, 4), (1, 1)),
    Size("window of one, gaps", (1, 2, 5, 4), (1, 1), stride=2),
    Size("one row", (2, 3, 1, 9), (1, 3), stride=2),
    Size("many images", (6, 1, 3, 4), (2, 2)),
    Size("many channels", (1, 7, 4, 3), (2, 2)),
    Size("all sizes differ", (2, 3, 8, 11), (4, 5)),
    Size("far below zero", (1, 2, 3, 5), (2, 2), fill="far below zero"),
    Size("pad 1, all negative", (2, 2, 6, 5), (3, 2), stride=2, pad=1, fill="negative"),
    Size("pad 1, overlap", (1, 3, 4, 5), (3, 3), pad=1),
    Size("pad 1, gaps", (1, 2, 5, 6), (2, 2), stride=3, pad=1),
    Size("pad 2", (2, 1, 5, 6), (4, 5), stride=2, pad=2),
    Size("pad over half the window", (1, 3, 4, 5), (4, 3), stride=3, pad=2, fill="negative"),
    Size("window larger than the image", (1, 2, 1, 2), (3, 3), pad=2, fill="negative"),
    Size("ties, side by side", (2, 3, 4, 8), (2, 2), stride=2, fill="ties"),
    Size("ties, overlap", (2, 2, 5, 6), (3, 2), fill="ties"),
    Size("ties, padded", (2, 1, 6, 5), (3, 3), stride=2, pad=1, fill="ties"),
    Size("all equal", (1, 2, 4, 5), (2, 3), fill="equal"),
)

FILLS: Mapping[str, Callable[[np.random.RandomState, tuple[int, ...]], Array]] = {
    "distinct": lambda random, shape: distinct(random, shape, -int(np.prod(shape)) // 2),
    "negative": lambda random, shape: distinct(random, shape, -int(np.prod(shape)) - 10),
    "far below zero": lambda random, shape: distinct(random, shape, -(10**9)),
    "ties": lambda random, shape: random.randint(-1, 2, shape).astype(float),
    "equal": lambda _, shape: np.full(shape, -1.0),
}


def cases() -> Cases:
    """The grid, without results."""
    return {size.name: _inputs(size) for size in GRID}


def _inputs(size: Size) -> Case:
    """The case without results: x (N, C, H, W) and dout (N, C, H', W')."""
    N, C, H, W = size.images
    height, width = size.window
    stride, pad = size.stride, size.pad
    out = (N, C, outputs(H, height, stride, pad), outputs(W, width, stride, pad))
    return {
        "parameters": {"pool_height": height, "pool_width": width, "stride": stride, "pad": pad},
        "inputs": {
            "x": FILLS[size.fill](numbers(NOTEBOOK, size.name, "x"), size.images),
            "dout": nonzero(numbers(NOTEBOOK, size.name, "dout"), out, 9),
        },
    }


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``max_pool`` and ``avg_pool``: out, and the gradient dx.

    torch's pooling pads by half a window at most; beyond that the border is laid around
    the image first.
    """
    from torch.nn import functional

    parameters = case["parameters"]
    window = (parameters["pool_height"], parameters["pool_width"])
    inside = parameters["pad"] if 2 * parameters["pad"] <= min(window) else 0
    border = (parameters["pad"] - inside,) * 4

    def max_pool(x: Any) -> Any:
        wide = functional.pad(x, border, value=float("-inf"))
        return functional.max_pool2d(wide, window, parameters["stride"], inside)

    def avg_pool(x: Any) -> Any:
        wide = functional.pad(x, border)
        return functional.avg_pool2d(
            wide, window, parameters["stride"], inside, count_include_pad=True
        )

    return {
        "max_pool": differentiated(max_pool, case["inputs"]),
        "avg_pool": differentiated(avg_pool, case["inputs"]),
    }
