"""The paths of a course, and the released notebook as graders read it."""

import json
from pathlib import Path

import pytest

from autograder.course import Course, CourseNotFoundError
from autograder.errors import JudgingUnfitError, RefusedError, UsageError
from autograder.release import read_release, released_cells


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "solutions").mkdir()
    return Course(tmp_path)


def test_a_course_is_found_from_any_folder_inside_it(course: Course) -> None:
    inner = course.root / "submitted" / "ada" / "02_convolution"
    inner.mkdir(parents=True)
    assert Course.find(inner) == course
    assert Course.find(course.root) == course


def test_the_working_directory_is_where_the_search_begins(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.solutions)
    assert Course.find().root.samefile(course.root)


def test_a_course_that_is_named_is_that_one_or_none(course: Course, monkeypatch) -> None:
    monkeypatch.chdir(course.root.parent)
    assert Course.at(Path(course.root.name)) == course
    (course.solutions / "nbgrader_config.py").write_text("")
    with pytest.raises(CourseNotFoundError, match=r"solutions is no course: it lacks solutions/; "):
        Course.at(course.solutions)
    with pytest.raises(CourseNotFoundError, match=r"it lacks .*; name the folder of the course$"):
        Course.at(course.root.parent)


@pytest.mark.parametrize("present", ["nbgrader_config.py", "solutions", None])
def test_a_folder_with_half_of_a_course_is_not_one(tmp_path: Path, present: str | None) -> None:
    if present == "solutions":
        (tmp_path / present).mkdir()
    elif present:
        (tmp_path / present).write_text("")
    with pytest.raises(CourseNotFoundError, match=r"no course found in .*; expected .*; run") as e:
        Course.find(tmp_path)
    assert e.value.exit_code == 2


def test_notebooks_are_the_numbered_sources_in_order(course: Course) -> None:
    for name in (
        "03_pooling.py",
        "02_convolution.py",
        "helper.py",
        "04_im2col.ipynb",
        "__init__.py",
    ):
        (course.solutions / name).write_text("")
    assert course.notebooks == ("02_convolution", "03_pooling")


def test_an_unknown_assignment_is_answered_with_the_known_ones(course: Course) -> None:
    (course.solutions / "03_pooling.py").write_text("")
    assert course.require("03_pooling") == "03_pooling"
    with pytest.raises(UsageError, match=r"no assignment '03_poling'; .* has 03_pooling; give"):
        course.require("03_poling")


def test_a_class_of_its_own_moves_grades_but_neither_sources_nor_releases(course: Course) -> None:
    demo = Course(course.root, course.build / "demo")
    moved = ("submitted", "autograded", "feedback", "gradebook", "verdicts", "secret")
    for name in moved:
        assert getattr(demo, name).parent == course.build / "demo"
        assert getattr(course, name).parent == course.root
    for name in ("config", "solutions", "assignments", "build", "source", "solved"):
        assert getattr(demo, name) == getattr(course, name)


def test_each_kind_of_error_ends_with_its_own_exit_code() -> None:
    assert UsageError("x").exit_code == 2
    assert JudgingUnfitError("x").exit_code == 3
    refused = RefusedError("two faults", ["a.py:1: one", "a.py:2: two"])
    assert refused.exit_code == 1
    assert str(refused).splitlines() == ["two faults", "a.py:1: one", "a.py:2: two"]
    assert all(issubclass(kind, UsageError) for kind in (JudgingUnfitError, RefusedError))


def cell(source: str, grade_id: str = "", **metadata: object) -> dict[str, object]:
    """A code cell; ``grade``, ``solution`` and ``points`` go to nbgrader's metadata."""
    nbgrader = {
        "grade": metadata.pop("grade", False),
        "grade_id": grade_id,
        "locked": metadata.pop("locked", False),
        "schema_version": 3,
        "solution": metadata.pop("solution", False),
        "task": False,
    }
    if "points" in metadata:
        nbgrader["points"] = metadata.pop("points")
    if grade_id:
        metadata["nbgrader"] = nbgrader
    kind = metadata.pop("kind", "code")
    return {"cell_type": kind, "metadata": metadata, "source": source.splitlines(keepends=True)}


def release(course: Course, cells: list[dict[str, object]]) -> None:
    path = course.release_file("03_pooling")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}))


def test_a_release_tells_points_bonus_and_kind_of_each_graded_cell(course: Course) -> None:
    release(
        course,
        [
            cell("import numpy as np"),
            cell("def pool():\n    raise NotImplementedError()", "pool_solution", solution=True),
            cell("check(pool)", "pool", grade=True, locked=True, points=5),
            cell("check(pool, part='pad')", "pool_pad", grade=True, points=0, bonus=2),
            cell("YOUR ANSWER", "why", grade=True, solution=True, points=2, kind="markdown"),
            cell("x = 1", "given", locked=True),
        ],
    )
    cells = released_cells(course, "03_pooling")
    assert [(c.grade_id, c.kind, c.points, c.bonus) for c in cells] == [
        ("pool_solution", "solution", 0, 0),
        ("pool", "autograded", 5, 0),
        ("pool_pad", "autograded", 0, 2),
        ("why", "manual", 2, 0),
        ("given", "locked", 0, 0),
    ]
    assert cells[2].maximum == 2
    assert cells[3].cell_type == "markdown"
    assert read_release(course, "03_pooling").cell("pool").source == "check(pool)"
    with pytest.raises(UsageError, match="no cell 'conv'"):
        read_release(course, "03_pooling").cell("conv")


def test_a_release_lists_every_code_cell_with_its_tags(course: Course) -> None:
    release(
        course, [cell("a = 1\nb = 2"), cell("text", kind="markdown"), cell("p()", tags=["picture"])]
    )
    code = read_release(course, "03_pooling").code
    assert [(c.source, c.tags) for c in code] == [
        ("a = 1\nb = 2", frozenset()),
        ("p()", frozenset({"picture"})),
    ]


def test_a_missing_release_asks_for_a_build(course: Course) -> None:
    with pytest.raises(UsageError, match=r"no released notebook .*run 'autograder build'"):
        read_release(course, "03_pooling")


def test_a_damaged_release_asks_for_a_build(course: Course) -> None:
    release(course, [])
    course.release_file("03_pooling").write_text("{")
    with pytest.raises(UsageError, match=r"not a released notebook .*autograder build"):
        read_release(course, "03_pooling")
