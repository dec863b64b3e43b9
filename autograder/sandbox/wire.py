"""The wire format between the grader and an isolated child: numbers and text, nothing else.

A frame is a fixed prefix (magic, header length, body length), a JSON header and the raw
bytes of all arrays in the order in which the header names them, little-endian, C order.
There is no way to say anything but None, booleans, integers, floats, text, arrays of
whitelisted dtypes, handles, functions, and tuples, lists and dicts of these.  Both sides use this
module; it imports nothing of the project, because the child loads it by its path.

Every length is checked against a bound before anything of that length is allocated.
"""

import json
import math
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Message = dict[str, Any]

MAGIC = b"BPH1"
#: Bytes of the fixed part of a frame.
PREFIX_BYTES = 16
#: Largest header of a reply, bytes: several times what a bounded print and a traceback need.
REPLY_HEADER_BYTES = 2**20
#: Largest header of a request, bytes: it may carry a cell's source or the rules of a start.
REQUEST_HEADER_BYTES = 64 * 2**20
#: Largest body of a request, bytes.
REQUEST_BODY_BYTES = 512 * 2**20
#: Containers nested deeper, and values with more parts, are not sent.
DEEPEST = 8
MOST_PARTS = 10_000
#: Stands in a reply for something that has no place on the wire.
OPAQUE = "<an object that is not numbers or text>"

#: What JSON has by itself.
_PLAIN = frozenset((type(None), bool, int, float, str))

#: dtypes that may travel, by the name they have on the wire.
DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in (
        "?",
        "i1",
        "<i2",
        "<i4",
        "<i8",
        "u1",
        "<u2",
        "<u4",
        "<u8",
        "<f4",
        "<f8",
    )
}

_PREFIX = struct.Struct("<4sIQ")
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
# Bound now: in the child, student code may replace any of these later.
_ndarray = np.ndarray
_generic = np.generic
_array = np.array
_frombuffer = np.frombuffer
# Depth is bounded where values are packed, so there is no circle to look for.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode
_product = math.prod


class FrameError(ValueError):
    """Bytes that are not a frame, or a value that has no place in one."""


class Handle:
    """Stands for an object that stays in the child."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


class Function:
    """Stands for a function that stays with the grader, and may be called during one call.

    ``reuses``: the child makes it one that returns the same array in every call.
    """

    __slots__ = ("number", "reuses")

    def __init__(self, number: int, *, reuses: bool = False) -> None:
        self.number = number
        self.reuses = reuses


_STAND_INS: dict[str, Callable[[int], object]] = {
    "handle": Handle,
    "function": partial(Function, reuses=False),
    "reusing": partial(Function, reuses=True),
}
_CONTAINERS: dict[type, str] = {tuple: "tuple", list: "list", dict: "dict"}


class _Packer:
    """Turns values into the header's tree, and collects the bytes of their arrays."""

    def __init__(self, body_bytes: int, *, strict: bool) -> None:
        self.chunks: list[bytes] = []
        self.room = body_bytes
        self.parts = sys.maxsize if strict else MOST_PARTS
        self.strict = strict

    def pack(self, value: object, depth: int = 0) -> object:
        """Return the header's form of ``value``; what cannot be sent becomes OPAQUE."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is _ndarray or issubclass(kind, _generic):
            packed = self._pack_array(value)
        elif kind in _CONTAINERS and depth < DEEPEST and self.parts > 0:
            packed = self._pack_container(value, depth + 1)
        elif kind is Handle:
            packed = {"handle": value.number}  # type: ignore[attr-defined]
        elif kind is Function:
            name = "reusing" if value.reuses else "function"  # type: ignore[attr-defined]
            packed = {name: value.number}  # type: ignore[attr-defined]
        else:
            packed = None
        if packed is not None:
            return packed
        if self.strict:
            raise FrameError(f"{kind.__name__} cannot be sent")
        return OPAQUE

    def _pack_array(self, value: Any) -> Message | None:
        array = value if type(value) is _ndarray else _array(value)
        name = _NAMES.get(array.dtype)
        size = array.nbytes
        if name is None or size > self.room:
            return None
        self.room -= size
        self.chunks.append(array.tobytes())
        return {"array" if value is array else "scalar": [name, [*array.shape]]}

    def _pack_container(self, value: Any, depth: int) -> Message:
        if type(value) is dict:
            pairs = list(value.items())[: self.parts]
            self.parts -= 2 * len(pairs)
            return {"dict": [[self.pack(k, depth), self.pack(v, depth)] for k, v in pairs]}
        items = value[: self.parts]
        self.parts -= len(items)
        # No call for what needs none: most parts of a message are numbers and names.
        packed = [x if type(x) in _PLAIN else self.pack(x, depth) for x in items]
        return {_CONTAINERS[type(value)]: packed}


def encode(message: Message, body_bytes: int, *, strict: bool) -> bytes:
    """Return the frame of ``message``, whose arrays hold at most ``body_bytes`` bytes.

    With ``strict`` a value that cannot be sent raises FrameError; without, OPAQUE stands
    for it.
    """
    packer = _Packer(body_bytes, strict=strict)
    tree = {k: v if type(v) in _PLAIN else packer.pack(v) for k, v in message.items()}
    header = _encode(tree).encode("ascii")
    body = b"".join(packer.chunks)
    return _PREFIX.pack(MAGIC, len(header), len(body)) + header + body


def lengths(prefix: bytes, header_bytes: int, body_bytes: int) -> tuple[int, int]:
    """Return the lengths (bytes) of header and body that a prefix announces.

    Raises FrameError if it is no prefix, or if a length is over its bound.
    """
    magic, header, body = _PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise FrameError("not a frame")
    if header > header_bytes or body > body_bytes:
        raise FrameError(f"a frame of {header} + {body} bytes is too large")
    return header, body


class Incoming:
    """A frame that arrives in pieces; its lengths are checked before more is asked for.

    With ``more`` another frame may follow, and what has arrived of it is in ``rest``.
    Without, anything beyond the frame's end is an error.
    """

    def __init__(self, header_bytes: int, body_bytes: int, *, more: bool = False) -> None:
        self._bounds = header_bytes, body_bytes
        self._more = more
        self._parts: list[bytes] = []
        self._arrived = 0
        self._lengths: tuple[int, int] | None = None
        #: The header's tree and the body of the message, once it is whole.
        self.content: tuple[Message, bytes] = {}, b""
        self.rest = b""

    def feed(self, part: bytes) -> Message | None:
        """Take what was read; return the message when it is whole.

        Raises FrameError as soon as this can be no frame.
        """
        self._parts.append(part)
        self._arrived += len(part)
        if self._lengths is None and self._arrived >= PREFIX_BYTES:
            self._lengths = lengths(b"".join(self._parts)[:PREFIX_BYTES], *self._bounds)
        if self._lengths is None:
            return None
        header, body = self._lengths
        end = PREFIX_BYTES + header + body
        if self._arrived < end:
            return None
        frame = b"".join(self._parts)
        if self._more:
            frame, self.rest = frame[:end], frame[end:]
        # What comes after the end counts as body, and there it belongs to no array.
        tree = _parsed(frame[PREFIX_BYTES : PREFIX_BYTES + header])
        self.content = tree, frame[PREFIX_BYTES + header :]
        return _unpacked(*self.content)


class _Unpacker:
    """Turns the header's tree back into values, taking arrays from the body in order."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.offset = 0

    def unpack(self, tree: Any, depth: int = 0) -> Any:
        if type(tree) in _PLAIN:
            return tree
        if type(tree) is not dict or len(tree) != 1 or depth > DEEPEST:
            raise FrameError("a value of unknown form")
        ((key, content),) = tree.items()
        if key in ("array", "scalar"):
            array = self._unpack_array(content)
            return array if key == "array" else array[()]
        if key in _STAND_INS and type(content) is int:
            return _STAND_INS[key](content)
        if type(content) is not list:
            raise FrameError("a value of unknown form")
        if key == "dict":
            return {self._key(k): self.unpack(v, depth + 1) for k, v in map(_pair, content)}
        depth += 1
        items = [x if type(x) in _PLAIN else self.unpack(x, depth) for x in content]
        if key == "tuple":
            return tuple(items)
        if key == "list":
            return items
        raise FrameError("a value of unknown form")

    def _key(self, tree: Any) -> Any:
        if type(tree) in _PLAIN:
            return tree
        raise FrameError("a dict key that is neither a number nor text")

    def _unpack_array(self, content: Any) -> Array:
        if type(content) is not list or len(content) != 2:
            raise FrameError("an array of unknown form")
        name, shape = content
        if type(name) is not str or name not in DTYPES or type(shape) is not list:
            raise FrameError("an array of unknown form")
        if len(shape) > 32:
            raise FrameError("an array of impossible shape")
        for n in shape:
            if type(n) is not int or not 0 <= n < 2**40:
                raise FrameError("an array of impossible shape")
        dtype = DTYPES[name]
        count = _product(shape)
        end = self.offset + count * dtype.itemsize
        if end > len(self.body):
            raise FrameError("an array longer than the frame")
        flat = _frombuffer(self.body, dtype, count, self.offset)
        self.offset = end
        if dtype.kind == "b":
            # A byte that is neither 0 nor 1 is no boolean to numpy's loops.
            flat = flat.view(np.uint8) != 0
        # A copy: aligned, writable and owning its memory, like any array of a notebook.
        return flat.reshape(shape).copy()


def _pair(content: Any) -> list[Any]:
    if type(content) is not list or len(content) != 2:
        raise FrameError("a dict of unknown form")
    return content


def decode(header: bytes, body: bytes) -> Message:
    """Return the message of a frame.  Raises FrameError if anything about it is wrong."""
    return _unpacked(_parsed(header), body)


def unchanged(value: object, content: tuple[Message, bytes], field: str) -> bool:
    """Tell whether ``value`` is still what the message of that content had in ``field``.

    That field alone had arrays.
    """
    tree, body = content
    packer = _Packer(len(body), strict=False)
    return bool(packer.pack(value) == tree[field] and b"".join(packer.chunks) == body)


def _parsed(header: bytes) -> Message:
    try:
        tree = _decode(header.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise FrameError("the header is not JSON") from error
    if type(tree) is not dict:
        raise FrameError("the header is not a JSON object")
    return tree


def _unpacked(tree: Message, body: bytes) -> Message:
    unpacker = _Unpacker(body)
    try:
        message = {k: v if type(v) in _PLAIN else unpacker.unpack(v) for k, v in tree.items()}
    except FrameError:
        raise
    except (ValueError, OverflowError, MemoryError) as error:
        raise FrameError("an array that cannot be built") from error
    if unpacker.offset != len(body):
        raise FrameError("bytes that belong to no array")
    return message
