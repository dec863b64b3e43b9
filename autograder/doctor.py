"""Tell whether this machine can judge, and what it would take."""

import json
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version

from autograder import sandbox

PACKAGES = ("numpy", "matplotlib", "nbgrader", "nbconvert", "jupytext")


@dataclass(frozen=True)
class Findings:
    """What was found: ``fit`` if submissions can be isolated here."""

    fit: bool
    system: str
    python: str
    packages: dict[str, str]
    tier: str
    details: tuple[str, ...]
    missing: tuple[str, ...]

    def json(self) -> str:
        """The findings for machines."""
        return json.dumps(asdict(self), indent=1)

    def text(self) -> str:
        """The findings for people."""
        lines = [
            f"system     {self.system}",
            f"Python     {self.python}",
            *(f"{name:<10} {found}" for name, found in self.packages.items()),
            f"isolation  {self.tier}",
            *(f"           + {detail}" for detail in self.details),
            *(f"           - {lack}" for lack in self.missing),
            "",
            "This machine can judge submissions."
            if self.fit
            else "This machine cannot judge submissions; students' own checks work all the same.",
        ]
        return "\n".join(lines)


def examine() -> Findings:
    """Look at this machine, trying the isolation for real."""
    isolation = sandbox.probe(refresh=True)
    return Findings(
        fit=isolation.tier != "none",
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=sys.version.split()[0],
        packages={name: version(name) for name in PACKAGES},
        tier=isolation.tier,
        details=isolation.details,
        missing=isolation.missing,
    )
