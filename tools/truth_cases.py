"""The cases that torch is asked about: a wide grid of shapes, and inputs made from a seed.

Every way in which sizes, stride and padding can meet has a case of its own.  Inputs are
integers, held in float64, so that they are the same on every machine.
"""  # noqa: INP001 - imported by the script beside it

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: ``parameters`` (whole numbers by name), ``inputs`` (arrays by name) and, once torch was
#: asked, ``results``: for each operation the output and the gradients, by name.
Case = dict[str, Any]
#: Cases by name.
Cases = dict[str, Case]
#: Cases by notebook.
Truth = dict[str, Cases]

CONVOLUTION, POOLING = "02_convolution", "03_pooling"
SEED = 20


@dataclass(frozen=True)
class ConvolutionCase:
    """Images (N, C, H, W) under filters (F, HH, WW)."""

    name: str
    images: tuple[int, int, int, int]
    filters: tuple[int, int, int]
    stride: int = 1
    pad: int = 0


CONVOLUTION_GRID = (
    ConvolutionCase("one pixel", (1, 1, 1, 1), (1, 1, 1)),
    ConvolutionCase("usual, same size", (4, 3, 5, 5), (2, 3, 3), pad=1),
    ConvolutionCase("usual, one image and channel", (1, 1, 5, 5), (1, 3, 3)),
    ConvolutionCase("usual, large kernel", (2, 3, 4, 4), (3, 4, 4), stride=2, pad=1),
    ConvolutionCase("nothing square", (2, 3, 5, 7), (4, 2, 3)),
    ConvolutionCase("all sizes differ", (2, 3, 8, 11), (4, 5, 7), stride=1, pad=0),
    ConvolutionCase("all sizes differ, stride", (1, 3, 10, 13), (4, 5, 6), stride=2, pad=0),
    ConvolutionCase("all sizes differ, stride and pad", (3, 4, 7, 9), (5, 6, 7), stride=2, pad=1),
    ConvolutionCase("kernel of one", (2, 4, 3, 5), (3, 1, 1)),
    ConvolutionCase("kernel of one, gaps", (1, 2, 5, 4), (3, 1, 1), stride=2),
    ConvolutionCase("stride, nothing left over", (2, 1, 6, 7), (3, 2, 3), stride=2),
    ConvolutionCase("rows and columns left over", (1, 3, 6, 8), (2, 3, 3), stride=2),
    ConvolutionCase("rows left over", (2, 2, 6, 7), (1, 3, 3), stride=2),
    ConvolutionCase("columns left over", (1, 2, 7, 6), (4, 3, 3), stride=2),
    ConvolutionCase("two columns left over", (1, 2, 4, 9), (2, 1, 4), stride=3),
    ConvolutionCase("stride 3, pad 1", (2, 2, 5, 7), (3, 3, 3), stride=3, pad=1),
    ConvolutionCase("columns left over in the padding", (1, 2, 6, 5), (3, 2, 2), stride=2, pad=1),
    ConvolutionCase("gaps", (2, 3, 7, 9), (2, 2, 2), stride=3),
    ConvolutionCase("gaps, padded", (1, 2, 8, 6), (3, 2, 1), stride=4, pad=1),
    ConvolutionCase("wide kernel", (3, 2, 4, 9), (5, 1, 4)),
    ConvolutionCase("high kernel", (1, 4, 9, 4), (2, 4, 1), stride=2),
    ConvolutionCase("kernel as large as the image", (3, 2, 4, 5), (6, 4, 5)),
    ConvolutionCase("kernel larger than the image", (2, 2, 2, 3), (3, 5, 4), pad=2),
    ConvolutionCase("pad 2", (2, 1, 6, 5), (2, 5, 5), pad=2),
    ConvolutionCase("pad over half the kernel", (1, 2, 4, 5), (3, 3, 3), stride=2, pad=2),
    ConvolutionCase("windows of padding alone", (2, 1, 3, 4), (2, 2, 2), pad=3),
    ConvolutionCase("one row", (2, 3, 1, 8), (2, 1, 3), stride=2),
    ConvolutionCase("one column, padded", (2, 2, 7, 1), (3, 3, 2), pad=1),
    ConvolutionCase("many images", (7, 1, 3, 4), (1, 2, 2)),
    ConvolutionCase("many channels", (1, 8, 4, 3), (2, 3, 2)),
    ConvolutionCase("many filters", (1, 1, 4, 5), (9, 3, 2), pad=1),
)


@dataclass(frozen=True)
class PoolingCase:
    """Images (N, C, H, W) under windows (pool_height, pool_width).

    ``fill`` says what the images are made of: see ``FILLS``.
    """

    name: str
    images: tuple[int, int, int, int]
    window: tuple[int, int]
    stride: int = 1
    pad: int = 0
    fill: str = "distinct"


POOLING_GRID = (
    PoolingCase("one pixel", (1, 1, 1, 1), (1, 1)),
    PoolingCase("usual", (3, 2, 8, 8), (2, 2), stride=2),
    PoolingCase("side by side", (2, 3, 4, 6), (2, 2), stride=2),
    PoolingCase("side by side, not square", (2, 2, 6, 9), (2, 3), stride=3),
    PoolingCase("overlap", (2, 3, 5, 6), (3, 2)),
    PoolingCase("overlap, all negative", (1, 2, 5, 7), (2, 4), fill="negative"),
    PoolingCase("overlap, columns left over", (1, 2, 7, 8), (3, 3), stride=2),
    PoolingCase("rows and columns left over", (2, 1, 5, 7), (2, 2), stride=2),
    PoolingCase("rows left over", (1, 3, 5, 6), (2, 2), stride=2, fill="negative"),
    PoolingCase("gaps", (2, 1, 8, 7), (1, 2), stride=3, fill="negative"),
    PoolingCase("gaps, rows and columns left over", (1, 2, 7, 9), (2, 2), stride=3),
    PoolingCase("wide window", (1, 3, 4, 9), (1, 4), stride=2),
    PoolingCase("high window", (2, 2, 9, 3), (4, 1)),
    PoolingCase("window as large as the image", (3, 2, 4, 5), (4, 5)),
    PoolingCase("window of one", (2, 2, 3, 4), (1, 1)),
    PoolingCase("window of one, gaps", (1, 2, 5, 4), (1, 1), stride=2),
    PoolingCase("one row", (2, 3, 1, 9), (1, 3), stride=2),
    PoolingCase("many images", (6, 1, 3, 4), (2, 2)),
    PoolingCase("many channels", (1, 7, 4, 3), (2, 2)),
    PoolingCase("all sizes differ", (2, 3, 8, 11), (4, 5)),
    PoolingCase("far below zero", (1, 2, 3, 5), (2, 2), fill="far below zero"),
    PoolingCase("pad 1, all negative", (2, 2, 6, 5), (3, 2), stride=2, pad=1, fill="negative"),
    PoolingCase("pad 1, overlap", (1, 3, 4, 5), (3, 3), pad=1),
    PoolingCase("pad 1, gaps", (1, 2, 5, 6), (2, 2), stride=3, pad=1),
    PoolingCase("pad 2", (2, 1, 5, 6), (4, 5), stride=2, pad=2),
    PoolingCase("pad over half the window", (1, 3, 4, 5), (4, 3), stride=3, pad=2, fill="negative"),
    PoolingCase("window larger than the image", (1, 2, 1, 2), (3, 3), pad=2, fill="negative"),
    PoolingCase("ties, side by side", (2, 3, 4, 8), (2, 2), stride=2, fill="ties"),
    PoolingCase("ties, overlap", (2, 2, 5, 6), (3, 2), fill="ties"),
    PoolingCase("ties, padded", (2, 1, 6, 5), (3, 3), stride=2, pad=1, fill="ties"),
    PoolingCase("all equal", (1, 2, 4, 5), (2, 3), fill="equal"),
)


# What the inputs are


def numbers(*name: object) -> np.random.RandomState:
    """A source of random numbers of its own for each ``name``.

    RandomState, because numpy promises that its numbers never change.
    """
    digest = hashlib.sha256(repr((SEED, *name)).encode()).digest()
    return np.random.RandomState(np.frombuffer(digest, "<u4"))


def distinct(random: np.random.RandomState, shape: tuple[int, ...], lowest: int) -> Array:
    """The whole numbers from ``lowest`` on, each once."""
    return random.permutation(np.prod(shape)).reshape(shape) + float(lowest)


def nonzero(random: np.random.RandomState, shape: tuple[int, ...], largest: int) -> Array:
    """Whole numbers from -largest to largest; zero would hide what it is multiplied with."""
    signs = 1.0 - 2.0 * random.randint(0, 2, shape)
    return signs * random.randint(1, largest + 1, shape)


FILLS: Mapping[str, Callable[[np.random.RandomState, tuple[int, ...]], Array]] = {
    "distinct": lambda random, shape: distinct(random, shape, -int(np.prod(shape)) // 2),
    "negative": lambda random, shape: distinct(random, shape, -int(np.prod(shape)) - 10),
    "far below zero": lambda random, shape: distinct(random, shape, -(10**9)),
    "ties": lambda random, shape: random.randint(-1, 2, shape).astype(float),
    "equal": lambda _, shape: np.full(shape, -1.0),
}


def outputs(size: int, window: int, stride: int, pad: int) -> int:
    """How many windows fit along an axis."""
    return 1 + (size + 2 * pad - window) // stride


def convolution_inputs(case: ConvolutionCase) -> Case:
    """The case without results: x (N, C, H, W), w (F, C, HH, WW), b (F,), dout (N, F, H', W')."""
    N, C, H, W = case.images
    F, HH, WW = case.filters
    stride, pad = case.stride, case.pad
    shapes = {
        "x": (N, C, H, W),
        "w": (F, C, HH, WW),
        "b": (F,),
        "dout": (N, F, outputs(H, HH, stride, pad), outputs(W, WW, stride, pad)),
    }
    return {
        "parameters": {"stride": stride, "pad": pad},
        "inputs": {
            name: nonzero(numbers(CONVOLUTION, case.name, name), shape, 9)
            for name, shape in shapes.items()
        },
    }


def pooling_inputs(case: PoolingCase) -> Case:
    """The case without results: x (N, C, H, W) and dout (N, C, H', W')."""
    N, C, H, W = case.images
    height, width = case.window
    stride, pad = case.stride, case.pad
    out = (N, C, outputs(H, height, stride, pad), outputs(W, width, stride, pad))
    return {
        "parameters": {"pool_height": height, "pool_width": width, "stride": stride, "pad": pad},
        "inputs": {
            "x": FILLS[case.fill](numbers(POOLING, case.name, "x"), case.images),
            "dout": nonzero(numbers(POOLING, case.name, "dout"), out, 9),
        },
    }


def make_inputs() -> Truth:
    """All cases, without results."""
    return {
        CONVOLUTION: {case.name: convolution_inputs(case) for case in CONVOLUTION_GRID},
        POOLING: {case.name: pooling_inputs(case) for case in POOLING_GRID},
    }
