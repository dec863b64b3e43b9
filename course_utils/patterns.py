"""Say in words how wrong arrays differ from the right ones.

A pattern is a hint, not a proof: its sentence says "looks like".  But what it says of the
arrays is true of every one of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from course_utils import tolerances
from course_utils.comparison import scale
from course_utils.exercise import Array, Value

_SPATIAL = 2
#: What the first two axes of an output stand for, where it is not image and channel.
_NAMES = {"dw": ("filter", "channel"), "out": ("image", "output channel")}
_ORDINALS = {2: "second", 3: "third"}
#: So many cases must show what a single one may show by accident.
_ENOUGH_CASES = 2
#: The orders of so many outputs are tried.
_MOST_OUTPUTS = 4
#: So many entries are not equal by accident.
_ENOUGH_ENTRIES = 4


@dataclass(frozen=True)
class Wrong:
    """A wrong array with the right one, and the forward's inputs (for its stride and padding)."""

    got: Array
    expected: Array
    inputs: Mapping[str, Value]


def pattern(output: str, cases: Sequence[Wrong], axes: Sequence[str] = ()) -> str:
    """The first pattern that fits all wrong arrays of an output, as a sentence; empty if none.

    ``axes`` says what each axis stands for, where the output is none of images.  One
    single number fits many a pattern by accident: of it nothing is told.
    """
    if len(cases) < _ENOUGH_CASES and all(case.expected.size == 1 for case in cases):
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        found = {_kind_of_error(output, case, axes) for case in cases}
        if found == {""}:
            return _common_place(output, cases, axes)
    return found.pop() if len(found) == 1 else ""


def order_pattern(answers: Sequence[tuple[Mapping[str, Array], Mapping[str, Array]]]) -> str:
    """A sentence if the outputs are right but in another order, in all cases; else empty.

    ``answers`` are pairs of what came back and what should, both by output, in their order.
    """
    names = [*answers[0][1]] if answers else []
    # What many outputs are in another order for is not found by trying.
    orders = [*permutations(names)][1:] if len(names) <= _MOST_OUTPUTS else []
    with np.errstate(over="ignore", invalid="ignore"):
        for order in orders:
            if all(_is_in_order(order, got, expected) for got, expected in answers):
                return (
                    f"What is returned looks right but in another order: {', '.join(order)}; "
                    f"expected {', '.join(names)}."
                )
    return ""


def _is_in_order(
    order: Sequence[str], got: Mapping[str, Array], expected: Mapping[str, Array]
) -> bool:
    """Tell whether each output is the right one of that place of ``order``."""
    pairs = zip(expected, order, strict=True)
    return got.keys() == expected.keys() and all(_same(got[a], expected[b]) for a, b in pairs)


def _kind_of_error(output: str, case: Wrong, axes: Sequence[str]) -> str:
    """What is wrong with the shape or with all values; empty if nothing fits."""
    got, expected = case.got, case.expected
    if got.shape != expected.shape:
        return _shape_pattern(output, case, axes)
    if np.isnan(got).any():
        return (
            f"{output} holds entries that are not numbers: look for 0 / 0, a mean of nothing, or "
            "inf - inf and inf / inf after something became too large (an exp, say)."
        )
    if np.isinf(got).any():
        return f"{output} holds infinite entries: look for a division by zero, or infinite padding."
    sentences = (look(output, got, expected) for look in _VALUE_PATTERNS)
    return next(filter(None, sentences), "")


def _common_place(output: str, cases: Sequence[Wrong], axes: Sequence[str]) -> str:
    """Where all wrong arrays are wrong; of a single number or case nothing is told."""
    if len(cases) < _ENOUGH_CASES or any(case.expected.size == 1 for case in cases):
        return ""
    found = set()
    for case in cases:
        wrong = _wrong(case.got, case.expected)
        if axes:
            found.add(_named_pattern(output, wrong, axes))
        else:
            found.add(_place_pattern(output, wrong, _numbers(case.inputs)))
    return found.pop() if len(found) == 1 else ""


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


def _shape_pattern(output: str, case: Wrong, axes: Sequence[str]) -> str:
    got, expected, pad = case.got, case.expected, _numbers(case.inputs).get("pad")
    if got.size == 0:
        when = " when pad is 0" if pad == 0 else ""
        return f"{output} has no entries{when}."
    if got.ndim == 0:
        return f"{output} is a single number, as if it were summed over every axis."
    if got.ndim != expected.ndim:
        axes = "1 axis" if got.ndim == 1 else f"{got.ndim} axes"
        return (
            f"{output} has {axes}, expected {expected.ndim}: look at which axes are summed over, "
            "kept or added."
        )
    if axes or got.ndim < 2 * _SPATIAL:
        return f"{output} has another size than it should have."
    return _image_shape_pattern(output, got, expected, pad or 0)


def _image_shape_pattern(output: str, got: Array, expected: Array, pad: int) -> str:
    """The same number of axes, the last two of which are rows and columns."""
    extra = [g - e for g, e in zip(got.shape, expected.shape, strict=True)]
    leading, spatial = extra[:-_SPATIAL], extra[-_SPATIAL:]
    if not any(spatial):
        names = _NAMES.get(output, ("image", "channel"))
        wrong = " and of ".join(
            f"{name}s" for name, more in zip(names, leading, strict=True) if more
        )
        return f"{output} has another number of {wrong} than it should have."
    if any(leading):
        return f"{output} has another size than it should have."
    if pad and spatial == [2 * pad] * _SPATIAL:
        return f"{output} looks like the padded array: it is larger by 2 * pad in each direction."
    if sorted(got.shape) == sorted(expected.shape):
        return f"{output} looks as if its axes were in another order."
    if max(extra) <= 0:
        return f"{output} is smaller than it should be: not every row or column has a place."
    return f"{output} has another size than it should have."


def _zero(output: str, got: Array, expected: Array) -> str:
    return f"{output} is zero everywhere." if not got.any() and expected.any() else ""


def _constant(output: str, got: Array, expected: Array) -> str:
    """One number everywhere: the start of a maximum, say, or the fill of a buffer."""
    if got.size < _ENOUGH_ENTRIES or np.ptp(got) or not np.ptp(expected):
        return ""
    return f"{output} is {got.flat[0]:g} everywhere: look for where this number comes from."


def _factor(output: str, got: Array, expected: Array) -> str:
    norm = float(np.sum(expected.astype(float) ** 2))
    if norm == 0.0:
        return ""
    factor = float(np.sum(got.astype(float) * expected)) / norm
    if factor == 0.0 or not _same(got, factor * expected):
        return ""
    if abs(factor + 1) < tolerances.FACTOR:
        return f"{output} looks right but for its sign."
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
    if np.array_equal(got, np.floor(expected)):
        return f"{output} looks right but rounded down to whole numbers: look for //."
    error = np.abs(got.astype(float) - expected) / scale(expected)
    if float(error.max()) < tolerances.SINGLE_PRECISION:
        return f"{output} looks right but rounded: look for float32."
    return ""


_VALUE_PATTERNS: tuple[Callable[[str, Array, Array], str], ...] = (
    _zero,
    _constant,
    _rounded,
    _factor,
    _rearranged,
)


def _place_pattern(output: str, wrong: Array, numbers: Mapping[str, int]) -> str:
    """Where the wrong entries are: one image, one channel, some rows, the border."""
    if wrong.all() or not wrong.any():
        return ""
    names = _NAMES.get(output, ("image", "channel")) if wrong.ndim == 4 else ()
    for name, bad in _along(wrong, names):
        if not bad[0] and bad[1:].all():
            return f"{output} looks right for {name} 0 only."
        if bad[0] and not bad[1:].any():
            return f"{output} looks wrong for {name} 0 only."
    if wrong.ndim < _SPATIAL:
        return ""
    plane = np.asarray(wrong.any(axis=tuple(range(wrong.ndim - _SPATIAL))))
    return _lines_pattern(output, plane, numbers.get("stride", 1)) or _border_pattern(output, plane)


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


def _lines_pattern(output: str, plane: Array, stride: int) -> str:
    """Every s-th row or column is wrong, or the last ones alone (at most half of them)."""
    for axis, word in enumerate(("row", "column")):
        lines = np.flatnonzero(plane.any(axis=1 - axis))
        if stride > 1 and lines.size > 1 and set(np.diff(lines)) == {stride}:
            ordinal = _ORDINALS.get(stride, f"{stride}th")
            return f"{output} looks wrong in every {ordinal} {word}: look at the stride."
    for axis, word in enumerate(("row", "column")):
        lines = np.flatnonzero(plane.any(axis=1 - axis))
        if 2 * lines[0] >= plane.shape[axis]:
            return (
                f"{output} looks wrong in its last {word}s only: look at how many windows there "
                "are, and where the last ones stand."
            )
    return ""


def _border_pattern(output: str, plane: Array) -> str:
    """Wrong along the border, on each of its four sides, or nowhere on it."""
    inside = np.zeros(plane.shape, dtype=bool)
    inside[1:-1, 1:-1] = True
    if not inside.any():
        return ""
    sides = (plane[0, 1:-1], plane[-1, 1:-1], plane[1:-1, 0], plane[1:-1, -1])
    if not plane[inside].any() and all(side.any() for side in sides):
        return f"{output} looks wrong only along its border: look at the padding and its crop."
    if not plane[~inside].any():
        return f"{output} looks wrong only inside, right along its border."
    return ""
