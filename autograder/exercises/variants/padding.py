"""``pad_widths`` and ``pad_sides``: what the names and numbers of a padding mean."""

from collections.abc import Callable, Mapping

import numpy as np

from autograder.exercises.question import Question, Recipe
from autograder.exercises.variants.behaviour import by_name, value
from course_utils.exercise import Exercise, Value

#: A random whole number from 1 to 9.
Digit = Callable[[], int]


def _recipe(
    name: str, purpose: str, arguments: Callable[[Digit], tuple[Value, ...]], *names: str
) -> Recipe:
    """A case whose arguments, ``names``, are made from random digits."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        found = arguments(lambda: int(random.integers(1, 10)))
        return dict(zip(names, found, strict=True))

    return Recipe(name, make, purpose)


def _row(name: str, purpose: str, arguments: Callable[[Digit], tuple[Value, ...]]) -> Recipe:
    return _recipe(name, purpose, arguments, "pad", "length", "taps", "stride", "dilation")


def _image(name: str, purpose: str, arguments: Callable[[Digit], tuple[Value, ...]]) -> Recipe:
    return _recipe(name, purpose, arguments, "pad", "size", "kernel", "stride", "dilation")


def _two_that_differ(digit: Digit) -> tuple[int, int]:
    first = digit()
    return first, first + digit()


# Of "same" the number of whole strides in the length is random: the answer does not depend on it.
_WIDTHS = by_name(
    _row("number", "one number for both sides", lambda d: (d(), 20 + d(), 3, 1, 1)),
    _row("pair", "two numbers", lambda d: (_two_that_differ(d), 20 + d(), 3, 1, 1)),
    _row("causal", "the reach without the last tap", lambda d: ("causal", 20 + d(), 4, 2, d())),
    _row("same", "one zero that has no partner", lambda d: ("same", 10 + d(), 4, 1, 3)),
    _row("same, strided", "an output more than strides", lambda d: ("same", 5 * d() + 2, 4, 5, 2)),
    _row("same, nothing missing", "a stride above the reach", lambda d: ("same", 4 * d(), 2, 4, 1)),
)
_TINY_WIDTHS = by_name(
    _row("small: a number", "illustrates", lambda _: (1, 4, 3, 1, 1)),
    _row("small: a pair", "illustrates", lambda _: ((2, 1), 4, 3, 1, 1)),
    _row("small: causal", "illustrates", lambda _: ("causal", 4, 2, 1, 2)),
    _row("small: same", "illustrates", lambda _: ("same", 4, 2, 1, 1)),
    _row("small: same, stride 2", "illustrates", lambda _: ("same", 4, 3, 2, 1)),
    _row("small: same, stride 4", "illustrates", lambda _: ("same", 4, 2, 4, 1)),
)

_SIDES = by_name(
    _image("number", "one number for four sides", lambda d: (d(), (20, 30), (3, 2), 1, 1)),
    _image("pair", "rows and columns", lambda d: (_two_that_differ(d), (20, 30), (3, 2), 1, 1)),
    _image(
        "four",
        "top, bottom, left, right",
        lambda d: (
            (*_two_that_differ(d), *(n + 20 for n in _two_that_differ(d))),
            (9, 8),
            (3, 2),
            1,
            1,
        ),
    ),
    _image(
        "same", "rows and columns that differ", lambda d: ("same", (10 + 2 * d(), 7), (4, 6), 1, 3)
    ),
    _image(
        "same, strided",
        "sizes that matter",
        lambda d: ("same", (3 * d() + 1, 3 * d() + 2), (9, 3), 3, 1),
    ),
)
_TINY_SIDES = by_name(
    _image("small: a number", "illustrates", lambda _: (1, (4, 5), (3, 3), 1, 1)),
    _image("small: a pair", "illustrates", lambda _: ((2, 1), (4, 5), (3, 3), 1, 1)),
    _image("small: four", "illustrates", lambda _: ((1, 2, 3, 4), (4, 5), (3, 3), 1, 1)),
    _image("small: same", "illustrates", lambda _: ("same", (4, 5), (3, 2), 1, 1)),
    _image("small: same, stride 2", "illustrates", lambda _: ("same", (3, 4), (2, 3), 2, 1)),
)

_SAME = (
    "The ceil(L / stride) windows need (outputs - 1) * stride + reach entries; what is missing "
    "goes half to each side, an odd one to the end, and is never negative."
)

WIDTHS = Exercise(
    name="pad_widths",
    function="pad_widths",
    outputs=("left", "right"),
    caches=False,
    checks=(
        value(
            "numbers",
            "a number and a pair",
            "A number p means p and p; a pair means itself.",
            2,
            "left right",
            "number",
            "pair",
        ),
        value(
            "causal",
            "causal",
            "Left stand (taps - 1) * dilation zeros, right none.",
            2,
            "left right",
            "causal",
        ),
        value(
            "same",
            "same",
            _SAME,
            3,
            "left right",
            "same",
            "same, strided",
            "same, nothing missing",
        ),
    ),
)
SIDES = Exercise(
    name="pad_sides",
    function="pad_sides",
    helpers=("pad_widths",),
    outputs=("top", "bottom", "left", "right"),
    caches=False,
    checks=(
        value(
            "numbers",
            "a number, a pair and four numbers",
            "A number means all four sides, a pair rows and columns, four are top, bottom, "
            "left, right.",
            3,
            "top bottom left right",
            "number",
            "pair",
            "four",
        ),
        value(
            "same",
            "same",
            _SAME.replace("L /", "size /"),
            3,
            "top bottom left right",
            "same",
            "same, strided",
        ),
    ),
)

QUESTIONS = (
    Question(WIDTHS, _WIDTHS | _TINY_WIDTHS, tuple(_TINY_WIDTHS)),
    Question(SIDES, _SIDES | _TINY_SIDES, tuple(_TINY_SIDES)),
)
