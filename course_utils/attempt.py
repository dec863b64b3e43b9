"""One way of calling a function on every case."""

from collections.abc import Mapping
from dataclasses import dataclass

from course_utils.comparison import Comparison
from course_utils.exercise import Check, Kept, Returned


@dataclass(frozen=True)
class Attempt:
    """One way of calling a function on every case: what came back, and whether it is right.

    ``caches`` are those of the student's own forward, by case; None for the standard ones.
    ``wrong_results`` are the cases where that forward's result, which belongs into the
    standard cache, is wrong.
    """

    caches: Mapping[str, Kept] | None
    returned: Mapping[str, Returned]
    compared: Mapping[tuple[str, str], Comparison]
    wrong_results: frozenset[str] = frozenset()

    @property
    def merit(self) -> tuple[int, int]:
        """How many outputs are right, and in how many cases anything could be read."""
        right = sum(compared.right for compared in self.compared.values())
        return right, sum(returned.outputs is not None for returned in self.returned.values())

    def right(self, case: str) -> bool:
        """Tell whether every output of a case is right."""
        return all(found.right for (name, _), found in self.compared.items() if name == case)

    def right_somewhere(self, check: Check) -> bool:
        """Tell whether any case and output of a value check is right."""
        return any(self.compared[case, out].right for case in check.cases for out in check.outputs)

    def passes(self, check: Check) -> bool:
        """Tell whether every case and output of a value check is right."""
        return all(self.compared[case, out].right for case in check.cases for out in check.outputs)
