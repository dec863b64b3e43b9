"""Finds out what this host offers, by really trying it: a child attacks, and must fail."""

import functools
import os
import secrets
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from autograder.sandbox import landlock, launch, syscalls
from autograder.sandbox.isolation import Isolation, Tier
from autograder.sandbox.limits import ChildStopped, Limits, SandboxError
from autograder.sandbox.process import Child

#: Runs in the child: each function returns 1 if what it tries is possible.
_ATTEMPTS = """
import os, socket

def _possible(attempt, *arguments):
    try:
        attempt(*arguments)
    except OSError:
        return 0
    return 1

def read_a_file(path):
    return _possible(open, path)

def change_a_file(path):
    return _possible(open, path, "a")

def make_a_file(path):
    return _possible(open, path + ".made", "w")

def change_a_mode(path):
    return _possible(os.chmod, path, 0)

def open_a_socket(path):
    return _possible(socket.socket)

def start_a_process(path):
    try:
        child = os.fork()
    except OSError:
        return 0
    if child == 0:
        os._exit(0)
    return 1

def run_a_program(path):
    return _possible(os.execv, "/bin/true", ["true"])

def signal_the_grader(path):
    return _possible(os.kill, os.getppid(), 0)

def write_in_scratch(path):
    return _possible(open, "probe", "w")
"""
_MUST_FAIL = (
    "read_a_file",
    "change_a_file",
    "make_a_file",
    "change_a_mode",
    "open_a_socket",
    "start_a_process",
    "run_a_program",
    "signal_the_grader",
)
_MUST_WORK = ("write_in_scratch",)


@functools.cache
def _probed(tier: Tier | None) -> Isolation:
    if sys.platform != "linux":
        missing = f"submissions are judged on Linux only; this is {sys.platform}"
        return Isolation(
            "none",
            0,
            (),
            (missing, "use a Linux machine, container or virtual machine"),
        )
    lacking = _lacking_seccomp()
    if lacking:
        return Isolation("none", 0, (), (lacking,))
    abi = landlock.abi()
    if tier == "namespaces":
        return Isolation("none", abi, (), ("the namespaces tier is not available",))
    if abi == 0:
        return Isolation("none", 0, (), (_NO_LANDLOCK,))
    return _tried(Isolation("kernel", abi, _details(abi)))


_NO_LANDLOCK = (
    "this kernel offers no Landlock: it needs Linux 5.13 or newer with 'landlock' among the "
    "security modules (kernel parameter lsm=)"
)


def probe(refresh: bool = False, tier: Tier | None = None) -> Isolation:
    """Return the isolation that this host offers, tried for real.

    ``tier`` asks for a certain one; without, the strongest that needs nothing installed.
    The answer is remembered; ``refresh`` looks again.  Never raises: what is lacking, and
    what to install or enable, is in ``missing``, and the tier is then "none".
    """
    if refresh:
        _probed.cache_clear()
    return _probed(tier)


def _lacking_seccomp() -> str:
    """Say what is lacking for the system-call filter; empty if it can be made."""
    try:
        syscalls.compiled_filter()
    except ImportError:
        return "the Python package pyseccomp is not installed: pip install pyseccomp"
    except (RuntimeError, OSError) as error:
        hint = "install libseccomp (Debian, Ubuntu: libseccomp2; Fedora, conda: libseccomp)"
        return f"the system-call filter cannot be made ({error}): {hint}"
    return ""


def _details(abi: int) -> tuple[str, ...]:
    uid = launch.unprivileged_uid()
    root = "" if os.geteuid() else "; as root: capabilities dropped"
    if root:
        root += (
            f", user {uid}"
            if uid is not None
            else (", user id kept, because another user could not read the interpreter")
        )
    return (
        f"files by Landlock, ABI {abi}",
        "system calls by a seccomp allow list",
        f"limits on memory, files, descriptors and processor time{root}",
    )


def _tried(isolation: Isolation) -> Isolation:
    """Return ``isolation`` if it holds against the attempts, else tier "none" and why."""
    try:
        holes = _holes(isolation)
    except (SandboxError, ChildStopped, OSError) as error:
        return Isolation(
            "none",
            isolation.landlock_abi,
            (),
            (f"an isolated process failed: {error}",),
        )
    if holes:
        return Isolation("none", isolation.landlock_abi, (), holes)
    return replace(isolation)


def _holes(isolation: Isolation) -> tuple[str, ...]:
    """Start a child that attacks; return what it could do, or could not but must."""
    with tempfile.TemporaryDirectory() as directory:
        marker = Path(directory) / "marker"
        marker.write_text(secrets.token_hex(8), encoding="ascii")
        with Child.start(isolation, Limits()) as child:
            outcome = child.run_cell(_ATTEMPTS, "the probe")
            if outcome.raised:
                return (f"the probe's own code failed: {outcome.raised}",)
            found = {
                name: _possible(child, name, str(marker)) for name in (*_MUST_FAIL, *_MUST_WORK)
            }
    holes = [
        f"an isolated process can {name.replace('_', ' ')}" for name in _MUST_FAIL if found[name]
    ]
    holes += [
        f"an isolated process cannot {name.replace('_', ' ')}"
        for name in _MUST_WORK
        if not found[name]
    ]
    return tuple(holes)


def _possible(child: Child, name: str, path: str) -> bool:
    returned = child.call(name, [path], ["possible"], keep=False)
    if returned.outputs is None or isinstance(returned.outputs[0], str):
        raise SandboxError(f"the probe could not {name.replace('_', ' ')}: {returned}")
    return bool(returned.outputs[0])
