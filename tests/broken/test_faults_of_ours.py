"""Whatever goes wrong on the grader's side is no student's zero, and is made good by a rerun.

Each fault is real where the machine allows it: a full disk, a locked or broken database,
no memory, a child that cannot start.  ``autograder grade`` then ends with exit code 3, no
table shows a 0 that nobody earned, an older grade stands and is marked, and grading again
judges those that were not judged, and nobody else.
"""

import contextlib
import csv
import io
import json
import logging
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder import cli, gradebook, sandbox
from autograder.course import Course
from autograder.grading import Grader
from autograder.sandbox import SandboxError
from autograder.store import VerdictStore
from autograder.submission import Submission
from autograder.verdict import Verdict

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
]

ROOT = Path(__file__).parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
Run = Callable[..., tuple[int, str]]


def make_course(root: Path) -> Course:
    """A course that nothing else uses."""
    for folder in ("solutions", "assignments"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course(root)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "the course")


@pytest.fixture
def run(course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs ``autograder`` here: exit code, and all that it says.

    It judges in this process, where a test can put a fault into the grader's code.
    """
    monkeypatch.setattr(
        "autograder.batch.judge_all", lambda make, tasks, *_: ((t, make()(*t)) for t in tasks)
    )

    def run(*arguments: str) -> tuple[int, str]:
        code = cli.main(["--course", str(course.root), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def grades(run: Run) -> Callable[[], dict[tuple[str, str], dict[str, str]]]:
    """A function that exports the grades: the rows by student and exercise."""

    def grades() -> dict[tuple[str, str], dict[str, str]]:
        code, text = run("export", NAME)
        assert code == 0, text
        return {(r["student"], r["exercise"]): r for r in csv.DictReader(io.StringIO(text))}

    return grades


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The students that were judged, in that order."""
    names: list[str] = []
    really = Grader.grade

    def grade(self: Grader, submission: Submission, *, hurried: bool = False) -> Verdict:
        names.append(submission.student)
        return really(self, submission, hurried=hurried)

    monkeypatch.setattr(Grader, "grade", grade)
    return names


def in_gradebook(course: Course, student: str) -> tuple[float | None, bool]:
    """The automatic score of the backward, and whether it waits for a person."""
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        grade = book.find_grade(BACKWARD, NAME, NAME, student)
        return grade.auto_score, bool(grade.needs_manual_grade)


def fail_for(student: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the judging of one student fail in our own code."""
    really = Grader.judge

    def judge(self: Grader, question: Any, seed: bytes, session: Any) -> Any:
        # The seed is the student's alone.
        if seed == failing.get("seed"):
            raise error
        return really(self, question, seed, session)

    failing: dict[str, bytes] = {}
    found = Grader.seed

    def seed(self: Grader, submission: Submission) -> bytes:
        made = found(self, submission)
        if submission.student == student:
            failing["seed"] = made
        return made

    context = pytest.MonkeyPatch()
    context.setattr(Grader, "judge", judge)
    context.setattr(Grader, "seed", seed)
    return context


# A fault while one submission is judged

ERRORS = {
    "an error in a check": ZeroDivisionError("in a check of ours"),
    "no memory": MemoryError(),
    "a child that cannot start": SandboxError("no process can be made"),
    "a full disk": OSError(28, "No space left on device"),
    "too deep": RecursionError("maximum recursion depth exceeded"),
}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_with_one_submission_is_no_zero_and_a_rerun_judges_only_that(
    fault, course, run, grades, judged, hand_in, notebook, monkeypatch, caplog
) -> None:
    caplog.set_level(logging.CRITICAL)
    for student in ("ada", "bob"):
        hand_in(student, notebook())
    failing = fail_for("ada", ERRORS[fault], monkeypatch)
    code, said = run("grade", NAME)
    assert code == 3, said
    assert "not judged" in said
    for exercise in (FORWARD, BACKWARD, "total"):
        row = grades()["ada", exercise]
        assert (row["auto_score"], row["status"], row["pending"]) == ("", "not judged", "yes")
        assert "failed" in row["reason"]
    assert grades()["bob", BACKWARD]["auto_score"] == "10.0"
    assert in_gradebook(course, "ada") == (None, True)
    assert in_gradebook(course, "bob") == (10.0, False)
    failing.undo()
    judged.clear()
    assert run("grade", NAME)[0] == 0
    assert judged == ["ada"]
    assert grades()["ada", BACKWARD]["auto_score"] == "10.0"
    assert in_gradebook(course, "ada") == (10.0, False)


@pytest.mark.parametrize("fault", ERRORS)
def test_an_older_grade_stands_through_a_fault_and_is_marked(
    fault, course, run, grades, hand_in, notebook, monkeypatch, caplog
) -> None:
    caplog.set_level(logging.CRITICAL)
    hand_in("ada", notebook())
    assert run("grade", NAME)[0] == 0
    hand_in("ada", notebook(NAME, solved=False))
    failing = fail_for("ada", ERRORS[fault], monkeypatch)
    assert run("grade", NAME)[0] == 3
    row = grades()["ada", BACKWARD]
    assert (row["auto_score"], row["pending"]) == ("10.0", "yes")
    assert "an earlier submission counts, the latest has no score" in row["reason"]
    assert in_gradebook(course, "ada") == (10.0, True)
    assert run("feedback", NAME)[0] == 0
    page = (course.feedback / "ada" / NAME / f"{NAME}.html").read_text()
    assert "This page is about an earlier version of your work." in page
    failing.undo()
    assert run("grade", NAME)[0] == 0
    assert grades()["ada", BACKWARD]["auto_score"] == "0.0"
    assert in_gradebook(course, "ada") == (0.0, False)


# The disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room; skips where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    path = tmp_path / "small"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def grade_in(course: Course, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """``autograder`` in a process of its own."""
    command = "import sys; from autograder.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", command, "--course", str(course.root), *arguments],
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )


def fill(folder: Path, leave: int) -> Path:
    """Fill the disk but for ``leave`` bytes; returns the file that does."""
    path = folder / "full"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    size = path.stat().st_size
    os.truncate(path, max(size - leave, 0))
    return path


@pytest.mark.parametrize("leave", [0, 100_000])
def test_a_full_disk_loses_no_grade_and_makes_no_zero(
    small_disk: Path, notebook, leave: int
) -> None:
    course = make_course(small_disk / "the course")
    for student in ("ada", "bob"):
        _hand_in(course, student, notebook())
    first = grade_in(course, "grade", NAME, "--students", "ada")
    assert first.returncode == 0, first.stderr
    _hand_in(course, "ada", notebook(NAME, (BACKWARD, "return dx, dw, db", "return dx, dw, -db")))
    filler = fill(small_disk, leave)
    full = grade_in(course, "grade", NAME)
    assert full.returncode == 3, full.stdout + full.stderr
    assert "autograder: " in full.stderr.splitlines()[-1]
    assert "Traceback" not in full.stderr
    filler.unlink()
    # The older grade is there, or the one of now, and never a 0.
    scores = {v.student: v.exercises[1].share for v, _ in VerdictStore(course.verdicts).all(NAME)}
    assert scores["ada"]
    assert set(scores.values()) <= {1.0, scores["ada"]}
    again = grade_in(course, "grade", NAME)
    assert again.returncode == 0, again.stderr
    assert in_gradebook(course, "bob") == (10.0, False)
    assert 0 < (in_gradebook(course, "ada")[0] or 0) < 10


def _hand_in(course: Course, student: str, notebook: dict[str, Any]) -> None:
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))


def test_a_file_that_may_not_grow_is_told_and_a_rerun_makes_it_good(
    course, run, hand_in, notebook
) -> None:
    """The limit of the process stands for a quota: it holds for the gradebook alone here."""
    hand_in("ada", notebook())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limits[1]))
        code, said = run("grade", NAME)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert code == 3, said
    assert "the verdicts are safe" in said
    assert run("grade", NAME)[0] == 0
    assert in_gradebook(course, "ada") == (10.0, False)


# The databases


def test_a_gradebook_that_is_locked_is_told_and_written_by_a_rerun(
    course, run, grades, judged, hand_in, notebook, monkeypatch
) -> None:
    monkeypatch.setattr(gradebook, "_PATIENCE", 1)
    hand_in("ada", notebook(NAME, solved=False))
    assert run("grade", NAME)[0] == 0
    hand_in("ada", notebook())
    with closing(sqlite3.connect(course.gradebook, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, said = run("grade", NAME)
        assert code == 3
        assert "locked" in said
        assert "run the command again" in said
        assert "Traceback" not in said
    assert in_gradebook(course, "ada") == (0.0, False)
    judged.clear()
    assert run("grade", NAME)[0] == 0
    assert judged == []
    assert in_gradebook(course, "ada") == (10.0, False)


@pytest.mark.parametrize(
    "damage", [b"no database at all" * 100, b"", None], ids=["text", "empty", "cut"]
)
def test_a_gradebook_that_is_damaged_is_told_and_made_anew_from_the_verdicts(
    course, run, grades, hand_in, notebook, damage
) -> None:
    hand_in("ada", notebook())
    assert run("grade", NAME)[0] == 0
    whole = course.gradebook.read_bytes()
    broken = whole[: len(whole) // 2] if damage is None else damage
    course.gradebook.write_bytes(broken)
    code, said = run("grade", NAME)
    if damage != b"":
        assert code == 3, said
        assert "the gradebook" in said
        assert "the verdicts are safe" in said
        assert course.gradebook.read_bytes()[: len(broken)] == broken
        course.gradebook.unlink()
        code, said = run("grade", NAME)
    assert code == 0, said
    assert in_gradebook(course, "ada") == (10.0, False)


def test_a_damaged_verdict_is_judged_anew_and_nobody_elses(
    course, run, grades, judged, hand_in, notebook, caplog
) -> None:
    caplog.set_level(logging.CRITICAL)
    for student in ("ada", "bob"):
        hand_in(student, notebook())
    assert run("grade", NAME)[0] == 0
    with closing(sqlite3.connect(course.verdicts)) as db, db:
        db.execute("UPDATE verdicts SET verdict = substr(verdict, 1, 300) WHERE student = 'ada'")
    code, said = run("export", NAME)
    assert code == 3
    assert "the verdict on 'ada'" in said
    assert "run 'autograder grade" in said
    judged.clear()
    assert run("grade", NAME)[0] == 0
    assert judged == ["ada"]
    assert grades()["ada", BACKWARD]["auto_score"] == "10.0"


@pytest.mark.parametrize("cut", [0.3, 0.6])
def test_a_store_that_is_cut_is_told_and_left_alone(course, run, hand_in, notebook, cut) -> None:
    hand_in("ada", notebook())
    assert run("grade", NAME)[0] == 0
    with closing(sqlite3.connect(course.verdicts)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = course.verdicts.read_bytes()
    course.verdicts.write_bytes(whole[: int(len(whole) * cut)])
    code, said = run("grade", NAME)
    assert code == 3, said
    assert "the verdicts in" in said
    assert "restore the file" in said
    assert in_gradebook(course, "ada") == (10.0, False)
    course.verdicts.unlink()
    assert run("grade", NAME)[0] == 0
    assert in_gradebook(course, "ada") == (10.0, False)
