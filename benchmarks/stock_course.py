"""A course in nbgrader's own style that asks the same, to compare with: its cells check themselves.

The notebook has the project's grade ids, so that one and the same submission can be graded
by stock nbgrader and by this project.  Its hidden checks are the project's as far as a cell
can do them: the same sizes with random numbers; the values of a forward against a right one;
each gradient along a random direction against central differences; a second call; nothing
modified.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.exercises import QUESTIONS
from autograder.exercises.question import Question
from autograder.misconceptions import CATALOGUE
from autograder.reference import Reference

ASSIGNMENT = "02_convolution"
IMPORT = "import numpy as np"

#: The beginning of every check cell.
CHECKS = '''
import copy

def arguments(shapes, rng):
    """Random arrays of these shapes; whatever is no shape is passed on."""
    return [
        rng.standard_normal(value) if isinstance(value, tuple) else copy.deepcopy(value)
        for value in shapes
    ]

def same(a, b):
    return a.shape == b.shape and np.linalg.norm(a - b) <= 1e-9 * (1 + np.linalg.norm(b))

def check_forward(forward, right, shapes, rng):
    given = arguments(shapes, rng)
    before = copy.deepcopy(given)
    out, _ = forward(*given)
    assert same(out, right(*before)[0]), "wrong values"
    again, _ = forward(*given)
    assert same(again, out), "a second call gives something else"
    for a, b in zip(given, before):
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b, "modified"

def check_backward(forward, backward, shapes, rng, h=1e-5):
    given = arguments(shapes, rng)
    out, cache = forward(*given)
    dout = rng.standard_normal(out.shape)
    kept = dout.copy()
    gradients = backward(dout, cache)
    assert np.array_equal(dout, kept), "modified dout"
    again = backward(dout, cache)
    arrays = [n for n, value in enumerate(given) if isinstance(value, np.ndarray)]
    for n, gradient, second in zip(arrays, gradients, again):
        assert gradient.shape == given[n].shape, "wrong shape"
        assert same(second, gradient), "a second call gives something else"
        direction = rng.standard_normal(gradient.shape)
        values = []
        for step in (h, -h):
            moved = list(given)
            moved[n] = given[n] + step * direction
            values.append(np.sum(forward(*moved)[0] * dout))
        expected = (values[0] - values[1]) / (2 * h)
        found = np.sum(gradient * direction)
        assert abs(found - expected) <= 1e-6 * (1 + abs(expected)), "wrong gradient"
'''


def make(root: Path, right: Reference) -> None:
    """Write the course's source and configuration, and have nbgrader release it."""
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
        "c.CourseDirectory.course_id = 'stock'\n",
        encoding="utf-8",
    )
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    cells = [new_code_cell(IMPORT)]
    for question, checks in zip(QUESTIONS[ASSIGNMENT], check_cells(right), strict=True):
        name = question.exercise.function
        cells.append(_cell(f"{name}_solution", "raise NotImplementedError", solution=True))
        cells.append(_cell(name, checks, points=10))
    nbformat.write(_notebook(cells), folder / f"{ASSIGNMENT}.ipynb")
    nbgrader(root, "generate_assignment", ASSIGNMENT)


def check_cells(right: Reference) -> list[str]:
    """The code that checks each function, in the notebook's order."""
    return [_checks(question, right) for question in QUESTIONS[ASSIGNMENT]]


def nbgrader(root: Path, *command: str) -> None:
    """Run one of nbgrader's commands in the course.  Raises RuntimeError if it fails."""
    programs = str(Path(sys.executable).parent)
    done = subprocess.run(
        [f"{programs}/nbgrader", *command],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(root), "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader {' '.join(command)}: {done.stderr[-2000:]}")


def submissions(right: Reference, count: int) -> list[dict[str, str]]:
    """The functions that students hand in, by name: every second one has a known mistake."""
    mistakes = CATALOGUE[ASSIGNMENT]
    found = []
    for number in range(count):
        made = right
        if number % 2:
            mistake = mistakes[number // 2 % len(mistakes)]
            made = mistake.reference(right)
        found.append({name: made.source(name) for name in right.functions})
    return found


def hand_in(root: Path, folder: Path, functions: Mapping[str, str], number: int) -> None:
    """Fill the released notebook in; its first line makes a submission different from others."""
    released = root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(released, as_version=4)
    notebook.cells[0].source = f"{IMPORT}  # {number}"
    for cell in notebook.cells[1:]:
        name = cell.metadata.nbgrader.grade_id.removesuffix("_solution")
        cell.source = functions[name] if cell.metadata.nbgrader.solution else f"check({name})"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")


def _checks(question: Question, right: Reference) -> str:
    exercise = question.exercise
    shapes = [_shapes(inputs) for inputs in question.inputs(b"sizes").values()]
    if exercise.forward is None:
        answer = right.source(exercise.function).replace(
            f"def {exercise.function}(", "def right_one("
        )
        call = f"check_forward({exercise.function}, right_one, shapes, rng)"
    else:
        answer = ""
        call = f"check_backward({exercise.forward}, {exercise.function}, shapes, rng)"
    loop = f"rng = np.random.default_rng(0)\nfor shapes in {shapes!r}:\n    {call}"
    return f"{CHECKS.strip()}\n\n{answer}\n\n{loop}"


def _shapes(inputs: Mapping[str, Any]) -> list[Any]:
    return [value.shape if hasattr(value, "shape") else value for value in inputs.values()]


def _cell(grade_id: str, source: str, *, solution: bool = False, points: float = 0) -> Any:
    metadata = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points > 0,
        "locked": points > 0,
        "solution": solution,
        "task": False,
    }
    if points:
        metadata["points"] = points
    return new_code_cell(source, metadata={"nbgrader": metadata})


def _notebook(cells: Sequence[Any]) -> Any:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook
