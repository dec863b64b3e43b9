"""Prove the checks.

References pass, untouched stubs earn nothing, known wrong answers fail, harmless changes
pass; and each known mistake is named.

Everything runs on the course's own functions, in this process or in plain copies of it.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS, Question
from autograder.misconceptions import CATALOGUE, EQUIVALENTS, Misconception
from autograder.preparation import Prepared, ReferenceDisagreesError, prepare
from autograder.recording import record
from autograder.rehearsal import Functions, rehearse
from course_utils.diagnosis import failed_checks, nearest, right_results
from course_utils.recorded import Recorded

#: Seeds on which every row must be caught.
SEEDS = 20
#: Share of the rows whose mistake must be named at first place.
NAMED = 0.95


@dataclass(frozen=True)
class RowResult:
    """What became of one row of the catalogue.

    ``caught`` and ``by_its_check`` count seeds; ``named`` says whether the diagnosis
    puts this mistake, or one with the same results, first; ``locally`` whether the
    visible cases catch it.
    """

    id: str
    function: str
    check: str
    caught: int
    by_its_check: int
    named: bool
    locally: bool


@dataclass(frozen=True)
class NotebookResult:
    """What was proved for one notebook; ``unjust`` are points lost by right functions."""

    notebook: str
    seeds: int
    rows: tuple[RowResult, ...]
    unjust: tuple[str, ...]
    unearned: tuple[str, ...]

    @property
    def survivors(self) -> list[RowResult]:
        """Rows that escaped on some seed, or locally."""
        return [row for row in self.rows if row.caught < self.seeds or not row.locally]

    @property
    def misplaced(self) -> list[RowResult]:
        """Rows that the check named in the catalogue missed on some seed."""
        return [row for row in self.rows if row.by_its_check < self.seeds]

    @property
    def named(self) -> float:
        """The share of rows whose mistake is named at first place."""
        return sum(row.named for row in self.rows) / len(self.rows) if self.rows else 1.0

    def text(self) -> str:
        """The kill matrix, a line per function, and every fault on a line of its own."""
        width = max(len(row.function) for row in self.rows)
        lines = [f"{self.notebook}  ({self.seeds} seeds)"]
        lines.append(f"  {'function':<{width}}  rows  caught  by its check  named  locally")
        for function in dict.fromkeys(row.function for row in self.rows):
            rows = [row for row in self.rows if row.function == function]
            lines.append(
                f"  {function:<{width}}  {len(rows):>4}"
                f"  {sum(r.caught == self.seeds for r in rows):>6}"
                f"  {sum(r.by_its_check == self.seeds for r in rows):>12}"
                f"  {sum(r.named for r in rows):>5}  {sum(r.locally for r in rows):>7}"
            )
        lines.extend(f"  SURVIVES {row.id} ({row.function})" for row in self.survivors)
        lines.extend(
            f"  MISSED BY {row.check}: {row.id} ({row.function})" for row in self.misplaced
        )
        lines.extend(f"  UNJUST {sentence}" for sentence in self.unjust)
        lines.extend(f"  UNEARNED {sentence}" for sentence in self.unearned)
        if self.named < NAMED:
            lines.append(f"  NAMED {self.named:.1%}, expected {NAMED:.0%}")
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {**asdict(self), "proved": self.proved, "named": self.named}

    @property
    def proved(self) -> bool:
        """Tell whether every promise holds."""
        return not (
            self.survivors or self.misplaced or self.unjust or self.unearned or self.named < NAMED
        )


def validate(
    course: Course, notebooks: Sequence[str] = (), seeds: int = SEEDS
) -> Iterator[NotebookResult]:
    """Prove the checks of each notebook (all of them by default), one after the other."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for notebook in notebooks or QUESTIONS:
            solutions, places = course.solutions, range(len(CATALOGUE[notebook]))
            rows = pool.map(
                _try_row,
                *zip(*((solutions, notebook, i, seeds) for i in places), strict=True),
                chunksize=8,
            )
            unjust = pool.map(
                _unjust, *zip(*((solutions, notebook, i) for i in range(seeds)), strict=True)
            )
            yield NotebookResult(
                notebook,
                seeds,
                rows=tuple(rows),
                unjust=tuple(sentence for lost in unjust for sentence in lost),
                unearned=tuple(_unearned(solutions, notebook)),
            )


def _asking(notebook: str, function: str) -> list[Question]:
    return [q for q in QUESTIONS[notebook] if q.exercise.function == function]


def _try_row(solutions: Path, notebook: str, place: int, seeds: int) -> RowResult:
    row = CATALOGUE[notebook][place]
    right = reference.load(solutions, notebook)
    functions = row.functions(right)
    caught = by_its_check = 0
    for seed in range(seeds):
        prepared = _prepared(solutions, notebook, seed)
        failed = _failed(notebook, row.function, functions, prepared)
        caught += bool(failed)
        by_its_check += row.check in failed
    named, locally = _diagnosed(solutions, notebook, row)
    return RowResult(
        row.id, row.function, row.check, caught, by_its_check, named=named, locally=locally
    )


def _failed(
    notebook: str, function: str, functions: Functions, prepared: dict[str, Prepared]
) -> list[str]:
    """The checks that fail, over all exercises that ask for this function."""
    return [
        name
        for question in _asking(notebook, function)
        for name in failed_checks(rehearse(question, functions, prepared, QUESTIONS[notebook]))
    ]


def _diagnosed(solutions: Path, notebook: str, row: Misconception) -> tuple[bool, bool]:
    """Whether the visible cases name this mistake first, and whether they catch it."""
    recorded = _recorded(solutions, notebook)
    visible = {name: Prepared(made.cases, made.answers) for name, made in recorded.items()}
    functions = row.functions(reference.load(solutions, notebook))
    named, locally = [], False
    for question in _asking(notebook, row.function):
        made = recorded[question.exercise.name]
        judgement = rehearse(question, functions, visible, QUESTIONS[notebook])
        if judgement.status != "failed":
            continue
        locally = True
        found = nearest(judgement, made.mistakes, right_results(made))
        first = found[1][0] if found else None
        own = next(m for m in made.mistakes if m.id == row.id)
        named.append(
            first is not None and first.results == own.results and first.failed == own.failed
        )
    return any(named), locally


@lru_cache(maxsize=SEEDS)
def _prepared(solutions: Path, notebook: str, seed: int) -> dict[str, Prepared]:
    right = reference.load(solutions, notebook)
    text = f"validation {seed}".encode()
    return {q.exercise.name: prepare(q, right, text) for q in QUESTIONS[notebook]}


@lru_cache(maxsize=1)
def _recorded(solutions: Path, notebook: str) -> dict[str, Recorded]:
    return record(notebook, reference.load(solutions, notebook))


# Right functions


def _unjust(solutions: Path, notebook: str, seed: int) -> list[str]:
    """Points that the reference or an equivalent loses on this seed, as sentences."""
    right = reference.load(solutions, notebook)
    try:
        prepared = _prepared(solutions, notebook, seed)
    except ReferenceDisagreesError as error:
        return [str(error)]
    lost: list[str] = []
    for name, functions in (
        ("reference", right.functions),
        *((f"equivalent {e.id!r}", e.functions(right)) for e in EQUIVALENTS[notebook]),
    ):
        for question in QUESTIONS[notebook]:
            judgement = rehearse(question, functions, prepared, QUESTIONS[notebook])
            lost.extend(
                f"seed {seed}: {name} loses {check} of {question.exercise.name}"
                for check in failed_checks(judgement)
            )
    return lost


def _unearned(solutions: Path, notebook: str) -> list[str]:
    """Points that untouched stubs earn, as sentences."""
    right = reference.load(solutions, notebook)
    prepared = _prepared(solutions, notebook, 0)
    stubs = dict.fromkeys(right.functions, _stub)
    earned = []
    for question in QUESTIONS[notebook]:
        judgement = rehearse(question, stubs, prepared, QUESTIONS[notebook])
        if judgement.status != "not started" or judgement.earned:
            earned.append(f"an untouched {question.exercise.name} is {judgement.status}")
    return earned


def _stub(*_: object) -> None:
    raise NotImplementedError
