"""Grade many submissions: find them, judge them side by side, keep each verdict."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from autograder import reference, release, student_names
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.sandbox import Isolation, Limits
from autograder.secret import read_secret
from autograder.shortcuts import SHORTCUTS
from autograder.store import DamagedVerdictError, VerdictStore
from autograder.submission import (
    UnreadableError,
    read_submission,
    student_folders,
    submission_file,
)
from autograder.verdict import Verdict
from autograder.workers import Lost, judge_all, usable_processors

log = logging.getLogger(__name__)


def make_grader(
    course: Course, assignment: str, isolation: Isolation, limits: Limits | None = None
) -> Grader:
    """The grader of one assignment.  Raises UsageError when the course has no such one."""
    course.require(assignment)
    if assignment not in QUESTIONS:
        raise UsageError(
            f"{assignment} has no exercises; expected a module for it in autograder/exercises"
        )
    return Grader(
        release=release.read_release(course, assignment),
        questions=QUESTIONS[assignment],
        reference=reference.load(course, assignment),
        secret=read_secret(course.secret),
        isolation=isolation,
        limits=limits or Limits(),
        shortcuts=SHORTCUTS.get(assignment, {}),
    )


def judge_folder(grader: Grader, student: str, folder: Path) -> Verdict:
    """The verdict on what a student's folder holds.

    An unreadable file is a verdict, too, and so is a fault of ours: never an exception,
    which would end the grading of the others.
    """
    assignment = grader.release.assignment
    try:
        student_names.require_plain(student)
        path = submission_file(folder, assignment)
        return grader.grade(read_submission(path, student, grader.release))
    except UnreadableError as error:
        return Verdict(student, assignment, "unreadable", reason=str(error))
    except Exception as error:
        log.exception("grading %s", student)
        return Verdict(student, assignment, "not judged", reason=f"the grader failed: {error!r}")


def find_submissions(
    course: Course, assignment: str, students: Sequence[str] = ()
) -> list[tuple[str, Path]]:
    """(student, folder) of every submission, or of those whose name matches a pattern.

    Raises UsageError when there is none.
    """
    found = student_folders(course.submitted, assignment)
    chosen = [
        (name, folder)
        for name, folder in found
        if not students or any(fnmatchcase(name, pattern) for pattern in students)
    ]
    if not chosen:
        what = f"students {', '.join(students)}" if found else f"{assignment}"
        raise UsageError(
            f"no submission found for {what}; expected "
            f"{course.submitted}/STUDENT/{assignment}/{assignment}.ipynb"
        )
    return chosen


def grade_class(
    make: Callable[[], Grader],
    submissions: Sequence[tuple[str, Path]],
    store: VerdictStore,
    *,
    jobs: int | None = None,
    force: bool = False,
) -> Iterator[Verdict]:
    """Judge submissions and keep every verdict as it arrives; yields them in that order.

    ``make`` makes the grader, once in each of ``jobs`` processes (default: as many as there
    are processors); it is sent to them, as ``partial(make_grader, course, ...)`` can be.  A
    submission whose verdict is kept and still holds is not judged again, unless ``force``;
    the kept verdict is yielded.  One whose process dies is not judged.
    """
    grader = make()
    assignment = grader.release.assignment
    known = {} if force else store.keys(assignment)
    changed = []
    for student, folder in submissions:
        kept = _kept(grader, student, folder, store, known)
        if kept is None:
            changed.append((student, folder))
        else:
            yield kept
    judge = partial(_judge_of, make)
    for (student, _), answer in judge_all(judge, changed, jobs or usable_processors()):
        verdict = answer
        if isinstance(answer, Lost):
            reason = f"the grading process {answer.reason}"
            verdict = Verdict(student, assignment, "not judged", reason=reason)
        store.put(verdict)
        yield verdict


def grade_one(
    grader: Grader, student: str, folder: Path, store: VerdictStore, *, force: bool = False
) -> Verdict:
    """Judge one submission in this process and keep the verdict, as ``grade_class`` does."""
    known = {} if force else store.keys(grader.release.assignment)
    verdict = _kept(grader, student, folder, store, known)
    if verdict is None:
        verdict = judge_folder(grader, student, folder)
        store.put(verdict)
    return verdict


def _judge_of(make: Callable[[], Grader]) -> Callable[[str, Path], Verdict]:
    """What a grading process judges with."""
    return partial(judge_folder, make())


def _kept(
    grader: Grader, student: str, folder: Path, store: VerdictStore, known: dict[str, str]
) -> Verdict | None:
    """The kept verdict on what is handed in now, if there is one."""
    if student in known and known[student] == _key(grader, student, folder):
        try:
            return store.get(student, grader.release.assignment)
        except DamagedVerdictError as error:
            log.warning("%s", error)
    return None


def _key(grader: Grader, student: str, folder: Path) -> str:
    """The key of what is handed in now; empty if it cannot be read."""
    with suppress(Exception):
        path = submission_file(folder, grader.release.assignment)
        return grader.key(read_submission(path, student, grader.release))
    return ""
