"""Functions that a student's own tool is tried on: some are right, some are wrong.

A gradient checker, or a test of a backward pass, is judged by what it says of them.  In
the grading sandbox they stay with the grader, which evaluates them for the student's code.
Their code can be read, so none of them may answer an exercise.

A student's code may call them with anything: they make arrays of float64 of their
arguments first, and do nothing whose cost depends on a number's size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_utils.exercise import Value

#: By name, each called with what the student's tool gives it and then its parameters.
FUNCTIONS: dict[str, Callable[..., Any]] = {}


@dataclass(frozen=True, eq=False)
class Specimen:
    """A function by its name in ``FUNCTIONS``, with the last of its arguments fixed."""

    name: str
    parameters: tuple[Value, ...] = ()

    def __call__(self, *arguments: Value) -> Value:
        """The function's value for these arguments."""
        return FUNCTIONS[self.name](*arguments, *self.parameters)

    def __repr__(self) -> str:
        return f"specimen({', '.join(map(repr, (self.name, *self.parameters)))})"

    def __str__(self) -> str:
        return self.name


def specimen(name: str, *parameters: Value) -> Specimen:
    """The function of this name; ``parameters`` are the last arguments of every call.

    Raises ValueError if there is none.
    """
    if name not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS)) or "none"
        raise ValueError(f"no specimen is called {name!r}; there are: {known}")
    return Specimen(name, parameters)


def named(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function into ``FUNCTIONS``."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in FUNCTIONS, name
        FUNCTIONS[name] = function
        return function

    return enter
