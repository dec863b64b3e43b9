"""Checks that several exercises of ``01_gradient_checking`` share."""

from typing import Final

from course_utils.exercise import Check

REPEATABLE: Final = Check(
    "repeatable",
    "same answer on a second call",
    "Nothing survives from one call to the next.",
    0.5,
    kind="repeatable",
)


def unchanged(rule: str, weight: float) -> Check:
    """A check that no argument is modified."""
    return Check("unchanged", "inputs left as they were", rule, weight, kind="unchanged")
