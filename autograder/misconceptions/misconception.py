"""A known wrong answer: a small named change to the reference solution.

It is used three times: to prove that the checks catch it, to name the mistake for the
student who made it, and, as recorded results, by the student's own ``check``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.reference import Reference


@dataclass(frozen=True)
class Change:
    """A change to one reference function.

    ``edits`` are (old text, new text), applied in order, each old text standing exactly
    once.  They apply to the reference function, or to ``form`` where that is given: the
    text of another right way to write it (matrix product, full convolution ...).
    ``partner`` is the change of another function that belongs to it: a forward and a
    backward may agree on a cache of their own.
    """

    id: str
    function: str
    edits: tuple[tuple[str, str], ...] = ()
    form: str = ""
    partner: "Change | None" = None

    def reference(self, reference: Reference) -> Reference:
        """``reference`` with this change, and its partner's, in it."""
        base = reference.replaced(self.function, self.form) if self.form else reference
        changed = base.changed(self.function, self.edits)
        return self.partner.reference(changed) if self.partner else changed

    def functions(self, reference: Reference) -> Mapping[str, Callable[..., Any]]:
        """The notebook's functions with this change in one of them."""
        return self.reference(reference).functions


@dataclass(frozen=True)
class Misconception(Change):
    """One row of the catalogue: a change that makes the function wrong.

    ``check`` names a check that must catch it.  The words climb: ``question`` makes the
    student look at the right place, ``title`` names the mistake (it ends a sentence: no
    full stop), ``remedy`` says what holds instead (a rule, never code).
    """

    title: str = ""
    question: str = ""
    remedy: str = ""
    check: str = ""


@dataclass(frozen=True)
class Equivalent(Change):
    """A change that leaves the function right, and must pass; ``reason`` says why."""

    reason: str = ""

    @property
    def changed_functions(self) -> tuple[str, ...]:
        """The functions that are not the reference's."""
        return (self.function, self.partner.function) if self.partner else (self.function,)
