"""What a request may take while a child answers it, and the look at what it does take."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from autograder.sandbox import wire
from autograder.sandbox.lent import Lent
from autograder.sandbox.limits import ChildStopped, Limits, StopKind
from autograder.sandbox.meter import Meter
from autograder.sandbox.scratch import HiddenFilesError, Scratch

#: How often limits are looked at while a child works, seconds.  Between short calls files are
#: counted as seldom: that takes a quarter of a millisecond, and more than most calls.
LOOK_EVERY = 0.05
#: Time on the clock never exceeds a limit more than so many times, even on a busy machine.
_BUSIEST = 10

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """A request, what reads its reply, and what answering it may take.

    ``who`` begins a sentence about a limit; ``cpu_seconds`` of processor time, and
    ``wall_seconds`` on the clock, are allowed.
    """

    request: Mapping[str, Any]
    who: str
    cpu_seconds: float
    wall_seconds: float
    read: Callable[[wire.Message], Answer]
    lent: Lent | None = None


class Watch:
    """Looks at what a child uses while it answers requests, one after the other."""

    def __init__(self, meter: Meter, scratch: Scratch, limits: Limits) -> None:
        self._meter, self._scratch, self._limits = meter, scratch, limits
        #: Seconds of work since the files were last counted.
        self._uncounted = 0.0

    def begin(self, question: Question[Any]) -> None:
        """Count anew: the next reply is the one to this question."""
        self._who = question.who
        self._cpu_seconds, self._wall_seconds = question.cpu_seconds, question.wall_seconds
        self._began = self._looked = time.monotonic()
        self._cpu_before = self._meter.cpu_seconds()
        self._waited_before: float | None = None

    def look(self) -> None:
        """Raise ChildStopped if a limit is exceeded; at most every ``LOOK_EVERY`` seconds."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY / 2:
            return
        self._looked = now
        if self._waited_before is None:
            # Read at the first look only: a short call is never looked at.
            self._waited_before = self._meter.waited_seconds()
        if self._meter.cpu_seconds() - self._cpu_before > self._cpu_seconds:
            raise self._stopped("cpu", f"used more than {self._cpu_seconds:g} s of processor time")
        elapsed = now - self._began
        if elapsed > self._wall_seconds:
            waited = self._meter.waited_seconds() - self._waited_before
            if elapsed - waited > self._wall_seconds or elapsed > _BUSIEST * self._wall_seconds:
                raise self._stopped("wall", f"took longer than {self._wall_seconds:g} s")
        if self._meter.threads() > self._limits.processes:
            raise self._stopped("threads", f"started more than {self._limits.processes} threads")
        self._look_at_files()

    def end(self) -> None:
        """The reply is there; look at what may have grown while nobody looked."""
        self._uncounted += time.monotonic() - self._began
        if self._uncounted > LOOK_EVERY:
            self._look_at_files()

    def _look_at_files(self) -> None:
        self._uncounted = 0.0
        try:
            size, count = self._scratch.usage(self._limits.scratch_files)
        except HiddenFilesError:
            raise self._stopped("files", "hid files where they cannot be counted") from None
        if count > self._limits.scratch_files:
            raise self._stopped("files", f"left more than {self._limits.scratch_files} files")
        size += self._meter.nameless_bytes(self._scratch.path, self._limits.file_bytes)
        if size > self._limits.scratch_bytes:
            most = self._limits.scratch_bytes // 2**20
            raise self._stopped("files", f"wrote more than {most} MiB of files")

    def _stopped(self, kind: StopKind, what: str) -> ChildStopped:
        return ChildStopped(kind, f"{self._who} {what}")
