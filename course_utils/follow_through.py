"""Tell whether a wrong backward is the exact gradient of the student's own, wrong forward.

Central differences of a student's forward prove only that forward and backward belong
together (zero is the exact gradient of zero).  So they earn no points; they give words:
which of the two functions is to be mended.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils import gradients
from course_utils.exercise import (
    Answer,
    Array,
    CallStoppedError,
    Case,
    Exercise,
    Kept,
    Session,
    Value,
)

#: So many cases must confirm it: at a kink (a tie of two maxima) one case can deceive.
ENOUGH_CASES = 2


def is_gradient_of_own_forward(
    exercise: Exercise, cases: Sequence[Case], answers: Mapping[str, Answer], session: Session
) -> bool:
    """Tell whether the backward ``exercise`` is right for a forward that is wrong.

    ``cases`` are those on which the backward is wrong, in the order to be tried;
    ``answers`` are the right gradients, by case.  True only if what the backward returns
    is the gradient of the student's forward on the first ENOUGH_CASES cases, and the
    right answer is not.
    """
    tried = cases[:ENOUGH_CASES]
    try:
        return len(tried) == ENOUGH_CASES and all(
            _Pair(exercise, case, session).belongs_together(answers[case.name]) for case in tried
        )
    except (CallStoppedError, _NoArrayError):
        return False


class _NoArrayError(Exception):
    """The student's forward or backward gave nothing that can be compared."""


class _Pair:
    """The student's forward and backward on one case."""

    def __init__(self, exercise: Exercise, case: Case, session: Session) -> None:
        self._exercise = exercise
        self._case = case
        self._session = session

    def belongs_together(self, answer: Answer) -> bool:
        """Tell whether the backward fits this forward, and ``answer`` does not."""
        exercise, case = self._exercise, self._case
        arguments = {n: case.inputs[n].astype(np.float64) for n in exercise.differentiate}
        out, cache = self._forward({})
        # A wrong forward may return another shape than dout has.
        dout = case.dout if out.shape == case.dout.shape else np.resize(case.dout, out.shape)
        directions = gradients.directions_for(
            arguments, np.random.default_rng(0), exercise.differences
        )

        def same_shape(moved: Mapping[str, Array]) -> Array:
            moved_out, _ = self._forward(moved)
            if moved_out.shape != out.shape:
                raise _NoArrayError
            return moved_out

        difference = gradients.central_difference(
            same_shape, arguments, dout, directions, exercise.differences
        )
        if not difference.confirms(self._backward(dout, cache), directions):
            return False
        names = zip(exercise.differentiate, exercise.outputs, strict=True)
        right = {name: answer[output] for name, output in names}
        # Where the right gradients fit as well, it is not the forward that is wrong.
        return dout is not case.dout or not difference.confirms(right, directions)

    def _forward(self, moved: Mapping[str, Array]) -> tuple[Array, Kept]:
        assert self._exercise.forward is not None
        inputs: dict[str, Value] = {**self._case.inputs, **moved}
        arguments = tuple(inputs.values())
        returned = self._session.call(self._exercise.forward, arguments, ("out",), keep=True)
        out = returned.outputs[0] if returned.outputs else ""
        if isinstance(out, str) or returned.kept is None:
            raise _NoArrayError
        return out, returned.kept

    def _backward(self, dout: Array, cache: Kept) -> dict[str, Array]:
        exercise = self._exercise
        returned = self._session.call(
            exercise.function, (dout, cache), exercise.outputs, keep=False
        )
        found = {}
        for name, gradient in zip(exercise.differentiate, returned.outputs or (), strict=False):
            if isinstance(gradient, str) or gradient.shape != self._case.inputs[name].shape:
                raise _NoArrayError
            found[name] = gradient
        if len(found) != len(exercise.differentiate):
            raise _NoArrayError
        return found
