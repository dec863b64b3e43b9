"""A few numbers that stand for an array: enough to recognise it, too few to rebuild it.

A signature is the shape, the number of entries that are not finite, and three weighted
sums of the others.  Weights are fixed integers, so the sums of integer arrays are exact
on every machine; two different arrays agree in all three by accident with a chance that
does not matter.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_utils import tolerances
from course_utils.exercise import Array

_SUMS = 3
#: A prime larger than any index times the multipliers' period, for well-spread weights.
_MODULUS = 1_000_003
#: Weights of arrays of more entries are made anew.
_LARGEST_KEPT = 10_000


@dataclass(frozen=True)
class Signature:
    """``size`` is the sum of |weight * entry|, which rounding errors are measured by."""

    shape: tuple[int, ...]
    odd: int
    sums: tuple[float, ...]
    size: float

    @classmethod
    def of(cls, array: Array) -> "Signature":
        """The signature of a real array of any shape."""
        values = np.asarray(array, dtype=np.float64).ravel()
        finite = np.isfinite(values)
        values = np.where(finite, values, 0.0)
        with np.errstate(over="ignore", invalid="ignore"):
            small = values.size <= _LARGEST_KEPT
            terms = (_kept_weights if small else _weights)(values.size) * values
            return cls(
                shape=tuple(array.shape),
                odd=int(np.sum(~finite)),
                sums=tuple(float(s) for s in terms.sum(axis=1)),
                size=float(np.abs(terms).sum(axis=1).max(initial=0.0)),
            )

    def matches(self, other: "Signature") -> bool:
        """Tell whether both stand for the same array, up to the last bits of its sums.

        An array whose sums overflow is like no other.
        """
        if self.shape != other.shape or self.odd != other.odd:
            return False
        slack = tolerances.RECORDED * max(self.size, other.size, tolerances.SMALLEST_SCALE)
        for a, b in zip(self.sums, other.sums, strict=True):
            if not abs(a - b) <= slack:
                return False
        return math.isfinite(slack)


def signed(answer: Mapping[str, Array]) -> dict[str, Signature]:
    """The signature of each array, by the name of the output."""
    return {output: Signature.of(array) for output, array in answer.items()}


def _weights(size: int) -> Array:
    """Integer weights of shape (3, size) between -50 and 50, never periodic within ``size``."""
    index = np.arange(1, size + 1, dtype=np.int64)
    rows = [(index * index * k + 7919 * index * (k + 1)) % _MODULUS % 101 - 50 for k in (1, 2, 3)]
    return np.array(rows[:_SUMS], dtype=np.float64)


@lru_cache(maxsize=64)
def _kept_weights(size: int) -> Array:
    weights = _weights(size)
    weights.flags.writeable = False
    return weights
