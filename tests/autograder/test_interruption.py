"""Ctrl-C once lets what has begun come to its end, twice ends at once."""

import os
import signal
import threading

import pytest

from autograder.interruption import Interruption


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_nothing_more_is_begun_after_the_first(capsys) -> None:
    begun = []
    with Interruption() as interruption:
        for item in interruption.until(range(10)):
            begun.append(item)
            if item == 3:
                press()
    assert begun == [0, 1, 2, 3]
    assert interruption.requested
    assert "finishing what has begun; once more to end at once" in capsys.readouterr().err


def test_the_second_ends_at_once_and_python_has_its_own_way_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_it_changes_nothing() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with Interruption() as interruption:
            seen.extend(interruption.until("ab"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["a", "b"]
    assert signal.getsignal(signal.SIGINT) is before
