"""Verdicts → nbgrader's database, through nbgrader's own ``Gradebook``.

The gradebook is a projection of the verdicts, but for what people enter in formgrader:
manual scores, comments and extra credit are never touched.  A score that is not there is
never written as 0: it stays empty, and the cell waits for a person.
"""

import hashlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import URL, Column, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import autograded, markdown_safety
from autograder.autograded import standing
from autograder.course import Course
from autograder.errors import JudgingUnfitError
from autograder.gradebook_cells import write_cells
from autograder.release import Release, ReleasedCell, solution_id
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_content import about, telling

log = logging.getLogger(__name__)

#: nbgrader's words for an answer that was left as it was given.
_NO_RESPONSE = "No response."
#: Seconds to wait for another writer of an SQLite file.
_PATIENCE = 30

#: The answer that a cell held when it was last written: a changed one is to be read again.
_SEEN = Table(
    "written_answer_seen",
    MetaData(),
    Column("grade_id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),
)


@dataclass(frozen=True)
class Entered:
    """What people have entered for one cell of one student.

    ``manual_score`` is what a person gave (instead of the automatic score, if there is
    one), extra credit included.  ``pending``: a person has still to look at it.
    """

    manual_score: float | None = None
    pending: bool = True


def write(
    course: Course, release: Release, verdicts: Sequence[Verdict], *, db_url: str | None = None
) -> None:
    """Write the outcome of each verdict: scores, what waits for a person, comments.

    ``db_url`` is nbgrader's database, by default the one that ``nbgrader_config.py`` means.
    An empty one is filled with the assignment's cells first.  Raises JudgingUnfitError
    when the database cannot be written; the verdicts are safe then.
    """
    settings = read_settings(course)
    late = []
    with _open(course, settings, db_url) as gradebook:
        write_cells(
            gradebook,
            release.assignment,
            autograded.released_notebook(course, release.assignment),
        )
        for verdict in verdicts:
            submitted = _Writer(gradebook, course, release, verdict).write()
            if submitted.assignment.total_seconds_late > 0 or submitted.late_submission_penalty:
                late.append(verdict.student)
        url = gradebook.engine.url
    if late:
        _assign_late_penalties(settings, release, late, url.render_as_string(hide_password=False))


def prepare(course: Course, release: Release, *, db_url: str | None = None) -> None:
    """Make the database if there is none, and put the assignment's cells into it.

    Raises JudgingUnfitError when it cannot be written.
    """
    write(course, release, (), db_url=db_url)


def entered(course: Course, release: Release) -> dict[tuple[str, str], Entered]:
    """What the gradebook holds beside the automatic scores, by student and ``grade_id``.

    Raises JudgingUnfitError when it cannot be read.
    """
    name = release.assignment
    with _open(course, read_settings(course), None) as gradebook:
        return {
            (notebook.student.id, grade.cell.name): Entered(
                _manual_score(grade), bool(grade.needs_manual_grade)
            )
            for notebook in gradebook.notebook_submissions(name, name)
            for grade in notebook.grades
        }


def manual_scores(course: Course, release: Release) -> dict[tuple[str, str], float]:
    """The points that people gave, by student and ``grade_id``; see ``Entered``."""
    return {
        key: state.manual_score
        for key, state in entered(course, release).items()
        if state.manual_score is not None
    }


def read_settings(course: Course) -> Config:
    """What ``nbgrader_config.py`` sets."""
    loader = PyFileConfigLoader(course.config.name, path=str(course.config.parent))
    settings: Config = loader.load_config()
    return settings


@contextmanager
def _open(course: Course, settings: Config, db_url: str | None) -> Iterator[api.Gradebook]:
    url = db_url or _configured_url(course, settings)
    try:
        course.gradebook.parent.mkdir(parents=True, exist_ok=True)
        with _own_programs_first():
            opened = api.Gradebook(url, settings.CourseDirectory.get("course_id", "default_course"))
        with opened as gradebook:
            _SEEN.create(gradebook.engine, checkfirst=True)
            yield gradebook
    except (SQLAlchemyError, api.InvalidEntry, OSError) as error:
        what = " ".join(str(getattr(error, "orig", None) or error).split())
        raise JudgingUnfitError(
            f"the gradebook {url} cannot be read or written ({what}); the verdicts are safe in "
            f"{course.verdicts}; free or restore the database, then run the command again"
        ) from error


def _configured_url(course: Course, settings: Config) -> str | URL:
    configured = settings.CourseDirectory.get("db_url")
    if configured and course.class_root == course.root:
        return str(configured)
    return URL.create(
        "sqlite", database=str(course.gradebook.absolute()), query={"timeout": str(_PATIENCE)}
    )


@contextmanager
def _own_programs_first() -> Iterator[None]:
    """Look for programs beside this Python first.

    nbgrader runs ``alembic`` when it makes a database, and a virtual environment that is
    not activated is not on PATH.
    """
    before = os.environ.get("PATH")
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = here if before is None else os.pathsep.join([here, before])
    try:
        yield
    finally:
        if before is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = before


class _Writer:
    """Writes the outcome for one student; everything but the submission in one commit."""

    def __init__(
        self, gradebook: api.Gradebook, course: Course, release: Release, verdict: Verdict
    ) -> None:
        self._gradebook = gradebook
        self._release = release
        self._bonus = {cell.grade_id for cell in release.cells if cell.is_bonus}
        self._student = verdict.student
        self._standing = standing(course, verdict)
        self._answers = autograded.answers(course, release, verdict.student)
        folder = course.submitted / verdict.student / release.assignment
        self._timestamp = autograded.read_timestamp(folder)

    def write(self) -> Any:
        """Write everything, and return nbgrader's submitted notebook."""
        name = self._release.assignment
        self._gradebook.update_or_create_student(self._student)
        # nbgrader builds a submission before it adds it, and SQLAlchemy warns of that.
        with self._gradebook.db.no_autoflush:
            self._gradebook.update_or_create_submission(name, self._student, **self._handed_in())
        notebook = self._gradebook.find_submission_notebook(name, name, self._student)
        cells = {cell.grade_id: cell for cell in self._release.cells}
        for grade in notebook.grades:
            cell = cells.get(grade.cell.name)
            if cell is not None and cell.kind == "autograded":
                self._write_score(grade, cell)
            elif cell is not None and self._answers is not None:
                self._write_answer(grade, cell, self._answers.get(cell.grade_id))
        for comment in notebook.comments:
            cell = cells.get(comment.cell.name)
            if cell is not None:
                self._write_comment(comment, cell)
        self._gradebook.db.commit()
        return notebook

    def _handed_in(self) -> dict[str, Any]:
        try:
            return {"timestamp": parse_utc(self._timestamp)} if self._timestamp else {}
        except (ValueError, OverflowError):
            log.warning(
                "%s: %r in %s is no time; expected one such as '2026-01-31 12:00:00 UTC'",
                self._student,
                self._timestamp,
                autograded.TIMESTAMP,
            )
            return {}

    def _write_score(self, grade: Any, cell: ReleasedCell) -> None:
        found = self._standing.verdict.exercise(cell.grade_id)
        score = found.score(cell.maximum) if found else None
        doubtful = bool(self._standing.stale) or score is None
        if score is None:
            # A score that an earlier run wrote is kept.
            score = grade.auto_score
        changed = grade.auto_score != score
        grade.auto_score = score
        if grade.manual_score is None:
            grade.needs_manual_grade = doubtful
        elif changed:
            grade.needs_manual_grade = True

    def _write_answer(self, grade: Any, cell: ReleasedCell, text: str | None) -> None:
        """A written answer; ``text`` is None if its cell is gone from the submission."""
        unanswered = text is not None and text.strip() == cell.source.strip()
        grade.auto_score = 0.0 if unanswered else None
        if self._is_new(grade.id, text) and grade.manual_score is not None:
            grade.needs_manual_grade = True
        elif grade.manual_score is None:
            grade.needs_manual_grade = not unanswered

    def _is_new(self, grade_id: str, text: str | None) -> bool:
        """Whether the answer differs from the one of the last time; remembers it."""
        digest = hashlib.sha256((text or "").encode()).hexdigest()
        db = self._gradebook.db
        seen = db.execute(select(_SEEN.c.digest).where(_SEEN.c.grade_id == grade_id)).scalar()
        if seen != digest:
            db.execute(delete(_SEEN).where(_SEEN.c.grade_id == grade_id))
            db.execute(insert(_SEEN).values(grade_id=grade_id, digest=digest))
        return bool(seen != digest)

    def _write_comment(self, comment: Any, cell: ReleasedCell) -> None:
        if cell.kind == "manual":
            if self._answers is not None:
                text = self._answers.get(cell.grade_id)
                unanswered = text is not None and text.strip() == cell.source.strip()
                comment.auto_comment = _NO_RESPONSE if unanswered else None
            return
        found = [
            exercise
            for exercise in self._standing.verdict.exercises
            if cell.grade_id == solution_id(exercise.card.function)
        ]
        if found or self._standing.verdict.status == "judged":
            lines = (_comment(one, is_bonus=one.exercise in self._bonus) for one in found)
            comment.auto_comment = "\n\n".join(filter(None, lines)) or None


def _comment(exercise: ExerciseVerdict, *, is_bonus: bool) -> str:
    """What failed, in one line; empty if nothing did."""
    card = exercise.card
    if card.status == "passed":
        return ""
    if card.status == "not started":
        return f"{exercise.exercise}: not started."
    if card.status == "not judged":
        return f"{exercise.exercise}: could not be judged; this costs no points."
    # The reason may quote the submission, and nbgrader renders comments as markdown.
    if card.reason and markdown_safety.harmless(card.reason) == card.reason:
        return f"{about(exercise.exercise, card.reason)}."
    titles = "; ".join(check.title for check in telling(card))
    failed = sum(check.status == "failed" for check in card.checks)
    total = len(card.checks)
    if is_bonus:
        passed = f"{total - failed} of {total} checks passed"
        return f"{exercise.exercise} (bonus): {passed}; open: {titles}."
    return f"{exercise.exercise}: {failed} of {total} checks failed: {titles}."


def _assign_late_penalties(
    settings: Config, release: Release, students: Sequence[str], db_url: str
) -> None:
    """Let nbgrader's own preprocessor deduct what its plugin says."""
    # Takes a second to import, and most classes are on time.
    from nbgrader.preprocessors import AssignLatePenalties

    nothing = autograded.node(cells=[], metadata={})
    for student in students:
        resources = {
            "nbgrader": {
                "notebook": release.assignment,
                "assignment": release.assignment,
                "student": student,
                "db_url": db_url,
            }
        }
        AssignLatePenalties(config=settings).preprocess(nothing, resources)


def _manual_score(grade: Any) -> float | None:
    if grade.manual_score is None and grade.extra_credit is None:
        return None
    base = grade.auto_score if grade.manual_score is None else grade.manual_score
    return float((base or 0) + (grade.extra_credit or 0))
