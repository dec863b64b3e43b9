"""Mechanical wrong answers: every small change of a reference function that an editor makes.

A function is first written in normal form (``ast.unparse``: no comments, one simple
statement or header a line).  A mutant replaces one line of it.  It is known by its
function, the old line and the new one, so that it keeps its name when other lines move.

What is changed: operators, constants, keys, names (for another of the same kind that is
bound already), attributes and functions for a related one, indices, slice bounds, the
order and number of arguments, items and targets, augmented assignments, and whole
statements, which are dropped.
"""

import ast
import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from autograder.reference import Reference

#: Names by what they hold: ``number``, ``array``.
Kinds = Mapping[str, str]

_OPERATORS: Mapping[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div, ast.FloorDiv),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq,),
}
_RELATED: Mapping[str, tuple[str, ...]] = {
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("min", "sum", "mean"),
    "min": ("max",),
    "maximum": ("minimum",),
    "argmax": ("argmin",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "divmod": ("max", "min"),
    "inf": ("nan", "pi"),
    "exp": ("expm1",),
    "log": ("log1p",),
    "tanh": ("sinh",),
    "sqrt": ("square",),
}


@dataclass(frozen=True)
class Mutant:
    """``function`` with one line of its normal form replaced; ``source`` is the whole text.

    ``parts`` are the exercises that must each catch it; without them any exercise may.
    """

    function: str
    old: str
    new: str
    source: str
    parts: tuple[str, ...] = ()

    @property
    def change(self) -> str:
        """``old → new``."""
        return f"{self.old} → {self.new}"

    def functions(self, reference: Reference) -> Mapping[str, Callable[..., Any]]:
        """The notebook's functions with this one in place of the right one."""
        return reference.replaced(self.function, self.source).functions


def mutants(
    reference: Reference,
    function: str,
    arguments: Sequence[Any],
    called: Callable[..., Any] | None = None,
) -> list[Mutant]:
    """All mutants of ``function``, each change once, in the order of its lines.

    ``arguments`` are those of one call, which shows what the local names hold; it goes to
    ``called``, where that is not the function itself: a class is used by a driver.
    """
    tree = ast.parse(normal_form(reference.source(function)))
    lines = ast.unparse(tree).split("\n")
    definition = ast.parse(ast.unparse(tree)).body[0]
    target = reference.functions[function]
    values = local_values(target, called or target, arguments)
    kinds = {name: kind for name, value in values.items() if (kind := _kind(value))}
    found: dict[tuple[str, str], Mutant] = {}
    for method in methods(definition):
        for statement in statements(method):
            place = statement.lineno - 1
            line = lines[place]
            indent = line[: len(line) - len(line.lstrip())]
            bound = _bound_before(method, statement.lineno)
            known = {name for name in bound if name in kinds and name != "_"}
            for text in _changes(statement, {name: kinds[name] for name in known}):
                old, new = line.strip(), text
                if new == old or (old, new) in found:
                    continue
                source = "\n".join([*lines[:place], indent + new, *lines[place + 1 :]])
                found[old, new] = Mutant(function, old, new, source)
    return list(found.values())


def normal_form(source: str) -> str:
    """A function or class as ``ast.unparse`` writes it, without docstrings.

    A method that only has a docstring keeps it: that is its body.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
            and len(node.body) > 1
        ):
            del node.body[0]
    return ast.unparse(tree)


def methods(definition: ast.stmt) -> list[ast.FunctionDef]:
    """The function itself, or the methods of a class."""
    found = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    return [each for each in found if isinstance(each, ast.FunctionDef)]


def statements(definition: ast.FunctionDef) -> Iterator[ast.stmt]:
    """Every statement in it; a sentence that stands for a body is none."""
    for node in ast.walk(definition):
        sentence = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and node is not definition and not sentence:
            yield node


def local_values(
    target: Callable[..., Any], called: Callable[..., Any], arguments: Sequence[Any]
) -> dict[str, Any]:
    """What the local names of ``target`` hold when it, or a method of it, returns.

    ``called`` is called with copies of ``arguments``, and calls ``target``.
    """
    seen: dict[str, Any] = {}
    written = vars(target).values() if isinstance(target, type) else [target]
    codes = {each.__code__ for each in written if hasattr(each, "__code__")}

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code in codes:
            seen.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        called(*copy.deepcopy(arguments))
    finally:
        sys.setprofile(before)
    return seen


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return "array"
    return "number" if isinstance(value, int | float | np.number) else ""


def _bound_before(definition: ast.FunctionDef, line: int) -> set[str]:
    """Names that an earlier line, or the loop around it, has bound."""
    stored = {
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < line
    }
    return stored | {argument.arg for argument in definition.args.args}


# Changes of one statement


def _changes(statement: ast.stmt, kinds: Kinds) -> Iterator[str]:
    """The texts that this statement, or its header, may be replaced by."""
    bare = copy.deepcopy(statement)
    if isinstance(bare, ast.For | ast.If | ast.While):
        bare.body = [ast.Pass()]
        bare.orelse = []
    elif not isinstance(bare, ast.Return):
        yield "pass"
    yield from _assignments(bare)
    for parent in list(ast.walk(bare)):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, ast.expr):
                for other in _alternatives(value, kinds):
                    setattr(parent, name, other)
                    yield _line(bare)
                setattr(parent, name, value)
            elif isinstance(value, list):
                yield from _in_list(bare, parent, value, kinds)


def _line(statement: ast.stmt) -> str:
    return ast.unparse(ast.fix_missing_locations(statement)).split("\n")[0]


def _assignments(statement: ast.stmt) -> Iterator[str]:
    """``a += b`` with another operator, or none."""
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        for sign in ("=", "-=", "*="):
            yield f"{target} {sign} {value}"


def _in_list(statement: ast.stmt, parent: ast.AST, items: list[Any], kinds: Kinds) -> Iterator[str]:
    """Each item replaced, each dropped, each pair of neighbours in the other order."""
    for place, item in enumerate(list(items)):
        if not isinstance(item, ast.expr | ast.keyword):
            continue
        if isinstance(item, ast.expr):
            for other in _alternatives(item, kinds):
                items[place] = other
                yield _line(statement)
            items[place] = item
        if isinstance(parent, ast.Call) or len(items) > 2:
            del items[place]
            yield _line(statement)
            items.insert(place, item)
    for a in range(len(items)):
        for b in range(a + 1, len(items)):
            if isinstance(items[a], ast.expr) and isinstance(items[b], ast.expr):
                items[a], items[b] = items[b], items[a]
                yield _line(statement)
                items[a], items[b] = items[b], items[a]


def _alternatives(node: ast.expr, kinds: Kinds) -> Iterator[ast.expr]:
    """What may stand in the place of this expression."""
    for change in _CHANGES.get(type(node), ()):
        yield from change(node, kinds)


def _binary(node: ast.BinOp, _: Kinds) -> Iterator[ast.expr]:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, operator(), node.right)
    yield from (node.left, node.right)
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow):
        yield ast.BinOp(node.right, node.op, node.left)


def _unary(node: ast.UnaryOp, _: Kinds) -> Iterator[ast.expr]:
    yield node.operand


def _comparison(node: ast.Compare, _: Kinds) -> Iterator[ast.expr]:
    for operator in _COMPARISONS.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [operator(), *node.ops[1:]], node.comparators)


def _constant(node: ast.Constant, _: Kinds) -> Iterator[ast.expr]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _name(node: ast.Name, kinds: Kinds) -> Iterator[ast.expr]:
    if not isinstance(node.ctx, ast.Load):
        return
    for other in _RELATED.get(node.id, ()):
        yield ast.Name(other, node.ctx)
    kind = kinds.get(node.id)
    for other in sorted(kinds):
        if kind and kinds[other] == kind and other != node.id:
            yield ast.Name(other, node.ctx)
    if kind == "number":
        for operator in (ast.Add(), ast.Sub()):
            yield ast.BinOp(node, operator, ast.Constant(1))


def _attribute(node: ast.Attribute, _: Kinds) -> Iterator[ast.expr]:
    for other in _RELATED.get(node.attr, ()):
        yield ast.Attribute(node.value, other, node.ctx)


def _call(node: ast.Call, _: Kinds) -> Iterator[ast.expr]:
    """The call left out: its argument, or the object whose method it is, stands for it."""
    if isinstance(node.func, ast.Attribute) and not _is_numpy(node.func.value):
        yield node.func.value
    elif node.args and not _is_numpy(node.args[0]) and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Name) and node.func.id == "range" and len(node.args) == 1:
        yield ast.Call(node.func, [ast.Constant(1), node.args[0]], [])


def _is_numpy(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "np"


def _subscript(node: ast.Subscript, _: Kinds) -> Iterator[ast.expr]:
    """A loaded item left whole; other keys stand elsewhere in the statement."""
    if isinstance(node.ctx, ast.Load):
        yield node.value


def _slice(node: ast.Slice, _: Kinds) -> Iterator[ast.expr]:
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)
        for operator in (ast.Add(), ast.Sub()):
            moved = ast.BinOp(node.upper, operator, ast.Constant(1))
            yield ast.Slice(node.lower, moved, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)
    elif node.lower is None and node.upper is None:
        yield ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
        yield ast.Slice(ast.Constant(1), None, None)
        yield ast.Constant(0)


_CHANGES: Mapping[type[ast.expr], tuple[Callable[[Any, Kinds], Iterator[ast.expr]], ...]] = {
    ast.BinOp: (_binary,),
    ast.UnaryOp: (_unary,),
    ast.Compare: (_comparison,),
    ast.Constant: (_constant,),
    ast.Name: (_name,),
    ast.Attribute: (_attribute,),
    ast.Call: (_call,),
    ast.Subscript: (_subscript,),
    ast.Slice: (_slice,),
}
