"""How a child gives up its powers, one after the other, and none can be taken back.

The order matters: Landlock first (it must open the paths that stay allowed), then the
user id and the capabilities, then every descriptor but those in use, then the limits, and
the system-call filter last, because it denies most of what the steps before it need.

The child loads this module by its path; it imports nothing of the project.
"""

import contextlib
import ctypes
import functools
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_SIGKILL = 9
#: Address space of a warm child, bytes, where there is no /proc to read it from.
_WARM = 512 * 2**20
#: The last descriptor that stays open: 0-2, and two pipes to the grader.
LAST_DESCRIPTOR = 4


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def lock_down(orders: Mapping[str, Any], landlock: Any) -> None:
    """Confine this process as ``orders`` say; ``landlock`` is the module of that name.

    ``orders`` has ``landlock_abi`` (int, 0: do without), ``readable``, ``listed`` and
    ``writable`` (lists of paths), ``seccomp`` (uint8 array, the filter; empty: do without),
    ``uid`` (int, or None to stay), ``parent`` (int, process id, or None), ``memory_bytes``,
    ``limits`` (dict of resource name and value).  Raises OSError if any of it cannot be done.
    """
    address_space = _address_space() + orders["memory_bytes"]
    if sys.platform == "linux":
        _only_thread()
        _prefer_for_oom()
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        if orders["landlock_abi"]:
            landlock.restrict(orders["landlock_abi"], _allowed(orders, landlock))
        _give_up_privileges(orders["uid"])
        _die_with(orders["parent"])
    os.closerange(LAST_DESCRIPTOR + 1, _descriptor_limit())
    _limit(orders["limits"], address_space)
    if orders["seccomp"].size:
        _filter_calls(orders["seccomp"].tobytes())


def _allowed(orders: Mapping[str, Any], landlock: Any) -> list[tuple[str, int]]:
    """The paths that stay open, with what may be done there."""
    sink = landlock.READ_FILE | landlock.WRITE_FILE | landlock.TRUNCATE
    return [
        *((path, landlock.READ) for path in orders["readable"]),
        *((path, landlock.READ_DIR) for path in orders["listed"]),
        *((path, landlock.CHANGE) for path in orders["writable"]),
        ("/dev/null", sink),
    ]


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *values: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc().prctl(ctypes.c_int(option), *padded) < 0:
        _fail("prctl")


def _fail(what: str) -> None:
    code = ctypes.get_errno()
    raise OSError(code, f"{what}: {os.strerror(code)}")


def _address_space() -> int:
    """Return the bytes of address space in use, a guess where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return _WARM


def _descriptor_limit() -> int:
    """Return a bound on this process's descriptors that is safe to close up to."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 2**20 if hard == resource.RLIM_INFINITY else min(hard, 2**20)


def _only_thread() -> None:
    """Refuse to go on with other threads: Landlock and the filter would not bind them."""
    try:
        threads = os.listdir("/proc/self/task")
    except FileNotFoundError:  # no /proc in this mount namespace
        return
    if len(threads) != 1:
        raise OSError(f"{len(threads)} threads run before the lock-down; expected 1")


def _prefer_for_oom() -> None:
    """Let the kernel end this process, not the grader, when the machine is out of memory."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        pass  # a courtesy to the machine; nothing rests on it


def _give_up_privileges(uid: int | None) -> None:
    """Drop every capability, and the user id where another one can read what is needed."""
    for capability in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # EPERM: an ordinary user has none; EINVAL: past the last one
    with contextlib.suppress(OSError):  # a kernel without ambient capabilities
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc().capset(header, nothing) < 0:
        _fail("capset")


def _die_with(parent: int | None) -> None:
    """Have the kernel end this process when the grader ends, whatever this one does."""
    if parent is None:
        return
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # the grader ended before the line above took effect


def _limit(limits: Mapping[str, int], address_space: int) -> None:
    for name, value in {**limits, "RLIMIT_AS": address_space}.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):
            # A limit already below ours cannot be raised, and need not be.
            if sys.platform == "linux" and resource.getrlimit(number)[1] > value:
                raise


def _filter_calls(program: bytes) -> None:
    """Install the compiled system-call filter for this process."""
    count = len(program) // ctypes.sizeof(_Instruction)
    instructions = (_Instruction * count).from_buffer_copy(program)
    filter_program = _Program(count, instructions)
    address = ctypes.addressof(filter_program)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, address)
