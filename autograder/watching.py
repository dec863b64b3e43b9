"""The bar that shows how far a long command has come."""

from collections import Counter
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: What is counted beside the bar, in this order.
_SHOWN: Final = ("passed", "failed", "not started", "unreadable", "not judged", "changed")


class Watching:
    """A progress bar on the terminal's error stream, with a rate and counts by status."""

    def __init__(self, *, quiet: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=Console(stderr=True),
            disable=quiet,
            transient=True,
        )
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, what: str, total: int) -> None:
        """Show that ``total`` submissions are to come."""
        self._task = self._progress.add_task(what, total=total, rate="", counts="")

    def show(self, status: str) -> None:
        """One more, of this status."""
        self._counts[status] += 1
        speed = self._progress.tasks[0].finished_speed or self._progress.tasks[0].speed
        self._progress.update(
            self._task,
            advance=1,
            rate=f"{speed:.0f}/s" if speed else "",
            counts=", ".join(f"{self._counts[s]} {s}" for s in _SHOWN if self._counts[s]),
        )
