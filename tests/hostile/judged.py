"""A class of attackers after it was graded, and what came of it."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from attacks import Attack
from classroom import FUNCTIONS, NAME, PRIVATE, Classroom, grader_unchanged
from rich.console import Console

from autograder import class_report, export, feedback, session
from autograder.release import read_release
from autograder.sandbox import Isolation, Limits
from autograder.store import VerdictStore
from autograder.verdict import Verdict

#: Nobody waits long for an attack; the honest need a hundredth of it.
LIMITS = Limits(
    call_cpu_seconds=0.3,
    cell_cpu_seconds=0.6,
    cell_wall_seconds=2.0,
    call_wall_factor=8.0,
    total_wall_seconds=12.0,
)


@dataclass(frozen=True)
class Judged:
    """The verdicts by student, and what was found outside of them.

    ``way`` says how the class was graded, ``unit`` what several such ways are called.
    ``harm`` are things that are not as they were; ``leaked`` places in which a marker was
    found.
    """

    way: str
    unit: str
    classroom: Classroom
    verdicts: Mapping[str, Verdict]
    harm: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)

    def of(self, attack: Attack) -> Verdict:
        """The verdict on the submission that holds this attack."""
        return self.verdicts[self._student(attack)]

    def next_to(self, attack: Attack) -> Verdict:
        """The verdict on the honest submission behind it."""
        return self.verdicts[self._student(attack).replace("attacks", "honest")]

    def _student(self, attack: Attack) -> str:
        return next(s.student for s in self.classroom.seats if attack in s.attacks)

    def points(self, attack: Attack) -> float:
        """What the submission with this attack has earned; no score is no points."""
        release = read_release(self.classroom.course, NAME)
        maximum = {cell.grade_id: cell.maximum for cell in release.cells}
        earned = self.of(attack).exercises
        return sum((found.share or 0.0) * maximum[found.exercise] for found in earned)

    def seen(self, attack: Attack) -> str:
        """What the card of the second function says of it."""
        verdict = self.of(attack)
        found = verdict.exercise(FUNCTIONS[1])
        if found is None:
            return verdict.reason
        card = found.card
        told = [verdict.reason, card.reason, card.status, *(c.message for c in card.checks)]
        if not self._alone(attack):
            lines = [line for line in card.printed.split("\n") if line.startswith(attack.tries)]
            return "\n".join(lines)
        return "\n".join([*told, *card.diagnosis, card.printed])

    def _alone(self, attack: Attack) -> bool:
        return any(seat.attacks == (attack,) for seat in self.classroom.seats)

    def forged(self, attack: Attack) -> float:
        """Points beyond what the submission may earn."""
        return max(0.0, self.points(attack) - attack.points)

    def unaffected(self, attack: Attack) -> bool:
        """Tell whether the honest submission behind it is judged like the first of all."""
        first, after = self.verdicts[PRIVATE], self.next_to(attack)
        return (
            after.status == "judged"
            and [found.share for found in after.exercises] == [1.0, 1.0]
            and [found.card for found in after.exercises]
            == [found.card for found in first.exercises]
        )

    def summary(self, attacks: tuple[Attack, ...]) -> dict[str, object]:
        """The figures of the closing line."""
        return {
            "way": self.way,
            "unit": self.unit,
            "attacks": len(attacks),
            "forged": sum(map(self.forged, attacks)),
            "leaked": sum(
                len(marker) * sum(found.startswith(f"{place} in ") for found in self.leaked)
                for place, marker in self.classroom.markers.items()
            ),
            "affected": sum(not self.unaffected(attack) for attack in attacks),
        }


@contextmanager
def _said_to(descriptor: int) -> Iterator[None]:
    """Send to ``descriptor`` what this process and those that it starts say and log."""
    kept = [os.dup(number) for number in (1, 2)]
    handler = logging.StreamHandler(os.fdopen(os.dup(descriptor), "w", encoding="utf-8"))
    logging.getLogger().addHandler(handler)
    try:
        for number in (1, 2):
            os.dup2(descriptor, number)
        yield
    finally:
        for number, saved in zip((1, 2), kept, strict=True):
            os.dup2(saved, number)
            os.close(saved)
        logging.getLogger().removeHandler(handler)
        handler.stream.close()


def graded_directly(room: Classroom, isolation: Isolation, patch: pytest.MonkeyPatch) -> Judged:
    """Grade the class as ``autograder grade`` does, and write all that it may write."""
    patch.setenv("HOSTILE", room.markers["environment"])
    course, said = room.course, room.course.root / "said.log"
    with said.open("ab") as file, _said_to(file.fileno()), grader_unchanged() as changed:
        outcome = session.grade(course, NAME, isolation=isolation, limits=LIMITS, quiet=True)
    release = outcome.release
    store = VerdictStore(course.verdicts)
    feedback.write_pages(course, release, store)
    report = class_report.report(course, NAME, store)
    class_report.write_html(report, course.root / "report.html")
    export.write_csv(export.rows(course, release, store), course.root / "grades.csv")
    with said.open("a", encoding="utf-8") as file:
        outcome.show(Console(file=file, width=110))
        file.write(report.text() + json.dumps(outcome.data()))
    verdicts = {verdict.student: verdict for verdict, _ in store.all(NAME)}
    return Judged(isolation.tier, "tiers", room, verdicts, room.harm() + changed, room.leaked())


#: Put behind the course's own settings: nobody waits for attacks longer than LIMITS says.
SETTINGS = f"""
from autograder import batch, sandbox
batch.Limits = lambda: sandbox.{LIMITS!r}
"""


def graded_by_nbgrader(
    way: str, room: Classroom, grade: Callable[[Mapping[str, str]], None]
) -> Judged:
    """Grade the class by ``grade``, which is given the environment to do it in.

    What it says it leaves in ``said.log`` of the course.
    """
    course = room.course
    settings = course.config.read_text(encoding="utf-8")
    course.config.write_text(settings + SETTINGS, encoding="utf-8")
    room.look()
    grade({**os.environ, "PATH": "/usr/bin:/bin", "HOSTILE": room.markers["environment"]})
    store = VerdictStore(course.verdicts)
    verdicts = {verdict.student: verdict for verdict, _ in store.all(NAME)}
    return Judged(way, "ways of nbgrader", room, verdicts, room.harm(), room.leaked())
