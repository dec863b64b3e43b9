"""The warm process that children are forked from, and all that it does after it is warm.

A message from the grader is a number and the child's three descriptors (requests, replies,
output); the answer is the number again with a descriptor of the child's process, and later
the number with how the child ended.  Nothing else comes here: what children are told and
what they say goes through pipes of their own, so that no student's code and no answer is
ever in the memory that the next child is a copy of.

Loaded by bootstrap.py; it imports nothing of the project.
"""

import ctypes
import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Sequence

#: The grader's question: a number for the child.  The answer: what happened, to whom, and
#: minus the signal's number or the exit code.
QUESTION, ANSWER = struct.Struct("<Q"), struct.Struct("<BQi")
READY, STARTED, ENDED = range(3)
#: Where a child has its descriptors; the server keeps these numbers free for it.
_CHILDS = (3, 4, 1)
#: The server's own connection to the grader, while it is one.
_CONTROL = 5

_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def place_descriptors(control: str) -> None:
    """Put the null device at 0, and what ``control`` names where it is expected."""
    given = [int(number) for number in control.split(",")]
    places = (_CONTROL,) if len(given) == 1 else _CHILDS[:2]
    null = os.open(os.devnull, os.O_RDWR)
    # First out of the way: a descriptor may be where another one belongs.
    high = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 16) for number in (null, *given)]
    for place in (0, *_CHILDS[:2]):
        os.dup2(high[0], place, inheritable=False)
    for number, place in zip(high[1:], places, strict=True):
        os.dup2(number, place, inheritable=False)
    for number in high:
        os.close(number)


def warm(modules: Sequence[str]) -> None:
    """Import what children will need, and do once what is slow the first time."""
    # numpy imports it when a generator is first made without a seed.
    import secrets  # noqa: F401

    import numpy as np

    ones = np.ones((2, 2))
    ones @ ones
    np.random.default_rng(0).standard_normal(2)
    np.random.seed(0)  # noqa: NPY002 - the stream that student code uses
    for module in modules:
        importlib.import_module(module)
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile.tempdir = None  # type: ignore[attr-defined]


def serve(*, in_namespaces: bool) -> None:
    """Fork children for ever.  Returns in each child, with its descriptors in place.

    ``in_namespaces``: each child is process 1 of a process namespace of its own.
    """
    if in_namespaces:
        # A network where not even the loopback is up.  Children share it: to make one takes
        # longer than all the rest, and they have no sockets to reach it by.
        _system_call("unshare", _CLONE_NEWNET)
    # What lives now lives in every child: collecting it there would copy it.
    gc.collect()
    gc.freeze()
    _Server(in_namespaces=in_namespaces).run()


class _Server:
    def __init__(self, *, in_namespaces: bool) -> None:
        self._control = socket.socket(fileno=_CONTROL)
        self._myself = os.pidfd_open(os.getpid())
        self._in_namespaces = in_namespaces
        #: Process and number of each living child, by the descriptor of its process.
        self._children: dict[int, tuple[int, int]] = {}
        self._poller = select.poll()
        self._poller.register(self._control, select.POLLIN)

    def run(self) -> None:
        """Do what the grader asks until it is gone.  Returns in a child only."""
        self._tell(READY, 0, 0, self._myself)
        while True:
            for descriptor, _ in self._poller.poll():
                if descriptor != _CONTROL:
                    self._reap(descriptor)
                elif self._fork():
                    return

    def _fork(self) -> bool:
        """Do what was asked; tell whether this is the child."""
        question, descriptors, _, _ = socket.recv_fds(self._control, QUESTION.size, len(_CHILDS))
        if not question:
            self._end()
        (number,) = QUESTION.unpack(question)
        if self._in_namespaces:
            _system_call("unshare", _CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            for descriptor, place in zip(descriptors, _CHILDS, strict=True):
                os.dup2(descriptor, place, inheritable=False)
            os.dup2(1, 2, inheritable=False)
            self._control.detach()
            return True
        if self._in_namespaces:
            # Back to its own: only from there can it make the next one.
            _system_call("setns", self._myself, _CLONE_NEWPID)
        for descriptor in descriptors:
            os.close(descriptor)
        child = os.pidfd_open(pid)
        self._children[child] = pid, number
        self._poller.register(child, select.POLLIN)
        self._tell(STARTED, number, 0, child)
        return False

    def _reap(self, descriptor: int) -> None:
        pid, number = self._children.pop(descriptor)
        self._poller.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        self._tell(ENDED, number, os.waitstatus_to_exitcode(status))

    def _tell(self, what: int, number: int, code: int, *descriptors: int) -> None:
        try:
            socket.send_fds(self._control, [ANSWER.pack(what, number, code)], descriptors)
        except OSError:
            self._end()

    def _end(self) -> None:
        """The grader is gone: end what is left of its children, and this process."""
        for descriptor in self._children:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os._exit(0)


def _system_call(name: str, *arguments: int) -> None:
    if getattr(_libc, name)(*arguments) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
