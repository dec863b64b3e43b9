"""``04_im2col``: windows as columns, and convolution and pooling as matrix products.

Sizes are chosen so that no two of N, C, HH, WW, stride, pad, H', W' are equal in every
case.  Entries of an image differ, so that each can be found again in its columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.exercises import convolution, pooling
from autograder.exercises.question import MakeInputs, Question, Recipe, distinct, nonzero
from course_utils.exercise import Check, Exercise, Value
from course_utils.specimens import specimen
from course_utils.specimens.corners import STYLES

#: Beyond what float32 can count to.
_LARGE = 2**24


@dataclass(frozen=True)
class _Sizes:
    """An image (N, C, H, W) under a window (field_height, field_width)."""

    image: tuple[int, int, int, int]
    field: tuple[int, int]
    padding: int
    stride: int

    @property
    def rest(self) -> dict[str, Value]:
        """The arguments that both functions end with."""
        height, width = self.field
        return {
            "field_height": height,
            "field_width": width,
            "padding": self.padding,
            "stride": self.stride,
        }

    @property
    def columns(self) -> tuple[int, int]:
        """The shape of the image's matrix of columns."""
        images, channels, *extent = self.image
        high, wide = (
            1 + (size + 2 * self.padding - field) // self.stride
            for size, field in zip(extent, self.field, strict=True)
        )
        return channels * self.field[0] * self.field[1], high * wide * images


def _to_columns(sizes: _Sizes, start: int) -> MakeInputs:
    def make(random: np.random.Generator) -> Mapping[str, Value]:
        return {"x": distinct(random, sizes.image, start), **sizes.rest}

    return make


def _to_image(sizes: _Sizes, largest: int) -> MakeInputs:
    def make(random: np.random.Generator) -> Mapping[str, Value]:
        cols = nonzero(random, sizes.columns, largest)
        return {"cols": cols, "x_shape": sizes.image, **sizes.rest}

    return make


_CASES = (
    ("plain", _Sizes((2, 3, 4, 5), (3, 2), 0, 1), "padding 0: an empty crop"),
    ("padded", _Sizes((2, 3, 3, 5), (1, 3), 2, 1), "padding 2, wider than high"),
    ("strided", _Sizes((3, 2, 8, 6), (1, 3), 0, 2), "stride 2 that leaves a remainder"),
    (
        "mostly padding",
        _Sizes((1, 2, 1, 2), (2, 3), 5, 3),
        "padding above every other number, needed to its last row: padded by something else",
    ),
)
#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
_TINY = (
    ("tiny: one window", _Sizes((1, 1, 1, 2), (1, 2), 0, 1)),
    ("tiny: two windows", _Sizes((1, 1, 1, 3), (1, 2), 0, 1)),
    ("tiny: two rows", _Sizes((1, 1, 2, 2), (2, 1), 0, 1)),
    ("tiny: two by two", _Sizes((1, 1, 2, 3), (2, 2), 0, 1)),
    ("tiny: four windows", _Sizes((1, 1, 3, 3), (2, 2), 0, 1)),
    ("tiny: two images", _Sizes((2, 1, 1, 3), (1, 2), 0, 1)),
    ("tiny: two channels", _Sizes((1, 2, 1, 3), (1, 2), 0, 1)),
    ("tiny: padded", _Sizes((1, 1, 1, 1), (1, 2), 1, 1)),
    ("tiny: stride 2", _Sizes((1, 1, 1, 5), (1, 2), 0, 2)),
    ("tiny: all", _Sizes((2, 2, 2, 3), (1, 2), 1, 2)),
)
_LARGE_NUMBERS = _Sizes((2, 2, 5, 7), (3, 3), 1, 3)
_SMALL = tuple(name for name, _ in _TINY)

IM2COL_RECIPES = {
    recipe.name: recipe
    for recipe in (
        *(Recipe(name, _to_columns(sizes, 1), purpose) for name, sizes, purpose in _CASES),
        Recipe("large numbers", _to_columns(_LARGE_NUMBERS, _LARGE), "a float32 buffer"),
        *(Recipe(name, _to_columns(sizes, 1), "illustrates a failure") for name, sizes in _TINY),
    )
}
COL2IM_RECIPES = {
    recipe.name: recipe
    for recipe in (
        *(Recipe(name, _to_image(sizes, 9), purpose) for name, sizes, purpose in _CASES),
        Recipe("large numbers", _to_image(_LARGE_NUMBERS, 16 * _LARGE), "a float32 buffer"),
        *(Recipe(name, _to_image(sizes, 3), "illustrates a failure") for name, sizes in _TINY),
    )
}

IM2COL = Exercise(
    name="im2col_indices",
    function="im2col_indices",
    outputs=("cols",),
    caches=False,
    axes={"cols": ("row", "column")},
    checks=(
        Check(
            "cols",
            "cols, stride 1 and no padding",
            "A column holds one window as (channel, row, column) flattened; columns go window by "
            "window, row by row, and for each window image by image.",
            weight=4,
            outputs=("cols",),
            cases=("plain",),
        ),
        Check(
            "cols_padding",
            "cols, with padding",
            "Windows are cut from x with a border of zeros, padding wide on each of its sides.",
            weight=2,
            outputs=("cols",),
            cases=("padded", "mostly padding"),
        ),
        Check(
            "cols_stride",
            "cols, with stride",
            "Window (i, j) starts at row i * stride and column j * stride; what no whole window "
            "reaches is left out.",
            weight=2,
            outputs=("cols",),
            cases=("strided", "large numbers"),
        ),
    ),
)

COL2IM = Exercise(
    name="col2im_indices",
    function="col2im_indices",
    outputs=("x",),
    caches=False,
    adjoint="im2col_indices",
    shared=("field_height", "field_width", "padding", "stride"),
    checks=(
        Check(
            "x",
            "x, stride 1 and no padding",
            "Every entry of a column goes back to the pixel that im2col took it from, and where "
            "several arrive they are added up.",
            weight=4,
            outputs=("x",),
            cases=("plain",),
        ),
        Check(
            "x_padding",
            "x, with padding",
            "The image with its border is filled, and the border is cut off at the end.",
            weight=2,
            outputs=("x",),
            cases=("padded", "mostly padding"),
        ),
        Check(
            "x_stride",
            "x, with stride",
            "Window (i, j) starts at row i * stride and column j * stride; what no window "
            "reaches stays zero.",
            weight=2,
            outputs=("x",),
            cases=("strided", "large numbers"),
        ),
        Check(
            "adjoint",
            "the adjoint of im2col_indices",
            "For every image z and all columns G, the sum of im2col(z) * G is the sum of "
            "z * col2im(G); here z is random, and G are the columns of the case.",
            weight=1,
            kind="adjoint",
            outputs=("x",),
            cases=("plain", "padded", "strided"),
        ),
        Check(
            "unchanged",
            "inputs left as they were",
            "What a function is given it reads, and never writes to.",
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
    ),
)


def _with_cases(checks: Sequence[Check], cases: Mapping[str, tuple[str, ...]]) -> tuple[Check, ...]:
    """The checks, those that are named in ``cases`` on other cases."""
    return tuple(replace(check, cases=cases.get(check.name, check.cases)) for check in checks)


#: Beside those of the naive ones: two windows side by side.
CONV_RECIPES = convolution.RECIPES | {
    "narrow": Recipe("narrow", convolution.inputs((2, 3, 5, 4), (6, 2, 3), 1, 0), "W' is 2")
}
_GRADIENT_CASES = ("padded", "mostly padding", "strided", "large numbers")

#: The naive ones again, on the cases that the matrix form needs.
CONV_FORWARD = replace(
    convolution.FORWARD,
    name="conv_forward_im2col",
    function="conv_forward_im2col",
    helpers=("im2col_indices",),
    backward="conv_backward_im2col",
    checks=_with_cases(
        convolution.FORWARD.checks,
        {"out_plain": ("plain", "narrow"), "out_stride": ("strided", "large numbers")},
    ),
)
CONV_BACKWARD = replace(
    convolution.BACKWARD,
    name="conv_backward_im2col",
    function="conv_backward_im2col",
    helpers=("im2col_indices", "col2im_indices"),
    forward="conv_forward_im2col",
    checks=_with_cases(
        convolution.BACKWARD.checks, dict.fromkeys(("dx", "dw", "db"), _GRADIENT_CASES)
    ),
)
_CONV_TINY = (
    "one window",
    "two windows",
    "one pixel, padded",
    "two images",
    "two channels",
    "two filters",
    "stride 2",
    "high and narrow",
    "two of all",
    "two of all, padded",
)
MAX_POOL_BACKWARD = replace(
    pooling.MAX_BACKWARD,
    name="max_pool_backward_im2col",
    function="max_pool_backward_im2col",
    helpers=("im2col_indices", "col2im_indices"),
    forward="max_pool_forward_im2col",
)
_POOL_TINY = (
    *pooling.MAX_PLANES,
    *(
        name
        for name in pooling.MAX_BACKWARD_TINY
        if name.removeprefix("tiny: ")
        not in ("wide window", "remainder", "two channels", "two of all", "negative")
    ),
)


def _trial(name: str, how: str) -> Recipe:
    """What an oracle test is asked about: a right fast backward of a style, or one with a flaw."""
    right = how in STYLES
    fast = specimen("right corners" if right else "wrong corners", how)

    def make(_: np.random.Generator) -> Mapping[str, Value]:
        return {
            "forward": specimen("corner differences"),
            "slow_backward": specimen("slow corners"),
            "fast_backward": fast,
        }

    return Recipe(name, make, "to be accepted" if right else "to be rejected", smooth=False)


def _verdict(name: str, title: str, rule: str, weight: float, *cases: str) -> Check:
    """A check of one style of the right backward and of several flaws."""
    return Check(name, title, rule, weight, outputs=("verdict",), cases=cases)


ORACLE_TEST = Exercise(
    name="oracle_test",
    function="oracle_test",
    outputs=("verdict",),
    caches=False,
    specimens=True,
    checks=(
        _verdict(
            "plain",
            "a right one accepted, wrong numbers rejected",
            "Compare every entry of what both backward passes return for a random dout.",
            2,
            "by slices",
            "dout without signs",
            "one entry wrong",
            "images in reverse order",
            "rows of pixels flattened",
            "off by 1e-4",
            "1 percent too large",
            "one entry nan",
        ),
        _verdict(
            "windows",
            "windows of every kind",
            "Try oblong windows, a stride above 1, windows that overlap, and a remainder.",
            3,
            "divided at the end",
            "stride 1 only",
            "square windows only",
            "no overlap only",
            "no remainder only",
        ),
        _verdict(
            "padding",
            "every padding",
            "Try padding 0, and a padding above 1.",
            2,
            "by slices",
            "padding 0 only",
            "padding above 0 only",
            "padding 1 only",
        ),
        _verdict(
            "batch",
            "several images and channels",
            "Try more than one image, and more than one channel.",
            2,
            "by slices",
            "one channel only",
            "images in another order",
        ),
    ),
)
#: What illustrates a failure: a wrong one that is accepted, a right one that is rejected.
_SHOWN = ("dout without signs", "by slices")
_TRIALS = {name: _trial(name, name) for name in ORACLE_TEST.cases} | {
    f"tiny: {name}": _trial(f"tiny: {name}", name) for name in _SHOWN
}

QUESTIONS = (
    Question(IM2COL, IM2COL_RECIPES, _SMALL),
    Question(COL2IM, COL2IM_RECIPES, _SMALL),
    Question(CONV_FORWARD, CONV_RECIPES, _CONV_TINY),
    Question(CONV_BACKWARD, CONV_RECIPES, tuple(n for n in _CONV_TINY if n != "high and narrow")),
    Question(MAX_POOL_BACKWARD, pooling.MAX_RECIPES, _POOL_TINY),
    Question(ORACLE_TEST, _TRIALS, tuple(f"tiny: {name}" for name in _SHOWN)),
)
