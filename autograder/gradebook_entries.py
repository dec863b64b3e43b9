"""What the gradebook should say of one cell of one student, given the verdict.

People's entries (manual scores, extra credit, comments of their own) are never touched.  A
score that is not there is never 0: it stays as it was, and the cell waits for a person.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from autograder import markdown_safety
from autograder.autograded import Standing
from autograder.release import ReleasedCell, solution_id
from autograder.verdict import ExerciseVerdict, Verdict, digest
from course_utils.card_content import about, telling

#: nbgrader's words for an answer that was left as it was given.
_NO_RESPONSE = "No response."


@dataclass(frozen=True)
class Grade:
    """What nbgrader holds for a graded cell: two scores, and whether a person is to look.

    ``seen`` is the digest of the written answer when it was last written here.
    """

    auto: float | None = None
    manual: float | None = None
    pending: bool = True
    seen: str = ""


def grade(cell: ReleasedCell, before: Grade, verdict: Verdict, standing: Standing) -> Grade:
    """The entry for a graded cell.

    ``verdict`` is that on the submission, ``standing`` the one whose scores count.
    """
    if cell.kind == "autograded":
        return _scored(cell, before, standing)
    return _answered(cell, before, verdict)


def _scored(cell: ReleasedCell, before: Grade, standing: Standing) -> Grade:
    found = standing.verdict.exercise(cell.grade_id)
    score = found.score(cell.maximum) if found else None
    doubtful = bool(standing.stale) or score is None
    if score is None:
        # A score that an earlier run wrote is kept.
        score = before.auto
    pending = doubtful if before.manual is None else before.pending or before.auto != score
    return replace(before, auto=score, pending=pending)


def _answered(cell: ReleasedCell, before: Grade, verdict: Verdict) -> Grade:
    """A written answer; one whose cell is gone counts as an empty one."""
    if verdict.written is None:
        return before
    given = verdict.written.get(cell.grade_id, digest(""))
    unanswered = _is_unanswered(cell, verdict)
    pending = not unanswered if before.manual is None else before.pending or given != before.seen
    return replace(before, auto=0.0 if unanswered else None, pending=pending, seen=given)


def _is_unanswered(cell: ReleasedCell, verdict: Verdict) -> bool:
    return (verdict.written or {}).get(cell.grade_id) == digest(cell.source)


def comment(
    cell: ReleasedCell,
    before: str | None,
    verdict: Verdict,
    standing: Standing,
    bonus: Collection[str],
) -> str | None:
    """nbgrader's automatic comment on a solution cell; ``bonus`` names optional exercises."""
    if cell.kind == "manual":
        if verdict.written is None:
            return before
        return _NO_RESPONSE if _is_unanswered(cell, verdict) else None
    found = [
        exercise
        for exercise in standing.verdict.exercises
        if cell.grade_id == solution_id(exercise.card.function)
    ]
    if not found and standing.verdict.status != "judged":
        return before
    lines = (_line(exercise, is_bonus=exercise.exercise in bonus) for exercise in found)
    return "\n\n".join(filter(None, lines)) or None


def _line(exercise: ExerciseVerdict, *, is_bonus: bool) -> str:
    """What failed, in one line; empty if nothing did."""
    card = exercise.card
    if card.status == "passed":
        return ""
    if card.status == "not started":
        return f"{exercise.exercise}: not started."
    if card.status == "not judged":
        return f"{exercise.exercise}: could not be judged; this costs no points."
    # The reason may quote the submission, and nbgrader renders comments as markdown.
    if card.reason and markdown_safety.harmless(card.reason) == card.reason:
        return f"{about(exercise.exercise, card.reason)}."
    titles = "; ".join(check.title for check in telling(card))
    failed = sum(check.status == "failed" for check in card.checks)
    total = len(card.checks)
    if is_bonus:
        passed = f"{total - failed} of {total} checks passed"
        return f"{exercise.exercise} (bonus): {passed}; open: {titles}."
    return f"{exercise.exercise}: {failed} of {total} checks failed: {titles}."
