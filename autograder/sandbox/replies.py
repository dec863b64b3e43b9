"""What a child's reply says, after every part of it has been looked at.

A reply is written by a process in which a student's code runs, so nothing about it is
taken for granted: fields, types and lengths are checked, and text is cut and cleaned.
"""

import re
import struct
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.wire import FrameError
from course_utils.exercise import Kept, Raised, Returned, Value
from course_utils.specimens import Specimen

#: Printed to one of two streams, displayed as a result or by ``display``, or a traceback.
DisplayKind = Literal["stdout", "stderr", "display", "error"]

#: Characters kept of a text that a person reads in one line or two.
_SENTENCE = 800
#: A picture that has more dots would take long to unpack for whoever looks at it.
_MOST_DOTS = 2**25
#: How a PNG file begins: https://www.w3.org/TR/png-3/#5PNG-file-signature and #11IHDR.
_PNG = struct.Struct(">8s4x4sII")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: What a terminal obeys: colours and the like, titles, and a line that is written over.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_WRITTEN_OVER = re.compile(r"^.*\r(?=[^\r\n])", re.MULTILINE)
#: Control, format (among them those that turn the direction of text), surrogate and
#: private characters; tabs and line ends stay.
_UNSEEN = ("Cc", "Cf", "Cs", "Co")


@dataclass(frozen=True)
class CellOutcome:
    """How a cell ended: ``raised`` is None if it ran to its end; ``printed`` its output."""

    raised: Raised | None
    printed: str


@dataclass(frozen=True)
class Display:
    """Something that a cell displayed: text, and a picture if it was one.

    ``png`` begins as a PNG file of a bearable size does; nothing more is known of it.
    """

    kind: DisplayKind
    text: str
    png: bytes | None = None


@dataclass(frozen=True)
class CellShown:
    """What a cell displayed, in order; ``cut``: there was more than there was room for."""

    displays: tuple[Display, ...]
    cut: bool = False


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


def read_shown(reply: wire.Message, text_bytes: int, picture_bytes: int) -> CellShown:
    """Read the reply to a cell that is shown.  Raises FrameError if it is not one.

    It may hold so many characters of text and bytes of pictures.
    """
    found = _typed(reply, "outputs", list)
    displays = tuple(map(_display, found))
    texts, pictures = 0, 0
    for display in displays:
        texts += len(display.text)
        pictures += len(display.png or b"")
    if texts > text_bytes or pictures > picture_bytes:
        raise FrameError("more than was asked for")
    return CellShown(displays, cut=_typed(reply, "cut", bool))


def _display(found: object) -> Display:
    if type(found) is not tuple or len(found) != 3:
        raise FrameError("an output of unknown form")
    kind, text, picture = found
    if type(kind) is not str or kind not in get_args(DisplayKind) or type(text) is not str:
        raise FrameError("an output of unknown form")
    if picture is not None and (type(picture) is not np.ndarray or picture.dtype != np.uint8):
        raise FrameError("a picture of unknown form")
    png = None if picture is None else picture.tobytes()
    return Display(
        cast("DisplayKind", kind), _as_a_terminal_shows(text), png if png and is_png(png) else None
    )


def is_png(data: bytes) -> bool:
    """Tell whether ``data`` begins as a PNG file does whose size a reader can bear."""
    if len(data) < _PNG.size:
        return False
    signature, chunk, width, height = _PNG.unpack_from(data)
    return (signature, chunk) == (_PNG_SIGNATURE, b"IHDR") and 0 < width * height <= _MOST_DOTS


def _as_a_terminal_shows(text: str) -> str:
    return clean(_WRITTEN_OVER.sub("", _ESCAPES.sub("", text)), len(text))


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
