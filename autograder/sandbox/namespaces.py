"""The namespaces tier: bubblewrap gives a child a file system, processes and a network of its own.

The child sees read-only what it may read, an empty memory file system as its scratch, no
/proc, no other process and no network.  The lock-down of the kernel tier comes on top.
bubblewrap is a system package (Debian, Ubuntu, Fedora: ``bubblewrap``), never one of PyPI.
"""

import json
import os
import shutil
from pathlib import Path

from autograder.sandbox.library import Library
from autograder.sandbox.limits import Limits

#: Where the child finds the sandbox's own files and course_utils.plain.
SANDBOX, PLAIN = "/sandbox", "/plain/plain.py"
_HERE = Path(__file__).resolve().parent


def bubblewrap() -> str | None:
    """Return the path of the bubblewrap program, None if it is not installed."""
    return shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")


def wrapper_command(program: str, found: Library, limits: Limits, scratch: Path) -> list[str]:
    """The command line to put before a child's own; ``--info-fd N`` is still to be added."""
    command = [program, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    # As process 1 there is nobody else in its namespace, and it needs no reaper.
    command += ["--unshare-cgroup-try", "--as-pid-1", "--die-with-parent", "--cap-drop", "ALL"]
    for path in found.roots:
        command += ["--ro-bind", path, path]
    for link, target in found.links.items():
        command += ["--symlink", target, link]
    for path in found.masked:
        command += ["--tmpfs", path]
    for path in (found.interpreter, *found.explicit):
        command += ["--ro-bind", path, path]
    # Elsewhere than outside, so that not even the name of the grader's package is there.
    command += ["--ro-bind", str(_HERE), SANDBOX, "--ro-bind", found.plain, PLAIN]
    for path in found.masked:
        command += ["--remount-ro", path]
    for device in ("/dev/null", "/dev/urandom"):
        command += ["--dev-bind", device, device]
    place = str(scratch)
    command += ["--perms", "0700", "--size", str(limits.scratch_bytes), "--tmpfs", place]
    return [*command, "--remount-ro", "/", "--chdir", place]


def child_pid(info: bytes) -> int:
    """Read the child's process id from what bubblewrap wrote to its info descriptor.

    Raises ValueError if that says nothing: bubblewrap failed, and said why on stderr.
    """
    try:
        return int(json.loads(info)["child-pid"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("bubblewrap did not start the process") from error


def seen_from_outside(pid: int, path: Path) -> Path:
    """Where the grader finds what the child ``pid`` has at ``path``."""
    return Path("/proc") / str(pid) / "root" / os.path.relpath(path, "/")
