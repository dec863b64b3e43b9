"""The verdicts of a class, in one SQLite file (WAL): the truth that everything is made from.

The gradebook, the feedback and the reports are projections of it and can be made anew.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
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
    content TEXT NOT NULL DEFAULT '',
    projected INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (assignment, student)
)
"""
#: Seconds to wait for another writer.
_PATIENCE = 30
#: Columns that a file of an earlier version lacks.
_ADDED = {
    "content": "ALTER TABLE verdicts ADD COLUMN content TEXT NOT NULL DEFAULT ''",
    "projected": "ALTER TABLE verdicts ADD COLUMN projected INTEGER NOT NULL DEFAULT 0",
}


@dataclass(frozen=True)
class Known:
    """What is known of a verdict that is final and not stale.

    ``key`` identifies what was judged, and is empty where nothing could be read; ``content``
    (a digest) identifies the very bytes that were handed in; ``projected``: gradebook and
    autograded notebook have been written of it.
    """

    key: str
    content: str
    projected: bool


class VerdictStore:
    """Verdicts by assignment and student.

    A verdict without a score never replaces one with a score: the older one is kept and
    marked stale, with the reason.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open meanwhile, in this thread; every call commits by itself, as ever."""
        with closing(self._connection()) as db:
            self._held = db
            try:
                yield
            finally:
                self._held = None

    def put(self, verdict: Verdict, content: str = "") -> None:
        """Keep ``verdict``, read from ``content``; see the class for what it may replace."""
        with self._open() as db:
            if verdict.status != "judged" and self._is_whole(db, verdict):
                marked = db.execute(
                    "UPDATE verdicts SET stale = ?, projected = 0 "
                    "WHERE assignment = ? AND student = ? AND status = 'judged'",
                    (verdict.reason or verdict.status, verdict.assignment, verdict.student),
                )
                if marked.rowcount:
                    return
            db.execute(
                "INSERT OR REPLACE INTO verdicts "
                "(assignment, student, key, status, verdict, content) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    verdict.assignment,
                    verdict.student,
                    verdict.key,
                    verdict.status,
                    verdict.to_json(),
                    content,
                ),
            )

    def mark_projected(self, assignment: str, contents: Iterable[tuple[str, str]]) -> None:
        """Note that gradebook and notebook have been written for students' ``contents``."""
        rows = [(content, assignment, student) for student, content in contents]
        with self._open() as db:
            db.executemany(
                "UPDATE verdicts SET projected = 1, content = ? "
                "WHERE assignment = ? AND student = ?",
                rows,
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

    def known(self, assignment: str) -> dict[str, Known]:
        """The verdicts that are final and not stale, by student."""
        with self._open() as db:
            rows = db.execute(
                "SELECT student, key, content, projected FROM verdicts "
                "WHERE assignment = ? AND status IN ('judged', 'unreadable') AND stale = ''",
                (assignment,),
            ).fetchall()
        return {
            student: Known(key, content, bool(projected))
            for student, key, content, projected in rows
        }

    def students(self, assignment: str) -> set[str]:
        """Everybody who has a verdict, of whatever kind."""
        with self._open() as db:
            rows = db.execute("SELECT student FROM verdicts WHERE assignment = ?", (assignment,))
            return {student for (student,) in rows}

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
        with ExitStack() as closed:
            db = self._held or closed.enter_context(closing(self._connection()))
            try:
                with db:
                    yield db
            except (sqlite3.Error, OSError) as error:
                raise self._unfit(error) from error

    def _connection(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._path, timeout=_PATIENCE)
            try:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute(_SCHEMA)
                columns = {name for _, name, *_ in db.execute("PRAGMA table_info(verdicts)")}
                for column in _ADDED.keys() - columns:
                    db.execute(_ADDED[column])
            except BaseException:
                db.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise self._unfit(error) from error
        return db

    def _unfit(self, error: Exception) -> JudgingUnfitError:
        return JudgingUnfitError(
            f"the verdicts in {self._path} cannot be read or written ({error}); nothing was "
            "lost; free the disk or restore the file, then run the command again"
        )
