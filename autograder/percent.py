"""Reads a ``solutions/NN_topic.py`` as cells with true line numbers.

The format is jupytext's ``py:percent``: a line ``# %%`` begins a code cell, a line
``# %% [markdown]`` a cell of text, and ``key=value`` pairs behind it are the cell's
metadata.  jupytext makes the notebooks; this reader is for those who need to know the
line that something stands in, or who only want the code and are in a hurry.  It accepts
less than jupytext does, and the lint of sources refuses the rest.
"""

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from autograder.errors import UsageError

#: Every line at which jupytext may begin a cell.
MARKER = re.compile(r"\s*#\s*(?:%%+(?:\s.*)?|<codecell>\s*|In\[[0-9 ]*\]:?\s*)")
_WELL_FORMED = re.compile(r"# %%(?P<type> \[markdown\])?(?P<metadata>(?: \w+=.*)?)\s*")
_KEY = re.compile(r"\s*(\w+)=")


@dataclass(frozen=True)
class SourceCell:
    """One cell of a source file.

    ``line`` is the number of its marker, counted from 1.  ``source`` is its text as it
    stands in the file (text cells with their comment signs), without the blank lines at
    its end; its first line has the number ``line + 1``.
    """

    line: int
    kind: Literal["code", "markdown"]
    metadata: dict[str, Any]
    source: str

    @property
    def nbgrader(self) -> dict[str, Any]:
        """What nbgrader is told about the cell; empty for an ordinary cell."""
        found = self.metadata.get("nbgrader", {})
        return found if isinstance(found, dict) else {}

    @property
    def is_graded(self) -> bool:
        """Whether nbgrader gives points for the cell."""
        return bool(self.nbgrader.get("grade"))

    @property
    def is_solution(self) -> bool:
        """Whether the student writes in the cell."""
        return bool(self.nbgrader.get("solution"))

    @property
    def is_reference(self) -> bool:
        """Whether the course's own functions stand in it: solutions, or given and read-only."""
        read_only = bool(self.nbgrader.get("locked")) and not self.is_graded
        return self.is_solution or read_only

    @property
    def tags(self) -> frozenset[str]:
        """The cell's tags."""
        return frozenset(self.metadata.get("tags", ()))


def read_cells(text: str, filename: str) -> tuple[SourceCell, ...]:
    """Split the text of a source file into its cells.

    What stands above the first marker (the header with the kernel's name) is no cell.
    Raises ``UsageError`` with file and line for a marker that cannot be read.
    """
    lines = text.split("\n")
    quoted = quoted_lines(text)
    starts = [
        number
        for number, line in enumerate(lines, 1)
        if number not in quoted and MARKER.fullmatch(line)
    ]
    cells = []
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        kind, metadata = read_marker(lines[start - 1], f"{filename}:{start}")
        source = "\n".join(lines[start : end - 1]).rstrip()
        cells.append(SourceCell(start, kind, metadata, source))
    return tuple(cells)


def read_marker(line: str, place: str) -> tuple[Literal["code", "markdown"], dict[str, Any]]:
    """Return kind and metadata of the cell that a marker line begins.

    Raises ``UsageError``, beginning with ``place``, if the line is not of the form
    ``# %% [markdown] key=value ...``.
    """
    match = _WELL_FORMED.fullmatch(line)
    if match is None:
        raise UsageError(
            f"{place}: found {line.strip()!r}; expected '# %%' at the start of the line, "
            "followed by nothing, '[markdown]' or key=value; a comment must not begin with '%%'"
        )
    metadata = _read_metadata(match["metadata"].strip(), place)
    return ("markdown" if match["type"] else "code"), metadata


def _read_metadata(text: str, place: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    metadata: dict[str, Any] = {}
    position = 0
    while position < len(text):
        key = _KEY.match(text, position)
        wrong = UsageError(
            f"{place}: found the metadata {text[position:].strip()!r}; expected key=value "
            "with a value written as JSON"
        )
        if key is None:
            raise wrong
        try:
            metadata[key[1]], position = decoder.raw_decode(text, key.end())
        except ValueError:
            raise wrong from None
    return metadata


def quoted_lines(text: str) -> frozenset[int]:
    """The numbers of lines that begin inside a string of several lines.

    Nothing is quoted in a text that is not Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    return frozenset(_inner_lines(ast.walk(tree)))


def _inner_lines(nodes: Iterable[ast.AST]) -> Iterable[int]:
    for node in nodes:
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        if is_text and isinstance(node, ast.expr):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
