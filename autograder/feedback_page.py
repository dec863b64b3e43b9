"""What stands on a feedback page: put together from verdict, release and the student's text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from autograder import pages
from autograder.outputs import ShownCell
from autograder.release import Release, ReleasedCell, solution_id
from autograder.score import shown_card
from autograder.verdict import ExerciseVerdict, Verdict

#: Points that a person gave, by student and ``grade_id``: for a written answer, or
#: instead of the automatic ones.
ManualScores = Mapping[tuple[str, str], float]

#: The tier of grades that were made without isolation.
_UNISOLATED = "none"


@dataclass(frozen=True)
class Notice:
    """Something that the reader has to know before the points."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of the table of points; ``score`` is None where there is none (yet)."""

    title: str
    score: float | None
    maximum: float
    status: str
    bonus: bool = False
    note: str = ""


@dataclass(frozen=True)
class Total:
    """A sum below the table of points."""

    title: str
    score: float | None
    maximum: float


@dataclass(frozen=True)
class Part:
    """An exercise: its card (HTML that the card has escaped) and what the student wrote.

    ``source`` is None where nothing is shown; ``remark`` may say why.
    """

    title: str
    card: Markup
    source: str | None = None
    remark: str = ""


@dataclass(frozen=True)
class WrittenAnswer:
    """A written question: the student's text, or a remark where there is none."""

    title: str
    text: str | None
    remark: str = ""


@dataclass(frozen=True)
class Ran:
    """What the notebook's cells display; ``lacking`` says why nobody knows, or nothing."""

    cells: tuple[ShownCell, ...]
    lacking: str = ""


@dataclass(frozen=True)
class Page:
    """All that stands on a feedback page, in its order."""

    student: str
    assignment: str
    notices: tuple[Notice, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    parts: tuple[Part, ...]
    answers: tuple[WrittenAnswer, ...]
    tier: str
    ran: Ran | None = None

    @property
    def waiting(self) -> bool:
        """Whether points of a person are still to come."""
        return any(line.status == "pending" for line in self.lines)


def html(page: Page) -> str:
    """The page as one HTML file."""
    return pages.render("feedback", page=page)


def page(
    verdict: Verdict,
    release: Release,
    work: Mapping[str, str],
    *,
    stale: str = "",
    manual: ManualScores | None = None,
    ran: Ran | None = None,
) -> Page:
    """Put together what the page of one verdict says.

    ``work`` is the text of cells by ``grade_id``; ``stale`` says why a later run left this
    older verdict standing; ``ran`` is what the notebook displays, where that was asked for.
    """
    lines = tuple(_lines(verdict, release, work, manual or {})) if verdict.exercises else ()
    return Page(
        student=verdict.student,
        assignment=verdict.assignment,
        notices=tuple(_notices(verdict, stale)),
        lines=lines,
        totals=_totals(lines),
        parts=tuple(_parts(verdict, release, work, manual or {})),
        answers=tuple(_answers(release, work)) if work else (),
        tier=verdict.tier if verdict.exercises else "",
        ran=ran,
    )


def _notices(verdict: Verdict, stale: str) -> Iterator[Notice]:
    if stale:
        yield Notice(
            "This page is about an earlier version of your work.",
            (
                f"A later one has no score: {stale}",
                "Your earlier points stand until it has one.",
            ),
        )
    if verdict.status == "unreadable":
        yield Notice(
            "Your file could not be read, so there is no score yet.",
            (
                # It ends with what to do; another instruction beside it would contradict it.
                f"What was found: {verdict.reason}.",
                "No score is not a zero.",
            ),
        )
    if verdict.status == "not judged":
        yield Notice(
            "The grader failed, so there is no final score yet.",
            (
                "This is a fault of the grader, not of your work, and costs no points.",
                "You need not do anything: your instructor sees it and grades again.",
                f"What happened: {verdict.reason}",
            ),
        )
    if verdict.tier == _UNISOLATED:
        yield Notice(
            "These points were made without isolation.",
            ("They are for trying the grader out, and are no grade.",),
        )


def _lines(
    verdict: Verdict, release: Release, work: Mapping[str, str], manual: ManualScores
) -> Iterator[Line]:
    for cell in release.cells:
        given = manual.get((verdict.student, cell.grade_id))
        if cell.kind == "autograded":
            yield _automatic_line(cell, verdict.exercise(cell.grade_id), given)
        elif cell.kind == "manual":
            yield _written_line(cell, given, answered=not work or _answered(cell, work))


def _automatic_line(cell: ReleasedCell, found: ExerciseVerdict | None, given: float | None) -> Line:
    notes = ["bonus"] if cell.is_bonus else []
    score = found.score(cell.maximum) if found else None
    if given is not None:
        score = given
        notes.append("points of a person")
    return Line(
        title=_title(cell, found),
        score=score,
        maximum=cell.maximum,
        status=_status(cell, found),
        bonus=cell.is_bonus,
        note=", ".join(notes),
    )


def _status(cell: ReleasedCell, found: ExerciseVerdict | None) -> str:
    if found is None:
        return "not judged"
    # Nothing is lost by what is wrong in an optional part.
    return "open" if cell.is_bonus and found.card.status == "failed" else found.card.status


def _written_line(cell: ReleasedCell, given: float | None, *, answered: bool) -> Line:
    title, note = _words(cell.grade_id), "read by a person"
    if given is not None:
        return Line(title, given, cell.points, "graded", note=note)
    if not answered:
        return Line(title, 0.0, cell.points, "not started", note=note)
    return Line(title, None, cell.points, "pending", note=note)


def _answered(cell: ReleasedCell, work: Mapping[str, str]) -> bool:
    return work.get(cell.grade_id, cell.source).strip() != cell.source.strip()


def _title(cell: ReleasedCell, found: ExerciseVerdict | None) -> str:
    """The function, and which part of it: ``max_pool_forward_naive, padding``."""
    function = found.card.function if found else cell.grade_id
    part = cell.grade_id.removeprefix(function).strip("_")
    return f"{function}, {_words(part)}" if part and part != cell.grade_id else cell.grade_id


def _words(name: str) -> str:
    return name.replace("_", " ")


def _totals(lines: tuple[Line, ...]) -> tuple[Total, ...]:
    """The sum of what is scored, and that of the bonus; None as soon as a line lacks a score."""
    if not lines:
        return ()
    required = [line for line in lines if not line.bonus and line.status != "pending"]
    bonus = [line for line in lines if line.bonus]
    waiting = any(line.status == "pending" for line in lines)
    totals = [_sum("Total so far" if waiting else "Total", required)]
    if bonus:
        totals.append(_sum("Bonus on top", bonus))
    return tuple(totals)


def _sum(title: str, lines: list[Line]) -> Total:
    scores = [line.score for line in lines if line.score is not None]
    whole = len(scores) == len(lines)
    return Total(title, sum(scores) if whole else None, sum(line.maximum for line in lines))


def _parts(
    verdict: Verdict, release: Release, work: Mapping[str, str], manual: ManualScores
) -> Iterator[Part]:
    told: set[str] = set()
    for cell in release.cells:
        found = verdict.exercise(cell.grade_id)
        if found is None:
            continue
        function = found.card.function
        solution = solution_id(function)
        source, remark = None, ""
        if function in told:
            remark = "It is the same function as above."
        elif solution in work:
            source = work[solution]
        elif work:
            remark = (
                f"The cell {solution} is no longer in your notebook; what was judged is the "
                f"function {function} as the other cells left it."
            )
        told.add(function)
        given = manual.get((verdict.student, cell.grade_id))
        card = shown_card(found, cell)
        if given is not None:
            card = replace(card, points=None)
        markup = Markup(card.html())  # noqa: S704 - a card escapes itself
        yield Part(_title(cell, found), markup, source, remark)


def _answers(release: Release, work: Mapping[str, str]) -> Iterator[WrittenAnswer]:
    for cell in release.cells:
        if cell.kind != "manual":
            continue
        title = _words(cell.grade_id)
        if cell.grade_id not in work:
            yield WrittenAnswer(title, None, "The question is no longer in your notebook.")
        elif not _answered(cell, work):
            yield WrittenAnswer(title, None, "You left it as it was given.")
        else:
            yield WrittenAnswer(title, work[cell.grade_id])
