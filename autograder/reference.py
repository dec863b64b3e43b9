"""The reference functions and classes, taken from the solution cells of ``solutions/*.py``.

A source file is valid Python, so it is parsed once, as a whole.  Of it are kept the
imports of numpy, and the functions and classes in code cells that nbgrader's metadata
call solutions or read-only (a forward that is given); nothing else of the notebook runs.
They keep the file's name and line numbers.  What the notebook imports of a companion file
are the references of the notebook that it comes from.

A ``Reference`` can be changed by replacing text, to say a known mistake as a small
difference from the right answer.  A change only edits text; code is compiled when the
functions are first asked for, and each text once.
"""

import ast
import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any

from autograder.course import Course
from autograder.errors import UsageError
from autograder.loans import COMPANIONS
from autograder.percent import SourceCell, read_cells

# Stands for the docstring while a text is edited: what a change means is code, and prose
# that quotes a statement must not make a match ambiguous.
_DOCSTRING = "\0"
_SOLUTION_MARKERS = ("BEGIN SOLUTION", "END SOLUTION")


@dataclass(frozen=True)
class _Definition:
    """A function, or a class, as text: ``code`` with a placeholder for ``docstring``."""

    name: str
    code: str
    docstring: str
    compiled: Callable[[], CodeType] = field(compare=False)

    @property
    def text(self) -> str:
        return self.code.replace(_DOCSTRING, self.docstring)


@dataclass(frozen=True, eq=False)
class Reference:
    """The reference functions of one notebook, right or changed.

    Make one with ``load``.
    """

    notebook: str
    _imports: CodeType
    _definitions: Mapping[str, _Definition]
    _borrowed: Callable[[], Mapping[str, Callable[..., Any]]]

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The functions by name, in the notebook's order.

        They share one namespace, which holds numpy and companions as the notebook imports
        them, and nothing else of the notebook.
        """
        namespace: dict[str, Any] = {"__name__": f"reference.{self.notebook}", **self._borrowed()}
        exec(self._imports, namespace)  # noqa: S102 - the course's own code
        for definition in self._definitions.values():
            exec(definition.compiled(), namespace)  # noqa: S102
        return MappingProxyType({name: namespace[name] for name in self._definitions})

    def source(self, function: str) -> str:
        """The text of the function's ``def``, without solution markers and indentation."""
        return self._definition(function).text

    def changed(self, function: str, edits: Sequence[tuple[str, str]]) -> "Reference":
        """Return a reference in which each old text of ``function`` is replaced by a new one.

        Edits apply one after the other.  Each old text must occur exactly once in the
        function outside its docstring, else ``UsageError`` is raised.
        """
        definition = self._definition(function)
        code = definition.code
        for old, new in edits:
            found = code.count(old)
            if found != 1:
                raise UsageError(
                    f"{self.notebook}: {old!r} occurs {found} times in {function}; expected "
                    "exactly once outside the docstring; name a longer piece of the code"
                )
            code = code.replace(old, new)
        edited = _Definition(function, code, definition.docstring, lambda: _compiled(edited.text))
        return replace(self, _definitions={**self._definitions, function: edited})

    def replaced(self, function: str, text: str) -> "Reference":
        """Return a reference in which ``function`` is the whole ``def`` in ``text``."""
        self._definition(function)
        other = _Definition(function, text, "", lambda: _compiled(text))
        return replace(self, _definitions={**self._definitions, function: other})

    def _definition(self, function: str) -> _Definition:
        try:
            return self._definitions[function]
        except KeyError:
            raise UsageError(
                f"{self.notebook}: no reference function {function!r}; the solution cells define "
                f"{', '.join(self._definitions) or 'none'}"
            ) from None


def load(course: Course | Path, notebook: str) -> Reference:
    """Return the reference functions of ``notebook``.

    ``course`` is a course or the path of a source file's folder.  The file is read at
    every call, and worked on only if its content is not known yet.  Raises
    ``UsageError`` if it is missing or cannot be parsed.
    """
    folder = course.solutions if isinstance(course, Course) else course
    path = folder / f"{notebook}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"no source file {path}; expected the solutions of {notebook}") from None
    return _parse(path, text)


@lru_cache(maxsize=64)
def _parse(path: Path, text: str) -> Reference:
    try:
        tree = ast.parse(text, filename=str(path))
    except SyntaxError as error:
        raise UsageError(f"{path}:{error.lineno}: not valid Python: {error.msg}") from None
    cells = read_cells(text, str(path))
    definitions: dict[str, _Definition] = {}
    imports: list[ast.stmt] = []
    borrowed: dict[str, str] = {}
    for statement in tree.body:
        cell = _cell_of(statement, cells)
        if cell is None:
            continue
        borrowed |= _lenders(statement, path.stem)
        if _imports_numpy(statement):
            imports.append(statement)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef) and cell.is_reference:
            if statement.name in definitions:
                raise UsageError(
                    f"{path}:{statement.lineno}: {statement.name} is defined in a solution cell "
                    "for the second time; expected one definition"
                )
            definitions[statement.name] = _define(statement, text, path)
    code = compile(ast.Module(imports, []), str(path), "exec")
    return Reference(path.stem, code, definitions, lambda: _lent(path.parent, borrowed))


def _lenders(statement: ast.stmt, notebook: str) -> dict[str, str]:
    """The names that a statement imports of a companion file, and the notebooks they come from."""
    if not isinstance(statement, ast.ImportFrom):
        return {}
    contents = COMPANIONS.get(notebook, {}).get(statement.module or "", {})
    lender = {name: source for source, functions in contents.items() for name in functions}
    return {a.name: lender[a.name] for a in statement.names if a.name in lender}


def _lent(folder: Path, lenders: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    return {name: load(folder, source).functions[name] for name, source in lenders.items()}


def _cell_of(statement: ast.stmt, cells: Sequence[SourceCell]) -> SourceCell | None:
    above = [cell for cell in cells if cell.line < statement.lineno and cell.kind == "code"]
    return above[-1] if above else None


def _imports_numpy(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return all(alias.name.split(".")[0] == "numpy" for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").split(".")[0] == "numpy"
    return False


def _define(statement: ast.FunctionDef | ast.ClassDef, text: str, path: Path) -> _Definition:
    start = min([statement.lineno, *(node.lineno for node in statement.decorator_list)])
    lines = text.split("\n")[start - 1 : statement.end_lineno]
    docstring = ""
    first = statement.body[0]
    if ast.get_docstring(statement, clean=False) is not None and first.lineno > statement.lineno:
        begin, end = first.lineno - start, (first.end_lineno or first.lineno) - start
        docstring = "\n".join(lines[begin : end + 1])
        lines[begin : end + 1] = [_DOCSTRING]
    kept = [line for line in lines if not any(marker in line for marker in _SOLUTION_MARKERS)]
    code = compile(ast.Module([statement], []), str(path), "exec")
    return _Definition(statement.name, "\n".join(kept), docstring, lambda: code)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    """Compile a changed function, and let tracebacks show its lines."""
    filename = f"<changed reference {hash(text):x}>"
    try:
        code = compile(text, filename, "exec")
    except SyntaxError as error:
        raise UsageError(
            f"a changed reference is not valid Python in line {error.lineno}: {error.msg}: "
            f"{(error.text or '').strip()!r}; correct the replacement"
        ) from None
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return code
