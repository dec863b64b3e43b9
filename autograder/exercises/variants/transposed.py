"""``conv_transpose_forward`` and ``conv_transpose_backward``; dilation as a bonus."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from autograder.exercises.variants.behaviour import (
    by_name,
    cache,
    integers,
    repeatable,
    unchanged,
    value,
)
from course_utils.exercise import Check, Exercise, Value


def _inputs(
    x: tuple[int, int, int, int],
    kernels: tuple[int, int, int],
    stride: int = 1,
    pad: int = 0,
    dilation: int | None = None,
    *,
    largest: int = 9,
    divisor: int = 1,
    x_dtype: type = np.float64,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, HH, WW) for ``x`` = (N, C, H, W)."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        parameters = {"stride": stride, "pad": pad}
        if dilation is not None:
            parameters["dilation"] = dilation
        return {
            "x": nonzero(random, x, largest).astype(x_dtype),
            "w": nonzero(random, (x[1], *kernels), largest) / divisor,
            "b": nonzero(random, kernels[:1], largest) / divisor,
            "conv_param": parameters,
        }

    return make


RECIPES = by_name(
    Recipe("plain", _inputs((2, 3, 3, 4), (4, 2, 3)), "stamps one apart, no pad"),
    Recipe("strided", _inputs((1, 2, 2, 3), (3, 3, 2), 2), "stride 2, taller than wide"),
    Recipe(
        "large numbers",
        _inputs((3, 1, 2, 3), (2, 3, 4), 2, 1, largest=9_999_999),
        "pad 1: added or cut off; products beyond float32, which a card shows last",
    ),
    Recipe(
        "gaps",
        _inputs((2, 2, 3, 2), (1, 1, 2), 3, 1),
        "stamps apart, pad as high as they are",
    ),
    Recipe(
        "deep cut",
        _inputs((1, 1, 3, 3), (1, 5, 3), 5, 6),
        "pad above every other number: padded by something else",
    ),
    Recipe(
        "integers",
        _inputs((1, 2, 2, 3), (2, 2, 2), divisor=2, x_dtype=np.int64),
        "x of dtype int64: buffers that inherit it",
    ),
    Recipe("dilated", _inputs((2, 1, 4, 1), (3, 2, 3), 1, 0, 2), "entries of a stamp 2 apart"),
    Recipe(
        "dilated, strided, cropped",
        _inputs((1, 3, 1, 4), (1, 4, 2), 2, 1, 3),
        "stride and dilation that differ",
    ),
)

#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
_TINY = (
    ("one stamp", (1, 1, 1, 1), (1, 2, 2), 1, 0),
    ("two stamps", (1, 1, 1, 2), (1, 1, 2), 1, 0),
    ("high and narrow", (1, 1, 2, 1), (1, 2, 1), 1, 0),
    ("two images", (2, 1, 1, 1), (1, 1, 2), 1, 0),
    ("two channels in", (1, 2, 1, 1), (1, 1, 2), 1, 0),
    ("two channels out", (1, 1, 1, 1), (2, 1, 2), 1, 0),
    ("stride 2", (1, 1, 1, 2), (1, 1, 2), 2, 0),
    ("one row cut off", (1, 1, 2, 2), (1, 2, 2), 1, 1),
    ("stride 2, overlap", (1, 1, 2, 2), (1, 2, 3), 2, 0),
    ("two of both channels", (1, 2, 1, 2), (2, 1, 2), 1, 0),
    ("two of all", (2, 2, 2, 2), (2, 2, 3), 2, 1),
)
TINY = by_name(
    *(
        Recipe(name, _inputs(x, kernels, stride, pad, largest=3), "illustrates a failure")
        for name, x, kernels, stride, pad in _TINY
    )
)
TINY_DILATED = by_name(
    Recipe("one dilated stamp", _inputs((1, 1, 1, 1), (1, 1, 2), 1, 0, 2, largest=3), "dilation"),
    Recipe("two dilated stamps", _inputs((1, 1, 2, 2), (1, 2, 2), 1, 0, 2, largest=3), "dilation"),
)

_CASES = ("plain", "large numbers", "gaps", "deep cut")
_DILATED = ("dilated", "dilated, strided, cropped")
_AXES = {"dw": ("input channel", "output channel", "row", "column")}

FORWARD = Exercise(
    name="conv_transpose_forward",
    function="conv_transpose_forward",
    outputs=("out",),
    backward="conv_transpose_backward",
    checks=(
        value(
            "out_plain",
            "out, stride 1 and no pad",
            "x[n, c, i, j] * w[c, f] is added to channel f with its corner at (i, j); b[f] is "
            "added once to every entry.",
            3,
            "out",
            "plain",
        ),
        value(
            "out_stride",
            "out, with stride",
            "Stamp (i, j) has its corner at (i * stride, j * stride); H' = (H - 1) * stride + HH.",
            3,
            "out",
            "strided",
        ),
        value(
            "out_pad",
            "out, with pad",
            "pad rows and columns are cut off on each side of the output.",
            2,
            "out",
            "gaps",
            "large numbers",
        ),
        integers(0.5, "out"),
        unchanged(0.5),
        repeatable(0.5),
        cache(0.5),
    ),
)

BACKWARD = Exercise(
    name="conv_transpose_backward",
    function="conv_transpose_backward",
    outputs=("dx", "dw", "db"),
    forward="conv_transpose_forward",
    differentiate=("x", "w", "b"),
    dependence="quadratic",
    axes=_AXES,
    checks=(
        value(
            "dx",
            "dx, the gradient with respect to x",
            "dx[n, c, i, j] is the window of dout at (i * stride, j * stride) times w[c], "
            "summed over output channels, rows and columns; dout has pad zeros around it.",
            4,
            "dx",
            *_CASES,
        ),
        value(
            "dw",
            "dw, the gradient with respect to w",
            "dw[c] adds up x[n, c, i, j] times the window of dout that the stamp wrote to.",
            3,
            "dw",
            *_CASES,
        ),
        value(
            "db",
            "db, the gradient with respect to b",
            "db[f] is the sum of dout over images, rows and columns; its shape is (F,).",
            1,
            "db",
            *_CASES,
        ),
        integers(0.5, "dx", "dw", "db"),
        unchanged(1),
        repeatable(0.5),
    ),
)

_STAMP_RULE = (
    "The entries of a stamp stand dilation apart; it is (HH - 1) * dilation + 1 rows high."
)


def _dilation(name: str, checks: tuple[Check, ...]) -> Exercise:
    """The part of forward or backward that is about dilation."""
    backward = name.endswith("backward")
    return Exercise(
        name=f"{name}_dilation",
        function=name,
        outputs=BACKWARD.outputs if backward else FORWARD.outputs,
        forward="conv_transpose_forward" if backward else None,
        backward=None if backward else "conv_transpose_backward",
        differentiate=BACKWARD.differentiate if backward else (),
        dependence="quadratic",
        axes=_AXES if backward else {},
        checks=checks,
    )


FORWARD_DILATED = _dilation(
    "conv_transpose_forward",
    (value("dilation", "out, with dilation", _STAMP_RULE, 3, "out", *_DILATED), cache(1)),
)
BACKWARD_DILATED = _dilation(
    "conv_transpose_backward",
    (value("dilation", "gradients, with dilation", _STAMP_RULE, 3, "dx dw db", *_DILATED),),
)

_ALL = RECIPES | TINY | TINY_DILATED
QUESTIONS = (
    Question(FORWARD, _ALL, tuple(TINY)),
    Question(BACKWARD, _ALL, tuple(TINY)),
    Question(FORWARD_DILATED, _ALL, tuple(TINY_DILATED)),
    Question(BACKWARD_DILATED, _ALL, tuple(TINY_DILATED)),
)
