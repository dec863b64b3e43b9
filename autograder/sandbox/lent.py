"""Functions that the grader lends to a student's function for the time of one call.

They are evaluated here, for the child sees arrays only: their code would tell a student's
checker which of them are wrong.  What the child asks with is data from a wire, and the
functions are the course's own; the number of questions and their size are bounded.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograder.sandbox import replies, wire
from autograder.sandbox.limits import ChildStopped
from course_utils.checking import quiet_numpy
from course_utils.exercise import Value
from course_utils.specimens import Specimen

#: Calls of lent functions during one call of a student's function.
MOST_QUESTIONS: Final = 20_000
#: Bytes of the arrays of one question, and of its answer, which has them again.
MOST_BYTES: Final = 2**20
ANSWER_BYTES: Final = 2 * MOST_BYTES


class Lent:
    """The functions lent for one call; ``who`` begins a sentence about a limit."""

    def __init__(self, arguments: Sequence[Value], who: str) -> None:
        self._functions = [value for value in arguments if isinstance(value, Specimen)]
        self._lent = [function.lent() for function in self._functions]
        self._who = who
        self._questions = 0

    @property
    def any(self) -> bool:
        """Tell whether there is one."""
        return bool(self._functions)

    def sent(self, argument: Value) -> Value:
        """The argument as it travels: a function is a number."""
        if isinstance(argument, Specimen):
            return wire.Function(self._functions.index(argument), reuses=argument.reuses)
        return argument

    def answer(self, question: wire.Message) -> Mapping[str, Any]:
        """Evaluate what is asked: its ``value``, or why there is none.

        ``arguments`` are what the function made of those that it was given: of all functions,
        for else the student's code could see which of them meddle.
        Raises FrameError for what is no question, ChildStopped for too many.
        """
        number, arguments = replies.read_ask(question)
        if not 0 <= number < len(self._functions):
            raise wire.FrameError("a function that was not lent")
        self._questions += 1
        if self._questions > MOST_QUESTIONS:
            reason = f"{self._who} called what it was given more than {MOST_QUESTIONS} times"
            raise ChildStopped("cpu", reason)
        return _evaluated(self._lent[number], arguments)


def _evaluated(function: Callable[..., Value], arguments: tuple[Value, ...]) -> Mapping[str, Any]:
    if _bytes(arguments) > MOST_BYTES:
        return _failed("an argument is far too large")
    try:
        with quiet_numpy():
            value = function(*arguments)
        told = {"value": value, "arguments": arguments}
        # Tried here, where it can still be said that it has no place on the wire.
        wire.encode(told, ANSWER_BYTES, strict=True)
    except Exception as error:  # noqa: BLE001 - it was called with anything at all
        return _failed(f"{type(error).__name__}: {str(error)[:200]}")
    return {**told, "failed": ""}


def _failed(reason: str) -> Mapping[str, Any]:
    return {"value": None, "arguments": None, "failed": reason}


def _bytes(value: Value) -> int:
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, Mapping):
        return sum(map(_bytes, value.values()))
    return sum(map(_bytes, value)) if isinstance(value, tuple | list) else 0
