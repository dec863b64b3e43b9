"""Specimens by their names, and a name with the last arguments of its function fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_utils.exercise import Value
from course_utils.plain import one_array

#: By name, each called with what the student's tool gives it and then its parameters.
FUNCTIONS: dict[str, Callable[..., Any]] = {}
#: Names of those that a student's code sees as functions which keep one array for their results.
REUSING: set[str] = set()


@dataclass(frozen=True, eq=False)
class Specimen:
    """A function by its name in ``FUNCTIONS``, with the last of its arguments fixed.

    It is pure.  Where it ``reuses`` an array, a student's code is ``lent`` one that is not:
    what is sent through a wire would arrive as an array of its own.
    """

    name: str
    parameters: tuple[Value, ...] = ()

    def __call__(self, *arguments: Value) -> Value:
        """The function's value for these arguments."""
        return FUNCTIONS[self.name](*arguments, *self.parameters)

    @property
    def reuses(self) -> bool:
        """Tell whether it is lent as one that returns the same array in every call."""
        return self.name in REUSING

    def lent(self) -> Callable[..., Value]:
        """What a student's code is given, where it runs in this process."""
        return one_array(self) if self.reuses else self

    def __repr__(self) -> str:
        made = f"specimen({', '.join(map(repr, (self.name, *self.parameters)))})"
        return f"{made}.lent()" if self.reuses else made

    def __str__(self) -> str:
        return f"{self.name} {self.words}".rstrip()

    @property
    def words(self) -> str:
        """The parameters that are words: which of the functions of this name it is."""
        return ", ".join(word for word in self.parameters if isinstance(word, str))


def specimen(name: str, *parameters: Value) -> Specimen:
    """The function of this name; ``parameters`` are the last arguments of every call.

    Raises ValueError if there is none.
    """
    if name not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS)) or "none"
        raise ValueError(f"no specimen is called {name!r}; there are: {known}")
    return Specimen(name, parameters)


def named(name: str, *, reuses: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function into ``FUNCTIONS``; see ``Specimen`` for ``reuses``."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in FUNCTIONS, name
        FUNCTIONS[name] = function
        if reuses:
            REUSING.add(name)
        return function

    return enter
