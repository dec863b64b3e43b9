"""A class whose gradebook is in PostgreSQL: real server, real grading, real nbgrader.

What is asked of a gradebook in either kind of database is asked in ``test_gradebook.py``.
"""

import csv
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import NullPool, create_engine, text

from autograder import cli, session
from autograder.course import Course
from autograder.sandbox import Isolation

ROOT = Path(__file__).parents[2]
NAME, OTHER = "02_convolution", "03_pooling"
BACKWARD, ANSWER = "conv_backward_naive", "why_gradients_add"
POINTS = {"conv_forward_naive": 5.0, BACKWARD: 10.0}
STUDENTS = ("ada", "bob", "cyd", "dan", "eve")
SMALL = {"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}


@dataclass(frozen=True)
class Class:
    """A course of its own, whose gradebook is ``url``."""

    course: Course
    url: str
    isolation: Isolation

    def hand_in(self, student: str, notebook: Mapping[str, Any], name: str = NAME) -> Path:
        path = self.course.submitted / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
        return path.parent

    def grade(self, name: str = NAME) -> None:
        outcome = session.grade(self.course, name, isolation=self.isolation, quiet=True, jobs=1)
        assert outcome.complete

    def nbgrader(self, *arguments: str) -> None:
        """Run nbgrader's own command."""
        command = [sys.executable, "-m", "nbgrader", *arguments]
        run = subprocess.run(
            command, cwd=self.course.root, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr

    @property
    def book(self) -> Gradebook:
        return Gradebook(self.url, "backprop-by-hand")

    def point_to(self, url: str) -> None:
        """Have the gradebook elsewhere."""
        with self.course.config.open("a") as config:
            config.write(f"c.CourseDirectory.db_url = {url!r}\n")


@pytest.fixture(scope="module")
def make_class(
    new_database: Callable[..., str], isolation: Isolation, tmp_path_factory
) -> Callable[[], Class]:
    """A function that makes a course with an empty database."""

    def make() -> Class:
        course = Course(tmp_path_factory.mktemp("the course"))
        course.solutions.mkdir()
        shutil.copy(ROOT / "nbgrader_config.py", course.config)
        for notebook in (NAME, OTHER):
            shutil.copy(Course(ROOT).solution_file(notebook), course.solutions)
            folder = course.release_file(notebook).parent
            shutil.copytree(Course(ROOT).release_file(notebook).parent, folder)
        made = Class(course, new_database(), isolation)
        made.point_to(made.url)
        return made

    return make


def facts(url: str) -> list[tuple[Any, ...]]:
    """All that grading wrote, but for ids that are made at random."""
    query = """
        SELECT student_id, base_cell.name, auto_score, needs_manual_grade, auto_comment, digest
        FROM submitted_assignment
        JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN base_cell ON base_cell.notebook_id = submitted_notebook.notebook_id
        LEFT JOIN grade ON grade.notebook_id = submitted_notebook.id AND cell_id = base_cell.id
        LEFT JOIN comment
            ON comment.notebook_id = submitted_notebook.id AND comment.cell_id = base_cell.id
        LEFT JOIN written_answer_seen ON written_answer_seen.grade_id = grade.id
        ORDER BY student_id, base_cell.name, base_cell.type
    """
    with create_engine(url, poolclass=NullPool).connect() as database:
        return [tuple(row) for row in database.execute(text(query))]


def test_a_class_is_graded_and_nbgrader_exports_its_grades(make_class, notebook) -> None:
    room = make_class()
    negated = (BACKWARD, "return dx, dw, db", "return dx, dw, -db")
    room.hand_in("ada", notebook())
    room.hand_in("bob", notebook(NAME, negated))
    room.hand_in("cyd", notebook(solved=False))
    room.grade()
    assert not room.course.gradebook.exists()
    room.nbgrader("export")
    with (room.course.root / "grades.csv").open(newline="") as table:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
    assert scores["ada"] == sum(POINTS.values())
    assert 0 < scores["bob"] < scores["ada"]
    assert scores["cyd"] == 0


def test_nbgraders_own_autograding_keeps_what_people_entered_and_what_being_late_costs(
    make_class, notebook
) -> None:
    room = make_class()
    room.course.config.write_text(
        f"{room.course.config.read_text()}c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    made = notebook()
    (question,) = (
        c for c in made["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER
    )
    question["source"] = "What is used several times collects its gradients."
    for student in ("ada", "bob"):
        folder = room.hand_in(student, made)
    (folder / "timestamp.txt").write_text("2026-01-02 10:00:00 UTC")
    room.grade()
    with room.book as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-01 10:00:00 UTC")
        read = book.find_grade(ANSWER, NAME, NAME, "ada")
        read.manual_score, read.needs_manual_grade = 1.5, False
        book.find_comment(ANSWER, NAME, NAME, "ada").manual_comment = "Well said."
        book.db.commit()
    room.nbgrader("autograde", NAME)
    with room.book as book:
        read = book.find_grade(ANSWER, NAME, NAME, "ada")
        assert (read.manual_score, read.needs_manual_grade) == (1.5, False)
        assert book.find_comment(ANSWER, NAME, NAME, "ada").manual_comment == "Well said."
        late = book.find_submission_notebook(NAME, NAME, "bob")
        assert late.late_submission_penalty == late.score == sum(POINTS.values())
        assert not book.find_submission_notebook(NAME, NAME, "ada").late_submission_penalty


#: Grades a class in batches of two, and kills itself before a commit.
KILLED = """
import os, signal, sys
from itertools import count
from sqlalchemy import Engine, event
from autograder import cli, gradebook, projection
gradebook.BATCH = projection._TOGETHER = 2
last, commits = int(sys.argv[1]), count(1)

@event.listens_for(Engine, "commit")
def before(connection):
    if next(commits) == last:
        os.kill(os.getpid(), signal.SIGKILL)

sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def undisturbed(make_class) -> list[tuple[Any, ...]]:
    room = make_class()
    for student in STUDENTS:
        room.hand_in(student, SMALL)
    room.grade()
    return facts(room.url)


# The first commits make tables, the course, and the cells.
@pytest.mark.parametrize("commit", [2, 6, 7])
def test_after_a_kill_in_the_middle_the_next_run_ends_where_an_undisturbed_one_does(
    make_class, undisturbed, commit: int
) -> None:
    room = make_class()
    for student in STUDENTS:
        room.hand_in(student, SMALL)
    command = ["--course", str(room.course.root), "grade", NAME, "--jobs", "1"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(commit), *command], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert cli.main(command) == 0
    assert facts(room.url) == undisturbed
    assert len(undisturbed) > len(STUDENTS)


def test_a_gradebook_that_moves_is_written_whole_for_every_assignment(
    make_class, new_database
) -> None:
    room = make_class()
    for name in (NAME, OTHER):
        room.hand_in("ada", SMALL, name)
        room.grade(name)
    before = facts(room.url)
    url = new_database()
    room.point_to(url)
    for name in (NAME, OTHER):
        room.grade(name)
    assert facts(url) == before


def test_a_student_whom_somebody_removed_is_written_again(make_class) -> None:
    room = make_class()
    for student in ("ada", "bob"):
        room.hand_in(student, SMALL)
    room.grade()
    before = facts(room.url)
    with room.book as book:
        book.remove_student("bob")
    assert facts(room.url) != before
    room.grade()
    assert facts(room.url) == before


def test_a_server_that_is_away_is_told_without_its_password(make_class, capsys) -> None:
    room = make_class()
    room.point_to("postgresql+psycopg://ada:very-secret@/grades?host=/nowhere")
    room.hand_in("ada", SMALL)
    code = cli.main(["--course", str(room.course.root), "grade", NAME])
    said = capsys.readouterr().err
    assert code == 3
    assert "postgresql+psycopg://ada:***@/grades" in said
    assert "very-secret" not in said
    room.point_to(room.url)
    room.grade()
    assert {row[0] for row in facts(room.url)} == {"ada"}


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("mysql://localhost/grades", 3, "No module named 'MySQLdb'); expected that of mysql"),
        ("grades, please:secret", 2, "expected one such as 'postgresql://localhost/grades'"),
        ("postgresql://localhost:port/grades", 2, "is not the address of a database"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_line(make_class, capsys, url, code, told) -> None:
    room = make_class()
    room.point_to(url)
    room.hand_in("ada", SMALL)
    assert cli.main(["--course", str(room.course.root), "grade", NAME]) == code
    (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("autograder: ")]
    assert told in line
    assert "secret" not in line


def test_a_name_longer_than_nbgraders_columns_stops_nobody_else(make_class) -> None:
    room = make_class()
    long = "x" * 129
    for student in ("ada", long, "y" * 128):
        room.hand_in(student, SMALL)
    room.grade()
    assert {row[0] for row in facts(room.url)} == {"ada", "y" * 128}
