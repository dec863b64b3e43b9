"""Who is in the gradebook: asked often, so cheaply, and never believed of a damaged file."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from autograder import gradebook
from autograder.course import Course
from autograder.gradebook_students import students
from autograder.release import read_release
from autograder.verdict import Verdict

NAME, OTHER = "02_convolution", "03_pooling"
EVERYBODY = {f"student {number}" for number in range(60)}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Course:
    """A class whose gradebook is a file of some pages."""
    course = Course(Path(__file__).parents[2], tmp_path_factory.mktemp("class"))
    verdicts = [Verdict(student, NAME, "unreadable") for student in EVERYBODY]
    gradebook.write(course, read_release(course, NAME), verdicts)
    return course


@pytest.fixture
def course(written: Course, tmp_path: Path) -> Course:
    shutil.copy(written.gradebook, tmp_path)
    return Course(written.root, tmp_path)


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """Every statement that a database is asked."""
    statements: list[str] = []
    really: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect(*arguments, **named) -> sqlite3.Connection:
        database = really(*arguments, **named)
        database.set_trace_callback(statements.append)
        return database

    monkeypatch.setattr(sqlite3, "connect", connect)
    return statements


def damage(file: Path) -> None:
    """Spoil a page that no student's name stands on; its time of change stays."""
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'comment'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    before = file.stat()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"?" * size)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_each_assignment_has_its_own_students(course: Course) -> None:
    assert students(course, NAME) == EVERYBODY
    assert students(course, OTHER) == set()
    course.gradebook.unlink()
    assert students(course, NAME) == set()


def test_nobody_is_in_a_file_that_is_damaged_where_no_name_stands(course: Course) -> None:
    damage(course.gradebook)
    assert students(course, NAME) == set()


def test_a_whole_file_is_read_once_until_it_changes(course: Course, said: list[str]) -> None:
    for _ in range(3):
        assert students(course, NAME) == EVERYBODY
    assert said.count("PRAGMA quick_check(1)") == 1
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.execute("UPDATE comment SET manual_comment = 'well done'")
    assert students(course, NAME) == EVERYBODY
    assert said.count("PRAGMA quick_check(1)") == 2
    damage(course.gradebook)
    assert students(course, NAME) == set()


def test_a_file_that_takes_the_place_of_a_whole_one_is_read(course: Course) -> None:
    assert students(course, NAME) == EVERYBODY
    before = course.gradebook.stat()
    other = course.gradebook.with_name("other")
    shutil.copy(course.gradebook, other)
    damage(other)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(course.gradebook)
    assert students(course, NAME) == set()


def test_where_nothing_can_be_noted_the_file_is_read_every_time(
    course: Course, said: list[str]
) -> None:
    (course.class_root / ".gradebook.checked").mkdir()
    for _ in range(2):
        assert students(course, NAME) == EVERYBODY
    assert said.count("PRAGMA quick_check(1)") == 2
