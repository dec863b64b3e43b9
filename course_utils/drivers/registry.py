"""Drivers use what cannot be judged by one call: an object with state, step by step.

A driver is a function of the course's own that stands beside the student's code: it is
given arrays, uses the student's classes by their names, and returns arrays, which are
compared as those of any function.  In the grading sandbox its text runs there too; so it
is one plain function that imports what it needs and holds nothing secret.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, TypeVar

Driver = TypeVar("Driver", bound=Callable[..., Any])

#: Every driver by its name.
DRIVERS: dict[str, FunctionType] = {}


def driver(function: Driver) -> Driver:
    """Enter the decorated function into ``DRIVERS``.  It has no default arguments."""
    assert isinstance(function, FunctionType)
    assert function.__name__ not in DRIVERS
    DRIVERS[function.__name__] = function
    return function


def bound(name: str, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The driver as a function that finds the student's names in ``namespace``."""
    return FunctionType(DRIVERS[name].__code__, dict(namespace), name)


def source(name: str) -> str:
    """The text of a driver, to be run where the student's names are."""
    lines = inspect.getsource(DRIVERS[name]).splitlines()
    return "\n".join(line for line in lines if not line.startswith("@"))


def statements(name: str, outputs: Sequence[str]) -> list[str]:
    """What a driver does, line by line, as statements that end with values for ``outputs``.

    Its arguments are names that stand already.  A value that is the same in every run, or
    that has its output's name, is left out.
    """
    text = textwrap.dedent(source(name))
    [definition] = ast.parse(text).body
    assert isinstance(definition, ast.FunctionDef)
    *body, last = definition.body
    if ast.get_docstring(definition) is not None:
        del body[0]
    assert isinstance(last, ast.Return)
    values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    first = body[0].lineno if body else last.lineno
    lines = textwrap.dedent("\n".join(text.splitlines()[first - 1 : last.lineno - 1])).split("\n")
    returned = [
        f"{output} = {ast.unparse(value)}"
        for output, value in zip(outputs, values, strict=True)
        if value is not None
        and not isinstance(value, ast.Constant)
        and ast.unparse(value) != output
    ]
    return [line for line in lines if line.strip()] + returned
