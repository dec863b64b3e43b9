"""Who has a place in nbgrader's database.

Every run asks, so it is asked without nbgrader, which takes a second to import, and of a file
without SQLAlchemy, too.  Only an SQLite file can be damaged without its server knowing: it is
read from end to end, but once only for as long as nobody writes to it.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from autograder.course import Course
from autograder.settings import other_database

#: Says which gradebook was found whole: how long it was, and when it was last changed.
CHECKED = ".gradebook.checked"

_STUDENTS = """
SELECT submitted_assignment.student_id
FROM submitted_notebook
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN assignment ON submitted_assignment.assignment_id = assignment.id
WHERE assignment.name = :assignment
"""


def students(course: Course, assignment: str) -> frozenset[str]:
    """Everybody with a submission in the gradebook; nobody where that is not whole.

    What is wrong with it is told to whoever writes to it.
    """
    other = other_database(course)
    if other is not None:
        return _in_other(course, other, assignment)
    return _in_file(course, course.gradebook, assignment)


def _in_other(course: Course, url: str, assignment: str) -> frozenset[str]:
    from sqlalchemy import NullPool, create_engine, make_url, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        place = make_url(url)
        if place.get_backend_name() == "sqlite":
            return _in_file(course, Path(place.database or ""), assignment)
        # Without a pool the connection ends here.
        with create_engine(place, poolclass=NullPool).connect() as database:
            return frozenset(database.scalars(text(_STUDENTS), {"assignment": assignment}))
    except (SQLAlchemyError, ImportError, ValueError):
        return frozenset()


def _in_file(course: Course, file: Path, assignment: str) -> frozenset[str]:
    if not file.is_file():
        return frozenset()
    stamp = _stamp(file)
    note = course.class_root / CHECKED
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            if not _is_noted(note, stamp):
                (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
                if found != "ok":
                    return frozenset()
                # Where it cannot be noted, the next run checks again.
                with suppress(OSError):
                    note.write_text(stamp, encoding="utf-8")
            rows = database.execute(_STUDENTS, {"assignment": assignment})
            return frozenset(student for (student,) in rows)
    except sqlite3.Error:
        return frozenset()


def _stamp(file: Path) -> str:
    """Changes with whatever is written to the file, and when another one takes its place."""
    found = file.stat()
    parts = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return f"{file.absolute()} {' '.join(map(str, parts))}"


def _is_noted(note: Path, stamp: str) -> bool:
    with suppress(OSError, ValueError):
        return note.read_text(encoding="utf-8") == stamp
    return False
