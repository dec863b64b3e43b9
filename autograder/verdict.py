"""The verdict on one submission: what every later stage reads, and nothing else."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal, get_args

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
        return self._json

    @cached_property
    def _json(self) -> str:
        # Made once, by whoever judged: it goes along to whoever stores it.
        data = asdict(replace(self, exercises=()))
        data["exercises"] = [
            {"exercise": e.exercise, "share": e.share, "card": e.card.data()}
            for e in self.exercises
        ]
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: object) -> "Verdict":
        """The inverse of ``to_json``.

        Raises ValueError for anything that it does not write: half a verdict is none.
        """
        if not isinstance(text, str):
            raise ValueError(f"it is no text but {type(text).__name__}")  # noqa: TRY004 - as above
        try:
            data = json.loads(text)
            exercises = tuple(map(_exercise, data.pop("exercises")))
            verdict = cls(**data, exercises=exercises)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"it is no verdict: {error!r}") from error
        words = (getattr(verdict, field.name) for field in fields(cls) if field.type is str)
        if verdict.status not in get_args(VerdictStatus) or not all(map(_is_text, words)):
            raise ValueError("a field of it is of another kind")
        if not (verdict.written is None or _is_text_by_text(verdict.written)):
            raise ValueError("a field of it is of another kind")
        return verdict


def _exercise(data: dict[str, Any]) -> ExerciseVerdict:
    share = data["share"]
    number = isinstance(share, int | float) and not isinstance(share, bool)
    if not _is_text(data["exercise"]) or not (share is None or (number and 0 <= share <= 1)):
        raise ValueError(f"a share from 0 to 1 is {share!r}")
    return ExerciseVerdict(data["exercise"], share, from_data(data["card"]))


def _is_text_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, [*value, *value.values()]))


def _is_text(value: object) -> bool:
    return isinstance(value, str)
