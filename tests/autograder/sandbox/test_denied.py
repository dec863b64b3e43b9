"""What a submission cannot do, whatever it tries; each attempt is harmless where it succeeds."""

import platform
import textwrap
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.sandbox.library import library

REPOSITORY = Path(sandbox.__file__).resolve().parents[2]

MARKER = "marker 5d41402abc4b2a76"

#: What is tried with a file outside, PATH: each must raise OSError.
ON_FILES = {
    "read": "open(PATH).read()",
    "read by a relative path": "open(os.path.relpath(PATH)).read()",
    "read by way of proc": "open('/proc/self/root' + PATH).read()",
    "list its directory": "os.listdir(os.path.dirname(PATH))",
    "map into memory": "mmap.mmap(os.open(PATH, os.O_RDONLY), 0, prot=mmap.PROT_READ)",
    "read with numpy": "np.fromfile(PATH)",
    "write": "open(PATH, 'w').write('x')",
    "append": "open(PATH, 'a').write('x')",
    "open for truncation": "os.open(PATH, os.O_RDONLY | os.O_TRUNC)",
    "truncate": "os.truncate(PATH, 0)",
    "create a neighbour": "open(PATH + '.new', 'w')",
    "make a directory beside": "os.mkdir(PATH + '.new')",
    "remove": "os.remove(PATH)",
    "rename": "os.rename(PATH, PATH + '.new')",
    "replace by a file of its own": "open('mine', 'w').close(); os.replace('mine', PATH)",
    "link into the scratch": "os.link(PATH, 'linked')",
    "link symbolically": "os.symlink(PATH, 'linked')",
    "chmod": "os.chmod(PATH, 0o777)",
    "chmod by descriptor of the directory": (
        "os.fchmod(os.open(os.path.dirname(PATH), os.O_RDONLY | os.O_DIRECTORY), 0o777)"
    ),
    "chown": "os.chown(PATH, os.getuid(), os.getgid())",
    "utime": "os.utime(PATH)",
    "set an attribute": "os.setxattr(PATH, 'user.x', b'x')",
    "open as database": "sqlite3.connect(PATH).execute('select 1 from sqlite_master').fetchall()",
    "copy": "shutil.copyfile(PATH, 'copied')",
}

#: What is tried with the machine: each must raise OSError.
ON_MACHINE = {
    "fork": "os.fork() or os._exit(0)",
    "vfork": "subprocess.run(['/bin/true'])",
    "posix_spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "os.execv('/bin/true', ['true'])",
    "a shell": "assert os.system('true') == 0 or raise_(OSError())",
    "a process pool": "multiprocessing.Process(target=print).start()",
    "clone3": "system_call(435, ctypes.create_string_buffer(88), 88)",
    "an internet socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "a unix socket": "socket.socket(socket.AF_UNIX)",
    "a socket pair": "socket.socketpair()",
    "a netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "signal the grader": "os.kill(os.getppid(), 0)",
    "signal its own group": "os.killpg(0, 0)",
    "signal everybody": "os.kill(-1, 0)",
    "a descriptor of a process": "os.pidfd_open(os.getppid())",
    "signals by way of a descriptor": "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    "stop itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "raise its own limits": "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))",
    "raise the grader's limits": "resource.prlimit(os.getppid() or 2, resource.RLIMIT_AS)",
    "become less nice": "os.nice(-5)",
    "choose its processors": "os.sched_setaffinity(0, {0})",
    "change the user": "os.setuid(0)",
    "change the root": "os.chroot('.')",
    "memory that is a file": "os.memfd_create('x')",
    "shared memory": "multiprocessing.shared_memory.SharedMemory('x', create=True, size=10)",
    "a named pipe": "os.mkfifo('pipe')",
    "ptrace": "system_call(101, 16, os.getppid(), 0, 0)",
    "reading another's memory": "system_call(310, os.getppid(), 0, 0, 0, 0, 0)",
    "io_uring": "system_call(425, 1, ctypes.create_string_buffer(120))",
    "unshare": "system_call(272, 0x10000000)",
    "descriptors of its own": "system_call(436, 60, 70, 2)",
    "a thread with descriptors of its own": "system_call(56, 0x10900, 0, 0, 0, 0)",
    "mount": "system_call(165, b'x', b'.', b'tmpfs', 0, 0)",
    "bpf": "system_call(321, 0, 0, 0)",
    "performance counters": "system_call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "keys": "system_call(250, 0, -3, 0)",
    "dumpable or not": "system_call(157, 4, 1, 0, 0, 0)",
    "no more death with the grader": "system_call(157, 1, 0, 0, 0, 0)",
    "the environment of the grader": "open(f'/proc/{os.getppid()}/environ').read()",
    "its own maps": "open('/proc/self/maps').read()",
    "the files of other users": "os.listdir('/home')",
    "passwords": "open('/etc/passwd').read()",
}
# The numbers above are x86-64's; elsewhere those attempts would mean something else.
if platform.machine() != "x86_64":
    ON_MACHINE = {k: v for k, v in ON_MACHINE.items() if "system_call" not in v or "(43" in v}

PREPARATION = """
import ctypes, fcntl, mmap, multiprocessing.shared_memory, os, resource, shutil, signal
import socket, sqlite3, subprocess
import numpy as np

_libc = ctypes.CDLL(None, use_errno=True)

def system_call(number, *arguments):
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def raise_(error):
    raise error
"""

ATTEMPT = """
try:
    {attempt}
except (OSError, ValueError, sqlite3.OperationalError) as error:
    print("denied:", error)
"""


def attempt(child, statements: str, **names: object) -> str:
    """Try the statements in the child; returns what they printed."""
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    outcome = child.run_cell(PREPARATION + given + ATTEMPT.format(attempt=statements), "attack")
    assert outcome.raised is None, outcome.raised
    return outcome.printed


@pytest.mark.parametrize("statements", ON_FILES.values(), ids=ON_FILES.keys())
def test_a_file_outside_cannot_be_reached_to(attacked, tmp_path, statements):
    path = tmp_path / "gradebook.db"
    path.write_text(MARKER, encoding="utf-8")
    before = path.stat()

    printed = attempt(attacked(), statements, PATH=str(path))

    assert printed.startswith("denied:")
    assert path.read_text(encoding="utf-8") == MARKER
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime,
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["gradebook.db"]


@pytest.mark.parametrize("statements", ON_MACHINE.values(), ids=ON_MACHINE.keys())
def test_the_machine_refuses(attacked, statements):
    assert attempt(attacked(), statements).startswith("denied:")


def test_a_file_in_the_scratch_cannot_be_emptied_by_reading_it(attacked):
    printed = attempt(
        attacked(),
        "open('full', 'w').write('x'); os.open('full', os.O_RDONLY | os.O_TRUNC)",
    )
    assert printed.startswith("denied:")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86-64 has a second way to call")
def test_the_system_calls_of_32_bit_programs_end_the_process(attacked):
    # mov eax, 20 (getpid); int 0x80; ret
    source = """
    import ctypes, mmap
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")
    ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    """
    with pytest.raises(sandbox.ChildStopped, match="SIGSYS"):
        attacked().run_cell(textwrap.dedent(source), "attack")


@pytest.mark.parametrize(
    "statements",
    [
        "import autograder",
        "import nbgrader",
        "import sys; sys.path.insert(0, REPOSITORY); import autograder",
        "import sys; sys.path.insert(0, REPOSITORY); import solutions",
        "import sys; sys.path.insert(0, SITE); import nbgrader",
        "from importlib.machinery import SourceFileLoader as L; L('c', CHECKING).load_module()",
    ],
)
def test_the_graders_own_code_cannot_be_imported(attacked, statements):
    names = {
        "REPOSITORY": str(REPOSITORY),
        "SITE": str(Path(pytest.__file__).parents[1]),
        "CHECKING": str(Path(library().plain).with_name("checking.py")),
    }
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    outcome = attacked().run_cell(given + statements, "attack")
    assert outcome.raised is not None
    assert outcome.raised.type in ("ModuleNotFoundError", "PermissionError", "FileNotFoundError")


def test_course_utils_is_there_and_answers_nothing(attacked):
    source = """
from course_utils import check, pictures, numerical_gradient, CheckFailed
from course_utils.gradients import numerical_gradient as again
from course_utils.judging import judge
import course_utils.checking, course_utils.recorded
from course_utils.photograph import photograph
print(check(len), pictures.convolution.sliding_window(3), numerical_gradient(len), judge(1))
print(again(), course_utils.recorded.answers(2), photograph().shape)
print(course_utils.__file__)
"""
    outcome = attacked().run_cell(source, "attack")
    assert outcome.raised is None, outcome.raised
    *lines, place = outcome.printed.splitlines()
    assert lines == ["None None None None", "None None (128, 128)"]
    assert "stand_in" in place


def test_the_environment_tells_nothing(attacked, monkeypatch):
    monkeypatch.setenv("HIDDEN", MARKER)
    attacked().close()
    printed = attempt(attacked(), "print(dict(os.environ))")
    assert MARKER not in printed
    assert set(eval(printed)) <= {  # noqa: S307 - what our own child printed
        *("PATH", "LANG", "TZ", "HOME", "TMPDIR", "MPLCONFIGDIR", "MPLBACKEND", "PWD"),
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX"),
    }


def test_only_the_protocols_descriptors_are_open(attacked):
    with Path(__file__).open(encoding="utf-8") as opened:
        attacked().close()
        source = """
for number in range(3, 64):
    try:
        os.fstat(number)
    except OSError:
        continue
    print(number)
os.stat('/nowhere')
"""
        printed = attempt(attacked(), textwrap.indent(source, "    ").strip())
    assert opened.closed
    assert printed.split()[:2] == ["3", "4"]
    assert printed.split()[2] == "denied:"


def test_what_one_child_leaves_the_next_does_not_find(any_isolation):
    leave = "open('left', 'w').write('x'); import numpy; numpy.left = 1"
    with sandbox.Child.start(any_isolation, sandbox.Limits()) as first:
        assert first.run_cell(leave, "attack").raised is None
    with sandbox.Child.start(any_isolation, sandbox.Limits()) as second:
        find = "import os, numpy; print(os.listdir('.'), hasattr(numpy, 'left'))"
        assert second.run_cell(find, "attack").printed == "[] False\n"
