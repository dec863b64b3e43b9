"""How much a child has used: processor time, time spent waiting for one, threads."""

import sys
import time
from pathlib import Path


class Meter:
    """Reads what the kernel counts for one process, all its threads together."""

    def __init__(self, pid: int) -> None:
        self._proc = Path("/proc") / str(pid)
        # The processor-time clock of another process: include/linux/posix-timers_types.h.
        self._clock = ~pid << 3 | 2

    def cpu_seconds(self) -> float:
        """Return the processor time used so far; 0 once the process is gone."""
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0

    def waited_seconds(self) -> float:
        """Return how long its main thread was ready to run but had no processor."""
        try:
            text = (self._proc / "schedstat").read_text("ascii")
            return int(text.split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0  # not told by this kernel: then all time on the clock counts

    def threads(self) -> int:
        """Return the number of its threads; 0 once the process is gone."""
        try:
            text = (self._proc / "stat").read_text("utf-8", "replace")
            # The name, in parentheses, may hold anything: count from its end.
            return int(text.rpartition(")")[2].split()[17])
        except (OSError, IndexError, ValueError):
            return 0
