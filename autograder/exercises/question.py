"""An exercise together with the recipes that its cases are made from."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from autograder.errors import UsageError
from course_utils.exercise import Array, Case, Exercise, Value

#: Seed of the visible cases, which ``check`` uses.  With it no gradient of w or b is zero in a
#: case that illustrates failures: half of zero is zero, which would illustrate nothing.
VISIBLE_SEED = b"Backprop by Hand"

#: Makes the inputs of a forward, keyed by argument name and in calling order.
MakeInputs = Callable[[np.random.Generator], Mapping[str, Value]]


@dataclass(frozen=True)
class Recipe:
    """How to make one case: sizes are fixed here, numbers come from the seed.

    ``purpose`` says which mistakes only this case exposes.  ``smooth`` is False where
    the forward has a kink at the inputs (ties), so that finite differences say nothing, and
    where a function of an adjoint pair is not linear (a bias that is not zero).
    ``driver`` is the function that is called for this case (see ``Case``).
    """

    name: str
    make: MakeInputs
    purpose: str
    smooth: bool = True
    driver: str = ""


@dataclass(frozen=True)
class Question:
    """An exercise and the recipes of its cases.

    ``tiny`` names recipes that are not judged by: the cases that illustrate a failure,
    smallest first.
    """

    exercise: Exercise
    recipes: Mapping[str, Recipe]
    tiny: tuple[str, ...] = ()

    def inputs(self, seed: bytes, cases: Sequence[str] = ()) -> dict[str, Mapping[str, Value]]:
        """Inputs of the exercise's cases (or of ``cases``), by name, reproducible from ``seed``.

        Each case has a random stream of its own, so that adding one does not change
        the others.  Raises UsageError for a case that has no recipe.
        """
        wanted = cases or self.exercise.cases
        for name in wanted:
            if name not in self.recipes:
                checks = [check.name for check in self.exercise.checks if name in check.cases]
                raise UsageError(
                    f"{self.exercise.name}: no recipe makes the case {name!r} "
                    f"({'check ' + ', '.join(checks) if checks else 'a tiny case'}); "
                    f"there are {', '.join(self.recipes)}"
                )
        return {
            name: self.recipes[name].make(stream(seed, self.exercise.name, name)) for name in wanted
        }


def stream(seed: bytes, *names: str) -> np.random.Generator:
    """A random generator that depends on ``seed`` and ``names`` only, on every machine."""
    digest = hashlib.sha256(b"\0".join([seed, *(name.encode() for name in names)])).digest()
    # numpy takes any ISeedSequence; its type hints do not say so.
    return np.random.Generator(np.random.PCG64(_Words(digest)))  # type: ignore[arg-type]


class _Words(ISeedSequence):
    """The 256 bits of a digest as they are: numpy would spend ten times as long on mixing them."""

    def __init__(self, digest: bytes) -> None:
        self._words = np.frombuffer(digest, dtype="<u8").astype(np.uint64)

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Array:
        """See ``ISeedSequence``; PCG64 asks for four words of 64 bits."""
        assert (n_words, np.dtype(dtype)) == (self._words.size, self._words.dtype)
        return self._words


def case(name: str, inputs: Mapping[str, Value], out: Array, random: np.random.Generator) -> Case:
    """A case with an upstream gradient of the shape of ``out``: integers in -9..9 but 0."""
    return Case(name, inputs, nonzero(random, out.shape, 9))


def nonzero(random: np.random.Generator, shape: Sequence[int], largest: int) -> Array:
    """Integers of either sign with magnitude 1..largest, as float64."""
    # By number, not by shape: numpy takes longer to multiply a shape than to draw.
    values = random.integers(-largest, largest, size=math.prod(shape))
    values += values >= 0
    return values.astype(np.float64).reshape(tuple(shape))


def distinct(random: np.random.Generator, shape: Sequence[int], start: int) -> Array:
    """A random arrangement of consecutive integers from ``start``, as float64: no ties."""
    size = math.prod(shape)
    return (random.permutation(size) + start).reshape(tuple(shape)).astype(np.float64)
