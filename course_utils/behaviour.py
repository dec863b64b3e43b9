"""How a function behaves, whatever its values: what it changes, keeps, and depends on.

Each function here compares what came back and returns a sentence for the student, or
nothing when all is well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from course_utils.comparison import compare, identical
from course_utils.exercise import Array, Case, Check, Exercise, Returned, Value


def differs_by_dtype(
    exercise: Exercise, check: Check, case: Case, given: Returned, usual: Returned
) -> str:
    """Integers (``given``) must give what the same numbers give as float64 (``usual``).

    Be that right or wrong: a wrong value is another check's matter.
    """
    if usual.outputs is None:
        return ""
    if given.outputs is None:
        what = given.raised or given.problem
        return f"{exercise.function} fails for an integer x: {what} ({case.title})"
    for output, a, b in _arrays(exercise, given, usual):
        if output in check.outputs and not _same(a, b):
            return (
                f"{output} is another for integers than for the same numbers as float64: "
                f"{compare(output, a, b).message} ({case.title})"
            )
    return ""


_CHANGED = re.compile(r"\w+ modified (.+?) \(")

#: What makes a second call give another answer, as far as can be told from outside.
SURVIVES = "something survives from call to call, or is read before it is written (np.empty)"
USED_UP = "the first call used up the cache, or wrote into it; with a new one it is right again"


def differs_on_second_call(
    exercise: Exercise, case: Case, first: Returned, again: Returned, cause: str = SURVIVES
) -> str:
    """A second call with the same arguments must give the answers of the first."""
    if again.outputs is None:
        told = f"the second call failed: {again.raised or again.problem} ({case.title})"
        return told if cause == SURVIVES else f"{told}: {cause}"
    for output, a, b in _arrays(exercise, first, again):
        if not _same(a, b):
            return (
                f"a second call with the same arguments gave another {output} "
                f"({case.title}): {cause}"
            )
    return ""


def is_same(first: Returned, again: Returned) -> bool:
    """Tell whether two calls brought the same arrays, be they right or wrong, or both none."""
    if first.outputs is None or again.outputs is None:
        return first.outputs is again.outputs
    return all(map(_alike, first.outputs, again.outputs))


def changes_an_argument(
    exercise: Exercise, case: Case, arguments: Sequence[Value], returned: Returned
) -> str:
    """No array among the arguments may be modified."""
    names = list(case.inputs) if exercise.forward is None else [exercise.upstream, "the cache"]
    for name, before, after in zip(names, arguments, returned.arguments, strict=False):
        changed = _changed(name, before, after)
        if changed:
            return f"{exercise.function} modified {changed} ({case.title})"
    return ""


def changed_by(message: str) -> str:
    """The argument that a sentence of ``changes_an_argument`` names; empty for other sentences."""
    found = _CHANGED.match(message)
    return found[1] if found else ""


def as_float(case: Case) -> Case:
    """The same case with float64 in the place of integers; what is float stays as it is."""
    inputs = {
        name: value.astype(np.float64)
        if isinstance(value, np.ndarray) and value.dtype.kind != "f"
        else value
        for name, value in case.inputs.items()
    }
    return replace(case, inputs=inputs)


def _arrays(exercise: Exercise, a: Returned, b: Returned) -> Iterator[tuple[str, Array, Array]]:
    """The outputs that both calls returned as arrays, by name."""
    for output, x, y in zip(exercise.outputs, a.outputs or (), b.outputs or (), strict=True):
        if not isinstance(x, str) and not isinstance(y, str):
            yield output, x, y


def _same(a: Array, b: Array) -> bool:
    """Tell whether two results of one function are the same, be they right or wrong."""
    return identical(a, b) or np.array_equal(a, b, equal_nan=True) or compare("", a, b).right


def _alike(a: Array | str, b: Array | str) -> bool:
    """The same of two outputs, each of which may be a sentence why it is no array."""
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    return _same(a, b)


def _changed(name: str, before: Value, after: Value) -> str:
    """Name the array inside ``before`` that is no longer the same in ``after``."""
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and (
            identical(before, after)
            or (after.shape == before.shape and np.array_equal(after, before, equal_nan=True))
        )
        return "" if same else name
    if isinstance(before, tuple | list) and isinstance(after, tuple | list):
        for place, (b, a) in enumerate(zip(before, after, strict=False)):
            changed = _changed(f"item {place} of {name}", b, a)
            if changed:
                return changed
    return ""
