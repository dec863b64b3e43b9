"""The gradebook: real nbgrader, real databases, and what a person did there survives."""

import csv
import io
import json
import os
import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Grade, Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import text

from autograder import export, gradebook
from autograder.course import Course
from autograder.errors import JudgingUnfitError
from autograder.release import read_release
from autograder.settings import other_database
from autograder.store import VerdictStore
from autograder.submission import read_submission
from autograder.verdict import ExerciseVerdict, Verdict, digest
from course_utils.exercise import CheckResult, Status
from course_utils.report_card import ReportCard

ROOT = Path(__file__).resolve().parents[2]
NAME = "01_toy"
QUESTION = "YOUR ANSWER HERE"


def cell(kind: str, source: str, grade_id: str = "", **metadata: object) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "id": grade_id or f"cell-{len(source)}"}
    made |= {"metadata": dict(metadata), "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if grade_id:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        extra = metadata.get("nbgrader", {})
        made["metadata"]["nbgrader"] = {
            **flags,
            "grade_id": grade_id,
            "schema_version": 3,
            "checksum": "0",
            **extra,
        }
    return made


def released() -> dict[str, Any]:
    auto = {"grade": True, "locked": True}
    return {
        "cells": [
            cell("markdown", "# Doubling"),
            cell("code", "def double(x): ...", "double_solution", nbgrader={"solution": True}),
            cell("code", "check(double)", "double", nbgrader={**auto, "points": 4}),
            cell(
                "code",
                "check(double, part='twice')",
                "double_twice",
                nbgrader={**auto, "points": 0},
                bonus=2,
            ),
            cell(
                "markdown",
                QUESTION,
                "why",
                nbgrader={"grade": True, "solution": True, "points": 2},
            ),
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as nbgrader makes it; making one takes a second."""
    path = tmp_path_factory.mktemp("database") / "gradebook.db"
    with gradebook._own_programs_first(), Gradebook(f"sqlite:///{path}", "backprop-by-hand"):
        return path


@pytest.fixture(scope="module")
def empty_postgresql(new_database: Callable[..., str]) -> str:
    """The same in PostgreSQL."""
    url = new_database()
    with gradebook._own_programs_first(), Gradebook(url, "backprop-by-hand"):
        return url


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def course(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Course:
    """A course with an empty gradebook, in each kind of database."""
    course = Course(tmp_path)
    settings = (ROOT / "nbgrader_config.py").read_text()
    if request.param == "PostgreSQL":
        new, empty = map(request.getfixturevalue, ("new_database", "empty_postgresql"))
        settings += f"c.CourseDirectory.db_url = {new(empty)!r}\n"
    else:
        shutil.copy(empty_database, course.gradebook)
    course.config.write_text(settings)
    release(course, released())
    return course


#: What is asked of a gradebook in a file only.
in_a_file = pytest.mark.parametrize("course", ["SQLite"], indirect=True)


def release(course: Course, notebook: dict[str, Any]) -> None:
    path = course.release_file(NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))


def hand_in(course: Course, student: str, answer: str, timestamp: str = "") -> None:
    notebook = released()
    notebook["cells"][-1]["source"] = answer
    folder = course.submitted / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp)


def exercise(name: str, share: float | None, status: Status, reason: str = "") -> ExerciseVerdict:
    checks = tuple(
        CheckResult(title, f"{title} *doubles*", "x + x", 1, "value", "failed" if bad else "passed")
        for title, bad in (("value", status == "failed"), ("shape", False))
    )
    return ExerciseVerdict(name, share, ReportCard("double", status, checks, reason))


def judged(student: str = "ada", share: float = 1.0) -> Verdict:
    status: Status = "passed" if share == 1 else "failed" if share else "not started"
    exercises = (exercise("double", share, status), exercise("double_twice", share, status))
    return Verdict(student, NAME, "judged", exercises, key=f"{student} {share}")


def not_judged(student: str = "ada") -> Verdict:
    exercises = (
        exercise("double", None, "not judged", "the sandbox failed"),
        exercise("double_twice", None, "not judged", "the sandbox failed"),
    )
    return Verdict(student, NAME, "not judged", exercises, reason="the sandbox failed")


def unreadable(student: str = "ada") -> Verdict:
    return Verdict(student, NAME, "unreadable", reason="the file is not valid JSON")


def write(course: Course, *verdicts: Verdict) -> None:
    """As a grading session does: keep the verdicts, then project them."""
    store = VerdictStore(course.verdicts)
    told = [replace(verdict, written=written(course, verdict)) for verdict in verdicts]
    for verdict in told:
        store.put(verdict)
    gradebook.write(course, read_release(course, NAME), told)


def written(course: Course, verdict: Verdict) -> dict[str, str] | None:
    """What grading tells of the answers that were handed in."""
    path = course.submitted / verdict.student / NAME / f"{NAME}.ipynb"
    if not path.is_file() or verdict.status == "unreadable":
        return None
    found = read_submission(path, verdict.student, read_release(course, NAME)).written
    return {grade_id: digest(text) for grade_id, text in found}


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    url = other_database(course) or f"sqlite:///{course.gradebook}"
    with Gradebook(url, "backprop-by-hand") as book:
        yield book


def change(course: Course, student: str, name: str, **fields: object) -> None:
    """What a person does in formgrader."""
    with opened(course) as book:
        grade = book.find_grade(name, NAME, NAME, student)
        for field, value in fields.items():
            setattr(grade, field, value)
        book.db.commit()


def grade_of(course: Course, name: str, student: str = "ada") -> Grade:
    with opened(course) as book:
        grade = book.find_grade(name, NAME, NAME, student)
        return {
            "auto": grade.auto_score,
            "manual": grade.manual_score,
            "extra": grade.extra_credit,
            "pending": grade.needs_manual_grade,
        }


def comment_of(course: Course, name: str, student: str = "ada") -> Any:
    with opened(course) as book:
        comment = book.find_comment(name, NAME, NAME, student)
        return comment.auto_comment, comment.manual_comment


def rows(course: Course) -> dict[tuple[str, str], export.GradeRow]:
    table = export.rows(course, read_release(course, NAME), VerdictStore(course.verdicts))
    return {(row.student, row.exercise): row for row in table}


def test_an_empty_gradebook_gets_the_cells_of_the_release(course: Course) -> None:
    write(course, judged())
    with opened(course) as book:
        notebook = book.find_notebook(NAME, NAME)
        cells = {c.name: (c.max_score, c.cell_type) for c in notebook.grade_cells}
        assert cells == {"double": (4, "code"), "double_twice": (0, "code"), "why": (2, "markdown")}
        assert {c.name for c in notebook.solution_cells} == {"double_solution", "why"}
        locked = {c.name: c.locked for c in notebook.source_cells}
        assert locked == {
            "double_solution": False,
            "double": True,
            "double_twice": True,
            "why": False,
        }
        assert json.loads(notebook.kernelspec)["name"] == "python3"
        assert book.find_assignment(NAME).course_id == "backprop-by-hand"


@pytest.mark.parametrize("cut", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_database_whose_making_was_cut_short_can_be_upgraded_by_nbgrader(
    course: Course, cut: str
) -> None:
    with opened(course) as book:
        whole = book.db.execute(text("SELECT * FROM alembic_version")).all()
        book.db.execute(text(cut))
        book.db.commit()
    gradebook.prepare(course, read_release(course, NAME))
    with opened(course) as book:
        assert book.db.execute(text("SELECT * FROM alembic_version")).all() == whole


@in_a_file
def test_a_database_is_made_without_alembic_on_the_path(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.gradebook.unlink()
    course.config.write_text("c.CourseDirectory.course_id = 'x'")
    monkeypatch.setenv("PATH", "/nowhere")
    write(course, judged())
    assert os.environ["PATH"] == "/nowhere"
    with sqlite3.connect(course.gradebook) as db:
        (version,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
    db.close()
    assert version


@in_a_file
def test_with_the_configuration_nbgrader_itself_finds_alembic(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.gradebook.unlink()
    monkeypatch.setenv("PATH", "/nowhere")
    for _ in range(2):
        gradebook.read_settings(course)
    assert os.environ["PATH"] == f"{Path(sys.executable).parent}{os.pathsep}/nowhere"
    with opened(course) as book:
        assert book.assignments == []


def test_writing_warns_of_nothing(course: Course) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write(course, judged("ada"), judged("bob"))


def test_scores_are_scaled_to_the_cell_and_a_bonus_goes_beyond_its_maximum(course: Course) -> None:
    write(course, judged("ada", 1.0), judged("bob", 0.55))
    assert grade_of(course, "double", "ada")["auto"] == 4
    assert grade_of(course, "double_twice", "ada")["auto"] == 2
    assert grade_of(course, "double", "bob")["auto"] == 2.2
    assert not grade_of(course, "double", "bob")["pending"]


def test_a_class_larger_than_a_batch_is_written_whole_and_a_second_time_changes_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook, "BATCH", 2)
    students = ["ada", "bob", "eve", "joe", "zoë"]
    write(course, *(judged(student, share=0.5) for student in students))
    with opened(course) as book:
        assert [s.id for s in sorted(book.students, key=lambda s: s.id)] == students
        grades = {(g.notebook.student.id, g.cell.name): g.id for g in book.db.query(Grade)}
    assert len(grades) == 3 * len(students)
    write(course, *(judged(student) for student in students))
    with opened(course) as book:
        again = {(g.notebook.student.id, g.cell.name): g.id for g in book.db.query(Grade)}
        scores = {g.auto_score for g in book.db.query(Grade) if g.cell.name == "double"}
    assert (again, scores) == (grades, {4})


def test_what_is_not_started_is_a_zero_and_waits_for_nobody(course: Course) -> None:
    write(course, judged(share=0))
    assert grade_of(course, "double") == {
        "auto": 0,
        "manual": None,
        "extra": None,
        "pending": False,
    }


def test_what_the_grader_could_not_judge_is_no_zero_and_waits_for_a_person(course: Course) -> None:
    write(course, not_judged())
    assert grade_of(course, "double")["auto"] is None
    assert grade_of(course, "double")["pending"]
    row = rows(course)["ada", "double"]
    assert (row.auto_score, row.status, row.pending) == (None, "not judged", True)
    total = rows(course)["ada", "total"]
    assert (total.auto_score, total.reason) == (None, "the sandbox failed")


def test_an_unreadable_file_has_no_score_at_all(course: Course) -> None:
    write(course, unreadable())
    for name in ("double", "double_twice", "why"):
        assert grade_of(course, name)["auto"] is None
        assert grade_of(course, name)["pending"]
        assert rows(course)["ada", name].auto_score is None
        assert rows(course)["ada", name].status == "unreadable"


@pytest.mark.parametrize("later", [not_judged, unreadable])
def test_an_older_grade_is_kept_and_marked(course: Course, later: Callable[[], Verdict]) -> None:
    write(course, judged())
    write(course, later())
    assert grade_of(course, "double")["auto"] == 4
    assert grade_of(course, "double")["pending"]
    row = rows(course)["ada", "double"]
    assert row.auto_score == 4
    assert row.pending
    assert later().reason in row.reason


def test_an_older_grade_survives_even_without_the_verdict_it_came_from(course: Course) -> None:
    write(course, judged())
    course.verdicts.unlink()
    write(course, unreadable())
    assert grade_of(course, "double")["auto"] == 4
    assert grade_of(course, "double")["pending"]


def test_a_judged_submission_clears_what_was_pending(course: Course) -> None:
    write(course, judged())
    write(course, not_judged())
    write(course, judged(share=0.5))
    assert grade_of(course, "double")["auto"] == 2
    assert not grade_of(course, "double")["pending"]


def test_what_a_person_entered_survives_every_regrade(course: Course) -> None:
    hand_in(course, "ada", "because it adds")
    write(course, judged())
    change(course, "ada", "why", manual_score=1.5, needs_manual_grade=False)
    change(course, "ada", "double", manual_score=3, extra_credit=0.5, needs_manual_grade=False)
    with opened(course) as book:
        book.find_comment("double_solution", NAME, NAME, "ada").manual_comment = "well done"
        book.db.commit()
    for verdict in (judged(), unreadable(), not_judged(), judged()):
        write(course, verdict)
        assert grade_of(course, "why")["manual"] == 1.5
        assert grade_of(course, "double")["manual"] == 3
        assert grade_of(course, "double")["extra"] == 0.5
        assert comment_of(course, "double_solution")[1] == "well done"
    row = rows(course)["ada", "double"]
    assert (row.auto_score, row.manual_score) == (4, 3.5)


def test_grading_again_without_a_change_asks_nobody_to_look_again(course: Course) -> None:
    hand_in(course, "ada", "because it adds")
    write(course, judged())
    change(course, "ada", "why", manual_score=2, needs_manual_grade=False)
    change(course, "ada", "double", manual_score=3, needs_manual_grade=False)
    write(course, judged())
    assert not grade_of(course, "why")["pending"]
    assert not grade_of(course, "double")["pending"]


def test_a_score_that_changed_below_a_manual_one_is_to_be_looked_at(course: Course) -> None:
    write(course, judged())
    change(course, "ada", "double", manual_score=3, needs_manual_grade=False)
    write(course, judged(share=0.5))
    assert grade_of(course, "double") == {"auto": 2, "manual": 3, "extra": None, "pending": True}


def test_an_answer_that_changed_needs_grading_again(course: Course) -> None:
    hand_in(course, "ada", "because it adds")
    write(course, judged())
    assert grade_of(course, "why") == {"auto": None, "manual": None, "extra": None, "pending": True}
    change(course, "ada", "why", manual_score=2, needs_manual_grade=False)
    hand_in(course, "ada", "because it does not")
    write(course, judged())
    assert grade_of(course, "why") == {"auto": None, "manual": 2, "extra": None, "pending": True}


def test_an_answer_left_as_given_is_a_zero_with_a_word(course: Course) -> None:
    hand_in(course, "ada", f"{QUESTION}\n")
    write(course, judged())
    assert grade_of(course, "why") == {"auto": 0, "manual": None, "extra": None, "pending": False}
    assert comment_of(course, "why")[0] == "No response."
    hand_in(course, "ada", "an answer")
    write(course, judged())
    assert grade_of(course, "why")["pending"]
    assert comment_of(course, "why")[0] is None


def test_the_comment_on_a_solution_says_what_failed_and_goes_when_it_is_right(
    course: Course,
) -> None:
    write(course, judged(share=0.5))
    comment, _ = comment_of(course, "double_solution")
    assert comment.startswith("double: 1 of 2 checks failed: value *doubles*.")
    assert "double_twice (bonus): 1 of 2 checks passed; open: value *doubles*." in comment
    write(course, judged(share=0))
    assert comment_of(course, "double_solution")[0].startswith("double: not started.")
    write(course, judged())
    assert comment_of(course, "double_solution")[0] is None


def test_a_comment_says_no_name_twice(course: Course) -> None:
    found = exercise("double", 0.0, "failed", "double used more than 5 s of processor time")
    write(course, replace(judged(), exercises=(found,)))
    comment, _ = comment_of(course, "double_solution")
    assert comment == "double used more than 5 s of processor time."


def test_a_comment_quotes_nothing_that_could_run(course: Course) -> None:
    found = exercise("double", 0.0, "failed", "NameError: <img src=x onerror=alert(1)>")
    write(course, replace(judged(), exercises=(found,)))
    assert "<img" not in comment_of(course, "double_solution")[0]


def test_a_late_submission_keeps_its_penalty_when_graded_again(course: Course) -> None:
    config = course.config.read_text()
    course.config.write_text(f"{config}\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(course, "ada", "x", timestamp="2026-01-02 10:00:00 UTC")
    hand_in(course, "bob", "x", timestamp="2026-01-01 10:00:00 UTC")
    write(course, judged("ada"), judged("bob"))
    with opened(course) as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-01 12:00:00 UTC")
    for _ in range(2):
        write(course, judged("ada"), judged("bob"))
        with opened(course) as book:
            late = book.find_submission_notebook(NAME, NAME, "ada")
            assert late.late_submission_penalty == late.score == 6
            assert not book.find_submission_notebook(NAME, NAME, "bob").late_submission_penalty


def test_a_timestamp_that_is_none_does_not_stop_the_class(course: Course) -> None:
    hand_in(course, "ada", "x", timestamp="soon")
    write(course, judged("ada"), judged("bob"))
    assert grade_of(course, "double", "bob")["auto"] == 4


def test_an_exercise_added_after_submissions_is_pending_for_everybody(course: Course) -> None:
    write(course, judged("ada"), judged("bob"))
    change(course, "ada", "double", manual_score=1, needs_manual_grade=False)
    notebook = released()
    added = cell("code", "check(triple)", "triple", nbgrader={"grade": True, "points": 3})
    notebook["cells"].append(added)
    notebook["cells"][2]["metadata"]["nbgrader"]["points"] = 8
    release(course, notebook)
    write(course, judged("ada"))
    assert grade_of(course, "triple", "bob")["pending"]
    assert grade_of(course, "double", "ada") == {
        "auto": 8,
        "manual": 1,
        "extra": None,
        "pending": True,
    }


def test_an_exercise_that_left_the_release_goes_unless_a_person_graded_it(course: Course) -> None:
    write(course, judged("ada"))
    change(course, "ada", "why", manual_score=1)
    notebook = released()
    notebook["cells"] = notebook["cells"][:3]
    release(course, notebook)
    write(course, judged("ada"))
    with opened(course) as book:
        names = {c.name for c in book.find_notebook(NAME, NAME).grade_cells}
    assert names == {"double", "why"}


def test_formgrader_lists_what_was_graded_here(course: Course) -> None:
    course.source_file(NAME).parent.mkdir(parents=True)
    course.source_file(NAME).write_text(json.dumps(released()))
    hand_in(course, "ada", "x", timestamp="2026-01-02 10:00:00 UTC")
    write(course, judged("ada"))
    (course.autograded / "ada" / NAME).mkdir(parents=True)
    folders = CourseDirectory(config=gradebook.read_settings(course))
    api = NbGraderAPI(folders, config=gradebook.read_settings(course))
    (submission,) = api.get_submissions(NAME)
    assert submission["autograded"]
    assert (submission["score"], submission["max_score"]) == (6, 6)


@in_a_file
def test_a_database_that_is_broken_is_one_line_and_loses_nothing(
    course: Course, empty_database: Path
) -> None:
    write(course, judged())
    course.gradebook.write_bytes(b"this was a database once " * 100)
    with pytest.raises(JudgingUnfitError, match=r"not a database.*verdicts are safe") as error:
        write(course, judged(share=0.5))
    assert "\n" not in str(error.value)
    shutil.copy(empty_database, course.gradebook)
    write(course, judged(share=0.5))
    assert grade_of(course, "double")["auto"] == 2


def test_there_is_a_row_for_each_graded_cell_and_one_for_the_sum(course: Course) -> None:
    hand_in(course, "ada", "an answer")
    write(course, judged(share=0.5), judged("bob", 0))
    change(course, "ada", "why", manual_score=1.5, needs_manual_grade=False)
    table = rows(course)
    assert [name for student, name in table if student == "ada"] == [
        "double",
        "double_twice",
        "why",
        "total",
    ]
    assert table["ada", "double_twice"].auto_score == 1
    assert table["ada", "double_twice"].auto_max == 0
    assert table["ada", "why"].status == "graded"
    assert table["ada", "total"] == export.GradeRow(
        "ada",
        NAME,
        "total",
        3.0,
        4.0,
        1.0,
        2.0,
        1.5,
        2.0,
        pending=False,
        status="failed",
        reason="",
    )
    worth = {
        exercise: (row.bonus_score, row.bonus_max, row.manual_max)
        for (student, exercise), row in table.items()
        if student == "ada"
    }
    assert worth == {
        "double": (0, 0, None),
        "double_twice": (1, 2, None),
        "why": (None, None, 2),
        "total": (1, 2, 2),
    }
    assert table["bob", "total"].status == "not started"
    assert table["bob", "total"].auto_score == 0


def test_the_table_has_the_promised_columns_and_no_bare_zero_for_a_missing_score(
    course: Course,
) -> None:
    write(course, unreadable(), judged("bob"))
    table = export.as_csv(rows(course).values())
    first, *lines = list(csv.DictReader(io.StringIO(table, newline="")))
    assert list(first) == (
        [
            "student",
            "assignment",
            "exercise",
            "auto_score",
            "auto_max",
            "bonus_score",
            "bonus_max",
            "manual_score",
            "manual_max",
            "pending",
            "status",
            "reason",
        ]
    )
    assert (first["auto_score"], first["bonus_score"], first["pending"]) == ("", "", "yes")
    assert lines[-1] == {
        "student": "bob",
        "assignment": NAME,
        "exercise": "total",
        "auto_score": "6.0",
        "auto_max": "4.0",
        "bonus_score": "2.0",
        "bonus_max": "2.0",
        "manual_score": "",
        "manual_max": "2.0",
        "pending": "yes",
        "status": "passed",
        "reason": "",
    }
    assert json.loads(export.as_json(rows(course).values()))[0]["auto_score"] is None


def test_a_check_that_nothing_could_be_looked_at_by_is_no_reason(course: Course) -> None:
    """How a function behaves counts once a value is right."""
    checks = tuple(
        CheckResult(title, title, "", 1, kind, "failed")
        for title, kind in (("the value", "value"), ("the inputs stay as they were", "unchanged"))
    )
    found = ExerciseVerdict("double", 0.0, ReportCard("double", "failed", checks))
    write(course, replace(judged(), exercises=(found,)))
    assert rows(course)["ada", "double"].reason == "the value"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\t=1", '=cmd|" /C calc"!A0'])
def test_a_spreadsheet_runs_no_name_as_a_formula(course: Course, name: str) -> None:
    write(course, judged(name), replace(not_judged("b"), reason=name))
    for row in csv.reader(io.StringIO(export.as_csv(rows(course).values()), newline="")):
        assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in row)
    assert json.loads(export.as_json(rows(course).values()))[0]["student"] == name
