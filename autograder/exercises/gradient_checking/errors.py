"""How far two gradients are apart: one number for two arrays."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from autograder.exercises.gradient_checking.rules import unchanged
from autograder.exercises.question import MakeInputs, Question, Recipe, distinct, nonzero
from course_utils.exercise import Array, Check, Exercise, Value

Shape = tuple[int, ...]


def _numbers(random: np.random.Generator, shape: Shape) -> Array:
    """Whole numbers: the first is 9 and above all others in size, the last but one is 1."""
    x = nonzero(random, shape, 8)
    x.flat[0], x.flat[-2:-1] = 9, 1
    x.flat[-1] = -abs(x.flat[-1])
    return x


def _two_arrays(shape: Shape, make: Callable[[Array, np.random.Generator], Array]) -> MakeInputs:
    """x of whole numbers, and what ``make`` makes of it for y."""

    def inputs(random: np.random.Generator) -> Mapping[str, Value]:
        x = _numbers(random, shape)
        return {"x": x, "y": make(x, random)}

    return inputs


def _moved(x: Array, random: np.random.Generator) -> Array:
    """Some entries moved up and some down, the most the last but one: up, and by 30.

    The others never cancel: the sums differ by something else than 30.
    """
    moves = nonzero(random, x.shape, 3)
    moves.flat[-2] = 0
    moves.flat[1] += np.sum(moves) == 0
    moves.flat[-2] = 30
    return x + moves


def _beside_zeros(random: np.random.Generator, sizes: Shape) -> Mapping[str, Value]:
    """x is 0 where y is 1; everywhere else they are equal."""
    x = -distinct(random, sizes, 20)
    y = x.copy()
    x.flat[1], y.flat[1] = 0, 1
    return {"x": x, "y": y}


def _small(random: np.random.Generator) -> Mapping[str, Value]:
    """Far below any limit that is absolute.  In ``y`` the last but one is lower, by most."""
    y = _numbers(random, (3, 2))
    return {"x": 2.0**-40 * _moved(y, random), "y": 2.0**-40 * y}


def _with_nan(x: Array, _: np.random.Generator) -> Array:
    y = x.copy()
    y.flat[1] = np.nan
    return y


_ERRORS = {
    recipe.name: recipe
    for recipe in (
        Recipe("many differ", _two_arrays((3, 4), _moved), "the largest, of either sign"),
        Recipe("beside zeros", partial(_beside_zeros, sizes=(5,)), "zeros in one of the two"),
        Recipe("small", _small, "what is small may be far apart"),
        Recipe("close", _two_arrays((2, 2), lambda x, _: x * (1 + 2.0**-18)), "not equal"),
        Recipe("nan", _two_arrays((2, 3), _with_nan), "an entry that is no number"),
        Recipe("opposite", _two_arrays((2, 2), lambda x, _: -x), "sums of entries cancel"),
        Recipe("zeros", lambda _: {"x": np.zeros((2, 3)), "y": np.zeros((2, 3))}, "0 / 0"),
        Recipe("tiny: one entry", _two_arrays((1,), lambda x, _: x + 1), "illustrates"),
        Recipe("tiny: one lower", _two_arrays((1,), lambda x, _: x - 1), "illustrates"),
        Recipe(
            "tiny: two entries",
            _two_arrays((2,), lambda x, _: x + np.array([4.0, -1.0])),
            "illustrates",
        ),
        Recipe("tiny: beside zeros", partial(_beside_zeros, sizes=(2,)), "illustrates"),
        Recipe("tiny: small", lambda _: {"x": np.full(1, 2.0**-40), "y": np.zeros(1)}, "small"),
        Recipe("tiny: nan", lambda _: {"x": np.ones(1), "y": np.full(1, np.nan)}, "nan"),
        Recipe("tiny: zeros", lambda _: {"x": np.zeros(1), "y": np.zeros(1)}, "illustrates"),
    )
}
_TINY_ERRORS = tuple(name for name in _ERRORS if name.startswith("tiny"))

RELATIVE_ERROR = Exercise(
    name="relative_error",
    function="relative_error",
    outputs=("error",),
    caches=False,
    checks=(
        Check(
            "worst",
            "the worst entry decides",
            "The largest |x - y| of all entries, over the largest |x| plus the largest |y|.",
            4,
            outputs=("error",),
            cases=("many differ", "opposite"),
        ),
        Check(
            "size",
            "measured against the size of the whole arrays",
            "One size for all entries: an entry that is 0 is no special case.",
            3,
            outputs=("error",),
            cases=("beside zeros", "small", "close"),
        ),
        Check(
            "zero",
            "arrays of zeros",
            "Equal arrays have error 0, also where both are all zeros.",
            2,
            outputs=("error",),
            cases=("zeros",),
        ),
        Check(
            "nan",
            "an entry that is nan",
            "Where an entry is nan, so is the error.",
            1,
            outputs=("error",),
            cases=("nan",),
        ),
        unchanged("To compare is to read: x and y stay as they are.", 0.5),
    ),
)

QUESTIONS = (Question(RELATIVE_ERROR, _ERRORS, _TINY_ERRORS),)
