"""The benchmark measures what it says.  How long things take is nothing that a test knows."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import QUESTIONS

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "judging.py"


@pytest.fixture(scope="module")
def benchmark():
    """The script as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARK.parent)
        return importlib.import_module("judging")


@pytest.fixture(scope="module")
def found():
    """What the script prints for machines."""
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--repeat", "1", "--json"],
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_notebook_is_judged_right_and_with_a_mistake(found) -> None:
    judged = [(row["notebook"], row["submission"].split(" (")[0]) for row in found["judging"]]
    assert judged == [(n, kind) for n in QUESTIONS for kind in ("all right", "one mistake")]


def test_what_judging_takes_is_divided_without_a_rest(found) -> None:
    for row in found["judging"]:
        parts = (row[part] for part in ("own", "cases and answers", "calling", "comparing"))
        assert row["judging"] == pytest.approx(sum(parts))
        assert row["beyond"] == pytest.approx(row["judging"] - row["own"])


def test_the_whole_course_is_the_sum_of_its_notebooks(found) -> None:
    right, wrong = found["course"]
    assert right["beyond"] == pytest.approx(sum(r["beyond"] for r in found["judging"][::2]))
    assert wrong["judging"] == pytest.approx(sum(r["judging"] for r in found["judging"][1::2]))


def test_every_call_of_a_submitted_function_is_counted(found) -> None:
    """Every case at least once; a wrong answer may be done with sooner, or be looked at again."""
    for right, wrong in zip(found["judging"][::2], found["judging"][1::2], strict=True):
        questions = QUESTIONS[right["notebook"]]
        assert right["calls"] > sum(len(q.exercise.cases) for q in questions)
        assert wrong["calls"] > 0


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


def test_tables_have_a_line_for_everything_that_is_measured(found, benchmark) -> None:
    for title, rows in found.items():
        heading, columns, *lines = benchmark.table(title, rows).splitlines()
        assert heading == title
        assert all(column in columns for column in rows[0])
        for line, row in zip(lines, rows, strict=True):
            assert all(value in line for value in row.values() if isinstance(value, str))


def test_a_table_of_nothing_says_why(benchmark) -> None:
    assert benchmark.table("Grading", []) == "Grading: not measured, nothing isolates here"


def test_medians_are_taken_column_by_column(benchmark) -> None:
    rows = [{"a": 1.0, "calls": 40}, {"a": 9.0, "calls": 40}, {"a": 2.0, "calls": 44}]
    assert benchmark.medians(rows) == {"a": 2.0, "calls": 40}


def test_a_call_within_a_measured_call_is_counted_once(benchmark) -> None:
    stopwatch = benchmark.Stopwatch()
    inner = stopwatch.around(lambda: sum(range(10_000)))
    stopwatch.around(inner)()
    assert stopwatch.calls == 1
    once = stopwatch.spent
    inner()
    assert stopwatch.calls == 2
    assert stopwatch.spent > once > 0
