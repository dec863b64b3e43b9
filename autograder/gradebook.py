"""Verdicts → nbgrader's database, in batches.

The gradebook is a projection of the verdicts, but for what people enter in formgrader:
manual scores, comments and extra credit are never touched.  A score that is not there is
never written as 0: it stays empty, and the cell waits for a person.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import (
    URL,
    Column,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config import Config

from autograder import autograded
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.gradebook_cells import write_cells
from autograder.gradebook_rows import BATCH, SEEN, ClassRows
from autograder.one_writer import alone
from autograder.release import Release
from autograder.settings import other_database, read_settings
from autograder.verdict import Verdict

#: Seconds to wait for another writer of an SQLite file.
_PATIENCE = 30
#: Held by whoever reads or writes the gradebook here.
_LOCK = ".gradebook.lock"

#: Every grade of an assignment's one notebook.  Through nbgrader's objects a class of 1,000
#: takes ten seconds.
_ENTERED = (
    select(
        api.SubmittedAssignment.student_id,
        api.BaseCell.name,
        api.Grade.auto_score,
        api.Grade.manual_score,
        api.Grade.extra_credit,
        api.Grade.needs_manual_grade,
    )
    .select_from(api.Grade)
    .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
    .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id)
    .join(
        api.SubmittedAssignment,
        api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id,
    )
    .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
    .where(api.Assignment.name == bindparam("assignment"))
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
        for first in range(0, len(verdicts), BATCH):
            some = verdicts[first : first + BATCH]
            late += ClassRows(gradebook, release, some).write(course)
            gradebook.db.commit()
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
    with _open(course, read_settings(course), None) as gradebook:
        rows = gradebook.db.execute(_ENTERED, {"assignment": release.assignment})
        return {
            (row.student_id, row.name): Entered(_manual_score(row), bool(row.needs_manual_grade))
            for row in rows
        }


def manual_scores(course: Course, release: Release) -> dict[tuple[str, str], float]:
    """The points that people gave, by student and ``grade_id``; see ``Entered``."""
    return {
        key: state.manual_score
        for key, state in entered(course, release).items()
        if state.manual_score is not None
    }


@contextmanager
def _open(course: Course, settings: Config, db_url: str | None) -> Iterator[api.Gradebook]:
    url = _address(course, db_url)
    shown = url.render_as_string(hide_password=True)
    try:
        course.gradebook.parent.mkdir(parents=True, exist_ok=True)
        with alone(course.gradebook.with_name(_LOCK), 2 * _PATIENCE):
            with _own_programs_first():
                name = settings.CourseDirectory.get("course_id", "default_course")
                opened = _connected(url, name)
            with opened as gradebook:
                _finish(gradebook)
                SEEN.create(gradebook.engine, checkfirst=True)
                yield gradebook
    except (SQLAlchemyError, api.InvalidEntry, OSError) as error:
        what = " ".join(str(getattr(error, "orig", None) or error).split())
        raise JudgingUnfitError(
            f"the gradebook {shown} cannot be read or written ({what}); the verdicts are safe in "
            f"{course.verdicts}; start, free or restore the database, then run the command again"
        ) from error


def _address(course: Course, db_url: str | None) -> URL:
    """Where the gradebook is.  Raises UsageError for an address that is none."""
    given = db_url or other_database(course)
    if given is None:
        file = str(course.gradebook.absolute())
        return URL.create("sqlite", database=file, query={"timeout": str(_PATIENCE)})
    try:
        return make_url(given)
    except (ArgumentError, ValueError) as error:
        # Not shown: there may be a password in it.
        raise UsageError(
            f"c.CourseDirectory.db_url in {course.config} is not the address of a database; "
            "expected one such as 'postgresql://localhost/grades'; correct it"
        ) from error


def _connected(url: URL, name: str) -> api.Gradebook:
    try:
        return api.Gradebook(url, name)
    except ImportError as error:
        raise JudgingUnfitError(
            f"the gradebook needs a driver that is not installed ({error}); expected that of "
            f"{url.drivername}; for PostgreSQL, run pip install 'psycopg[binary]'"
        ) from error


def _finish(gradebook: api.Gradebook) -> None:
    """Note nbgrader's version in a database whose making was cut short before that.

    nbgrader does so in an empty database only, and cannot upgrade one that lacks it.
    """
    if gradebook.assignments:
        return
    noted = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
    noted.create(gradebook.engine, checkfirst=True)
    with _own_programs_first(), gradebook.engine.begin() as connection:
        if connection.execute(select(noted)).first() is None:
            connection.execute(insert(noted), {"version_num": api.get_alembic_version()})


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
