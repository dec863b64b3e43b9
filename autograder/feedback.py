"""Feedback pages: what one student reads about one assignment.

A page is made from the verdict, from the points of the release and from the text of the
student's own cells.  The text is only shown: no verdict depends on it here.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder import pages
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.release import Release, ReleasedCell, solution_id
from autograder.score import shown_card
from autograder.store import VerdictStore
from autograder.submission import UnreadableError, read_submission, submission_file
from autograder.verdict import ExerciseVerdict, Verdict
from autograder.workers import Lost, judge_all, usable_processors

#: So many pages are worth the start of a process.
_ENOUGH = 100
#: Points that a person gave, by student and ``grade_id``: for a written answer, or
#: instead of the automatic ones.
ManualScores = Mapping[tuple[str, str], float]

#: The tier of grades that were made without isolation.
_UNISOLATED = "none"


@dataclass(frozen=True)
class Notice:
    """Something that the reader has to know before the points."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of the table of points; ``score`` is None where there is none (yet)."""

    title: str
    score: float | None
    maximum: float
    status: str
    bonus: bool = False
    note: str = ""


@dataclass(frozen=True)
class Total:
    """A sum below the table of points."""

    title: str
    score: float | None
    maximum: float


@dataclass(frozen=True)
class Part:
    """An exercise: its card (HTML that the card has escaped) and what the student wrote.

    ``source`` is None where nothing is shown; ``remark`` may say why.
    """

    title: str
    card: Markup
    source: str | None = None
    remark: str = ""


@dataclass(frozen=True)
class WrittenAnswer:
    """A written question: the student's text, or a remark where there is none."""

    title: str
    text: str | None
    remark: str = ""


@dataclass(frozen=True)
class Page:
    """All that stands on a feedback page, in its order."""

    student: str
    assignment: str
    notices: tuple[Notice, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    parts: tuple[Part, ...]
    answers: tuple[WrittenAnswer, ...]
    tier: str

    @property
    def waiting(self) -> bool:
        """Whether points of a person are still to come."""
        return any(line.status == "pending" for line in self.lines)


def write_pages(
    course: Course,
    release: Release,
    store: VerdictStore,
    folder: Path | None = None,
    *,
    manual: ManualScores | None = None,
    jobs: int | None = None,
) -> list[Path]:
    """Write a page for every verdict of the assignment and return their paths.

    They go to ``STUDENT/ASSIGNMENT/ASSIGNMENT.html`` in ``folder``, by default the
    course's ``feedback/``.  ``manual`` are points that people gave; a written answer that
    it does not name is shown as pending.  Many pages are written by ``jobs`` processes (default:
    as many as there are processors).  Raises UsageError, after all other pages were written,
    when the name of a student is not that of a folder or leads elsewhere by a link.
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
    _write_all(partial(_writer, course, release, store, manual or {}), tasks, jobs)
    if refused:
        raise UsageError(
            f"{len(written)} pages were written, {len(refused)} were not: {'; '.join(refused)}"
        )
    return written


#: A student, why the verdict is stale (or nothing), and where the page goes.
_Task = tuple[str, str, Path]


def _write_all(
    make: Callable[[], Callable[..., Exception | bool]], tasks: Sequence[_Task], jobs: int | None
) -> None:
    """Have all pages written; raises what went wrong with one of them."""
    jobs = min(jobs or usable_processors(), len(tasks) // _ENOUGH)
    if jobs > 1:
        answers: Iterable[tuple[_Task, Any]] = judge_all(make, tasks, jobs)
    else:
        write = make()
        answers = ((task, write(*task)) for task in tasks)
    for (student, _, _), answer in answers:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Lost):
            raise JudgingUnfitError(
                f"the process that wrote the page of {pages.shown(student)!r} {answer.reason}; "
                "expected it to go on; free memory, then run the command again"
            )


def _writer(
    course: Course, release: Release, store: VerdictStore, manual: ManualScores
) -> Callable[[str, str, Path], Exception | bool]:
    """What writes one page after the other, and returns what went wrong."""

    def write(student: str, stale: str, path: Path) -> Exception | bool:
        try:
            verdict = store.get(student, release.assignment)
            if verdict is not None:
                work = {} if stale else handed_in(course, release, student)
                pages.write(path, html(page(verdict, release, work, stale=stale, manual=manual)))
        except Exception as error:  # noqa: BLE001 - raised in the process that asked
            return error
        return True

    return write


def page_path(root: Path, student: str, assignment: str) -> Path | None:
    """Where the page of ``student`` belongs; None if that would not be a folder of ``root``."""
    for name in (student, assignment):
        if name in ("", ".", "..") or set(name) & {"/", "\0", os.sep}:
            return None
    path = root / student / assignment / f"{assignment}.html"
    return path if path.parent.resolve() == root.resolve() / student / assignment else None


def handed_in(course: Course, release: Release, student: str) -> dict[str, str]:
    """The text of the student's solution cells and written answers, by ``grade_id``.

    Of a copied cell the last counts, as it does when the notebook runs.  Empty for a file
    that cannot be read.
    """
    folder = course.submitted / student / release.assignment
    try:
        path = submission_file(folder, release.assignment)
        submission = read_submission(path, student, release)
    except UnreadableError:
        return {}
    solutions = {cell.grade_id for cell in release.cells if cell.kind == "solution"}
    found = {c.grade_id: c.source for c in submission.code if c.grade_id in solutions}
    return {**found, **dict(submission.written)}


def html(page: Page) -> str:
    """The page as one HTML file."""
    return pages.render("feedback", page=page)


def page(
    verdict: Verdict,
    release: Release,
    work: Mapping[str, str],
    *,
    stale: str = "",
    manual: ManualScores | None = None,
) -> Page:
    """Put together what the page of one verdict says.

    ``work`` is the text of cells by ``grade_id``; ``stale`` says why a later run left this
    older verdict standing.
    """
    lines = tuple(_lines(verdict, release, work, manual or {})) if verdict.exercises else ()
    return Page(
        student=verdict.student,
        assignment=verdict.assignment,
        notices=tuple(_notices(verdict, stale)),
        lines=lines,
        totals=_totals(lines),
        parts=tuple(_parts(verdict, release, work, manual or {})),
        answers=tuple(_answers(release, work)) if work else (),
        tier=verdict.tier if verdict.exercises else "",
    )


def _notices(verdict: Verdict, stale: str) -> Iterator[Notice]:
    if stale:
        yield Notice(
            "This page is about an earlier version of your work.",
            (
                f"A later one has no score: {stale}",
                "Your earlier points stand until it has one.",
            ),
        )
    if verdict.status == "unreadable":
        yield Notice(
            "Your file could not be read, so there is no score yet.",
            (
                f"What was found: {verdict.reason}",
                "No score is not a zero. Open the notebook in Jupyter and see that it is complete.",
                f"Then save it as {verdict.assignment}.ipynb and hand it in again.",
            ),
        )
    if verdict.status == "not judged":
        yield Notice(
            "The grader failed, so there is no final score yet.",
            (
                "This is a fault of the grader, not of your work, and costs no points.",
                "You need not do anything: your instructor sees it and grades again.",
                f"What happened: {verdict.reason}",
            ),
        )
    if verdict.tier == _UNISOLATED:
        yield Notice(
            "These points were made without isolation.",
            ("They are for trying the grader out, and are no grade.",),
        )


def _lines(
    verdict: Verdict, release: Release, work: Mapping[str, str], manual: ManualScores
) -> Iterator[Line]:
    for cell in release.cells:
        given = manual.get((verdict.student, cell.grade_id))
        if cell.kind == "autograded":
            yield _automatic_line(cell, verdict.exercise(cell.grade_id), given)
        elif cell.kind == "manual":
            yield _written_line(cell, given, answered=not work or _answered(cell, work))


def _automatic_line(cell: ReleasedCell, found: ExerciseVerdict | None, given: float | None) -> Line:
    notes = ["bonus"] if cell.is_bonus else []
    score = found.score(cell.maximum) if found else None
    if given is not None:
        score = given
        notes.append("points of a person")
    return Line(
        title=_title(cell, found),
        score=score,
        maximum=cell.maximum,
        status=_status(cell, found),
        bonus=cell.is_bonus,
        note=", ".join(notes),
    )


def _status(cell: ReleasedCell, found: ExerciseVerdict | None) -> str:
    if found is None:
        return "not judged"
    # Nothing is lost by what is wrong in an optional part.
    return "open" if cell.is_bonus and found.card.status == "failed" else found.card.status


def _written_line(cell: ReleasedCell, given: float | None, *, answered: bool) -> Line:
    title, note = _words(cell.grade_id), "read by a person"
    if given is not None:
        return Line(title, given, cell.points, "graded", note=note)
    if not answered:
        return Line(title, 0.0, cell.points, "not started", note=note)
    return Line(title, None, cell.points, "pending", note=note)


def _answered(cell: ReleasedCell, work: Mapping[str, str]) -> bool:
    return work.get(cell.grade_id, cell.source).strip() != cell.source.strip()


def _title(cell: ReleasedCell, found: ExerciseVerdict | None) -> str:
    """The function, and which part of it: ``max_pool_forward_naive, padding``."""
    function = found.card.function if found else cell.grade_id
    part = cell.grade_id.removeprefix(function).strip("_")
    return f"{function}, {_words(part)}" if part and part != cell.grade_id else cell.grade_id


def _words(name: str) -> str:
    return name.replace("_", " ")


def _totals(lines: tuple[Line, ...]) -> tuple[Total, ...]:
    """The sum of what is scored, and that of the bonus; None as soon as a line lacks a score."""
    if not lines:
        return ()
    required = [line for line in lines if not line.bonus and line.status != "pending"]
    bonus = [line for line in lines if line.bonus]
    waiting = any(line.status == "pending" for line in lines)
    totals = [_sum("Total so far" if waiting else "Total", required)]
    if bonus:
        totals.append(_sum("Bonus on top", bonus))
    return tuple(totals)


def _sum(title: str, lines: list[Line]) -> Total:
    scores = [line.score for line in lines if line.score is not None]
    whole = len(scores) == len(lines)
    return Total(title, sum(scores) if whole else None, sum(line.maximum for line in lines))


def _parts(
    verdict: Verdict, release: Release, work: Mapping[str, str], manual: ManualScores
) -> Iterator[Part]:
    told: set[str] = set()
    for cell in release.cells:
        found = verdict.exercise(cell.grade_id)
        if found is None:
            continue
        function = found.card.function
        solution = solution_id(function)
        source, remark = None, ""
        if function in told:
            remark = "It is the same function as above."
        elif solution in work:
            source = work[solution]
        elif work:
            remark = (
                f"The cell {solution} is no longer in your notebook; what was judged is the "
                f"function {function} as the other cells left it."
            )
        told.add(function)
        given = manual.get((verdict.student, cell.grade_id))
        card = shown_card(found, cell)
        if given is not None:
            card = replace(card, points=None)
        markup = Markup(card.html())  # noqa: S704 - a card escapes itself
        yield Part(_title(cell, found), markup, source, remark)


def _answers(release: Release, work: Mapping[str, str]) -> Iterator[WrittenAnswer]:
    for cell in release.cells:
        if cell.kind != "manual":
            continue
        title = _words(cell.grade_id)
        if cell.grade_id not in work:
            yield WrittenAnswer(title, None, "The question is no longer in your notebook.")
        elif not _answered(cell, work):
            yield WrittenAnswer(title, None, "You left it as it was given.")
        else:
            yield WrittenAnswer(title, work[cell.grade_id])
