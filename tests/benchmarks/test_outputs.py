"""The comparison of isolated and in-process outputs runs, and compares the same notebook."""

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "outputs.py"
NAME = "07_bug_clinic"


def test_both_ways_of_showing_a_notebook_are_measured() -> None:
    tier = sandbox.probe().tier
    if tier == "none":
        pytest.skip("nothing isolates here")
    command = [sys.executable, BENCHMARK, NAME, "--repeat", "2", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)
    assert row["notebook"] == NAME
    assert row["cells"] > row["pictures"] > 0
    assert min(row["in process"], row[tier], row["start"]) > 0
    assert row["beyond"] == pytest.approx(row[tier] - row["in process"])
    assert "give or take" in row


def test_the_error_of_a_median_is_that_of_the_mean_times_a_constant(monkeypatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARK.parent)
    outputs = importlib.import_module("outputs")
    # The standard error of the mean of 0 and 2 is 1.
    assert outputs.standard_error_of_median([0.0, 2.0]) == pytest.approx(math.sqrt(math.pi / 2))


def test_a_single_run_is_refused_with_the_reason() -> None:
    command = [sys.executable, BENCHMARK, NAME, "--repeat", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "one run does not tell" in done.stderr
