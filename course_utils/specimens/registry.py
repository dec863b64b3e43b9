"""Specimens by their names, and a name with the last arguments of its function fixed."""

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
        words = (parameter for parameter in self.parameters if isinstance(parameter, str))
        return " ".join([self.name, ", ".join(words)]).rstrip()


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
