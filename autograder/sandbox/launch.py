"""How a child process comes into being: its command line, its environment, its orders."""

import contextlib
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox import namespaces, syscalls
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.library import library
from autograder.sandbox.limits import Limits
from autograder.sandbox.pipes import Pipes
from autograder.sandbox.spawned import Executed, Spawned, Wrapped

#: The user without any rights, by convention "nobody".
_NOBODY = 65534
#: More threads than a child is ever allowed; the exact limit is watched from outside.
_THREADS_EVER = 4096
_DESCRIPTORS = 64
_HERE = Path(__file__).resolve().parent


def child_uid(isolation: Isolation) -> int | None:
    """The user that children change to, None to stay what we are.

    Only root can change, and only if that user could read the interpreter and packages;
    in a mount namespace bubblewrap has already taken the power to change.
    """
    return _unprivileged_uid() if isolation.tier == "kernel" else None


@functools.cache
def _unprivileged_uid() -> int | None:
    if sys.platform != "linux" or os.geteuid() != 0 or not library().open_to_all:
        return None
    return _NOBODY


def spawn(isolation: Isolation, limits: Limits, scratch: Path) -> tuple[Pipes, Spawned]:
    """Start the process, not yet locked down, in the directory ``scratch``.

    Raises OSError or ValueError if it cannot be started.
    """
    requests, request_end = os.pipe()
    reply_end, replies = os.pipe()
    output_end, output = os.pipe()
    theirs, ours = (requests, replies, output), (request_end, reply_end, output_end)
    found = library()
    wrapped = isolation.tier == "namespaces"
    plain = namespaces.PLAIN if wrapped else found.plain
    script = [f"{_sandbox(isolation)}/bootstrap.py", str(requests), str(replies)]
    command = [found.interpreter, "-I", "-S", *script, plain, json.dumps(found.packages)]
    try:
        if wrapped:
            spawned: Spawned = _wrapped(command, limits, scratch, theirs, output_end)
        else:
            spawned = Executed(_popen(command, scratch, theirs))
    except BaseException:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return Pipes(*ours), spawned


def _sandbox(isolation: Isolation) -> str:
    """The directory in which the child finds this package's files."""
    return namespaces.SANDBOX if isolation.tier == "namespaces" else str(_HERE)


def _popen(
    command: list[str], scratch: Path, pipes: tuple[int, int, int], *more: int
) -> "subprocess.Popen[bytes]":
    requests, replies, output = pipes
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(requests, replies, *more),
        cwd=scratch,
        env=_environment(scratch),
        # Ctrl-C in a terminal is for the grader, which ends its children itself.
        start_new_session=True,
    )


def _wrapped(
    command: list[str], limits: Limits, scratch: Path, pipes: tuple[int, int, int], said: int
) -> Wrapped:
    """Start the child through bubblewrap, and learn its process id from it."""
    program = namespaces.bubblewrap()
    if program is None:
        raise ValueError("bubblewrap is not installed")
    wrapper = namespaces.wrapper_command(program, library(), limits, scratch)
    info_end, info = os.pipe()
    try:
        process = _popen([*wrapper, "--info-fd", str(info), *command], scratch, pipes, info)
    finally:
        os.close(info)
    with open(info_end, "rb") as file:
        told = file.read()
    try:
        return Wrapped(process, namespaces.child_pid(told))
    except (ValueError, OSError) as error:
        process.kill()
        process.wait()
        os.set_blocking(said, False)
        with contextlib.suppress(BlockingIOError):
            error = ValueError(f"{error}: {os.read(said, 2000).decode(errors='replace').strip()}")
        raise error from None


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
    stand_in = f"{_sandbox(isolation)}/stand_in"
    return {
        "kind": "start",
        "landlock_abi": isolation.landlock_abi if isolated else 0,
        "readable": [*found.readable, stand_in],
        "listed": list(found.listed),
        "writable": [str(scratch)],
        "seccomp": np.frombuffer(program, np.uint8).copy(),
        "uid": child_uid(isolation),
        # In its own namespace the child has no parent; bubblewrap sees to it.
        "parent": None if isolation.tier == "namespaces" else os.getpid(),
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
        "stand_in": stand_in,
        "output_bytes": limits.output_bytes,
        "reply_bytes": limits.reply_bytes,
    }
