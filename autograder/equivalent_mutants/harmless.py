"""A change of a line that leaves a function right, with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

ANY_ORDER: Final = "a sum over several axes does not depend on their order"
SAME_SHAPE: Final = "both have the same shape"
OVERWRITTEN: Final = "every entry of out is assigned"
MORE_IMAGES: Final = "an image or a channel that the loops never reach"


@dataclass(frozen=True)
class Harmless:
    """Changes of one line of some functions that are harmless for one ``reason``.

    Each of ``changes`` is an (old piece, new piece) of ``line``; the old piece stands in
    it once.
    """

    functions: Sequence[str]
    line: str
    changes: Sequence[tuple[str, str]]
    reason: str

    def reasons(self) -> Iterator[tuple[tuple[str, str], str]]:
        """The reason of each change, by function and change (see ``mutation``)."""
        for function in self.functions:
            for old, new in self.changes:
                assert self.line.count(old) == 1, (self.line, old)
                yield (function, f"{self.line} → {self.line.replace(old, new)}"), self.reason


def one_of(name: str, piece: str, *others: str) -> list[tuple[str, str]]:
    """The changes that put one of ``others`` for ``name`` into ``piece``, where it has a ``?``."""
    return [(piece.replace("?", name), piece.replace("?", other)) for other in others]
