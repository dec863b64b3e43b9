"""The real course with a class of its own, and submissions made from its notebooks."""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autograder import reference, sandbox
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.release import read_release
from autograder.sandbox import Isolation, Limits
from autograder.shortcuts import SHORTCUTS
from autograder.submission import Submission, SubmittedCell
from autograder.verdict import Verdict

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "02_convolution"
SECRET = bytes(range(32))

#: A test of a limit should not take long.
SHORT = Limits(call_cpu_seconds=0.3, cell_cpu_seconds=0.5, cell_wall_seconds=1.5)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """This checkout, with an empty class in a folder of its own."""
    return Course(ROOT, tmp_path / "class")


@pytest.fixture(scope="session")
def isolation() -> Isolation:
    """The isolation of this machine; skips where it has none."""
    found = sandbox.probe()
    if found.tier == "none":
        pytest.skip(f"no isolation on this machine: {'; '.join(found.missing)}")
    return found


@pytest.fixture
def notebook() -> Callable[..., dict[str, Any]]:
    """A function that makes a notebook from the release.

    ``notebook(assignment, (function, old, new), ...)`` has the reference solutions with
    these edits; ``notebook(assignment, solved=False)`` is as released.
    """
    return _notebook


def _notebook(
    assignment: str = ASSIGNMENT, *edits: tuple[str, str, str], solved: bool = True
) -> dict[str, Any]:
    path = Course(ROOT).release_file(assignment)
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    right = reference.load(Course(ROOT), assignment)
    for function, old, new in edits:
        right = right.changed(function, [(old, new)])
    for cell in made["cells"] if solved else ():
        function = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        function = function.removesuffix("_solution")
        if cell["metadata"].get("nbgrader", {}).get("solution") and function in right.functions:
            cell["source"] = right.source(function)
    return made


@pytest.fixture
def hand_in(course: Course) -> Callable[..., Path]:
    """A function that puts a notebook (or bytes) into a student's folder; returns its path."""

    def put(student: str, content: Mapping[str, Any] | bytes, assignment: str = ASSIGNMENT) -> Path:
        path = course.submitted / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return put


@pytest.fixture
def submission() -> Callable[..., Submission]:
    """A function that makes a short submission to 02_convolution.

    ``submission(*cells, forward=..., backward=..., edits=...)``: the cells come between
    numpy's import and the two functions, which are the reference's unless they are given;
    each of ``edits`` is (old, new) in the backward.
    """
    return _submission


def _submission(
    *cells: str,
    forward: str | None = None,
    backward: str | None = None,
    edits: tuple[tuple[str, str], ...] = (),
    student: str = "ada",
) -> Submission:
    right = reference.load(Course(ROOT), ASSIGNMENT)
    names = ("conv_forward_naive", "conv_backward_naive")
    right = right.changed(names[1], edits)
    given = (forward, backward)
    code = [SubmittedCell("import numpy as np"), *map(SubmittedCell, cells)]
    for name, source in zip(names, given, strict=True):
        text = right.source(name) if source is None else source
        code.append(SubmittedCell(text, f"{name}_solution"))
        code.append(SubmittedCell(f"check({name})", name))
    return Submission(student, ASSIGNMENT, tuple(code))


@pytest.fixture(scope="session")
def grader(isolation: Isolation) -> Grader:
    """The grader of 02_convolution, with short limits and a secret that never changes."""
    course = Course(ROOT)
    return Grader(
        release=read_release(course, ASSIGNMENT),
        questions=QUESTIONS[ASSIGNMENT],
        reference=reference.load(course, ASSIGNMENT),
        secret=SECRET,
        isolation=isolation,
        limits=SHORT,
        shortcuts=SHORTCUTS[ASSIGNMENT],
    )


@pytest.fixture
def lost() -> Callable[[Verdict], dict[str, set[str]]]:
    """A function that names the checks that did not pass, by exercise (those that lost any)."""

    def by_exercise(verdict: Verdict) -> dict[str, set[str]]:
        failed = {
            found.exercise: {c.name for c in found.card.checks if c.status != "passed"}
            for found in verdict.exercises
        }
        return {name: checks for name, checks in failed.items() if checks}

    return by_exercise


#: Debian keeps PostgreSQL's programs here, off PATH.
DEBIANS = Path("/usr/lib/postgresql")


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[..., str]]:
    """A function that makes a database in a PostgreSQL server of its own; returns the URL.

    ``new_database()`` is empty, ``new_database(url)`` a copy of that one.  Nobody else can
    reach the server: it listens in a folder that only its user can open.  Skips where
    PostgreSQL is not installed.
    """
    programs = _postgresql()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data, user = folder / "data", None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = next(u for u in pwd.getpwall() if u.pw_name in {"postgres", "nobody"})
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        command = [str(programs / program), "--pgdata", str(data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)

    run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")
    settings = f"-c listen_addresses='' -c fsync=off -k {folder}"
    run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", settings)
    numbers = count()

    def make(template: str = "") -> str:
        name = f"grades{next(numbers)}"
        copied = f" TEMPLATE {template.partition('?')[0].rpartition('/')[2]}" if template else ""
        with psycopg.connect(host=str(folder), user="postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}{copied}")
        return f"postgresql+psycopg://postgres@/{name}?host={folder}"

    try:
        yield make
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(folder)


def _postgresql() -> Path:
    """The folder of PostgreSQL's programs, of the newest version; skips if there is none."""
    on_path = shutil.which("initdb")
    found = sorted(DEBIANS.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if on_path is None and not found:
        pytest.skip("no initdb of PostgreSQL (Debian: apt-get install postgresql)")
    return found[-1].parent if found else Path(on_path).resolve().parent
