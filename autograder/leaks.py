"""Looks for what students must not get in a notebook that is about to be released.

Markers, outputs and execution counts are refused wherever they are.  Lines of solutions
need judgement, because a notebook rightly shows some of them: a worked example unpacks
``N, C, H, W = x.shape`` as well.  The rule:

1. A line of a code solution is *telling* if it computes something, by an operator, a
   slice, a comparison or a call.  Unpacking, plain names, ``for i in range(n)``,
   ``x.shape``, ``param.get(...)`` and ``return a, b`` tell nothing, nor do lines of a few
   characters.  Of a written answer, and of comments, every line of some length is telling.
2. A telling line is refused anywhere in the release: in code, text, outputs and
   metadata, whatever its spacing and whatever stands around it in the line.
3. A telling line of code that also stands in code which the source gives on purpose
   (cells and parts of cells that are not a solution) is let through, or no example could
   share a statement with a solution.
4. A given cell that shows more than half of one solution's telling lines is refused all
   the same: that is the solution, pasted.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograder.percent import SourceCell

_MARKER = re.compile(r"\b(BEGIN|END)\s+(SOLUTION|HIDDEN\s+TESTS|MARK\s+SCHEME)\b", re.IGNORECASE)
_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"
_TRAILING_COMMENT = re.compile(r"(?<=\S)\s{2,}#.*")
_COMPUTING = (
    ast.AugAssign,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.GeneratorExp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.Slice,
)
_PLAIN_CALLS = {"range", "len", "get"}

# Lengths are counted without blanks.  A shorter line of code says nothing by itself; a
# line shorter than the second length is looked for as a whole line, or as a whole piece of
# code in a text, because it may well be a part of an unrelated line.
_SHORTEST_CODE = 6
_SHORTEST_PART = 12
_SHORTEST_PROSE = 20


@dataclass(frozen=True)
class _Line:
    """A line of a solution: its number in the source, and its text without blanks."""

    number: int
    text: str


@dataclass(frozen=True)
class _Solution:
    name: str
    is_code: bool
    telling: tuple[_Line, ...]


def find_leaks(
    cells: Sequence[SourceCell], release: Mapping[str, Any], file: str
) -> tuple[str, ...]:
    """Return what must not be in a release, one line each; empty if nothing.

    ``cells`` are the source's, ``release`` is the notebook as parsed JSON, and ``file``
    is its name in the findings.
    """
    return tuple(
        f"{file}: {found}"
        for found in (
            *_marks(release),
            *_results(release),
            *_answers(cells, release),
            *_pasted_solutions(cells),
        )
    )


def _marks(release: Mapping[str, Any]) -> Iterator[str]:
    for place, text in _texts(release):
        mark = _MARKER.search(text)
        if mark:
            yield f"{place}: found the marker {mark[0]!r}; expected none in a release"


def _results(release: Mapping[str, Any]) -> Iterator[str]:
    for cell in release["cells"]:
        if cell.get("outputs"):
            yield f"cell {cell.get('id')}: found outputs; expected none in a release"
        if cell.get("execution_count") is not None:
            yield f"cell {cell.get('id')}: found an execution count; expected none in a release"


def _answers(cells: Sequence[SourceCell], release: Mapping[str, Any]) -> Iterator[str]:
    given = {line for cell in cells for line in _given_lines(cell)}
    found_in = [
        (place, _squeezed(line)) for place, text in _texts(release) for line in text.split("\n")
    ]
    for solution in map(_solution, cells):
        for secret in solution.telling:
            if solution.is_code and any(_shows(line, secret.text) for line in given):
                continue
            places = dict.fromkeys(place for place, line in found_in if _shows(line, secret.text))
            for place in places:
                yield (
                    f"{place}: found line {secret.number} of the source, which is part of the "
                    f"solution {solution.name}; expected no line of it in a release"
                )


def _pasted_solutions(cells: Sequence[SourceCell]) -> Iterator[str]:
    for solution in map(_solution, cells):
        if not solution.is_code:
            continue
        secrets = {secret.text for secret in solution.telling}
        for cell in cells:
            given = _given_lines(cell)
            shown = {text for text in secrets if any(_shows(line, text) for line in given)}
            if 2 * len(shown) > len(secrets):
                yield (
                    f"the cell from line {cell.line} of the source: found {len(shown)} of the "
                    f"{len(secrets)} telling lines of the solution {solution.name}; expected at "
                    "most half of them in one given cell"
                )


def _texts(release: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every string in the notebook, keys included, and where it is."""
    for cell in release["cells"]:
        for text in _strings(cell):
            yield f"cell {cell.get('id')}", text
    for text in _strings({key: value for key, value in release.items() if key != "cells"}):
        yield "notebook metadata", text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, Sequence):
        if value and all(isinstance(item, str) for item in value):
            # A text of the notebook format, as a list of its lines.
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)


def _solution(cell: SourceCell) -> _Solution:
    """What the cell keeps from students; nothing if it is no solution cell."""
    is_code = cell.kind == "code"
    telling = tuple(
        _Line(
            line.number, _squeezed(_TRAILING_COMMENT.sub("", line.text) if is_code else line.text)
        )
        for line in _split(cell)[0]
        if _is_telling(line.text, cell.kind)
    )
    return _Solution(str(cell.nbgrader.get("grade_id")), is_code, telling)


def _given_lines(cell: SourceCell) -> list[str]:
    """The code of a cell that students get, squeezed line by line."""
    if cell.kind != "code":
        return []
    return [_squeezed(line.text) for line in _split(cell)[1]]


def _split(cell: SourceCell) -> tuple[list[_Line], list[_Line]]:
    """Divide a cell's lines into those of its solution and those given to students."""
    numbered = enumerate(cell.source.split("\n"), cell.line + 1)
    lines = [_Line(number, text) for number, text in numbered]
    if cell.kind == "markdown":
        lines = [_Line(line.number, line.text.removeprefix("#")) for line in lines]
    if not cell.is_solution:
        return [], lines
    if not any(_BEGIN in line.text for line in lines):
        return lines, []
    kept: list[_Line] = []
    given: list[_Line] = []
    inside = False
    for line in lines:
        if _BEGIN in line.text or _END in line.text:
            inside = _BEGIN in line.text
        else:
            (kept if inside else given).append(line)
    return kept, given


def _is_telling(line: str, kind: Literal["code", "markdown"]) -> bool:
    length = len(_squeezed(line))
    text = line.strip()
    if kind == "markdown" or text.startswith("#"):
        return length >= _SHORTEST_PROSE
    if length < _SHORTEST_CODE:
        return False
    tree = _parsed(text)
    if tree is None:
        return length >= _SHORTEST_PART
    return any(
        isinstance(node, _COMPUTING) or (isinstance(node, ast.Call) and not _is_plain(node))
        for node in ast.walk(tree)
    )


def _parsed(text: str) -> ast.Module | None:
    """The line as a statement by itself; None for a piece of a longer one."""
    body = f"{text} pass" if text.endswith(":") else text
    for statement in (body, f"if True: pass\n{body}"):
        try:
            return ast.parse(statement)
        except SyntaxError:
            continue
    return None


def _is_plain(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else None
    name = call.func.id if isinstance(call.func, ast.Name) else name
    return name in _PLAIN_CALLS


def _shows(line: str, secret: str) -> bool:
    if len(secret) >= _SHORTEST_PART:
        return secret in line
    # The backquotes are those of code inside text.
    return secret in line.split("`") or line.startswith(f"{secret}#")


def _squeezed(line: str) -> str:
    return "".join(line.split())
