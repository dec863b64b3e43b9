"""Two linear functions that must be adjoint, <f(u), c> = <u, g(c)>, and which of them is off.

g, the exercise, is given c, the first of its inputs; f, ``Exercise.adjoint``, is given u.
Wrong functions can be adjoint, too (zero and zero are), so that a student's own pair
proves nothing of either: g earns its points by being right, and f only gives words.
"""

from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.comparison import Comparison
from course_utils.exercise import (
    Answer,
    Array,
    CallStoppedError,
    Case,
    Exercise,
    Returned,
    Session,
)


@dataclass(frozen=True)
class Pair:
    """Both inner products of a student's pair on one case, and what they should be.

    ``of_f`` and ``of_g`` are None where nothing came back that has the right shape.
    ``slack`` is what rounding may add.
    """

    f: str
    g: str
    of_f: float | None
    of_g: float | None
    expected: float
    slack: float

    def told(self, compared: Comparison) -> str:
        """What the pair shows, as a sentence; ``compared`` is g with its right answer.

        Empty where g is right and nothing speaks against f.
        """
        if compared.right:
            return "" if self._right(self.of_f) or self.of_f is None else self._f_is_off()
        return compared.message if self.of_g is None else self._g_is_off(self.of_g)

    def _f_is_off(self) -> str:
        return (
            f"{self.g} is right, {self.f} is what is off: <{self.f}(u), c> is {self.of_f:.6g}, "
            f"<u, {self.g}(c)> is {self.expected:.6g}"
        )

    def _g_is_off(self, product: float) -> str:
        of_f, of_g = f"<{self.f}(u), c>", f"<u, {self.g}(c)>"
        if self.of_f is None:
            return f"{of_g} is {product:.6g}, expected {self.expected:.6g}"
        if self._right(self.of_f):
            return (
                f"{self.f} is right, {self.g} is what is off: {of_g} is {product:.6g}, "
                f"{of_f} is {self.expected:.6g}"
            )
        if product and abs(self.of_f - product) <= self.slack:
            return (
                f"your pair is adjoint, {of_f} and {of_g} are both {product:.6g}, but right ones "
                f"give {self.expected:.6g}: what they share is what differs, such as the order "
                "of rows or of columns"
            )
        return (
            f"both are off: {of_f} is {self.of_f:.6g} and {of_g} is {product:.6g}, "
            f"expected {self.expected:.6g} for both"
        )

    def _right(self, product: float | None) -> bool:
        return product is not None and abs(product - self.expected) <= self.slack


def pair_of(
    exercise: Exercise, case: Case, answer: Answer, returned: Returned, session: Session
) -> Pair:
    """Try the student's f with a random u, beside what their g ``returned`` for the case."""
    right = answer[exercise.outputs[0]]
    u = np.random.default_rng(0).standard_normal(right.shape)
    size = float(np.sum(np.abs(u * right)))
    return Pair(
        f=exercise.adjoint,
        g=exercise.function,
        of_f=_product(_adjoint(exercise, case, u, session), next(iter(case.inputs.values()))),
        of_g=_product(returned, u),
        expected=float(np.sum(u * right)),
        slack=tolerances.REFERENCE * max(size, tolerances.SMALLEST_SCALE),
    )


def _adjoint(exercise: Exercise, case: Case, u: Array, session: Session) -> Returned:
    """What the student's f returns for u; nothing where it is missing or was stopped."""
    try:
        if not session.has(exercise.adjoint):
            return Returned()
        arguments = exercise.adjoint_arguments(case, u)
        return session.call(exercise.adjoint, arguments, ("out",), keep=exercise.keeps)
    except CallStoppedError:
        return Returned()


def _product(returned: Returned, other: Array) -> float | None:
    first = returned.outputs[0] if returned.outputs else ""
    if isinstance(first, str) or first.shape != other.shape:
        return None
    return float(np.sum(first.astype(np.float64) * other))
