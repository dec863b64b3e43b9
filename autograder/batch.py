"""Grade many submissions: find them, judge them side by side, keep each verdict."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from autograder import reference, release, student_names
from autograder.autograded import read_timestamp
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.running import SlowError
from autograder.sandbox import Isolation, Limits
from autograder.secret import read_secret
from autograder.shortcuts import SHORTCUTS
from autograder.store import DamagedVerdictError, Known, VerdictStore
from autograder.submission import (
    UnreadableError,
    read_bytes,
    read_submission,
    student_folders,
    submission_file,
)
from autograder.verdict import Verdict
from autograder.workers import Lost, PutOff, judge_all, usable_processors

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


def judge_folder(grader: Grader, student: str, folder: Path, *, hurried: bool = False) -> Verdict:
    """The verdict on what a student's folder holds.

    An unreadable file is a verdict, too, and so is a fault of ours: never an exception,
    which would end the grading of the others.  But see ``Grader.grade`` for ``hurried``.
    """
    assignment = grader.release.assignment
    try:
        student_names.require_plain(student)
        path = submission_file(folder, assignment)
        return grader.grade(read_submission(path, student, grader.release), hurried=hurried)
    except SlowError:
        raise
    except UnreadableError as error:
        return Verdict(student, assignment, "unreadable", reason=str(error))
    except Exception as error:
        log.exception("grading %s", student)
        return Verdict(student, assignment, "not judged", reason=f"the grader failed: {error!r}")


def find_submissions(
    course: Course, assignment: str, students: Sequence[str] = ()
) -> list[tuple[str, Path]]:
    """(student, folder) of every submission, or of those whose name matches a pattern.

    Raises UsageError when there is none, or none for one of the patterns.
    """
    found = student_folders(course.submitted, assignment)
    place = f"expected {course.submitted}/STUDENT/{assignment}/{assignment}.ipynb"
    if not found:
        raise UsageError(f"no submission found for {assignment}; {place}")
    unknown = [
        pattern for pattern in students if not any(fnmatchcase(name, pattern) for name, _ in found)
    ]
    if unknown:
        raise UsageError(
            f"no submission found for {', '.join(unknown)}; {place}; correct the name, or leave it "
            "out"
        )
    return [
        (name, folder)
        for name, folder in found
        if not students or any(fnmatchcase(name, pattern) for pattern in students)
    ]


@dataclass(frozen=True)
class Graded:
    """A submission's verdict, and how far it has come.

    ``fresh``: it was judged now.  ``content`` identifies what was handed in, byte by byte.
    ``written``: the grading process has written the autograded notebook, too.
    ``projected``: an earlier run has written all that is made of this verdict.
    """

    verdict: Verdict
    folder: Path
    content: str
    fresh: bool = True
    written: bool = False
    projected: bool = False


#: Writes what a grading process can write of a verdict by itself; tells whether it could.
Finish = Callable[[Grader, str, Path, Verdict], bool]


def grade_class(
    make: Callable[[], Grader],
    submissions: Iterable[tuple[str, Path]],
    store: VerdictStore,
    *,
    finish: Finish | None = None,
    until: Callable[[Iterable[Any]], Iterator[Any]] = iter,
    jobs: int | None = None,
    force: bool = False,
) -> Iterator[Graded]:
    """Judge submissions and keep every verdict as it arrives; yields them in that order.

    ``make`` makes the grader, once in each of ``jobs`` processes (default: as many as there
    are processors); it is sent to them, as ``partial(make_grader, course, ...)`` can be, and
    so is ``finish``.  A submission whose verdict is kept and still holds is not judged again,
    unless ``force``; the kept verdict is yielded.  What takes long waits until all others
    have been judged.  One that loses two processes is not judged.  What ``until`` cuts off is
    left as it is.
    """
    grader = make()
    assignment = grader.release.assignment
    known = {} if force else store.known(assignment)
    changed = []
    for student, folder in until(submissions):
        found = kept(grader, student, folder, store, known.get(student))
        if found is None:
            changed.append((student, folder, content_of(grader, folder)))
        else:
            yield found
    judge = partial(_judge_of, make, finish)
    for task, (verdict, written) in _judged(judge, until(changed), jobs, until):
        _, folder, content = task
        store.put(verdict, content)
        yield Graded(verdict, folder, content, written=written)


def grade_one(
    grader: Grader, student: str, folder: Path, store: VerdictStore, *, force: bool = False
) -> Verdict:
    """Judge one submission in this process and keep the verdict, as ``grade_class`` does."""
    known = {} if force else store.known(grader.release.assignment)
    found = kept(grader, student, folder, store, known.get(student))
    if found is not None:
        return found.verdict
    content = content_of(grader, folder)
    verdict = judge_folder(grader, student, folder)
    store.put(verdict, content)
    return verdict


def judge_class(
    make: Callable[[], Grader], submissions: Iterable[tuple[str, Path]], jobs: int | None = None
) -> Iterator[Verdict]:
    """Judge submissions, whatever is known of them, and keep nothing."""
    tasks = ((student, folder, "") for student, folder in submissions)
    for _, (verdict, _) in _judged(partial(_judge_of, make, None), tasks, jobs):
        yield verdict


#: What a grading process judges: a student, the folder, and what identifies its content.
_Task = tuple[str, Path, str]


def _judged(
    judge: Callable[[], Callable[..., tuple[Verdict, bool] | PutOff]],
    tasks: Iterable[_Task],
    jobs: int | None,
    until: Callable[[Iterable[Any]], Iterator[Any]] = iter,
) -> Iterator[tuple[_Task, tuple[Verdict, bool]]]:
    """Each task with its verdict, and whether its notebook has been written."""
    hurried = ((*task, True) for task in tasks)
    for task, answer in judge_all(judge, hurried, jobs or usable_processors(), until):
        student, folder, content, _ = task
        judged = answer
        if isinstance(answer, Lost):
            reason = f"the grading process {answer.reason}"
            judged = Verdict(student, folder.name, "not judged", reason=reason), False
        yield (student, folder, content), judged


def _judge_of(
    make: Callable[[], Grader], finish: Finish | None
) -> Callable[..., tuple[Verdict, bool] | PutOff]:
    """What a grading process judges with: first in a hurry, and what is slow once more."""
    grader = make()

    def judge(
        student: str,
        folder: Path,
        content: str,
        hurried: bool,  # noqa: FBT001 - a task's part
    ) -> tuple[Verdict, bool] | PutOff:
        try:
            verdict = judge_folder(grader, student, folder, hurried=hurried)
        except SlowError:
            return PutOff((student, folder, content, False))
        # Here, beside the others, not where all verdicts are stored: see ``Verdict.to_json``.
        verdict.to_json()
        if finish is None or verdict.status != "judged":
            return verdict, False
        return verdict, finish(grader, student, folder, verdict)

    return judge


def kept(
    grader: Grader, student: str, folder: Path, store: VerdictStore, known: Known | None
) -> Graded | None:
    """The verdict that is kept and still holds for what is handed in now, if there is one."""
    if known is None:
        return None
    content = content_of(grader, folder)
    same = bool(content) and known.content == content
    if not same and (not known.key or known.key != _key(grader, student, folder)):
        return None
    try:
        verdict = store.get(student, grader.release.assignment)
    except DamagedVerdictError as error:
        log.warning("%s", error)
        return None
    if verdict is None:
        return None
    projected = same and known.projected
    return Graded(verdict, folder, content, fresh=False, projected=projected)


def content_of(grader: Grader, folder: Path) -> str:
    """Identifies what was handed in, byte by byte, and when; of no plain file, why it is none.

    Empty where that cannot be told.
    """
    # Whatever goes wrong here goes wrong where it is judged, too, and is told there.
    with suppress(Exception):
        try:
            handed_in = read_bytes(submission_file(folder, grader.release.assignment))
        except UnreadableError as error:
            handed_in = f"no file: {error}".encode()
        return grader.content(read_timestamp(folder).encode() + b"\0" + handed_in)
    return ""


def _key(grader: Grader, student: str, folder: Path) -> str:
    """The key of what is handed in now; empty if it cannot be read."""
    with suppress(Exception):
        path = submission_file(folder, grader.release.assignment)
        return grader.key(read_submission(path, student, grader.release))
    return ""
