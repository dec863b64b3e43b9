"""A known wrong answer: a small named change to the reference solution.

It is used three times: to prove that the checks catch it, to name the mistake for the
student who made it, and, as recorded results, by the student's own ``check``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.reference import Reference


@dataclass(frozen=True)
class Misconception:
    """One row of the catalogue.

    ``edits`` are (old text, new text), each old text standing exactly once in the
    reference function; ``body``, where a change of text cannot say it, is a whole
    function instead.  ``check`` names a check that must catch it.

    The words climb: ``question`` makes the student look at the right place, ``title``
    names the mistake, ``remedy`` says what holds instead (a rule, never code).
    """

    id: str
    function: str
    title: str
    question: str
    remedy: str
    check: str
    edits: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def functions(self, reference: Reference) -> Mapping[str, Callable[..., Any]]:
        """The notebook's functions with this mistake in one of them."""
        if self.body:
            return reference.replaced(self.function, self.body).functions
        return reference.changed(self.function, self.edits).functions


@dataclass(frozen=True)
class Equivalent:
    """A change that leaves the function right: it must pass every check.  ``reason``: why."""

    id: str
    function: str
    reason: str
    edits: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def functions(self, reference: Reference) -> Mapping[str, Callable[..., Any]]:
        """The notebook's functions with this harmless change in one of them."""
        if self.body:
            return reference.replaced(self.function, self.body).functions
        return reference.changed(self.function, self.edits).functions
