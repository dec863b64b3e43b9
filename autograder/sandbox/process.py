"""The grader's side of a child: starting it, asking it, and ending it in time."""

import contextlib
import itertools
import math
import secrets
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Self

from autograder.sandbox import launch, replies, wire
from autograder.sandbox.isolation import Isolation, Purpose
from autograder.sandbox.lent import ANSWER_BYTES, Lent
from autograder.sandbox.limits import ChildStopped, Limits, SandboxError
from autograder.sandbox.meter import Meter
from autograder.sandbox.namespaces import seen_from_outside
from autograder.sandbox.pipes import EndedError
from autograder.sandbox.replies import CellOutcome
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.watch import LOOK_EVERY, Answer, Question, Watch
from course_utils.exercise import Kept, Returned, Value

#: How long a process that closed its pipe may take to be gone, seconds.
_LAST_BREATH = 1.0
#: Exit code with which the child's serving loop says that it was broken from inside.
_BROKEN = 70
#: Numbers for kept objects: never used twice, so that a handle means one object only.
_numbers = itertools.count(1)


class Child:
    """A process in which one submission's code runs.  Use it as a context manager.

    Any question may raise ChildStopped; the child is then closed, and what it had is gone.
    """

    #: What its servers prepare, and what it may read.
    purpose: ClassVar[Purpose] = "judge"

    def __init__(self, isolation: Isolation, limits: Limits, warm: Sequence[str] = ()) -> None:
        """Start the process.  Use ``Child.start``, which also waits for the lock-down."""
        self._limits = limits
        self._kept: set[int] = set()
        self._closed = False
        self._scratch = Scratch(launch.child_uid(isolation, self.purpose))
        try:
            self._pipes, self._spawned = launch.spawn(
                isolation, limits, self._scratch.path, warm, self.purpose
            )
        except BaseException:
            self._scratch.remove()
            raise
        self._meter = Meter(self._spawned.pid)
        self._watch = Watch(self._meter, self._scratch, limits)
        if isolation.tier == "namespaces":
            self._scratch.watch(seen_from_outside(self._spawned.pid))

    @classmethod
    def start(cls, isolation: Isolation, limits: Limits, warm: Sequence[str] = ()) -> Self:
        """Start a child and wait until it is locked down.

        ``warm`` are modules that it will import anyway, and finds imported then.

        It ends with the thread that started it (the kernel sees to it), so that it cannot
        outlive the grader: ask it from that thread, or from one that ends earlier.

        Raises SandboxError if it cannot be started or isolated.
        """
        try:
            child = cls(isolation, limits, warm)
        except (OSError, RuntimeError, ImportError, ValueError, SandboxError) as error:
            raise SandboxError(f"a child process could not be started: {error}") from error
        try:
            child._lock_down(isolation)
        except (ChildStopped, SandboxError) as error:
            child.close()
            said = child._pipes.captured().strip()[-600:]
            raise SandboxError(f"a child could not be locked down: {said or error}") from error
        except BaseException:
            child.close()
            raise
        return child

    def _lock_down(self, isolation: Isolation) -> None:
        orders = launch.orders(isolation, self._limits, self._scratch.path)
        seconds = self._limits.start_wall_seconds
        ready = self._ask(
            Question(orders, "the start of the process", seconds, seconds, replies.read_ready)
        )
        assert ready

    @property
    def closed(self) -> bool:
        """Tell whether the process is gone and cannot be asked any more."""
        return self._closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run_cell(self, source: str, name: str) -> CellOutcome:
        """Run one cell of plain Python; ``name`` is what errors call it.

        An exception of the cell, SystemExit included, is in the outcome.
        """
        limits = self._limits
        # JSON carries any text, but Python source has no lone surrogates.
        source = source.encode("utf-8", "replace").decode()
        request = {"kind": "cell", "source": source, "name": name}
        read = partial(replies.read_cell, output_bytes=limits.output_bytes)
        cpu, wall = limits.cell_cpu_seconds, limits.cell_wall_seconds
        outcome = self._ask(Question(request, name, cpu, wall, read))
        return replace(outcome, printed=outcome.printed + self._said())

    def add_module(self, name: str, source: str) -> None:
        """Let the cells that run from now on import ``name``, a module of the course's own."""
        request = {"kind": "module", "name": name, "source": source}
        limits = self._limits
        read = partial(replies.read_cell, output_bytes=limits.output_bytes)
        cpu, wall = limits.cell_cpu_seconds, limits.cell_wall_seconds
        self._ask(Question(request, name, cpu, wall, read))

    def has(self, function: str) -> bool:
        """Tell whether a callable of this name is defined in the notebook's namespace."""
        request = {"kind": "has", "function": function}
        cpu = self._limits.call_cpu_seconds
        wall = cpu * self._limits.call_wall_factor
        return self._ask(Question(request, function, cpu, wall, replies.read_has))

    def call(
        self,
        function: str,
        arguments: Sequence[Value],
        outputs: Sequence[str],
        *,
        keep: bool,
        cpu_seconds: float | None = None,
    ) -> Returned:
        """Call a function as ``course_utils.exercise.Session`` says.

        ``cpu_seconds`` replaces the limit of processor time for this call.
        """
        return self.call_each(function, [arguments], outputs, keep=keep, cpu_seconds=cpu_seconds)[0]

    def call_each(
        self,
        function: str,
        arguments: Sequence[Sequence[Value]],
        outputs: Sequence[str],
        *,
        keep: bool,
        cpu_seconds: float | None = None,
        wall_seconds: float = math.inf,
    ) -> list[Returned]:
        """Call a function for one list of arguments after the other, each within its limits.

        They are sent together: that saves child and grader a wait for each other after every
        call.  Functions are lent in a single call only.  ``wall_seconds`` is for all calls.
        """
        cpu = self._limits.call_cpu_seconds if cpu_seconds is None else cpu_seconds
        asked = [self._question(function, given, outputs, cpu, keep=keep) for given in arguments]
        assert len(asked) == 1 or all(question.lent is None for question in asked)
        found = self._ask_each(asked, time.monotonic() + wall_seconds)
        self._kept.update(returned.kept.number for returned in found if returned.kept)
        said = self._said()
        if said:
            found[-1] = replace(found[-1], printed=found[-1].printed + said)
        return found

    def _question(
        self,
        function: str,
        arguments: Sequence[Value],
        outputs: Sequence[str],
        cpu_seconds: float,
        *,
        keep: bool,
    ) -> Question[Returned]:
        handle = Kept(next(_numbers)) if keep else None
        lent = Lent(arguments, function)
        request = {
            "kind": "call",
            "function": function,
            "arguments": [self._sent(lent.sent(argument)) for argument in arguments],
            "outputs": list(outputs),
            "keep": handle.number if handle else None,
        }
        read = partial(
            replies.read_call,
            arguments=arguments,
            outputs=outputs,
            handle=handle,
            output_bytes=self._limits.output_bytes,
        )
        wall = cpu_seconds * self._limits.call_wall_factor
        return Question(request, function, cpu_seconds, wall, read, lent if lent.any else None)

    def _sent(self, argument: Value) -> Value:
        """Return an argument as it travels: a handle is a number of this child's own."""
        if not isinstance(argument, Kept):
            return argument
        if argument.number not in self._kept:
            raise SandboxError("an object of a child that has ended was asked for")
        return wire.Handle(argument.number)

    def _said(self) -> str:
        """Return what was written past Python, to descriptors 1 and 2."""
        return replies.clean(self._pipes.captured(), self._limits.output_bytes)

    def close(self) -> None:
        """End the process, reap it, and remove its files.  May be called again."""
        if self._closed:
            return
        self._closed = True
        self._spawned.kill()
        with contextlib.suppress(SandboxError):
            self._spawned.wait()
        self._pipes.close()
        with contextlib.suppress(OSError):
            self._scratch.remove()

    def _ask(self, question: Question[Answer]) -> Answer:
        """Send a request and read its reply."""
        return self._ask_each([question])[0]

    def _ask_each(
        self, questions: Sequence[Question[Answer]], until: float = math.inf
    ) -> list[Answer]:
        """Send requests, all at once, and read their replies, none of them after ``until``."""
        if self._closed:
            raise SandboxError("a child that has ended was asked")
        tokens = [secrets.token_hex(8) for _ in questions]
        try:
            frames = b"".join(map(_frame, questions, tokens))
        except wire.FrameError as error:
            raise SandboxError(f"a request that cannot be sent: {error}") from error
        who, found = questions[0].who, list[Answer]()
        try:
            self._pipes.begin(frames, self._limits.reply_bytes, len(questions))
            for question, token in zip(questions, tokens, strict=True):
                who = question.who
                self._watch.begin(question)
                found.append(question.read(self._reply(question, token, until)))
                self._watch.end()
        except EndedError:
            stopped: ChildStopped | SandboxError = self._ended(who)
        except wire.FrameError as error:
            stopped = ChildStopped(
                "bad reply", f"{who}: the process sent no proper reply ({error})"
            )
        except ChildStopped as error:
            stopped = error
        except BaseException:
            self.close()
            raise
        else:
            return found
        self.close()
        raise stopped

    def _reply(self, question: Question[Any], token: str, until: float) -> wire.Message:
        """Wait for the reply to what was sent, looking at the limits all the while.

        On the way questions to lent functions are answered.
        """
        if time.monotonic() > until:
            what = f"{question.who} took too long in all its calls together"
            raise ChildStopped("wall", what)
        while True:
            reply = self._pipes.step(LOOK_EVERY)
            if reply is None:
                self._watch.look()
                continue
            # A reply written before the question was known does not answer it.
            if reply.get("token") != token:
                raise wire.FrameError("a reply to another request")
            if question.lent is None or "ask" not in reply:
                return reply
            self._watch.look()
            told = {"token": token, **question.lent.answer(reply)}
            answer = wire.encode(told, ANSWER_BYTES, strict=True)
            self._pipes.begin(answer, self._limits.reply_bytes)

    def _ended(self, who: str) -> ChildStopped | SandboxError:
        """Say why the process is gone (or closed its pipe and is as good as gone)."""
        try:
            code = self._spawned.wait(_LAST_BREATH)
        except SandboxError as error:
            return error
        if code is None:
            return ChildStopped("ended", f"{who} closed the connection to the grader")
        if code == -signal.SIGKILL:
            why = "for lack of memory or for using too much processor time"
            return ChildStopped("memory", f"{who}: the process was ended by the system, {why}")
        if code == _BROKEN:
            return ChildStopped("ended", f"{who} damaged the process that runs it")
        if code < 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(-code).name
                return ChildStopped("ended", f"{who}: the process crashed ({name})")
        return ChildStopped(
            "ended",
            f"{who}: the process was ended by os._exit or a crash (exit code {code})",
        )


def _frame(question: Question[Any], token: str) -> bytes:
    message = {"token": token, **question.request}
    return wire.encode(message, wire.REQUEST_BODY_BYTES, strict=True)
