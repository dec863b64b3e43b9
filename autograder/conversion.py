"""One source into the notebook with solutions, and that into the release.

jupytext and nbgrader do the work; what is added here makes it repeatable: cells get ids
from their ``grade_id`` or their number, metadata are reduced to what is needed, and bytes
are the same on every system.
"""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import RefusedError
from autograder.percent import SourceCell, read_cells
from autograder.release import DIGEST_KEY, source_digest

_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {"name": "python"}
# jupytext turns "# %magic" into "%magic", so texts are compared without these.
_COMMENT_SIGNS = re.compile(r"[#\s]")


@dataclass(frozen=True)
class SolutionNotebook:
    """A notebook with solutions: as nbformat holds it, and the cells it was read from."""

    notebook: NotebookNode
    cells: tuple[SourceCell, ...]


def read_source(course: Course, name: str) -> SolutionNotebook:
    """Return the notebook that ``solutions/NAME.py`` describes.

    Raises ``RefusedError`` if jupytext and ``autograder.percent`` read it differently:
    then what was linted is not what would be built.
    """
    path = course.solution_file(name)
    file = path.relative_to(course.root).as_posix()
    text = path.read_text(encoding="utf-8")
    cells = read_cells(text, file)
    notebook = jupytext.reads(text, fmt="py:percent")
    _refuse_disagreement(file, cells, notebook)
    for number, (cell, read) in enumerate(zip(notebook.cells, cells, strict=True), 1):
        cell["id"] = str(read.nbgrader.get("grade_id") or f"cell-{number:02d}")
        # jupytext leaves itself notes for the way back, which is never gone here.
        for key in set(cell.metadata) - set(read.metadata):
            del cell.metadata[key]
    notebook.metadata = {
        "kernelspec": _KERNELSPEC,
        "language_info": _LANGUAGE,
        DIGEST_KEY: {"file": file, "sha256": source_digest(text)},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return SolutionNotebook(notebook, cells)


def _refuse_disagreement(file: str, cells: tuple[SourceCell, ...], notebook: NotebookNode) -> None:
    if len(cells) != len(notebook.cells):
        raise RefusedError(
            f"{file}: jupytext finds {len(notebook.cells)} cells; expected the {len(cells)} that "
            "begin with '# %%'; look at the header and at what stands above the first cell"
        )
    for read, cell in zip(cells, notebook.cells, strict=True):
        same = (
            read.kind == cell.cell_type
            and read.metadata.items() <= cell.metadata.items()
            and _COMMENT_SIGNS.sub("", read.source) == _COMMENT_SIGNS.sub("", cell.source)
        )
        if not same:
            raise RefusedError(
                f"{file}:{read.line}: jupytext reads this cell in another way; expected a cell of "
                f"{read.kind} with this line's metadata and the text below it; write it plainly"
            )


def encoded(notebook: NotebookNode) -> bytes:
    """The notebook as the bytes of a file: sorted keys, LF, one newline at the end."""
    text: str = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode("utf-8")


def generate_release(name: str, source: bytes, scratch: Path) -> bytes:
    """Let nbgrader's ``generate_assignment`` make the release of a notebook with solutions.

    It works in the empty folder ``scratch``, in this process and without a database: so
    it needs no program on PATH and no activated environment.  Raises ``RefusedError`` if
    nbgrader fails.
    """
    given = scratch / "source" / name / f"{name}.ipynb"
    given.parent.mkdir(parents=True)
    given.write_bytes(source)
    config = Config()
    config.CourseDirectory.root = str(scratch)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.assignment_id = name
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    complaints = _Complaints()
    coursedir = CourseDirectory(config=config)
    try:
        GenerateAssignment(coursedir=coursedir, config=config, log=complaints.logger).start()
    except NbGraderException as error:
        raise RefusedError(
            f"nbgrader makes no release of {name}: {complaints.cause or error}; correct the source"
        ) from error
    made = scratch / "release" / name / f"{name}.ipynb"
    # nbconvert writes text, whose lines end as the system likes.
    return made.read_bytes().replace(b"\r\n", b"\n")


class _Complaints(logging.Handler):
    """Keeps nbgrader's errors, which it logs instead of raising them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._messages: list[str] = []
        # A logger of its own, which no other part of the process hears.
        self.logger = logging.Logger("autograder.conversion", logging.ERROR)  # noqa: LOG001
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self._messages.append(record.getMessage().strip())

    @property
    def cause(self) -> str:
        """The line that says what went wrong: the end of a traceback, if there is one."""
        tracebacks = [text for text in self._messages if text.startswith("Traceback")]
        return next((text.splitlines()[-1] for text in tracebacks), "")
