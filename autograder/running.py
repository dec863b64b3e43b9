"""Run a submission's cells in a sandbox, and call its functions there.

Rules: code cells run in order; an error does not stop later cells; a cell that hits a
limit or ends the process is left out, in a fresh process that runs the others again.
Cells that are as released and only draw or train are not run, nor are grade cells: the
parent judges.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from IPython.core.inputtransformer2 import TransformerManager

from autograder.release import Release
from autograder.sandbox import Child, ChildStopped, Isolation, Limits
from autograder.submission import Submission
from course_utils.exercise import CallStoppedError, Returned, Value

#: Tags of cells that are not run for scoring as long as they are as released.
LEFT_OUT = frozenset({"picture", "training"})

#: So many cells may end their process before the rest of the notebook is not run.
MOST_STOPPED_CELLS = 3


class NotebookRun:
    """A submission being run: a ``Session`` whose functions are those defined so far."""

    def __init__(
        self, submission: Submission, release: Release, isolation: Isolation, limits: Limits
    ) -> None:
        self._isolation = isolation
        self._limits = limits
        self._sources = [_python(cell.source) for cell in submission.code]
        drawn = {cell.source.strip() for cell in release.code if cell.tags & LEFT_OUT}
        graded = {cell.grade_id for cell in release.cells if cell.kind == "autograded"}
        self._skipped: dict[int, str] = {
            place: "not run for grading"
            for place, cell in enumerate(submission.code)
            if cell.grade_id in graded or cell.source.strip() in drawn
        }
        self._stopped_cells = 0
        self._position = 0
        self._child: Child | None = None
        self._kept_by: Child | None = None
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
        if self._child is None:
            self._replay(position)
            return
        self._run(range(self._position, position), position)

    def _run(self, places: Sequence[int], position: int) -> None:
        for place in places:
            if place in self._skipped:
                continue
            try:
                assert self._child is not None
                self._child.run_cell(self._sources[place], f"cell {place + 1}")
            except ChildStopped as stopped:
                self._leave_out(place, stopped.reason)
                self._replay(position)
                return
        self._position = max(self._position, position)

    def _leave_out(self, place: int, reason: str) -> None:
        self._skipped[place] = reason
        self._stopped_cells += 1
        if self._stopped_cells >= MOST_STOPPED_CELLS:
            for later in range(place + 1, self.cells):
                self._skipped.setdefault(later, "not run: too many cells were stopped before it")

    def _replay(self, position: int) -> None:
        """Start a fresh process and run every cell before ``position``."""
        self._close()
        self._child = Child.start(self._isolation, self._limits)
        self._position = 0
        self._run(range(position), position)

    def _close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    @property
    def stopped(self) -> str:
        """Why cells were left out, in one sentence; empty when none was."""
        reasons = [
            f"code cell {place + 1} was left out: {reason}"
            for place, reason in sorted(self._skipped.items())
            if reason != "not run for grading"
        ]
        return "; ".join(reasons[:3])

    # Session

    def has(self, function: str) -> bool:
        """See ``course_utils.exercise.Session``."""
        return self._live().has(function)

    def call(
        self, function: str, arguments: Sequence[Value], outputs: Sequence[str], *, keep: bool
    ) -> Returned:
        """See ``course_utils.exercise.Session``."""
        try:
            return self._live().call(
                function, arguments, outputs, keep=keep, cpu_seconds=self.call_cpu_seconds
            )
        except CallStoppedError:
            self._close()
            raise

    def _live(self) -> Child:
        if self._child is None:
            self._replay(self._position)
        assert self._child is not None
        return self._child


_transformer = TransformerManager()  # type: ignore[no-untyped-call]


def _python(source: str) -> str:
    """A cell's source as plain Python: magics become calls of ``get_ipython()``."""
    try:
        return _transformer.transform_cell(source)
    except (SyntaxError, ValueError, RecursionError):
        # The child reports the error of the text as it is.
        return source
