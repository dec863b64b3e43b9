"""The same cases in another form: memory layout, precision, upstream gradients of ones.

A right function is right for all of them, except that ones hide many a mistake: they
show why upstream gradients are random.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.exercises import Question
from autograder.preparation import Prepared, backward_answer, forward_answer
from autograder.reference import Reference
from course_utils.checking import LocalSession
from course_utils.exercise import Answer, Array, Case, Value


@dataclass(frozen=True)
class Form:
    """What is done to the arrays of a case, and to the copy that a function is given.

    ``given`` changes neither numbers nor dtype.
    """

    name: str
    array: Callable[[Array], Array] = np.asarray
    dout: Callable[[Array], Array] = np.asarray
    given: Callable[[Array], Array] = np.copy

    def prepared(self, made: Prepared, question: Question, reference: Reference) -> Prepared:
        """The cases in this form, with the reference's answers in float64, without slopes.

        Answers that do not come from the reference stay what they are.
        """
        cases = {name: self._case(case) for name, case in made.cases.items()}
        answers = {
            name: made.answers[name]
            if name in question.exercise.by_share
            else _answer(question, reference, case)
            for name, case in cases.items()
        }
        return replace(made, cases=cases, answers=answers, slopes={})

    def _case(self, case: Case) -> Case:
        inputs = {
            name: self.array(value) if isinstance(value, np.ndarray) else value
            for name, value in case.inputs.items()
        }
        saved = {name: self.array(value) for name, value in case.saved.items()}
        dout = self.dout(self.array(case.dout))
        return replace(case, inputs=inputs, dout=dout, saved=saved)

    def session(self, function: Callable[..., object], name: str) -> LocalSession:
        """A place where functions are called with copies in this form."""
        return _Session(function, name, self.given)


class _Session(LocalSession):
    """Copies arrays in a way of its own; a kept cache stays what the forward made it."""

    def __init__(
        self, function: Callable[..., object], name: str, given: Callable[[Array], Array]
    ) -> None:
        super().__init__(function, name)
        self._given = given

    def _copy(self, value: Value) -> Value:
        if isinstance(value, np.ndarray):
            return self._given(value)
        return super()._copy(value)


def _answer(question: Question, reference: Reference, case: Case) -> Answer:
    exercise = question.exercise
    inputs = {name: _double(value) for name, value in case.inputs.items()}
    outputs, cache = forward_answer(exercise, reference.functions, inputs, case.driver)
    if exercise.forward is None:
        return dict(zip(exercise.outputs, outputs, strict=True))
    return backward_answer(exercise, reference.functions, _double(case.dout), cache)


def _double(value: Value) -> Value:
    floating = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(np.float64) if floating else value


def _single(array: Array) -> Array:
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def _every_other(array: Array) -> Array:
    """A copy that is every other entry of a larger array, in reverse along the first axis."""
    larger = np.full([2 * size for size in array.shape], -1, dtype=array.dtype)
    steps: tuple[Any, ...] = tuple(
        slice(None, None, -2 if axis == 0 else 2) for axis in range(array.ndim)
    )
    view: Array = larger[(*steps, Ellipsis)]
    view[...] = array
    return view


AS_MADE = Form("as made")
FORTRAN = Form("in Fortran order", given=lambda array: np.array(array, order="F"))
EVERY_OTHER = Form("every other entry of a larger array", given=_every_other)
SINGLE = Form("float32", array=_single)
ONES = Form("upstream gradients of ones", dout=np.ones_like)

#: The forms for which a right function must be right.
FORMS = (AS_MADE, FORTRAN, EVERY_OTHER, SINGLE)

#: By name, since a form cannot be sent to another process.
BY_NAME: Mapping[str, Form] = {form.name: form for form in (*FORMS, ONES)}
