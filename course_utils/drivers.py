"""Drivers use what cannot be judged by one call: an object with state, step by step.

A driver is a function of the course's own that stands beside the student's code: it is
given arrays, uses the student's classes by their names, and returns arrays, which are
compared as those of any function.  In the grading sandbox its text runs there too; so it
is one plain function that imports what it needs and holds nothing secret.
"""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeVar

Driver = TypeVar("Driver", bound=Callable[..., Any])

#: Every driver by its name.
DRIVERS: dict[str, FunctionType] = {}


def driver(function: Driver) -> Driver:
    """Enter the decorated function into ``DRIVERS``.  It has no default arguments."""
    assert isinstance(function, FunctionType)
    assert function.__name__ not in DRIVERS
    DRIVERS[function.__name__] = function
    return function


def bound(name: str, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The driver as a function that finds the student's names in ``namespace``."""
    return FunctionType(DRIVERS[name].__code__, dict(namespace), name)


def source(name: str) -> str:
    """The text of a driver, to be run where the student's names are."""
    lines = inspect.getsource(DRIVERS[name]).splitlines()
    return "\n".join(line for line in lines if not line.startswith("@"))


@driver
def read_two_sequences(
    first_x: "Any",
    first_h0: "Any",
    first_dh: "Any",
    second_x: "Any",
    second_h0: "Any",
    second_dh: "Any",
    Wx: "Any",
    Wh: "Any",
    bx: "Any",
    bh: "Any",
) -> "Any":
    """Read two sequences with one ``RNNCell``, and tell states and gradients of both.

    Each returns h, dx, dh0, dWx, dWh, dbx, dbh.  Between them the first is read once more and
    left after one step back: the second must not notice.
    """
    import numpy as np

    cell = RNNCell(Wx, Wh, bx, bh)  # type: ignore[name-defined]  # noqa: F821 - the student's

    def read(x: "Any", h0: "Any") -> "Any":
        cell.start(h0)
        return np.stack([np.array(cell.forward(x[:, t])) for t in range(x.shape[1])], axis=1)

    def whole(x: "Any", h0: "Any", dh: "Any") -> "Any":
        h = read(x, h0)
        dx = [np.array(cell.backward(dh[:, t])) for t in reversed(range(x.shape[1]))]
        sums = (cell.dh_carry, cell.dWx, cell.dWh, cell.dbx, cell.dbh)
        return (h, np.stack(dx[::-1], axis=1), *(np.array(value) for value in sums))

    first = whole(first_x, first_h0, first_dh)
    read(first_x, first_h0)
    cell.backward(first_dh[:, -1])
    return (*first, *whole(second_x, second_h0, second_dh))
