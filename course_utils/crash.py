"""By what a crash is recognised, and what is said of one at the call itself.

The type of an exception tells little: a function that unpacks its cache wrongly raises the
same ValueError as one that multiplies matrices in the wrong order.  Its message tells the
two apart, with all the numbers in it, for everybody has the same visible cases: of two
functions with one mistake, arrays of the same shapes do not fit, whatever they are called.
"""

import re
from collections.abc import Mapping
from typing import Final

from course_utils.exercise import Case, Exercise, Raised

#: What later versions of Python add: "too many values to unpack (expected 3, got 4)".
_HOW_MANY: Final = re.compile(r"^(too many values to unpack \(expected \d+), got \d+\)$")
#: How unlike they are depends on all that was returned, not on why it was: "an inhomogeneous
#: shape after 1 dimensions.  The detected shape was (4,) + inhomogeneous part."
_HOW_UNLIKE: Final = re.compile(r"(?<= has an inhomogeneous shape) after .*", re.DOTALL)
#: Whose words are others in other versions of Python, and say no more than the type.
_WORDS_VARY: Final = frozenset({"ZeroDivisionError", "RecursionError"})


def told_of(raised: Raised) -> str:
    """Type and message of an exception, as they are in any version of Python and NumPy.

    NumPy 2.0 to 2.5 and Python 3.11 to 3.13 were found to differ in no message that a known
    mistake raises; where another version does, no known mistake is recognised.
    """
    message = "" if raised.type in _WORDS_VARY else raised.message.strip()
    message = _HOW_UNLIKE.sub("", _HOW_MANY.sub(r"\1)", message))
    return f"{raised.type}: {message}" if message else raised.type


def wrong_call(exercise: Exercise, case: Case, errors: Mapping[str, str]) -> str:
    """How the function is called, where every error (see ``told_of``) says it cannot be.

    ``case`` is any.  Empty where something else went wrong, and for what a driver calls:
    with its exception comes the line that calls it.
    """
    function = exercise.function
    at_the_call = re.compile(rf"TypeError: (\S+\.)?{re.escape(function)}\(\) (missing|takes) .*")
    if exercise.driver or case.driver or not errors:
        return ""
    if not all(map(at_the_call.fullmatch, errors.values())):
        return ""
    names = case.inputs if exercise.forward is None else (exercise.upstream, "cache")
    return (
        f"{function} is called as {function}({', '.join(names)}): look at the arguments in its def."
    )
