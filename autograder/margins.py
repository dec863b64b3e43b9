"""How far right answers stay below each tolerance, and wrong ones above it.

Each judge is looked at alone.  The comparison with the reference decides on grading,
finite differences of the reference forward guard it (or the function that it must be the
adjoint of), and recorded results name mistakes.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from autograder.preparation import Prepared, Slope
from course_utils import tolerances
from course_utils.comparison import scale
from course_utils.exercise import Answer, Array, Exercise
from course_utils.signature import Signature

#: Right and wrong errors must be away from the tolerance by this factor.
SAFE: Final = 10.0

#: The judges, as reports call them.
REFERENCE: Final = "reference"
SINGLE: Final = "reference, float32 inputs"
#: Finite differences, by how the forward depends on its arguments.
DIFFERENCES: Final = {kind: f"finite differences, {kind}" for kind in tolerances.DIFFERENCES}
ADJOINT: Final = "adjoint pair"
RECORDED: Final = "recorded results"
#: Each judge's tolerance.
JUDGES: Final = {
    REFERENCE: tolerances.REFERENCE,
    SINGLE: tolerances.REFERENCE_SINGLE,
    **{DIFFERENCES[kind]: how.tolerance for kind, how in tolerances.DIFFERENCES.items()},
    ADJOINT: tolerances.ADJOINT,
    RECORDED: tolerances.RECORDED,
}

#: What came back, by case.
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Margin:
    """One judge: the worst error of right functions, the tolerance, the smallest of wrong ones.

    All are relative: to the largest expected entry, to the sizes of a derivative's terms
    with what rounding may add, to the size of a signature.  So whatever is over the
    tolerance is found wrong.  ``row`` names the wrong function that is closest.
    """

    judge: str
    tolerance: float
    right: float
    wrong: float
    row: str

    @property
    def distance(self) -> str:
        """Tolerance and errors in one line."""
        return (
            f"tolerance {self.tolerance:.0e}, worst right error {self.right:.1e}, "
            f"smallest wrong error {self.wrong:.1e} ({self.row}); "
            f"expected a factor of {SAFE:g} on either side"
        )

    @property
    def safe(self) -> bool:
        """Tell whether both sides keep their distance."""
        return self.right * SAFE <= self.tolerance and self.wrong >= SAFE * self.tolerance


def margin(judge: str, right: Iterable[float], wrong: Mapping[str, float]) -> Margin:
    """The margin of ``judge``, given errors of right functions and of wrong ones by row."""
    row = min(wrong, key=lambda name: wrong[name], default="")
    return Margin(judge, JUDGES[judge], max(right, default=0.0), wrong.get(row, math.inf), row)


def second_judge_of(exercise: Exercise) -> str:
    """The judge that asks another function than the one of this exercise; empty if none can.

    It differentiates the forward of a backward, or takes the inner product of a pair.
    """
    if exercise.forward is not None:
        return DIFFERENCES[exercise.dependence]
    return ADJOINT if exercise.adjoint else ""


def reference_error(answers: Answers, made: Prepared) -> float:
    """The largest error of all outputs of all cases against the reference.

    Infinite where an answer is missing, has another shape, or is not finite and should be.
    """
    return max(
        (case_error(answers.get(case, {}), right) for case, right in made.exact.items()),
        default=0.0,
    )


def wrong_cases(answers: Answers, made: Prepared) -> set[str]:
    """The cases on which the reference alone finds these answers wrong."""
    return {
        case
        for case, right in made.exact.items()
        if case_error(answers.get(case, {}), right) > tolerances.REFERENCE
    }


def case_error(answer: Answer, right: Answer) -> float:
    """The largest error of all outputs of one case."""
    return max(_error(answer.get(output), expected) for output, expected in right.items())


def _error(got: Array | None, expected: Array) -> float:
    if got is None or got.shape != expected.shape:
        return math.inf
    with np.errstate(all="ignore"):
        difference = np.abs(got.astype(np.float64) - expected)
    # Where nan is the right answer, nan is no error.
    difference = np.where(np.isnan(got) & np.isnan(expected), 0.0, difference)
    largest = float(difference.max(initial=0.0)) / scale(expected)
    return largest if math.isfinite(largest) else math.inf


def difference_error(answers: Answers, made: Prepared) -> float:
    """The largest error of all cases with a slope, against it."""
    return max(
        (_slope_error(answers.get(case, {}), slope) for case, slope in made.slopes.items()),
        default=0.0,
    )


def refuted(answers: Answers, made: Prepared) -> bool:
    """Tell whether the second judge alone finds these answers wrong."""
    return any(
        not _fits(answers.get(case, {}), slope) or not slope.confirms(answers[case])
        for case, slope in made.slopes.items()
    )


def _slope_error(answer: Answer, slope: Slope) -> float:
    if not _fits(answer, slope):
        return math.inf
    with np.errstate(all="ignore"):
        return slope.difference.error(answer, slope.directions)


def _fits(answer: Answer, slope: Slope) -> bool:
    """Tell whether each gradient has the shape of its argument."""
    return all(
        name in answer and answer[name].shape == direction.shape
        for name, direction in slope.directions.items()
    )


def recorded_error(answers: Answers, made: Prepared) -> float:
    """The largest difference of signatures from those of the right answers."""
    errors = (
        _signature_error(answers.get(case, {}).get(output), expected)
        for case, right in made.exact.items()
        for output, expected in right.items()
    )
    return max(errors, default=0.0)


def _signature_error(got: Array | None, expected: Array) -> float:
    if got is None or got.shape != expected.shape:
        return math.inf
    if (np.isfinite(got) != np.isfinite(expected)).any():
        return math.inf
    a, b = Signature.of(got), Signature.of(expected)
    size = max(a.size, b.size, tolerances.SMALLEST_SCALE)
    return max(abs(x - y) for x, y in zip(a.sums, b.sums, strict=True)) / size
