"""Writing feedback pages: a file for each student, by several processes where there are many.

A page is made from the verdict, from the points of the release and from the text of the
student's own cells, see ``feedback_page``.  The text is only shown: no verdict depends on it
here.  Nor does one on what the cells display, which is found out by running them where that
is asked for.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from autograder import outputs, pages
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.feedback_page import ManualScores, Ran, html, page
from autograder.release import Release
from autograder.sandbox import Isolation, SandboxError
from autograder.store import VerdictStore
from autograder.submission import Submission, UnreadableError, read_submission, submission_file
from autograder.workers import Lost, judge_all, usable_processors

#: So many pages are worth the start of a process; of those that have a notebook run, fewer.
_ENOUGH, _ENOUGH_RUNS = 100, 2


def write_pages(
    course: Course,
    release: Release,
    store: VerdictStore,
    folder: Path | None = None,
    *,
    manual: ManualScores | None = None,
    jobs: int | None = None,
    isolation: Isolation | None = None,
) -> list[Path]:
    """Write a page for every verdict of the assignment and return their paths.

    They go to ``STUDENT/ASSIGNMENT/ASSIGNMENT.html`` in ``folder``, by default the
    course's ``feedback/``.  ``manual`` are points that people gave; a written answer that
    it does not name is shown as pending.  Many pages are written by ``jobs`` processes (default:
    as many as there are processors).  With ``isolation`` the pages show what the notebooks
    display, and those that have changed are run in it.

    Raises UsageError, after all other pages were written, when the name of a student is not
    that of a folder or leads elsewhere by a link; then JudgingUnfitError when pages lack what
    a notebook displays because it could not be run.
    """
    root = course.feedback if folder is None else folder
    written, refused = [], []
    tasks = []
    for verdict, stale in store.all(release.assignment):
        path = page_path(root, verdict.student, verdict.assignment)
        if path is None:
            refused.append(
                f"the student {pages.shown(verdict.student)!r} cannot have a folder in {root}; "
                "expected a plain name and no link there; rename the submission's folder or "
                "remove the link"
            )
        else:
            tasks.append((verdict.student, stale, path))
            written.append(path)
    enough = _ENOUGH_RUNS if isolation else _ENOUGH
    jobs = min(jobs or usable_processors(), len(tasks) // enough)
    make = partial(_writer, course, release, store, manual or {}, isolation)
    lacking = _write_all(make, tasks, jobs)
    if refused:
        raise UsageError(
            f"{len(written)} pages were written, {len(refused)} were not: {'; '.join(refused)}"
        )
    if lacking:
        raise JudgingUnfitError(
            f"{len(lacking)} of {len(written)} pages lack what the notebook displays: "
            f"{'; '.join(lacking)}; run 'autograder doctor', then the command again"
        )
    return written


#: Beside the page: what is displayed, see ``outputs``.
_OUTPUTS = "outputs.json"

#: A student, why the verdict is stale (or nothing), and where the page goes.
_Task = tuple[str, str, Path]


def _write_all(
    make: Callable[[], Callable[..., Exception | str]], tasks: Sequence[_Task], jobs: int
) -> list[str]:
    """Have all pages written, and return which lack something, with the reason.

    Raises what went wrong with one of them.
    """
    if jobs > 1:
        answers: Iterable[tuple[_Task, Any]] = judge_all(make, tasks, jobs)
    else:
        write = make()
        answers = ((task, write(*task)) for task in tasks)
    lacking = []
    for (student, _, _), answer in answers:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Lost):
            raise JudgingUnfitError(
                f"the process that wrote the page of {pages.shown(student)!r} {answer.reason}; "
                "expected it to go on; free memory, then run the command again"
            )
        if answer:
            lacking.append(f"{pages.shown(student)}: {answer}")
    return lacking


def _writer(
    course: Course,
    release: Release,
    store: VerdictStore,
    manual: ManualScores,
    isolation: Isolation | None,
) -> Callable[[str, str, Path], Exception | str]:
    """What writes one page after the other.

    It returns what went wrong, or why what the notebook displays is not on the page.
    """

    def write(student: str, stale: str, path: Path) -> Exception | str:
        try:
            verdict = store.get(student, release.assignment)
            if verdict is None:
                return ""
            submission = None if stale else handed_in(course, release, student)
            ran = None
            if submission and isolation:
                ran = _ran(path.with_name(_OUTPUTS), submission, release, isolation)
            work = written_work(submission, release) if submission else {}
            made = page(verdict, release, work, stale=stale, manual=manual, ran=ran)
            pages.write(path, html(made))
        except Exception as error:  # noqa: BLE001 - raised in the process that asked
            return error
        return ran.lacking if ran else ""

    return write


def _ran(path: Path, submission: Submission, release: Release, isolation: Isolation) -> Ran:
    try:
        return Ran(outputs.displayed_or_kept(path, submission, release, isolation))
    except SandboxError as error:
        return Ran((), str(error))


def page_path(root: Path, student: str, assignment: str) -> Path | None:
    """Where the page of ``student`` belongs; None if that would not be a folder of ``root``."""
    for name in (student, assignment):
        if name in ("", ".", "..") or set(name) & {"/", "\0", os.sep}:
            return None
    path = root / student / assignment / f"{assignment}.html"
    return path if path.parent.resolve() == root.resolve() / student / assignment else None


def handed_in(course: Course, release: Release, student: str) -> Submission | None:
    """What the student handed in; None for a file that cannot be read."""
    folder = course.submitted / student / release.assignment
    try:
        path = submission_file(folder, release.assignment)
        return read_submission(path, student, release)
    except UnreadableError:
        return None


def written_work(submission: Submission, release: Release) -> Mapping[str, str]:
    """The text of the student's solution cells and written answers, by ``grade_id``.

    Of a copied cell the last counts, as it does when the notebook runs.
    """
    solutions = {cell.grade_id for cell in release.cells if cell.kind == "solution"}
    found = {c.grade_id: c.source for c in submission.code if c.grade_id in solutions}
    return {**found, **dict(submission.written)}
