"""Layers with their activation: ``conv1d_fused_*`` and ``conv_transpose_fused_*``.

Biases are odd eighths and products quarters, so that no entry before the activation is 0:
there ReLU has a kink.  All are small, so that tanh keeps a slope.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from autograder.exercises.variants.behaviour import (
    Recipes,
    by_name,
    cache,
    unchanged,
    value,
)
from course_utils.exercise import Exercise, Value

#: What the axes of each array stand for.
Axes = Mapping[str, tuple[str, ...]]


def _inputs(
    x: Sequence[int],
    w: Sequence[int],
    b: int,
    parameters: Mapping[str, Value],
) -> MakeInputs:
    """Inputs of these shapes, with ``b`` biases."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        return {
            "x": nonzero(random, x, 3) / 2,
            "w": nonzero(random, w, 2) / 2,
            "b": (2 * nonzero(random, (b,), 3) - 1) / 8,
            "conv_param": dict(parameters),
        }

    return make


def _row(
    x: tuple[int, int, int],
    kernels: tuple[int, int],
    activation: str,
    pad: Value,
    stride: int = 1,
    dilation: int = 1,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, K) over ``x`` = (N, C, L)."""
    filters, taps = kernels
    parameters = {"stride": stride, "dilation": dilation, "pad": pad, "activation": activation}
    return _inputs(x, (filters, x[1], taps), filters, parameters)


def _image(
    x: tuple[int, int, int, int],
    kernels: tuple[int, int, int],
    activation: str,
    pad: Value,
    stride: int = 1,
    dilation: int = 1,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, HH, WW) for ``x`` = (N, C, H, W)."""
    parameters = {"stride": stride, "dilation": dilation, "pad": pad, "activation": activation}
    return _inputs(x, (x[1], *kernels), kernels[0], parameters)


_ROWS = by_name(
    Recipe("tanh, same", _row((2, 1, 10), (4, 5), "tanh", "same", 4), "an odd zero more"),
    Recipe("tanh, pair", _row((3, 1, 5), (2, 2), "tanh", (0, 2), 1, 3), "dilation, one side"),
    Recipe("relu, causal", _row((1, 3, 6), (2, 3), "relu", "causal", 1, 2), "no look ahead"),
    Recipe("relu, number", _row((2, 1, 4), (1, 3), "relu", 2, 3), "stride 3"),
)
#: A forward that fails on the pair fails on the others, too.
_ROWS_AHEAD = {name: recipe for name, recipe in _ROWS.items() if name != "tanh, pair"}
_TINY_ROWS = by_name(
    Recipe("tiny: tanh", _row((1, 1, 2), (1, 2), "tanh", (0, 0)), "illustrates a failure"),
    Recipe("tiny: relu", _row((1, 1, 3), (1, 2), "relu", (0, 0)), "illustrates a failure"),
    Recipe("tiny: same", _row((1, 1, 3), (1, 2), "tanh", "same"), "illustrates a failure"),
)
_IMAGES = by_name(
    Recipe(
        "tanh",
        _image((2, 1, 3, 2), (3, 4, 3), "tanh", (0, 3, 1, 0), 2, 1),
        "more cut off below than anywhere",
    ),
    Recipe(
        "relu",
        _image((1, 2, 3, 2), (2, 2, 3), "relu", (1, 0, 0, 3), 1, 2),
        "dilation, more cut off on the right than anywhere",
    ),
)
_TINY_IMAGES = by_name(
    Recipe(
        "tiny: tanh", _image((1, 1, 1, 1), (1, 1, 2), "tanh", (0, 0, 0, 0)), "illustrates a failure"
    ),
    Recipe(
        "tiny: relu", _image((1, 1, 1, 2), (1, 1, 2), "relu", (0, 0, 0, 0)), "illustrates a failure"
    ),
    Recipe(
        "tiny: cut",
        _image((1, 1, 1, 2), (1, 1, 2), "tanh", (0, 0, 1, 0)),
        "illustrates a failure",
    ),
)

_SLOPE = (
    "dz is dout times the slope of the activation at what went into it; dx, dw and db are the "
    "gradients of the layer for dz."
)
#: What turns the padding of a layer into numbers.
_PADDING = {"conv1d": ("pad_widths",)}


def _forward(layer: str, cases: Recipes, tiny: Recipes, axes: Axes) -> Question:
    """The forward of a layer; ``axes`` are those of ``out`` and of the gradients."""
    exercise = Exercise(
        name=f"{layer}_fused_forward",
        function=f"{layer}_fused_forward",
        helpers=(f"{layer}_forward", *_PADDING.get(layer, ())),
        outputs=("out",),
        backward=f"{layer}_fused_backward",
        axes={name: kinds for name, kinds in axes.items() if name == "out"},
        checks=(
            value("out", "out", "out is the activation of what the layer gives.", 4, "out", *cases),
            unchanged(0.5),
            cache(0.5),
        ),
    )
    return Question(exercise, cases | tiny, tuple(tiny))


def _backward(layer: str, cases: Recipes, tiny: Recipes, axes: Axes) -> Question:
    """The backward of a layer; ``axes`` are those of ``out`` and of the gradients."""
    exercise = Exercise(
        name=f"{layer}_fused_backward",
        function=f"{layer}_fused_backward",
        helpers=(f"{layer}_forward", f"{layer}_backward", *_PADDING.get(layer, ())),
        outputs=("dx", "dw", "db"),
        forward=f"{layer}_fused_forward",
        differentiate=("x", "w", "b"),
        dependence="smooth",
        axes={name: kinds for name, kinds in axes.items() if name != "out"},
        checks=(
            value("dx", "dx, the gradient with respect to x", _SLOPE, 2, "dx", *cases),
            value("dw", "dw, the gradient with respect to w", _SLOPE, 2, "dw", *cases),
            value("db", "db, the gradient with respect to b", _SLOPE, 2, "db", *cases),
            unchanged(1),
        ),
    )
    return Question(exercise, cases | tiny, tuple(tiny))


_ROW_AXES = {
    "out": ("row", "output channel", "place"),
    "dx": ("row", "channel", "place"),
    "dw": ("output channel", "channel", "tap"),
    "db": ("output channel",),
}
_IMAGE_AXES = {"dw": ("input channel", "output channel", "row", "column")}

QUESTIONS = (
    _forward("conv1d", _ROWS_AHEAD, _TINY_ROWS, _ROW_AXES),
    _backward("conv1d", _ROWS, _TINY_ROWS, _ROW_AXES),
    _forward("conv_transpose", _IMAGES, _TINY_IMAGES, _IMAGE_AXES),
    _backward("conv_transpose", _IMAGES, _TINY_IMAGES, _IMAGE_AXES),
)
