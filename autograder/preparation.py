"""Make the cases of an exercise and the right answers to them, from a seed.

The answers come from the reference solution.  Each gradient is also compared with
central differences of the reference forward; where the two disagree the grader itself
is wrong, and nothing may be judged by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.exercises.question import Question, nonzero, stream
from autograder.reference import Reference
from course_utils import drivers, gradients
from course_utils.exercise import Answer, Array, Case, Exercise, Value


class ReferenceDisagreesError(Exception):
    """Two independent judges of the grader contradict each other."""


@dataclass(frozen=True)
class Slope:
    """The derivative of a case's forward along a random direction, by central differences.

    ``directions`` maps the names of the gradients (``dx``) to arrays of their shapes.
    """

    difference: gradients.Difference
    directions: Mapping[str, Array]

    def confirms(self, answer: Answer) -> bool:
        """Tell whether these gradients have this derivative."""
        return self.difference.confirms(answer, self.directions)


@dataclass(frozen=True)
class Prepared:
    """Cases with their answers, keyed by case name.

    ``slopes`` judge the gradients a second time, without the reference's backward; cases
    at a kink have none.
    """

    cases: Mapping[str, Case]
    answers: Mapping[str, Answer]
    slopes: Mapping[str, Slope] = field(default_factory=dict)


def prepare(
    question: Question, reference: Reference, seed: bytes, cases: Sequence[str] = ()
) -> Prepared:
    """Cases and answers of ``question`` for ``seed``: those it is judged by, or ``cases``.

    Raises ReferenceDisagreesError when the reference gradient is not the derivative of
    the reference forward.
    """
    exercise = question.exercise
    made: dict[str, Case] = {}
    answers: dict[str, Answer] = {}
    slopes: dict[str, Slope] = {}
    for name, inputs in question.inputs(seed, cases).items():
        outputs, cache = forward_answer(exercise, reference, inputs)
        dout = _upstream(inputs, outputs[0], stream(seed, exercise.name, name, "dout"))
        saved = {item: outputs[0] for item in exercise.cache if item not in inputs}
        made[name] = Case(name, inputs, dout, saved)
        if exercise.forward is None:
            answers[name] = dict(zip(exercise.outputs, outputs, strict=True))
            continue
        answers[name] = backward_answer(exercise, reference, dout, cache)
        if question.recipes[name].smooth:
            slopes[name] = _slope(exercise, reference, made[name], seed)
            if not slopes[name].confirms(answers[name]):
                raise ReferenceDisagreesError(
                    f"{exercise.function}: the reference is not the derivative of "
                    f"{exercise.forward} ({made[name].title})"
                )
    return Prepared(made, answers, slopes)


def forward_answer(
    exercise: Exercise, reference: Reference, inputs: Mapping[str, Value]
) -> tuple[tuple[Array, ...], Value]:
    """The outputs and the cache of the reference's forward; the cache is None if it has none."""
    returned = _forward(exercise, reference)(*inputs.values())
    items = returned if isinstance(returned, tuple) else (returned,)
    outputs, cache = (items[:-1], items[-1]) if exercise.caches else (items, None)
    return tuple(np.asarray(output) for output in outputs), cache


def _forward(exercise: Exercise, reference: Reference) -> Callable[..., Any]:
    if exercise.driver:
        return drivers.bound(exercise.driver, reference.functions)
    return reference.functions[exercise.forward or exercise.function]


def backward_answer(exercise: Exercise, reference: Reference, dout: Array, cache: Value) -> Answer:
    """The reference's gradients by name, for a cache of the reference's forward."""
    returned = reference.functions[exercise.function](dout, cache)
    arrays = returned if isinstance(returned, tuple) else (returned,)
    return dict(zip(exercise.outputs, arrays, strict=True))


def _upstream(inputs: Mapping[str, Value], out: Array, random: np.random.Generator) -> Array:
    """An upstream gradient without zeros or ones only: small integers of either sign.

    Halves of them where an input has an integer dtype, so that a buffer which inherits
    it cannot hold the result.
    """
    dout = nonzero(random, out.shape, 9)
    arrays = (value for value in inputs.values() if isinstance(value, np.ndarray))
    return dout / 2 if any(array.dtype.kind == "i" for array in arrays) else dout


def _slope(exercise: Exercise, reference: Reference, case: Case, seed: bytes) -> Slope:
    """The derivative of the reference forward along a Gaussian direction."""

    def out(moved: Mapping[str, Array]) -> Array:
        inputs: dict[str, Value] = {**case.inputs, **moved}
        return forward_answer(exercise, reference, inputs)[0][0]

    arguments = {name: case.inputs[name].astype(np.float64) for name in exercise.differentiate}
    random = stream(seed, exercise.name, case.name, "direction")
    directions = gradients.directions_for(arguments, random, exercise.differences)
    difference = gradients.central_difference(
        out, arguments, case.dout, directions, exercise.differences
    )
    arrays = (directions[name] for name in exercise.differentiate)
    return Slope(difference, dict(zip(exercise.outputs, arrays, strict=True)))
