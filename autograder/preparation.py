"""Make the cases of an exercise and the right answers to them, from a seed.

The answers come from the reference solution.  Each gradient is also compared with
central differences of the reference forward; where the two disagree the grader itself
is wrong, and nothing may be judged by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.exercises.question import Question, nonzero, stream
from autograder.reference import Reference
from course_utils import gradients
from course_utils.exercise import Answer, Array, Case, Value


class ReferenceDisagreesError(Exception):
    """Two independent judges of the grader contradict each other."""


@dataclass(frozen=True)
class Prepared:
    """Cases with their answers, keyed by case name."""

    cases: Mapping[str, Case]
    answers: Mapping[str, Answer]


def prepare(
    question: Question, reference: Reference, seed: bytes, cases: Sequence[str] = ()
) -> Prepared:
    """Cases and answers of ``question`` for ``seed``: those it is judged by, or ``cases``.

    Raises ReferenceDisagreesError when the reference gradient is not the derivative of
    the reference forward.
    """
    exercise = question.exercise
    forward = reference.functions[exercise.forward or exercise.function]
    made: dict[str, Case] = {}
    answers: dict[str, Answer] = {}
    for name, inputs in question.inputs(seed, cases).items():
        out, cache = forward(*inputs.values())
        dout = _upstream(inputs, out, stream(seed, exercise.name, name, "dout"))
        made[name] = Case(name, inputs, dout)
        if exercise.forward is None:
            answers[name] = {exercise.outputs[0]: out}
            continue
        returned = reference.functions[exercise.function](dout, cache)
        arrays = returned if isinstance(returned, tuple) else (returned,)
        answers[name] = dict(zip(exercise.outputs, arrays, strict=True))
        if question.recipes[name].smooth:
            _confirm(question, reference, made[name], answers[name], seed)
    return Prepared(made, answers)


def _upstream(inputs: Mapping[str, Value], out: Array, random: np.random.Generator) -> Array:
    """An upstream gradient without zeros or ones only: small integers of either sign.

    Halves of them where an input has an integer dtype, so that a buffer which inherits
    it cannot hold the result.
    """
    dout = nonzero(random, out.shape, 9)
    arrays = (value for value in inputs.values() if isinstance(value, np.ndarray))
    return dout / 2 if any(array.dtype.kind == "i" for array in arrays) else dout


def _confirm(
    question: Question, reference: Reference, case: Case, answer: Answer, seed: bytes
) -> None:
    """Compare the gradients with a central difference along a Gaussian direction."""
    exercise = question.exercise
    assert exercise.forward is not None
    forward = reference.functions[exercise.forward]

    def out(moved: Mapping[str, Array]) -> Array:
        inputs: dict[str, Value] = {**case.inputs, **moved}
        first: Array = forward(*inputs.values())[0]
        return first

    arguments = {name: case.inputs[name].astype(np.float64) for name in exercise.differentiate}
    random = stream(seed, exercise.name, case.name, "direction")
    directions = gradients.directions_for(arguments, random)
    difference = gradients.central_difference(out, arguments, case.dout, directions, exercise.step)
    by_argument = {
        name: answer[output]
        for name, output in zip(exercise.differentiate, exercise.outputs, strict=True)
    }
    if not difference.confirms(by_argument, directions):
        raise ReferenceDisagreesError(
            f"{exercise.function}: the reference is not the derivative of {exercise.forward} "
            f"({case.title})"
        )
