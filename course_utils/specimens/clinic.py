"""Backward passes of one layer, squared distances, that a student's own test is tried on.

``squared distances`` is the forward.  ``right distances`` is its backward in one of the
``STYLES``, ``wrong distances`` its backward with one of the ``FLAWS``.  ``remembering
distances`` and ``meddling distances`` return what is right, the first time, and are wrong in
what they leave behind.  A test that sees them through a wire sees what one sees that holds them.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from course_utils.exercise import Array, Value
from course_utils.specimens.registry import named
from course_utils.specimens.shapes import fitted

Gradients = tuple[Array, ...]
Backward = Callable[[Array, Array, Array], Gradients]


@named("squared distances")
def _forward(x: Value, centers: Value) -> tuple[Array, Gradients]:
    """For x (N, D) and centers (K, D): all squared distances (N, K), and (x, centers)."""
    x, centers = fitted("ND KD", x=x, centers=centers)
    out = np.sum((x[:, None] - centers[None]) ** 2, axis=2)
    # Copies: through a wire the cache would never be the caller's own arrays.
    return out, (x.copy(), centers.copy())


def _broadcast(dout: Array, x: Array, centers: Array) -> Gradients:
    share = 2 * dout[:, :, None] * (x[:, None] - centers[None])
    return share.sum(axis=1), -share.sum(axis=0)


def _loops(dout: Array, x: Array, centers: Array) -> Gradients:
    dx, dcenters = np.zeros(x.shape), np.zeros(centers.shape)
    for n in range(len(x)):
        for k in range(len(centers)):
            dx[n] += 2 * dout[n, k] * (x[n] - centers[k])
            dcenters[k] -= 2 * dout[n, k] * (x[n] - centers[k])
    return dx, dcenters


def _matrices(dout: Array, x: Array, centers: Array) -> Gradients:
    dx = 2 * (dout.sum(axis=1, keepdims=True) * x - dout @ centers)
    return dx, 2 * (dout.sum(axis=0)[:, None] * centers - dout.T @ x)


def _einsum(dout: Array, x: Array, centers: Array) -> Gradients:
    apart = x[:, None] - centers[None]
    dx = 2 * np.einsum("nk,nkd->nd", dout, apart)
    return dx, np.asfortranarray(-2 * np.einsum("nk,nkd->kd", dout, apart))


#: Right ways to write the backward.
STYLES: Final[Mapping[str, Backward]] = {
    "by broadcasting": _broadcast,
    "by loops": _loops,
    "by matrix products": _matrices,
    "by einsum": _einsum,
}


def _changed(change: Callable[[Array, Array], Gradients]) -> Backward:
    """The right gradients, changed afterwards."""
    return lambda dout, x, centers: change(*_broadcast(dout, x, centers))


def _upstream(change: Callable[[Array], Array]) -> Backward:
    """The right gradients for another upstream gradient."""
    return lambda dout, x, centers: _broadcast(change(dout), x, centers)


def _last_alone(dout: Array, x: Array, centers: Array) -> Gradients:
    """Assigned where it should be added: the last row of x is all that is left."""
    share = 2 * dout[:, :, None] * (x[:, None] - centers[None])
    return share.sum(axis=1), -share[-1]


def _last_center_alone(dout: Array, x: Array, centers: Array) -> Gradients:
    share = 2 * dout[:, :, None] * (x[:, None] - centers[None])
    return share[:, -1], -share.sum(axis=0)


def _diagonal(dout: Array, x: Array, centers: Array) -> Gradients:
    """Pairs with n = k alone."""
    return _broadcast(dout * np.eye(*dout.shape), x, centers)


def _one_entry(dx: Array, dcenters: Array) -> Gradients:
    changed = dcenters.copy()
    changed.flat[-1:] += np.max(np.abs(dcenters), initial=0) / 2
    return dx, changed


def _nan(dx: Array, dcenters: Array) -> Gradients:
    changed = dx.copy()
    changed.flat[:1] = np.nan
    return changed, dcenters


#: Wrong ways to write it.
FLAWS: Final[Mapping[str, Backward]] = {
    "without the factor 2": _changed(lambda dx, dcenters: (dx / 2, dcenters / 2)),
    "sign of dcenters": _changed(lambda dx, dcenters: (dx, -dcenters)),
    "sign of dx": _changed(lambda dx, dcenters: (-dx, dcenters)),
    "dout ignored": _upstream(np.ones_like),
    "only the size of dout": _upstream(np.abs),
    "last row alone": _last_alone,
    "last center alone": _last_center_alone,
    "pairs with n = k alone": _diagonal,
    "rows in reverse order": _changed(lambda dx, dcenters: (dx[::-1], dcenters[::-1])),
    "one entry wrong": _changed(_one_entry),
    "1 percent too large": _changed(lambda dx, dcenters: (dx, 1.01 * dcenters)),
    "one entry nan": _changed(_nan),
    "without signs": _changed(lambda dx, dcenters: (np.abs(dx), np.abs(dcenters))),
    "dx with an axis more": _changed(lambda dx, dcenters: (dx[np.newaxis], dcenters)),
    "dcenters missing": _changed(lambda dx, _: (dx,)),
}


#: What a backward may leave behind that remembers, ...
MEMORIES: Final = ("gradients of all calls added up",)
#: ... and what one that meddles does to (dout, x, centers), given the gradients.
TRACES: Final[Mapping[str, Callable[..., object]]] = {
    "dout emptied after use": lambda _, dout, *_cache: dout.fill(0),
    "centers updated in the cache": lambda gradients, _, _x, centers: np.subtract(
        centers, gradients[1] / 8, out=centers
    ),
}


def _given(dout: Value, x: Value, centers: Value) -> tuple[Array, ...]:
    return fitted("NK ND KD", dout=dout, x=x, centers=centers)


@named("right distances")
def _right(dout: Value, cache: Value, style: str) -> Gradients:
    """A right backward: (dx, dcenters)."""
    return STYLES[style](*_given(dout, *cache))


@named("wrong distances")
def _wrong(dout: Value, cache: Value, flaw: str) -> Gradients:
    """A wrong backward."""
    return FLAWS[flaw](*_given(dout, *cache))


@named("remembering distances", counts=True)
def _remembering(dout: Value, cache: Value, _how: str, earlier: int = 0) -> Gradients:
    """Right in the first call; each further one adds as much again."""
    dx, dcenters = _broadcast(*_given(dout, *cache))
    return (1 + earlier) * dx, (1 + earlier) * dcenters


@named("meddling distances")
def _meddling(dout: Value, cache: Value, how: str) -> Gradients:
    """Right gradients, and a trace in what it was given."""
    given = _given(dout, *cache)
    gradients = _broadcast(*given)
    TRACES[how](gradients, *given)
    return gradients
