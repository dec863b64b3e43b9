"""Compare one array with what was expected, and say in words how they differ."""

import math
import re
from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.exercise import Array, ErrorMap, Worst

#: The largest slice shown as a map of the error, rows by columns.
LARGEST_MAP = (16, 24)
#: A difference of finite numbers is shown as a number, even where it overflows.
LARGEST_ERROR = 1e308

_ABOUT_SHAPE = re.compile(r"\w+ has shape \([\d, ]*\), expected \([\d, ]*\)")


@dataclass(frozen=True)
class Comparison:
    """The difference of one output: ``right``, or a ``message`` and where it is worst."""

    right: bool
    message: str = ""
    worst: Worst | None = None
    error_map: ErrorMap | None = None


def scale(expected: Array) -> float:
    """The size that errors of this array are measured against (largest finite absolute value)."""
    sizes = np.abs(np.asarray(expected, dtype=np.float64))
    largest = np.max(sizes, initial=0.0, where=np.isfinite(sizes))
    return max(float(largest), tolerances.SMALLEST_SCALE)


def compare(
    output: str, got: Array, expected: Array, tolerance: float = tolerances.REFERENCE
) -> Comparison:
    """Compare ``got`` with ``expected``: first the shape, then finiteness, then the values.

    Both are real arrays of any shape; the error is norm-wise (see ``tolerances``).
    """
    if got.shape != expected.shape:
        return Comparison(right=False, message=shape_message(output, got.shape, expected.shape))
    if identical(got, expected):
        return Comparison(right=True)
    difference = _difference(got, expected, tolerance * scale(expected))
    wrong = int(np.count_nonzero(difference))
    if not wrong:
        return Comparison(right=True)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(difference)), got.shape))
    return Comparison(
        right=False,
        message=_message(output, got, wrong),
        worst=Worst(output, index, float(got[index]), float(expected[index])),
        error_map=error_map(output, difference, index),
    )


def identical(a: Array, b: Array) -> bool:
    """Tell whether two arrays are the same, bit for bit: far quicker than to look at numbers."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _difference(got: Array, expected: Array, allowed: float) -> Array:
    """|got - expected|: 0 where it is at most ``allowed``, infinite where one is not finite."""
    with np.errstate(all="ignore"):
        difference = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    finite = np.isfinite(got) & np.isfinite(expected)
    difference = np.where(finite, np.minimum(difference, LARGEST_ERROR), np.inf)
    right = finite & (difference <= allowed)
    if not finite.all():
        # Two results of one function are compared, too: what is inf in both is the same.
        right |= (got == expected) | (np.isnan(got) & np.isnan(expected))
    return np.where(right, 0.0, difference)


def _message(output: str, got: Array, wrong: int) -> str:
    """How many entries are wrong, and how many of them are no numbers."""
    counts = {
        "nan": int(np.count_nonzero(np.isnan(got))),
        "inf": int(np.count_nonzero(np.isposinf(got))),
        "-inf": int(np.count_nonzero(np.isneginf(got))),
    }
    # Where all of them are nan, that is what is wrong with them.
    what = next((name for name, number in counts.items() if number == wrong), "wrong")
    if got.ndim == 0:
        return f"{output} is {what}"
    if got.size == 1:
        return f"{output}: its only entry is {what}"
    message = f"{output}: {wrong} of {got.size} entries {'is' if wrong == 1 else 'are'} {what}"
    others = [
        f"{number} {'entry is' if number == 1 else 'entries are'} {name}"
        for name, number in counts.items()
        if number and name != what
    ]
    return "; ".join([message, *others])


def overflowed(worst: Worst | None) -> bool:
    """Tell whether the worst entry is nan or infinite where a finite number is expected."""
    return worst is not None and math.isfinite(worst.expected) and not math.isfinite(worst.got)


def shape_message(output: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """What is said of an array of the wrong shape."""
    return f"{output} has shape {got}, expected {expected}"


def is_about_shape(message: str) -> bool:
    """Tell whether ``message`` is one that ``shape_message`` makes, whole."""
    return _ABOUT_SHAPE.fullmatch(message) is not None


def error_map(output: str, difference: Array, index: tuple[int, ...]) -> ErrorMap | None:
    """The two-dimensional slice of ``difference`` (any shape) that holds ``index``.

    None when that slice is too large to show, or is a single entry.
    """
    if difference.ndim == 0:
        return None
    leading = index[:-2]
    plane = np.atleast_2d(difference[leading])
    if plane.size <= 1 or plane.shape[0] > LARGEST_MAP[0] or plane.shape[1] > LARGEST_MAP[1]:
        return None
    where = ", ".join([*map(str, leading), *[":"] * min(2, difference.ndim)])
    return ErrorMap(
        label=f"{output}[{where}]",
        values=tuple(tuple(float(v) for v in row) for row in plane),
    )
