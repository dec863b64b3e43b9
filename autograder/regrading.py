"""What another grading would change: whose score, by how much, and why.  Nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from autograder import batch
from autograder.course import Course
from autograder.release import Release
from autograder.sandbox import Isolation
from autograder.score import score, state
from autograder.store import VerdictStore
from autograder.verdict import Verdict


@dataclass(frozen=True)
class Change:
    """A student whose state or score would be another one.

    Scores are in points, bonus included; None where there is none.  ``before`` is the kept
    verdict's, None also if there is no verdict yet.
    """

    student: str
    before: float | None
    after: float | None
    why: str

    def __str__(self) -> str:
        return f"{self.student}: {_shown(self.before)} → {_shown(self.after)}: {self.why}"

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "student": self.student,
            "before": self.before,
            "after": self.after,
            "why": self.why,
        }


def would_judge(
    course: Course,
    assignment: str,
    isolation: Isolation,
    submissions: Sequence[tuple[str, Path]],
) -> list[str]:
    """The students whose submission would be judged now, since it or the exercises changed."""
    grader = batch.make_grader(course, assignment, isolation)
    store = VerdictStore(course.verdicts)
    known = store.known(assignment) if course.verdicts.is_file() else {}
    return [
        student
        for student, folder in submissions
        if batch.kept(grader, student, folder, store, known.get(student)) is None
    ]


def changes(
    course: Course,
    assignment: str,
    isolation: Isolation,
    submissions: Sequence[tuple[str, Path]],
    jobs: int | None = None,
) -> Iterator[Change | None]:
    """Judge every submission again; for each what would change, or None.

    Hidden cases are made from the code that is handed in, so they are those of last time
    where that is the same.
    """
    make = partial(batch.make_grader, course, assignment, isolation)
    release = make().release
    store = VerdictStore(course.verdicts)
    kept = {v.student: v for v, _ in store.all(assignment)} if course.verdicts.is_file() else {}
    for verdict in batch.judge_class(make, submissions, jobs):
        yield _change(kept.get(verdict.student), verdict, release)


def _change(before: Verdict | None, after: Verdict, release: Release) -> Change | None:
    points = _points(before, release), _points(after, release)
    if before is not None and points[0] == points[1]:
        return None
    if after.status != "judged":
        why = f"{state(after, release)}: {after.reason}"
        if before is not None and before.status == "judged":
            why += " (the older score would be kept)"
        return Change(after.student, *points, why)
    if before is None or before.status != "judged":
        return Change(after.student, *points, "it has no score yet")
    return Change(after.student, *points, "; ".join(_differences(before, after)))


def _points(verdict: Verdict | None, release: Release) -> float | None:
    found = score(verdict, release) if verdict else None
    return round(found.points + found.bonus, 2) if found else None


def _differences(before: Verdict, after: Verdict) -> Iterator[str]:
    """What became of each exercise whose share is another one: checks by title, or in words."""
    for now in after.exercises:
        then = before.exercise(now.exercise)
        if then is None:
            yield f"{now.exercise} is new"
        elif then.share != now.share:
            statuses = {check.title: check.status for check in then.card.checks}
            moved = [
                f"{check.title} {check.status}, was {statuses.get(check.title, 'not asked')}"
                for check in now.card.checks
                if statuses.get(check.title) != check.status
            ]
            yield f"{now.exercise}: {', '.join(moved) or 'its checks have other weights'}"
    names = {exercise.exercise for exercise in after.exercises}
    for gone in before.exercises:
        if gone.exercise not in names:
            yield f"{gone.exercise} is no longer asked"
    if before.key != after.key and before.seed != after.seed:
        yield "the code that is handed in has changed"


def _shown(points: float | None) -> str:
    return "no score" if points is None else f"{points:g}"
