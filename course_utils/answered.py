"""The cases of an exercise with their right answers: what came back is compared with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.acceptance import compare_verdict, is_verdict, told_at_once
from course_utils.comparison import Comparison, compare
from course_utils.exercise import Answer, Case, Exercise, Returned
from course_utils.share import compare_share


@dataclass(frozen=True)
class Answered:
    """``answers`` are the right ones to ``cases``, by case name."""

    exercise: Exercise
    cases: Sequence[Case]
    answers: Mapping[str, Answer]

    def compare(
        self, returned: Mapping[str, Returned], unsteady: str = ""
    ) -> dict[tuple[str, str], Comparison]:
        """Compare each output of each case; by the names of both.

        ``unsteady`` says why nothing that was returned counts, if so.
        """
        compared = {
            (case.name, output): self._compare_one(returned[case.name], case, place, unsteady)
            for case in self.cases
            for place, output in enumerate(self.exercise.outputs)
        }
        for output in self.exercise.outputs:
            expected = {case.name: self.answers[case.name][output] for case in self.cases}
            if expected and all(map(is_verdict, expected.values())):
                found = {name: compared[name, output] for name in expected}
                told = told_at_once(self.exercise.function, self.cases[0], found, expected)
                compared |= {(name, output): one for name, one in told.items()}
        return compared

    def right(self, returned: Returned, case: Case) -> bool:
        """Tell whether every output of one case is right."""
        places = range(len(self.exercise.outputs))
        return all(self._compare_one(returned, case, place, "").right for place in places)

    def saves(self, made: Returned, case: Case) -> bool:
        """Tell whether a forward gave what belongs into the standard cache, if a result does."""
        out = made.outputs[0] if made.outputs else ""
        return not isinstance(out, str) and all(
            compare(name, out, saved, _tolerance(case)).right for name, saved in case.saved.items()
        )

    def _compare_one(self, returned: Returned, case: Case, place: int, unsteady: str) -> Comparison:
        output = self.exercise.outputs[place]
        if returned.raised is not None:
            return Comparison(
                right=False, message=f"{self.exercise.function} raised {returned.raised}"
            )
        if returned.outputs is None or unsteady:
            return Comparison(right=False, message=returned.problem or unsteady)
        got, expected = returned.outputs[place], self.answers[case.name][output]
        if is_verdict(expected):
            return compare_verdict(self.exercise.function, output, case, got, expected)
        if isinstance(got, str):
            return Comparison(right=False, message=got)
        least = self.exercise.least(case.name, output)
        if least is not None:
            return compare_share(output, got, expected, least)
        return compare(output, got, expected, _tolerance(case))


def _tolerance(case: Case) -> float:
    """How far from right an answer may be: what is given in float32 may be computed in it."""
    arrays = (value for value in case.inputs.values() if isinstance(value, np.ndarray))
    single = any(array.dtype == np.float32 for array in arrays)
    return tolerances.REFERENCE_SINGLE if single else tolerances.REFERENCE
