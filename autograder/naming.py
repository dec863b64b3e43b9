"""Which mistakes the diagnosis names, by what the visible cases find of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.rehearsal import VISIBLE, Stage
from autograder.row_trial import RowResult
from course_utils.diagnosis import (
    ENOUGH_CASES,
    alike,
    changed_argument,
    failed_checks,
    nearest,
    results_of,
)
from course_utils.mistake import KnownMistake, Result
from course_utils.signature import signed


@dataclass(frozen=True)
class Naming:
    """The known mistakes of one exercise as the visible cases find them, and right results."""

    exercise: str
    mistakes: tuple[KnownMistake, ...]
    right: Mapping[str, Result]

    def names(self, row: RowResult) -> bool:
        """Tell whether this row, or one with the same results, is named first."""
        judgement = row.visible.get(self.exercise)
        if judgement is None or judgement.status != "failed":
            return False
        found = nearest(judgement, self.mistakes, self.right)
        own = next(m for m in self.mistakes if m.id == row.id)
        return found is not None and alike(found[1][0], own)

    def served_by(self, case: str) -> int:
        """How many mistakes could not be named without this case.

        They would have the results of another, or too few cases in which they differ from
        a right answer to be recognised beside a second mistake.
        """
        too_few = sum(
            case in telling and len(telling) == ENOUGH_CASES
            for telling in map(self._telling, self.mistakes)
        )
        return self._kinds() - self._kinds(without=case) + too_few

    def _telling(self, mistake: KnownMistake) -> set[str]:
        """The cases on which this mistake returns arrays, and not the right ones."""
        return {
            case
            for case, result in mistake.results.items()
            if not isinstance(result, str) and result != self.right[case]
        }

    def _kinds(self, without: str = "") -> int:
        """The number of mistakes whose results differ, by the other cases alone.

        The words of an exception tell mistakes apart, but not in every version of NumPy and
        however they are written: they replace no case.
        """
        kinds = {
            (
                m.failed,
                m.changed,
                repr([(c, _less(r)) for c, r in m.results.items() if c != without]),
            )
            for m in self.mistakes
        }
        return len(kinds)


def _less(result: Result) -> Result:
    """The result without the words of an exception."""
    return result.partition(": ")[0] if isinstance(result, str) else result


def namings(stage: Stage, rows: Sequence[RowResult]) -> list[Naming]:
    """What a diagnosis knows of each exercise of the notebook."""
    found = []
    for question in stage.questions:
        name = question.exercise.name
        made = stage.prepared(VISIBLE)[name]
        right: dict[str, Result] = {case: signed(answer) for case, answer in made.answers.items()}
        mistakes = tuple(
            KnownMistake(
                id=row.id,
                title="",
                question="",
                remedy="",
                failed=failed_checks(judgement),
                results=results_of(judgement, list(right)),
                changed=changed_argument(judgement),
            )
            for row in rows
            if (judgement := row.visible.get(name)) and judgement.status == "failed"
        )
        found.append(Naming(name, mistakes, right))
    return found
