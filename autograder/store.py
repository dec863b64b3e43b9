"""The verdicts of a class, in one SQLite file (WAL): the truth that everything is made from.

The gradebook, the feedback and the reports are projections of it and can be made anew.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from autograder.errors import JudgingUnfitError
from autograder.verdict import Verdict


class DamagedVerdictError(JudgingUnfitError):
    """A verdict in the store is not one that this version wrote."""


_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
    assignment TEXT NOT NULL,
    student TEXT NOT NULL,
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    stale TEXT NOT NULL DEFAULT '',
    verdict TEXT NOT NULL,
    PRIMARY KEY (assignment, student)
)
"""


class VerdictStore:
    """Verdicts by assignment and student.

    A verdict without a score never replaces one with a score: the older one is kept and
    marked stale, with the reason.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, verdict: Verdict) -> None:
        """Keep ``verdict``; see the class for what it may replace."""
        with self._open() as db:
            if verdict.status != "judged" and self._is_whole(db, verdict):
                marked = db.execute(
                    "UPDATE verdicts SET stale = ? "
                    "WHERE assignment = ? AND student = ? AND status = 'judged'",
                    (verdict.reason or verdict.status, verdict.assignment, verdict.student),
                )
                if marked.rowcount:
                    return
            db.execute(
                "INSERT OR REPLACE INTO verdicts (assignment, student, key, status, verdict) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    verdict.assignment,
                    verdict.student,
                    verdict.key,
                    verdict.status,
                    verdict.to_json(),
                ),
            )

    def get(self, student: str, assignment: str) -> Verdict | None:
        """The verdict kept for this student, if there is one."""
        with self._open() as db:
            row = db.execute(
                "SELECT verdict FROM verdicts WHERE assignment = ? AND student = ?",
                (assignment, student),
            ).fetchone()
        return self._read(student, row[0]) if row else None

    def all(self, assignment: str) -> list[tuple[Verdict, str]]:
        """Every verdict of an assignment with why it is stale (or ''), sorted by student."""
        with self._open() as db:
            rows = db.execute(
                "SELECT student, verdict, stale FROM verdicts WHERE assignment = ? "
                "ORDER BY student",
                (assignment,),
            ).fetchall()
        return [(self._read(student, text), stale) for student, text, stale in rows]

    def keys(self, assignment: str) -> dict[str, str]:
        """What was judged, by student: the keys of verdicts that are final and not stale."""
        with self._open() as db:
            rows = db.execute(
                "SELECT student, key FROM verdicts "
                "WHERE assignment = ? AND status = 'judged' AND stale = ''",
                (assignment,),
            ).fetchall()
        return dict(rows)

    def _is_whole(self, db: sqlite3.Connection, verdict: Verdict) -> bool:
        """Whether the verdict that is kept for the same submission can be read."""
        row = db.execute(
            "SELECT verdict FROM verdicts WHERE assignment = ? AND student = ?",
            (verdict.assignment, verdict.student),
        ).fetchone()
        try:
            return row is not None and bool(self._read(verdict.student, row[0]))
        except DamagedVerdictError:
            return False

    def _read(self, student: str, text: object) -> Verdict:
        try:
            return Verdict.from_json(text)
        except ValueError as error:
            raise DamagedVerdictError(
                f"the verdict on {student!r} in {self._path} is damaged or of another version "
                f"({error}); expected one that this version wrote; run 'autograder grade "
                "ASSIGNMENT' to judge it anew"
            ) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction; it commits unless an error passes.

        Raises JudgingUnfitError when the file cannot be read or written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise JudgingUnfitError(
                f"the verdicts in {self._path} cannot be read or written ({error}); nothing was "
                "lost; free the disk or restore the file, then run the command again"
            ) from error
