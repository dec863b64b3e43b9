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


@dataclass(frozen=True)
class GradeRow:
    """One line of the table of grades.

    ``exercise`` is the ``grade_id`` of a graded cell, or ``total``.  Scores are in points
    and None where there is none; ``auto_max`` leaves out the bonus, which counts beyond it.
    ``manual_score`` and ``pending`` are as in ``gradebook.Entered``.
    """

    student: str
    assignment: str
    exercise: str
    auto_score: float | None
    auto_max: float | None
    manual_score: float | None
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
        failed = [check.title for check in found.card.checks if check.status == "failed"]
        reason = found.card.reason or "; ".join(failed)
    return GradeRow(
        student=verdict.student,
        assignment=verdict.assignment,
        exercise=cell.grade_id,
        auto_score=score,
        auto_max=cell.points,
        manual_score=state.manual_score,
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
        manual_score=0.0 if unanswered else state.manual_score,
        pending=state.pending,
        status="unreadable" if verdict.status == "unreadable" else status,
        reason=verdict.reason if verdict.status == "unreadable" else "",
    )


def _total(release: Release, verdict: Verdict, stale: str, rows: Sequence[GradeRow]) -> GradeRow:
    automatic = [row for row in rows if row.auto_max is not None]
    scores = [row.auto_score for row in automatic if row.auto_score is not None]
    manual = [row.manual_score for row in rows if row.manual_score is not None]
    return GradeRow(
        student=verdict.student,
        assignment=verdict.assignment,
        exercise="total",
        auto_score=round(sum(scores), 2) if len(scores) == len(automatic) else None,
        auto_max=sum(row.auto_max or 0.0 for row in automatic),
        manual_score=round(sum(manual), 2) if manual else None,
        pending=any(row.pending for row in rows),
        status=state(verdict, release),
        reason=_with_stale(verdict.reason, stale),
    )


def _with_stale(reason: str, stale: str) -> str:
    if not stale:
        return reason
    note = f"an earlier submission counts, the latest has no score: {stale}"
    return f"{reason}; {note}" if reason else note
