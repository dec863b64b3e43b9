"""The benchmark measures what it says.  How long things take is nothing that a test knows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import QUESTIONS

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "judging.py"


def run(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--repeat", "1", *options],
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found():
    return json.loads(run("--json"))


def test_every_notebook_is_judged_right_and_with_a_mistake(found) -> None:
    judged = [(row["notebook"], row["submission"].split(" (")[0]) for row in found["judging"]]
    assert judged == [(n, kind) for n in QUESTIONS for kind in ("all right", "one mistake")]


def test_what_judging_takes_is_divided_without_a_rest(found) -> None:
    for row in found["judging"]:
        parts = (row[part] for part in ("own", "cases and answers", "calling", "comparing"))
        assert row["judging"] == pytest.approx(sum(parts))
        assert row["beyond"] == pytest.approx(row["judging"] - row["own"])
        assert min(row["own"], row["calling"], row["cases and answers"], row["first"]) > 0


def test_every_call_of_a_submitted_function_is_counted(found) -> None:
    """Every case at least once, and again where something was found."""
    for right, wrong in zip(found["judging"][::2], found["judging"][1::2], strict=True):
        questions = QUESTIONS[right["notebook"]]
        assert right["calls"] > sum(len(q.exercise.cases) for q in questions)
        assert wrong["calls"] >= right["calls"]


def test_grading_is_measured_where_something_isolates(found) -> None:
    tier = sandbox.probe().tier
    graded = [] if tier == "none" else list(QUESTIONS)
    assert [row["notebook"] for row in found["grading"]] == graded
    assert all(row["tier"] == tier and row["grading"] > 0 for row in found["grading"])


def test_the_check_of_every_function_is_measured(found) -> None:
    exercises = [q.exercise.name for questions in QUESTIONS.values() for q in questions]
    assert [row["exercise"] for row in found["checking"]] == exercises
    for row in found["checking"]:
        assert min(row["first"], row["later"], row["card"]) > 0


def test_tables_have_a_line_for_everything_that_is_measured(found) -> None:
    shown = run()
    assert shown.startswith("Milliseconds of processor time, medians.\n")
    for rows in found.values():
        for row in rows:
            words = [value for value in row.values() if isinstance(value, str)]
            assert any(all(word in line for word in words) for line in shown.splitlines()), words
