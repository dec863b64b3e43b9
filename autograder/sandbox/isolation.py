"""What keeps a child from the rest of the machine, as found on this host."""

from dataclasses import dataclass
from typing import Literal

Tier = Literal["kernel", "namespaces", "none"]

#: What children are for: to have functions called in them, or to show what cells display.
Purpose = Literal["judge", "show"]


@dataclass(frozen=True)
class Isolation:
    """How children are isolated; recorded with every grade.

    ``landlock_abi`` is the version of Landlock's interface to use, 0 for none.
    ``details`` say what holds; ``missing`` what is lacking, and what to install or enable.
    """

    tier: Tier
    landlock_abi: int = 0
    details: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


#: No isolation but a process of its own and its limits: for the demonstration's own samples.
UNISOLATED = Isolation("none", 0, ("a process of its own with limits; no isolation",))
