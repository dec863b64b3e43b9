"""``02_convolution``: the naive convolution, forward and backward.

Sizes are chosen so that no two of N, C, F, HH, WW, stride, pad, H', W' are equal in
every case: where two of them always agree, code that mixes them up passes.
Values are integers, so answers are exact and can be followed by hand.
"""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from course_utils.exercise import Check, Exercise, Value


def inputs(
    x: tuple[int, int, int, int],
    kernels: tuple[int, int, int],
    stride: int,
    pad: int,
    *,
    largest: int = 9,
    divisor: int = 1,
    x_dtype: type = np.float64,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, HH, WW) over ``x`` = (N, C, H, W)."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        filters, height, width = kernels
        return {
            "x": nonzero(random, x, largest).astype(x_dtype),
            "w": nonzero(random, (filters, x[1], height, width), largest) / divisor,
            "b": nonzero(random, (filters,), largest) / divisor,
            "conv_param": {"stride": stride, "pad": pad},
        }

    return make


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("plain", inputs((2, 3, 4, 5), (4, 3, 2), 1, 0), "pad 0: an empty crop"),
        Recipe("padded", inputs((2, 3, 3, 5), (1, 2, 3), 1, 1), "pad 1, wider than high"),
        Recipe(
            "mostly padding",
            inputs((1, 1, 1, 1), (1, 3, 3), 3, 4),
            "pad above every other number, needed to its last row: padded by something else",
        ),
        Recipe(
            "strided",
            inputs((1, 3, 5, 6), (2, 2, 3), 2, 0),
            "stride 2 that leaves a remainder: buffers sized from the output",
        ),
        Recipe(
            "large numbers",
            inputs((2, 2, 5, 7), (3, 3, 2), 3, 1, largest=9_999_999),
            "products beyond float32: a float32 buffer",
        ),
        Recipe(
            "integers",
            inputs((1, 2, 3, 4), (2, 2, 2), 1, 0, divisor=2, x_dtype=np.int64),
            "x of dtype int64: buffers that inherit it",
        ),
    )
}

#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
_TINY = (
    ("one window", (1, 1, 2, 2), (1, 2, 2), 1, 0),
    ("two windows", (1, 1, 2, 3), (1, 2, 2), 1, 0),
    ("one pixel, padded", (1, 1, 1, 1), (1, 2, 2), 1, 1),
    ("two images", (2, 1, 1, 2), (1, 1, 2), 1, 0),
    ("two channels", (1, 2, 1, 2), (1, 1, 2), 1, 0),
    ("two filters", (1, 1, 1, 2), (2, 1, 2), 1, 0),
    ("stride 2", (1, 1, 1, 4), (1, 1, 2), 2, 0),
    ("stride 2, remainder", (1, 1, 1, 5), (1, 1, 2), 2, 0),
    ("high and narrow", (1, 1, 4, 2), (1, 2, 1), 1, 0),
    ("small, padded", (1, 1, 2, 3), (1, 2, 3), 1, 1),
    ("padded, stride 2", (1, 1, 3, 2), (1, 2, 2), 2, 1),
    ("two of all", (2, 2, 2, 3), (2, 2, 2), 1, 0),
    ("two of all, padded", (2, 2, 3, 3), (2, 2, 3), 2, 1),
)
TINY_RECIPES = {
    name: Recipe(name, inputs(x, kernels, stride, pad, largest=3), "illustrates a failure")
    for name, x, kernels, stride, pad in _TINY
}
RECIPES |= TINY_RECIPES

#: Only a backward can fail on these and be right on all smaller ones.
_TINY_FOR_BACKWARD = ("small, padded", "two of all", "two of all, padded")

FORWARD = Exercise(
    name="conv_forward_naive",
    function="conv_forward_naive",
    outputs=("out",),
    backward="conv_backward_naive",
    checks=(
        Check(
            "out_plain",
            "out, stride 1 and no padding",
            "out[n, f, i, j] is the sum of one window of x[n] times w[f], over channels, "
            "rows and columns, plus b[f].",
            weight=4,
            outputs=("out",),
            cases=("plain",),
        ),
        Check(
            "out_padding",
            "out, with padding",
            "x is surrounded by pad rows and columns of zeros; pad may be 0, 1, 2 or more.",
            weight=2,
            outputs=("out",),
            cases=("padded",),
        ),
        Check(
            "out_stride",
            "out, with stride",
            "Window (i, j) starts at row i * stride and column j * stride; rows and columns "
            "that no whole window reaches are left out.",
            weight=2,
            outputs=("out",),
            cases=("strided", "large numbers", "mostly padding"),
        ),
        Check(
            "integers",
            "integer x",
            "The result is float64, whatever the dtype of x.",
            weight=0.5,
            kind="dtype",
            outputs=("out",),
            cases=("integers",),
        ),
        Check(
            "unchanged",
            "inputs left as they were",
            "A forward may read x, w and b, never write to them.",
            weight=0.5,
            kind="unchanged",
        ),
        Check(
            "repeatable",
            "same answer on a second call",
            "Nothing may survive from one call to the next.",
            weight=0.5,
            kind="repeatable",
        ),
        Check(
            "cache",
            "the cache serves the backward",
            "The cache holds what the backward needs: x, w, b and conv_param as they were given.",
            weight=0.5,
            kind="cache",
        ),
    ),
)

_GRADIENT_CASES = ("plain", "padded", "mostly padding", "strided", "large numbers")

BACKWARD = Exercise(
    name="conv_backward_naive",
    function="conv_backward_naive",
    outputs=("dx", "dw", "db"),
    forward="conv_forward_naive",
    differentiate=("x", "w", "b"),
    dependence="quadratic",
    checks=(
        Check(
            "dx",
            "dx, the gradient with respect to x",
            "Every window that read a pixel sends its share back: dout[n, f, i, j] * w[f] is "
            "added where the window stood, and the padding is cut off at the end.",
            weight=4,
            outputs=("dx",),
            cases=_GRADIENT_CASES,
        ),
        Check(
            "dw",
            "dw, the gradient with respect to w",
            "dw[f] adds up dout[n, f, i, j] times the window of the padded x, over all "
            "images and positions.",
            weight=3,
            outputs=("dw",),
            cases=_GRADIENT_CASES,
        ),
        Check(
            "db",
            "db, the gradient with respect to b",
            "b[f] was added to every image and position of filter f, so db[f] is the sum of "
            "dout over them; its shape is (F,).",
            weight=1,
            outputs=("db",),
            cases=_GRADIENT_CASES,
        ),
        Check(
            "integers",
            "integer x",
            "Gradients are float64, whatever the dtype of x.",
            weight=0.5,
            kind="dtype",
            outputs=("dx", "dw", "db"),
            cases=("integers",),
        ),
        Check(
            "unchanged",
            "inputs left as they were",
            "A backward returns gradients; it writes neither to dout nor to the cache, and "
            "updates no parameter.",
            weight=1,
            kind="unchanged",
        ),
        Check(
            "repeatable",
            "same answer on a second call",
            "Nothing may survive from one call to the next.",
            weight=0.5,
            kind="repeatable",
        ),
    ),
)

QUESTIONS = (
    Question(FORWARD, RECIPES, tuple(n for n in TINY_RECIPES if n not in _TINY_FOR_BACKWARD)),
    Question(BACKWARD, RECIPES, tuple(TINY_RECIPES)),
)
