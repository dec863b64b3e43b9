"""Grade many submissions: find them, judge them side by side, keep each verdict."""

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from fnmatch import fnmatchcase
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
    grader: Grader,
    submissions: Sequence[tuple[str, Path]],
    store: VerdictStore,
    *,
    jobs: int | None = None,
    force: bool = False,
) -> Iterator[Verdict]:
    """Judge submissions and keep every verdict as it arrives; yields them in that order.

    A submission whose verdict is kept and still holds is not judged again, unless
    ``force``; the kept verdict is yielded.
    """
    known = {} if force else store.keys(grader.release.assignment)
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        waiting = [
            pool.submit(_judge_unless_known, grader, student, folder, store, known)
            for student, folder in submissions
        ]
        try:
            for future in as_completed(waiting):
                verdict, fresh = future.result()
                if fresh:
                    store.put(verdict)
                yield verdict
        finally:
            for future in waiting:
                future.cancel()


def _judge_unless_known(
    grader: Grader, student: str, folder: Path, store: VerdictStore, known: dict[str, str]
) -> tuple[Verdict, bool]:
    if student in known and known[student] == _key(grader, student, folder):
        try:
            kept = store.get(student, grader.release.assignment)
        except DamagedVerdictError as error:
            log.warning("%s", error)
            kept = None
        if kept is not None:
            return kept, False
    return judge_folder(grader, student, folder), True


def _key(grader: Grader, student: str, folder: Path) -> str:
    """The key of what is handed in now; empty if it cannot be read."""
    with suppress(Exception):
        path = submission_file(folder, grader.release.assignment)
        return grader.key(read_submission(path, student, grader.release))
    return ""
