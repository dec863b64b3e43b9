"""What a grading session found, submission by submission, and how it is shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from autograder.release import Release
from autograder.sandbox import Isolation
from autograder.score import Score, score, state
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_content import about, in_a_line

#: A larger class is shown by what needs a look.
LARGEST_TABLE: Final = 200
#: States that a person has to look at.
_WANTING: Final = ("not judged", "unreadable")


@dataclass(frozen=True)
class Line:
    """One submission: all that is shown of its verdict.

    ``found`` is the first thing that went wrong, ``exercises`` the status and the earned
    share of each, by name.
    """

    student: str
    status: str
    reason: str
    found: str
    score: Score | None
    exercises: Mapping[str, tuple[str, float | None]]

    @classmethod
    def of(cls, verdict: Verdict, release: Release) -> "Line":
        """The line of a verdict, with the points of the release."""
        return cls(
            verdict.student,
            state(verdict, release),
            verdict.reason,
            summary(verdict, release),
            score(verdict, release),
            {e.exercise: (e.card.status, e.share) for e in verdict.exercises},
        )

    @property
    def points(self) -> str:
        """Points as text; a dash where there are none."""
        if self.score is None:
            return "–"
        points, bonus = self.score.points, self.score.bonus
        return f"{points:g} + {bonus:g}" if bonus else f"{points:g}"

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "student": self.student,
            "status": self.status,
            "reason": self.reason,
            "found": self.found,
            "score": self.score.points if self.score else None,
            "bonus": self.score.bonus if self.score else None,
            "exercises": {
                name: {"status": status, "share": share}
                for name, (status, share) in self.exercises.items()
            },
        }


@dataclass(frozen=True)
class Outcome:
    """What a session did: a line for every submission, sorted by student.

    ``unchanged`` of them had been judged before and were not judged again; ``gone`` are
    students with a kept verdict whose submission is no longer there; ``left`` is how many
    were not reached before an interrupt; ``unwritten`` says of whom no notebook could be
    written, and why.  ``forced``: what had not changed was judged, too.
    """

    release: Release
    lines: tuple[Line, ...]
    isolation: Isolation
    unchanged: int = 0
    gone: tuple[str, ...] = ()
    left: int = 0
    unwritten: tuple[str, ...] = ()
    forced: bool = False

    @property
    def not_judged(self) -> int:
        """How many could not be judged through a fault of ours."""
        return sum(line.status == "not judged" for line in self.lines)

    @property
    def complete(self) -> bool:
        """Whether everything was judged and written."""
        return not (self.not_judged or self.left or self.unwritten)

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "assignment": self.release.assignment,
            "isolation": self.isolation.tier,
            "unchanged": self.unchanged,
            "gone": list(self.gone),
            "left": self.left,
            "unwritten": list(self.unwritten),
            "submissions": [line.data() for line in self.lines],
        }

    def show(self, console: Console | None = None) -> None:
        """Print a table of the class, and what else there is to say."""
        console = console or terminal()
        lines: Sequence[Line] = self.lines
        if len(lines) > LARGEST_TABLE:
            lines = [line for line in lines if line.status in _WANTING]
        if lines:
            console.print(self._table(lines))
        if len(lines) < len(self.lines):
            console.print(
                f"{len(self.lines)} submissions; 'autograder export' lists all of their grades"
            )
        for sentence in self._sentences():
            console.print(sentence)

    def _table(self, lines: Sequence[Line]) -> Table:
        maximum = sum(c.points for c in self.release.cells if c.kind == "autograded")
        table = Table(title=f"{self.release.assignment} (isolation: {self.isolation.tier})")
        table.add_column("student", no_wrap=True)
        table.add_column(f"points of {maximum:g}", justify="right")
        table.add_column("status")
        table.add_column("what was found", overflow="fold")
        for line in lines:
            table.add_row(plain(line.student), line.points, line.status, plain(line.found))
        return table

    def _sentences(self) -> list[str]:
        counts = Counter(line.status for line in self.lines)
        told = [", ".join(f"{number} {status}" for status, number in counts.most_common())]
        judged = len(self.lines) - self.unchanged
        told.append(f"judged now: {judged}, unchanged since they were judged: {self.unchanged}")
        if self.gone:
            names = ", ".join(map(plain, self.gone[:10])) + (" ..." if len(self.gone) > 10 else "")
            told.append(
                f"no longer handed in, their older verdict is kept: {len(self.gone)} ({names})"
            )
        told += [f"no notebook was written for {plain(sentence)}" for sentence in self.unwritten]
        if self.left:
            how = "again without --force" if self.forced else "again"
            told.append(f"interrupted: {self.left} are left; run the command {how} to go on")
        return told


def terminal() -> Console:
    """Where tables go: the terminal, or text wide enough to be read in a file."""
    console = Console()
    return console if console.is_terminal else Console(width=110)


def summary(verdict: Verdict, release: Release) -> str:
    """The first thing that went wrong, in one line, and what else did."""
    if verdict.reason:
        return verdict.reason
    failed = [found for found in verdict.exercises if found.card.status == "failed"]
    bonus = {cell.grade_id for cell in release.cells if cell.is_bonus}
    required = [found for found in failed if found.exercise not in bonus]
    if not required:
        return f"bonus open: {_names(failed)}" if failed else ""
    first, *others = required
    text = about(first.card.function, in_a_line(first.card))
    return f"{text}; failed, too: {_names(others)}" if others else text


def _names(exercises: Sequence[ExerciseVerdict]) -> str:
    return ", ".join(found.exercise for found in exercises)


def plain(text: str) -> str:
    """Text from outside, without control characters and rich markup."""
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean.replace("[", "\\[")
