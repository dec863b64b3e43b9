"""Ctrl-C: once finishes what has begun, twice ends at once."""

import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

Item = TypeVar("Item")


class Interruption:
    """Takes the first Ctrl-C as a wish to stop soon.  A context manager of the main thread."""

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        sys.stderr.write("\ninterrupted: finishing what has begun; once more to end at once\n")

    def until(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, none any more once it is to stop."""
        for item in items:
            if self.requested:
                return
            yield item
