"""A job that loops, takes all memory or ends its process costs only itself."""

import os

import pytest

from autograder import crew
from autograder.crew import Job, Stopped

FOREVER = "while True: pass"
#: Swallows every interruption.
STUBBORN = """
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
#: No Python is run in it, so that no interruption is seen.
DEAF = "sum(range(10 ** 12))"


def answers(*jobs: Job) -> dict[int, object]:
    return dict(crew.run(jobs))


def job(text: str, seconds: float = 1.0) -> Job:
    return Job(eval, (text,), seconds)


def script(text: str, seconds: float = 0.2) -> Job:
    return Job(exec, (text, {}), seconds)


def test_every_answer_comes_with_the_place_of_its_job() -> None:
    assert answers(*(job(f"{n} ** 2") for n in range(30))) == {n: n**2 for n in range(30)}


def test_no_jobs_give_no_answers() -> None:
    assert answers() == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FOREVER, "its time was over"),
        ("import os; os._exit(0)", "its process ended"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its process ended"),
        (f"bytearray({crew.MEMORY} * 2)", "its memory was used up"),
    ],
)
def test_a_job_without_an_answer_has_stopped_and_the_others_have_not(text, reason) -> None:
    found = answers(job("1"), script(text), job("2"), script(text), job("3"))
    assert found == {0: 1, 1: Stopped(reason), 2: 2, 3: Stopped(reason), 4: 3}


def test_what_sees_no_interruption_is_ended_with_its_process() -> None:
    assert answers(script(DEAF), job("1")) == {0: Stopped("its process ended"), 1: 1}


def test_what_swallows_interruptions_is_ended_all_the_same() -> None:
    found = answers(script(STUBBORN), job("1"))
    assert isinstance(found[0], Stopped)
    assert found[1] == 1


def test_an_error_of_a_job_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        answers(job("1"), job("1 / 0"))


def test_no_worker_is_left_behind() -> None:
    (pid,) = answers(Job(os.getpid, (), 1.0)).values()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
