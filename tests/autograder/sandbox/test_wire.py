"""The wire format carries plain values exactly, and refuses everything else."""

import contextlib
import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.sandbox import replies, wire
from autograder.sandbox.wire import FrameError

BOUND = 2**20


def _through(message):
    frame = wire.encode(message, BOUND, strict=True)
    return wire.Incoming(BOUND, BOUND).feed(frame)


def _same(one, other) -> bool:
    if isinstance(one, np.ndarray | np.generic):
        return (
            type(one) is type(other)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other or (one != one and other != other)  # noqa: PLR0124 - NaN


plain_arrays = st.sampled_from(sorted(map(str, wire.DTYPES))).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | plain_arrays,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_a_value_arrives_as_it_was_sent(value):
    if _depth(value) < wire.DEEPEST:
        assert _same(_through({"value": value})["value"], value)


def _depth(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, tuple | list):
        return 1 + max(map(_depth, value), default=0)
    return 0


@given(values, st.data())
def test_a_frame_arrives_in_any_pieces(value, data):
    frame = wire.encode({"value": value}, BOUND, strict=False)
    incoming = wire.Incoming(BOUND, BOUND)
    while True:
        size = data.draw(st.integers(1, max(1, len(frame))))
        message = incoming.feed(frame[:size])
        frame = frame[size:]
        if not frame:
            break
        assert message is None
    assert message is not None


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_layout_in_memory_does_not_matter(order):
    array = np.asarray(np.arange(6.0).reshape(2, 3), order=order)[:, ::-1]
    assert np.array_equal(_through({"a": array})["a"], array)


def test_arrays_arrive_writable_and_on_their_own():
    first, second = _through({"a": [np.ones(3), np.ones(3)]})["a"]
    first[:] = 7
    assert second[0] == 1
    assert first.flags.owndata


class Odd(dict):
    """Looks like something that can be sent."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Odd(),
        {1, 2},
        b"bytes",
        1j,
        np.array([None]),
        np.array([1j]),
        np.array(["text"]),
        np.zeros(1, ">f8"),
        np.zeros(1, np.float16),
        np.zeros(1, "M8[s]"),
        np.ma.ones(2),
        np.zeros(BOUND),
        [[[[[[[[[1]]]]]]]]],
    ],
)
def test_what_has_no_place_on_the_wire_is_refused_or_marked(value):
    with pytest.raises(FrameError):
        wire.encode({"value": value}, BOUND, strict=True)
    frame = wire.encode({"value": value}, BOUND, strict=False)
    arrived = wire.Incoming(BOUND, BOUND).feed(frame)["value"]
    while isinstance(arrived, list):
        (arrived,) = arrived
    assert arrived == wire.OPAQUE


def test_a_list_that_holds_itself_is_cut():
    endless: list = []
    endless.append(endless)
    wire.encode({"value": endless}, BOUND, strict=False)
    wide = wire.encode({"value": [list(range(10**4))] * 100}, BOUND, strict=False)
    assert len(wide) < 200_000


def _frame(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<4sIQ", wire.MAGIC, len(text), len(body)) + text + body


MALFORMED = {
    "no magic": b"XXXX" + bytes(12),
    "a header over its bound": struct.pack("<4sIQ", wire.MAGIC, BOUND + 1, 0),
    "a body over its bound": struct.pack("<4sIQ", wire.MAGIC, 2, 2**63),
    "no JSON": _frame(b"{"),
    "no text": _frame(b"\xff\xff"),
    "a list": _frame([]),
    "nothing": _frame(b""),
    "JSON and more": _frame(b"{} {}"),
    "deep JSON": _frame(b"[" * 100_000),
    "a long integer": _frame(b'{"a": ' + b"9" * 10_000 + b"}"),
    "a bare list": _frame({"a": [1]}),
    "two keys": _frame({"a": {"list": [], "tuple": []}}),
    "an unknown key": _frame({"a": {"set": []}}),
    "a tuple that is none": _frame({"a": {"tuple": 3}}),
    "a dict that is none": _frame({"a": {"dict": [1]}}),
    "a dict key that is an array": _frame({"a": {"dict": [[{"array": ["<f8", [0]]}, 1]]}}),
    "deep containers": _frame(b'{"a": ' + b'{"list": [' * 40 + b"]}" * 40 + b"}"),
    "a handle that is none": _frame({"a": {"handle": "x"}}),
    "a boolean handle": _frame({"a": {"handle": True}}),
    "a dtype with objects": _frame({"a": {"array": ["|O", [1]]}}, bytes(8)),
    "a dtype with fields": _frame({"a": {"array": [[["a", "<f8"]], [1]]}}, bytes(8)),
    "a complex dtype": _frame({"a": {"array": ["<c16", [1]]}}, bytes(16)),
    "a negative length": _frame({"a": {"array": ["<f8", [-1]]}}),
    "a length that is no integer": _frame({"a": {"array": ["<f8", [1.0]]}}, bytes(8)),
    "a boolean length": _frame({"a": {"array": ["<f8", [True]]}}, bytes(8)),
    "a huge length": _frame({"a": {"array": ["<f8", [2**62]]}}, bytes(8)),
    "huge lengths": _frame({"a": {"array": ["<f8", [2**39, 2**39, 0]]}}),
    "many axes": _frame({"a": {"array": ["<f8", [1] * 65]}}, bytes(8)),
    "no shape": _frame({"a": {"array": ["<f8"]}}),
    "a body too short": _frame({"a": {"array": ["<f8", [2]]}}, bytes(8)),
    "a body too long": _frame({"a": {"array": ["<f8", [1]]}}, bytes(9)),
    "a body of nothing": _frame({}, bytes(1)),
    "bytes behind the end": _frame({}) + b"x",
    "two frames": _frame({}) * 2,
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_is_refused(frame):
    with pytest.raises(FrameError):
        wire.Incoming(BOUND, BOUND).feed(frame)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_damaged_frame_is_refused_or_read_but_never_worse(noise, place):
    frame = bytearray(wire.encode({"a": np.ones(3), "b": [1, "text"]}, BOUND, strict=True))
    frame[place : place + len(noise)] = noise
    with contextlib.suppress(FrameError):
        wire.Incoming(BOUND, BOUND).feed(bytes(frame))


def test_a_boolean_is_zero_or_one_whatever_its_byte():
    array = wire.Incoming(BOUND, BOUND).feed(
        _frame({"a": {"array": ["|b1", [3]]}}, b"\x00\x07\xff")
    )
    assert array["a"].view(np.uint8).tolist() == [0, 1, 1]


RIGHT = {
    "outputs": (np.ones(2), "dw is None"),
    "problem": "",
    "raised": None,
    "arguments": (1, np.ones(1)),
    "kept": False,
    "printed": "",
}


def _read(**changes):
    return replies.read_call({**RIGHT, **changes}, [1, np.ones(1)], ["dx", "dw"], None, 100)


def test_a_right_reply_is_read():
    returned = _read()
    assert np.array_equal(returned.outputs[0], [1, 1])
    assert returned.outputs[1] == "dw is None"


def test_arguments_that_nobody_changed_are_not_sent_back():
    given = [1, np.ones(1)]
    returned = replies.read_call({**RIGHT, "arguments": None}, given, ["dx", "dw"], None, 100)
    assert returned.arguments[1] is given[1]


CHANGES = {
    "a value": "x[0] = 9",
    "the sign of zero": "x[1] = -0.0",
    "a shape": "x.shape = (2, 2)",
    "a type": "x.dtype = 'i8'",
    "a parameter": "p['pad'] = 2",
    "a new parameter": "p['more'] = 1",
    "something that cannot travel": "p['pad'] = object()",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_in_arguments_is_noticed(change):
    frame = wire.encode({"given": [np.array([1.0, 0, 2, 3]), {"pad": 1}]}, BOUND, strict=True)
    incoming = wire.Incoming(BOUND, BOUND)
    given = incoming.feed(frame)["given"]
    assert wire.unchanged(given, incoming.content, "given")
    exec(change, dict(zip("xp", given, strict=True)))  # noqa: S102 - a line of this file
    assert not wire.unchanged(given, incoming.content, "given")


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": None},
        {"outputs": None, "problem": "p", "raised": ["a", "b", "c"]},
        {"problem": "no array"},
        {"outputs": (np.ones(1),)},
        {"outputs": [np.ones(1), np.ones(1)]},
        {"outputs": (np.ones(1), 1.0)},
        {"outputs": (np.ones(1), None)},
        {"outputs": (np.ones(1), np.float64(1))},
        {"outputs": None, "raised": ["a", "b"]},
        {"outputs": None, "raised": ["a", "b", 3]},
        {"outputs": None, "raised": "abc"},
        {"arguments": (1,)},
        {"arguments": [1, 2]},
        {"arguments": (wire.Handle(1), 2)},
        {"arguments": ([wire.Handle(1)], 2)},
        {"kept": None},
        {"kept": 1},
        {"printed": None},
        {"printed": ["x"]},
    ],
)
def test_a_reply_of_another_form_is_refused(changes):
    with pytest.raises(FrameError):
        _read(**changes)


def test_text_is_cut_and_holds_nothing_unseen():
    returned = _read(outputs=None, problem="\x1b[2J\u202eevil\u200b\ud800\x07\n" + "x" * 10**5)
    assert returned.problem.startswith("[2Jevil\nxxx")
    assert len(returned.problem) <= 800
    returned.problem.encode("utf-8")
    assert len(_read(printed="x" * 10**5).printed) == 200


def test_nothing_in_the_text_of_arguments_is_unseen():
    assert _read(arguments=({"\x1bkey": ("a\x00b", ["\u202e"])}, 1)).arguments[0] == {
        "key": ("ab", [""])
    }


def test_infinite_numbers_in_the_header_are_numbers():
    assert math.isinf(_through({"a": math.inf})["a"])
