"""The rows of a class in nbgrader's database: found, made and changed many at a time.

nbgrader's own interface takes a dozen statements for each submission.  Here a batch of
students takes a dozen together: rows are read, what they should say is worked out (see
``gradebook_entries``), and only what is missing or different is written.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import (
    Column,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from autograder import autograded, gradebook_entries
from autograder.course import Course
from autograder.gradebook_entries import Grade
from autograder.release import Release, ReleasedCell
from autograder.verdict import Verdict

log = logging.getLogger(__name__)

#: So many submissions are written with one commit.
BATCH = 500

#: The answer that a cell held when it was last written: a changed one is to be read again.
SEEN = Table(
    "written_answer_seen",
    MetaData(),
    Column("grade_id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),
)

_Submission, _Notebook = api.SubmittedAssignment, api.SubmittedNotebook


class ClassRows:
    """The rows of some students for one assignment, whose cells are in the database already."""

    def __init__(
        self, gradebook: api.Gradebook, release: Release, verdicts: Sequence[Verdict]
    ) -> None:
        self._db = gradebook.db
        self._release = release
        self._verdicts = {verdict.student: verdict for verdict in verdicts}
        self._assignment = gradebook.find_assignment(release.assignment)
        self._notebook = gradebook.find_notebook(release.assignment, release.assignment)

    def write(self, course: Course) -> list[str]:
        """Write the outcome of every verdict; the students who are, or were, late."""
        self._add_students()
        self._write_submissions(course)
        standings = {
            student: autograded.standing(course, verdict)
            for student, verdict in self._verdicts.items()
        }
        self._write_grades(standings)
        self._write_comments(standings)
        return self._late()

    def _add_students(self) -> None:
        there = self._db.scalars(select(api.Student.id).where(api.Student.id.in_(self._verdicts)))
        self._insert(
            api.Student, [{"id": student} for student in self._verdicts.keys() - set(there)]
        )

    def _write_submissions(self, course: Course) -> None:
        """A submission with its notebook for each student, and when it was handed in."""
        known = {row.student_id: row for row in self._submissions()}
        handed_in = {student: self._handed_in(course, student) for student in self._verdicts}
        self._insert(
            _Submission,
            [
                {"id": api.new_uuid(), "assignment_id": self._assignment.id}
                | {"student_id": student, "timestamp": handed_in[student]}
                for student in self._verdicts.keys() - known.keys()
            ],
        )
        self._update(
            _Submission,
            [
                {"id": known[student].id, "timestamp": time}
                for student, time in handed_in.items()
                if student in known and time and time != known[student].timestamp
            ],
        )
        self._insert(
            _Notebook,
            [
                {"id": api.new_uuid(), "assignment_id": row.id, "notebook_id": self._notebook.id}
                for row in self._submissions()
                if row.notebook is None
            ],
        )

    def _handed_in(self, course: Course, student: str) -> datetime | None:
        folder = course.submitted / student / self._release.assignment
        text = autograded.read_timestamp(folder)
        try:
            time: datetime | None = parse_utc(text) if text else None
        except (ValueError, OverflowError):
            log.warning(
                "%s: %r in %s is no time; expected one such as '2026-01-31 12:00:00 UTC'",
                student,
                text,
                autograded.TIMESTAMP,
            )
            return None
        return time

    def _submissions(self) -> Sequence[Row[Any]]:
        """The students' submissions, each with its notebook's row (None if there is none)."""
        return self._db.execute(  # type: ignore[no-any-return]
            select(
                _Submission.id,
                _Submission.student_id,
                _Submission.timestamp,
                _Submission.extension,
                _Notebook.id.label("notebook"),
                _Notebook.late_submission_penalty.label("penalty"),
            )
            .outerjoin(
                _Notebook,
                (_Notebook.assignment_id == _Submission.id)
                & (_Notebook.notebook_id == self._notebook.id),
            )
            .where(
                _Submission.assignment_id == self._assignment.id,
                _Submission.student_id.in_(self._verdicts),
            )
        ).all()

    @cached_property
    def _student_of(self) -> Mapping[str, str]:
        """Whose a submitted notebook is, by its id."""
        return {row.notebook: row.student_id for row in self._submissions()}

    def _write_grades(self, standings: Mapping[str, autograded.Standing]) -> None:
        rows = self._db.execute(
            select(
                api.Grade.notebook_id,
                api.Grade.cell_id,
                api.Grade.id,
                api.Grade.auto_score,
                api.Grade.manual_score,
                api.Grade.needs_manual_grade,
                SEEN.c.digest,
            )
            .outerjoin(SEEN, SEEN.c.grade_id == api.Grade.id)
            .where(api.Grade.notebook_id.in_(self._student_of))
        )
        there = {
            (notebook, cell): (key, Grade(auto, manual, bool(pending), seen or ""))
            for notebook, cell, key, auto, manual, pending, seen in rows
        }
        added, changed, seen = [], [], []
        for place, student, cell in self._places(self._notebook.grade_cells):
            key, before = there.get(place, ("", Grade()))
            verdict, standing = self._verdicts[student], standings[student]
            after = gradebook_entries.grade(cell, before, verdict, standing) if cell else before
            entry = {"auto_score": after.auto, "needs_manual_grade": after.pending}
            if not key:
                key = api.new_uuid()
                added.append({"id": key, "notebook_id": place[0], "cell_id": place[1], **entry})
            elif (after.auto, after.pending) != (before.auto, before.pending):
                changed.append({"id": key, **entry})
            if after.seen != before.seen:
                seen.append({"grade_id": key, "digest": after.seen})
        self._insert(api.Grade, added)
        self._update(api.Grade, changed)
        self._see(seen)

    def _write_comments(self, standings: Mapping[str, autograded.Standing]) -> None:
        rows = self._db.execute(
            select(
                api.Comment.notebook_id,
                api.Comment.cell_id,
                api.Comment.id,
                api.Comment.auto_comment,
            ).where(api.Comment.notebook_id.in_(self._student_of))
        )
        there = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        bonus = {cell.grade_id for cell in self._release.cells if cell.is_bonus}
        added, changed = [], []
        for place, student, cell in self._places(self._notebook.solution_cells):
            key, before = there.get(place, ("", None))
            verdict, standing = self._verdicts[student], standings[student]
            text = before
            if cell is not None:
                text = gradebook_entries.comment(cell, before, verdict, standing, bonus)
            if not key:
                entry = {"id": api.new_uuid(), "auto_comment": text}
                added.append({"notebook_id": place[0], "cell_id": place[1], **entry})
            elif text != before:
                changed.append({"id": key, "auto_comment": text})
        self._insert(api.Comment, added)
        self._update(api.Comment, changed)

    def _places(
        self, cells: Iterable[Any]
    ) -> Iterator[tuple[tuple[str, str], str, ReleasedCell | None]]:
        """(submitted notebook, cell), student and released cell, for each that there should be.

        A cell that left the release, but that a person worked on, has no released one.
        """
        released = {cell.grade_id: cell for cell in self._release.cells}
        known = [(cell.id, released.get(cell.name)) for cell in cells]
        for notebook, student in self._student_of.items():
            for cell_id, cell in known:
                yield (notebook, cell_id), student, cell

    def _late(self) -> list[str]:
        """Whoever handed in after the due date, or has a penalty from an earlier time."""
        due = self._assignment.duedate
        return [
            row.student_id
            for row in self._submissions()
            if row.penalty
            or (due and row.timestamp and row.timestamp > due + (row.extension or timedelta()))
        ]

    def _see(self, seen: Sequence[Mapping[str, str]]) -> None:
        if seen:
            old = delete(SEEN).where(SEEN.c.grade_id == bindparam("grade_id"))
            self._db.connection().execute(old, seen)
            self._db.connection().execute(insert(SEEN), seen)

    def _insert(self, kind: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        # By table: SQLAlchemy's objects take several times as long.
        if rows:
            self._db.connection().execute(insert(kind.__table__), rows)

    def _update(self, kind: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change rows that are known by their ``id``, all in the same columns."""
        if rows:
            table = kind.__table__
            named = [{"row": row["id"], **row} for row in rows]
            values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id"}
            changed = update(table).where(table.c.id == bindparam("row")).values(values)
            self._db.connection().execute(changed, named)
