"""Whatever bytes a child sends: every reply is read or refused, and what is read can be judged."""

import copy
import json
import os
import random
import struct
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import sandbox
from autograder.sandbox import Child, ChildStopped, Limits, replies, wire
from autograder.sandbox.pipes import EndedError, Pipes
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils import recorded
from course_utils.exercise import Kept, Returned, Session, Value
from course_utils.judging import judge
from course_utils.report_card import ReportCard

#: Array bytes of a reply, and what a call of the exercise asks for.
BODY = 2**16
NAMES = ("dx", "dw", "db")
VISIBLE = recorded.load("conv_backward_naive")

_numbers = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats()
_arrays = st.sampled_from(sorted(map(str, wire.DTYPES))).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
)
_leaves = _numbers | st.text(max_size=20) | _arrays
_values = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
_outputs = st.tuples(*[_arrays | st.text(max_size=30)] * 3)

#: Replies as a child writes them, with one field or several of any other kind.
_replies = st.fixed_dictionaries(
    {
        "token": st.just("0" * 16) | _values,
        "outputs": _outputs | st.none() | _values,
        "problem": st.just("") | st.none() | _values,
        "raised": st.none() | st.lists(st.text(max_size=9), min_size=3, max_size=3) | _values,
        "arguments": st.tuples(_values, _values) | _values,
        "kept": st.booleans() | _values,
        "printed": st.text(max_size=50) | _values,
    },
    optional=dict.fromkeys(("ready", "has", "ask", "value", "failed"), _values),
)


def _mutated(frame: bytes, seed: int) -> bytes:
    """The frame with some of its bytes changed, taken out, doubled, or its lengths forged."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    made = bytearray(frame)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(made) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            made[place : place + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del made[place:]
        elif kind == 2:
            made[place:place] = made[: chance.randrange(len(made) + 1)]
        elif kind == 3:
            made[place : place + chance.randrange(20)] = b""
        elif kind == 4:
            lengths = chance.randrange(2**32), chance.randrange(2**64)
            made[4:16] = struct.pack("<IQ", *lengths)
        else:
            made += chance.randbytes(chance.randrange(40))
    return bytes(made)


def _header_changed(frame: bytes, seed: int) -> bytes:
    """A frame whose lengths are right, but whose header says something else."""
    chance = random.Random(seed)  # noqa: S311 - see above
    _, header, _ = struct.unpack("<4sIQ", frame[:16])
    tree, body = json.loads(frame[16 : 16 + header]), frame[16 + header :]
    for _ in range(chance.randrange(3)):
        nodes = list(_nodes(tree))
        # A copy: what is put in may be changed itself, the next time.
        chance.choice(nodes)(copy.deepcopy(chance.choice(_TREES)))
    text = json.dumps(tree).encode()
    return struct.pack("<4sIQ", wire.MAGIC, len(text), len(body)) + text + body


#: What may stand anywhere in a header.
_TREES = (
    None,
    *(-1, 2**63, 1e400, "<f8", [], {}, {"array": ["<f8", [2**39, 2**39]]}),
    *({"array": ["|O", [1]]}, {"scalar": ["<f8", [1, 1]]}, {"handle": 1}, {"function": 0}),
    *({"tuple": []}, {"tuple": [{"array": ["|b1", [1]]}] * 3}, {"list": [None] * 3}),
    *({"dict": [["a", 1]]}, {"dict": [[{}, 1]]}, {"tuple": {"tuple": []}}, [[[[[[[[[[]]]]]]]]]]),
)


def _nodes(tree: object) -> Iterator[object]:
    """Functions that put something else into a place of the tree."""
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield lambda value, key=key: tree.__setitem__(key, value)
            yield from _nodes(tree[key])


_frames = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda message, seed: _mutated(wire.encode(message, BODY, strict=False), seed),
        _replies,
        st.integers(0, 2**32),
    ),
    st.builds(
        lambda message, seed: _header_changed(wire.encode(message, BODY, strict=False), seed),
        _replies,
        st.integers(0, 2**32),
    ),
)


def received(frame: bytes, pieces: int) -> wire.Message | None:
    """What the grader's own reader makes of these bytes, sent through real pipes.

    None if the other end is closed before there is a message.  Raises FrameError.
    """
    ends = [os.pipe() for _ in range(3)]
    (requests, request_end), (reply_end, answers), (output_end, output) = ends
    pipes = Pipes(request_end, reply_end, output_end)
    theirs = {requests, answers, output}
    try:
        pipes.begin(b"", BODY)
        size = max(1, len(frame) // pieces)
        for start in range(0, len(frame), size):
            os.write(answers, frame[start : start + size])
            message = pipes.step(0)
            if message is not None:
                return message
        os.close(answers)
        theirs.remove(answers)
        return pipes.step(1)
    except EndedError:
        return None
    finally:
        pipes.close()
        for descriptor in theirs:
            os.close(descriptor)


def read(message: wire.Message) -> list[object]:
    """Whatever the readers of replies accept of it."""
    arguments = [np.ones((2, 3)), (np.ones(2), {"pad": 1})]
    accepted = []
    for reader in (
        replies.read_ready,
        replies.read_has,
        lambda m: replies.read_cell(m, 100),
        replies.read_ask,
        lambda m: replies.read_call(m, arguments, NAMES, Kept(1), 100),
    ):
        try:
            accepted.append(reader(message))
        except wire.FrameError:
            continue
    return accepted


class Answers(Session):
    """A session in which every call returns the same."""

    def __init__(self, returned: Returned) -> None:
        self.returned = returned

    def has(self, function: str) -> bool:
        return bool(function)

    def call(
        self,
        function: str,  # noqa: ARG002
        arguments: Sequence[Value],  # noqa: ARG002
        outputs: Sequence[str],
        *,
        keep: bool,  # noqa: ARG002
    ) -> Returned:
        if len(outputs) != len(NAMES):
            return Returned(problem="no such outputs")
        return self.returned


def judged(returned: Returned) -> Verdict:
    """The verdict on a function that returns this, through all that is made of a verdict."""
    found = judge(VISIBLE.exercise, VISIBLE.cases, VISIBLE.answers, Answers(returned))
    card = ReportCard(
        "conv_backward_naive", found.status, found.checks, found.reason, printed=found.printed
    )
    card.html()
    verdict = Verdict(
        "ada", "02_convolution", "judged", (ExerciseVerdict("b", found.earned, card),)
    )
    return Verdict.from_json(verdict.to_json())


def never_worse_than_refused(frame: bytes, pieces: int) -> None:
    """Read the bytes as a reply to every kind of request, and judge what comes of it."""
    try:
        message = received(frame, pieces)
    except wire.FrameError:
        return
    for accepted in read(message) if message is not None else ():
        if isinstance(accepted, Returned):
            (found,) = judged(accepted).exercises
            assert found.share == 0


_relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(_relaxed, max_examples=200)
@given(_frames, st.integers(1, 5))
def test_any_bytes_are_a_reply_or_refused(frame, pieces) -> None:
    never_worse_than_refused(frame, pieces)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(_relaxed, max_examples=int(os.environ.get("FUZZ_EXAMPLES", "1000")))
@given(_frames, st.integers(1, 5))
def test_ten_thousand_times_any_bytes_are_a_reply_or_refused(frame, pieces) -> None:
    never_worse_than_refused(frame, pieces)


@settings(_relaxed, max_examples=200)
@given(_replies)
def test_any_message_is_an_answer_of_its_kind_or_refused(message) -> None:
    read(message)


@settings(_relaxed, max_examples=100)
@given(_outputs, st.tuples(_values, _values), st.text())
def test_any_arrays_can_be_judged(outputs, arguments, printed) -> None:
    reply = {"outputs": outputs, "arguments": arguments, "kept": False, "printed": printed}
    given_ = [np.ones((2, 3)), (np.ones(2), {"pad": 1})]
    (found,) = judged(replies.read_call(reply, given_, NAMES, None, 100)).exercises
    assert found.share == 0


def sent_by_a_child(frame: bytes) -> None:
    """Have a real child send the bytes before its own reply, and ask it once more."""
    with Child.start(sandbox.probe(), Limits(call_cpu_seconds=1, call_wall_factor=3)) as child:
        reason = "cell 1"
        try:
            child.run_cell(f"import os\nos.write(4, {frame!r})", "cell 1")
            child.has("print")
        except ChildStopped as stopped:
            reason = stopped.reason
        # What came too early for the cell is no answer to the question behind it.
        assert child.closed or frame == b""
    assert reason.startswith(("cell 1", "print"))


@settings(_relaxed, max_examples=10)
@given(_frames)
def test_a_child_that_sends_any_bytes_is_stopped(frame) -> None:
    sent_by_a_child(frame)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(_relaxed, max_examples=40)
@given(_frames)
def test_a_child_that_sends_any_bytes_is_stopped_hundreds_of_times(frame) -> None:
    sent_by_a_child(frame)
