"""Nothing is graded by what was edited after the last build, and it is said what that is."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import cli, freshness
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS, Question
from autograder.freshness import require_fresh, stale
from course_utils import recorded

ROOT = Path(__file__).parents[2]
NAME, BORROWER = "02_convolution", "04_im2col"
BACKWARD = "conv_backward_naive"
SOURCE = f"solutions/{NAME}.py"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy of the course."""
    for folder in ("solutions", "assignments"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_the_course_as_it_is_can_be_graded(notebook: str) -> None:
    assert list(stale(Course(ROOT), notebook)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("db = dout.sum(", "db = 2 * dout.sum("),
        ('"points": 10', '"points": 11'),
        ("# # ", "# # Another title: "),
    ],
)
def test_an_edit_of_a_solution_or_of_points_is_named_by_its_file(course, old, new) -> None:
    edit(course.solution_file(NAME), old, new)
    assert list(stale(course, NAME)) == [SOURCE]
    with pytest.raises(UsageError) as refused:
        require_fresh(course, NAME)
    assert refused.value.exit_code == 2
    assert str(refused.value) == (
        f"{NAME} was edited after the last build: {SOURCE}; students would be graded by something "
        "else than they were given; run 'autograder build', then the command again"
    )


def test_an_edit_of_what_a_later_notebook_borrows_is_named_there_too(course) -> None:
    edit(course.solution_file(NAME), "db = dout.sum(", "db = 1 * dout.sum(")
    assert list(stale(course, BORROWER)) == [f"assignments/{BORROWER}/naive_layers.py"]
    assert list(stale(course, "03_pooling")) == []


def test_a_release_that_was_edited_itself_is_no_business_of_grading(course) -> None:
    """It says what students were given, whatever that is; `autograder build --check` finds it."""
    edit(course.release_file(NAME), "convolution", "Convolution")
    assert list(stale(course, NAME)) == []


def another_weight(asked: Question) -> Question:
    first, *others = asked.exercise.checks
    checks = (replace(first, weight=first.weight + 1), *others)
    return replace(asked, exercise=replace(asked.exercise, checks=checks))


def another_number(asked: Question) -> Question:
    name = asked.exercise.cases[-1]
    recipe = asked.recipes[name]
    made = replace(
        recipe, make=lambda random: {**recipe.make(random), "b": recipe.make(random)["b"]}
    )
    return replace(asked, recipes={**asked.recipes, name: made})


def another_driver(asked: Question) -> Question:
    name = asked.exercise.cases[0]
    recipe = replace(asked.recipes[name], driver="read_after_another")
    return replace(asked, recipes={**asked.recipes, name: recipe})


def one_case_less(asked: Question) -> Question:
    return replace(asked, tiny=asked.tiny[:-1])


@pytest.mark.parametrize("change", [another_weight, another_number, another_driver, one_case_less])
def test_an_edit_of_an_exercise_is_named_by_the_exercise(monkeypatch, change) -> None:
    def changed(asked: Question) -> Question:
        return change(asked) if asked.exercise.name == BACKWARD else asked

    questions = tuple(map(changed, QUESTIONS[NAME]))
    monkeypatch.setattr(freshness, "QUESTIONS", {NAME: questions})
    assert list(stale(Course(ROOT), NAME)) == [f"the exercise {BACKWARD}"]


def test_an_exercise_that_was_never_built_is_named(monkeypatch, tmp_path) -> None:
    for question in QUESTIONS[NAME]:
        file = f"{question.exercise.name}.json"
        if question.exercise.name != BACKWARD:
            shutil.copy(recorded.FOLDER / file, tmp_path)
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    assert list(stale(Course(ROOT), NAME)) == [f"the exercise {BACKWARD}"]
    for damaged in ("", "{", (ROOT / "README.md").read_text(encoding="utf-8")):
        (tmp_path / f"{BACKWARD}.json").write_text(damaged, encoding="utf-8")
        assert list(stale(Course(ROOT), NAME)) == [f"the exercise {BACKWARD}"]


@pytest.mark.parametrize(
    "command",
    [
        ("grade", NAME),
        ("grade", NAME, "--dry-run"),
        ("grade", NAME, "--dry-run", "--compare"),
        ("explain", "ada", BACKWARD),
    ],
)
def test_every_command_that_judges_refuses_what_is_stale(
    course: Course, isolation, capsys, command, hand_in: Callable[..., Path], notebook
) -> None:
    hand_in("ada", notebook())
    edit(course.solution_file(NAME), '"points": 10', '"points": 11')
    assert cli.main(["--course", str(course.root), *command]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"autograder: {NAME} was edited after the last build: {SOURCE}; ")
    assert not course.verdicts.exists()
    assert not course.gradebook.exists()
