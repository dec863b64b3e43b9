"""Mechanical wrong answers that know a size: a local number is held to one value.

Whoever tries a function on one picture may write ``WW = 3`` and see it pass.  Such a mutant
has, behind the line that binds a whole number, a statement that binds it again: to a value
that it has in some case, or to another number of the function.  Where the number is one of
the inputs' sizes, the mutant must fail in every part that asks for it, and not only in one
of them: each part's points are earned by themselves.  What is computed may differ in one
part only: a stamp is higher than its kernel only where there is dilation.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from autograder.mutation import Mutant, local_values, methods, normal_form, statements
from autograder.reference import Reference

#: The values that each local name has in one part, over all its cases.
Values = Mapping[str, Collection[int]]


class Call(NamedTuple):
    """One call of a function: what is called (a class is used by a driver), with what."""

    called: Callable[..., Any]
    arguments: Sequence[Any]


def size_mutants(
    reference: Reference, function: str, parts: Mapping[str, Sequence[Sequence[Call]]]
) -> list[Mutant]:
    """All mutants of ``function`` that know a size, in the order of its lines.

    ``parts`` are the calls of each exercise that asks for the function, by its name, for
    several seeds: a number that a seed draws is no size.
    """
    text = normal_form(reference.source(function))
    lines = text.split("\n")
    target = reference.functions[function]
    values = {part: _sizes(target, seeds) for part, seeds in parts.items()}
    found: dict[tuple[str, str], Mutant] = {}
    for method in methods(ast.parse(text).body[0]):
        bound: list[str] = []
        computed: set[str] = set()
        used = {node.id for node in ast.walk(method) if _is_read(node)}
        for statement in statements(method):
            place = statement.lineno - 1
            line = lines[place].strip()
            indent = lines[place][: -len(line)]
            given = _is_given(statement, computed)
            if not given:
                computed.update(_targets(statement))
            targets = [name for name in _targets(statement) if name in used]
            bound.extend(name for name in targets if name not in bound)
            for name in targets:
                asking = tuple(p for p in parts if _asked(name, statement, values[p]))
                for other in _others(name, bound, [values[part] for part in asking]):
                    new = f"{line}; {name} = {other}"
                    source = "\n".join([*lines[:place], indent + new, *lines[place + 1 :]])
                    found[line, new] = Mutant(function, line, new, source, asking if given else ())
    return list(found.values())


def _sizes(target: Callable[..., Any], seeds: Sequence[Sequence[Call]]) -> Values:
    """The whole numbers that do not depend on the seed."""
    first, *others = (_whole_numbers(target, calls) for calls in seeds)
    return {
        name: values
        for name, values in first.items()
        if all(other.get(name) == values for other in others)
    }


def _whole_numbers(target: Callable[..., Any], calls: Sequence[Call]) -> Values:
    """What the local names hold when a call returns, where it is a whole number each time."""
    seen: dict[str, set[int]] = {}
    other: set[str] = set()
    for call in calls:
        for name, value in local_values(target, call.called, call.arguments).items():
            if isinstance(value, int | np.integer) and not isinstance(value, bool):
                seen.setdefault(name, set()).add(int(value))
            else:
                other.add(name)
    return {name: found for name, found in seen.items() if name not in other}


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _targets(statement: ast.stmt) -> list[str]:
    """The plain names that an assignment binds."""
    if not isinstance(statement, ast.Assign):
        return []
    first = statement.targets[0]
    items = first.elts if isinstance(first, ast.Tuple) else [first]
    return [item.id for item in items if isinstance(item, ast.Name)]


def _is_given(statement: ast.stmt, computed: Collection[str]) -> bool:
    """Tell whether an assignment only unpacks what the function was given."""
    return isinstance(statement, ast.Assign) and not any(
        isinstance(node, ast.BinOp)
        or (isinstance(node, ast.Call) and not _is_get(node))
        or (isinstance(node, ast.Name) and node.id in computed)
        for node in ast.walk(statement.value)
    )


def _is_get(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
    )


def _asked(name: str, statement: ast.stmt, values: Values) -> bool:
    """Tell whether a part asks for ``name``: an option that it never sets it does not."""
    return name in values and not (_is_option(name, statement) and len(values[name]) == 1)


def _is_option(name: str, statement: ast.stmt) -> bool:
    """Tell whether ``name`` may be left out of the dictionary that it is taken from."""
    if not isinstance(statement, ast.Assign):
        return False
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        value = dict(zip(map(ast.unparse, target.elts), value.elts, strict=True))[name]
    return _is_get(value)


def _others(name: str, bound: Sequence[str], values: Sequence[Values]) -> Iterator[str]:
    """The values of ``name``, and the numbers of the function that may be taken for it.

    ``values`` are those of the parts that ask for it; without any there is nothing to miss.
    """
    if not values:
        return
    yield from map(str, sorted({value for part in values for value in part[name]}))
    for other in bound:
        if other != name and all(other in part for part in values):
            yield other
