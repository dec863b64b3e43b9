"""Children are forked from a warm process, and are as far apart as if they were not."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox import Child, ChildStopped, Limits, SandboxError, lockdown, servers

MARKER = "marker 7d793037a0760186"


def _server(child: Child) -> servers.Server:
    return child._spawned._server


def _printed(child: Child, source: str) -> str:
    outcome = child.run_cell(textwrap.dedent(source), "cell 1")
    assert outcome.raised is None, outcome.raised
    return outcome.printed


def _ppid(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])


# Warm


def test_children_of_one_thread_have_one_server(isolation):
    with Child.start(isolation, Limits()) as first, Child.start(isolation, Limits()) as second:
        assert _server(first) is _server(second)
        assert _ppid(first._spawned.pid) == _ppid(second._spawned.pid) == _server(first).pid


def test_threads_have_servers_of_their_own_which_end_with_them(isolation, gone):
    started = []

    def use() -> None:
        with Child.start(isolation, Limits()) as child:
            started.append(_server(child).pid)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(started)) == 2
    assert all(gone(pid) for pid in started)


def test_what_is_to_be_warm_is_imported_before_the_child_begins(isolation):
    source = "import sys; print('matplotlib.pyplot' in sys.modules, 'numpy' in sys.modules)"
    with Child.start(isolation, Limits()) as child:
        assert _printed(child, source) == "False True\n"
    with Child.start(isolation, Limits(), ["matplotlib.pyplot"]) as child:
        assert _printed(child, source) == "True True\n"
        drawn = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('drawn.png')"
        assert _printed(child, drawn + "; import os; print(os.listdir('.'))") == "['drawn.png']\n"


# Apart


def test_what_one_child_had_in_memory_is_nowhere_in_the_next(isolation):
    with Child.start(isolation, Limits()) as child:
        _printed(child, f"secret = [{MARKER[:-1]!r} + {MARKER[-1]!r}] * 10")
        child.run_cell("def f(x): return x", "cell 2")
        child.call("f", [np.frombuffer(MARKER.encode(), np.uint8)], ["x"], keep=False)
        assert _found_in_memory(child._spawned.pid)
        server = _server(child)
        assert not _found_in_memory(server.pid)
    with Child.start(isolation, Limits()) as child:
        assert _server(child) is server
        assert not _found_in_memory(child._spawned.pid)


def _found_in_memory(pid: int) -> bool:
    """Look for the marker in all memory that a process can write."""
    lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in lines:
            place, mode, *_ = line.split()
            if "w" not in mode:
                continue
            begin, end = (int(number, 16) for number in place.split("-"))
            memory.seek(begin)
            left = end - begin
            while left > 0 and (part := memory.read(min(left, 2**24))):
                if MARKER.encode() in part:
                    return True
                left -= len(part)
    return False


def test_two_living_children_see_nothing_of_each_other(isolation):
    with Child.start(isolation, Limits()) as first, Child.start(isolation, Limits()) as second:
        _printed(first, f"open('left', 'w').write({MARKER!r})")
        names = {"SCRATCH": str(first._scratch.path), "PID": first._spawned.pid}
        given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        found = _printed(
            second,
            given
            + textwrap.dedent("""
            import os
            def attempt(action, *arguments):
                try:
                    return action(*arguments)
                except OSError as error:
                    return error.strerror
            print(os.listdir('.'), attempt(os.kill, PID, 0), attempt(os.pidfd_open, PID))
            print(*(attempt(os.listdir, place) for place in (SCRATCH, '/dev/shm', '/tmp')))
            print(attempt(open, SCRATCH + '/left'), attempt(open, f'/proc/{PID}/mem'))
            print(attempt(open, SCRATCH + '/mine', 'w'))
            """),
        )
        lines = found.splitlines()
        assert lines[0].startswith("[] Operation not permitted Operation not permitted")
        assert MARKER not in found
        assert "<_io" not in found
        assert "left" not in found
        assert _printed(first, "import os; print(os.listdir('.'))") == "['left']\n"


def test_namespaces_are_fresh_for_every_child_but_that_of_the_network(isolation):
    kinds = ("pid", "mnt", "ipc", "net")

    def spaces(pid: int) -> dict[str, str]:
        return {kind: str(Path(f"/proc/{pid}/ns/{kind}").readlink()) for kind in kinds}

    with Child.start(isolation, Limits()) as first, Child.start(isolation, Limits()) as second:
        mine, server, *children = (
            spaces(pid)
            for pid in (
                os.getpid(),
                _server(first).pid,
                first._spawned.pid,
                second._spawned.pid,
            )
        )
    if isolation.tier == "kernel":
        assert mine == server == children[0] == children[1]
        return
    for kind in ("pid", "mnt", "ipc"):
        assert len({mine[kind], server[kind], children[0][kind], children[1][kind]}) == 4
    assert children[0]["net"] == children[1]["net"] == server["net"] != mine["net"]


def test_not_even_the_loopback_can_be_reached(isolation):
    """The kernel tier has no network of its own; it has no sockets either."""
    with Child.start(isolation, Limits()) as child:
        socket = child.run_cell("import socket\nsocket.socket()", "a socket").raised
        assert socket is not None
        assert socket.type == "PermissionError"
        if isolation.tier == "kernel":
            return
        network = Path(f"/proc/{child._spawned.pid}/net")
        # Where the loopback is up, its addresses are among the local ones.
        assert "127.0.0.1" not in (network / "fib_trie").read_text("ascii")


def test_children_do_not_share_random_numbers(isolation):
    draw = """
    import random, tempfile, uuid
    import numpy as np
    print(np.random.rand(), np.random.default_rng().random(), random.random(), uuid.uuid4())
    """
    drawn = []
    for _ in range(3):
        with Child.start(isolation, Limits()) as child:
            drawn.append(_printed(child, draw).split())
    for numbers in zip(*drawn, strict=True):
        assert len(set(numbers)) == 3


def test_the_order_of_a_set_is_the_same_whoever_judges(isolation):
    order = "print(sorted(range(26), key=lambda n: hash(chr(97 + n))))"
    printed = set()
    for _ in range(2):
        with Child.start(isolation, Limits()) as child:
            printed.add(_printed(child, order))
        servers.end()
    assert len(printed) == 1


def test_a_server_keeps_no_descriptor_of_a_child(isolation):
    def held(pid: int) -> set[str]:
        links = (str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir())
        return {link for link in links if link.startswith("pipe:")}

    with Child.start(isolation, Limits()) as child:
        pipes = child._pipes
        numbers = pipes._requests, pipes._replies
        own = {str(Path(f"/proc/self/fd/{number}").readlink()) for number in numbers}
        assert own <= held(child._spawned.pid)
        assert not own & held(_server(child).pid)


# The order of the lock-down


def test_powers_are_given_up_in_an_order_in_which_each_step_still_can_be_taken():
    names = [step.__name__.strip("_") for step in lockdown.STEPS]
    assert names == [
        "enter_namespaces",
        "restrict_files",
        "give_up_privileges",
        "die_with_server",
        "close_descriptors",
        "limit_resources",
        "filter_calls",
    ]


def test_the_steps_are_taken_in_that_order(monkeypatch):
    taken = []
    steps = [lambda *_, n=n: taken.append(n) for n in range(len(lockdown.STEPS))]
    monkeypatch.setattr(lockdown, "STEPS", tuple(steps))
    lockdown.lock_down(None, {})
    assert taken == sorted(taken)
    assert len(taken) == len(steps)


def test_the_filter_denies_what_the_steps_before_it_needed(isolation):
    source = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    tried = [
        libc.unshare(0x20000), libc.prctl(38, 1, 0, 0, 0), libc.prctl(1, 9, 0, 0, 0),
        libc.capset(header, (ctypes.c_uint32 * 6)()), libc.setresuid(-1, -1, -1),
        libc.syscall(446, 0, 0), libc.prctl(22, 2, 0, 0, 0),
    ]
    print(set(tried), ctypes.get_errno())
    """
    with Child.start(isolation, Limits()) as child:
        assert _printed(child, source) == "{-1} 1\n"


# Ends


def test_a_server_that_was_killed_between_children_is_replaced(isolation, gone):
    with Child.start(isolation, Limits()) as child:
        first = _server(child)
    os.kill(first.pid, signal.SIGKILL)
    with Child.start(isolation, Limits()) as child:
        assert _server(child) is not first
        assert _printed(child, "print(1)") == "1\n"
    assert gone(first.pid)


def test_a_server_that_is_killed_takes_its_child_along_and_is_nobodys_fault(isolation, gone):
    child = Child.start(isolation, Limits())
    server, pid = _server(child), child._spawned.pid
    killer = threading.Timer(0.3, os.kill, (server.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(SandboxError, match="the server of children has ended"):
        child.run_cell("while True: pass", "cell 1")
    killer.join()
    assert child.closed
    assert gone(pid)
    assert gone(server.pid)
    with Child.start(isolation, Limits()) as other:
        assert _printed(other, "print(1)") == "1\n"


def test_a_child_that_is_killed_leaves_its_server_and_its_siblings(isolation, gone):
    with Child.start(isolation, Limits()) as sibling:
        child = Child.start(isolation, Limits())
        pid, place = child._spawned.pid, child._scratch.path
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ChildStopped, match="ended by the system"):
            child.run_cell("1", "cell 1")
        # Gone also means reaped: a zombie has an entry in /proc.
        assert gone(pid)
        assert not place.exists()
        assert _server(sibling) is _server(child)
        assert _printed(sibling, "print(1)") == "1\n"


GRADER = """
import os, sys
from autograder.sandbox import Child, Isolation, Limits
children = [Child.start(Isolation({tier!r}, {abi}), Limits()) for _ in range(3)]
print(children[0]._spawned._server.pid, *(child._spawned.pid for child in children), flush=True)
children[0].run_cell("while True: pass", "cell 1")
"""


@pytest.mark.parametrize("whom", ["the grader", "its server"])
def test_of_a_killed_grader_or_server_no_process_is_left(isolation, gone, tmp_path, whom):
    source = GRADER.format(tier=isolation.tier, abi=isolation.landlock_abi)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", source],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as grader:
        assert grader.stdout is not None
        pids = [int(pid) for pid in grader.stdout.readline().split()]
        assert len(pids) == 4
        os.kill(grader.pid if whom == "the grader" else pids[0], signal.SIGKILL)
        code = grader.wait(20)
        assert all(gone(pid) for pid in pids)
        said = grader.stderr.read()
    if whom == "the grader":
        assert code == -signal.SIGKILL
    else:
        # It was told, and left nothing behind.
        assert "SandboxError: the server of children has ended" in said or "ServerGoneError" in said
        assert not list(tmp_path.iterdir())


BUSY = """
from autograder.sandbox import Child, Isolation, Limits, SandboxError
print("begin", flush=True)
while True:
    try:
        with Child.start(Isolation({tier!r}, {abi}), Limits()) as child:
            print(child._spawned._server.pid, child._spawned.pid, flush=True)
            child.run_cell("1", "cell 1")
    except SandboxError:
        pass
"""


@pytest.mark.parametrize("turn", range(6))
def test_a_grader_killed_at_any_moment_leaves_no_process(isolation, gone, tmp_path, turn):
    """From before its server is warm to after many children."""
    source = BUSY.format(tier=isolation.tier, abi=isolation.landlock_abi)
    command = [sys.executable, "-c", source]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == "begin\n"
        time.sleep((0, 0.05, 0.2, 0.4, 0.8, 1.6)[turn])
        grader.kill()
        seen = {int(word) for line in grader.stdout for word in line.split()}
    assert all(gone(pid) for pid in seen)
    assert not _processes_with(str(tmp_path))


def _processes_with(text: str) -> list[str]:
    """Command lines of processes whose environment has that text, after a while."""
    found: list[str] = []
    for _ in range(100):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if text in (entry / "environ").read_text("utf-8", "replace"):
                    found.append((entry / "cmdline").read_text("utf-8", "replace"))
        if not found:
            break
        time.sleep(0.05)
    return found


def test_a_fork_of_the_grader_has_servers_of_its_own(isolation):
    with Child.start(isolation, Limits()) as child:
        known = _server(child)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with Child.start(isolation, Limits()) as other:
                code = 0 if _server(other) is not known else 2
            servers.end()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    with Child.start(isolation, Limits()) as child:
        assert _server(child) is known


def test_a_server_does_not_start_after_its_grader_has_ended():
    """The parent that it was told of is not its parent: it has come too late."""
    pid = os.fork()
    if pid == 0:
        lockdown.die_with(1 if os.getppid() != 1 else 2)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    # And a living parent's is no reason to end.
    pid = os.fork()
    if pid == 0:
        lockdown.die_with(os.getppid())
        number = ctypes.c_int()
        ctypes.CDLL(None).prctl(2, ctypes.byref(number), 0, 0, 0)
        os._exit(number.value)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == signal.SIGKILL
