"""Shortcuts of ``07_bug_clinic``: whether a specimen is right is known from its name."""

from collections.abc import Callable, Mapping
from typing import Any

from course_utils.specimens import Specimen
from course_utils.specimens.clinic import STYLES


def my_test(_: Specimen, backward: Specimen) -> bool:
    """``my_test``: tell whether this is a style of the right backward, none of the flawed ones."""
    (how,) = backward.parameters
    return how in STYLES


SHORTCUTS: Mapping[str, Callable[..., Any]] = {"my_test": my_test}
