"""What a student's tool says of the functions it is tried on: True of right ones, False of others.

Its answers are no numbers to be compared: what helps is which function was taken for which.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from course_utils.comparison import Comparison
from course_utils.exercise import Array, Case
from course_utils.specimens import Specimen

EXPECTED: Final = "expected True or False"

ALL_REJECTED: Final = (
    "{} said False to every right {}: look at the step of its differences and at its tolerance"
)
ALL_ACCEPTED: Final = "{} said True to every wrong {}: it has never said no"


def is_verdict(expected: Array) -> bool:
    """Tell whether the right answer is a truth value."""
    return expected.ndim == 0 and expected.dtype.kind == "b"


def compare_verdict(
    tool: str, output: str, case: Case, got: Array | str, expected: Array
) -> Comparison:
    """Compare what ``tool`` said in a case, or the sentence why it is no array, with the truth."""
    if isinstance(got, str):
        said = got.partition(";")[0].removeprefix(f"{output} is ")
        return Comparison(right=False, message=f"returned {said}; {EXPECTED}")
    if got.shape:
        message = f"returned an array of shape {got.shape}; {EXPECTED}"
        return Comparison(right=False, message=message)
    if got == expected:
        return Comparison(right=True)
    if got != (not expected):
        return Comparison(right=False, message=f"returned {got.item()}; {EXPECTED}")
    kind = "right" if expected else "wrong"
    name, how = _tried(case)
    return Comparison(
        right=False, message=f"{tool} said {bool(got)} to a {kind} {name}{how and f': {how}'}"
    )


def told_at_once(
    tool: str, case: Case, compared: Mapping[str, Comparison], expected: Mapping[str, Array]
) -> dict[str, Comparison]:
    """``compared``, by case, where all right functions were rejected: then that is said of each.

    So it is where all wrong ones were accepted.  ``case`` is any of the exercise's.
    """
    name, _ = _tried(case)
    told = dict(compared)
    for truth, sentence in ((True, ALL_REJECTED), (False, ALL_ACCEPTED)):
        asked = [key for key in compared if bool(expected[key]) is truth]
        begins = f"{tool} said {not truth} to "
        if len(asked) > 1 and all(compared[key].message.startswith(begins) for key in asked):
            message = sentence.format(tool, name)
            told |= {key: replace(compared[key], message=message) for key in asked}
    return told


def _tried(case: Case) -> tuple[str, str]:
    """What the function that is tried is called, and how it is made."""
    given = [(name, value) for name, value in case.inputs.items() if isinstance(value, Specimen)]
    if not given:
        return "function", ""
    name, value = given[-1]
    return name.replace("_", " "), value.words
