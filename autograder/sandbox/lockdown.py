"""How a child gives up its powers, one after the other, and none can be taken back.

The order matters, see STEPS: namespaces first (Landlock forbids mounts), then Landlock (it
must open the paths that stay allowed), then the user id and the capabilities, then every
descriptor but those in use, then the limits, and the system-call filter last, because it
denies most of what the steps before it need.

What is slow and the same for all children is done once, in ``Confinement``, by the process
that forks them.  It runs no student's code, and what it holds is no secret.

That process loads this module by its path; it imports nothing of the project.
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
_CLONE_NEWNS, _CLONE_NEWIPC = 0x00020000, 0x08000000
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 0x2, 0x4, 0x4000, 0x40000
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


class Confinement:
    """What is the same for every child, made ready once, by the process that forks them.

    ``rules`` has ``landlock_abi`` (int, 0: do without), ``readable`` and ``listed`` (lists
    of paths), ``scratches`` (the directory in which children's scratches lie), ``seccomp``
    (the filter in hexadecimal; empty: do without), ``uid`` (int, or None to stay),
    ``in_namespaces`` (whether children have namespaces of their own).  ``landlock`` is the
    module of that name.  Raises OSError if any of it cannot be done.
    """

    def __init__(self, rules: Mapping[str, Any], landlock: Any) -> None:
        self.landlock = landlock
        self.uid = rules["uid"]
        self.in_namespaces = rules["in_namespaces"]
        self.parent = os.getpid()
        self.files = None
        if sys.platform == "linux":
            _only_thread()
            _prefer_for_oom()
            _prctl(_PR_SET_NO_NEW_PRIVS, 1)
            _drop_bounding_set()
        self.filter = _Filter(bytes.fromhex(rules["seccomp"])) if rules["seccomp"] else None
        # A child has the same address space, but would take long to ask for its size.
        self.address_space = _address_space()
        # Last, since this process may not open files any more either.
        if rules["landlock_abi"]:
            self.files = _file_rules(rules, landlock)


def lock_down(confinement: Confinement, orders: Mapping[str, Any]) -> None:
    """Confine this process: take the steps in their order.

    ``orders`` has ``scratch`` (path), ``scratch_bytes``, ``memory_bytes``, ``limits`` (dict
    of resource name and value).  Raises OSError if any of it cannot be done.
    """
    for step in STEPS:
        step(confinement, orders)


def _enter_namespaces(confinement: Confinement, orders: Mapping[str, Any]) -> None:
    """Leave the server's mounts and IPC, and cover the scratch by an empty one."""
    if not confinement.in_namespaces:
        return
    if _libc().unshare(_CLONE_NEWNS | _CLONE_NEWIPC) < 0:
        _fail("unshare")
    place, options = os.fsencode(orders["scratch"]), f"size={orders['scratch_bytes']},mode=0700"
    _mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _mount(b"tmpfs", place, b"tmpfs", _MS_NOSUID | _MS_NODEV, options.encode())
    # The directory itself lies below what has just been mounted there.
    os.chdir(orders["scratch"])


def _restrict_files(confinement: Confinement, orders: Mapping[str, Any]) -> None:
    """Allow what all may read, and of all scratches this child's own."""
    if confinement.files is not None:
        landlock = confinement.landlock
        landlock.restrict(confinement.files, [(orders["scratch"], landlock.CHANGE)])


def _give_up_privileges(confinement: Confinement, _orders: Mapping[str, Any]) -> None:
    """Drop the user id where another one can read what is needed, and every capability."""
    if sys.platform != "linux":
        return
    uid = confinement.uid
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc().capset(header, nothing) < 0:
        _fail("capset")


def _die_with_server(confinement: Confinement, _orders: Mapping[str, Any]) -> None:
    """Again for the child's own parent, and after the change of user, which undoes it.

    Process 1 of a namespace has no parent that it could see; it ends with the namespace of
    the server, which is process 1 of that.
    """
    if not confinement.in_namespaces and os.getpid() != confinement.parent:
        die_with(confinement.parent)


def _close_descriptors(_confinement: Confinement, _orders: Mapping[str, Any]) -> None:
    """Keep the protocol's descriptors only."""
    os.closerange(LAST_DESCRIPTOR + 1, _descriptor_limit())


def _limit_resources(confinement: Confinement, orders: Mapping[str, Any]) -> None:
    """Set limits that cannot be raised again."""
    address_space = confinement.address_space + orders["memory_bytes"]
    for name, value in {**orders["limits"], "RLIMIT_AS": address_space}.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):
            # A limit already below ours cannot be raised, and need not be.
            if sys.platform == "linux" and resource.getrlimit(number)[1] > value:
                raise


def _filter_calls(confinement: Confinement, _orders: Mapping[str, Any]) -> None:
    """Install the system-call filter for this process."""
    if confinement.filter is not None:
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, confinement.filter.address)


#: What a child gives up, in this order: each step needs what a later one takes away.
STEPS = (
    _enter_namespaces,
    _restrict_files,
    _give_up_privileges,
    _die_with_server,
    _close_descriptors,
    _limit_resources,
    _filter_calls,
)


class _Filter:
    """A compiled system-call filter in memory; ``address`` is where the kernel finds it."""

    def __init__(self, code: bytes) -> None:
        count = len(code) // ctypes.sizeof(_Instruction)
        self._instructions = (_Instruction * count).from_buffer_copy(code)
        self._program = _Program(count, self._instructions)
        self.address = ctypes.addressof(self._program)


def _file_rules(rules: Mapping[str, Any], landlock: Any) -> Any:
    """What each child is to allow itself, beside its own scratch.

    Hundreds of paths are slow to allow.  So this process restricts itself to them, and to
    all scratches, for every child that it forks; a child then gives up all but its own
    scratch.  But who is restricted mounts nothing: where children have to, they must allow
    themselves each path.
    """
    abi, sink = rules["landlock_abi"], landlock.READ_FILE | landlock.WRITE_FILE | landlock.TRUNCATE
    allowed = [
        *((path, landlock.READ) for path in rules["readable"]),
        *((path, landlock.READ_DIR) for path in rules["listed"]),
        ("/dev/null", sink),
    ]
    if rules["in_namespaces"]:
        return landlock.Rules(abi, allowed)
    scratches = rules["scratches"]
    wide = dict.fromkeys(_beside(scratches, path) for path, _ in allowed)
    for_children = landlock.Rules(abi, [*((p, landlock.READ) for p in wide), ("/dev/null", sink)])
    own = landlock.Rules(abi, [*allowed, (scratches, landlock.CHANGE)])
    landlock.restrict(own, files_only=True)
    own.close()
    return for_children


def _beside(hidden: str, path: str) -> str:
    """The highest directory above ``path`` that does not hold ``hidden``; else ``path``."""
    while True:
        above = os.path.dirname(path)
        if above == path or f"{hidden}/".startswith(f"{above.rstrip('/')}/"):
            return path
        path = above


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


def _drop_bounding_set() -> None:
    """Let no program regain a capability; it is for processes that exec, which none may."""
    for capability in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # EPERM: an ordinary user has none; EINVAL: past the last one
    with contextlib.suppress(OSError):  # a kernel without ambient capabilities
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)


def _mount(source: bytes, place: bytes, kind: bytes | None, flags: int, data: bytes | None) -> None:
    if _libc().mount(source, place, kind, ctypes.c_ulong(flags), data) < 0:
        _fail("mount")


def die_with(parent: int, number: int = _SIGKILL) -> None:
    """Have the kernel send this process signal ``number`` when the thread that made it ends.

    ``parent`` is the process id of that thread's process; 0 where that is out of sight,
    and then something else sees to it.
    """
    if not parent or sys.platform != "linux":
        return
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(0)  # it ended before the line above took effect
