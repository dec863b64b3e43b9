"""Looks for faults in ``solutions/*.py`` before anything is built from them.

nbgrader and jupytext accept much that ruins a release or a grade without a word: a
comment that splits a cell in two, an id used twice, a grade cell that a student's
``Run All`` stops at.  Each rule below is a function from a source to findings, and
``_RULES`` lists them in the order they are reported.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.errors import UsageError
from autograder.percent import MARKER, SourceCell, quoted_lines, read_cells, read_marker

# What an author may write below the name of a cell, and what nbgrader adds in a release.
_KEYS = {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}
# The version of nbgrader's metadata that its releases of these years write.
_SCHEMA = 3
_FLAGS = ("grade", "locked", "solution")
# A grade id is also the cell's id in the notebook, which may have 64 characters.
_GRADE_ID = re.compile(r"[A-Za-z]\w{0,63}", re.ASCII)
_SPLITTING = re.compile(rf"\s*#\s*%%.*|{MARKER.pattern}")
_REGION = re.compile(r"\s*###? (BEGIN|END) SOLUTION\s*")
_REGION_LIKE = re.compile(
    r"\b(begin|end)\s+(solution|hidden\s+tests|mark\s+scheme)\b", re.IGNORECASE
)


@dataclass(frozen=True, order=True)
class Finding:
    """A fault, the file and line (counted from 1) it stands in, and what was expected."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class _Source:
    file: str
    text: str
    cells: tuple[SourceCell, ...]

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def finding(self, line: int, message: str) -> Finding:
        return Finding(self.file, line, message)


def lint(course: Course) -> tuple[Finding, ...]:
    """Return all faults of all sources, in the order of files and lines.

    Raises ``UsageError`` if there is no source at all.
    """
    if not course.notebooks:
        raise UsageError(
            f"no notebook in {course.solutions}; expected files named like 02_convolution.py"
        )
    findings: list[Finding] = []
    for path in sorted(course.solutions.rglob("*.py")):
        name = path.relative_to(course.root).as_posix()
        if path.parent == course.solutions and path.stem in course.notebooks:
            findings += _lint_file(path, name)
        else:
            message = "found a Python file that is no notebook; expected NN_topic.py"
            findings.append(Finding(name, 1, message))
    return tuple(findings)


def _lint_file(path: Path, name: str) -> tuple[Finding, ...]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return (Finding(name, 1, f"found bytes that are not UTF-8 ({error.reason})"),)
    return lint_text(text, name)


def lint_text(text: str, file: str) -> tuple[Finding, ...]:
    """Return the faults of one source, whose name in the findings is ``file``."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        message = f"found {error.msg}; expected valid Python (a magic is written as a comment)"
        return (Finding(file, error.lineno or 1, message),)
    # A file whose cells cannot be told apart is not worth looking at more closely.
    splits = sorted(_unintended_splits(_Source(file, text, ())))
    if splits:
        return tuple(splits)
    source = _Source(file, text, read_cells(text, file))
    return tuple(sorted(finding for rule in _RULES for finding in rule(source)))


def _unintended_splits(source: _Source) -> Iterator[Finding]:
    """Lines at which jupytext begins a cell, or may, though the author means none."""
    quoted = quoted_lines(source.text)
    lines = source.lines
    for number, line in enumerate(lines, 1):
        if not _SPLITTING.fullmatch(line):
            continue
        if number in quoted:
            expected = "expected no such line inside a string, where jupytext may split the cell"
            yield source.finding(number, f"found {line.strip()!r}; {expected}")
            continue
        try:
            read_marker(line, f"{source.file}:{number}")
        except UsageError as error:
            yield source.finding(number, str(error).removeprefix(f"{source.file}:{number}: "))
            continue
        if number > 1 and lines[number - 2].strip():
            yield source.finding(
                number,
                f"found {line.strip()!r} right below {lines[number - 2].strip()!r}; expected a "
                "blank line above the start of a cell, or a comment that does not begin with '%%'",
            )


def _outside_cells(source: _Source) -> Iterator[Finding]:
    if not source.cells:
        yield source.finding(1, "found no cell; expected lines '# %%' that begin cells")
        return
    for number, line in enumerate(source.lines[: source.cells[0].line - 1], 1):
        if line.strip() and not line.startswith("#"):
            message = f"found {line.strip()!r} above the first cell; expected the header alone"
            yield source.finding(number, message)


def _broken_cells(source: _Source) -> Iterator[Finding]:
    for cell in source.cells:
        if cell.kind == "markdown":
            for offset, line in enumerate(cell.source.split("\n"), 1):
                if line.strip() and not line.startswith("#"):
                    message = f"found {line.strip()!r} in a cell of text; expected a line with '# '"
                    yield source.finding(cell.line + offset, message)
            continue
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield source.finding(
                cell.line + (error.lineno or 1),
                f"found {error.msg} in the cell that begins in line {cell.line}; expected a cell "
                "that is valid Python by itself (a line with '# %%' begins a cell)",
            )


def _wrong_metadata(source: _Source) -> Iterator[Finding]:
    for cell in source.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader is None:
            continue
        if not isinstance(nbgrader, dict):
            yield source.finding(cell.line, "found nbgrader metadata that are no JSON object")
            continue
        unknown = sorted(set(nbgrader) - _KEYS)
        if unknown:
            message = f"found nbgrader keys {unknown}; expected some of {sorted(_KEYS)}"
            yield source.finding(cell.line, message)
        for flag in _FLAGS:
            if not isinstance(nbgrader.get(flag), bool):
                message = f'found "{flag}": {nbgrader.get(flag)!r}; expected true or false'
                yield source.finding(cell.line, message)
        if nbgrader.get("schema_version") != _SCHEMA:
            found = nbgrader.get("schema_version")
            yield source.finding(
                cell.line, f'found "schema_version": {found!r}; expected {_SCHEMA}'
            )
        if nbgrader.get("task"):
            message = "found a task cell; expected a written question: markdown, grade and solution"
            yield source.finding(cell.line, message)


def _wrong_ids(source: _Source) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for cell in source.cells:
        if not any(cell.nbgrader.get(flag) for flag in _FLAGS):
            continue
        grade_id = cell.nbgrader.get("grade_id")
        if not isinstance(grade_id, str) or not _GRADE_ID.fullmatch(grade_id):
            yield source.finding(
                cell.line,
                f"found grade_id {grade_id!r}; expected a name of letters, digits and underscores "
                "(at most 64)",
            )
        elif grade_id in first:
            yield source.finding(
                cell.line,
                f"found grade_id {grade_id!r} again, first in line {first[grade_id]}; expected "
                "each once in a notebook",
            )
        else:
            first[grade_id] = cell.line


def _wrong_grade_cells(source: _Source) -> Iterator[Finding]:
    for cell in source.cells:
        if cell.kind != "code" or not cell.is_graded or cell.is_solution:
            continue
        statement = _check_statement(cell.source)
        grade_id = cell.nbgrader.get("grade_id")
        if statement is None:
            yield source.finding(
                cell.line + 1,
                f"found a grade cell other than one check statement; expected check({grade_id}) "
                'or check(function, part="name") and nothing else',
            )
        elif statement != grade_id:
            yield source.finding(
                cell.line,
                f"found grade_id {grade_id!r} for a check that is called {statement!r}; expected "
                'the function\'s name, with "_" and the part behind it if there is one',
            )
        if "raises-exception" not in cell.tags:
            yield source.finding(
                cell.line,
                'found a grade cell without the tag; expected tags=["raises-exception"], so that '
                "a failed check does not stop Run All",
            )


def _check_statement(source: str) -> str | None:
    """The grade id that belongs to a cell's one ``check`` statement; None if it is no such cell."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    match body:
        case [ast.Expr(ast.Call(ast.Name("check"), [ast.Name(function)], []))]:
            return function
        case [
            ast.Expr(
                ast.Call(
                    ast.Name("check"),
                    [ast.Name(function)],
                    [ast.keyword("part", ast.Constant(str(part)))],
                )
            )
        ]:
            return f"{function}_{part}"
    return None


def _wrong_points(source: _Source) -> Iterator[Finding]:
    for cell in source.cells:
        points = cell.nbgrader.get("points", 0)
        bonus = cell.metadata.get("bonus", 0)
        is_autograded = cell.is_graded and not cell.is_solution
        if not all(_is_number(value) for value in (points, bonus)):
            message = f"found points {points!r} and bonus {bonus!r}; expected numbers, 0 or more"
            yield source.finding(cell.line, message)
        elif is_autograded and cell.kind == "code" and not (points or bonus):
            message = "found a grade cell that earns nothing; expected points > 0 or bonus > 0"
            yield source.finding(cell.line, message)
        elif cell.is_graded and cell.is_solution and not points:
            message = "found a question that earns nothing; expected points > 0"
            yield source.finding(cell.line, message)
        elif points and not cell.is_graded:
            message = 'found points on a cell that is not graded; expected "grade": true'
            yield source.finding(cell.line, message)
        elif bonus and not is_autograded:
            message = "found a bonus; expected one on grade cells with a check alone"
            yield source.finding(cell.line, message)
        if cell.kind == "markdown" and cell.is_graded != cell.is_solution:
            message = "found markdown that is only one of grade and solution; expected both or none"
            yield source.finding(cell.line, message)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _wrong_regions(source: _Source) -> Iterator[Finding]:
    """Marks around solutions that nbgrader would miss, or stop at."""
    for cell in source.cells:
        opened: int | None = None
        for number, line in enumerate(cell.source.split("\n"), cell.line + 1):
            if not _REGION_LIKE.search(line):
                continue
            text = line.removeprefix("# ") if cell.kind == "markdown" else line
            mark = _REGION.fullmatch(text)
            if mark is None or not cell.is_solution:
                yield source.finding(
                    number,
                    f"found {line.strip()!r}; expected '### BEGIN SOLUTION' and '### END SOLUTION' "
                    "alone in their lines, and in solution cells alone",
                )
            elif (mark[1] == "BEGIN") != (opened is None):
                message = f"found {text.strip()!r}; expected BEGIN and END in turn"
                yield source.finding(number, message)
            opened = number if mark and mark[1] == "BEGIN" else None
        if opened is not None:
            message = (
                "found BEGIN SOLUTION without an end; expected '### END SOLUTION' in this cell"
            )
            yield source.finding(opened, message)


_RULES = (
    _outside_cells,
    _broken_cells,
    _wrong_metadata,
    _wrong_ids,
    _wrong_grade_cells,
    _wrong_points,
    _wrong_regions,
)
