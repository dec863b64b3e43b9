"""Finds out what this host offers, by really trying it: a child attacks, and must fail."""

import functools
import os
import secrets
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from autograder.sandbox import landlock, launch, namespaces, syscalls
from autograder.sandbox.isolation import UNISOLATED, Isolation, Tier
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


_NO_LANDLOCK = (
    "this kernel offers no Landlock: it needs Linux 5.13 or newer with 'landlock' among the "
    "security modules (kernel parameter lsm=)"
)
_NO_BUBBLEWRAP = (
    "bubblewrap is not installed: install the system package 'bubblewrap' (not the PyPI "
    "package of that name)"
)


def probe(*, refresh: bool = False, tier: Tier | None = None) -> Isolation:
    """Return the isolation that this host offers, tried for real.

    ``tier`` asks for a certain one; without, the strongest that needs nothing installed.
    The answer is remembered; ``refresh`` looks again.  Never raises: what is lacking, and
    what to install or enable, is in ``missing``, and the tier is then "none".
    """
    if refresh:
        _probed.cache_clear()
    return _probed(tier)


@functools.cache
def _probed(tier: Tier | None) -> Isolation:
    if sys.platform != "linux":
        missing = f"submissions are judged on Linux only; this is {sys.platform}"
        return _none(missing, "use a Linux machine, container or virtual machine")
    lacking = _lacking_seccomp()
    if lacking:
        return _none(lacking)
    abi = landlock.abi()
    found = []
    if tier in (None, "kernel"):
        found.append(_tried(Isolation("kernel", abi)) if abi else _none(_NO_LANDLOCK))
    if tier == "namespaces" or (tier is None and found[0].tier == "none"):
        installed = namespaces.bubblewrap() is not None
        found.append(_tried(Isolation("namespaces", abi)) if installed else _none(_NO_BUBBLEWRAP))
    missing = [what for isolation in found for what in isolation.missing]
    best = found[-1] if found else UNISOLATED
    return replace(best, missing=tuple(missing))


def _none(*missing: str) -> Isolation:
    return Isolation("none", missing=missing)


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


def _details(isolation: Isolation) -> tuple[str, ...]:
    """Say what holds."""
    details = ["system calls by a seccomp allow list"]
    if isolation.tier == "namespaces":
        details.append("file system, processes, network and IPC by bubblewrap's namespaces")
    if isolation.landlock_abi:
        details.append(f"files by Landlock, ABI {isolation.landlock_abi}")
    details.append("limits on memory, files, descriptors, threads and processor time")
    if os.geteuid() == 0:
        uid = launch.child_uid(isolation, "judge")
        kept = (
            "in a namespace" if isolation.tier == "namespaces" else "nobody could not read Python"
        )
        details.append(
            "as root: no capabilities, "
            + (f"user id kept ({kept})" if uid is None else f"user id {uid}")
        )
    return tuple(details)


def _tried(isolation: Isolation) -> Isolation:
    """Return ``isolation`` if it holds against the attempts, else tier "none" and why."""
    try:
        holes = _holes(isolation)
    except (SandboxError, ChildStopped, OSError) as error:
        return _none(f"the {isolation.tier} tier does not work here: {error}")
    if holes:
        return _none(*(f"the {isolation.tier} tier does not hold here: {hole}" for hole in holes))
    return replace(isolation, details=_details(isolation))


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
    holes = [f"a child can {name.replace('_', ' ')}" for name in _MUST_FAIL if found[name]]
    holes += [f"a child cannot {name.replace('_', ' ')}" for name in _MUST_WORK if not found[name]]
    return tuple(holes)


def _possible(child: Child, name: str, path: str) -> bool:
    returned = child.call(name, [path], ["possible"], keep=False)
    if returned.outputs is None or isinstance(returned.outputs[0], str):
        raise SandboxError(f"the probe could not {name.replace('_', ' ')}: {returned}")
    return bool(returned.outputs[0])
