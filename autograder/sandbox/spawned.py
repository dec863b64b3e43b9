"""A child as the operating system sees it: its id, how it is ended, how it ended.

Whatever starts a child (a plain exec, a warm server that forks) hands out one of these,
and the rest of the sandbox knows nothing else about it.
"""

import subprocess
from typing import Protocol


class Spawned(Protocol):
    """A started child."""

    @property
    def pid(self) -> int:
        """The child's process id in the grader's namespace."""
        ...

    def kill(self) -> None:
        """End it now, whatever it does.  Nothing happens if it has ended."""
        ...

    def wait(self, seconds: float | None = None) -> int | None:
        """Reap it: its exit code, minus the signal's number, or None if it still runs.

        Raises SandboxError if nobody knows any more how it ended.
        """
        ...


class Executed:
    """A child that this process started itself."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid

    def kill(self) -> None:
        """See ``Spawned``."""
        self._process.kill()

    def wait(self, seconds: float | None = None) -> int | None:
        """See ``Spawned``."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
