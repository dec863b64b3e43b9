"""The ways to grade submissions, and what one more of them takes each way."""

import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import classes
import stock_course
from classes import Folders
from judging import Row, grader_of
from stock_course import ASSIGNMENT

from autograder import batch, gradebook, sandbox, session
from autograder.course import Course
from autograder.grading import Grader
from autograder.sandbox import Isolation, Limits, servers
from autograder.store import VerdictStore
from autograder.submission import Submission
from autograder.verdict import Verdict
from course_utils.checking import LocalSession, quiet_numpy

#: Grades submissions.  ``Measure`` says what that took, in seconds.
Way = Callable[[Folders], object]
Measure = Callable[[Way, Folders], float]
#: Milliseconds of each round, by the kind of submission.
Times = dict[str, list[float]]

TIERS = ("kernel", "namespaces")
STOCK, LIMIT = "stock nbgrader", "in this process, not isolated"
#: Of two submissions one is right, and the other has a known mistake.
KINDS = {kind: slice(place, None, len(classes.KINDS)) for place, kind in enumerate(classes.KINDS)}


class CellsRun(LocalSession):
    """What ``NotebookRun`` does, without isolation: runs cells and calls functions here."""

    def __init__(self, submission: Submission, limits: Limits) -> None:
        super().__init__(stock_course.make, "")
        self._sources = [cell.source for cell in submission.code]
        self._position = 0
        self._defined: dict[str, Any] = {"check": lambda *_: None}
        self.call_cpu_seconds = limits.call_cpu_seconds

    @property
    def cells(self) -> int:
        """See ``NotebookRun``."""
        return len(self._sources)

    def advance(self, position: int) -> None:
        """See ``NotebookRun``."""
        for source in self._sources[self._position : position]:
            exec(compile(source, "a cell", "exec"), self._defined)  # noqa: S102 - our own
        self._position = max(self._position, position)

    def why_missing(self, _function: str) -> str:
        """See ``NotebookRun``."""
        return ""

    def _function(self, name: str) -> object:
        return self._defined.get(name)


class InProcess(Grader):
    """A grader that trusts what it grades."""

    @contextmanager
    def run(self, submission: Submission, **_: bool) -> Iterator[Any]:  # type: ignore[override]
        """In this process."""
        with quiet_numpy():
            yield CellsRun(submission, self.limits)


def isolations() -> dict[str, Isolation]:
    """The tiers that this machine has, by name."""
    found = {tier: sandbox.probe(tier=tier) for tier in TIERS}
    return {name: isolation for name, isolation in found.items() if isolation.tier == name}


def compare(root: Path, few: Folders, many: Folders, rounds: int) -> list[Row]:
    """A row for every way to grade, by processor time: one after the other, in one process.

    Stock nbgrader grades ``few`` submissions, the others ``many``.
    """
    ways: dict[str, Way] = {STOCK: partial(_stock, root)}
    for tier, isolation in isolations().items():
        ways[tier] = partial(_graded, grader_of(ASSIGNMENT, isolation), root / f"{tier}.sqlite")
    grader = grader_of(ASSIGNMENT, sandbox.UNISOLATED)
    trusting = InProcess(**{f.name: getattr(grader, f.name) for f in fields(grader) if f.init})
    ways[LIMIT] = partial(_graded, trusting, root / "trusting.sqlite")
    for way in list(ways)[1:]:
        # Each grader proves itself once, before it judges anybody.
        ways[way](many[:1])
    given = {way: few if way == STOCK else many for way in ways}
    return _rows(ways, _processor_time, given, rounds)


def on_the_clock(
    root: Path, few: Folders, course: Course, many: Folders, isolation: Isolation, rounds: int
) -> list[Row]:
    """A row for every way to grade, by the clock.

    Stock nbgrader grades ``few`` submissions, the others ``many``, those of ``course``.
    """
    make = partial(batch.make_grader, course, ASSIGNMENT, isolation)
    release = make().release

    def verdicts(folders: Folders) -> list[Verdict]:
        store = VerdictStore(course.verdicts)
        with store.held():
            return [
                graded.verdict for graded in batch.grade_class(make, folders, store, force=True)
            ]

    def gradebook_too(folders: Folders) -> None:
        gradebook.write(course, release, verdicts(folders))

    def whole(folders: Folders) -> None:
        students = [student for student, _ in folders]
        session.grade(
            course, ASSIGNMENT, isolation=isolation, students=students, force=True, quiet=True
        )

    ways: dict[str, Way] = {
        STOCK: partial(_stock, root),
        "verdicts": verdicts,
        "verdicts and gradebook": gradebook_too,
        "these and autograded notebooks": whole,
    }
    # Makes the database, and proves the graders.
    whole(many[:1])
    given = {way: few if way == STOCK else many for way in ways}
    return _rows(ways, _clock, given, rounds)


def _rows(
    ways: Mapping[str, Way], measure: Measure, given: Mapping[str, Folders], rounds: int
) -> list[Row]:
    """A row for every way; each takes its turn so many times."""
    spent: dict[str, Times] = {way: {kind: [] for kind in KINDS} for way in ways}
    for _ in range(rounds):
        for kind, chosen in KINDS.items():
            for way, grade in ways.items():
                folders = given[way][chosen]
                one, all_of_them = (measure(grade, some) for some in (folders[:1], folders))
                # What starting a command or a server takes is in both.
                spent[way][kind].append(1000 * (all_of_them - one) / (len(folders) - 1))
    return [_row(way, times, spent[STOCK]) for way, times in spent.items()]


def _clock(grade: Way, folders: Folders) -> float:
    """Seconds on the clock."""
    began = time.perf_counter()
    grade(folders)
    return time.perf_counter() - began


def _processor_time(grade: Way, folders: Folders) -> float:
    """Seconds of this process and of all that it started, which have ended by then."""
    began = _used()
    grade(folders)
    servers.end()
    return _used() - began


def _used() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _row(way: str, times: Times, stock: Times) -> Row:
    """Medians of the rounds, and of their ratios; that of both kinds is that of their sums."""
    row: Row = {"way": way, **{f"{kind}, ms": median(times[kind]) for kind in KINDS}}
    both = [[sum(of_round) for of_round in zip(*t.values(), strict=True)] for t in (stock, times)]
    for name, slow, quick in [
        *((f"ratio, {kind}", stock[kind], times[kind]) for kind in KINDS),
        ("ratio to nbgrader", *both),
    ]:
        row[name] = median(a / b for a, b in zip(slow, quick, strict=True))
    return row


def _stock(root: Path, folders: Folders) -> None:
    first = folders[0][0]
    # Those of a kind are named after it.
    pattern = first if len(folders) == 1 else f"{first.partition('-')[0]}-*"
    stock_course.nbgrader(
        root, "autograde", ASSIGNMENT, f"--student={pattern}", "--create", "--force"
    )


def _graded(grader: Grader, store: Path, folders: Folders) -> None:
    verdicts = VerdictStore(store)
    with verdicts.held():
        for student, folder in folders:
            verdict = batch.grade_one(grader, student, folder, verdicts, force=True)
            assert verdict.status == "judged", verdict.reason
