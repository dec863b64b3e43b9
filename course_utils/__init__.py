"""What the notebooks of *Backprop by Hand* import.

``check(function)`` tells whether a function is right, where it is wrong and why;
``pictures`` draws (and imports matplotlib only when asked to).
"""

from importlib import import_module
from types import ModuleType

from course_utils.checking import CheckFailed, check

__all__ = ["CheckFailed", "check", "pictures", "specimens"]


def __getattr__(name: str) -> ModuleType:
    if name in ("pictures", "specimens"):
        return import_module(f"course_utils.{name}")
    raise AttributeError(f"module 'course_utils' has no attribute {name!r}")
