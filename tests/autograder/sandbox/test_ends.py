"""However a child ends, the grader says why, goes on, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest
from attacks import ATTACKS, preparation

from autograder.sandbox import (
    Child,
    ChildStopped,
    Limits,
    SandboxError,
    launch,
    probe,
    scratch,
)

#: What ends a child, of the attacks that are tried in grading, too.
ENDS = {attack.name: attack for attack in ATTACKS if attack.stops}
#: What ends one whose scratch is a place on a disk and not of a size of its own.
ON_DISK = {
    "files that it removed and keeps open": """
        import os, time
        kept = []
        for i in range(8):
            kept.append(open('unseen', 'wb'))
            kept[-1].write(bytes(10 * 2**20))
            os.remove('unseen')
        time.sleep(20)
    """,
    "files that it removed and keeps mapped": """
        import mmap, os, time
        kept = []
        for i in range(8):
            with open('unseen', 'w+b') as file:
                file.write(bytes(10 * 2**20))
                file.flush()
                kept.append(mmap.mmap(file.fileno(), mmap.PAGESIZE))
            os.remove('unseen')
        time.sleep(20)
    """,
}


@pytest.mark.parametrize("name", ENDS)
def test_a_child_is_ended_by(isolation, short, gone, name):
    attack = ENDS[name]
    source = preparation({}) + "\n" + attack.source
    with Child.start(isolation, short) as child:
        pid = child._spawned.pid
        began = time.monotonic()
        with pytest.raises(ChildStopped) as caught:
            child.run_cell(source, "cell 7")
        assert time.monotonic() - began < 25
        assert caught.value.kind == attack.stops
        assert re.search(attack.shows, caught.value.reason)
        assert caught.value.reason.startswith("cell 7")
        assert child.closed
        with pytest.raises(SandboxError, match="ended"):
            child.has("f")
    assert gone(pid)


@pytest.mark.parametrize("source", ON_DISK.values(), ids=ON_DISK.keys())
def test_files_count_though_they_have_no_name_any_more(short, source):
    with (
        Child.start(probe(tier="kernel"), short) as child,
        pytest.raises(ChildStopped, match="wrote more than 64 MiB of files"),
    ):
        child.run_cell(textwrap.dedent(source), "cell 7")


def test_a_call_has_its_own_limit_and_sentence(hurried):
    hurried.run_cell("def f():\n    while True: pass", "cell 1")
    with pytest.raises(
        ChildStopped, match=r"^f used more than 0\.4 s of processor time$"
    ) as caught:
        hurried.call("f", [], ["x"], keep=False)
    assert caught.value.out_of_time


def test_more_time_can_be_given_to_one_call(isolation):
    limits = Limits(call_cpu_seconds=0.05)
    burn = """
import time
def f():
    until = time.process_time() + 0.4
    while time.process_time() < until: pass
    return 1.0
"""
    with Child.start(isolation, limits) as child:
        child.run_cell(burn, "cell 1")
        assert child.call("f", [], ["x"], keep=False, cpu_seconds=2).outputs == (1.0,)
        with pytest.raises(ChildStopped, match=r"more than 0\.05 s"):
            child.call("f", [], ["x"], keep=False)


def test_processor_time_before_a_call_is_not_charged_to_it(hurried):
    hurried.run_cell(
        "while __import__('time').process_time() < 0.5: pass\ndef f(): return 1.0", "c"
    )
    assert hurried.call("f", [], ["x"], keep=False).outputs == (1.0,)


def test_the_process_cannot_use_more_memory_than_allowed(isolation):
    limits = Limits(memory_bytes=256 * 2**20)
    with Child.start(isolation, limits) as child:
        fill = "a = []\ntry:\n    while True: a.append(bytearray(10**6))\nexcept MemoryError: pass"
        assert child.run_cell(fill, "cell 1").raised is None
        pages = int(Path(f"/proc/{child._spawned.pid}/statm").read_text("ascii").split()[1])
    # What is warm already, or may be without /proc to tell, comes on top.
    assert pages * os.sysconf("SC_PAGE_SIZE") < limits.memory_bytes + 600 * 2**20


def test_the_size_of_all_files_is_bounded(hurried):
    source = """
import time
for i in range(8):
    open(f"{i}", "wb").write(bytes(10 * 2**20))
time.sleep(20)
"""
    try:
        outcome = hurried.run_cell(source, "cell 1")
    except ChildStopped as stopped:
        reason = stopped.reason
    else:
        reason = str(outcome.raised)  # the memory file system of the namespaces tier is full
    assert "more than 64 MiB of files" in reason or "No space left" in reason


def test_a_file_has_a_largest_size(child):
    outcome = child.run_cell("open('big', 'wb').write(bytes(20 * 2**20))", "cell 1")
    assert outcome.raised is not None
    assert outcome.raised.type == "OSError"


def test_closing_removes_the_scratch_directory_and_reaps_the_process(isolation, short, gone):
    with Child.start(isolation, short) as child:
        place = child._scratch.path
        pid = child._spawned.pid
        assert place.exists()
        # Directories that nobody may enter, nested deeper than a path may be long.
        with suppress(ChildStopped):
            child.run_cell(
                "import os\nfor i in range(300): os.mkdir('d' * 50); os.chdir('d' * 50)\n"
                "os.umask(0o777); os.mkdir('closed')",
                "cell 1",
            )
    assert gone(pid)
    assert not place.exists()
    assert not [entry for entry in place.parent.iterdir() if entry.name.startswith(place.name)]


GRADER = """
import sys
from autograder.sandbox import Child, Isolation, Limits
child = Child.start(Isolation({tier!r}, {abi}), Limits())
print(child._spawned.pid, child._scratch.path, flush=True)
child.run_cell("while True: pass", "cell 1")
"""


def test_a_child_does_not_outlive_the_grader(isolation, gone, tmp_path):
    source = GRADER.format(tier=isolation.tier, abi=isolation.landlock_abi)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, env=environment
    ) as grader:
        assert grader.stdout is not None
        pid, place = grader.stdout.readline().split()
        grader.send_signal(signal.SIGKILL)
        grader.wait()
        assert gone(int(pid))
    # The scratch directory of a grader that was killed goes when the next one starts.
    (base,) = tmp_path.iterdir()
    assert place.startswith(str(base))
    os.utime(base, (0, 0))
    scratch._sweep(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_scratch_directories_of_a_living_grader_are_left_alone():
    own = scratch.Scratch(None)
    os.utime(own.path.parent, (0, 0))
    scratch._sweep(own.path.parent.parent)
    assert own.path.exists()
    own.remove()


@pytest.mark.usefixtures("new_servers")
def test_a_path_that_is_missing_is_the_graders_fault(isolation, monkeypatch):
    right = launch.rules

    def wrong(*given):
        rules = right(*given)
        return {**rules, "readable": [*rules["readable"], "/nowhere"]}

    monkeypatch.setattr(launch, "rules", wrong)
    with pytest.raises(SandboxError, match="No such file or directory: '/nowhere'"):
        Child.start(isolation, Limits())


def test_a_child_that_cannot_be_locked_down_is_the_graders_fault(isolation, monkeypatch):
    right = launch.orders
    monkeypatch.setattr(launch, "orders", lambda *given: {**right(*given), "limits": None})
    with pytest.raises(SandboxError, match=r"could not be locked down: (?s:.*)TypeError"):
        Child.start(isolation, Limits())


@pytest.mark.usefixtures("new_servers")
def test_a_child_that_cannot_be_started_is_the_graders_fault(isolation, monkeypatch):
    monkeypatch.setattr(launch, "_environment", lambda _: {"A": "x" * 2**22})
    with pytest.raises(SandboxError, match="could not be started"):
        Child.start(isolation, Limits())
