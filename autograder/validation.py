"""Prove the checks.

Right functions lose nothing, untouched stubs earn nothing, every known wrong answer and
every mutant of the references is caught, each known mistake is named, every case is
needed, and every tolerance keeps its distance from right and from wrong errors.

Everything runs on the course's own functions, in processes of their own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from autograder import crew
from autograder.course import Course
from autograder.crew import Job, Stopped
from autograder.equivalent_mutants import REASONS
from autograder.exercises import QUESTIONS
from autograder.margins import JUDGES, Margin, margin
from autograder.misconceptions import CATALOGUE
from autograder.mutant_trial import MutantResult, mutants_of, try_mutant
from autograder.naming import namings
from autograder.needs import CaseNeed, needs_of
from autograder.rehearsal import Stage
from autograder.right_trial import RightResult, try_right, unearned
from autograder.row_trial import UNEXPLAINED, RowResult, try_row
from autograder.variation import AS_MADE, Form

#: Seeds on which every row must be caught, and on which right functions may lose nothing.
SEEDS: Final = 20
#: Fresh seeds on which every mutant must be caught, besides the visible cases.
MUTANT_SEEDS: Final = 2
#: Share of the rows whose mistake must be named at first place.
NAMED: Final = 0.95

#: Processor seconds that a mutant may use, and a row or a right function for each seed.
MUTANT_SECONDS: Final = 3.0
SECONDS_A_SEED: Final = 5.0


@dataclass(frozen=True)
class NotebookResult:
    """What was proved for one notebook.

    ``unjust`` are points lost by right functions, ``unearned`` points of untouched stubs,
    ``stopped`` rows or right functions that gave no answer; all are sentences.
    """

    notebook: str
    seeds: int
    right_seeds: int
    rows: tuple[RowResult, ...]
    mutants: tuple[MutantResult, ...]
    unjust: tuple[str, ...]
    unearned: tuple[str, ...]
    stopped: tuple[str, ...]
    margins: tuple[Margin, ...]
    needs: tuple[CaseNeed, ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that have rows or mutants, in the catalogue's order."""
        of_rows = [row.function for row in self.rows]
        return tuple(dict.fromkeys([*of_rows, *(mutant.function for mutant in self.mutants)]))

    @property
    def named(self) -> float:
        """The share of rows whose mistake is named at first place."""
        return sum(row.named for row in self.rows) / len(self.rows) if self.rows else 1.0

    @property
    def proved(self) -> bool:
        """Tell whether every promise holds."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """Everything that does not hold, a line each."""
        return [
            *self._row_faults(),
            *self._mutant_faults(),
            *(f"UNJUST {sentence}" for sentence in self.unjust),
            *(f"UNEARNED {sentence}" for sentence in self.unearned),
            *(f"STOPPED {sentence}" for sentence in self.stopped),
            *(f"TOO CLOSE {m.judge}: {m.distance}" for m in self.margins if not m.safe),
            *(f"UNNEEDED {n.exercise}: {n.case}" for n in self.needs if not n.needed),
        ]

    def _row_faults(self) -> Iterator[str]:
        for row in self.rows:
            who = f"{row.id} ({row.function})"
            if row.caught < row.seeds or not row.locally:
                yield f"SURVIVES {who}"
            if row.by_its_check < row.seeds:
                yield f"MISSED BY {row.check}: {who}"
            if row.outcomes > 1:
                yield f"DEPENDS ON THE SEED {who}: {row.outcomes} different outcomes"
            if UNEXPLAINED in row.apart:
                yield f"JUDGES DISAGREE {who}: {row.apart}"
        if self.named < NAMED:
            yield f"NAMED {self.named:.1%}, expected {NAMED:.0%}"

    def _mutant_faults(self) -> Iterator[str]:
        for mutant in self.mutants:
            known = (mutant.function, mutant.change) in REASONS
            if not mutant.caught and not known:
                yield f"SURVIVES {mutant.function}: {mutant.change}"
            if mutant.caught and known:
                yield f"STALE, caught: {mutant.function}: {mutant.change}"
        tried = {(mutant.function, mutant.change) for mutant in self.mutants}
        for function, change in REASONS:
            if function in self.functions and (function, change) not in tried:
                yield f"STALE, no such mutant: {function}: {change}"

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``; what is infinite is null."""
        found = {
            "notebook": self.notebook,
            "proved": self.proved,
            "faults": self.faults,
            "seeds": self.seeds,
            "right_seeds": self.right_seeds,
            "named": self.named,
            "rows": [row.data() for row in self.rows],
            "mutants": [
                {**asdict(m), "equivalent": REASONS.get((m.function, m.change), "")}
                for m in self.mutants
            ],
            "margins": [{**asdict(margin), "safe": margin.safe} for margin in self.margins],
            "needs": [{**asdict(need), "needed": need.needed} for need in self.needs],
        }
        plain: dict[str, Any] = _finite(found)
        return plain


def _finite(data: Any) -> Any:
    """The same data with None for what JSON has no number for."""
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and data in (float("inf"), float("-inf")) else data


def validate(
    course: Course,
    notebooks: Sequence[str] = (),
    seeds: int = SEEDS,
    right_seeds: int = SEEDS,
    mutant_seeds: int = MUTANT_SEEDS,
    form: Form = AS_MADE,
    watch: Callable[[str, int, int], None] | None = None,
) -> Iterator[NotebookResult]:
    """Prove the checks of each notebook (all of them by default), one after the other.

    ``form`` is that of the cases for wrong functions; right ones are tried in all forms.
    ``watch`` is told the notebook, how many functions were tried, and of how many.
    """
    for notebook in notebooks or QUESTIONS:
        stage = Stage(course.solutions, notebook)
        shown = stage.in_form(form)
        a_row = SECONDS_A_SEED * (seeds + 1)
        jobs = [
            *(Job(try_right, (stage, n), SECONDS_A_SEED) for n in range(right_seeds + 1)),
            *(Job(try_row, (shown, row, seeds), a_row) for row in CATALOGUE[notebook]),
            *(Job(try_mutant, (shown, m, mutant_seeds), MUTANT_SECONDS) for m in mutants_of(stage)),
        ]
        answers: dict[int, Any] = {}
        for place, answer in crew.run(jobs):
            answers[place] = answer
            if watch is not None:
                watch(notebook, len(answers), len(jobs))
        found = [answers[place] for place in range(len(jobs))]
        yield _result(stage, seeds, right_seeds, list(zip(jobs, found, strict=True)))


def _result(
    stage: Stage, seeds: int, right_seeds: int, found: Sequence[tuple[Job, Any]]
) -> NotebookResult:
    rights = [answer for _, answer in found if isinstance(answer, RightResult)]
    rows = [answer for _, answer in found if isinstance(answer, RowResult)]
    mutants = [
        # A mutant that gives no answer is as good as wrong.
        answer if isinstance(answer, MutantResult) else _stopped_mutant(job)
        for job, answer in found
        if job.call is try_mutant
    ]
    known = namings(stage, rows)
    return NotebookResult(
        notebook=stage.notebook,
        seeds=seeds,
        right_seeds=right_seeds,
        rows=tuple(replace(row, named=any(n.names(row) for n in known)) for row in rows),
        mutants=tuple(mutants),
        unjust=tuple(sentence for right in rights for sentence in right.lost),
        unearned=tuple(unearned(stage)),
        stopped=tuple(
            f"{job.call.__name__}{job.arguments[1:]}: {answer.reason}"
            for job, answer in found
            if isinstance(answer, Stopped) and job.call is not try_mutant
        ),
        margins=tuple(_margins(rights, rows)),
        needs=tuple(needs_of(stage, rows, mutants, known)),
    )


def _margins(rights: Sequence[RightResult], rows: Sequence[RowResult]) -> Iterator[Margin]:
    """The margin of each judge that was asked.

    Rows that a judge never sees are not its to tell from right ones.
    """
    for judge in (judge for judge in JUDGES if any(judge in right.errors for right in rights)):
        wrong = {f"{r.id} ({r.function})": r.errors[judge] for r in rows if r.alone[judge]}
        yield margin(judge, [right.errors.get(judge, 0.0) for right in rights], wrong)


def _stopped_mutant(job: Job) -> MutantResult:
    mutant = job.arguments[1]
    return MutantResult(mutant.function, mutant.change, caught=True)
