"""Turn what a student's function returned into plain arrays, or say why it cannot be read.

This file is loaded by the local ``check`` and, by its path, inside the grading sandbox,
so that both read results, and lend functions, in the same way.  It imports numpy only.

What is returned is never trusted: every decision rests on ``type(value)``, and no method of
a foreign object (``__array__``, ``__len__``, ``__iter__``, ``__class__``) is ever called.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: An output larger than this (bytes) is refused before it is copied: ``np.broadcast_to``
#: makes an array of any size from a single number.
LARGEST_OUTPUT = 16 * 2**20

# Bound now: student code may replace any of these in numpy later.
_array = np.array
_ndarray = np.ndarray
_generic = np.generic
_ancestors = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__
_float64 = np.dtype(np.float64)
_NUMBERS = (bool, int, float)


def plain_outputs(
    result: object, names: Sequence[str], *, keep: bool
) -> tuple[tuple[Any, ...] | None, str, object]:
    """Read ``result`` as the arrays called ``names``, and one item to keep if ``keep``.

    Returns ``(outputs, problem, kept)``.  ``outputs`` has one item per name: a fresh
    C-contiguous array of class ndarray, of a bool, integer, float32 or float64 dtype in
    native byte order, or a sentence why that item is none.
    When the result as a whole cannot be read, ``outputs`` is None and ``problem`` says why.
    ``kept`` is the last item, never looked into.
    """
    wanted = len(names) + (1 if keep else 0)
    expected = ", ".join([*names, *(["cache"] if keep else [])])
    items = _items(result)
    if items is None or (wanted == 1 and type(result) is list and len(items) != 1):
        if wanted != 1:
            problem = f"returned {_described(result)}; expected {wanted} values: {expected}"
            return None, problem, None
        items = [result]
    if len(items) != wanted:
        found, values = (_counted(number) for number in (len(items), wanted))
        return None, f"returned {found}; expected {values}: {expected}", None
    outputs = tuple(_plain(item, name) for item, name in zip(items, names, strict=False))
    return outputs, "", items[-1] if keep else None


def one_array(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, whose results (arrays) all arrive in the same array, as long as they fit.

    So does a layer that keeps a buffer for its output: what it returned before is overwritten.
    """
    kept: list[Any] = []

    def call(*arguments: Any) -> Any:
        value = _array(function(*arguments))
        if not kept or kept[0].shape != value.shape:
            kept[:] = [value]
        kept[0][...] = value
        return kept[0]

    return call


def _items(result: object) -> list[object] | None:
    """The items of a tuple or a list; None for anything else."""
    kind = type(result)
    # The base class's own iterator, whatever a subclass (a namedtuple) made of it.
    if issubclass(kind, tuple):
        return [*tuple.__iter__(result)]  # type: ignore[arg-type]
    if kind is list:
        return [*list.__iter__(result)]  # type: ignore[arg-type]
    return None


def _plain(item: object, name: str) -> Any:
    """``item`` as a fresh plain array, or a sentence about ``name``."""
    kind = type(item)
    # By name: importing numpy.ma for its class would cost more than all the rest.
    if any(_name(ancestor) == "MaskedArray" for ancestor in _ancestors(kind)):
        return f"{name} is a masked array; expected a plain NumPy array"
    if issubclass(kind, _ndarray):
        # A view as the base class: no method of a subclass is called.
        array = _ndarray.view(item, _ndarray)  # type: ignore[call-overload]
    elif kind in _NUMBERS or issubclass(kind, _generic):
        try:
            array = _array(item)
        except Exception:  # noqa: BLE001 - a scalar type of the student's own making
            return f"{name} is {_described(item)}; expected a NumPy array"
    else:
        return f"{name} is {_described(item)}; expected a NumPy array"
    dtype = array.dtype
    if dtype.kind not in "biuf":
        return f"{name} has dtype {str(dtype)[:60]}; expected real numbers"
    if array.size * dtype.itemsize > LARGEST_OUTPUT:
        return f"{name} has shape {array.shape}, which is far too large"
    if dtype.kind == "f" and dtype.itemsize not in (4, 8):
        dtype = _float64  # float16 and long double hold real numbers as well
    return _array(array, dtype=dtype.newbyteorder("="), order="C", copy=True)


def _described(item: object) -> str:
    """What a value is: ``None``, ``one array``, ``a list``."""
    kind = type(item)
    if item is None:
        return "None"
    if issubclass(kind, _ndarray):
        return "one array"
    name = str(_name(kind))[:40]
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _counted(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"
