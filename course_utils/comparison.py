"""Compare one array with what was expected, and say in words how they differ."""

from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.exercise import Array, ErrorMap, Worst

#: The largest slice shown as a map of the error, rows by columns.
LARGEST_MAP = (16, 24)


@dataclass(frozen=True)
class Comparison:
    """The difference of one output: ``right``, or a ``message`` and where it is worst."""

    right: bool
    message: str = ""
    worst: Worst | None = None
    error_map: ErrorMap | None = None


def scale(expected: Array) -> float:
    """The size that errors of this array are measured against (largest absolute value)."""
    finite = np.abs(np.asarray(expected, dtype=np.float64))
    return max(float(finite.max(initial=0.0)), tolerances.SMALLEST_SCALE)


def compare(
    output: str, got: Array, expected: Array, tolerance: float = tolerances.REFERENCE
) -> Comparison:
    """Compare ``got`` with ``expected``: first the shape, then finiteness, then the values.

    Both are real arrays of any shape; the error is norm-wise (see ``tolerances``).
    """
    if got.shape != expected.shape:
        return Comparison(
            right=False,
            message=f"{output} has shape {got.shape}, expected {expected.shape}",
        )
    if got.size == 0:
        return Comparison(right=True)
    with np.errstate(all="ignore"):
        difference = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    missing = ~np.isfinite(difference)
    difference = np.where(missing, np.inf, difference)
    if float(difference.max()) <= tolerance * scale(expected):
        return Comparison(right=True)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(difference)), got.shape))
    wrong = int(np.sum(difference > tolerance * scale(expected)))
    kind = "not finite" if missing.any() else "wrong"
    return Comparison(
        right=False,
        message=f"{output}: {wrong} of {got.size} entries are {kind}",
        worst=Worst(output, index, float(got[index]), float(expected[index])),
        error_map=error_map(output, difference, index),
    )


def error_map(output: str, difference: Array, index: tuple[int, ...]) -> ErrorMap | None:
    """The two-dimensional slice of ``difference`` (any shape) that holds ``index``.

    None when that slice is too large to show, or when there is nothing two-dimensional.
    """
    if difference.ndim == 0:
        return None
    leading = index[:-2]
    plane = np.atleast_2d(difference[leading])
    if plane.shape[0] > LARGEST_MAP[0] or plane.shape[1] > LARGEST_MAP[1]:
        return None
    where = ", ".join([*map(str, leading), *[":"] * min(2, difference.ndim)])
    return ErrorMap(
        label=f"{output}[{where}]",
        values=tuple(tuple(float(v) for v in row) for row in plane),
    )
