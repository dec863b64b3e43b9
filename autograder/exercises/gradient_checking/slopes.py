"""Measured slopes: the numerical gradient, and as a bonus the complex step.

Steps are powers of two, so that x + h and x - h are exact, and so are polynomials of them.
"""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.gradient_checking.rules import REPEATABLE, unchanged
from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from course_utils.exercise import Array, Check, Exercise, Value
from course_utils.specimens import specimen

Shape = tuple[int, ...]


# The numerical gradient


def _slopes_of(name: str, x: Shape, out: Shape, h: float, dtype: type = np.float64) -> MakeInputs:
    """A function to be differentiated at ``x``, with an upstream gradient for its ``out``."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        given: Array = nonzero(random, x, 9).astype(dtype)
        given.flat[-1] = -abs(given.flat[-1])
        # Where all add up to 0 a cubic has no curvature, and any difference is right.
        given.flat[0] *= 1 if np.sum(given) else 2
        matrix = (nonzero(random, (out[0], x[0]), 9),) if name == "matrix times" else ()
        return {
            "f": specimen(name, *matrix),
            "x": given / 8 if name == "shares" else given,
            "dout": nonzero(random, out, 9),
            "h": h,
        }

    return make


_SLOPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("shares", _slopes_of("shares", (3, 4), (3, 4), 2.0**-6), "not a polynomial"),
        Recipe(
            "another shape",
            _slopes_of("matrix times", (3, 2), (5, 2), 2.0**-24),
            "out of another shape; a step that float32 cannot hold beside x",
        ),
        Recipe("one number", _slopes_of("one number", (4,), (), 0.25), "out without axes"),
        Recipe(
            "one array",
            _slopes_of("cubic in one array", (2, 1, 3), (2, 1, 3), 0.5),
            "f returns the same array every time",
        ),
        Recipe(
            "integers",
            _slopes_of("cubic", (2, 2), (2, 2), 0.25, np.int64),
            "x of dtype int64, to which no step can be added",
        ),
        Recipe("tiny: one entry", _slopes_of("cubic", (1,), (1,), 0.5), "illustrates"),
        Recipe("tiny: two entries", _slopes_of("cubic", (2,), (2,), 0.5), "illustrates"),
        Recipe(
            "tiny: one array",
            _slopes_of("cubic in one array", (1,), (1,), 0.5),
            "illustrates",
        ),
    )
}
_TINY_SLOPES = tuple(name for name in _SLOPES if name.startswith("tiny"))

NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    function="numerical_gradient",
    outputs=("gradient",),
    caches=False,
    specimens=True,
    axes={"gradient": ("row", "column")},
    checks=(
        Check(
            "slopes",
            "central differences of a function of many numbers",
            "Entry by entry: f one step above minus f one step below, times dout, summed, "
            "over twice the step; all other entries stay where they were.",
            5,
            outputs=("gradient",),
            cases=("shares",),
        ),
        Check(
            "shapes",
            "x and f(x) of different shapes",
            "The gradient has the shape of x; dout has that of f(x), whatever it is.",
            2,
            outputs=("gradient",),
            cases=("another shape", "one number"),
        ),
        Check(
            "one_array",
            "a function that returns the same array in every call",
            "What f returned is used, or copied, before f is called again.",
            1,
            outputs=("gradient",),
            cases=("one array",),
        ),
        Check(
            "integers",
            "integer x",
            "A step cannot be added to a whole number: work on a copy in float64.",
            1,
            kind="dtype",
            outputs=("gradient",),
            cases=("integers",),
        ),
        unchanged("x holds the same numbers after the call as before it.", 0.5),
        REPEATABLE,
    ),
)


# The complex step


def _complex_inputs(
    kind: str, shape: Shape, dtype: type = np.float64, out: Shape | None = None
) -> MakeInputs:
    """x of a shape, and dout of the shape ``out``, where that is another."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        x: Array = nonzero(random, shape, 9).astype(dtype)
        return {
            "kind": kind,
            "x": x if dtype is np.int64 else x / 8,
            "dout": nonzero(random, shape if out is None else out, 9),
        }

    return make


_COMPLEX = {
    recipe.name: recipe
    for recipe in (
        Recipe("cubic", _complex_inputs("cubic", (2, 3)), "every entry in every output"),
        Recipe("sums", _complex_inputs("cubes", (3, 2), out=(3,)), "out of another shape than x"),
        Recipe("integers", _complex_inputs("shares", (2, 3), np.int64), "x of dtype int64"),
        Recipe("tiny: one entry", _complex_inputs("cubic", (1,)), "illustrates"),
        Recipe("tiny: two entries", _complex_inputs("cubic", (2,)), "illustrates"),
    )
}
COMPLEX_STEP_GRADIENT = Exercise(
    name="complex_step_gradient",
    function="complex_step_gradient",
    outputs=("gradient",),
    caches=False,
    driver="complex_step_of",
    axes={"gradient": ("row", "column")},
    checks=(
        Check(
            "slopes",
            "slopes from imaginary parts",
            "One entry at a time moves by h along the imaginary axis; the slope is the imaginary "
            "part of the sum of f times dout, over h.",
            5,
            outputs=("gradient",),
            cases=("cubic", "sums"),
        ),
        Check(
            "integers",
            "integer x",
            "Work on a complex copy of x.",
            1,
            kind="dtype",
            outputs=("gradient",),
            cases=("integers",),
        ),
        unchanged("x holds the same numbers after the call as before it.", 0.5),
    ),
)

QUESTIONS = (Question(NUMERICAL_GRADIENT, _SLOPES, _TINY_SLOPES),)
BONUS = (Question(COMPLEX_STEP_GRADIENT, _COMPLEX, ("tiny: one entry", "tiny: two entries")),)
