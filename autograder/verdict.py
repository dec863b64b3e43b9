"""The verdict on one submission: what every later stage reads, and nothing else."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from course_utils.report_card import ReportCard, from_data

VerdictStatus = Literal["judged", "not judged", "unreadable"]


def digest(answer: str) -> str:
    """What stands for a written answer (SHA-256, hexadecimal); white space around it is nothing."""
    return hashlib.sha256(answer.strip().encode()).hexdigest()


@dataclass(frozen=True)
class ExerciseVerdict:
    """What was found on one exercise.

    ``exercise`` is the ``grade_id`` of its grade cell.  ``share`` is the earned share of
    its points, from 0 to 1; None when it could not be judged.
    """

    exercise: str
    share: float | None
    card: ReportCard

    def score(self, maximum: float) -> float | None:
        """Points out of ``maximum``, to a hundredth; None when it could not be judged."""
        return None if self.share is None else round(self.share * maximum, 2)


@dataclass(frozen=True)
class Verdict:
    """The outcome for one student's submission to one assignment.

    ``unreadable`` and ``not judged`` carry a ``reason`` and have no score: the first is a
    fault of the file, the second of the grader.  ``key`` identifies what was judged
    (submission, exercises, tier); ``seed`` (hexadecimal) made the hidden cases; ``tier``
    names the isolation that held.  ``written`` has a digest of each written answer, by
    ``grade_id``: which of them are new, or are still as they were given, is all that the
    gradebook wants to know.  It is None where nothing could be read.
    """

    student: str
    assignment: str
    status: VerdictStatus
    exercises: tuple[ExerciseVerdict, ...] = ()
    reason: str = ""
    key: str = ""
    seed: str = ""
    tier: str = ""
    written: Mapping[str, str] | None = None

    def exercise(self, name: str) -> ExerciseVerdict | None:
        """The verdict on one exercise, if there is one."""
        return next((e for e in self.exercises if e.exercise == name), None)

    def to_json(self) -> str:
        """One line of JSON."""
        data = asdict(replace(self, exercises=()))
        data["exercises"] = [
            {"exercise": e.exercise, "share": e.share, "card": e.card.data()}
            for e in self.exercises
        ]
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        """The inverse of ``to_json``."""
        data: dict[str, Any] = json.loads(text)
        exercises = tuple(
            ExerciseVerdict(e["exercise"], e["share"], from_data(e["card"]))
            for e in data.pop("exercises")
        )
        return cls(**data, exercises=exercises)
