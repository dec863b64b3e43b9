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
from sqlalchemy import URL, Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder import autograded
from autograder.course import Course
from autograder.errors import JudgingUnfitError
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


@contextmanager
def _open(course: Course, settings: Config, db_url: str | None) -> Iterator[api.Gradebook]:
    url = db_url or _configured_url(course)
    try:
        course.gradebook.parent.mkdir(parents=True, exist_ok=True)
        with alone(course.gradebook.with_name(_LOCK), 2 * _PATIENCE):
            with _own_programs_first():
                name = settings.CourseDirectory.get("course_id", "default_course")
                opened = api.Gradebook(url, name)
            with opened as gradebook:
                _finish(gradebook)
                SEEN.create(gradebook.engine, checkfirst=True)
                yield gradebook
    except (SQLAlchemyError, api.InvalidEntry, OSError) as error:
        what = " ".join(str(getattr(error, "orig", None) or error).split())
        raise JudgingUnfitError(
            f"the gradebook {url} cannot be read or written ({what}); the verdicts are safe in "
            f"{course.verdicts}; free or restore the database, then run the command again"
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


def _configured_url(course: Course) -> str | URL:
    return other_database(course) or URL.create(
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
