"""Graders for tests, made by functions that grading processes can import."""

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from autograder import reference
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.release import read_release
from autograder.sandbox import Isolation, Limits
from autograder.shortcuts import SHORTCUTS
from autograder.submission import Submission
from autograder.verdict import Verdict

NAME = "02_convolution"


def short(isolation: Isolation, questions: int | None = None) -> Grader:
    """A grader with short limits, which asks that many questions only."""
    course = Course(Path(__file__).parents[2])
    return Grader(
        release=read_release(course, NAME),
        questions=QUESTIONS[NAME][:questions],
        reference=reference.load(course, NAME),
        secret=bytes(32),
        isolation=isolation,
        limits=Limits(call_cpu_seconds=0.3, cell_cpu_seconds=0.5, cell_wall_seconds=1.5),
        shortcuts=SHORTCUTS[NAME],
    )


class _Fatal(Grader):
    def grade(self, submission: Submission, *, hurried: bool = False) -> Verdict:
        if submission.student == "eve":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().grade(submission, hurried=hurried)


def fatal(isolation: Isolation) -> Grader:
    """A grader that ends its process when it judges a student named eve."""
    made = short(isolation)
    return _Fatal(**{f.name: getattr(made, f.name) for f in fields(made) if f.init})


def refused_elsewhere(isolation: Isolation, here: int) -> Grader:
    """A grader that cannot be made in other processes than ``here``."""
    if os.getpid() != here:
        raise UsageError("no such grader")
    return short(isolation)


def stillborn(isolation: Isolation, here: int, marks: Path, times: int) -> Grader:
    """A grader; the first processes that make one, but ``here``, end before they have it."""
    if os.getpid() != here and len(list(marks.iterdir())) < times:
        (marks / str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return short(isolation)


def dying(marks: Path) -> Callable[[str], str]:
    """What judges two tasks in two processes: both die at the second task, once.

    The first process has nothing to do by then, and dies before the second does.
    """

    def judge(task: str) -> str:
        tried, idle = marks / "tried", marks / "idle"
        if task == "first":
            idle.write_text(str(os.getpid()), encoding="ascii")
        elif not tried.exists():
            tried.touch()
            while not idle.exists():
                time.sleep(0.01)
            # It is answering now; afterwards it waits for a task.
            time.sleep(0.3)
            other = os.pidfd_open(int(idle.read_text(encoding="ascii")))
            signal.pidfd_send_signal(other, signal.SIGKILL)
            select.select([other], [], [])
            os.kill(os.getpid(), signal.SIGKILL)
        return task

    return judge
