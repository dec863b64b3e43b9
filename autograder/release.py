"""The released notebook, as a grader reads it: which cells are graded, and what was given.

A release is trusted: it is generated, tracked, and compared byte for byte with its
source.  Submissions are read elsewhere, with suspicion.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from autograder.course import Course
from autograder.errors import UsageError

#: The key of a notebook's metadata that holds the digest of the source it was made of.
DIGEST_KEY = "built_from"

#: What nbgrader does with a cell: scored by machine, scored by a person, written by the
#: student, or given and kept from being edited.
Kind = Literal["autograded", "manual", "solution", "locked"]


@dataclass(frozen=True)
class ReleasedCell:
    """A cell that nbgrader knows by a ``grade_id``.

    ``points`` is the maximum in the gradebook; ``bonus`` is what can be earned beyond it.
    Both are 0 for cells that are not graded.
    """

    grade_id: str
    kind: Kind
    points: float
    bonus: float
    source: str
    cell_type: Literal["code", "markdown"]

    @property
    def maximum(self) -> float:
        """The highest score that the cell can reach, in points."""
        return self.points + self.bonus

    @property
    def is_bonus(self) -> bool:
        """Whether it is a function's optional part: it can only add points."""
        return self.kind == "autograded" and self.points == 0


@dataclass(frozen=True)
class ReleasedCode:
    """A code cell as students get it, with its tags (``picture``, ``training`` ...)."""

    source: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Release:
    """All of a released notebook that grading needs, in the notebook's order.

    ``companions`` are the modules beside it, each with its source.  ``built_from`` is the
    digest of the file in ``solutions/`` that it was made of (see ``source_digest``); it is
    not a part of what is asked, which is known by this record's ``repr``.
    """

    assignment: str
    cells: tuple[ReleasedCell, ...]
    code: tuple[ReleasedCode, ...]
    companions: tuple[tuple[str, str], ...] = ()
    built_from: str = field(default="", repr=False)

    def cell(self, grade_id: str) -> ReleasedCell:
        """The cell of that ``grade_id``; raises ``UsageError`` if there is none."""
        for cell in self.cells:
            if cell.grade_id == grade_id:
                return cell
        raise UsageError(
            f"{self.assignment}: no cell {grade_id!r} in the released notebook; found "
            f"{', '.join(cell.grade_id for cell in self.cells)}; run 'autograder build'"
        )


def source_digest(text: str) -> str:
    """Identifies the text of a file in ``solutions/``, prose and all."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def solution_id(function: str) -> str:
    """The ``grade_id`` of the solution cell that defines ``function``."""
    return f"{function}_solution"


def read_release(course: Course, assignment: str) -> Release:
    """Read ``assignments/NN_topic/NN_topic.ipynb``.

    Raises ``UsageError`` if the file is missing or is not a notebook.
    """
    path = course.release_file(assignment)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"no released notebook {path}; expected one for each file in {course.solutions}; "
            "run 'autograder build'"
        ) from None
    try:
        release = _parse(assignment, text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is not a released notebook ({error!r}); run 'autograder build' to make it anew"
        ) from error
    beside = sorted(path.parent.glob("*.py"))
    modules = tuple((file.stem, file.read_text(encoding="utf-8")) for file in beside)
    return replace(release, companions=modules)


def released_cells(course: Course, assignment: str) -> tuple[ReleasedCell, ...]:
    """The nbgrader cells of the released notebook, in its order."""
    return read_release(course, assignment).cells


@lru_cache(maxsize=64)
def _parse(assignment: str, text: str) -> Release:
    notebook = json.loads(text)
    cells = []
    code = []
    for cell in notebook["cells"]:
        source = _joined(cell["source"])
        metadata = cell["metadata"]
        if cell["cell_type"] == "code":
            code.append(ReleasedCode(source, frozenset(metadata.get("tags", ()))))
        kind = _kind(metadata.get("nbgrader", {}))
        if kind is not None:
            cells.append(
                ReleasedCell(
                    grade_id=metadata["nbgrader"]["grade_id"],
                    kind=kind,
                    points=float(metadata["nbgrader"].get("points", 0)),
                    bonus=float(metadata.get("bonus", 0)),
                    source=source,
                    cell_type=cell["cell_type"],
                )
            )
    built_from = notebook.get("metadata", {}).get(DIGEST_KEY, {}).get("sha256", "")
    return Release(assignment, tuple(cells), tuple(code), built_from=built_from)


def _joined(source: str | list[str]) -> str:
    # The format allows one string as well as a list of lines.
    return source if isinstance(source, str) else "".join(source)


def _kind(nbgrader: Mapping[str, Any]) -> Kind | None:
    if nbgrader.get("grade"):
        return "manual" if nbgrader.get("solution") else "autograded"
    if nbgrader.get("solution"):
        return "solution"
    if nbgrader.get("locked"):
        return "locked"
    return None
