"""What runs inside the child: the student's cells, and the calls of his functions.

The loop reads a request, does it, and writes one reply.  It holds no secret: inputs come
with the call, expected values never come at all.  Student code shares this process and
can reach this module through frames or the garbage collector; the worst it can do is to
spoil or forge its own answers, with values it could have returned anyway.

Loaded by bootstrap.py, which passes the sibling modules and gave this one a private copy
of the builtins; what else is used on the way of a call is bound before student code runs.
"""

import builtins
import io
import os
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

#: The protocol's descriptors: requests come in, replies go out.
REQUESTS, REPLIES = 3, 4
#: Replies are held back while more requests wait: so many bytes of them, for so many seconds.
_HELD_BYTES, _HELD_SECONDS = 2**16, 0.01
#: Python has learnt about a piece of code after so many runs of it.
_LEARNT_AFTER = 40
#: Characters kept of an exception's message and of the line that raised it.
_MESSAGE, _LINE = 500, 200

_read = os.read
_write = os.write
_end = os._exit
_compile = compile
_exec = exec
_format = traceback.format_exc
_now = time.monotonic


class Printed(io.TextIOBase):
    """Stands for stdout and stderr: keeps the beginning of what is printed, counts the rest."""

    encoding = "utf-8"

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[str] = []
        self._kept = 0
        self._dropped = 0

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep ``text`` as far as there is room; never fails for text."""
        if type(text) is not str:
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = self._most - self._kept
        if room > 0:
            self._parts.append(text[:room])
            self._kept += min(room, len(text))
        self._dropped += max(0, len(text) - max(room, 0))
        return len(text)

    def take(self) -> str:
        """Return what was printed since the last time."""
        text = "".join(self._parts)
        if self._dropped:
            text += f"\n[{self._dropped} more characters were printed]"
        self._parts, self._kept, self._dropped = [], 0, 0
        return text


class Inert:
    """Any attribute, any call, nothing done: stands for what only a live notebook has."""

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_named: object) -> None:
        """Do nothing."""


class Notebook:
    """The student's namespace, and what may be asked of it."""

    def __init__(
        self,
        wire: types.ModuleType,
        plain: types.ModuleType,
        printed: Printed,
        ask: Callable[[int, tuple[object, ...]], object],
    ) -> None:
        self._ask = ask
        self._wire = wire
        self._plain = plain
        self._printed = printed
        self._kept: dict[int, object] = {}
        self._sources: dict[str, list[str]] = {}
        module = types.ModuleType("__main__")
        inert = Inert()
        module.__dict__.update(
            __builtins__=builtins, get_ipython=lambda: inert, display=inert.__call__
        )
        sys.modules["__main__"] = module
        self._names = module.__dict__

    def answer(self, request: Mapping[str, Any], content: tuple[Any, bytes]) -> dict[str, Any]:
        """Do what one request asks, and return the reply; ``content`` is how it arrived."""
        kind = request["kind"]
        if kind == "cell":
            return self._run_cell(request["source"], request["name"])
        if kind == "module":
            add_module(request["name"], request["source"])
            return {"raised": None, "printed": self._printed.take()}
        if kind == "has":
            return {"has": callable(self._names.get(request["function"]))}
        return self._call(request, content)

    def _run_cell(self, source: str, name: str) -> dict[str, Any]:
        self._sources[name] = source.splitlines()
        raised = None
        try:
            _exec(_compile(source, name, "exec", dont_inherit=True), self._names)
        except BaseException as error:  # noqa: BLE001 - SystemExit must not end the child
            raised = self._raised(error)
        return {"raised": raised, "printed": self._printed.take()}

    def _call(self, request: Mapping[str, Any], content: tuple[Any, bytes]) -> dict[str, Any]:
        reply: dict[str, Any] = dict.fromkeys(("outputs", "problem", "raised", "arguments"))
        reply["kept"] = False
        given = request["arguments"]
        arguments = [self._resolved(value) for value in given]
        try:
            result = self._names[request["function"]](*arguments)
            outputs, problem, kept = self._plain.plain_outputs(
                result, request["outputs"], keep=request["keep"] is not None
            )
            reply["outputs"], reply["problem"] = outputs, problem
            if request["keep"] is not None and outputs is not None:
                self._kept[request["keep"]] = kept
                reply["kept"] = True
        except BaseException as error:  # noqa: BLE001 - see above
            reply["raised"] = self._raised(error)
        here = (self._wire.Handle, self._wire.Function)
        after = [
            old if type(old) in here else new for old, new in zip(given, arguments, strict=True)
        ]
        if not self._wire.unchanged(after, content, "arguments"):
            reply["arguments"] = tuple(None if type(old) in here else old for old in after)
        reply["printed"] = self._printed.take()
        return reply

    def _resolved(self, value: object) -> object:
        if type(value) is self._wire.Handle:
            return self._kept[value.number]  # type: ignore[attr-defined]
        if type(value) is self._wire.Function:
            ask, number = self._ask, value.number  # type: ignore[attr-defined]
            if value.reuses:  # type: ignore[attr-defined]
                return self._plain.one_array(lambda *arguments: ask(number, arguments))
            return lambda *arguments: ask(number, arguments)
        return value

    def _raised(self, error: BaseException) -> list[str]:
        """Return type, message and the innermost line of the student's own code."""
        try:
            message = str(error)[:_MESSAGE]
        except BaseException:  # noqa: BLE001 - a hostile __str__
            message = ""
        return [type(error).__name__[:_LINE], message, self._line(error)[:_LINE]]

    def _line(self, error: BaseException) -> str:
        place: tuple[str, int] | None = None
        if isinstance(error, SyntaxError) and error.filename in self._sources:
            place = error.filename, error.lineno or 0
        step = error.__traceback__
        while step is not None:
            name = step.tb_frame.f_code.co_filename
            if name in self._sources:
                place = name, step.tb_lineno
            step = step.tb_next
        if place is None:
            return ""
        lines = self._sources[place[0]]
        return lines[place[1] - 1].strip() if 0 < place[1] <= len(lines) else ""


def add_module(name: str, source: str) -> None:
    """Let cells import a module of this text; it is the course's own."""
    module = types.ModuleType(name)
    _exec(_compile(source, f"{name}.py", "exec", dont_inherit=True), module.__dict__)
    sys.modules[name] = module


class Channel:
    """The pipes to the grader."""

    def __init__(self, wire: types.ModuleType) -> None:
        self._wire = wire
        self._token = ""
        #: The last message as it arrived, see ``wire.Incoming``.
        self.content: tuple[Any, bytes] = {}, b""
        #: What has arrived of later ones: the grader may ask several things at once.
        self._rest = b""
        self._reply_bytes = 0
        #: Replies that are not written yet, and since when nothing has been written or read.
        self._held = b""
        self._since = 0.0

    def expect(self, reply_bytes: int) -> None:
        """Set how many bytes of arrays a message to the grader may hold."""
        self._reply_bytes = reply_bytes

    def ask(self, number: int, arguments: tuple[object, ...]) -> object:
        """Let the grader evaluate a function that it gave to the student's; return its value.

        What the function wrote to its arguments is written to those that were given here.
        Raises ValueError with the grader's words if it has none.
        """
        self.send({"ask": number, "arguments": arguments}, self._token)
        told = self.receive()
        if told["failed"]:
            raise ValueError(told["failed"])
        if told["arguments"] is not None:
            _write_back(arguments, told["arguments"])
        return told["value"]

    def receive(self) -> dict[str, Any]:
        """Return the next request; ends the process when the grader is gone."""
        wire = self._wire
        frame = wire.Incoming(wire.REQUEST_HEADER_BYTES, wire.REQUEST_BODY_BYTES, more=True)
        part = self._rest
        while True:
            request: dict[str, Any] | None = frame.feed(part) if part else None
            if request is not None:
                self._token = request["token"]
                self.content, self._rest = frame.content, frame.rest
                return request
            self._flush()
            part = _read(REQUESTS, 2**16)
            if not part:
                _end(0)
            self._since = _now()

    def send(self, reply: dict[str, Any], token: str) -> None:
        """Send one reply.  Parts that have no place on the wire travel as a mark.

        It is written before this process waits for another request, and soon in any case:
        grader and child need not wake each other up for every one of many short calls.
        """
        message = {"token": token, **reply}
        self._held += self._wire.encode(message, self._reply_bytes, strict=False)
        if len(self._held) > _HELD_BYTES or _now() - self._since > _HELD_SECONDS:
            self._flush()

    def _flush(self) -> None:
        frames, self._held = memoryview(self._held), b""
        while frames:
            frames = frames[_write(REPLIES, frames) :]
        self._since = _now()


def rehearse(wire: types.ModuleType, plain: types.ModuleType) -> None:
    """Do, before children are forked, what each of them does in every call.

    What Python learns about code as it runs is in memory, which children are copies of: so
    they need not learn it, nor write it to memory of their own.
    """
    main_module = sys.modules["__main__"]
    notebook = Notebook(wire, plain, Printed(_MESSAGE), lambda *_: None)
    try:
        array = np.ones((2, 2))
        for request in _rehearsal(array):
            for _ in range(_LEARNT_AFTER):
                frame = wire.Incoming(wire.REQUEST_HEADER_BYTES, wire.REQUEST_BODY_BYTES, more=True)
                asked = frame.feed(wire.encode(request, array.nbytes, strict=True))
                wire.encode(notebook.answer(asked, frame.content), array.nbytes, strict=False)
    finally:
        sys.modules["__main__"] = main_module


def _rehearsal(array: object) -> Iterator[dict[str, Any]]:
    source = "import numpy as np\n\ndef f(x, more):\n    return x, (x, more)\n"
    yield {"kind": "cell", "source": source, "name": "cell"}
    yield {"kind": "has", "function": "f"}
    call = {"kind": "call", "function": "f", "outputs": ["out"], "keep": None}
    yield {**call, "arguments": [array, {"stride": 1}], "keep": 0}


#: Asks the grader to evaluate a function that it lent: see ``Channel.ask``.
Ask = Callable[[int, tuple[object, ...]], object]


def main(
    wire: types.ModuleType,
    lockdown: types.ModuleType,
    confinement: object,
    notebook: Callable[[Printed, Ask], Any],
) -> None:
    """Prepare, lock down, and serve until the grader closes the pipe.  Never returns.

    ``notebook`` makes what answers, such as a ``Notebook``.
    """
    try:
        channel = Channel(wire)
        orders = channel.receive()
        printed = Printed(orders["output_bytes"])
        _prepare(orders)
        lockdown.lock_down(confinement, orders)
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = printed  # type: ignore[assignment, misc]
        answering = notebook(printed, channel.ask)
        channel.send({"ready": True}, orders["token"])
        channel.expect(orders["reply_bytes"])
        serve(channel, answering.answer)
    except BaseException:  # noqa: BLE001 - never back into the server's code
        _break()


def _write_back(given: object, after: object) -> None:
    """Make the arrays in ``given`` what they are in ``after``, which has the same form."""
    if type(given) is np.ndarray:
        # An array that may not be written to is given back as it was.
        if given.tobytes() != after.tobytes():  # type: ignore[attr-defined]
            given[...] = after
    elif type(given) in (tuple, list):
        for one, other in zip(given, after, strict=True):  # type: ignore[call-overload]
            _write_back(one, other)


def _prepare(orders: Mapping[str, Any]) -> None:
    """Make a process of its own of what was a copy: its directory, its random numbers."""
    os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), orders["scratch"]))
    os.chdir(orders["scratch"])
    # Two copies of one generator would draw the same numbers; Python's own sees to itself.
    np.random.seed(int.from_bytes(os.urandom(4), "little"))  # noqa: NPY002


def serve(
    channel: Channel, answer: Callable[[Mapping[str, Any], tuple[Any, bytes]], dict[str, Any]]
) -> None:
    """Answer requests for ever."""
    while True:
        request = channel.receive()
        channel.send(answer(request, channel.content), request["token"])


def _break() -> None:
    _write(2, _format()[-2000:].encode("utf-8", "replace"))
    _end(70)
