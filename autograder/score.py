"""The points and the state of a whole submission, from its verdict and the release's points."""

from dataclasses import dataclass, replace

from autograder.release import Release, ReleasedCell
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.report_card import ReportCard


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


def shown_card(found: ExerciseVerdict, cell: ReleasedCell) -> ReportCard:
    """The card of an exercise as students see it: with its points, and told if it is optional."""
    earned = found.score(cell.maximum)
    points = None if earned is None else (earned, cell.maximum)
    return replace(found.card, points=points, optional=cell.is_bonus)


def state(verdict: Verdict, release: Release) -> str:
    """One word or two: passed, failed, not started, not judged, unreadable.

    Passed when every required exercise is, not started when none of them is; optional
    parts change neither.
    """
    if verdict.status != "judged":
        return verdict.status
    required = {c.grade_id for c in release.cells if c.kind == "autograded" and not c.is_bonus}
    states = {found.card.status for found in verdict.exercises if found.exercise in required}
    if len(states) == 1 and states <= {"passed", "not started"}:
        return states.pop()
    return "failed"
