"""One way of calling a function on every case."""

from collections.abc import Mapping
from dataclasses import dataclass

from course_utils.comparison import Comparison
from course_utils.crash import told_of
from course_utils.exercise import Answer, Array, Check, Exercise, Kept, Returned
from course_utils.share import failure


@dataclass(frozen=True)
class Attempt:
    """One way of calling a function on every case: what came back, and whether it is right.

    ``caches`` are those of the student's own forward, by case; None for the standard ones.
    ``wrong_results`` are the cases where that forward's result, which belongs into the
    standard cache, is wrong.
    """

    caches: Mapping[str, Kept] | None
    returned: Mapping[str, Returned]
    compared: Mapping[tuple[str, str], Comparison]
    wrong_results: frozenset[str] = frozenset()

    @property
    def merit(self) -> tuple[int, int]:
        """How many outputs are right, and in how many cases anything could be read."""
        right = sum(compared.right for compared in self.compared.values())
        return right, sum(returned.outputs is not None for returned in self.returned.values())

    def right(self, case: str) -> bool:
        """Tell whether every output of a case is right."""
        return all(found.right for (name, _), found in self.compared.items() if name == case)

    def right_somewhere(self, check: Check) -> bool:
        """Tell whether any case and output of a value check is right."""
        return any(self.compared[case, out].right for case in check.cases for out in check.outputs)

    def passes(self, check: Check) -> bool:
        """Tell whether every case and output of a value check is right."""
        return not self.missed(check)

    def missed(self, check: Check) -> frozenset[str]:
        """The cases of a value check of which an output is wrong."""
        return frozenset(
            case
            for case in check.cases
            if not all(self.compared[case, output].right for output in check.outputs)
        )

    def errors(self, exercise: Exercise, answers: Mapping[str, Answer]) -> dict[str, str]:
        """What went wrong, for the cases that have no arrays to compare.

        ``answers`` are the right ones, by case.
        """
        errors = {}
        for name, returned in self.returned.items():
            if returned.outputs is None:
                errors[name] = told_of(returned.raised) if returned.raised else returned.problem
            elif name in exercise.by_share and not self.right(name):
                errors[name] = " ".join(map(failure, returned.outputs, answers[name].values()))
        return errors

    def arrays(self, exercise: Exercise) -> dict[str, dict[str, Array]]:
        """What came back, but for predictions: no two trained networks have all in common."""
        return {
            name: {
                output: got
                for output, got in zip(exercise.outputs, returned.outputs, strict=True)
                if not isinstance(got, str)
            }
            for name, returned in self.returned.items()
            if returned.outputs is not None and name not in exercise.by_share
        }
