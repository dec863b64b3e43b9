"""Make the cases of an exercise and the right answers to them, from a seed.

The answers come from the reference solution.  Each gradient is also compared with
central differences of the reference forward, and a function that must be the adjoint of
another with that other one; where the two disagree the grader itself is wrong, and nothing
may be judged by it.

Both take the reference's loops many times over.  ``make`` stops at the answers, and may
take them from shortcuts; ``confirm`` catches up on the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.exercises.question import Question, nonzero, stream
from autograder.reference import Reference
from course_utils import drivers, gradients
from course_utils.comparison import compare
from course_utils.exercise import Answer, Array, Case, Exercise, Value
from course_utils.specimens import Specimen
from course_utils.tolerances import ADJOINT, RECORDED, ROUNDING_FLOOR

#: Functions of a notebook by name: the references, shortcuts to them, or anybody's.
Functions = Mapping[str, Callable[..., Any]]


class ReferenceDisagreesError(Exception):
    """Two independent judges of the grader contradict each other."""


@dataclass(frozen=True)
class Slope:
    """The derivative of a case's forward along a random direction, by central differences.

    Of an adjoint pair, <f(u), c> for a random direction u: f is linear, and so is its own
    derivative.  ``directions`` maps the names of the gradients (``dx``) to arrays of their shapes.
    """

    difference: gradients.Difference
    directions: Mapping[str, Array]

    def confirms(self, answer: Answer) -> bool:
        """Tell whether these gradients have this derivative."""
        return self.difference.confirms(answer, self.directions)


@dataclass(frozen=True)
class Prepared:
    """Cases with their answers, keyed by case name.

    ``slopes`` judge the gradients, or the adjoint, a second time, without the reference's
    own function; cases at a kink have none.  ``by_share`` are the cases whose answers need
    not be met in full.
    """

    cases: Mapping[str, Case]
    answers: Mapping[str, Answer]
    slopes: Mapping[str, Slope] = field(default_factory=dict)
    by_share: frozenset[str] = frozenset()

    @property
    def exact(self) -> Mapping[str, Answer]:
        """The answers that right functions meet up to rounding."""
        return {name: a for name, a in self.answers.items() if name not in self.by_share}


def prepare(
    question: Question, reference: Reference, seed: bytes, cases: Sequence[str] = ()
) -> Prepared:
    """Cases and answers of ``question`` for ``seed``: those it is judged by, or ``cases``.

    Raises ReferenceDisagreesError when the reference gradient is not the derivative of
    the reference forward, or the reference not the adjoint of its partner.
    """
    made = make(question, reference.functions, seed, cases)
    exercise, slopes = question.exercise, dict[str, Slope]()
    for name, case in made.cases.items():
        if not question.recipes[name].smooth:
            continue
        if exercise.forward is not None:
            what = f"the derivative of {exercise.forward}"
            slopes[name] = _slope(exercise, reference.functions, case, seed)
        elif exercise.adjoint:
            what = f"the adjoint of {exercise.adjoint}"
            slopes[name] = _pairing(exercise, reference.functions, case, made.answers[name], seed)
        else:
            continue
        if not slopes[name].confirms(made.answers[name]):
            raise ReferenceDisagreesError(
                f"{exercise.function}: the reference is not {what} ({case.title})"
            )
    return replace(made, slopes=slopes)


def make(
    question: Question, functions: Functions, seed: bytes, cases: Sequence[str] = ()
) -> Prepared:
    """As ``prepare``, but whatever ``functions`` say is believed, and there are no slopes.

    Where a share of the answer has to be right, the recipe makes the answer, too (the labels
    of images that were held out), by the name of the output.  It is not given to the function.
    """
    exercise = question.exercise
    made: dict[str, Case] = {}
    answers: dict[str, Answer] = {}
    for name, inputs in question.inputs(seed, cases).items():
        if name in exercise.by_share:
            given = {item: v for item, v in inputs.items() if item not in exercise.outputs}
            made[name] = Case(name, given, np.ones(()))
            answers[name] = {output: inputs[output] for output in exercise.outputs}
            continue
        driver = question.recipes[name].driver
        outputs, cache = forward_answer(exercise, functions, inputs, driver)
        dout = _upstream(inputs, outputs[0], stream(seed, exercise.name, name, "dout"))
        saved = {item: outputs[0] for item in exercise.cache if item not in inputs}
        made[name] = Case(name, inputs, dout, saved, driver)
        if exercise.forward is None:
            answers[name] = dict(zip(exercise.outputs, outputs, strict=True))
        else:
            answers[name] = backward_answer(exercise, functions, dout, cache)
    return Prepared(made, answers, by_share=exercise.by_share)


def confirm(
    question: Question,
    reference: Reference,
    seed: bytes,
    made: Prepared,
    cases: Sequence[str] = (),
) -> None:
    """Raise ReferenceDisagreesError unless what was made is what ``prepare`` makes.

    Of all cases that the question is judged by, or of ``cases``.
    """
    agree(question, prepare(question, reference, seed, cases), made)


def deciding(
    question: Question, made: Prepared, grounds: Iterable[frozenset[str]]
) -> tuple[str, ...]:
    """One case of each set: where differences can be taken, if there is one, and small."""

    def cost(name: str) -> tuple[bool, int]:
        arrays = (v for v in made.cases[name].inputs.values() if isinstance(v, np.ndarray))
        return not question.recipes[name].smooth, sum(array.size for array in arrays)

    chosen: list[str] = []
    for cases in sorted(grounds, key=len):
        if cases.isdisjoint(chosen):
            chosen.append(min(sorted(cases), key=cost))
    return tuple(chosen)


def agree(question: Question, right: Prepared, made: Prepared) -> None:
    """Raise ReferenceDisagreesError unless ``made`` by shortcuts is what is ``right``."""
    for name, case in right.cases.items():
        found = _results(made.cases[name], made.answers[name])
        for output, expected in _results(case, right.answers[name]).items():
            if not compare(output, found[output], expected, RECORDED).right:
                raise ReferenceDisagreesError(
                    f"{question.exercise.function}: the shortcut to {output} is not what the "
                    f"reference returns ({case.title})"
                )


def _results(case: Case, answer: Answer) -> dict[str, Array]:
    """All that functions had a part in; dout has the shape of the forward's output."""
    return {**case.saved, "dout": case.dout, **answer}


def forward_answer(
    exercise: Exercise, functions: Functions, inputs: Mapping[str, Value], driver: str = ""
) -> tuple[tuple[Array, ...], Value]:
    """The outputs and the cache of a right forward; the cache is None if it has none.

    ``driver`` is that of the case, where it is another than the exercise's.
    """
    lent = (v.lent() if isinstance(v, Specimen) else v for v in inputs.values())
    returned = _forward(exercise, functions, driver)(*lent)
    items = returned if isinstance(returned, tuple) else (returned,)
    outputs, cache = (items[:-1], items[-1]) if exercise.caches else (items, None)
    return tuple(np.asarray(output) for output in outputs), cache


def _forward(exercise: Exercise, functions: Functions, driver: str) -> Callable[..., Any]:
    if driver := driver or exercise.driver:
        return drivers.bound(driver, functions)
    return functions[exercise.forward or exercise.function]


def backward_answer(exercise: Exercise, functions: Functions, dout: Array, cache: Value) -> Answer:
    """The gradients of a right backward by name, for a cache of its forward."""
    returned = functions[exercise.function](dout, cache)
    arrays = returned if isinstance(returned, tuple) else (returned,)
    return dict(zip(exercise.outputs, arrays, strict=True))


def _upstream(inputs: Mapping[str, Value], out: Array, random: np.random.Generator) -> Array:
    """An upstream gradient without zeros or ones only: small integers of either sign.

    Halves of them where an input has an integer dtype, so that a buffer which inherits
    it cannot hold the result.
    """
    dout = nonzero(random, out.shape, 9)
    arrays = (value for value in inputs.values() if isinstance(value, np.ndarray))
    # A single number divided by 2 is an array no more.
    return np.asarray(dout / 2) if any(array.dtype.kind == "i" for array in arrays) else dout


def _slope(exercise: Exercise, functions: Functions, case: Case, seed: bytes) -> Slope:
    """The derivative of the forward along a Gaussian direction."""

    def out(moved: Mapping[str, Array]) -> Array:
        inputs: dict[str, Value] = {**case.inputs, **moved}
        return forward_answer(exercise, functions, inputs)[0][0]

    arguments = {name: case.inputs[name].astype(np.float64) for name in exercise.differentiate}
    random = stream(seed, exercise.name, case.name, "direction")
    directions = gradients.directions_for(arguments, random, exercise.differences)
    difference = gradients.central_difference(
        out, arguments, case.dout, directions, exercise.differences
    )
    arrays = (directions[name] for name in exercise.differentiate)
    return Slope(difference, dict(zip(exercise.outputs, arrays, strict=True)))


def _pairing(
    exercise: Exercise, functions: Functions, case: Case, answer: Answer, seed: bytes
) -> Slope:
    """<f(u), c> for a Gaussian u, which is what <u, g(c)> must be."""
    output, c = exercise.outputs[0], next(iter(case.inputs.values()))
    u = stream(seed, exercise.name, case.name, "direction").standard_normal(answer[output].shape)
    returned = functions[exercise.adjoint](*exercise.adjoint_arguments(case, u))
    out = np.asarray(returned[0] if isinstance(returned, tuple) else returned)
    # What has another shape is no partner, whatever its numbers.
    terms = out * c if out.shape == c.shape else np.full(c.shape, np.nan)
    difference = gradients.Difference(
        derivative=float(np.sum(terms)),
        floor=ROUNDING_FLOOR * float(np.finfo(np.float64).eps) * float(np.sum(np.abs(terms))),
        tolerance=ADJOINT,
    )
    return Slope(difference, {output: u})
