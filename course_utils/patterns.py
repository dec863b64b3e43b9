"""Say in words how a wrong array differs from the right one.

A pattern is a hint, not a proof: its sentence says "looks like".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from course_utils import tolerances
from course_utils.comparison import scale
from course_utils.exercise import Array, Value

_SPATIAL = 2
#: What the first two axes of an output stand for, where it is not image and channel.
_AXES = {"dw": ("filter", "channel"), "out": ("image", "output channel")}
_ORDINALS = {2: "second", 3: "third"}


def pattern(
    output: str,
    got: Array,
    expected: Array,
    inputs: Mapping[str, Value],
    axes: Sequence[str] = (),
) -> str:
    """The first pattern that fits, as a sentence; empty when none does.

    ``inputs`` are the forward's inputs of the case (for its stride and padding).  ``axes``
    says what each axis stands for, where the array is none of images.
    """
    if got.shape != expected.shape:
        return _shape_pattern(output, got, expected, _numbers(inputs))
    if not np.isfinite(got).all():
        return f"{output} holds entries that are not numbers: look for a division or an empty max."
    with np.errstate(over="ignore", invalid="ignore"):
        for look in _VALUE_PATTERNS:
            sentence = look(output, got, expected)
            if sentence:
                return sentence
        wrong = _wrong(got, expected)
        if axes:
            return _named_pattern(output, wrong, axes)
        return _place_pattern(output, wrong, _numbers(inputs))


def _numbers(inputs: Mapping[str, Value]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in inputs.values():
        if isinstance(value, Mapping):
            found.update({k: v for k, v in value.items() if isinstance(v, int)})
    return found


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and not _wrong(a, b).any()


def _wrong(got: Array, expected: Array) -> Array:
    difference = np.abs(got.astype(float) - expected.astype(float))
    # What overflowed is wrong, too.
    wrong: Array = np.asarray(~(difference <= tolerances.REFERENCE * scale(expected)))
    return wrong


def _shape_pattern(output: str, got: Array, expected: Array, numbers: Mapping[str, int]) -> str:
    pad = numbers.get("pad", 0)
    if got.size == 0:
        why = "" if pad else ": a slice such as [0:-0] selects nothing when the padding is 0"
        return f"{output} is empty{why}."
    if got.ndim == 0:
        return f"{output} is a single number: it was summed over every axis."
    if got.ndim == expected.ndim:
        return _same_rank_pattern(output, got, expected, pad)
    if got.size == expected.size:
        return f"{output} has the right number of entries in another shape."
    return f"{output} was summed or repeated along another axis than it should be."


def _same_rank_pattern(output: str, got: Array, expected: Array, pad: int) -> str:
    extra = [g - e for g, e in zip(got.shape, expected.shape, strict=True)]
    if pad and extra[-_SPATIAL:] == [2 * pad] * _SPATIAL and not any(extra[:-_SPATIAL]):
        return f"{output} looks like the padded array: it is larger by 2 * pad in each direction."
    if sorted(got.shape) == sorted(expected.shape):
        return f"{output} looks as if its axes were in another order."
    if max(extra) <= 0:
        return f"{output} is smaller than it should be: not every row or column has a place."
    return f"{output} has another size than it should have."


def _zero(output: str, got: Array, expected: Array) -> str:
    return f"{output} is zero everywhere." if not got.any() and expected.any() else ""


def _factor(output: str, got: Array, expected: Array) -> str:
    norm = float(np.sum(expected.astype(float) ** 2))
    if norm == 0.0:
        return ""
    factor = float(np.sum(got.astype(float) * expected)) / norm
    if factor == 0.0 or not _same(got, factor * expected):
        return ""
    if abs(factor + 1) < tolerances.FACTOR:
        return f"{output} looks right but for its sign."
    if expected.size == 1:
        # Any number is a multiple of any other.
        return ""
    if abs(factor) < 1:
        return f"{output} looks right but divided by {1 / factor:.6g}."
    return f"{output} looks right but multiplied by {factor:.6g}."


def _rearranged(output: str, got: Array, expected: Array) -> str:
    if expected.ndim >= _SPATIAL:
        if _same(got, expected[..., ::-1, ::-1]):
            return f"{output} looks rotated by 180 degrees in its last two axes."
        if _same(got, expected[..., ::-1, :]) or _same(got, expected[..., ::-1]):
            return f"{output} looks flipped along one of its last two axes."
        if _same(got, np.swapaxes(expected, -1, -2)):
            return f"{output} looks transposed in its last two axes."
    for order in permutations(range(expected.ndim)):
        if order == tuple(range(expected.ndim)):
            continue
        if _same(got, np.transpose(expected, order).reshape(expected.shape)):
            return f"{output} looks reshaped with its axes in another order: transpose first."
    return ""


def _rounded(output: str, got: Array, expected: Array) -> str:
    if np.array_equal(got, np.trunc(expected)):
        return f"{output} looks right but cut off to whole numbers: look at the dtype of a buffer."
    error = np.abs(got.astype(float) - expected) / scale(expected)
    if float(error.max()) < tolerances.SINGLE_PRECISION:
        return f"{output} looks right but rounded: look for float32."
    return ""


_VALUE_PATTERNS: tuple[Callable[[str, Array, Array], str], ...] = (
    _zero,
    _rounded,
    _factor,
    _rearranged,
)


def _place_pattern(output: str, wrong: Array, numbers: Mapping[str, int]) -> str:
    """Where the wrong entries are: one image, one channel, the border, every s-th row."""
    if wrong.all() or not wrong.any():
        return ""
    names = _AXES.get(output, ("image", "channel")) if wrong.ndim == 4 else ()
    for name, bad in _along(wrong, names):
        if not bad[0] and bad[1:].all():
            return f"{output} looks right for {name} 0 only."
        if bad[0] and not bad[1:].any():
            return f"{output} looks wrong for {name} 0 only."
    if wrong.ndim < _SPATIAL:
        return ""
    plane = np.asarray(wrong.any(axis=tuple(range(wrong.ndim - _SPATIAL))))
    return _plane_pattern(output, plane, numbers)


def _along(wrong: Array, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
    """The name of each axis with several entries, and where along it something is wrong."""
    for axis, name in enumerate(names):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        bad = np.asarray(wrong.any(axis=others))
        if bad.size > 1:
            yield name, bad


def _named_pattern(output: str, wrong: Array, axes: Sequence[str]) -> str:
    """The one entry of a named axis, the first or the last, that is unlike all others."""
    for name, bad in _along(wrong, axes):
        for where, one, others in (("first", bad[0], bad[1:]), ("last", bad[-1], bad[:-1])):
            if one != others[0] and (others == others[0]).all():
                return f"{output} looks {'wrong' if one else 'right'} for the {where} {name} only."
    return ""


def _plane_pattern(output: str, plane: Array, numbers: Mapping[str, int]) -> str:
    inside = np.zeros(plane.shape, dtype=bool)
    inside[1:-1, 1:-1] = True
    if inside.any() and plane[~inside].any():
        if not plane[inside].any():
            return f"{output} looks wrong only along its border: look at the padding and its crop."
    elif inside.any() and not plane[~inside].any():
        return f"{output} looks wrong only inside, right along its border."
    stride = numbers.get("stride", 1)
    for axis, word in ((1, "row"), (0, "column")):
        lines = np.flatnonzero(plane.any(axis=axis))
        if stride > 1 and lines.size > 1 and set(np.diff(lines)) == {stride}:
            ordinal = _ORDINALS.get(stride, f"{stride}th")
            return f"{output} looks wrong in every {ordinal} {word}: look at the stride."
    for axis, word in enumerate(("row", "column")):
        if plane.shape[axis] > 1 and not plane.take(range(plane.shape[axis] - 1), axis).any():
            return f"{output} looks wrong only in its last {word}: look at the loop's limits."
    return ""
