"""Two graders never write the gradebook at once, and none waits for ever."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.one_writer import alone

HOLD = """
import sys
from pathlib import Path
from autograder.one_writer import alone
with alone(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / ".lock"


@pytest.fixture
def holder(lock: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process, which holds the lock."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_that_nobody_holds_is_held_at_once_and_again(lock: Path) -> None:
    for _ in range(2):
        with alone(lock, 0):
            pass


@pytest.mark.usefixtures("holder")
def test_a_lock_that_another_process_holds_is_not_waited_for_without_end(lock: Path) -> None:
    with pytest.raises(TimeoutError, match="another process holds"), alone(lock, 0.2):
        pass


def test_a_lock_is_free_when_its_holder_is_killed(
    lock: Path, holder: "subprocess.Popen[str]"
) -> None:
    holder.kill()
    with alone(lock, 60):
        pass
