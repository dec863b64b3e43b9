"""How much a child has used: processor time, time spent waiting for one, threads, files."""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
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

    def nameless_bytes(self, directory: Path, file_bytes: int) -> int:
        """Return the bytes of files of ``directory`` that it has removed and still uses.

        One that is only mapped is taken to have ``file_bytes``, the most that there may be.
        Where this process may not look (in a container without the capability to trace),
        there are none; their number and size are then bounded by the limits alone.
        """
        opened = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in self._nameless()}
        mapped = self._mapped_nameless(str(directory)) - {inode for _, inode in opened}
        return sum(opened.values()) + len(mapped) * file_bytes

    def _nameless(self) -> Iterator[os.stat_result]:
        """The files that are open and have no name."""
        with contextlib.suppress(OSError), os.scandir(self._proc / "fd") as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = os.stat(entry.path)
                    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                        yield found

    def _mapped_nameless(self, directory: str) -> set[int]:
        """The inodes of removed files that are mapped into memory."""
        removed, found = b" (deleted)\n", set()
        with contextlib.suppress(OSError), open(self._proc / "maps", "rb") as maps:
            text = maps.read()
            # Hardly ever: a thousand lines need not be looked at one by one.
            for line in text.splitlines(keepends=True) if removed in text else ():
                if line.endswith(removed) and directory.encode() in line:
                    found.add(int(line.split()[4]))
        return found
