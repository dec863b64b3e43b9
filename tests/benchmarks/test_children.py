"""The cost of a child is measured for every tier, beside that of a fork alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "children.py"


def test_children_of_every_tier_are_measured_beside_a_fork_alone() -> None:
    tiers = {tier for tier in ("kernel", "namespaces") if sandbox.probe(tier=tier).tier == tier}
    if not tiers:
        pytest.skip("nothing isolates here")
    command = [sys.executable, BENCHMARK, "--children", "5", "--rounds", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    alone, *isolated = json.loads(done.stdout)
    assert (alone["way"], alone["layers"]) == ("not isolated", 0)
    assert {row["way"] for row in isolated} == tiers
    for row in isolated:
        # All are differences, which a busy machine may turn around in a single round.
        assert row["layers"] == pytest.approx(row["child"] - alone["child"])
        assert row.keys() == {"way", "child", "grader", "on the clock", "layers"}
