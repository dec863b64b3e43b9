"""The table of grades for spreadsheets and programs.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, and
names and reasons come from outside: in CSV such a text gets an apostrophe in front, which
spreadsheets take for "this is text".  JSON holds everything as it is.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from autograder import gradebook
from autograder.course import Course
from autograder.gradebook import Entered
from autograder.release import Release, ReleasedCell
from autograder.score import state
from autograder.store import VerdictStore
from autograder.verdict import Verdict
from course_utils.card_content import in_a_line


@dataclass(frozen=True)
class GradeRow:
    """One line of the table of grades.

    ``exercise`` is the ``grade_id`` of a graded cell, or ``total``.  Scores are in points
    and None where there is none, or where they do not apply.  ``auto_score`` holds the bonus,
    too; ``bonus_score`` is the part of it that counts beyond ``auto_max``, and ``bonus_max``
    how large that can be.  ``manual_max`` is what a person can give for a written answer.
    ``manual_score`` and ``pending`` are as in ``gradebook.Entered``.
    """

    student: str
    assignment: str
    exercise: str
    auto_score: float | None
    auto_max: float | None
    bonus_score: float | None
    bonus_max: float | None
    manual_score: float | None
    manual_max: float | None
    pending: bool
    status: str
    reason: str


COLUMNS = tuple(field.name for field in fields(GradeRow))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def rows(course: Course, release: Release, store: VerdictStore) -> list[GradeRow]:
    """The grades of an assignment: for each student one row per graded cell, then ``total``.

    Raises JudgingUnfitError when the gradebook cannot be read.
    """
    entered = gradebook.entered(course, release)
    table = []
    for verdict, stale in store.all(release.assignment):
        table += _rows(release, verdict, stale, entered)
    return table


def as_csv(table: Iterable[GradeRow]) -> str:
    """The rows as CSV (RFC 4180, UTF-8), with a header.

    A missing score is an empty cell; ``pending`` is ``yes`` or ``no``.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table:
        writer.writerow([_cell(value) for value in asdict(row).values()])
    return text.getvalue()


def as_json(table: Iterable[GradeRow]) -> str:
    """The rows as a JSON list of objects; a missing score is null."""
    return json.dumps([asdict(row) for row in table], indent=1) + "\n"


def write_csv(table: Iterable[GradeRow], path: Path) -> None:
    """Write ``as_csv`` to a file."""
    path.write_text(as_csv(table), encoding="utf-8", newline="")


def write_json(table: Iterable[GradeRow], path: Path) -> None:
    """Write ``as_json`` to a file."""
    path.write_text(as_json(table), encoding="utf-8", newline="\n")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value


def _rows(
    release: Release, verdict: Verdict, stale: str, entered: Mapping[tuple[str, str], Entered]
) -> list[GradeRow]:
    rows = []
    for cell in release.cells:
        state = entered.get((verdict.student, cell.grade_id), Entered())
        if cell.kind == "autograded":
            rows.append(_automatic_row(cell, verdict, stale, state))
        elif cell.kind == "manual":
            rows.append(_manual_row(cell, verdict, state))
    return [*rows, _total(release, verdict, stale, rows)]


def _automatic_row(cell: ReleasedCell, verdict: Verdict, stale: str, state: Entered) -> GradeRow:
    found = verdict.exercise(cell.grade_id)
    score = found.score(cell.maximum) if found else None
    reason = verdict.reason
    if found:
        reason = in_a_line(found.card)
    return GradeRow(
        student=verdict.student,
        assignment=verdict.assignment,
        exercise=cell.grade_id,
        auto_score=score,
        auto_max=cell.points,
        bonus_score=None if score is None else round(max(score - cell.points, 0.0), 2),
        bonus_max=cell.bonus,
        manual_score=state.manual_score,
        manual_max=None,
        pending=state.pending,
        status=found.card.status if found else verdict.status,
        reason=_with_stale(reason, stale),
    )


def _manual_row(cell: ReleasedCell, verdict: Verdict, state: Entered) -> GradeRow:
    unanswered = not state.pending and state.manual_score is None
    status = "pending" if state.pending else "not started" if unanswered else "graded"
    return GradeRow(
        student=verdict.student,
        assignment=verdict.assignment,
        exercise=cell.grade_id,
        auto_score=None,
        auto_max=None,
        bonus_score=None,
        bonus_max=None,
        manual_score=0.0 if unanswered else state.manual_score,
        manual_max=cell.points,
        pending=state.pending,
        status="unreadable" if verdict.status == "unreadable" else status,
        reason=verdict.reason if verdict.status == "unreadable" else "",
    )


def _total(release: Release, verdict: Verdict, stale: str, rows: Sequence[GradeRow]) -> GradeRow:
    automatic = [row for row in rows if row.auto_max is not None]
    whole = all(row.auto_score is not None for row in automatic)
    manual = [row.manual_score for row in rows if row.manual_score is not None]
    return GradeRow(
        student=verdict.student,
        assignment=verdict.assignment,
        exercise="total",
        auto_score=_sum(row.auto_score for row in automatic) if whole else None,
        auto_max=_sum(row.auto_max for row in automatic),
        bonus_score=_sum(row.bonus_score for row in automatic) if whole else None,
        bonus_max=_sum(row.bonus_max for row in automatic),
        manual_score=_sum(manual) if manual else None,
        manual_max=_sum(row.manual_max for row in rows),
        pending=any(row.pending for row in rows),
        status=state(verdict, release),
        reason=_with_stale(verdict.reason, stale),
    )


def _sum(points: Iterable[float | None]) -> float:
    return round(sum(value or 0.0 for value in points), 2)


def _with_stale(reason: str, stale: str) -> str:
    if not stale:
        return reason
    note = f"an earlier submission counts, the latest has no score: {stale}"
    return f"{reason}; {note}" if reason else note
