"""Measure what judging costs, in milliseconds of processor time.

    python benchmarks/judging.py [--repeat N] [--json]

See README.md beside this file for how to read the tables.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from statistics import median
from typing import Any

import one_check

from autograder import reference, sandbox
from autograder.companions import companions
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.misconceptions import CATALOGUE
from autograder.preparation import Functions, make
from autograder.reference import Reference
from autograder.release import read_release
from autograder.sandbox import Isolation
from autograder.shortcuts import SHORTCUTS
from autograder.submission import Submission, SubmittedCell
from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.drivers import DRIVERS, bound
from course_utils.exercise import Returned, Value

ROOT = Path(__file__).parents[1]
SECRET = bytes(32)
#: So many submissions are judged one after the other before another notebook's turn.
A_TURN = 5

Row = dict[str, Any]


class Stopwatch:
    """Milliseconds of this process between the outermost ``start`` and ``stop``."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.calls = 0
        self._depth = 0
        self._began = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, measured; a call within a measured call is a part of it."""

        @wraps(function)
        def measured(*arguments: Any, **keywords: Any) -> Any:
            if not self._depth:
                self._began = time.process_time()
            self._depth += 1
            try:
                return function(*arguments, **keywords)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.spent += 1000 * (time.process_time() - self._began)
                    self.calls += 1

        return measured


def milliseconds(action: Callable[[], object]) -> float:
    """Processor time of one call."""
    stopwatch = Stopwatch()
    stopwatch.around(action)()
    return stopwatch.spent


class FunctionsMeasured(LocalSession):
    """Calls functions in this process, and measures what they take themselves."""

    def __init__(self, functions: Functions, name: str) -> None:
        super().__init__(functions[name], name)
        self.stopwatch = Stopwatch()
        # A driver uses the functions unmeasured: all that it does is the student's own time.
        drivers = {driver: bound(driver, functions) for driver in DRIVERS}
        self._measured = {
            known: self.stopwatch.around(f) for known, f in {**functions, **drivers}.items()
        }

    def _function(self, name: str) -> object:
        return self._measured.get(name)


class CallsMeasured(LocalSession):
    """Calls functions in this process, and measures calls with all that belongs to them."""

    def __init__(self, functions: Functions, name: str) -> None:
        super().__init__(functions[name], name)
        self.stopwatch = Stopwatch()
        self._functions = {**functions, **{name: bound(name, functions) for name in DRIVERS}}
        self._call = self.stopwatch.around(super().call)

    def _function(self, name: str) -> object:
        return self._functions.get(name)

    def call(
        self, function: str, arguments: Sequence[Value], outputs: Sequence[str], *, keep: bool
    ) -> Returned:
        """See ``LocalSession.call``."""
        returned: Returned = self._call(function, arguments, outputs, keep=keep)
        return returned


def grader_of(notebook: str, isolation: Isolation) -> Grader:
    """A grader of this course, with a secret of its own."""
    course = Course(ROOT)
    return Grader(
        release=read_release(course, notebook),
        questions=QUESTIONS[notebook],
        reference=reference.load(course, notebook),
        secret=SECRET,
        isolation=isolation,
        shortcuts=SHORTCUTS.get(notebook, {}),
    )


# Judging, in this process


def judge_once(grader: Grader, functions: Functions, seed: bytes) -> Row:
    """What judging all functions of one submission costs.

    Its parts are measured in runs of their own: to measure takes time, too.
    """
    known = {**grader.reference.functions, **grader.shortcuts}
    judging = own = making = calling = 0.0
    calls = 0
    for question in grader.questions:
        inner = FunctionsMeasured(functions, question.exercise.function)
        outer = CallsMeasured(functions, question.exercise.function)
        with quiet_numpy():
            judging += milliseconds(partial(grader.judge, question, seed, inner))
            making += milliseconds(partial(make, question, known, seed))
            grader.judge(question, seed, outer)
        own += inner.stopwatch.spent
        calling += outer.stopwatch.spent - inner.stopwatch.spent
        calls += outer.stopwatch.calls
    beyond = judging - own
    return {
        "judging": judging,
        "own": own,
        "beyond": beyond,
        "cases and answers": making,
        "calling": calling,
        "comparing": beyond - making - calling,
        "calls": calls,
    }


def submissions_of(notebook: str, right: Reference) -> dict[str, Functions]:
    """The functions of a right submission, and of one with the catalogue's first mistake."""
    mistake = CATALOGUE[notebook][0]
    return {
        "all right": right.functions,
        f"one mistake ({mistake.id})": mistake.functions(right),
    }


def judging(repeat: int) -> list[Row]:
    """A row for every notebook and submission.

    They take turns, so that each meets the same moments; a turn is a few submissions, one
    after the other, as a class is judged.
    """
    rows: dict[tuple[str, str], list[Row]] = {}
    graders = {notebook: grader_of(notebook, sandbox.UNISOLATED) for notebook in QUESTIONS}
    # Each grader proves itself once, before it judges anybody.
    once = {
        notebook: judge_once(grader, grader.reference.functions, b"first")["beyond"]
        for notebook, grader in graders.items()
    }
    for turn in range(0, repeat, A_TURN):
        for notebook, grader in graders.items():
            for name, functions in submissions_of(notebook, grader.reference).items():
                seeds = (f"seed {n}".encode() for n in range(turn, min(turn + A_TURN, repeat)))
                found = [judge_once(grader, functions, seed) for seed in seeds]
                rows.setdefault((notebook, name), []).extend(found)
    return [
        {"notebook": notebook, "submission": name, **medians(found), "first": once[notebook]}
        for (notebook, name), found in rows.items()
    ]


def whole_course(rows: Sequence[Row]) -> list[Row]:
    """What one student's submissions of all notebooks take together."""
    kinds = {"all right": rows[::2], "one mistake each": rows[1::2]}
    return [
        {
            "submissions": kind,
            **{c: sum(r[c] for r in of_kind) for c in ("judging", "own", "beyond")},
        }
        for kind, of_kind in kinds.items()
    ]


# Grading, in the sandbox


def submission_of(grader: Grader, turn: int) -> Submission:
    """A right submission; its first line is another one every turn, and so is its seed."""
    cells = [SubmittedCell(f"import numpy as np  # {turn}")]
    for name in grader.reference.functions:
        cells.append(SubmittedCell(grader.reference.source(name), f"{name}_solution"))
        cells.append(SubmittedCell(f"check({name})", name))
    return Submission("ada", grader.release.assignment, tuple(cells))


def grading(repeat: int) -> list[Row]:
    """What a right submission costs the grader's own process; nothing without isolation."""
    isolation = sandbox.probe()
    if isolation.tier == "none":
        return []
    rows = []
    for notebook in QUESTIONS:
        grader = grader_of(notebook, isolation)
        grader.grade(submission_of(grader, -1))
        found = [
            {"grading": milliseconds(partial(grader.grade, submission_of(grader, turn)))}
            for turn in range(repeat)
        ]
        rows.append({"notebook": notebook, "tier": isolation.tier, **medians(found)})
    return rows


# The student's own check


def checking(repeat: int) -> list[Row]:
    """What ``check`` of every right function costs in processes of their own."""
    rows: dict[str, list[Row]] = {}
    for _ in range(repeat):
        for notebook, questions in QUESTIONS.items():
            source = written_out(notebook)
            for question in questions:
                rows.setdefault(question.exercise.name, []).append(
                    check_once(source, recorded.load(question.exercise.name))
                )
    return [{"exercise": name, **medians(found)} for name, found in rows.items()]


def written_out(notebook: str) -> str:
    """All right functions of a notebook, after those that it has from earlier ones."""
    course = Course(ROOT)
    right = reference.load(course, notebook)
    own = (right.source(name) for name in right.functions)
    return "\n\n".join([*companions(course, notebook).values(), *own])


def check_once(source: str, asked: recorded.Recorded) -> Row:
    """Run ``one_check`` in a fresh process."""
    command = [sys.executable, one_check.__file__, asked.exercise.function, asked.part]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {**found, "later": median(found["later"])}


# Tables


def medians(rows: Sequence[Mapping[str, float]]) -> Row:
    """The median of every column."""
    return {
        column: type(first)(median(row[column] for row in rows))
        for column, first in rows[0].items()
    }


def table(title: str, rows: Sequence[Row]) -> str:
    """A title and columns of equal width; words to the left, numbers to the right."""
    if not rows:
        return f"{title}: not measured, nothing isolates here"
    cells = [list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    words = [isinstance(value, str) for value in rows[0].values()]
    lines = [
        "  ".join(
            cell.ljust(width) if word else cell.rjust(width)
            for cell, width, word in zip(row, widths, words, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what judging costs.")
    parser.add_argument("--repeat", type=int, default=30, help="how often (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    repeat = max(1, options.repeat)
    judged = judging(repeat)
    found = {
        "judging": judged,
        "course": whole_course(judged),
        "grading": grading(max(1, repeat // 3)),
        "checking": checking(max(1, repeat // 10)),
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print("Milliseconds of processor time, medians.\n")
    print(table("Judging one submission, in this process", found["judging"]), end="\n\n")
    print(table("The whole course, one student", found["course"]), end="\n\n")
    print(table("Grading one submission in the sandbox", found["grading"]), end="\n\n")
    print(table("The student's own check", found["checking"]))


if __name__ == "__main__":
    main()
