"""Turn what a student's function returned into plain arrays, or say why it cannot be read.

This file is loaded by the local ``check`` and, by its path, inside the grading sandbox,
so that both read results in the same way.  It imports numpy only, and looks at types
with ``type``, never at attributes that a returned object could fake.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

_ndarray = np.ndarray
_generic = np.generic
_array = np.array
_NUMBERS = (bool, int, float)
_REAL = "biuf"


def plain_outputs(
    result: object, names: Sequence[str], *, keep: bool
) -> tuple[tuple[Any, ...] | None, str, object]:
    """Read ``result`` as the arrays called ``names``, and one item to keep if ``keep``.

    Returns ``(outputs, problem, kept)``.  ``outputs`` has one item per name: a
    base-class array of real numbers (a copy), or a sentence why that item is none.
    When the result as a whole cannot be read, ``outputs`` is None and ``problem`` says why.
    ``kept`` is the last item, untouched.
    """
    wanted = len(names) + (1 if keep else 0)
    expected = ", ".join([*names, *(["cache"] if keep else [])])
    kind = type(result)
    if wanted == 1 and kind not in (tuple, list):
        return (_plain(result, names[0]),), "", None
    if kind is not tuple and kind is not list:
        return None, f"returned {_described(result)}; expected {wanted} values: {expected}", None
    items: Sequence[object] = result  # type: ignore[assignment]
    if len(items) != wanted:
        noun = "value" if wanted == 1 else "values"
        return None, f"returned {len(items)} values; expected {wanted} {noun}: {expected}", None
    outputs = tuple(_plain(item, name) for item, name in zip(items, names, strict=False))
    return outputs, "", items[-1] if keep else None


def _plain(item: object, name: str) -> Any:
    kind = type(item)
    if kind in _NUMBERS:
        return _array(item, dtype=float)
    if not issubclass(kind, (_ndarray, _generic)):
        return f"{name} is {_described(item)}; expected a NumPy array"
    if issubclass(kind, np.ma.MaskedArray):
        return f"{name} is a masked array; expected a plain NumPy array"
    array = _array(item, copy=True, subok=False)
    if array.dtype.kind not in _REAL:
        return f"{name} has dtype {array.dtype}; expected real numbers"
    return array


def _described(item: object) -> str:
    kind = type(item)
    if item is None:
        return "None"
    if kind is _ndarray:
        return "one array"
    return f"a {kind.__name__[:40]}"
