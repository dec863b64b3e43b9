"""The namespaces tier: bubblewrap gives a server of children another world to live in.

A child sees read-only what it may read, an empty memory file system as its scratch, no
/proc, no other process and no network.  The lock-down of the kernel tier comes on top.
bubblewrap is a system package (Debian, Ubuntu, Fedora: ``bubblewrap``), never one of PyPI.
"""

import os
import shutil
from pathlib import Path

from autograder.sandbox.library import Library
from autograder.sandbox.limits import Limits

#: Where the child finds the sandbox's own files and course_utils.plain.
SANDBOX, PLAIN = "/sandbox", "/plain/plain.py"
#: Where each child, and the server, has an empty memory file system of its own.
SCRATCH = "/scratch"
_HERE = Path(__file__).resolve().parent


def bubblewrap() -> str | None:
    """Return the path of the bubblewrap program, None if it is not installed."""
    return shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")


def wrapper_command(program: str, found: Library, limits: Limits) -> list[str]:
    """The command line to put before the server's own."""
    command = [program, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    # As process 1 there is nobody else in its namespace, and it needs no reaper.
    command += ["--unshare-cgroup-try", "--as-pid-1", "--die-with-parent"]
    # To make its children's namespaces; a child gives it up before it runs anything.
    command += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]
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
    command += ["--perms", "0700", "--size", str(limits.scratch_bytes), "--tmpfs", SCRATCH]
    return [*command, "--remount-ro", "/", "--chdir", SCRATCH]


def seen_from_outside(pid: int) -> Path:
    """Where the grader finds the scratch of the child ``pid``."""
    return Path("/proc") / str(pid) / "root" / os.path.relpath(SCRATCH, "/")
