"""The grader's side of warm servers: starting them, having them fork, learning how a child ended.

A thread has servers of its own, one for each set of rules: the kernel ends a server, and
with it its children, when the thread that started it ends.  A server that is gone is found
out when it is next needed, and another one takes its place.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.sandbox.forkserver import ANSWER, ENDED, QUESTION, READY, STARTED
from autograder.sandbox.limits import SandboxError
from autograder.sandbox.scratch import Scratch

#: Bytes kept of what a server said before it ended, to tell why.
_LAST_WORDS = 2000
#: How long the kernel may take to end what it has been told to end, seconds.
_SOON = 5.0


class ServerGoneError(SandboxError):
    """A server has ended, and its children with it."""


class Server:
    """A warm process that forks children.

    ``execute`` starts the process; it gets the descriptors of the server's end of the
    connection and of a pipe for its output.  ``scratch`` is removed when the server ends;
    ``seconds`` (on the clock) may pass until it is warm.  Raises SandboxError if it does
    not get there.
    """

    def __init__(
        self,
        execute: Callable[[int, int], "subprocess.Popen[bytes]"],
        scratch: Scratch,
        seconds: float,
    ) -> None:
        self._lock = threading.Lock()
        self._number = 0
        #: How children ended that somebody still may ask for.
        self._codes: dict[int, int | None] = {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._words, output = os.pipe()
        os.set_blocking(self._words, False)
        try:
            process = execute(theirs.fileno(), output)
        except BaseException:
            self._control.close()
            os.close(self._words)
            scratch.remove()
            raise
        finally:
            theirs.close()
            os.close(output)
        #: Ends the process; called when nobody refers to the server any more, too.
        self.end = weakref.finalize(
            self, _end, os.getpid(), process, self._control, self._words, scratch
        )
        try:
            self.pid = self._started(seconds)
        except BaseException:
            self.end()
            raise

    def _started(self, seconds: float) -> int:
        until = time.monotonic() + seconds
        answer = self._receive(until)
        if answer is None:
            raise SandboxError(f"the server of children was not ready within {seconds:g} s")
        (myself,) = answer[3]
        try:
            return _process_id(myself)
        finally:
            os.close(myself)

    def fork(self, descriptors: Sequence[int], seconds: float) -> "Forked":
        """Start a child with these descriptors for requests, replies and output.

        Raises ServerGoneError if the server has ended.
        """
        with self._lock:
            self._number += 1
            number = self._number
            try:
                socket.send_fds(self._control, [QUESTION.pack(number)], descriptors)
            except OSError:
                raise self._gone() from None
            until = time.monotonic() + seconds
            while True:
                answer = self._receive(until)
                if answer is None:
                    raise SandboxError(f"the server forked no child within {seconds:g} s")
                if answer[0] == STARTED:
                    break
            self._codes[number] = None
        (process,) = answer[3]
        return Forked(self, number, process)

    def code(self, number: int, seconds: float | None) -> int | None:
        """How a child ended, None if it still runs after ``seconds``.

        Raises ServerGoneError if the server has ended without telling.
        """
        until = None if seconds is None else time.monotonic() + seconds
        with self._lock:
            while self._codes[number] is None:
                if self._receive(until) is None:
                    return None
            return self._codes[number]

    def forget(self, number: int) -> None:
        """Nobody will ask for this child any more."""
        with self._lock:
            self._codes.pop(number, None)

    def _receive(self, until: float | None) -> tuple[int, int, int, list[int]] | None:
        """Take in one answer; None if there is none before ``until``."""
        if not self.end.alive:
            raise ServerGoneError("the server of children was ended")
        if not _readable(self._control.fileno(), until):
            return None
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, ANSWER.size, 1)
        except OSError:
            data, descriptors = b"", []
        if not data:
            raise self._gone()
        what, number, code = ANSWER.unpack(data)
        if what == ENDED and number in self._codes:
            self._codes[number] = code
        assert (what in (READY, STARTED)) == bool(descriptors)
        return what, number, code, descriptors

    def _gone(self) -> ServerGoneError:
        said = b""
        with contextlib.suppress(OSError):
            said = os.read(self._words, 2**16)[-_LAST_WORDS:]
        # At once: else it would stay a zombie until it is next needed.
        self.end()
        reason = said.decode("utf-8", "replace").strip() or "it was killed"
        return ServerGoneError(f"the server of children has ended: {reason}")


class Forked:
    """A child that a server forked.  ``process`` is a descriptor that names it for good."""

    def __init__(self, server: Server, number: int, process: int) -> None:
        self._server, self._number = server, number
        self._process: int | None = process
        self._code: int | None = None
        self.pid = _process_id(process)

    def kill(self) -> None:
        """See ``Spawned``."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def wait(self, seconds: float | None = None) -> int | None:
        """See ``Spawned``."""
        if self._process is None:
            return self._code
        try:
            self._code = self._server.code(self._number, seconds)
        except ServerGoneError:
            # The kernel ends its children; nobody is left to say how.
            _readable(self._process, time.monotonic() + _SOON)
            self._forget()
            raise
        if self._code is not None:
            self._forget()
        return self._code

    def _forget(self) -> None:
        assert self._process is not None
        os.close(self._process)
        self._process = None
        self._server.forget(self._number)


class _Servers(threading.local):
    """The servers of this thread, by their rules; and whose they are: a fork has none."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.by_rules: dict[object, Server] = {}


_servers = _Servers()


def fork(
    rules: object, start: Callable[[], Server], descriptors: Sequence[int], seconds: float
) -> Forked:
    """Have this thread's server for ``rules`` fork a child; ``start`` makes one where needed."""
    servers = _mine()
    known = servers.get(rules)
    if known is not None:
        try:
            return known.fork(descriptors, seconds)
        except SandboxError:
            # Killed, perhaps for the memory of the machine: that is nobody's fault here.
            known.end()
    servers[rules] = start()
    return servers[rules].fork(descriptors, seconds)


def end() -> None:
    """End the servers that this thread has started, and their children."""
    servers = _mine()
    while servers:
        servers.popitem()[1].end()


def _mine() -> dict[object, Server]:
    if _servers.process != os.getpid():
        _servers.__init__()  # type: ignore[misc]
    return _servers.by_rules


def _end(
    owner: int,
    process: "subprocess.Popen[bytes]",
    control: socket.socket,
    words: int,
    scratch: Scratch,
) -> None:
    """End a server: closing the connection is enough, unless it was stopped."""
    control.close()
    os.close(words)
    if os.getpid() != owner:
        return
    try:
        process.wait(_SOON)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(OSError):
        scratch.remove()


def _readable(descriptor: int, until: float | None) -> bool:
    """Wait until there is something to read; tell whether there is, or ``until`` has come."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    left = None if until is None else max(0.0, until - time.monotonic()) * 1000
    return bool(poller.poll(left))


def _process_id(descriptor: int) -> int:
    """The process id, as it is here, of the process that a descriptor names; 0 if it is gone."""
    for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text("ascii").splitlines():
        if line.startswith("Pid:"):
            return max(0, int(line.split()[1]))
    raise SandboxError("this system does not tell the process id of a process descriptor")
