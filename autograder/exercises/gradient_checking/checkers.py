"""A student's own gradient checker, and as a bonus one that looks along a direction.

They are tried on layers with right and with wrong backwards, see ``specimens``.
"""

from collections.abc import Callable, Mapping

import numpy as np

from autograder.exercises.gradient_checking.rules import unchanged
from autograder.exercises.question import Question, Recipe
from course_utils.exercise import Array, Check, Exercise, Value
from course_utils.specimens import specimen
from course_utils.specimens.gradient_checking import STYLES

Shape = tuple[int, int]

#: What makes gradients far smaller, or far larger, than 1.
_SMALL, _LARGE = 2.0**-21, 2.0**20
#: Entries so near to 0 that 0 lies between the slopes on the two sides, whatever the step; and
#: so near that this is so of a gradient that is too large by 4 in 1000, with the usual step.
_BESIDE_ZERO, _NEAR_ZERO = 2.0**-24, 2.0**-10

#: Numbers of either sign, far from 0, whose sums over rows are, too.
_X = np.array([[6, -3, 9, 4], [-5, 2, -8, 3], [7, 8, -4, 2], [-2, -6, 4, -9]]) / 32
_A = np.array((8, -6, 5, -2)) / 4


def _near(base: Array, random: np.random.Generator) -> Array:
    """``base`` with every entry changed by an eighth at most, so that no sign changes."""
    return base * (1 + random.integers(-8, 8, size=base.shape) / 64)


def _blend(random: np.random.Generator, shape: Shape) -> Mapping[str, Value]:
    rows, columns = shape
    return {"x": _near(_X[:rows, :columns], random), "a": _near(_A[:columns], random)}


def _bend(random: np.random.Generator, shape: Shape) -> Mapping[str, Value]:
    """The last row lies at the corner."""
    rows, columns = shape
    x = _near(_X[:rows, :columns], random)
    x[-1] = 0
    return {"x": x}


def _squares(random: np.random.Generator, shape: Shape) -> Mapping[str, Value]:
    rows, columns = shape
    return {"x": np.abs(_near(_X[:rows, :columns], random))}


def _centred(random: np.random.Generator, shape: Shape) -> Mapping[str, Value]:
    """Many shifts: for some of them rounding looks like a slope, whatever the seed."""
    shift = random.integers(-(2**40), 2**40, size=8 * shape[0]) / 2**40
    return {"x": _near(_A[: shape[1]], random), "shift": shift}


_LAYERS: Mapping[str, Callable[[np.random.Generator, Shape], Mapping[str, Value]]] = {
    "blend": _blend,
    "bend": _bend,
    "squares": _squares,
    "centred": _centred,
}


def _trial(
    name: str, how: str, shape: Shape = (2, 3), scale: float = 1.0, *, size: float = 1.0
) -> Recipe:
    """A layer's forward with a right backward, or with one that has a flaw.

    ``scale`` is a factor of the layer's output, ``size`` one of its inputs.
    """
    layer = how.partition(" ")[0].rstrip(",")
    right = how in STYLES
    forward = specimen(layer, *([scale] if layer == "blend" else []))
    backward = specimen("right gradients" if right else "wrong gradients", how, scale)

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        inputs = _LAYERS[layer](random, shape)
        sized = {name: size * array for name, array in inputs.items()}
        return {"forward": forward, "backward": backward, **sized}

    return Recipe(name, make, "to be accepted" if right else "to be rejected", smooth=False)


_TRIALS = {
    recipe.name: recipe
    for recipe in (
        *(
            _trial(how, how)
            for how in (
                "blend at once",
                "blend, half of it",
                "blend, sign of da",
                "blend in loops",
                "blend in float32",
                "blend, dout ignored",
                "blend, row sum taken for a constant",
                "blend, entries in reverse order",
                "blend, last entry wrong",
                "blend, first entry wrong",
                "blend, one entry nan",
                "blend, dx with an axis more",
                "blend, da kept as a row",
                "blend, da missing",
                "bend, at 0 from the left",
                "bend, at 0 from the right",
                "bend, at 0 in between",
                "bend, 0 at the corner",
                "bend, too large at the corner",
                "bend, nan at the corner",
                "centred, shift without effect",
                "centred, shift with effect",
            )
        ),
        _trial("curve beside 0", "squares at once", size=_BESIDE_ZERO),
        _trial("curve beside 0: all zeros", "squares, all zeros", size=_BESIDE_ZERO),
        _trial("curve left of 0: all zeros", "squares, all zeros", size=-_BESIDE_ZERO),
        _trial(
            "curve near 0: 4 in 1000 too large", "squares, 4 in 1000 too large", size=_NEAR_ZERO
        ),
        # So many outputs that their random dout is not positive everywhere.
        _trial("blend, size of dout alone", "blend, size of dout alone", (4, 4)),
        _trial("small, half of it", "blend, half of it", scale=_SMALL),
        _trial("large, right", "blend in float32", scale=_LARGE),
        _trial("tiny: a right one", "blend at once", (1, 2)),
        _trial("tiny: a wrong one", "blend, half of it", (1, 2)),
        _trial("tiny: one entry wrong", "blend, first entry wrong", (1, 2)),
        _trial("tiny: a corner", "bend, at 0 from the left", (1, 3)),
        _trial("tiny: a curve", "squares, all zeros", (1, 2), size=_BESIDE_ZERO),
        _trial("tiny: no effect", "centred, shift without effect", (1, 2)),
        _trial("tiny: large and right", "blend in float32", (1, 2), _LARGE),
    )
}
_TINY_TRIALS = tuple(name for name in _TRIALS if name.startswith("tiny"))


def _verdict(name: str, title: str, rule: str, weight: float, *cases: str) -> Check:
    """A check of something that is to be accepted and of several things to be rejected."""
    return Check(name, title, rule, weight, outputs=("verdict",), cases=cases)


_REPEATED_VERDICT = Check(
    "repeatable",
    "same answer on a second call",
    "The random dout comes from a generator with a fixed seed.",
    0.5,
    kind="repeatable",
)
GRADIENT_CHECK = Exercise(
    name="gradient_check",
    function="gradient_check",
    helpers=("relative_error",),
    outputs=("verdict",),
    caches=False,
    specimens=True,
    checks=(
        _verdict(
            "plain",
            "a right backward accepted, clearly wrong ones rejected",
            "Compare every gradient with central differences of the forward.",
            4,
            "blend at once",
            "blend, half of it",
            "blend, sign of da",
            "blend, row sum taken for a constant",
        ),
        _verdict(
            "upstream",
            "a dout that tells right from wrong",
            "Take a random dout of both signs: ones hide whatever is done to dout.",
            3,
            "blend in loops",
            "blend, dout ignored",
            "blend, size of dout alone",
            "blend, entries in reverse order",
        ),
        _verdict(
            "every",
            "every entry of every gradient, and every shape",
            "The worst entry decides, nan is never right, and shapes are compared first.",
            4,
            "blend in float32",
            "blend, last entry wrong",
            "blend, first entry wrong",
            "blend, one entry nan",
            "blend, dx with an axis more",
            "blend, da kept as a row",
            "blend, da missing",
        ),
        _verdict(
            "sizes",
            "gradients that are small, large, or exactly zero",
            "Errors are measured against the size of the gradient, and rounding of the "
            "differences is allowed for on top.",
            4,
            "small, half of it",
            "large, right",
            "centred, shift without effect",
            "centred, shift with effect",
        ),
        _verdict(
            "corners",
            "corners of the forward, and curves that are none",
            "At a corner every slope between those of the two sides is right, and no other. "
            "Elsewhere the slope itself is: half way between the two.",
            4,
            "bend, at 0 from the left",
            "bend, at 0 from the right",
            "bend, at 0 in between",
            "bend, 0 at the corner",
            "bend, too large at the corner",
            "bend, nan at the corner",
            "curve beside 0",
            "curve beside 0: all zeros",
            "curve left of 0: all zeros",
            "curve near 0: 4 in 1000 too large",
        ),
        unchanged("Inputs hold the same numbers after the call as before it.", 0.5),
        _REPEATED_VERDICT,
    ),
)


# Along one direction
_DIRECTIONAL = {
    recipe.name: recipe
    for recipe in (
        *(
            _trial(how, how, (4, 4))
            for how in (
                "blend in float32",
                "blend in float32",
                "blend, sign of da",
                "blend, size of dout alone",
                "blend, two errors that cancel",
                "blend, two errors that are alike",
                "blend, last entry wrong",
                "blend, one entry nan",
                "blend, da kept as a row",
                "centred, shift without effect",
            )
        ),
        _trial("small, half of it", "blend, half of it", (4, 4), _SMALL),
        _trial("large, right", "blend in float32", (4, 4), _LARGE),
        _trial("tiny: a right one", "blend at once", (1, 2)),
        _trial("tiny: a wrong one", "blend, half of it", (1, 2)),
        _trial("tiny: errors that cancel", "blend, two errors that cancel", (1, 2)),
    )
}
_TINY_DIRECTIONAL = tuple(name for name in _DIRECTIONAL if name.startswith("tiny"))

DIRECTIONAL_CHECK = Exercise(
    name="directional_check",
    function="directional_check",
    outputs=("verdict",),
    caches=False,
    specimens=True,
    checks=(
        _verdict(
            "verdicts",
            "right ones accepted, wrong ones rejected",
            "The slope along a Gaussian direction is the sum of gradient times direction, over "
            "all entries of all inputs.",
            6,
            "blend in float32",
            "blend, sign of da",
            "blend, size of dout alone",
            "blend, two errors that cancel",
            "blend, two errors that are alike",
            "blend, last entry wrong",
            "blend, one entry nan",
        ),
        _verdict(
            "shapes_and_sizes",
            "shapes, and gradients that are small or large",
            "Shapes are compared first; the error is measured against the sizes of all terms.",
            3,
            "blend, da kept as a row",
            "centred, shift without effect",
            "small, half of it",
            "large, right",
        ),
        unchanged("Inputs hold the same numbers after the call as before it.", 0.5),
        _REPEATED_VERDICT,
    ),
)

QUESTIONS = (Question(GRADIENT_CHECK, _TRIALS, _TINY_TRIALS),)
BONUS = (Question(DIRECTIONAL_CHECK, _DIRECTIONAL, _TINY_DIRECTIONAL),)
