"""Specimens by their names, and a name with the last arguments of its function fixed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from course_utils.exercise import Value
from course_utils.plain import one_array

#: By name, each called with what the student's tool gives it and then its parameters.
FUNCTIONS: dict[str, Callable[..., Any]] = {}
#: Names of those that a student's code sees as functions which keep one array for their results.
REUSING: set[str] = set()
#: Names of those whose last argument, 0 unless it is given, is how often they were called before.
COUNTING: set[str] = set()


@dataclass(frozen=True, eq=False)
class Specimen:
    """A function by its name in ``FUNCTIONS``, with the last of its arguments fixed.

    It remembers nothing.  Where it ``reuses`` an array (what is sent through a wire would
    arrive as an array of its own) or ``counts`` its calls, a student's code is ``lent`` one
    that does.  All are pure but those that write to what they are given.  ``calls`` are
    the numbers of the calls to come, of one that counts.
    """

    name: str
    parameters: tuple[Value, ...] = ()
    calls: Iterator[int] | None = None

    def __call__(self, *arguments: Value) -> Value:
        """The function's value for these arguments."""
        earlier = () if self.calls is None else (next(self.calls),)
        return FUNCTIONS[self.name](*arguments, *self.parameters, *earlier)

    @property
    def reuses(self) -> bool:
        """Tell whether it is lent as one that returns the same array in every call."""
        return self.name in REUSING

    @property
    def counts(self) -> bool:
        """Tell whether it is lent as one whose answer depends on how often it was called."""
        return self.name in COUNTING

    def lent(self) -> Callable[..., Value]:
        """What is called by a student's code; it remembers no earlier loan."""
        if self.counts:
            return replace(self, calls=count())
        return one_array(self) if self.reuses else self

    def __repr__(self) -> str:
        made = f"specimen({', '.join(map(repr, (self.name, *self.parameters)))})"
        return f"{made}.lent()" if self.reuses or self.counts else made

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


def named(
    name: str, *, reuses: bool = False, counts: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function into ``FUNCTIONS``; see ``Specimen`` for what it may be."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in FUNCTIONS, name
        FUNCTIONS[name] = function
        for holds, kind in ((reuses, REUSING), (counts, COUNTING)):
            if holds:
                kind.add(name)
        return function

    return enter
