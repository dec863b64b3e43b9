"""Whatever is killed at whatever moment, the next run ends where an undisturbed one does.

A class is graded by the real command.  At some moment one of its processes gets SIGKILL:
the command, the server that grading processes are forked from, a grading process, the
warm server of its sandbox, or a child.  Whichever it is but the command, the run goes on
and judges everybody.  Then the command runs again, and verdicts, gradebook and notebooks
have to be those of a run that nobody disturbed, with all that people had entered before.

``KILLS=200`` kills so many times.  ``pytest -s`` shows what was killed, and when.
"""

import contextlib
import copy
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder import sandbox
from autograder.course import Course

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
]

ROOT = Path(__file__).parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD, ANSWER = "conv_forward_naive", "conv_backward_naive", "why_gradients_add"
UNPACK = "x, w, b, conv_param = cache\n"
NEGATED = ("return dx, dw, db", "return dx, dw, -db")
ENDS_ITSELF = (UNPACK, f"import os\n    os._exit(0)\n    {UNPACK}")
#: How many times something is killed.
KILLS = int(os.environ.get("KILLS", "5"))
#: A run that takes longer hangs, seconds.
_PATIENCE = 300
SECRET = "00" * 32
#: What is killed: each is made by the one before it.
KINDS = (
    "the command",
    "the fork server",
    "a grading process",
    "a sandbox's server",
    "a child",
)
COMMAND = "import sys; from autograder.cli import main; sys.exit(main())"


# Classes


@dataclass(frozen=True)
class Start:
    """A class as it is before the run, and what a run that nobody disturbs makes of it."""

    course: Course
    expected: Mapping[str, Any]
    #: Seconds from the beginning of that run when there was a process of a kind, first and last.
    seen: Mapping[str, tuple[float, float]]


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory, solved: dict[str, Any]) -> dict[str, Start]:
    """A class that nobody has graded yet, and one that was, before some handed in again."""
    place = tmp_path_factory.mktemp("starts")
    right, wrong, ends = (_edited(solved, *edit) for edit in ((), (NEGATED,), (ENDS_ITSELF,)))
    released = Course(ROOT).release_file(NAME).read_text(encoding="utf-8")
    first = {"ada": right, "bob": wrong, "cyd": released, "eve": "no notebook"}

    fresh = _make_course(place / "fresh", first)
    again = _make_course(place / "again", {**first, "fay": right})
    assert _graded(again, place).returncode == 0
    _enter(again)
    # Eve still has no notebook, and neither has Fay now: what she had before counts on.
    later = {"ada": wrong, "dan": ends, "fay": right[:3000], "gil": right}
    for student, text in later.items():
        _hand_in(again, student, text)
    return {course.root.name: _started(course, place) for course in (fresh, again)}


def _edited(solved: dict[str, Any], *edits: tuple[str, str]) -> str:
    """A notebook with a written answer, and with edits of the backward."""
    made = copy.deepcopy(solved)
    cells = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in made["cells"]}
    cells[ANSWER]["source"] = "Windows overlap, and what they send back adds up."
    backward = cells[f"{BACKWARD}_solution"]
    for old, new in edits:
        assert old in backward["source"]
        backward["source"] = backward["source"].replace(old, new)
    return json.dumps(made)


def _make_course(root: Path, submissions: Mapping[str, str]) -> Course:
    """A course of one notebook, which nothing else uses."""
    course = Course(root)
    course.solutions.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copy(Course(ROOT).solution_file(NAME), course.solutions)
    shutil.copytree(Course(ROOT).release_file(NAME).parent, course.release_file(NAME).parent)
    # Hidden cases are those of a secret: the same one for every run.
    course.secret.write_text(SECRET)
    course.secret.chmod(0o600)
    for student, text in submissions.items():
        _hand_in(course, student, text)
    return course


def _hand_in(course: Course, student: str, text: str) -> None:
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _enter(course: Course) -> None:
    """What a person does in formgrader."""
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        read = book.find_grade(ANSWER, NAME, NAME, "ada")
        read.manual_score, read.needs_manual_grade = 1.5, False
        book.find_comment(ANSWER, NAME, NAME, "ada").manual_comment = "Well said."
        book.find_grade(BACKWARD, NAME, NAME, "bob").manual_score = 7.5
        book.find_grade(FORWARD, NAME, NAME, "cyd").extra_credit = 1.0
        book.find_comment(f"{BACKWARD}_solution", NAME, NAME, "fay").manual_comment = "Good."
        book.db.commit()


def _started(course: Course, place: Path) -> Start:
    """The class, left as it is, and what grading a copy of it comes to."""
    undisturbed = _copy(course, place / f"{course.root.name}, undisturbed")
    began = time.monotonic()
    seen: dict[str, tuple[float, float]] = {}
    with _begin(undisturbed, place) as command:
        # What it prints finds room in a pipe.
        while command.poll() is None:
            now = time.monotonic() - began
            seen |= {kind: (seen.get(kind, (now, now))[0], now) for kind in _kinds(command.pid)}
            time.sleep(0.05)
    assert command.returncode == 0
    return Start(course, facts(undisturbed), seen)


def _copy(course: Course, root: Path) -> Course:
    shutil.copytree(course.root, root)
    return Course(root)


# What a run comes to

VERDICTS = "SELECT * FROM verdicts"
GRADES = """
SELECT submitted_assignment.student_id, base_cell.name, auto_score, manual_score, extra_credit,
    needs_manual_grade, digest
FROM grade
JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN base_cell ON grade.cell_id = base_cell.id
LEFT JOIN written_answer_seen ON written_answer_seen.grade_id = grade.id
"""
COMMENTS = """
SELECT submitted_assignment.student_id, base_cell.name, auto_comment, manual_comment
FROM comment
JOIN submitted_notebook ON comment.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN base_cell ON comment.cell_id = base_cell.id
"""


def facts(course: Course) -> dict[str, Any]:
    """All that grading wrote, but for ids that are made at random."""
    found = {"verdicts": _rows(course.verdicts, VERDICTS)}
    found["grades"] = _rows(course.gradebook, GRADES)
    found["comments"] = _rows(course.gradebook, COMMENTS)
    tables = _rows(course.gradebook, "SELECT name FROM sqlite_master WHERE type = 'table'")
    found["sizes"] = [
        (name, _rows(course.gradebook, f"SELECT count(*) FROM {name}"))  # noqa: S608 - a table of ours
        for (name,) in tables
    ]
    found["notebooks"] = [
        (str(path.relative_to(course.autograded)), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(course.autograded.rglob("*"))
        if path.is_file()
    ]
    return found


def _rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as db:
        return sorted(db.execute(query), key=repr)


# Grading, and killing


def _begin(course: Course, scratch: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start ``autograder grade``; its processes have ``scratch`` in their environment."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--course", str(course.root), "grade", NAME, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )


def _graded(course: Course, scratch: Path) -> "subprocess.CompletedProcess[str]":
    """What becomes of a run that nobody disturbs."""
    with _begin(course, scratch) as command:
        _, said = command.communicate(timeout=_PATIENCE)
    return subprocess.CompletedProcess(command.args, command.returncode, None, said)


def _kinds(command: int) -> dict[str, list[int]]:
    """The living processes of a run, by what they are."""
    found = {KINDS[0]: _living([command])}
    made = _children(found[KINDS[0]])
    # The command has others, too, which keep multiprocessing's books or make nbgrader's database.
    found[KINDS[1]] = [pid for pid in made if "forkserver" in _command_line(pid)]
    for above, kind in pairwise(KINDS[1:]):
        found[kind] = _children(found[above])
    # In namespaces there is a process more.
    found[KINDS[-1]] += _children(found[KINDS[-1]])
    return {kind: pids for kind, pids in found.items() if pids}


def _children(pids: Iterable[int]) -> list[int]:
    """The living processes that these have made."""
    made: list[int] = []
    for pid in pids:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                made += map(int, (task / "children").read_text("ascii").split())
    return _living(made)


def _living(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if _command_line(pid)]


def _command_line(pid: int) -> str:
    """How a process was started; empty if it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    return ""


@dataclass(frozen=True)
class Killed:
    """What was killed, how many seconds after the beginning, and what the run came to."""

    kind: str
    moment: float
    code: int
    said: str

    def __str__(self) -> str:
        return f"{self.kind} after {self.moment:.2f} s, exit code {self.code}"


def _disturbed(
    start: Start, kind: str, root: Path, scratch: Path, chance: random.Random
) -> tuple[Course, Killed]:
    """Grade a copy of a class and kill a process; once more if the run had ended before."""
    speed = 1.0
    while True:
        course = _copy(start.course, root)
        moment = chance.uniform(*start.seen[kind]) / speed
        with _begin(course, scratch) as command:
            time.sleep(moment)
            killed = _kill(command, kind, chance)
            _, said = command.communicate(timeout=_PATIENCE)
        # The command, when it was about to end, may have done so before the signal came.
        if killed and (kind != "the command" or command.returncode < 0):
            return course, Killed(kind, moment, command.returncode, said)
        # This run is faster than the one that was watched, when the machine was busier.
        speed *= 1.5
        shutil.rmtree(root)


def _kill(command: "subprocess.Popen[str]", kind: str, chance: random.Random) -> bool:
    """Kill a process of that kind as soon as there is one; tell whether there was."""
    while command.poll() is None:
        there = _kinds(command.pid).get(kind)
        if there:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(there), signal.SIGKILL)
                return True
        time.sleep(0.002)
    return False


def _processes_with(text: str) -> list[str]:
    """Command lines of processes with that text in their environment, after a while."""
    for _ in range(200):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if text.encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text("utf-8", "replace"))
        if not found:
            break
        time.sleep(0.05)
    return found


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder with a short name: the names of sockets in it have a hundred characters at most."""
    with tempfile.TemporaryDirectory(prefix="kill-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.parametrize("number", range(KILLS))
def test_after_a_kill_the_next_run_ends_where_an_undisturbed_one_does(
    number: int, starts: dict[str, Start], scratch: Path, tmp_path: Path
) -> None:
    chance = random.Random(number)  # noqa: S311 - reproducible, not secret
    start, kind = starts["again" if number % 4 else "fresh"], KINDS[number % len(KINDS)]
    course, killed = _disturbed(start, kind, tmp_path / "the course", scratch, chance)
    # Shown by -s.
    print(f"kill {number} ({start.course.root.name}): {killed}")  # noqa: T201
    if kind == "the command":
        again = _graded(course, scratch)
        assert again.returncode == 0, again.stderr
    else:
        assert killed.code == 0, killed.said
    assert facts(course) == start.expected
    assert _processes_with(str(scratch)) == []


@pytest.mark.parametrize("presses", [1, 2])
def test_after_ctrl_c_the_next_run_ends_where_an_undisturbed_one_does(
    presses: int, starts: dict[str, Start], scratch: Path, tmp_path: Path
) -> None:
    start = starts["again"]
    course = _copy(start.course, tmp_path / "the course")
    with _begin(course, scratch, "--jobs", "1") as command:
        while not _kinds(command.pid).get("a child"):
            assert command.poll() is None
            time.sleep(0.002)
        for _ in range(presses):
            command.send_signal(signal.SIGINT)
            time.sleep(0.2)
        told, warned = command.communicate(timeout=_PATIENCE)
    assert "interrupted: finishing what has begun; once more to end at once" in warned
    assert command.returncode == 3
    if presses == 1:
        assert re.search(r"interrupted: \d are left; run the command again to go on", told)
    else:
        assert "autograder: interrupted; what was judged is kept" in warned
    again = _graded(course, scratch)
    assert again.returncode == 0, again.stderr
    assert facts(course) == start.expected
    assert _processes_with(str(scratch)) == []
