"""Which case is needed by what: without it a row, a mutant or a diagnosis would be lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.mutant_trial import MutantResult
from autograder.naming import Naming
from autograder.rehearsal import Stage
from autograder.row_trial import RowResult


@dataclass(frozen=True)
class CaseNeed:
    """How many need a case.

    ``rows`` would be missed by their check, ``mutants`` would live, ``diagnoses`` could no
    longer be made.  A ``tiny`` case is not judged by: counted are those that it illustrates.
    """

    exercise: str
    case: str
    tiny: bool
    rows: int
    mutants: int = 0
    diagnoses: int = 0

    @property
    def needed(self) -> bool:
        """Tell whether anything needs this case."""
        return bool(self.rows or self.mutants or self.diagnoses)


def needs_of(
    stage: Stage,
    rows: Sequence[RowResult],
    mutants: Sequence[MutantResult],
    namings: Sequence[Naming],
) -> list[CaseNeed]:
    """What needs each case of the notebook's exercises, in their order."""
    by_rows = Counter(need for row in rows for need in row.needs)
    by_mutants = Counter(need for mutant in mutants for need in mutant.needs)
    shown = Counter(case for row in rows for case in row.illustrations)
    shown_mutants = Counter(case for mutant in mutants for case in mutant.illustrations)
    found: list[CaseNeed] = []
    for question, naming in zip(stage.questions, namings, strict=True):
        name = question.exercise.name
        found.extend(
            CaseNeed(
                name,
                case,
                tiny=False,
                rows=by_rows[f"{name}: {case}"],
                mutants=by_mutants[f"{name}: {case}"],
                diagnoses=naming.served_by(case),
            )
            for case in question.exercise.cases
        )
        found.extend(
            CaseNeed(
                name,
                case,
                tiny=True,
                rows=shown[f"{name}: {case}"],
                mutants=shown_mutants[f"{name}: {case}"],
            )
            for case in question.tiny
        )
    return found
