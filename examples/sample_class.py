"""Make a sample class: submissions as students hand them in, right, wrong and broken.

    python examples/sample_class.py [--out DIR]

writes ``DIR/submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb`` from the released notebooks
and the reference solutions.  The name of a student says what the submission is;
``README.md`` beside this file tells what to expect of each, and ``EXPECTED`` says it to
programs.

A mistake is a small change of the reference solution: an old text that occurs exactly
once, and what stands there instead.  If the reference changes so that it no longer fits,
making the class fails.
"""

import argparse
import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from autograder import reference
from autograder.course import Course
from autograder.errors import UsageError
from autograder.reference import Reference

Notebook = dict[str, Any]
#: Of which function which text is replaced by which.
Edit = tuple[str, str, str]

#: What becomes of a submission: all automatic points (a bonus apart), some, none, or no
#: score because the file cannot be read.
Outcome = Literal["full", "partial", "zero", "unreadable"]

ALL = "all"
#: What everybody wrote who wrote anything: fair, and not complete, for a person to read.
WRITTEN = {
    "02_convolution": "(a) A pixel is read by several windows, and what they send back adds up.\n\n"
    "(b) When the stride is at least the size of the kernel.\n\n(c) I am not sure.",
    "03_pooling": "(a) Max pooling needs to know *where* the maximum was, the average nothing."
    "\n\n(b) Times 2: dx stays the same. Times -1: the minimum becomes the maximum.",
}
BACKWARD = {"02_convolution": "conv_backward_naive", "03_pooling": "max_pool_backward_naive"}


@dataclass(frozen=True)
class Expected:
    """What grading has to find.

    ``loses`` maps exercises (names of grade cells) to the checks that fail, or to
    ``(ALL,)``; exercises that are not named lose nothing.  Of those named, ``perhaps``
    names checks that fail with some numbers and not with others.
    """

    outcome: Outcome
    loses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    perhaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """A submission: the reference solution with ``edits``, in a notebook that ``rework`` changes.

    One that is not ``solved`` is the notebook as released; one that is ``cut`` ends halfway.
    """

    expected: Expected
    edits: Sequence[Edit] = ()
    rework: Callable[[Notebook, str], None] | None = None
    solved: bool = True
    cut: bool = False


def _mistake(*edits: Edit, **loses: str) -> Sample:
    """A wrong answer; ``loses`` names failed checks by exercise, separated by spaces.

    A question mark behind a check says that it fails with some numbers only.
    """
    names = {exercise: checks.split(" ") for exercise, checks in loses.items()}
    surely = {e: tuple(c for c in checks if c[-1] != "?") for e, checks in names.items()}
    perhaps = {e: tuple(c[:-1] for c in checks if c[-1] == "?") for e, checks in names.items()}
    required = [exercise for exercise in names if not exercise.endswith("_padding")]
    return Sample(Expected("partial" if required else "full", surely, perhaps), edits)


def _everywhere(functions: Sequence[str], old: str, new: str) -> tuple[Edit, ...]:
    return tuple((function, old, new) for function in functions)


# What students do to a notebook besides writing functions.


def _delete_grade_cell(notebook: Notebook, assignment: str) -> None:
    cells = notebook["cells"]
    del cells[_place(cells, BACKWARD[assignment])]


def _duplicate_cells(notebook: Notebook, assignment: str) -> None:
    """Copy a solution cell, leave the stub in the first of the two, copy the grade cell."""
    cells = notebook["cells"]
    function = BACKWARD[assignment]
    place = _place(cells, _solution(function))
    stub = copy.deepcopy(cells[place])
    stub["source"] = f"def {function}(dout, cache):\n    raise NotImplementedError()"
    stub["id"] = "copied-solution"
    cells.insert(place, stub)
    place = _place(cells, function)
    check = copy.deepcopy(cells[place])
    check["id"] = "copied-check"
    cells.insert(place, check)


def _add_scratch_cells(notebook: Notebook, assignment: str) -> None:
    cells = notebook["cells"]
    place = _place(cells, _solution(BACKWARD[assignment]))
    cells.insert(place + 1, _code("sleep", "import time\n\ntime.sleep(3600)"))
    cells.insert(place, _code("division", "1 / 0"))


def _add_magics(notebook: Notebook, assignment: str) -> None:
    cells = notebook["cells"]
    place = _place(cells, _solution(BACKWARD[assignment]))
    plot = "import matplotlib.pyplot as plt\n\nplt.plot(np.sin(np.arange(50) / 5))\nplt.show()"
    cells.insert(place + 1, _code("timing", "%%timeit\nnp.zeros((100, 100)).sum()"))
    cells.insert(place + 1, _code("plot", plot))
    cells.insert(place, _code("shell", "!pip list\n%matplotlib inline\nfiles = !ls\nnp.pad?"))


_EXIT = "import os\n\n    os._exit(0)\n    "
# A sandbox may refuse the signal; then the process ends all the same.
_KILL = """import os
    import signal

    try:
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(0)
    """
_LOOP = "done = False\n    while not done:\n        pass\n    "

_FULL = Expected("full")


def _common(assignment: str, unpack: str, kill: str) -> dict[str, Sample]:
    """Samples that every assignment has; ``unpack`` is the first line of its backward."""
    backward = BACKWARD[assignment]
    lost = {backward: ALL}
    if assignment == "03_pooling":
        lost[f"{backward}_padding"] = ALL
    return {
        "reference": Sample(_FULL),
        "untouched": Sample(Expected("zero"), solved=False),
        "never-returns": _mistake((backward, unpack, _LOOP + unpack), **lost),
        "kills-its-process": _mistake((backward, unpack, kill + unpack), **lost),
        "grade-cell-deleted": Sample(_FULL, rework=_delete_grade_cell),
        "duplicated-cell": Sample(_FULL, rework=_duplicate_cells),
        "not-json": Sample(Expected("unreadable"), cut=True),
        "scratch-cells": Sample(_FULL, rework=_add_scratch_cells),
        "magics-and-plots": Sample(_FULL, rework=_add_magics),
    }


_FORWARD, _BACKWARD = "conv_forward_naive", "conv_backward_naive"
_STRIDE_PAD = 'stride, pad = conv_param["stride"], conv_param["pad"]'
_CROP = "dx_pad[:, :, pad : pad + H, pad : pad + W]"
_SCATTER = "dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]"
_SCATTER_UNSTRIDED = "dx_pad[n, :, i : i + HH, j : j + WW] += dout[n, f, i, j] * w[f]"

CONVOLUTION = {
    **_common("02_convolution", "x, w, b, conv_param = cache", _KILL),
    "crops-pad-zero": _mistake(
        (_BACKWARD, _CROP, "dx_pad[:, :, pad:-pad, pad:-pad]"),
        conv_backward_naive="dx",
    ),
    "hard-codes-pad-one": _mistake(
        *_everywhere((_FORWARD, _BACKWARD), _STRIDE_PAD, 'stride, pad = conv_param["stride"], 1'),
        conv_forward_naive="out_plain out_stride",
        conv_backward_naive=ALL,
    ),
    "forgets-stride-in-dx": _mistake(
        (_BACKWARD, _SCATTER, _SCATTER_UNSTRIDED),
        conv_backward_naive="dx",
    ),
    "assigns-instead-of-accumulating": _mistake(
        (_BACKWARD, _SCATTER, _SCATTER.replace("+=", "=")),
        conv_backward_naive="dx",
    ),
    "averages-over-batch": _mistake(
        (_BACKWARD, "return dx, dw, db", "return dx / N, dw / N, db / N"),
        conv_backward_naive=ALL,
    ),
    "kernel-rotated": _mistake(
        (_BACKWARD, "* w[f]", "* w[f, :, ::-1, ::-1]"),
        conv_backward_naive="dx",
    ),
    "db-keeps-batch": _mistake(
        (_BACKWARD, "axis=(0, 2, 3)", "axis=(2, 3)"),
        conv_backward_naive="db",
    ),
    "mutates-dout": _mistake(
        (_BACKWARD, _SCATTER, f"{_SCATTER}\n{' ' * 20}dout[n, f, i, j] = 0  # used up"),
        conv_backward_naive="unchanged",
    ),
    "scrambled-cache": _mistake(
        (_FORWARD, "cache = (x, w, b, conv_param)", "cache = (x, w[:, :, ::-1], b, conv_param)"),
        conv_forward_naive="cache",
    ),
    "wrong-forward-only": _mistake(
        (_FORWARD, "np.sum(window * w[f]) + b[f]", "np.sum(window * w[f])"),
        conv_forward_naive=ALL,
    ),
}

_POOLS = (
    "max_pool_forward_naive",
    "max_pool_backward_naive",
    "avg_pool_forward_naive",
    "avg_pool_backward_naive",
)
_MAX_FORWARD, _MAX_BACKWARD, _AVG_FORWARD, _AVG_BACKWARD = _POOLS
_SIZES = 'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]'
_SWAPPED = 'pool_width, pool_height = pool_param["pool_height"], pool_param["pool_width"]'
_WINNER = "row, col = divmod(int(np.argmax(window)), pool_width)"
_GIVE = "dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]"
_WINDOW = "dx_pad[n, c, top : top + pool_height, left : left + pool_width]"

POOLING = {
    **_common("03_pooling", "x, pool_param = cache", _EXIT),
    "assigns-on-overlap": _mistake(
        (_MAX_BACKWARD, _GIVE, _GIVE.replace("+=", "=")),
        max_pool_backward_naive="dx_overlap",
    ),
    "all-ties-get-gradient": _mistake(
        (_MAX_BACKWARD, _WINNER, "best = np.max(window)"),
        (_MAX_BACKWARD, _GIVE, f"{_WINDOW} += (window == best) * dout[n, c, i, j]"),
        max_pool_backward_naive="ties",
    ),
    "swaps-height-and-width": _mistake(
        *_everywhere((_MAX_FORWARD, _MAX_BACKWARD), _SIZES, _SWAPPED),
        max_pool_forward_naive="out_stride",
        max_pool_backward_naive="dx_stride dx_overlap",
        max_pool_forward_naive_padding=ALL,
        max_pool_backward_naive_padding=ALL,
    ),
    "stride-equals-window": _mistake(
        (_MAX_BACKWARD, "i * stride, j * stride", "i * pool_height, j * pool_width"),
        max_pool_backward_naive="dx_stride dx_overlap",
        max_pool_backward_naive_padding=ALL,
    ),
    "starts-max-at-zero": _mistake(
        (_MAX_FORWARD, "np.max(window)", "np.max(window, initial=0)"),
        max_pool_forward_naive="out_negative",
        max_pool_forward_naive_padding=ALL,
    ),
    "average-instead-of-max": _mistake(
        (_MAX_BACKWARD, _GIVE, f"{_WINDOW} += dout[n, c, i, j] / window.size"),
        max_pool_backward_naive=ALL,
        max_pool_backward_naive_padding=ALL,
    ),
    "unpadded-x": _mistake(
        *_everywhere((_MAX_FORWARD, _MAX_BACKWARD), "window = x_pad[n, c,", "window = x[n, c,"),
        max_pool_forward_naive_padding=ALL,
        max_pool_backward_naive_padding=ALL,
    ),
    "divides-by-square": _mistake(
        *_everywhere((_AVG_FORWARD, _AVG_BACKWARD), "(pool_height * pool_width)", "pool_height**2"),
        avg_pool_forward_naive="out_stride",
        avg_pool_backward_naive="dx_stride dx_overlap",
        avg_pool_forward_naive_padding=ALL,
        avg_pool_backward_naive_padding=ALL,
    ),
    "no-padding": _mistake(
        *_everywhere(_POOLS, 'pool_param.get("pad", 0)', "0"),
        **{f"{function}_padding": ALL for function in _POOLS},
    ),
}

#: Every sample, by assignment and student.
SAMPLES: Mapping[str, Mapping[str, Sample]] = MappingProxyType(
    {"02_convolution": CONVOLUTION, "03_pooling": POOLING}
)

#: What grading has to find, by assignment and student.
EXPECTED: Mapping[str, Mapping[str, Expected]] = MappingProxyType(
    {
        assignment: {student: sample.expected for student, sample in samples.items()}
        for assignment, samples in SAMPLES.items()
    }
)


def write_class(course: Course, folder: Path) -> list[str]:
    """Write every sample to ``folder/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb``.

    ``folder`` is a class's ``submitted/``.  The bytes depend on the course only.
    Returns the names of the assignments.  Raises UsageError if a notebook has not been
    released or a change does not fit the reference.
    """
    for assignment, samples in SAMPLES.items():
        right = reference.load(course, assignment)
        released = _read(course.release_file(assignment))
        for student, sample in samples.items():
            text = _text(make(sample, assignment, released, right))
            if sample.cut:
                text = text[: len(text) // 2]
            path = folder / student / assignment / f"{assignment}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return list(SAMPLES)


def make(sample: Sample, assignment: str, released: Notebook, right: Reference) -> Notebook:
    """The notebook of one sample, from the released one and the reference solution."""
    notebook = copy.deepcopy(released)
    if sample.solved:
        answer = right
        for function, old, new in sample.edits:
            answer = answer.changed(function, [(old, new)])
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                function = _defined(cell)
                cell["source"] = answer.source(function) if function else WRITTEN[assignment]
    if sample.rework is not None:
        sample.rework(notebook, assignment)
    return notebook


def _solution(function: str) -> str:
    return f"{function}_solution"


def _defined(cell: Notebook) -> str:
    """The function that a cell begins with; empty for a written answer."""
    found = re.match(r"def (\w+)\(", "".join(cell["source"]))
    return found[1] if found else ""


def _place(cells: Sequence[Notebook], grade_id: str) -> int:
    """Index of the last cell with this ``grade_id``."""
    found = [
        place
        for place, cell in enumerate(cells)
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    ]
    if not found:
        raise UsageError(
            f"no cell {grade_id!r} in the released notebook; run 'autograder build' to make it anew"
        )
    return found[-1]


def _code(name: str, source: str) -> Notebook:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"scratch-{name}",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _read(path: Path) -> Notebook:
    try:
        notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"no released notebook {path}; run 'autograder build' first") from None
    return notebook


def _text(notebook: Notebook) -> str:
    """The notebook as Jupyter writes it: sources as lists of lines, keys sorted."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if isinstance(cell["source"], str):
            cell["source"] = cell["source"].splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the class and say where it is."""
    course = Course(Path(__file__).resolve().parents[1])
    parser = argparse.ArgumentParser(description="Make the sample class.")
    parser.add_argument(
        "--out", type=Path, default=course.build / "sample_class", help="folder of the class"
    )
    folder = parser.parse_args().out / "submitted"
    for assignment in write_class(course, folder):
        print(f"{assignment}: {len(SAMPLES[assignment])} submissions in {folder}")


if __name__ == "__main__":
    main()
