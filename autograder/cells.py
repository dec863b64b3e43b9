"""Run the cells of a submission in order, in sandboxed processes, whatever some of them do.

Rules: an error does not stop later cells; a cell that hits a limit or ends the process is
left out, in a fresh process that runs the others again.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, Self, TypeVar

from autograder.release import Release
from autograder.sandbox import Child, ChildStopped, Limits
from autograder.submission import Submission

#: So many cells may end their process before the rest of the notebook is not run.
MOST_STOPPED_CELLS = 3

#: All cells of a notebook together may take so long, seconds on the clock: many cells may
#: each stay below their own limits.  Then the rest is not run.
LONGEST_RUN = 120.0

AnyChild = TypeVar("AnyChild", bound=Child)


def graded_places(submission: Submission, release: Release) -> Iterator[int]:
    """The positions of grade cells among the code cells."""
    graded = {cell.grade_id for cell in release.cells if cell.kind == "autograded"}
    return (place for place, cell in enumerate(submission.code) if cell.grade_id in graded)


class CellRun(ABC, Generic[AnyChild]):
    """A notebook whose code cells are run, as far as they have been run.

    ``sources`` are the cells.  ``skipped`` says, by position, why some are not run at all.
    ``companions`` are modules, each with its source, that the cells may import.
    """

    def __init__(
        self,
        sources: Sequence[str],
        skipped: Mapping[int, str],
        companions: Sequence[tuple[str, str]],
        limits: Limits,
    ) -> None:
        self._sources = sources
        self._skipped = dict(skipped)
        self._companions = companions
        self._limits = limits
        self._stopped_cells = 0
        self._seconds = 0.0
        self._total_seconds = 0.0
        self._position = 0
        self._child: AnyChild | None = None

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
        if self._child is None or self._child.closed:
            self._replay(position)
        else:
            self._run(range(self._position, position), position)

    @abstractmethod
    def _start(self) -> AnyChild:
        """Start a process for the cells.  Raises SandboxError."""

    @abstractmethod
    def _run_cell(self, child: AnyChild, place: int) -> None:
        """Run one cell.  Raises ChildStopped."""

    def _run(self, places: Sequence[int], position: int) -> None:
        for place in places:
            if self._seconds > LONGEST_RUN:
                self._leave_out_from(place, f"its cells took more than {LONGEST_RUN:.0f} s")
            if self._total_seconds > self._limits.total_wall_seconds:
                self._leave_out_from(place, self._too_long)
            if place in self._skipped:
                continue
            assert self._child is not None
            before = self._total_seconds
            try:
                with self._timed():
                    self._run_cell(self._child, place)
            except ChildStopped as stopped:
                self._leave_out(place, stopped.reason)
                self._replay(position)
                return
            self._seconds += self._total_seconds - before
        self._position = max(self._position, position)

    @property
    def _too_long(self) -> str:
        seconds = self._limits.total_wall_seconds
        return f"all that the submission does took more than {seconds:.0f} s together"

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Count the time that the submission takes."""
        began = time.monotonic()
        try:
            yield
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
        self._child = self._start()
        for name, text in self._companions:
            with self._timed():
                self._child.add_module(name, text)
        self._position = 0
        self._seconds = 0.0
        self._run(range(position), position)

    def _close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None
