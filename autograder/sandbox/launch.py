"""How a child comes into being: its server's command line and environment, its orders."""

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from autograder.sandbox import namespaces, servers, syscalls
from autograder.sandbox.isolation import Isolation, Purpose
from autograder.sandbox.library import library
from autograder.sandbox.limits import Limits
from autograder.sandbox.pipes import Pipes
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.servers import Server
from autograder.sandbox.spawned import Executed, Spawned

#: The user without any rights, by convention "nobody".
_NOBODY = 65534
#: More threads than a child is ever allowed; the exact limit is watched from outside.
_THREADS_EVER = 4096
_DESCRIPTORS = 64
_HERE = Path(__file__).resolve().parent


def child_uid(isolation: Isolation, purpose: Purpose) -> int | None:
    """The user that children change to, None to stay what we are.

    Only root can change, and only if that user could read the interpreter and packages;
    in a mount namespace bubblewrap has already taken the power to change.
    """
    return _unprivileged_uid(purpose) if isolation.tier == "kernel" else None


@functools.cache
def _unprivileged_uid(purpose: Purpose) -> int | None:
    if sys.platform != "linux" or os.geteuid() != 0 or not library(purpose).open_to_all:
        return None
    return _NOBODY


def spawn(
    isolation: Isolation,
    limits: Limits,
    scratch: Path,
    warm: Sequence[str],
    purpose: Purpose,
) -> tuple[Pipes, Spawned]:
    """Start a child, not yet locked down; ``warm`` are modules that it will import anyway.

    Raises OSError, ValueError or SandboxError if it cannot be started.
    """
    requests, request_end = os.pipe()
    reply_end, replies = os.pipe()
    output_end, output = os.pipe()
    theirs, ours = (requests, replies, output), (request_end, reply_end, output_end)
    try:
        if sys.platform == "linux":
            start = partial(_server, isolation, limits, warm, purpose)
            seconds = limits.start_wall_seconds
            key = isolation.tier, isolation.landlock_abi, tuple(warm), purpose
            spawned: Spawned = servers.fork(key, start, theirs, seconds)
        else:
            control = f"{requests},{replies}"
            given = rules(isolation, purpose)
            process = _popen(_command(isolation, 0, control), given, scratch, output)
            spawned = Executed(process)
    except BaseException:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return Pipes(*ours), spawned


def _server(isolation: Isolation, limits: Limits, warm: Sequence[str], purpose: Purpose) -> Server:
    """Start a server for children of this isolation."""
    scratch = Scratch(None)
    scratches = str(scratch.path.parent.resolve())
    given = {**rules(isolation, purpose), "warm": list(warm), "scratches": scratches}
    found = library(purpose)

    def execute(control: int, output: int) -> "subprocess.Popen[bytes]":
        if isolation.tier != "namespaces":
            command = _command(isolation, os.getpid(), str(control))
            return _popen(command, given, scratch.path, output, control)
        program = namespaces.bubblewrap()
        if program is None:
            raise ValueError("bubblewrap is not installed")
        wrapper = namespaces.wrapper_command(program, found, limits)
        command = [*wrapper, *_command(isolation, 0, str(control))]
        return _popen(command, given, Path(namespaces.SCRATCH), output, control)

    return Server(execute, scratch, limits.start_wall_seconds)


def _command(isolation: Isolation, parent: int, control: str) -> list[str]:
    """The command line of ``bootstrap``; what is not to be found is nowhere on its path."""
    script = f"{_sandbox(isolation)}/bootstrap.py"
    return [library("judge").interpreter, "-P", "-s", "-S", script, str(parent), control]


def _sandbox(isolation: Isolation) -> str:
    """The directory in which the child finds this package's files."""
    return namespaces.SANDBOX if isolation.tier == "namespaces" else str(_HERE)


def _popen(
    command: list[str], given: Mapping[str, Any], scratch: Path, output: int, *descriptors: int
) -> "subprocess.Popen[bytes]":
    """Start a process that reads the rules ``given`` from its standard input."""
    with tempfile.TemporaryFile() as told:
        told.write(json.dumps(given).encode())
        told.seek(0)
        return subprocess.Popen(
            command,
            stdin=told,
            stdout=output,
            stderr=output,
            pass_fds=descriptors,
            cwd="/",
            env=_environment(scratch),
            # Ctrl-C in a terminal is for the grader, which ends its children itself.
            start_new_session=True,
        )


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
        # The order of sets depends on the submission alone, not on who forked its process.
        "PYTHONHASHSEED": "0",
        # One thread: children share the processors, and results do not depend on their number.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # Each further arena of the C library reserves 64 MiB of address space.
        "MALLOC_ARENA_MAX": "2",
        # Symbols are looked up once, and not again by every child that first needs them.
        "LD_BIND_NOW": "1",
    }


def rules(isolation: Isolation, purpose: Purpose) -> dict[str, Any]:
    """What every child of a server may do, and what the server needs to make them.

    Raises ImportError or RuntimeError if the system-call filter cannot be made.
    """
    isolated = isolation.tier != "none"
    found = library(purpose)
    stand_in = f"{_sandbox(isolation)}/stand_in"
    in_namespaces = isolation.tier == "namespaces"
    return {
        "purpose": purpose,
        "packages": found.packages,
        "plain": namespaces.PLAIN if in_namespaces else found.plain,
        "stand_in": stand_in,
        "warm": [],
        "scratches": "",
        "in_namespaces": in_namespaces,
        "landlock_abi": isolation.landlock_abi if isolated else 0,
        # What else there is beneath the roots is not in such a namespace.
        "readable": [*(found.visible if in_namespaces else found.readable), stand_in],
        "listed": list(found.listed),
        "seccomp": syscalls.compiled_filter().hex() if isolated else "",
        "uid": child_uid(isolation, purpose),
    }


def orders(isolation: Isolation, limits: Limits, scratch: Path) -> dict[str, Any]:
    """What a child is told once, for itself: where it may write, and how much of everything."""
    place = namespaces.SCRATCH if isolation.tier == "namespaces" else str(scratch)
    return {
        "kind": "start",
        "scratch": place,
        "scratch_bytes": limits.scratch_bytes,
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
        "output_bytes": limits.output_bytes,
        "reply_bytes": limits.reply_bytes,
    }
