"""Any notebook file → a Submission, or the reason why it cannot be read.

Nothing here trusts the file: its size, its encoding, its JSON, the types of its fields.
"""

import hashlib
import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeGuard

import nbformat

from autograder.release import Release

#: The largest notebook that is read.  Ours are under 2 MB with all pictures drawn.
LARGEST_FILE = 50_000_000
MOST_CELLS = 5_000
#: Lists and objects in the JSON: a few bytes of text each, but a hundred in memory.
MOST_PARTS = 1_000_000


class UnreadableError(Exception):
    """The file cannot be read as a submission; the message is the reason, for its author."""


@dataclass(frozen=True)
class NotebookCell:
    """A cell of any notebook file; whatever is not code counts as markdown.

    ``grade_id`` is its nbgrader id and ``id`` its own, each empty if it has none that is a
    text.  ``attachments`` are as found, of any type.
    """

    cell_type: Literal["code", "markdown"]
    source: str
    grade_id: str = ""
    id: str = ""
    attachments: object = None


@dataclass(frozen=True)
class SubmittedCell:
    """A code cell as submitted.  ``grade_id`` is its nbgrader id, or empty."""

    source: str
    grade_id: str = ""


@dataclass(frozen=True)
class Submission:
    """What a student handed in for one assignment: code cells in order, and written answers.

    ``written`` maps the ``grade_id`` of manually graded cells to their text.
    """

    student: str
    assignment: str
    code: tuple[SubmittedCell, ...]
    written: tuple[tuple[str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash of everything that can change the outcome (SHA-256, hexadecimal)."""
        text = json.dumps([self.assignment, [(c.source, c.grade_id) for c in self.code]])
        return hashlib.sha256(text.encode()).hexdigest()

    def position(self, grade_id: str) -> int | None:
        """Index of the code cell with this id; the last one where it was copied."""
        found = [i for i, cell in enumerate(self.code) if cell.grade_id == grade_id]
        return found[-1] if found else None


def submission_file(folder: Path, assignment: str) -> Path:
    """The notebook in a student's submission folder.

    Raises UnreadableError when it is missing or is not a plain file in a plain folder.
    """
    path = folder / f"{assignment}.ipynb"
    for link in (folder.parent, folder, path):
        if link.is_symlink():
            raise UnreadableError(
                f"{_shown(link.name)} is a link; expected the notebook itself; submit a copy of "
                "the file"
            )
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        others = sorted(p.name for p in folder.glob("*.ipynb")) if folder.is_dir() else []
        if not others:
            raise UnreadableError(f"found no notebook; expected {path.name}; submit it") from None
        raise UnreadableError(
            f"found {', '.join(map(_shown, others[:3]))}; expected {path.name}; give the notebook "
            "that name and submit it again"
        ) from None
    except OSError as error:
        raise UnreadableError(
            f"the folder cannot be read ({error.strerror}); expected a folder with {path.name} in "
            "it; submit it again"
        ) from error
    return path


def read_submission(path: Path, student: str, release: Release) -> Submission:
    """Read a submitted notebook file.

    Raises UnreadableError with the reason when it is too large, no JSON, no notebook, or
    the notebook of another assignment.
    """
    code, written = [], []
    known = {cell.grade_id for cell in release.cells}
    seen = set()
    for cell in read_cells(path):
        seen.add(cell.grade_id)
        if cell.cell_type == "code":
            code.append(SubmittedCell(cell.source, cell.grade_id))
        elif cell.grade_id in known:
            written.append((cell.grade_id, cell.source))
    seen.discard("")
    if seen and not seen & known:
        raise UnreadableError(
            f"this is the notebook of another assignment (it has {_shown(min(seen))}); expected "
            f"{release.assignment}; submit the notebook that was released for it"
        )
    return Submission(student, release.assignment, tuple(code), tuple(written))


def read_cells(path: Path) -> tuple[NotebookCell, ...]:
    """The cells of a notebook file of format 3 or 4, in order.

    The one reader of files that nobody trusts.  Raises UnreadableError with the reason when
    it is too large, no JSON or no notebook.
    """
    return tuple(_cell(cell, place) for place, cell in enumerate(_raw_cells(_text(path)), 1))


def read_bytes(path: Path) -> bytes:
    """The bytes of a submitted file.

    Raises UnreadableError with the reason when it is no plain file or too large.
    """
    try:
        # O_NONBLOCK: a named pipe in the place of the file must not hold us up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be opened ({error.strerror}); submit the notebook itself again"
        ) from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise UnreadableError("this is not a file; submit the notebook itself")
    with os.fdopen(descriptor, "rb") as file:
        if state.st_size > LARGEST_FILE:
            raise UnreadableError(
                f"the file has {state.st_size / 1e6:.0f} MB; expected at most "
                f"{LARGEST_FILE / 1e6:.0f} MB; clear the outputs of the notebook and save it"
            )
        return file.read(LARGEST_FILE + 1)


def _text(path: Path) -> str:
    data = read_bytes(path)
    if not data.strip():
        raise UnreadableError("the file is empty; save the notebook again and submit it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("the file is not UTF-8 text; save it again from Jupyter") from error


def _raw_cells(text: str) -> list[Any]:
    """The cells of a notebook of format 3 or 4, whatever they are."""
    parts = text.count("[") + text.count("{")
    if parts > MOST_PARTS:
        raise UnreadableError(
            f"the notebook has {parts} lists and objects; expected at most {MOST_PARTS}; clear "
            "the outputs of the notebook and save it"
        )
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableError(
            f"the file is not valid JSON{place}; download the notebook again and submit it whole"
        ) from error
    if not isinstance(data, dict):
        raise UnreadableError(
            "the file holds no notebook; expected what Jupyter saves; submit the notebook itself"
        )
    if data.get("nbformat") == 3:
        _refuse_too_many(_worksheet_cells(data))
        data = _upgraded(data)
    found, cells = data.get("nbformat"), data.get("cells")
    if found != 4:
        # The text of anything else can be as large as the file.
        simple = isinstance(found, int | float | str | None)
        named = f"format {_shown(repr(found))}" if simple else "an unknown format"
        raise UnreadableError(
            f"the file is a notebook of {named}; expected 4; open it in JupyterLab and save it"
        )
    if not isinstance(cells, list):
        raise UnreadableError(
            "the notebook holds no list of cells; open it in JupyterLab and save it"
        )
    _refuse_too_many(len(cells))
    return cells


def _refuse_too_many(cells: int) -> None:
    if cells > MOST_CELLS:
        raise UnreadableError(
            f"the notebook has {cells} cells; expected at most {MOST_CELLS}; delete the cells that "
            "do not belong to the assignment"
        )


def _worksheet_cells(data: dict[str, Any]) -> int:
    """How many cells a notebook of format 3 has: to upgrade one takes its time."""
    sheets = data.get("worksheets")
    lists = [s.get("cells") for s in sheets if isinstance(s, dict)] if _is_list(sheets) else []
    return sum(len(cells) for cells in lists if _is_list(cells))


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _upgraded(data: dict[str, Any]) -> dict[str, Any]:
    try:
        upgraded: dict[str, Any] = nbformat.reads(  # type: ignore[no-untyped-call]
            json.dumps(data), as_version=4
        )
    except Exception as error:  # an old notebook can be broken in any way
        raise UnreadableError(
            "the notebook has an old format (3) and cannot be upgraded; expected 4; open it in "
            "JupyterLab and save it"
        ) from error
    return upgraded


def _cell(cell: Any, place: int) -> NotebookCell:
    if not isinstance(cell, dict):
        raise UnreadableError(
            f"cell {place} of the notebook is not a cell; open it in JupyterLab and save it, or "
            "download it again"
        )
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableError(
            f"cell {place} of the notebook has no source; open it in JupyterLab and save it, or "
            "download it again"
        )
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return NotebookCell(
        cell_type="code" if cell.get("cell_type") == "code" else "markdown",
        # A lone surrogate is valid JSON but cannot be encoded again.
        source=source.encode("utf-8", "replace").decode("utf-8"),
        grade_id=_text_in(nbgrader, "grade_id"),
        id=_text_in(cell, "id"),
        attachments=cell.get("attachments"),
    )


def _text_in(data: object, name: str) -> str:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def _shown(name: object) -> str:
    """A name from outside, safe to print: at most 60 printable characters."""
    return "".join(c if c.isprintable() else "?" for c in str(name)[:60])


def readable(name: str) -> str:
    """The name of a file or folder; one that is no UTF-8 with its bytes written out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def student_folders(submitted: Path, assignment: str) -> Sequence[tuple[str, Path]]:
    """(student, folder) of everything in ``submitted/*/ASSIGNMENT``, sorted by student.

    Whatever has that name is returned, so that nothing is skipped in silence: a link or a
    file in the place of a folder is for ``submission_file`` to refuse.  Only what begins
    with a dot is no student.  A name that is no UTF-8 has its bytes written out.
    """
    if not submitted.is_dir():
        return []
    return [
        (readable(entry.name), entry / assignment)
        for entry in sorted(submitted.iterdir(), key=lambda e: e.name)
        if not entry.name.startswith(".") and os.path.lexists(entry / assignment)
    ]
