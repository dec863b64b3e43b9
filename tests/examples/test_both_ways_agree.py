"""``nbgrader autograde`` and ``autograder grade`` come to the same outcome on every sample."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import export, sandbox, session
from autograder.course import Course
from autograder.release import read_release
from autograder.store import VerdictStore

# nbgrader judges one submission after the other, endless ones among them.
pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("02_convolution", "03_pooling")
#: Rows of the table of grades, by student and exercise: score, maximum, pending, status.
Grades = dict[tuple[str, str], tuple[object, ...]]


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if sandbox.probe().tier == "none":
        pytest.skip("submissions cannot be isolated on this machine")
    spec = importlib.util.spec_from_file_location("sample_class", ROOT / "examples/sample_class.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = tmp_path_factory.mktemp("handed in") / "submitted"
    script.write_class(Course(ROOT), folder)
    return folder


def grades(course: Course, assignment: str) -> Grades:
    rows = export.rows(course, read_release(course, assignment), VerdictStore(course.verdicts))
    return {
        (row.student, row.exercise): (row.auto_score, row.auto_max, row.pending, row.status)
        for row in rows
    }


def directly(folder: Path, submitted: Path, assignment: str) -> Course:
    course = Course(ROOT, folder)
    shutil.copytree(submitted, course.submitted, dirs_exist_ok=True)
    session.grade(course, assignment, isolation=session.isolation(), quiet=True)
    return course


def by_nbgrader(folder: Path, submitted: Path, assignment: str) -> Course:
    course = Course(ROOT, folder)
    shutil.copytree(submitted, course.submitted, dirs_exist_ok=True)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbgrader",
            "autograde",
            assignment,
            f"--CourseDirectory.root={folder}",
        ],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert course.verdicts.exists(), run.stderr[-3000:]
    return course


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_both_ways_give_every_sample_the_same_scores_and_states(
    assignment: str, submitted: Path, tmp_path: Path
) -> None:
    ours = grades(directly(tmp_path / "ours", submitted, assignment), assignment)
    theirs = grades(by_nbgrader(tmp_path / "theirs", submitted, assignment), assignment)
    students = {student for student, _ in ours}
    assert len(students) >= 14
    assert theirs == ours
    totals = {student: row for (student, exercise), row in ours.items() if exercise == "total"}
    score, maximum, _, status = totals["reference"]
    assert isinstance(score, float)
    assert isinstance(maximum, float)
    assert score >= maximum > 0
    assert status == "passed"
    assert totals["untouched"][0] == 0
    assert totals["untouched"][3] == "not started"
    assert totals["not-json"][0] is None
    assert totals["not-json"][3] == "unreadable"


@pytest.mark.parametrize("assignment", ASSIGNMENTS[:1])
def test_both_ways_write_the_same_notebooks(
    assignment: str, submitted: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    for student in ("reference", "crops-pad-zero", "duplicated-cell", "not-json"):
        shutil.copytree(submitted / student / assignment, few / student / assignment)
    # The same secret, so that the same hidden cases are shown.
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    ours = directly(tmp_path / "ours", few, assignment)
    shutil.copy2(ours.secret, tmp_path / "theirs" / ours.secret.name)
    theirs = by_nbgrader(tmp_path / "theirs", few, assignment)
    written = sorted(p.relative_to(ours.autograded) for p in ours.autograded.rglob("*.ipynb"))
    assert [path.parts[0] for path in written] == [
        "crops-pad-zero",
        "duplicated-cell",
        "not-json",
        "reference",
    ]
    for path in written:
        assert (theirs.autograded / path).read_bytes() == (ours.autograded / path).read_bytes()
