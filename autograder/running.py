"""Run a submission's cells in a sandbox, and call its functions there.

Rules: code cells run in order; an error does not stop later cells; a cell that hits a
limit or ends the process is left out, in a fresh process that runs the others again.
Cells that are as released and only draw or train are not run, nor are grade cells: the
parent judges.

A call that is stopped ends the process, too.  The next question starts a fresh one; the
function that was stopped is not called again with as little time, whatever it is asked.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Self

from autograder.magics import plain_sources
from autograder.release import Release
from autograder.sandbox import Child, ChildStopped, Isolation, Limits, SandboxError
from autograder.submission import Submission
from course_utils.drivers import DRIVERS, source
from course_utils.exercise import Call, CallStoppedError, Returned, Value
from course_utils.specimens import Specimen

#: Tags of cells that are not run for scoring as long as they are as released.
LEFT_OUT = frozenset({"picture", "training"})

#: Imported ahead for notebooks whose cells draw.
DRAWING = ("matplotlib.pyplot",)

#: So many cells may end their process before the rest of the notebook is not run.
MOST_STOPPED_CELLS = 3

#: All cells of a notebook together may take so long, seconds on the clock: many cells may
#: each stay below their own limits.  Then the rest is not run.
LONGEST_RUN = 120.0


#: Limits of one cell for whoever is judged in a hurry, seconds of processor time and on the clock.
_HURRIED_CELL = 1.0, 2.0


class SlowError(Exception):
    """A submission reached a limit of time while it was judged in a hurry: nothing is decided."""


class NotebookRun:
    """A submission being run: a ``Session`` whose functions are those defined so far.

    ``kill_is_chance``: that the system kills its process is no fault of the submission's, and
    raises SandboxError.  ``hurried``: whatever takes long raises SlowError.
    """

    def __init__(
        self,
        submission: Submission,
        release: Release,
        isolation: Isolation,
        limits: Limits,
        *,
        kill_is_chance: bool = False,
        hurried: bool = False,
    ) -> None:
        self._kill_is_chance = kill_is_chance
        self._hurried = hurried
        if hurried:
            cpu, wall = _HURRIED_CELL
            limits = replace(
                limits,
                cell_cpu_seconds=min(cpu, limits.cell_cpu_seconds),
                cell_wall_seconds=min(wall, limits.cell_wall_seconds),
            )
        self._isolation = isolation
        self._limits = limits
        self._companions = release.companions
        self._code = submission.code
        self._sources = plain_sources([cell.source for cell in submission.code])
        drawn = {cell.source.strip() for cell in release.code if cell.tags & LEFT_OUT}
        graded = {cell.grade_id for cell in release.cells if cell.kind == "autograded"}
        self._skipped: dict[int, str] = {
            place: "not run for grading"
            for place, cell in enumerate(submission.code)
            if cell.grade_id in graded or cell.source.strip() in drawn
        }
        self._raised: dict[int, str] = {}
        self._stopped_cells = 0
        self._seconds = 0.0
        self._total_seconds = 0.0
        self._position = 0
        self._child: Child | None = None
        #: The drivers that the child has, and what it said of the functions it was asked for.
        self._drivers: set[str] = set()
        self._has: dict[str, bool] = {}
        #: Stopped calls by function, with the processor time that was not enough.
        self._stopped_calls: dict[str, tuple[float, CallStoppedError]] = {}
        self.call_cpu_seconds = limits.call_cpu_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def cells(self) -> int:
        """The number of code cells."""
        return len(self._sources)

    def advance(self, position: int) -> None:
        """Run the cells before ``position`` that have not been run yet."""
        if position > self._position:
            # A later cell may define a function, or define it anew.
            self._stopped_calls.clear()
            self._has.clear()
        if self._child is None or self._child.closed:
            self._replay(position)
        else:
            self._run(range(self._position, position), position)

    def _run(self, places: Sequence[int], position: int) -> None:
        for place in places:
            if self._seconds > LONGEST_RUN:
                self._leave_out_from(place, f"its cells took more than {LONGEST_RUN:.0f} s")
            if self._total_seconds > self._limits.total_wall_seconds:
                self._leave_out_from(place, self._too_long)
            if place in self._skipped:
                continue
            try:
                self._run_cell(place)
            except ChildStopped as stopped:
                self._leave_out(place, stopped.reason)
                self._replay(position)
                return
        self._position = max(self._position, position)

    def _run_cell(self, place: int) -> None:
        assert self._child is not None
        before = self._total_seconds
        with self._timed():
            outcome = self._child.run_cell(self._sources[place], f"cell {place + 1}")
        self._seconds += self._total_seconds - before
        self._raised.pop(place, None)
        if outcome.raised is not None:
            self._raised[place] = str(outcome.raised)

    @property
    def _too_long(self) -> str:
        seconds = self._limits.total_wall_seconds
        return f"all that the submission does took more than {seconds:.0f} s together"

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Count the time that the submission takes, and see whose fault it is if it is killed."""
        began = time.monotonic()
        try:
            yield
        except ChildStopped as stopped:
            if self._kill_is_chance and stopped.kind == "memory":
                raise SandboxError(stopped.reason) from stopped
            if self._hurried and stopped.out_of_time:
                raise SlowError(stopped.reason) from stopped
            raise
        finally:
            self._total_seconds += time.monotonic() - began

    def _leave_out(self, place: int, reason: str) -> None:
        self._skipped[place] = reason
        self._stopped_cells += 1
        if self._stopped_cells == MOST_STOPPED_CELLS:
            self._leave_out_from(place + 1, "too many cells were stopped")
        elif self._stopped_cells > MOST_STOPPED_CELLS:
            # What ran before is stopped now: such a notebook could go on for hours.
            self._leave_out_from(0, "too many cells were stopped")

    def _leave_out_from(self, first: int, reason: str) -> None:
        for place in range(first, self.cells):
            self._skipped.setdefault(place, f"the rest of the notebook was not run: {reason}")

    def _replay(self, position: int) -> None:
        """Start a fresh process and run every cell before ``position``."""
        self._close()
        self._child = Child.start(self._isolation, self._limits, self._warm())
        self._drivers.clear()
        self._has.clear()
        for name, text in self._companions:
            with self._timed():
                self._child.add_module(name, text)
        self._position = 0
        self._seconds = 0.0
        self._run(range(position), position)

    def _warm(self) -> Sequence[str]:
        """What is better found imported than imported in every process: it takes half a second."""
        drawing = any(
            "matplotlib" in text or "pylab" in text
            for place, text in enumerate(self._sources)
            if place not in self._skipped
        )
        return DRAWING if drawing else ()

    def _close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    def why_missing(self, function: str) -> str:
        """Why the cells run so far do not define ``function``; empty if they should."""
        for place in reversed(range(self._position)):
            if not _defines(self._code[place].source, function):
                continue
            if place in self._raised:
                return f"code cell {place + 1} raised {self._raised[place]}"
            if place in self._skipped:
                return f"code cell {place + 1} was left out: {self._skipped[place]}"
        return ""

    # Session

    def has(self, function: str) -> bool:
        """See ``course_utils.exercise.Session``."""
        child = self._live()
        if function not in self._has:
            with self._timed():
                self._has[function] = child.has(function)
        return self._has[function]

    def call(
        self, function: str, arguments: Sequence[Value], outputs: Sequence[str], *, keep: bool
    ) -> Returned:
        """See ``course_utils.exercise.Session``."""
        return self.call_each([(function, arguments)], outputs, keep=keep)[0]

    def call_each(
        self, calls: Sequence[Call], outputs: Sequence[str], *, keep: bool
    ) -> list[Returned]:
        """See ``course_utils.exercise.Session``."""
        found: list[Returned] = []
        for function, group in groupby(calls, key=itemgetter(0)):
            arguments = [given for _, given in group]
            lent = any(isinstance(value, Specimen) for given in arguments for value in given)
            for some in [[given] for given in arguments] if lent else [arguments]:
                found += self._call_each(function, some, outputs, keep=keep)
        return found

    def _call_each(
        self,
        function: str,
        arguments: Sequence[Sequence[Value]],
        outputs: Sequence[str],
        *,
        keep: bool,
    ) -> list[Returned]:
        seconds, stopped = self._stopped_calls.get(function, (0.0, None))
        if stopped is not None and self.call_cpu_seconds <= seconds:
            raise stopped
        left = self._limits.total_wall_seconds - self._total_seconds
        if left < 0:
            raise CallStoppedError(f"{function} was not called: {self._too_long}")
        try:
            child = self._able_to(function)
            with self._timed():
                return child.call_each(
                    function,
                    arguments,
                    outputs,
                    keep=keep,
                    cpu_seconds=self.call_cpu_seconds,
                    wall_seconds=left,
                )
        except CallStoppedError as error:
            self._stopped_calls[function] = self.call_cpu_seconds, error
            raise

    def fresh(self, position: int) -> None:
        """Start a process of its own for what comes next: the cells before ``position``.

        A function that was lent to the student's code is gone with the process that it
        was lent to, and whatever that has learned by it.
        """
        self._stopped_calls.clear()
        self._position = 0
        self._replay(position)

    def _able_to(self, function: str) -> Child:
        """A child that has ``function``: a driver is brought when it is first needed."""
        child = self._live()
        if function in DRIVERS and function not in self._drivers:
            with self._timed():
                child.run_cell(source(function), "the grader's driver")
            self._drivers.add(function)
        return child

    def _live(self) -> Child:
        if self._child is None or self._child.closed:
            self._replay(self._position)
        assert self._child is not None
        return self._child


def _defines(source: str, name: str) -> bool:
    """Tell whether the text of a cell, which may be no valid code, defines a function or class."""
    return re.search(rf"^\s*(def {name}\(|class {name}\b)", source, re.MULTILINE) is not None
