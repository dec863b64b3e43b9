"""``03_pooling``: max and average pooling, forward and backward, and padding as a bonus.

Inputs of max pooling are arrangements of distinct integers, so that no window has a tie
and finite differences with a step below 1/2 are exact; ties have a case of their own.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, distinct, nonzero
from course_utils.exercise import Array, Check, Exercise, Value

Fill = Callable[[np.random.Generator, Sequence[int]], Array]
Shape = tuple[int, int, int, int]


def _around_zero(random: np.random.Generator, shape: Sequence[int]) -> Array:
    return distinct(random, shape, -math.prod(shape) // 2)


def _all_positive(random: np.random.Generator, shape: Sequence[int]) -> Array:
    return distinct(random, shape, 1)


def _all_negative(random: np.random.Generator, shape: Sequence[int]) -> Array:
    return distinct(random, shape, -math.prod(shape) - 10)


def _far_below_zero(random: np.random.Generator, shape: Sequence[int]) -> Array:
    """Below every "very small number" that a maximum is customarily started at."""
    return distinct(random, shape, -(10**9))


def _close_together(random: np.random.Generator, shape: Sequence[int]) -> Array:
    """Distinct, but equal to within 1e-5 relative."""
    return distinct(random, shape, 10**7)


def _tied(random: np.random.Generator, shape: Sequence[int]) -> Array:
    """For windows of 2 x 2 side by side: positive numbers, every kind of tie in equal shares.

    A kind is the set of the two, three or four entries that are equal and largest.
    """
    images, channels, height, width = shape
    windows = images * channels * (height // 2) * (width // 2)
    kinds = np.array([kind for kind in product((False, True), repeat=4) if sum(kind) > 1])
    largest = random.permutation(np.resize(kinds, (windows, 4)))
    x = np.where(largest, 3, random.integers(1, 3, size=largest.shape))
    tiles = x.reshape(images, channels, height // 2, width // 2, 2, 2)
    return tiles.transpose(0, 1, 2, 4, 3, 5).reshape(tuple(shape)).astype(np.float64)


def _equal(_: np.random.Generator, shape: Sequence[int]) -> Array:
    return np.ones(tuple(shape))


def _signed(random: np.random.Generator, shape: Sequence[int]) -> Array:
    return nonzero(random, shape, 9)


def _inputs(
    fill: Fill,
    x: Shape,
    window: tuple[int, int],
    stride: int,
    pad: int | None = None,
    dtype: type = np.float64,
) -> MakeInputs:
    """Inputs for windows (pool_height, pool_width) over ``x`` = (N, C, H, W)."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        pool = {"pool_height": window[0], "pool_width": window[1], "stride": stride}
        if pad is not None:
            pool["pad"] = pad
        return {"x": fill(random, x).astype(dtype), "pool_param": pool}

    return make


def _recipes(*recipes: Recipe) -> dict[str, Recipe]:
    return {recipe.name: recipe for recipe in recipes}


_WIDE = "pad above every size but the window's: padded by something else"

MAX_RECIPES = _recipes(
    Recipe(
        "side by side",
        _inputs(_all_positive, (3, 2, 4, 6), (2, 2), 2),
        "the usual picture: stride = window, nothing left over",
    ),
    Recipe("overlap", _inputs(_all_positive, (3, 1, 5, 8), (4, 3), 1), "shared pixels"),
    Recipe(
        "gaps",
        _inputs(_all_positive, (2, 3, 8, 6), (1, 2), 3),
        "stride larger than the window, a remainder",
    ),
    Recipe(
        "negative",
        _inputs(_all_negative, (2, 1, 4, 6), (2, 2), 2),
        "the usual picture with no positive number: start value, signs",
    ),
    Recipe("close values", _inputs(_close_together, (1, 2, 4, 6), (2, 3), 3), "isclose masks"),
    Recipe("far below zero", _inputs(_far_below_zero, (1, 2, 3, 4), (2, 2), 1), "start value"),
    Recipe("ties", _inputs(_tied, (2, 1, 4, 6), (2, 2), 2), "equal maxima", smooth=False),
    Recipe(
        "integers",
        _inputs(_around_zero, (1, 2, 3, 4), (2, 2), 1, dtype=np.int64),
        "x of dtype int64: buffers that inherit it",
    ),
    Recipe(
        "pad 1",
        _inputs(_all_negative, (2, 1, 5, 7), (3, 2), 3, pad=1),
        "zeros win; one window is free of padding",
    ),
    Recipe("pad 2", _inputs(_around_zero, (1, 3, 6, 5), (4, 3), 5, pad=2), "pad other than 1"),
    Recipe("mostly padding", _inputs(_all_negative, (1, 1, 1, 1), (7, 7), 1, pad=3), _WIDE),
)

AVERAGE_RECIPES = _recipes(
    Recipe("side by side", _inputs(_signed, (3, 2, 4, 6), (2, 2), 2), "the usual picture"),
    Recipe("overlap", _inputs(_signed, (3, 1, 5, 8), (4, 3), 1), "shared pixels"),
    Recipe("gaps", _inputs(_signed, (2, 1, 8, 6), (1, 2), 3), "stride larger than the window"),
    Recipe(
        "integers",
        _inputs(_signed, (1, 2, 3, 4), (2, 2), 1, dtype=np.int64),
        "x of dtype int64: floor division, buffers that inherit it",
    ),
    Recipe("pad 1", _inputs(_signed, (2, 1, 5, 7), (3, 2), 3, pad=1), "zeros that count"),
    Recipe("pad 2", _inputs(_signed, (1, 3, 6, 5), (4, 3), 5, pad=2), "pad other than 1"),
    Recipe("mostly padding", _inputs(_signed, (1, 1, 1, 1), (7, 7), 1, pad=3), _WIDE),
)


#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
_TINY: tuple[tuple[str, Shape, tuple[int, int], int], ...] = (
    ("one window", (1, 1, 2, 2), (2, 2), 2),
    ("two windows", (1, 1, 2, 4), (2, 2), 2),
    ("overlap", (1, 1, 1, 4), (1, 2), 1),
    ("gap", (1, 1, 1, 5), (1, 2), 3),
    ("two images", (2, 1, 1, 2), (1, 2), 1),
    ("two channels", (1, 2, 1, 2), (1, 2), 1),
    ("high window", (1, 1, 4, 2), (3, 1), 1),
    ("wide window", (1, 1, 2, 4), (1, 3), 1),
    ("remainder", (1, 1, 3, 5), (2, 2), 2),
    ("two of all", (2, 2, 3, 4), (2, 3), 1),
)


def _tiny(fill: Fill) -> dict[str, Recipe]:
    return _recipes(
        *(
            Recipe(f"tiny: {name}", _inputs(fill, x, window, stride), "illustrates a failure")
            for name, x, window, stride in _TINY
        )
    )


MAX_TINY = _tiny(_around_zero)
#: Further ones, for the backward: a mask made of signs or of equality fails on these only.
MAX_BACKWARD_TINY = MAX_TINY | _recipes(
    Recipe("tiny: negative", _inputs(_all_negative, (1, 1, 2, 2), (2, 2), 2), "all negative"),
    Recipe("tiny: ties", _inputs(_equal, (1, 1, 2, 2), (2, 2), 2), "equal maxima", smooth=False),
)
#: For a backward that puts images and channels on one axis: windows of one pixel.
MAX_PLANES = _recipes(
    Recipe("tiny: pixels", _inputs(_around_zero, (2, 1, 1, 2), (1, 1), 1), "order of windows"),
    Recipe("tiny: planes", _inputs(_around_zero, (2, 2, 1, 1), (1, 1), 1), "order of planes"),
)
MAX_PADDED_TINY = _recipes(
    Recipe("tiny: padded", _inputs(_all_negative, (1, 1, 2, 2), (2, 2), 2, pad=1), "padding"),
    Recipe("tiny: pad 2", _inputs(_all_negative, (1, 1, 1, 2), (3, 3), 2, pad=2), "padding"),
)
AVERAGE_TINY = _tiny(_signed)
#: A backward that fails where rows or columns are left over fails on smaller ones, too.
AVERAGE_BACKWARD_TINY = tuple(name for name in AVERAGE_TINY if name != "tiny: remainder")
AVERAGE_PADDED_TINY = _recipes(
    Recipe("tiny: padded", _inputs(_signed, (1, 1, 2, 2), (2, 2), 2, pad=1), "padding"),
    Recipe("tiny: pad 2", _inputs(_signed, (1, 1, 1, 2), (3, 3), 2, pad=2), "padding"),
)
MAX_RECIPES |= MAX_BACKWARD_TINY | MAX_PLANES | MAX_PADDED_TINY
AVERAGE_RECIPES |= AVERAGE_TINY | AVERAGE_PADDED_TINY


def _integers(output: str) -> Check:
    return Check(
        "integers",
        "integer x",
        f"{output} has for whole numbers the values that it has for the same numbers in float64.",
        weight=0.5,
        kind="dtype",
        outputs=(output,),
        cases=("integers",),
    )


def _unchanged(weight: float) -> Check:
    return Check(
        "unchanged",
        "inputs left as they were",
        "Pooling reads x and dout, and never writes to them.",
        weight=weight,
        kind="unchanged",
    )


def _repeatable(weight: float) -> Check:
    return Check(
        "repeatable",
        "same answer on a second call",
        "Nothing may survive from one call to the next.",
        weight=weight,
        kind="repeatable",
    )


def _cache(weight: float) -> Check:
    return Check(
        "cache",
        "the cache serves the backward",
        "The cache holds what the backward needs: x and pool_param as they were given.",
        weight=weight,
        kind="cache",
    )


def _out(name: str, title: str, rule: str, weight: float, *cases: str) -> Check:
    return Check(name, title, rule, weight, outputs=("out",), cases=cases)


def _forward(kind: str, rule: str, weight: float, *further: Check) -> Exercise:
    return Exercise(
        name=f"{kind}_pool_forward_naive",
        function=f"{kind}_pool_forward_naive",
        outputs=("out",),
        backward=f"{kind}_pool_backward_naive",
        checks=(
            _out("out", "out, windows of the usual kind", rule, weight, "side by side"),
            _out(
                "out_stride",
                "out, stride other than the window",
                "Window (i, j) starts at row i * stride and column j * stride; windows may "
                "overlap or leave gaps, and H' = 1 + (H - pool_height) // stride.",
                weight,
                "overlap",
                "gaps",
            ),
            *further,
            _integers("out"),
            _unchanged(0.5),
            _repeatable(0.5),
            _cache(0.5),
        ),
    )


def _backward(kind: str, checks: tuple[Check, ...]) -> Exercise:
    return Exercise(
        name=f"{kind}_pool_backward_naive",
        function=f"{kind}_pool_backward_naive",
        outputs=("dx",),
        forward=f"{kind}_pool_forward_naive",
        differentiate=("x",),
        dependence="piecewise linear",
        checks=checks,
    )


def _padding(kind: str, direction: str, output: str, rule: str) -> Exercise:
    function = f"{kind}_pool_{direction}_naive"
    backward = direction == "backward"
    value = Check(
        "padding",
        f"{output}, with padding",
        rule,
        weight=3,
        outputs=(output,),
        cases=("pad 1", "pad 2", "mostly padding"),
    )
    return Exercise(
        name=f"{function}_padding",
        function=function,
        outputs=(output,),
        backward=None if backward else f"{kind}_pool_backward_naive",
        forward=f"{kind}_pool_forward_naive" if backward else None,
        differentiate=("x",) if backward else (),
        dependence="piecewise linear",
        checks=(value,) if backward else (value, _cache(1)),
    )


def _dx(name: str, title: str, rule: str, weight: float, *cases: str) -> Check:
    return Check(name, title, rule, weight, outputs=("dx",), cases=cases)


MAX_FORWARD = _forward(
    "max",
    "out[n, c, i, j] is the largest entry of its window in x[n, c].",
    2.5,
    _out(
        "out_negative",
        "out, negative images",
        "The maximum may be negative: it starts with the window's first entry, or with minus "
        "infinity.",
        1,
        "negative",
        "far below zero",
    ),
)
AVERAGE_FORWARD = _forward(
    "avg",
    "out[n, c, i, j] is the sum of its window divided by pool_height * pool_width.",
    3,
)

MAX_BACKWARD = _backward(
    "max",
    (
        _dx(
            "dx",
            "dx, windows of the usual kind",
            "Each window sends all of dout[n, c, i, j] to the entry that was its maximum.",
            2.5,
            "side by side",
        ),
        _dx(
            "dx_negative",
            "dx, negative images",
            "The maximum may be negative; its sign and its size say nothing of its gradient.",
            1,
            "negative",
        ),
        _dx(
            "dx_stride",
            "dx, stride other than the window",
            "Window (i, j) starts at row i * stride and column j * stride; pixels outside "
            "every window get zero.",
            1.5,
            "gaps",
            "close values",
        ),
        _dx(
            "dx_overlap",
            "dx, overlapping windows",
            "A pixel that is the maximum of several windows gets the sum of their gradients.",
            2,
            "overlap",
        ),
        _dx(
            "ties",
            "ties",
            "Among equal maxima the first in row-major order gets the whole gradient.",
            1,
            "ties",
        ),
        _integers("dx"),
        _unchanged(1),
        _repeatable(0.5),
    ),
)

AVERAGE_BACKWARD = _backward(
    "avg",
    (
        _dx(
            "dx",
            "dx, windows of the usual kind",
            "Each window spreads dout[n, c, i, j] evenly: every entry gets "
            "dout[n, c, i, j] / (pool_height * pool_width).",
            3,
            "side by side",
        ),
        _dx(
            "dx_stride",
            "dx, stride larger than the window",
            "Window (i, j) starts at row i * stride and column j * stride; pixels outside "
            "every window get zero.",
            2,
            "gaps",
        ),
        _dx(
            "dx_overlap",
            "dx, overlapping windows",
            "A pixel gets the sum of the shares of all windows that cover it.",
            2,
            "overlap",
        ),
        _integers("dx"),
        _unchanged(1),
        _repeatable(0.5),
    ),
)

QUESTIONS = (
    Question(MAX_FORWARD, MAX_RECIPES, tuple(MAX_TINY)),
    Question(MAX_BACKWARD, MAX_RECIPES, tuple(MAX_BACKWARD_TINY)),
    Question(AVERAGE_FORWARD, AVERAGE_RECIPES, tuple(AVERAGE_TINY)),
    Question(AVERAGE_BACKWARD, AVERAGE_RECIPES, AVERAGE_BACKWARD_TINY),
    Question(
        _padding(
            "max",
            "forward",
            "out",
            "Padding never wins a maximum: it counts as minus infinity, not as zero.",
        ),
        MAX_RECIPES,
        tuple(MAX_PADDED_TINY),
    ),
    Question(
        _padding(
            "max",
            "backward",
            "dx",
            "The maximum is looked for in the padded x, and the padding is cut off at the end.",
        ),
        MAX_RECIPES,
        tuple(MAX_PADDED_TINY),
    ),
    Question(
        _padding("avg", "forward", "out", "Padded zeros count: the divisor is the window's size."),
        AVERAGE_RECIPES,
        tuple(AVERAGE_PADDED_TINY),
    ),
    Question(
        _padding("avg", "backward", "dx", "Padded entries take their share, and are cut off."),
        AVERAGE_RECIPES,
        tuple(AVERAGE_PADDED_TINY),
    ),
)
