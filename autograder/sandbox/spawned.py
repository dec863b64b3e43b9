"""A child as the operating system sees it: its id, how it is ended, how it ended.

Whatever starts a child (a plain exec, bubblewrap, a warm server that forks) hands out one
of these, and the rest of the sandbox knows nothing else about it.
"""

import contextlib
import os
import signal
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
        """Reap it: its exit code, minus the signal's number, or None if it still runs."""
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


class Wrapped:
    """A child inside the namespaces that a wrapper made; the wrapper waits for it."""

    #: How long the wrapper may take to notice that its child is gone, seconds.
    _NOTICES = 2.0

    def __init__(self, wrapper: "subprocess.Popen[bytes]", pid: int) -> None:
        self._wrapper = wrapper
        self.pid = pid
        # A descriptor names this process for good; a number may be given out again.
        self._descriptor: int | None = os.pidfd_open(pid)

    def kill(self) -> None:
        """See ``Spawned``.  The wrapper reaps its child and ends by itself."""
        if self._descriptor is None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        if self.wait(self._NOTICES) is None:
            self._wrapper.kill()

    def wait(self, seconds: float | None = None) -> int | None:
        """See ``Spawned``.  The wrapper says 128 + n for signal n, as a shell does."""
        try:
            code = self._wrapper.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        return 128 - code if code > 128 else code
