"""The list of allowed system calls is one for both architectures, and makes a filter."""

import ctypes

import pyseccomp
import pytest

from autograder.sandbox import syscalls

NAMES = sorted({name for names in syscalls.ALLOWED.values() for name in names.split()})
#: Calls that arm64 never had, and what the C library uses there.
SUCCESSORS = {
    "access": "faccessat",
    "alarm": "setitimer",
    "dup2": "dup3",
    "epoll_wait": "epoll_pwait",
    "getdents": "getdents64",
    "getpgrp": "getpgid",
    "lstat": "newfstatat",
    "mkdir": "mkdirat",
    "pipe": "pipe2",
    "poll": "ppoll",
    "readlink": "readlinkat",
    "rename": "renameat",
    "rmdir": "unlinkat",
    "select": "pselect6",
    "stat": "newfstatat",
    "time": "clock_gettime",
    "unlink": "unlinkat",
}


@pytest.mark.parametrize("name", NAMES)
def test_an_allowed_call_is_there_on_arm64_or_its_successor_is_allowed(name):
    here = pyseccomp.resolve_syscall(pyseccomp.Arch.AARCH64, name) >= 0
    assert here != (name in SUCCESSORS)
    assert here or SUCCESSORS[name] in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_allowed_call_is_one_of_x86_64(name):
    assert pyseccomp.resolve_syscall(pyseccomp.Arch.X86_64, name) >= 0


def test_the_filter_is_made_of_whole_instructions():
    program = syscalls.compiled_filter()
    assert len(program) % ctypes.sizeof(ctypes.c_uint64) == 0
    assert 50 < len(program) // 8 < 4096
