"""The real course with a class of its own, and submissions made from its notebooks."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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
