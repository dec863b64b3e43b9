"""The comparison of isolated and in-process outputs runs, and compares the same notebook."""

import json
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
    assert row["give or take"] >= 0
