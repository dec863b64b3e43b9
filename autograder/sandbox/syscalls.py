"""The system calls that a child may make: an allow list, with the reason for each group.

Everything that is not named here fails with EPERM; the child goes on and the student's
code sees an ordinary PermissionError.  So what this list does *not* name is its point:
fork, exec, sockets, signals to anybody, io_uring, ptrace, namespaces, mounts, shared
memory, keys, performance counters, raised limits, and everything that changes the mode,
the owner, the times or the attributes of a file (Landlock does not govern those).

The filter is made once, in the parent, by libseccomp; the child only installs its bytes.
"""

import errno
import functools
import importlib
import tempfile
from typing import Any

#: What a Python process with numpy and matplotlib needs once it is warm.
ALLOWED = {
    "open and read files; Landlock or a mount namespace says which": (
        "access faccessat faccessat2 readlink readlinkat stat lstat newfstatat statx fstat "
        "getdents getdents64 getcwd chdir fchdir"
    ),
    "use open descriptors": (
        "read readv pread64 preadv write writev pwrite64 pwritev lseek close "
        "dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 "
        "epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 "
        "fsync fdatasync fadvise64 ftruncate copy_file_range sendfile"
    ),
    "change the scratch directory; Landlock denies it elsewhere": (
        "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 umask"
    ),
    "memory": "brk mmap munmap mprotect mremap madvise mincore msync",
    "time": (
        "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times "
        "getitimer setitimer alarm"
    ),
    "threads of this process and its own signal handlers": (
        "futex set_robust_list get_robust_list set_tid_address rseq sched_yield "
        "rt_sigaction rt_sigprocmask rt_sigpending rt_sigreturn rt_sigsuspend "
        "rt_sigtimedwait sigaltstack restart_syscall exit exit_group"
    ),
    "look at itself": (
        "getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid "
        "getresuid getresgid getgroups getrusage getrlimit getpriority capget "
        "sched_getaffinity getcpu uname sysinfo getrandom"
    ),
}

#: fcntl without F_SETOWN and F_SETSIG (they send signals to others), leases and pipe sizes.
FCNTL_COMMANDS = {
    "F_DUPFD": 0,
    "F_GETFD": 1,
    "F_SETFD": 2,
    "F_GETFL": 3,
    "F_SETFL": 4,
    "F_DUPFD_CLOEXEC": 1030,
}
#: ioctl as Python itself uses it.
IOCTL_REQUESTS = {
    "TCGETS": 0x5401,
    "TIOCGWINSZ": 0x5413,
    "FIOCLEX": 0x5451,
    "FIONCLEX": 0x5450,
}
#: prctl: a thread may have a name.
PRCTL_OPTIONS = {"PR_SET_NAME": 15, "PR_GET_NAME": 16}

#: What every thread of this process shares: memory, file system, descriptors, handlers.  One
#: with descriptors of its own could hold files open that nobody sees.
_CLONE_VM, _CLONE_FS, _CLONE_FILES, _CLONE_SIGHAND = 0x100, 0x200, 0x400, 0x800
_CLONE_THREAD = _CLONE_VM | _CLONE_FS | _CLONE_FILES | _CLONE_SIGHAND | 0x00010000
#: CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_CLONE_NEW = 0x80 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x70000000
#: The same number on every architecture; old libseccomp does not know the name.
_CLONE3 = 435
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000
_O_WRONLY, _O_RDWR = 0o1, 0o2
_CLOSE_RANGE_UNSHARE = 0x2


@functools.cache
def compiled_filter() -> bytes:
    """Return the filter as classic BPF for this machine's architecture.

    Raises ImportError or RuntimeError if pyseccomp or libseccomp is missing.
    """
    pyseccomp = _binding()

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for names in ALLOWED.values():
        for name in names.split():
            _allow(rules, name)
    for name, position, values in (
        ("fcntl", 1, FCNTL_COMMANDS),
        ("ioctl", 1, IOCTL_REQUESTS),
        ("prctl", 0, PRCTL_OPTIONS),
    ):
        for value in values.values():
            _allow(rules, name, pyseccomp.Arg(position, pyseccomp.EQ, value))
    _allow_open(rules, "open", 1)
    _allow_open(rules, "openat", 2)
    # For the same reason as with clone: no descriptors of a thread's own.
    shared = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _CLOSE_RANGE_UNSHARE, 0)
    _allow(rules, "close_range", shared)
    # Reading a limit of one's own: no process id, no value to set.
    mine = pyseccomp.Arg(0, pyseccomp.EQ, 0), pyseccomp.Arg(2, pyseccomp.EQ, 0)
    _allow(rules, "prlimit64", *mine)
    # A thread, never a process, never in other namespaces.
    mask = _CLONE_THREAD | _CLONE_NEW
    _allow(rules, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, mask, _CLONE_THREAD))
    # clone3 hides its flags behind a pointer; ENOSYS makes the C library use clone.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), _CLONE3)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _binding() -> Any:
    """Return the binding of libseccomp; importing it fails where there is no libseccomp."""
    return importlib.import_module("pyseccomp")


def _allow(rules: Any, name: str, *arguments: Any) -> None:
    """Allow one system call, if this architecture and this libseccomp know it."""
    pyseccomp = _binding()

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if number >= 0:
        rules.add_rule(pyseccomp.ALLOW, number, *arguments)


def _allow_open(rules: Any, name: str, position: int) -> None:
    """Allow opening a file, but not truncating one that is opened for reading.

    Before ABI 3 Landlock lets O_RDONLY | O_TRUNC empty a file that it allows to read.
    """
    pyseccomp = _binding()

    _allow(rules, name, pyseccomp.Arg(position, pyseccomp.MASKED_EQ, _O_TRUNC, 0))
    for mode in (_O_WRONLY, _O_RDWR):
        mask = _O_TRUNC | _O_ACCMODE
        wanted = pyseccomp.Arg(position, pyseccomp.MASKED_EQ, mask, _O_TRUNC | mode)
        _allow(rules, name, wanted)
