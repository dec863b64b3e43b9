"""Errors whose message is written for the person at the command line.

Each message says in one line what was found, what was expected, and what to do, and
each class carries the exit code that the command ends with.
"""

from collections.abc import Sequence
from typing import ClassVar


class UsageError(Exception):
    """The request cannot be carried out as it was made (exit code 2).

    Catch this class alone: the ones below derive from it and bring their own
    ``exit_code``.
    """

    exit_code: ClassVar[int] = 2


class RefusedError(UsageError):
    """A check of the course's own files failed (exit code 1).

    ``findings`` are the faults, one line each; the message is ``summary`` followed by
    them.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, summary: str, findings: Sequence[str] = ()) -> None:
        super().__init__("\n".join([summary, *findings]))
        self.summary = summary
        self.findings = tuple(findings)


class JudgingUnfitError(UsageError):
    """Something could not be judged, or this machine is unfit to judge (exit code 3)."""

    exit_code: ClassVar[int] = 3
