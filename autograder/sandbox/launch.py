"""How a child process comes into being: its command line, its environment, its orders."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox import syscalls
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.library import library
from autograder.sandbox.limits import Limits
from autograder.sandbox.pipes import Pipes

#: The user without any rights, by convention "nobody".
_NOBODY = 65534
#: More threads than a child is ever allowed; the exact limit is watched from outside.
_THREADS_EVER = 4096
_DESCRIPTORS = 64
_BOOTSTRAP = Path(__file__).resolve().with_name("bootstrap.py")


@functools.cache
def unprivileged_uid() -> int | None:
    """The user that children change to, None to stay what we are.

    Only root can change, and only if that user could read the interpreter and packages.
    """
    if sys.platform != "linux" or os.geteuid() != 0 or not library().open_to_all:
        return None
    return _NOBODY


def spawn(scratch: Path) -> tuple[Pipes, "subprocess.Popen[bytes]"]:
    """Start the process, not yet locked down, in the directory ``scratch``."""
    requests, request_end = os.pipe()
    reply_end, replies = os.pipe()
    output_end, output = os.pipe()
    theirs, ours = (requests, replies, output), (request_end, reply_end, output_end)
    found = library()
    numbers = (str(requests), str(replies))
    command = [found.interpreter, "-I", "-S", str(_BOOTSTRAP), *numbers, found.plain]
    try:
        process = subprocess.Popen(
            [*command, json.dumps(found.packages)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(requests, replies),
            cwd=scratch,
            env=_environment(scratch),
            # Ctrl-C in a terminal is for the grader, which ends its children itself.
            start_new_session=True,
        )
    except BaseException:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return Pipes(*ours), process


def _environment(scratch: Path) -> dict[str, str]:
    place = str(scratch)
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": place,
        "TMPDIR": place,
        "MPLCONFIGDIR": place,
        "MPLBACKEND": "Agg",
        # One thread: children share the processors, and results do not depend on their number.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # Each further arena of the C library reserves 64 MiB of address space.
        "MALLOC_ARENA_MAX": "2",
    }


def orders(isolation: Isolation, limits: Limits, scratch: Path) -> dict[str, Any]:
    """What a child is told once: how to lock itself down, and what to keep of its output.

    Raises ImportError or RuntimeError if the system-call filter cannot be made.
    """
    isolated = isolation.tier != "none"
    program = syscalls.compiled_filter() if isolated else b""
    found = library()
    return {
        "kind": "start",
        "landlock_abi": isolation.landlock_abi if isolated else 0,
        "readable": list(found.readable),
        "listed": list(found.listed),
        "writable": [str(scratch)],
        "seccomp": np.frombuffer(program, np.uint8).copy(),
        "uid": unprivileged_uid() if isolated else None,
        "parent": os.getpid(),
        "memory_bytes": limits.memory_bytes,
        "limits": {
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": limits.total_cpu_seconds,
            "RLIMIT_FSIZE": limits.file_bytes,
            "RLIMIT_NOFILE": _DESCRIPTORS,
            "RLIMIT_NPROC": _THREADS_EVER,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        },
        "stand_in": found.stand_in,
        "output_bytes": limits.output_bytes,
        "reply_bytes": limits.reply_bytes,
    }
