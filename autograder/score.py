"""The points and the state of a whole submission, from its verdict and the release's points."""

from dataclasses import dataclass

from autograder.release import Release
from autograder.verdict import Verdict


@dataclass(frozen=True)
class Score:
    """Automatic points, and those of optional parts, which count beyond the maximum."""

    points: float
    bonus: float


def score(verdict: Verdict, release: Release) -> Score | None:
    """The automatic points of a verdict; None when it has no score."""
    if verdict.status != "judged":
        return None
    points = bonus = 0.0
    for found in verdict.exercises:
        cell = release.cell(found.exercise)
        earned = found.score(cell.maximum) or 0.0
        points += min(earned, cell.points)
        bonus += max(earned - cell.points, 0.0)
    return Score(round(points, 2), round(bonus, 2))


def state(verdict: Verdict, release: Release) -> str:
    """One word or two: passed, failed, not started, not judged, unreadable.

    Passed when every required exercise is, not started when none of them is; optional
    parts change neither.
    """
    if verdict.status != "judged":
        return verdict.status
    required = {cell.grade_id for cell in release.cells if cell.points > 0}
    states = {found.card.status for found in verdict.exercises if found.exercise in required}
    if len(states) == 1 and states <= {"passed", "not started"}:
        return states.pop()
    return "failed"
