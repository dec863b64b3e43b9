"""The autograded notebook: what formgrader and nbgrader's feedback show of a submission.

It is the released notebook with the student's work in it and the verdict below each
check, and it is made here, not taken from the student:

- cells that nbgrader knows, but the student's solutions and written answers, are as
  released, whatever became of them in the submission: text, points, flags, ids;
- the student's solutions, answers and own cells stand in the student's order, and of a
  copied cell the last counts, as it does for the grade;
- nothing else of the submission is left: no output, no metadata, no other file, and text
  that a page would render is made harmless first.

``autograder grade`` writes these notebooks, and the preprocessors of ``nbgrader autograde``
return the same ones.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import markdown_safety, notebook_text
from autograder import submission as submissions
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.release import Release
from autograder.score import shown_card
from autograder.store import DamagedVerdictError, VerdictStore
from autograder.submission import NotebookCell, UnreadableError
from autograder.verdict import Verdict
from course_utils.report_card import ReportCard

#: nbgrader's file beside a notebook that says when it was handed in.
TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200

#: Characters of a code cell that are shown, and of all of a student's markdown together.
LONGEST_CODE = 100_000
MOST_MARKDOWN = 100_000

#: nbgrader's own permission for autograded files: they are generated.
_READ_ONLY = 0o444
#: How the name of a file begins that is not whole yet.
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Standing:
    """The verdict that counts for a student, and why a later submission did not replace it."""

    verdict: Verdict
    stale: str = ""


def standing(course: Course, verdict: Verdict) -> Standing:
    """The verdict that counts after ``verdict`` was found.

    A verdict without a score leaves an earlier one standing that has a score.
    """
    if verdict.status != "judged" and course.verdicts.is_file():
        try:
            kept = VerdictStore(course.verdicts).get(verdict.student, verdict.assignment)
        except DamagedVerdictError:
            kept = None
        if kept is not None and kept.status == "judged":
            return Standing(kept, verdict.reason or verdict.status)
    return Standing(verdict)


def write(course: Course, release: Release, student: str, folder: Path, verdict: Verdict) -> Path:
    """Write ``autograded/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb`` in one step, and return its path.

    ``folder`` is the student's submission folder.  Raises UsageError if ``student`` cannot
    be the name of a folder, JudgingUnfitError when the disk does not take the file; an older
    one is left as it was then.
    """
    if student in ("", "..") or Path(student).name != student:
        raise UsageError(f"the student {student!r} cannot have a folder; expected a plain name")
    path = course.autograded / student / release.assignment / f"{release.assignment}.ipynb"
    given = _released_texts(course, release.assignment)
    cells = _cells(course, release, student, folder, verdict, given.notebook)
    text = notebook_text.of_notebook(given.notebook, map(given.text, cells))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # What a process left that was killed while it wrote: nobody else writes here now.
        for left in path.parent.glob(f"{_UNFINISHED}*"):
            left.unlink(missing_ok=True)
        _replace(path, text)
        write_timestamp(folder, path.parent)
    except OSError as error:
        raise JudgingUnfitError(
            f"the notebook {path} cannot be written ({error.strerror}); the verdicts are safe in "
            f"{course.verdicts}; free the disk or mend the folder, then run the command again"
        ) from error
    return path


def build(
    course: Course, release: Release, student: str, folder: Path, verdict: Verdict | None
) -> NotebookNode:
    """The autograded notebook (format 4.5); without a ``verdict``, one that waits for it."""
    given = released_notebook(course, release.assignment)
    cells = _cells(course, release, student, folder, verdict, given)
    return node(**{**given, "cells": cells})


def _cells(
    course: Course,
    release: Release,
    student: str,
    folder: Path,
    verdict: Verdict | None,
    given: NotebookNode,
) -> list[NotebookNode]:
    """The cells of the autograded notebook; those that are as ``given`` are the same objects."""
    try:
        submitted = _submitted_cells(folder, student, release)
    except UnreadableError:
        submitted = []
    cells = list(_Merge(given, submitted).merged())
    if verdict is None:
        return cells
    found = standing(course, verdict)
    # As the store gives it back, so that a later run writes the same bytes.
    kept = Verdict.from_json(found.verdict.to_json())
    shown = [_with_card(cell, release, kept) for cell in cells]
    notice = _notice(found, verdict)
    return [_markdown_cell("outcome", notice), *shown] if notice else shown


def released_notebook(course: Course, assignment: str) -> NotebookNode:
    """The released notebook, whole; not to be changed.  ``read_release`` has found it to be one."""
    return _released_texts(course, assignment).notebook


class _Released:
    """A released notebook, and the texts of its cells."""

    def __init__(self, text: str) -> None:
        self.notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        self._texts = {id(cell): notebook_text.of_cell(cell) for cell in self.notebook.cells}

    def text(self, cell: NotebookNode) -> str:
        """The text of any cell; that of a released one is known."""
        return self._texts.get(id(cell)) or notebook_text.of_cell(cell)


def _released_texts(course: Course, assignment: str) -> _Released:
    return _read(course.release_file(assignment).read_text(encoding="utf-8"))


_read = lru_cache(maxsize=16)(_Released)


def read_timestamp(folder: Path) -> str:
    """The text of ``timestamp.txt`` in a submission folder; empty if there is no such file."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(folder / TIMESTAMP, flags), "rb") as file:
            data = file.read(_LONGEST_TIMESTAMP) or b""
    except OSError:
        return ""
    return data.decode("ascii", "replace").strip()


def write_timestamp(folder: Path, to: Path) -> None:
    """Leave in ``to`` the timestamp of the submission in ``folder``, as nbgrader does."""
    text = read_timestamp(folder)
    if text:
        _replace(to / TIMESTAMP, text + "\n")
    else:
        (to / TIMESTAMP).unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_READ_ONLY)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _submitted_cells(folder: Path, student: str, release: Release) -> Sequence[NotebookCell]:
    """The cells of the submission.  Raises UnreadableError where grading would."""
    try:
        path = submissions.submission_file(folder, release.assignment)
        submissions.read_submission(path, student, release)
        return submissions.read_cells(path)
    except OSError as error:
        raise UnreadableError(str(error)) from error


class _Merge:
    """Puts submitted cells into the released notebook."""

    def __init__(self, given: NotebookNode, cells: Sequence[NotebookCell]) -> None:
        self._given = given.cells
        self._cells = cells
        self._place_of = self._matched()
        self._ids = {cell.id for cell in self._given}
        self._reserved = {
            f"{name}{ending}"
            for name in filter(None, map(_released_id, self._given))
            for ending in ("", "_extra_credit", "-comment")
        }
        self._room = MOST_MARKDOWN

    def merged(self) -> Iterator[NotebookNode]:
        """The cells of the autograded notebook, in order; those as released are not copied."""
        for place, cell in self._order():
            if place is None:
                assert cell is not None
                yield self._own(cell)
            else:
                yield self._released(self._given[place], cell)

    def _matched(self) -> dict[int, int]:
        """Which released cell each submitted one is, by position: each at most once.

        A cell is known by its grade_id, else by its id, else by its text.
        """
        found: dict[int, int] = {}
        taken: set[int] = set()
        for submitted, given, last in (
            ([c.grade_id for c in self._cells], [_released_id(c) for c in self._given], True),
            ([c.id for c in self._cells], [c.id for c in self._given], False),
            (
                [c.source.strip() for c in self._cells],
                [c.source.strip() for c in self._given],
                False,
            ),
        ):
            places = {key: place for place, key in enumerate(given) if key and place not in taken}
            positions = range(len(submitted))
            for position in reversed(positions) if last else positions:
                place = places.get(submitted[position])
                if place is None or place in taken or position in found:
                    continue
                if self._cells[position].cell_type == self._given[place].cell_type:
                    found[position] = place
                    taken.add(place)
        return found

    def _order(self) -> list[tuple[int | None, NotebookCell | None]]:
        """(place in the release, submitted cell) in the student's order, gaps filled."""
        order: list[tuple[int | None, NotebookCell | None]] = [
            (self._place_of.get(position), cell) for position, cell in enumerate(self._cells)
        ]
        present = set(self._place_of.values())
        for place, cell in enumerate(self._given):
            # A given code cell that the student deleted was not run: it stays away.
            if place in present or (self._cells and _is_plain_code(cell)):
                continue
            earlier = [at for at, (known, _) in enumerate(order) if known in range(place)]
            nearest = max(earlier, key=lambda at: order[at][0] or 0) if earlier else -1
            order.insert(nearest + 1, (place, None))
        return order

    def _released(self, given: NotebookNode, cell: NotebookCell | None) -> NotebookNode:
        if cell is None or not _is_editable(given) or cell.source == given.source:
            return given
        made = deepcopy(given)
        if cell.cell_type == "code":
            made.source = _shortened(cell.source)
        else:
            made.source, attachments = self._harmless(cell)
            if attachments:
                made.attachments = attachments
        return made

    def _own(self, cell: NotebookCell) -> NotebookNode:
        number = 1
        while (name := f"own-{number}") in self._ids:
            number += 1
        self._ids.add(name)
        if cell.cell_type == "code":
            return _code_cell(name, _shortened(cell.source))
        source, attachments = self._harmless(cell)
        made = _markdown_cell(name, source)
        if attachments:
            made.attachments = attachments
        return made

    def _harmless(self, cell: NotebookCell) -> tuple[str, Mapping[str, Any]]:
        if len(cell.source) > self._room:
            return "[The text of this cell is left out: the notebook holds too much of it.]", {}
        self._room -= len(cell.source)
        kept = markdown_safety.pictures(cell.attachments)
        text = markdown_safety.harmless(cell.source, kept, self._reserved)
        return text, {name: bundle for name, bundle in kept.items() if name in text}


def _released_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _is_editable(cell: NotebookNode) -> bool:
    """Whether the student's text counts: solutions, answers, and what nbgrader does not know."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return not _released_id(cell) or bool(nbgrader.get("solution"))


def _is_plain_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not _released_id(cell)


def _shortened(source: str) -> str:
    if len(source) <= LONGEST_CODE:
        return source
    left_out = len(source) - LONGEST_CODE
    return f"{source[:LONGEST_CODE]}\n# [... {left_out} characters left out]"


def _with_card(cell: NotebookNode, release: Release, verdict: Verdict) -> NotebookNode:
    """The cell; if it is an exercise's grade cell, with the exercise's card as its output."""
    exercise = verdict.exercise(_released_id(cell))
    if exercise is None or cell.cell_type != "code":
        return cell
    card = shown_card(exercise, release.cell(exercise.exercise))
    return node(**{**cell, "outputs": [_output(card)]})


def _code_cell(name: str, source: str) -> NotebookNode:
    return node(
        cell_type="code", execution_count=None, id=name, metadata={}, outputs=[], source=source
    )


def _markdown_cell(name: str, source: str) -> NotebookNode:
    return node(cell_type="markdown", id=name, metadata={}, source=source)


def _output(card: ReportCard) -> NotebookNode:
    return node(output_type="display_data", data=card._repr_mimebundle_(), metadata={})


def node(**fields: Any) -> NotebookNode:
    """A notebook, a cell or an output with these fields."""
    made: NotebookNode = nbformat.from_dict(fields)  # type: ignore[no-untyped-call]
    return made


def _notice(found: Standing, verdict: Verdict | None) -> str:
    """What a reader has to know first; nbgrader's pages show a missing score as 0."""
    if verdict is None or verdict.status == "judged":
        return ""
    reason = markdown_safety.inline(verdict.reason)
    if verdict.status == "unreadable":
        what = f"**The submission could not be read:** {reason}"
    else:
        what = f"**The grader failed:** {reason}. This is no fault of the submission."
    if found.stale:
        return f"{what}\n\nThe scores on this page are those of an earlier submission."
    return f"{what}\n\nWhere this page shows a score of 0, it stands for *no score yet*."
