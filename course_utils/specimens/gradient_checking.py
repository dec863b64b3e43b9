"""What a student's gradient checker is tried on: functions, and layers with their backwards.

The functions ``cubic``, ``shares`` ... are differentiated.  Of the layers ``blend``, ``bend``,
``squares`` and ``centred`` the gradients are known: ``right gradients`` returns them in one of the
``STYLES``, ``wrong gradients`` with one of the ``FLAWS``.  A ``scale`` makes a layer's output,
and so its gradients, larger or smaller.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from course_utils.exercise import Array, Value
from course_utils.specimens.registry import named
from course_utils.specimens.shapes import fitted

Gradients = tuple[Array, ...]


def _array(value: Value) -> Array:
    array: Array = np.asarray(value, dtype=np.float64)
    return array


# Functions to be differentiated


@named("cubic")
def _cubic(x: Value) -> Array:
    """Each entry times the square of the sum of all: polynomial, and every entry counts."""
    x = _array(x)
    out: Array = x * np.sum(x) ** 2
    return out


@named("cubic in one array", reuses=True)
def _cubic_in_one_array(x: Value) -> Array:
    out: Array = _cubic(x)
    return out


@named("shares")
def _shares(x: Value) -> Array:
    """Along the last axis, exponentials divided by their sum."""
    x = _array(x)
    grown = np.exp(x - np.max(x, axis=-1, keepdims=True))
    out: Array = grown / np.sum(grown, axis=-1, keepdims=True)
    return out


@named("matrix times")
def _matrix_times(x: Value, matrix: Value) -> Array:
    """``matrix`` (P, R) times x (R, C): linear, and of another shape than x."""
    out: Array = _array(matrix) @ _array(x)
    return out


@named("one number")
def _one_number(x: Value) -> Array:
    """The cube of the sum of all entries: an array without axes."""
    return np.asarray(np.sum(_array(x)) ** 3)


# Layers

#: The axes of each layer's inputs; its output is (N, C).
AXES: Final = {"blend": "NC C", "bend": "NC", "squares": "NC", "centred": "C N"}


@named("blend")
def _blend(x: Value, a: Value, scale: float) -> tuple[Array, Gradients]:
    """x (N, C), a (C,): out = scale * a * x * s**2 / 4, with s the sum of each row of x."""
    x, a = fitted(AXES["blend"], x=x, a=a)
    s = np.sum(x, axis=1, keepdims=True)
    return scale * a * x * s**2 / 4, (x, a)


@named("bend")
def _bend(x: Value) -> tuple[Array, Gradients]:
    """x (N, C): slope 1 where x > 0, slope 1/4 where x < 0, a corner at 0."""
    (x,) = fitted(AXES["bend"], x=x)
    return np.where(x > 0, x, x / 4), (x,)


@named("squares")
def _squares(x: Value) -> tuple[Array, Gradients]:
    """x (N, C), each entry squared: near 0 the curve outweighs the slope."""
    (x,) = fitted(AXES["squares"], x=x)
    return x * x, (x,)


@named("centred")
def _centred(x: Value, shift: Value) -> tuple[Array, Gradients]:
    """x (C,), shift (N,): N shifted copies of x, each minus its mean; shift cancels out."""
    x, shift = fitted(AXES["centred"], x=x, shift=shift)
    moved = x + shift[:, None]
    return moved - np.mean(moved, axis=1, keepdims=True), (x, shift)


def _blend_gradients(dout: Array, x: Array, a: Array) -> Gradients:
    s = np.sum(x, axis=1, keepdims=True)
    dx = dout * a * s**2 / 4 + s / 2 * np.sum(dout * a * x, axis=1, keepdims=True)
    return dx, np.sum(dout * x * s**2 / 4, axis=0)


def _blend_in_loops(dout: Array, x: Array, a: Array) -> Gradients:
    """The same, row after row, in Fortran order."""
    dx, da = np.zeros(x.shape, order="F"), np.zeros(a.shape)
    for n, row in enumerate(x):
        s = row.sum()
        dx[n] = s / 4 * (s * dout[n] * a + 2 * np.dot(dout[n] * a, row))
        da += s**2 / 4 * dout[n] * row
    return dx, da


def _blend_in_single(dout: Array, x: Array, a: Array) -> Gradients:
    """The same, rounded to float32."""
    dx, da = _blend_gradients(dout, x, a)
    return dx.astype(np.float32), da.astype(np.float32)


def _bent(left: float, corner: float, right: float) -> Callable[..., Gradients]:
    """Gradients of ``bend`` with these slopes below, at and above 0."""

    def gradients(dout: Array, x: Array) -> Gradients:
        return (dout * np.select([x < 0, x > 0], [left, right], corner),)

    return gradients


def _bent_beyond(dout: Array, x: Array) -> Gradients:
    """At the corner of ``bend`` above the slopes of both sides, whatever the sign of dout."""
    (dx,) = _bent(0.25, 1, 1)(dout, x)
    return (np.where(x == 0, 1.5 * np.abs(dout), dx),)


def _squared(factor: float) -> Callable[..., Gradients]:
    """Gradients of ``squares``, times this factor."""
    return lambda dout, x: (factor * 2 * dout * x,)


def _centred_gradients(dout: Array, _x: Array, shift: Array) -> Gradients:
    dx = np.sum(dout - np.mean(dout, axis=1, keepdims=True), axis=0)
    # Right code sums what cancels; what is left of it is rounding, of either sign.
    left = np.sum(np.abs(dout), axis=1) * np.finfo(np.float64).eps / 4
    return dx, left * (-1.0) ** np.arange(len(shift))


#: Right ways to write a backward, each for one layer.
STYLES: Final[Mapping[str, Callable[..., Gradients]]] = {
    "blend at once": _blend_gradients,
    "blend in loops": _blend_in_loops,
    "blend in float32": _blend_in_single,
    "bend, at 0 from the left": _bent(0.25, 0.25, 1),
    "bend, at 0 from the right": _bent(0.25, 1, 1),
    "bend, at 0 in between": _bent(0.25, 0.625, 1),
    "squares at once": _squared(1),
    "centred, shift without effect": _centred_gradients,
}


def _blend_with(change: Callable[[Array, Array], Gradients]) -> Callable[..., Gradients]:
    """The right gradients of ``blend``, changed afterwards."""
    return lambda dout, x, a: change(*_blend_gradients(dout, x, a))


def _blend_for(change: Callable[[Array], Array]) -> Callable[..., Gradients]:
    """The right gradients of ``blend`` for another upstream gradient."""
    return lambda dout, x, a: _blend_gradients(change(dout), x, a)


def _with_entry(array: Array, place: int, value: float) -> Array:
    changed = array.copy()
    changed.flat[place] = value
    return changed


def _last_entry_wrong(dx: Array, da: Array) -> Gradients:
    return dx, _with_entry(da, -1, da.flat[-1] - np.max(np.abs(da)) / 64)


def _first_entry_wrong(dx: Array, da: Array) -> Gradients:
    return _with_entry(dx, 0, dx.flat[0] + np.max(np.abs(dx)) / 64), da


def _cancelling(dx: Array, da: Array) -> Gradients:
    """Two entries of dx are off, by as much in opposite directions."""
    off = np.max(np.abs(dx))
    return _with_entry(_with_entry(dx, 0, dx.flat[0] + off), 1, dx.flat[1] - off), da


def _alike(dx: Array, da: Array) -> Gradients:
    """The same two entries are off, by as much in the same direction."""
    off = np.max(np.abs(dx))
    return _with_entry(_with_entry(dx, 0, dx.flat[0] + off), 1, dx.flat[1] + off), da


def _row_sum_taken_for_a_constant(dout: Array, x: Array, a: Array) -> Gradients:
    s = np.sum(x, axis=1, keepdims=True)
    return dout * a * s**2 / 4, np.sum(dout * x * s**2 / 4, axis=0)


#: Wrong ways to write one, each for one layer.
FLAWS: Final[Mapping[str, Callable[..., Gradients]]] = {
    "blend, half of it": _blend_with(lambda dx, da: (dx / 2, da / 2)),
    "blend, sign of da": _blend_with(lambda dx, da: (dx, -da)),
    "blend, dout ignored": _blend_for(np.ones_like),
    "blend, size of dout alone": _blend_for(np.abs),
    "blend, row sum taken for a constant": _row_sum_taken_for_a_constant,
    "blend, entries in reverse order": _blend_with(lambda dx, da: (dx[::-1, ::-1], da[::-1])),
    "blend, last entry wrong": _blend_with(_last_entry_wrong),
    "blend, first entry wrong": _blend_with(_first_entry_wrong),
    "blend, two errors that cancel": _blend_with(_cancelling),
    "blend, two errors that are alike": _blend_with(_alike),
    "blend, one entry nan": _blend_with(lambda dx, da: (_with_entry(dx, -1, np.nan), da)),
    "blend, dx with an axis more": _blend_with(lambda dx, da: (dx[np.newaxis], da)),
    "blend, da kept as a row": _blend_with(lambda dx, da: (dx, da[np.newaxis])),
    "blend, da missing": _blend_with(lambda dx, _: (dx,)),
    "bend, 0 at the corner": _bent(0.25, 0, 1),
    "bend, too large at the corner": _bent_beyond,
    "bend, nan at the corner": _bent(0.25, np.nan, 1),
    "squares, all zeros": _squared(0),
    "squares, 4 in 1000 too large": _squared(1.004),
    "centred, shift with effect": lambda dout, x, shift: (
        _centred_gradients(dout, x, shift)[0],
        np.sum(dout, axis=1),
    ),
}


@named("right gradients")
def _right(dout: Value, cache: Value, style: str, scale: float) -> Gradients:
    """What a right backward returns."""
    return _of(STYLES[style], style, scale, dout, cache)


@named("wrong gradients")
def _wrong(dout: Value, cache: Value, flaw: str, scale: float) -> Gradients:
    """What a wrong one returns."""
    return _of(FLAWS[flaw], flaw, scale, dout, cache)


def _of(
    backward: Callable[..., Gradients], name: str, scale: float, dout: Value, cache: Value
) -> Gradients:
    """What ``backward`` returns; its name begins with its layer's."""
    layer = name.replace(",", " ").split()[0]
    expected = len(AXES[layer].split())
    if len(cache) != expected:
        raise ValueError(f"the cache holds {len(cache)} arrays; expected {expected}")
    inputs = {f"cache[{place}]": value for place, value in enumerate(cache)}
    given, *arrays = fitted(f"NC {AXES[layer]}", dout=dout, **inputs)
    return backward(scale * given, *arrays)
