"""One grading session: judge a class, and put the outcome where people look for it.

Order: verdicts into the store as they arrive; then the gradebook and the notebooks in
``autograded/``, which are projections of the store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder import autograded, batch, gradebook, sandbox, student_names
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.release import Release, read_release
from autograder.sandbox import Isolation
from autograder.sandbox.isolation import Tier
from autograder.score import Score, score, state
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_content import about, telling


@dataclass(frozen=True)
class Outcome:
    """What a session did: a verdict for every submission.

    ``unchanged`` of them had been judged before and were not judged again.
    """

    release: Release
    verdicts: tuple[Verdict, ...]
    isolation: Isolation
    unchanged: int = 0

    @property
    def not_judged(self) -> int:
        """How many could not be judged through a fault of ours."""
        return sum(v.status == "not judged" for v in self.verdicts)

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "assignment": self.release.assignment,
            "isolation": self.isolation.tier,
            "submissions": [
                {
                    "student": v.student,
                    "status": state(v, self.release),
                    "reason": v.reason,
                    "score": scored.points if (scored := score(v, self.release)) else None,
                    "bonus": scored.bonus if scored else None,
                    "exercises": {
                        e.exercise: {"status": e.card.status, "share": e.share} for e in v.exercises
                    },
                }
                for v in self.verdicts
            ],
        }

    def show(self, console: Console | None = None) -> None:
        """Print a table of the class."""
        console = console or terminal()
        maximum = sum(c.points for c in self.release.cells if c.kind == "autograded")
        table = Table(title=f"{self.release.assignment} (isolation: {self.isolation.tier})")
        table.add_column("student", no_wrap=True)
        table.add_column(f"points of {maximum:g}", justify="right")
        table.add_column("status")
        table.add_column("what was found", overflow="fold")
        for verdict in self.verdicts:
            table.add_row(
                _plain(verdict.student),
                _points(score(verdict, self.release)),
                state(verdict, self.release),
                _plain(summary(verdict, self.release)),
            )
        console.print(table)
        judged = len(self.verdicts) - self.unchanged
        console.print(f"judged now: {judged}, unchanged since they were judged: {self.unchanged}")


def _points(scored: Score | None) -> str:
    if scored is None:
        return "–"
    return f"{scored.points:g} + {scored.bonus:g}" if scored.bonus else f"{scored.points:g}"


def terminal() -> Console:
    """Where tables go: the terminal, or text wide enough to be read in a file."""
    console = Console()
    return console if console.is_terminal else Console(width=110)


def summary(verdict: Verdict, release: Release) -> str:
    """The first thing that went wrong, in one line, and what else did."""
    if verdict.reason:
        return verdict.reason
    failed = [found for found in verdict.exercises if found.card.status == "failed"]
    bonus = {cell.grade_id for cell in release.cells if cell.is_bonus}
    required = [found for found in failed if found.exercise not in bonus]
    if not required:
        return f"bonus open: {_names(failed)}" if failed else ""
    first, *others = required
    titles = "; ".join(check.title for check in telling(first.card))
    text = about(first.card.function, first.card.reason or titles)
    return f"{text}; failed, too: {_names(others)}" if others else text


def _names(exercises: Sequence[ExerciseVerdict]) -> str:
    return ", ".join(found.exercise for found in exercises)


def isolation(tier: Tier | None = None, *, unisolated: bool = False) -> Isolation:
    """The isolation to grade under.  Raises JudgingUnfitError when there is none."""
    if unisolated:
        return sandbox.UNISOLATED
    found = sandbox.probe(tier=tier) if tier else sandbox.probe()
    if found.tier == "none":
        missing = "; ".join(found.missing) or "nothing that isolates was found"
        raise JudgingUnfitError(
            f"submissions cannot be isolated on this machine: {missing}; expected Linux 5.13 or "
            "newer, or bubblewrap; run 'autograder doctor' to see what is there"
        )
    return found


def grade(
    course: Course,
    assignment: str,
    *,
    isolation: Isolation,
    students: Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    quiet: bool = False,
) -> Outcome:
    """Judge the submissions to ``assignment`` and write gradebook and notebooks."""
    make = partial(batch.make_grader, course, assignment, isolation)
    grader = make()
    submissions = batch.find_submissions(course, assignment, students)
    store = VerdictStore(course.verdicts)
    known = store.keys(assignment)
    verdicts: list[Verdict] = []
    with _progress(quiet=quiet) as progress:
        task = progress.add_task(f"judging {assignment}", total=len(submissions))
        for verdict in batch.grade_class(make, submissions, store, jobs=jobs, force=force):
            verdicts.append(verdict)
            progress.advance(task)
    verdicts.sort(key=lambda v: v.student)
    # What nbgrader's pages cannot show has its verdict, and no place there.
    plain = [verdict for verdict in verdicts if student_names.is_plain(verdict.student)]
    gradebook.write(course, grader.release, plain)
    folders = dict(submissions)
    for verdict in plain:
        autograded.write(course, grader.release, verdict.student, folders[verdict.student], verdict)
    unchanged = 0 if force else sum(known.get(v.student) == v.key for v in verdicts)
    return Outcome(grader.release, tuple(verdicts), isolation, unchanged)


def release_of(course: Course, assignment: str) -> Release:
    """The release of an assignment of this course.  Raises UsageError if there is none."""
    return read_release(course, course.require(assignment))


def graded(course: Course, assignments: Sequence[str]) -> list[str]:
    """The assignments that are named, or all that have verdicts.

    Raises UsageError for a name that the course does not have, or when nothing was graded.
    """
    if assignments:
        return [course.require(assignment) for assignment in assignments]
    store = VerdictStore(course.verdicts)
    found = [a for a in course.notebooks if course.verdicts.is_file() and store.all(a)]
    if not found:
        raise UsageError(
            f"nothing has been graded yet in {course.class_root}; run 'autograder grade ASSIGNMENT'"
        )
    return found


def _progress(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )


def _plain(text: str) -> str:
    """Text from outside, without control characters and rich markup."""
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean.replace("[", "\\[")


def where_to_look(course: Course) -> list[tuple[str, Path]]:
    """The files of a class, by what they are."""
    return [
        ("gradebook", course.gradebook),
        ("graded notebooks", course.autograded),
        ("feedback pages", course.feedback),
        ("verdicts", course.verdicts),
    ]
