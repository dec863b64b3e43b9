"""Compare what it takes to show what a notebook displays, isolated and in this process.

    python benchmarks/outputs.py [--repeat N] [--json] [NOTEBOOK ...]

See README.md beside this file for how to read the table.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

from judging import ROOT, Row, medians, milliseconds, table

from autograder import outputs, reference, sandbox
from autograder.cells import graded_places
from autograder.course import Course
from autograder.outputs import MOST_PICTURES, MOST_TEXT, displayed
from autograder.release import read_release
from autograder.sandbox import Isolation, ShowingChild, child, shell
from autograder.sandbox.shell import Cells
from autograder.submission import Submission, SubmittedCell, read_cells

#: Children are told to take one thread, so this process has to, too.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class MeasuredChild(ShowingChild):
    """Adds up what children take."""

    #: Milliseconds: of processor time in the child, and on the clock until it is locked down.
    spent = started = 0.0

    @classmethod
    def start(cls, *given: Any) -> Self:
        """See ``Child.start``."""
        began = time.perf_counter()
        made = super().start(*given)
        MeasuredChild.started += 1000 * (time.perf_counter() - began)
        return made

    def close(self) -> None:
        """See ``Child.close``."""
        if not self.closed:
            MeasuredChild.spent += 1000 * self._meter.cpu_seconds()
        super().close()


def solved(course: Course, notebook: str) -> Submission:
    """The released notebook with the reference solutions in it."""
    right = reference.load(course, notebook)
    code = []
    for cell in read_cells(course.release_file(notebook)):
        function = cell.grade_id.removesuffix("_solution")
        if cell.cell_type == "code":
            is_solution = function != cell.grade_id and function in right.functions
            source = right.source(function) if is_solution else cell.source
            code.append(SubmittedCell(source, cell.grade_id))
    return Submission("ada", notebook, tuple(code))


def in_process(cells: Cells, submission: Submission, graded: frozenset[int]) -> None:
    """Run the cells in this process, in the shell that children have."""
    kept = sys.stdout, sys.stderr
    cells.begin(None, None)
    try:
        for place, cell in enumerate(submission.code):
            if place not in graded:
                request = {"kind": "show", "source": cell.source, "number": place + 1}
                room = {"text_bytes": MOST_TEXT, "picture_bytes": MOST_PICTURES}
                cells.answer({**request, **room}, None)
    finally:
        sys.stdout, sys.stderr = kept
        shell.Shell.instance().reset()


def isolated(isolation: Isolation, show: Callable[[], object]) -> Row:
    """What it takes in a child: processor time of both sides, and of the start on the clock."""
    MeasuredChild.spent = MeasuredChild.started = 0.0
    here = milliseconds(show)
    return {isolation.tier: here + MeasuredChild.spent, "start": MeasuredChild.started}


def showing(isolation: Isolation, notebooks: Sequence[str], repeat: int) -> list[Row]:
    """A row for every notebook; both ways take turns."""
    course = Course(ROOT)
    outputs.ShowingChild = MeasuredChild  # type: ignore[misc]
    cells = shell.cells(child.add_module)
    rows = []
    for notebook in notebooks:
        release, submission = read_release(course, notebook), solved(course, notebook)
        for name, text in release.companions:
            child.add_module(name, text)
        graded = frozenset(graded_places(submission, release))
        show = partial(displayed, submission, release, isolation)
        here = partial(in_process, cells, submission, graded)
        # The first run of each reads files and starts a server.
        found = show()
        here()
        pictures = sum(one.png is not None for cell in found for one in cell.displays)
        measured = []
        for _ in range(repeat):
            took = milliseconds(here)
            beside = isolated(isolation, show)
            beyond = beside[isolation.tier] - took
            measured.append({"in process": took, **beside, "beyond": beyond})
        row = {"notebook": notebook, "cells": len(submission.code), "pictures": pictures}
        error = standard_error_of_median([run["beyond"] for run in measured])
        rows.append({**row, **medians(measured), "give or take": error})
    return rows


def standard_error_of_median(values: Sequence[float]) -> float:
    """How far the median of so many normally distributed values may be from the true one.

    Its variance is pi / 2 times that of the mean, for large samples: H. Cramer, Mathematical
    Methods of Statistics (1946), section 28.5.
    """
    return math.sqrt(math.pi / 2) * statistics.stdev(values) / math.sqrt(len(values))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what showing a notebook's outputs takes.")
    parser.add_argument("notebook", nargs="*", help="(default: all)")
    parser.add_argument(
        "--repeat", type=int, default=20, help="how often, at least twice (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.repeat < 2:
        parser.error("--repeat: one run does not tell how far another one would be from it")
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        environment = {**os.environ, **_ONE_THREAD}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606 - itself
    isolation = sandbox.probe()
    notebooks = options.notebook or Course(ROOT).notebooks
    rows = [] if isolation.tier == "none" else showing(isolation, notebooks, options.repeat)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        print("Milliseconds of processor time, medians.\n")
        print(table("Showing what one submission displays", rows))


if __name__ == "__main__":
    main()
