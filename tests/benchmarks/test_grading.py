"""The comparison with stock nbgrader runs, and compares the same submissions."""

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import reference, sandbox
from autograder.course import Course

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "grading.py"
ROOT = BENCHMARK.parents[1]


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> tuple[dict, Path]:
    """What the script prints for machines at its smallest, and where it wrote."""
    if sandbox.probe().tier == "none":
        pytest.skip("nothing isolates here")
    out = tmp_path_factory.mktemp("out")
    least = ["--submissions", "2", "--times", "1", "--rounds", "1", "--growth", "1,3"]
    command = [BENCHMARK, *least, "--json", "--out", out]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), out


def test_every_tier_is_set_against_stock_nbgrader(measured) -> None:
    found, _ = measured
    tiers = {tier for tier in ("kernel", "namespaces") if sandbox.probe(tier=tier).tier == tier}
    assert tiers <= found["ratio_to_nbgrader"].keys()
    assert found["isolation_overhead_ms"].keys() == tiers
    ways = {row["way"]: row for row in found["ways"]}
    for tier, overhead in found["isolation_overhead_ms"].items():
        limit = ways["in this process, not isolated"]
        for kind in ("right", "wrong"):
            assert overhead[kind] == ways[tier][f"{kind}, ms"] - limit[f"{kind}, ms"]
    assert found["clock"][0]["ratio to nbgrader"] == 1
    assert ways["stock nbgrader"]["ratio to nbgrader"] == 1
    for row in (*found["ways"], *found["clock"]):
        # Of so few submissions chance may make less than nothing.
        assert all(math.isfinite(row[f"{kind}, ms"]) for kind in ("right", "wrong"))


def test_a_class_of_every_size_is_graded(measured) -> None:
    found, _ = measured
    assert [row["submissions"] for row in found["growth"]] == [1, 3]
    for row in found["growth"]:
        assert row["seconds"] > row["again, seconds"] > 0
        assert row["parent, MiB"] >= row["parent before, MiB"] > 0
        assert row["store, KiB"] > 0


def test_a_table_and_a_plot_are_written(measured) -> None:
    found, out = measured
    text = (out / "grading.txt").read_text(encoding="utf-8")
    assert all(row["way"] in text for row in (*found["ways"], *found["clock"]))
    assert (out / "grading.png").read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def stock_course(monkeypatch):
    """The script's other module."""
    monkeypatch.syspath_prepend(BENCHMARK.parent)
    return importlib.import_module("stock_course")


def test_stock_checks_accept_the_reference_and_refuse_mistakes(stock_course) -> None:
    right = reference.load(Course(ROOT), stock_course.ASSIGNMENT)
    passed = []
    for functions in stock_course.submissions(right, 8):
        names = {}
        exec(stock_course.IMPORT, names)  # noqa: S102 - the course's own code
        for source in functions.values():
            exec(source, names)  # noqa: S102
        try:
            for checks in stock_course.check_cells(right):
                exec(checks, names)  # noqa: S102
        except Exception:  # noqa: BLE001 - wrong code may raise anything
            passed.append(False)
        else:
            passed.append(True)
    assert passed[::2] == [True] * 4
    assert passed[1::2] == [False] * 4
