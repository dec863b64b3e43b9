"""Run many small jobs side by side in processes of their own, each within limits.

A job is called in a worker process and its answer comes back through a pipe.  Wrong code
may loop, take all memory, or end its process: it must cost itself only.  So a job that
uses up its processor time is interrupted, memory is bounded, and when a worker is gone
its job is said to have stopped, and another worker takes over.

Workers come from a fork server, which has no threads, whatever the parent has.
"""

import math
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Final

#: Bytes that a worker may take beyond what it has when it starts.
MEMORY: Final = 2**31
#: Seconds after which a job that cannot be interrupted takes its worker with it.
GRACE: Final = 2


@dataclass(frozen=True)
class Job:
    """A call that can be sent to another process; it may use ``seconds`` of processor time."""

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True)
class Stopped:
    """What became of a job that gave no answer."""

    reason: str


class _OutOfTimeError(BaseException):
    """A job's processor time is over.  No Exception: wrong code may catch those."""


def run(jobs: Sequence[Job]) -> Iterator[tuple[int, Any]]:
    """Yield the place and the answer of every job, in the order in which they end.

    The answer is what the call returns, or ``Stopped``.  What it raises is raised here.
    """
    waiting = list(enumerate(jobs))[::-1]
    crew: dict[Connection, _Worker] = {}
    try:
        while waiting or crew:
            while waiting and len(crew) < (os.cpu_count() or 1):
                worker = _Worker(jobs[0].call.__module__)
                worker.begin(*waiting.pop())
                crew[worker.pipe] = worker
            for pipe in wait(list(crew)):
                worker = crew.pop(pipe)  # type: ignore[call-overload]
                place, answer = worker.place, worker.answer()
                if worker.alive and waiting:
                    worker.begin(*waiting.pop())
                    crew[worker.pipe] = worker
                else:
                    worker.end()
                yield place, answer
    finally:
        for worker in crew.values():
            worker.end()


class _Worker:
    """A process that does one job after the other."""

    def __init__(self, module: str) -> None:
        context = multiprocessing.get_context("forkserver")
        # The server imports once what every worker needs.
        context.set_forkserver_preload([module])
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.alive = True
        self.place = -1

    def begin(self, place: int, job: Job) -> None:
        self.place = place
        try:
            self.pipe.send(job)
        except OSError:
            # The answer, or its absence, is read where every answer is.
            self.alive = False

    def answer(self) -> Any:
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            self.alive = False
            return Stopped("its process ended")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _work(pipe: Connection) -> None:
    _bound_memory()
    signal.signal(signal.SIGPROF, _interrupt)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(job))


def _answer(job: Job) -> Any:
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = math.ceil(used.ru_utime + used.ru_stime + job.seconds + GRACE)
    resource.setrlimit(resource.RLIMIT_CPU, (last, resource.RLIM_INFINITY))
    # Again and again: the first interruption may be swallowed by the code that it meets.
    signal.setitimer(signal.ITIMER_PROF, job.seconds, job.seconds / 10)
    try:
        return job.call(*job.arguments)
    except _OutOfTimeError:
        return Stopped("its time was over")
    except MemoryError:
        return Stopped("its memory was used up")
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        return error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _interrupt(*_: object) -> None:
    raise _OutOfTimeError


def _bound_memory() -> None:
    """Bound the address space; where its size is not to be had, only processor time is bounded."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            size = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
