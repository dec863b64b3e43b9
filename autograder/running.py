"""Run a submission's cells in a sandbox, and call its functions there.

Cells that are as released and only draw or train are not run, nor are grade cells: the
parent judges.  How the others are run is told in ``cells``.

A call that is stopped ends the process, too.  The next question starts a fresh one; the
function that was stopped is not called again with as little time, whatever it is asked.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from autograder.cells import CellRun, graded_places
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

#: Limits of one cell for whoever is judged in a hurry, seconds of processor time and on the clock.
_HURRIED_CELL = 1.0, 2.0


class SlowError(Exception):
    """A submission reached a limit of time while it was judged in a hurry: nothing is decided."""


class NotebookRun(CellRun[Child]):
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
        sources = plain_sources([cell.source for cell in submission.code])
        drawn = {cell.source.strip() for cell in release.code if cell.tags & LEFT_OUT}
        left_out = [p for p, cell in enumerate(submission.code) if cell.source.strip() in drawn]
        skipped = dict.fromkeys(
            (*left_out, *graded_places(submission, release)), "not run for grading"
        )
        super().__init__(sources, skipped, release.companions, limits)
        self._isolation = isolation
        self._code = submission.code
        self._raised: dict[int, str] = {}
        #: The drivers that the child has, and what it said of the functions it was asked for.
        self._drivers: set[str] = set()
        self._has: dict[str, bool] = {}
        #: Stopped calls by function, with the processor time that was not enough.
        self._stopped_calls: dict[str, tuple[float, CallStoppedError]] = {}
        self.call_cpu_seconds = limits.call_cpu_seconds

    def advance(self, position: int) -> None:
        """Run the cells before ``position`` that have not been run yet."""
        if position > self._position:
            # A later cell may define a function, or define it anew.
            self._stopped_calls.clear()
            self._has.clear()
        super().advance(position)

    def _start(self) -> Child:
        self._drivers.clear()
        self._has.clear()
        return Child.start(self._isolation, self._limits, self._warm())

    def _run_cell(self, child: Child, place: int) -> None:
        outcome = child.run_cell(self._sources[place], f"cell {place + 1}")
        self._raised.pop(place, None)
        if outcome.raised is not None:
            self._raised[place] = str(outcome.raised)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Count the time, and see whose fault it is if the submission's process is killed."""
        try:
            with super()._timed():
                yield
        except ChildStopped as stopped:
            if self._kill_is_chance and stopped.kind == "memory":
                raise SandboxError(stopped.reason) from stopped
            if self._hurried and stopped.out_of_time:
                raise SlowError(stopped.reason) from stopped
            raise

    def _warm(self) -> Sequence[str]:
        """What is better found imported than imported in every process: it takes half a second."""
        drawing = any(
            "matplotlib" in text or "pylab" in text
            for place, text in enumerate(self._sources)
            if place not in self._skipped
        )
        return DRAWING if drawing else ()

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
