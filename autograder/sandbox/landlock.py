"""Landlock: the kernel takes file access away from this process, for good.

A ruleset names the kinds of access it *handles*; each of them is then denied everywhere
but beneath the paths that a rule allows.  Landlock exists since Linux 5.13 and needs no
privilege.  It does not govern stat, chmod, chown, utime and extended attributes (never),
nor truncate (before ABI 3): the system-call list denies all but the first of those.

Linux user-space interface: https://docs.kernel.org/userspace-api/landlock.html
The child loads this module by its path; it imports nothing of the project.
"""

import ctypes
import functools
import os
import stat
from collections.abc import Sequence

# The three system calls have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << n for n in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO = (1 << n for n in range(6, 11))
MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (1 << n for n in range(11, 16))

#: Number of file access bits that each ABI handles; later ABIs add no more of them here.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_SINCE, _ALL_NET = 4, 0b11
_SCOPES_SINCE, _ALL_SCOPES = 6, 0b11

READ = READ_FILE | READ_DIR
#: In the scratch directory: files and directories, but no links, pipes, sockets, devices.
CHANGE = READ | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG
#: Rights that make sense for something that is not a directory.
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _system_call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        _fail()
    return result


def _fail() -> None:
    code = ctypes.get_errno()
    raise OSError(code, os.strerror(code))


def abi() -> int:
    """Return the kernel's Landlock ABI version, 0 if there is none."""
    try:
        return _system_call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except (OSError, AttributeError, TypeError):
        return 0


class Rules:
    """Pairs of a path and access bits, looked up: to open many paths takes a while.

    ``abi`` says which version of the interface to use, at most what ``abi()`` returns.
    Raises OSError if a path is missing.
    """

    def __init__(self, abi: int, allowed: Sequence[tuple[str, int]]) -> None:
        self.abi = abi
        self.handled = (1 << _FILE_BITS[min(abi, 5)]) - 1
        self._beneath = [self._looked_up(path, access) for path, access in allowed]
        self._passed = [ctypes.byref(rule) for rule in self._beneath]

    def _looked_up(self, path: str, access: int) -> _PathBeneath:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(target).st_mode):
            access &= _OF_FILES
        return _PathBeneath(access & self.handled, target)

    def add_to(self, ruleset: int) -> None:
        """Allow these in the ruleset of that descriptor."""
        # Bound once: there may be hundreds of paths.
        call, number, kind = _libc().syscall, ctypes.c_long(_ADD_RULE), ctypes.c_int(_PATH_BENEATH)
        target, flags = ctypes.c_int(ruleset), ctypes.c_uint32(0)
        for rule in self._passed:
            if call(number, target, kind, rule, flags) < 0:
                _fail()

    def close(self) -> None:
        """Close what was opened to look the paths up."""
        for rule in self._beneath:
            os.close(rule.parent_fd)


def restrict(
    rules: Rules, allowed: Sequence[tuple[str, int]] = (), *, files_only: bool = False
) -> None:
    """Deny this thread all file access but ``rules`` and ``allowed``.

    What an earlier call denied stays denied: each adds a layer, and all of them must allow.
    Everything that the version of the interface handles is denied where no rule allows
    it, network and signals included unless ``files_only``.  Call it before any thread is
    started; no_new_privs must be set.  Raises OSError if a path is missing or the kernel
    refuses.
    """
    net = _ALL_NET if rules.abi >= _NET_SINCE and not files_only else 0
    scopes = _ALL_SCOPES if rules.abi >= _SCOPES_SINCE and not files_only else 0
    ruleset = _Ruleset(rules.handled, net, scopes)
    # Older kernels accept a longer structure only if what they do not know is zero.
    size = ctypes.c_size_t(ctypes.sizeof(ruleset))
    descriptor = _system_call(_CREATE_RULESET, ctypes.byref(ruleset), size, ctypes.c_uint32(0))
    try:
        rules.add_to(descriptor)
        own = Rules(rules.abi, allowed)
        own.add_to(descriptor)
        own.close()
        _system_call(_RESTRICT_SELF, ctypes.c_int(descriptor), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
