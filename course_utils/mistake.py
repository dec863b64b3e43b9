"""A known mistake as recorded results: what students' machines hold of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass

from course_utils.signature import Signature

#: What a function did with one case: a signature by output, or what went wrong (an exception
#: as ``crash.told_of`` tells it).
Result = Mapping[str, Signature] | str


@dataclass(frozen=True)
class KnownMistake:
    """What a wrong function does with the visible cases of an exercise.

    ``failed`` are the names of the checks that it fails; ``results`` maps case names.
    ``changed`` is the argument that it writes to, if any.
    ``question``, ``title`` and ``remedy`` are the words that climb from a nudge to the rule.
    """

    id: str
    title: str
    question: str
    remedy: str
    failed: tuple[str, ...]
    results: Mapping[str, Result]
    changed: str = ""


def same_result(a: Result, b: Result) -> bool:
    """Tell whether both stand for the same, up to the last bits of what was computed."""
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    if a.keys() != b.keys():
        return False
    # No generator: a catalogue has a thousand results to compare with.
    for output, signature in a.items():  # noqa: SIM110
        if not signature.matches(b[output]):
            return False
    return True
