"""Grading processes, one for each processor: what they judge goes in, verdicts come back.

A process makes its judge once and then does one task after the other.  Each has at most
``AHEAD`` tasks, so that it never waits for the next one, and whoever asks holds no more
than these and the answers that have just arrived, however many tasks there are.

A process may be killed, for the memory of the machine or by mistake, and so may the server
that they all come from.  Others take over what it had been given.  The task that it had begun
may be what killed it: it is tried once more, and is lost with a second process.  What a
process was given when it was already dying is not to blame.

A judge may put a task off, as one that takes long: it is done when nothing else is left to
give, so that it holds up no other.

Processes come from multiprocessing's fork server, which has no threads, whatever the
parent has.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import time
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
#: So many processes for each of ``jobs`` may die before they have begun, or not come to be.
_STILLBORN: Final = 3
#: Seconds until another one is tried: a server that was killed takes a moment to be gone.
_PAUSE: Final = 0.3

#: Arguments of one call of a judge, and what is judged by: both are sent to other processes.
Task = tuple[Any, ...]
Judge = Callable[..., Any]


@dataclass(frozen=True)
class Lost:
    """Stands for the answer of processes that died: ``reason`` says how the last one did."""

    reason: str


@dataclass(frozen=True)
class _Begun:
    """What a process says before it does the next task."""


@dataclass(frozen=True)
class PutOff:
    """Stands for no answer yet: ``task`` is to be done in its place, after all others."""

    task: Task


def judge_all(
    make: Callable[[], Judge],
    tasks: Iterable[Task],
    jobs: int,
    until: Callable[[Iterable[Task]], Iterator[Task]] = iter,
) -> Iterator[tuple[Task, Any]]:
    """Yield each task with its answer, in the order in which they arrive.

    ``make`` is called once in each of at most ``jobs`` processes and returns what judges
    there: a function that raises nothing, nor returns None.  What ``make`` raises is raised here.
    Tasks can be hashed.  Those that were put off are left where ``until`` does not let them
    through.  Raises JudgingUnfitError when processes do not live until they begin.
    """
    crew = _Crew(make, iter(tasks), jobs, until)
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
    def __init__(
        self,
        make: Callable[[], Judge],
        tasks: Iterator[Task],
        jobs: int,
        until: Callable[[Iterable[Task]], Iterator[Task]],
    ) -> None:
        self._make = make
        self._until = until
        self._tasks = tasks
        self._jobs = jobs
        #: Tasks of processes that have died; and those of them that were tried.
        self._returned: deque[Task] = deque()
        self._tried: set[Task] = set()
        self._put_off: deque[Task] = deque()
        self._stillborn = 0
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
                worker = self._begin()
                self._workers[worker.pipe] = worker
                worker.give(task)
        return any(worker.given for worker in self._workers.values())

    def _begin(self) -> "_Worker":
        """A process; another one if the server that it is to come from ends just now."""
        while True:
            try:
                return _Worker(self._make)
            except (EOFError, OSError) as error:
                self._bear(f"could not be started ({error!r})")
                time.sleep(_PAUSE)

    def _bear(self, how: str) -> None:
        """Put up with a process that has not begun, unless there are too many."""
        self._stillborn += 1
        if self._stillborn > _STILLBORN * self._jobs:
            raise JudgingUnfitError(
                f"a grading process {how} before it began; expected it to judge; "
                "run the command again, with fewer --jobs if memory is short"
            ) from None

    def _give(self, worker: "_Worker") -> None:
        task = self._next()
        if task is not None:
            worker.give(task)

    def _next(self) -> Task | None:
        task = self._returned.popleft() if self._returned else next(self._tasks, None)
        while task is None and self._put_off:
            task = next(self._until([self._put_off.popleft()]), None)
        return task

    def collect(self) -> Iterator[tuple[Task, Any]]:
        """Wait for answers; yield those that are there."""
        busy = [pipe for pipe, worker in self._workers.items() if worker.given]
        for pipe in wait(busy):
            worker = self._workers[pipe]  # type: ignore[index]
            answer = worker.answer()
            if isinstance(answer, Lost):
                del self._workers[worker.pipe]
                yield from self._take_back(worker, answer)
            elif isinstance(answer, PutOff):
                worker.given.popleft()
                self._put_off.append(answer.task)
            elif answer is not None:
                yield worker.given.popleft(), answer

    def _take_back(self, worker: "_Worker", lost: Lost) -> Iterator[tuple[Task, Any]]:
        """Let others do what a process had been given; yield the task that is lost with it."""
        if not worker.at_it:
            self._bear(lost.reason)
        elif worker.given[0] in self._tried:
            yield worker.given.popleft(), lost
        else:
            self._tried.add(worker.given[0])
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
        context.set_forkserver_preload(
            [__name__, "autograder.batch", "nbconvert.filters.markdown_mistune"]
        )
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, make), daemon=True)
        try:
            self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()
        self.given: deque[Task] = deque()
        #: Whether it has said that it can judge, and that it has begun the first task.
        self.ready = self.at_it = False

    def give(self, task: Task) -> None:
        self.given.append(task)
        # That it has died is found out where its answer is read.
        with contextlib.suppress(OSError):
            self.pipe.send(task)

    def answer(self) -> Any:
        """The answer to the first task, or Lost; None if it has only said how far it is."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            return self.lost()
        if self.ready:
            self.at_it = isinstance(said, _Begun)
            return None if self.at_it else said
        if said is not None:
            raise said
        self.ready = True
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
            task = pipe.recv()
            pipe.send(_Begun())
            pipe.send(judge(*task))
    except (EOFError, OSError):
        return
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Processes of multiprocessing end without Python's exit handlers.
        sandbox.leave()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit
