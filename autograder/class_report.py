"""The class report: how a class did, and what it has not understood.

What is counted, and of whom:

- A submission that is unreadable, or that the grader failed on, is in no statistic but
  the count of its own status.
- The pass rate of an exercise is of those who started it; who did not is counted apart.
- The pass rate of a check is of those whose function gave an answer that the check could
  look at: a function that never returns says nothing about understanding padding.
- Scores are automatic points without bonus.
"""

import re
import statistics
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import class_report_text, pages
from autograder.course import Course
from autograder.release import Release, ReleasedCell, read_release
from autograder.score import state
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_content import about, no_answer
from course_utils.exercise import VALUE_KINDS, CheckResult
from course_utils.report_card import ReportCard

#: The states of a whole submission, and those of one exercise, in the order of reports.
STATES = ("passed", "failed", "not started", "not judged", "unreadable")
EXERCISE_STATES = STATES[:3]
#: How a diagnosis names a mistake, surely or likely.
_NAMED = re.compile(r"This (?:matches exactly|looks like) a known mistake: (.+)")
#: So many of the most failed checks are told with their rule.
MOST_FAILED = 8


@dataclass(frozen=True)
class Rate:
    """``passed`` out of ``of``."""

    passed: int
    of: int

    @property
    def failed(self) -> int:
        """Those who did not pass."""
        return self.of - self.passed

    @property
    def share(self) -> float:
        """From 0 to 1; 0 when there was nobody."""
        return self.passed / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.passed} of {self.of} ({100 * self.share:.0f} %)" if self.of else "nobody"


@dataclass(frozen=True)
class CheckReport:
    """How one check of an exercise came out."""

    exercise: str
    title: str
    rule: str
    rate: Rate


@dataclass(frozen=True)
class ExerciseReport:
    """How one exercise came out.

    ``states`` counts submissions by the status of this exercise.  ``without_answer`` of
    the failed gave no answer at all: no such function, a limit, an exception in every call.
    """

    exercise: str
    maximum: float
    bonus: bool
    states: Mapping[str, int]
    without_answer: int
    checks: tuple[CheckReport, ...]

    @property
    def rate(self) -> Rate:
        """Passed, of those who started."""
        passed = self.states["passed"]
        return Rate(passed, passed + self.states["failed"])

    @property
    def aside(self) -> str:
        """Who is not in the rate, and who failed without an answer."""
        waiting = self.states["not started"]
        parts = [f"{waiting} not started"] if waiting else []
        if self.without_answer:
            parts.append(f"{self.without_answer} of the failed gave no answer")
        return "; ".join(parts)


@dataclass(frozen=True)
class RecognisedMistake:
    """A known mistake that diagnosis named in ``number`` submissions to one exercise."""

    exercise: str
    name: str
    number: int


@dataclass(frozen=True)
class Attention:
    """A submission that a person has to look at, and why."""

    student: str
    status: str
    reason: str


@dataclass(frozen=True)
class AssignmentReport:
    """How one assignment came out.

    ``scores`` are automatic points without bonus, of everybody who has a score, sorted;
    ``maximum`` is what they are out of.  ``mistakes`` come in the order of how many made
    them.  ``manual`` are the written questions and their
    points.
    """

    assignment: str
    states: Mapping[str, int]
    exercises: tuple[ExerciseReport, ...]
    mistakes: tuple[RecognisedMistake, ...]
    attention: tuple[Attention, ...]
    scores: tuple[float, ...]
    maximum: float
    manual: tuple[tuple[str, float], ...]

    @property
    def submissions(self) -> int:
        """All of them, whatever became of them."""
        return sum(self.states.values())

    @property
    def left_out(self) -> int:
        """Submissions that no statistic counts: they have no score."""
        return self.states["unreadable"] + self.states["not judged"]

    @property
    def most_failed(self) -> tuple[CheckReport, ...]:
        """The checks that most submissions fail, the most failed first, at most MOST_FAILED."""
        failed = [c for e in self.exercises for c in e.checks if c.rate.failed]
        failed.sort(key=lambda c: (-c.rate.failed, c.rate.share))
        return tuple(failed[:MOST_FAILED])

    @property
    def distribution(self) -> tuple[tuple[str, int], ...]:
        """How many scores lie in each tenth of the maximum; full marks have a row of their own."""
        counted = Counter(_tenth(score, self.maximum) for score in self.scores)
        names = [f"{10 * n}–{10 * n + 9} %" for n in range(10)]
        return tuple((name, counted[n]) for n, name in enumerate([*names, "100 %"]))

    @property
    def middle(self) -> tuple[float, float] | None:
        """Mean and median of the scores, in points; None without scores."""
        if not self.scores:
            return None
        return statistics.fmean(self.scores), statistics.median(self.scores)


@dataclass(frozen=True)
class ClassReport:
    """How a class did on some assignments."""

    assignments: tuple[AssignmentReport, ...]

    def text(self) -> str:
        """The report for a terminal, at most 88 columns wide."""
        return class_report_text.text(self)


def report(course: Course, assignments: str | Sequence[str], store: VerdictStore) -> ClassReport:
    """The report on one assignment or several, from the verdicts in ``store``.

    Raises UsageError for an assignment that the course does not have or has not released.
    """
    names = [assignments] if isinstance(assignments, str) else assignments
    return ClassReport(
        tuple(
            _assignment(read_release(course, course.require(name)), store.all(name))
            for name in names
        )
    )


def write_html(report: ClassReport, path: Path) -> None:
    """Write the report as one self-contained page; see ``pages.write``."""
    pages.write(path, pages.render("class_report", report=report))


def _found(
    verdict: Verdict, release: Release, *, bonus: bool
) -> Iterator[tuple[ReleasedCell, ExerciseVerdict]]:
    """The verdict on each graded cell of a kind, where there is one."""
    for cell in release.cells:
        found = verdict.exercise(cell.grade_id)
        if cell.kind == "autograded" and found is not None and cell.is_bonus == bonus:
            yield cell, found


def _assignment(release: Release, kept: Sequence[tuple[Verdict, str]]) -> AssignmentReport:
    judged = [verdict for verdict, _ in kept if verdict.status == "judged"]
    states = Counter(state(verdict, release) for verdict, _ in kept)
    graded = [cell for cell in release.cells if cell.kind == "autograded"]
    scores = (_score(verdict, release) for verdict in judged)
    return AssignmentReport(
        assignment=release.assignment,
        states={name: states[name] for name in STATES},
        exercises=tuple(_exercise(cell, judged) for cell in graded),
        mistakes=tuple(_mistakes(judged)),
        attention=tuple(_attention(kept, {cell.grade_id for cell in graded})),
        scores=tuple(sorted(scores)),
        maximum=sum(cell.points for cell in graded),
        manual=tuple((c.grade_id, c.points) for c in release.cells if c.kind == "manual"),
    )


def _score(verdict: Verdict, release: Release) -> float:
    found = _found(verdict, release, bonus=False)
    return sum(found.score(cell.points) or 0.0 for cell, found in found)


def _tenth(score: float, maximum: float) -> int:
    """0 to 9 for the tenth that the score lies in, 10 for full marks."""
    if score >= maximum:
        return 10
    return min(9, int(10 * score / maximum))


def _exercise(cell: ReleasedCell, verdicts: Sequence[Verdict]) -> ExerciseReport:
    found = [verdict.exercise(cell.grade_id) for verdict in verdicts]
    cards = [one.card for one in found if one is not None]
    states = Counter[str](card.status for card in cards)
    return ExerciseReport(
        exercise=cell.grade_id,
        maximum=cell.maximum,
        bonus=cell.is_bonus,
        states={name: states[name] for name in EXERCISE_STATES},
        without_answer=sum(bool(no_answer(card)) for card in cards),
        checks=tuple(_checks(cell.grade_id, cards)),
    )


def _checks(exercise: str, cards: Sequence[ReportCard]) -> Iterator[CheckReport]:
    first: dict[str, CheckResult] = {}
    results: dict[str, list[bool]] = {}
    for card in cards:
        for check in card.checks:
            first.setdefault(check.name, check)
            looked_at = results.setdefault(check.name, [])
            if _looked_at(card, check):
                looked_at.append(check.status == "passed")
    for name, passed in results.items():
        rate = Rate(sum(passed), len(passed))
        yield CheckReport(exercise, first[name].title, first[name].rule, rate)


def _looked_at(card: ReportCard, check: CheckResult) -> bool:
    """Whether the outcome of a check says something about what the check asks.

    Behaviour (inputs unchanged, a second call ...) is looked at only where some value is
    right.
    """
    if card.status not in ("passed", "failed"):
        return False
    if check.status == "failed" and no_answer(card):
        return False
    useful = any(c.kind in VALUE_KINDS and c.status == "passed" for c in card.checks)
    return check.kind in VALUE_KINDS or useful


def _mistakes(verdicts: Sequence[Verdict]) -> Iterator[RecognisedMistake]:
    counted = Counter(
        (found.exercise, named[1])
        for verdict in verdicts
        for found in verdict.exercises
        for sentence in found.card.diagnosis
        if (named := _NAMED.match(sentence))
    )
    for (exercise, name), number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        yield RecognisedMistake(exercise, name, number)


def _attention(
    kept: Sequence[tuple[Verdict, str]], exercises: Collection[str]
) -> Iterator[Attention]:
    """Faults of the grader first, unreadable files, grades that are out of date, no answers.

    A function that gave no answer has lost all its points at once: it never came to an end,
    ended its process, raised an exception in every call, or is not there.
    """
    for status in ("not judged", "unreadable"):
        for verdict, _ in kept:
            if verdict.status == status:
                yield Attention(verdict.student, status, verdict.reason)
    for verdict, stale in kept:
        if stale:
            reason = f"an older grade stands; the latest run has none: {stale}"
            yield Attention(verdict.student, "pending", reason)
    for verdict, _ in kept:
        reasons = [
            about(found.exercise, no_answer(found.card))
            for found in verdict.exercises
            if found.exercise in exercises and no_answer(found.card)
        ]
        if verdict.status == "judged" and reasons:
            yield Attention(verdict.student, "failed", "; ".join(dict.fromkeys(reasons)))
