"""Grading processes, one for each processor: what they judge goes in, verdicts come back.

A process makes its judge once and then does one task after the other.  Each has at most
``AHEAD`` tasks, so that it never waits for the next one, and whoever asks holds no more
than these and the answers that have just arrived, however many tasks there are.  A process
that dies costs the task that it was at; what else it had been given goes to others.

Processes come from multiprocessing's fork server, which has no threads, whatever the
parent has.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any, Final, NoReturn

from autograder import sandbox
from autograder.errors import JudgingUnfitError
from autograder.sandbox import lockdown

#: Tasks that a process has at one time: the one that it is at, and the next.
AHEAD: Final = 2
#: How long a process may take to leave when it is told to, seconds.
_PATIENCE: Final = 10

#: Arguments of one call of a judge, and what is judged by: both are sent to other processes.
Task = tuple[Any, ...]
Judge = Callable[..., Any]


@dataclass(frozen=True)
class Lost:
    """Stands for the answer of a process that died: ``reason`` says how."""

    reason: str


def judge_all(
    make: Callable[[], Judge], tasks: Iterable[Task], jobs: int
) -> Iterator[tuple[Task, Any]]:
    """Yield each task with its answer, in the order in which they arrive.

    ``make`` is called once in each of at most ``jobs`` processes and returns what judges
    there: a function that raises nothing, nor returns None.  What ``make`` raises is raised here.
    """
    crew = _Crew(make, iter(tasks), jobs)
    try:
        while crew.hand_out():
            yield from crew.collect()
    finally:
        crew.dismiss()


def usable_processors() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Crew:
    def __init__(self, make: Callable[[], Judge], tasks: Iterator[Task], jobs: int) -> None:
        self._make = make
        self._tasks = tasks
        self._jobs = jobs
        #: Tasks of processes that have died.
        self._returned: deque[Task] = deque()
        self._workers: dict[Connection, _Worker] = {}

    def hand_out(self) -> bool:
        """Give everybody enough to do; tell whether anybody has."""
        for load in range(AHEAD):
            for worker in [w for w in self._workers.values() if len(w.given) <= load]:
                self._give(worker)
            while load == 0 and len(self._workers) < self._jobs:
                task = self._next()
                if task is None:
                    break
                worker = _Worker(self._make)
                self._workers[worker.pipe] = worker
                worker.give(task)
        return any(worker.given for worker in self._workers.values())

    def _give(self, worker: "_Worker") -> None:
        task = self._next()
        if task is not None:
            worker.give(task)

    def _next(self) -> Task | None:
        return self._returned.popleft() if self._returned else next(self._tasks, None)

    def collect(self) -> Iterator[tuple[Task, Any]]:
        """Wait for answers; yield those that are there."""
        busy = [pipe for pipe, worker in self._workers.items() if worker.given]
        for pipe in wait(busy):
            worker = self._workers[pipe]  # type: ignore[index]
            answer = worker.answer()
            if answer is None:
                continue
            yield worker.given.popleft(), answer
            if isinstance(answer, Lost):
                del self._workers[worker.pipe]
                self._returned.extend(worker.given)

    def dismiss(self) -> None:
        """End all processes, whatever they are at."""
        for worker in self._workers.values():
            worker.pipe.close()
            if worker.given:
                worker.process.terminate()
        for worker in self._workers.values():
            worker.process.join(_PATIENCE)
            worker.process.kill()
            worker.process.join()


class _Worker:
    def __init__(self, make: Callable[[], Judge]) -> None:
        context = multiprocessing.get_context("forkserver")
        # The server imports once what every process needs.
        context.set_forkserver_preload([__name__, "autograder.batch"])
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, make), daemon=True)
        self.process.start()
        theirs.close()
        self.given: deque[Task] = deque()
        self._ready = False

    def give(self, task: Task) -> None:
        self.given.append(task)
        # That it has died is found out where its answer is read.
        with contextlib.suppress(OSError):
            self.pipe.send(task)

    def answer(self) -> Any:
        """The answer to the first task, or Lost; None if it has only said that it is ready."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            if self._ready:
                return self.lost()
            raise JudgingUnfitError(
                f"a grading process {self.lost().reason} before it began; expected it to judge; "
                "run the command again, with fewer --jobs if memory is short"
            ) from None
        if self._ready:
            return said
        if said is not None:
            raise said
        self._ready = True
        return None

    def lost(self) -> Lost:
        """How the process died."""
        self.pipe.close()
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else "ended"
        return Lost(how)


def _work(pipe: Connection, make: Callable[[], Judge]) -> None:
    """What a grading process does: answer until nobody asks any more."""
    # Ctrl-C in a terminal is for the parent, which ends this process itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    lockdown.die_with(os.getppid(), signal.SIGTERM)
    try:
        judge = make()
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        pipe.send(error)
        return
    # What lives now lives to the end; to look through it again and again costs time.
    gc.freeze()
    try:
        pipe.send(None)
        while True:
            pipe.send(judge(*pipe.recv()))
    except (EOFError, OSError):
        return
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Processes of multiprocessing end without Python's exit handlers.
        sandbox.leave()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit
