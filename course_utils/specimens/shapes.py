"""The shapes that a lent function takes: others are refused before anything is computed.

Broadcasting makes of two long arrays one that fills the memory, and a student's code may call
a lent function with anything.
"""

from math import prod
from typing import Final

import numpy as np

from course_utils.exercise import Array, Value

#: What the extents of all axes may multiply to: half a megabyte, and a moment for loops.
LARGEST: Final = 2**16


def fitted(axes: str, **values: Value) -> tuple[Array, ...]:
    """The values as float64 arrays whose axes are the letters of ``axes``, one word for each.

    ``fitted("NC C", x=x, a=a)`` takes x (N, C) and a (C,).  An axis is as long wherever its
    letter stands.  Raises ValueError where it is not, for other numbers of axes, and where
    the lengths of all axes multiply to more than ``LARGEST``.
    """
    words = axes.split()
    arrays = tuple(np.asarray(value, dtype=np.float64) for value in values.values())
    lengths: dict[str, int] = {}
    for word, array in zip(words, arrays, strict=True):
        if len(word) != array.ndim or any(
            lengths.setdefault(letter, length) != length
            for letter, length in zip(word, array.shape, strict=True)
        ):
            raise ValueError(f"{_listed(values, arrays)}; expected {_expected(values, words)}")
    if prod(lengths.values()) > LARGEST:
        raise ValueError(f"{_listed(values, arrays)}: that is far too large for a test")
    return arrays


def _listed(values: dict[str, Value], arrays: tuple[Array, ...]) -> str:
    shapes = (f"{name} has shape {a.shape}" for name, a in zip(values, arrays, strict=True))
    return ", ".join(shapes)


def _expected(values: dict[str, Value], words: list[str]) -> str:
    names = zip(values, words, strict=True)
    return ", ".join(f"{name} ({', '.join(word)}{',' * (len(word) == 1)})" for name, word in names)
