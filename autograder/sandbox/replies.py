"""What a child's reply says, after every part of it has been looked at.

A reply is written by a process in which a student's code runs, so nothing about it is
taken for granted: fields, types and lengths are checked, and text is cut and cleaned.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.wire import FrameError
from course_utils.exercise import Kept, Raised, Returned, Value
from course_utils.specimens import Specimen

#: Characters kept of a text that a person reads in one line or two.
_SENTENCE = 800
#: Control, format (among them those that turn the direction of text), surrogate and
#: private characters; tabs and line ends stay.
_UNSEEN = ("Cc", "Cf", "Cs", "Co")


@dataclass(frozen=True)
class CellOutcome:
    """How a cell ended: ``raised`` is None if it ran to its end; ``printed`` its output."""

    raised: Raised | None
    printed: str


def clean(text: str, most: int) -> str:
    """Return at most ``most`` characters of ``text``, without any that is not seen."""
    return "".join(c for c in text[:most] if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)


def read_ready(reply: wire.Message) -> bool:
    """Read the reply to the orders.  Raises FrameError if the child is not ready."""
    if _typed(reply, "ready", bool) is not True:
        raise FrameError("the child is not ready")
    return True


def read_cell(reply: wire.Message, output_bytes: int) -> CellOutcome:
    """Read the reply to a cell.  Raises FrameError if it is not one."""
    return CellOutcome(_raised(reply), _printed(reply, output_bytes))


def read_has(reply: wire.Message) -> bool:
    """Read the reply to a question for a name.  Raises FrameError if it is not one."""
    return bool(_typed(reply, "has", bool))


def read_call(
    reply: wire.Message,
    arguments: Sequence[Value],
    outputs: Sequence[str],
    handle: Kept | None,
    output_bytes: int,
) -> Returned:
    """Read the reply to a call of a function with ``arguments`` for ``outputs``.

    ``handle`` is what the caller gave the item to be kept.  Raises FrameError if the reply
    is not one to this call.
    """
    raised = _raised(reply)
    problem = _field(reply, "problem", str) or ""
    found = _field(reply, "outputs", tuple)
    if sum((raised is not None, problem != "", found is not None)) != 1:
        raise FrameError("not exactly one outcome")
    after = _field(reply, "arguments", tuple)
    if after is not None and len(after) != len(arguments):
        raise FrameError("another number of arguments")
    kept = _typed(reply, "kept", bool)
    return Returned(
        outputs=None if found is None else _outputs(found, outputs),
        problem=clean(problem, _SENTENCE),
        raised=raised,
        # None: they are as they were given.
        arguments=tuple(arguments if after is None else map(_argument, arguments, after)),
        kept=handle if kept else None,
        printed=_printed(reply, output_bytes),
    )


def read_ask(reply: wire.Message) -> tuple[int, tuple[Value, ...]]:
    """Read a call of a given function: its number and the arguments.

    Raises FrameError if the message is none.
    """
    number = _typed(reply, "ask", int)
    arguments = _typed(reply, "arguments", tuple)
    return number, tuple(_plain_text(value, str) for value in arguments)


def _outputs(found: tuple[Any, ...], names: Sequence[str]) -> tuple[Any, ...]:
    if len(found) != len(names):
        raise FrameError("another number of outputs")
    readable: list[Any] = []
    for item, name in zip(found, names, strict=True):
        if type(item) is np.ndarray:
            readable.append(item)
        elif type(item) is str:
            # The sum of all outputs was over the bound, or why this one is no array.
            oversized = item == wire.OPAQUE
            text = f"{name} is far too large" if oversized else clean(item, _SENTENCE)
            readable.append(text)
        else:
            raise FrameError("an output that is neither an array nor a sentence")
    return tuple(readable)


def _argument(before: Value, after: Value) -> Value:
    return (
        before
        if isinstance(before, Kept | Specimen)
        else _plain_text(after, lambda t: clean(t, _SENTENCE))
    )


def _plain_text(value: Value, change: Callable[[str], str]) -> Value:
    """Return ``value`` with every text in it changed."""
    if type(value) is str:
        return change(value)
    if type(value) is dict:
        return {_plain_text(k, change): _plain_text(v, change) for k, v in value.items()}
    if type(value) in (tuple, list):
        return type(value)(_plain_text(item, change) for item in value)
    if type(value) in (wire.Handle, wire.Function):
        raise FrameError("a handle or a function where none was given")
    return value


def _raised(reply: wire.Message) -> Raised | None:
    parts = _field(reply, "raised", list)
    if parts is None:
        return None
    if len(parts) != 3 or any(type(part) is not str for part in parts):
        raise FrameError("an exception of unknown form")
    kind, message, line = (clean(part, _SENTENCE) for part in parts)
    return Raised(kind, message, line)


def _printed(reply: wire.Message, output_bytes: int) -> str:
    # The child's own remark about what it left out comes on top.
    return clean(_typed(reply, "printed", str), output_bytes + 100)


def _field(reply: wire.Message, name: str, kind: type) -> Any:
    value = reply.get(name)
    if value is not None and type(value) is not kind:
        raise FrameError(f"{name} is of another type")
    return value


def _typed(reply: wire.Message, name: str, kind: type) -> Any:
    value = _field(reply, name, kind)
    if value is None:
        raise FrameError(f"{name} is missing")
    return value
