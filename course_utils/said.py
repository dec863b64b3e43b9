"""What a student's own tool said of the function that it was given, in words."""

from dataclasses import replace
from typing import Final

import numpy as np

from course_utils.comparison import Comparison, compare
from course_utils.exercise import Array, Case
from course_utils.specimens import Specimen

#: The output of a tool that says True to right functions and False to wrong ones.
VERDICT: Final = "verdict"


def compare_verdict(function: str, case: Case, got: Array, expected: Array) -> Comparison:
    """Compare what ``function`` said, 1 for True and 0 for False, with what is so.

    The message names the specimen that it was said of: the last one of the case.
    """
    found = compare(VERDICT, got, expected)
    if found.worst is None or got.ndim or not np.isin(got, (0, 1)):
        return found
    *_, tried = (value for value in case.inputs.values() if isinstance(value, Specimen))
    kind = "right" if expected else "wrong"
    return replace(
        found, message=f"{function} said {bool(got)} to a {kind} backward: {tried.words}"
    )
