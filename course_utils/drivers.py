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
def read_after_another(
    Wx: "Any",
    Wh: "Any",
    bx: "Any",
    bh: "Any",
    other_x: "Any",
    other_h0: "Any",
    other_dh: "Any",
    x: "Any",
    h0: "Any",
    dh: "Any",
) -> "Any":
    """Read ``x`` with an ``RNNCell``, after another sequence that is left after one step back.

    There is no other one where that has no steps.
    """
    import numpy as np

    cell = RNNCell(Wx, Wh, bx, bh)  # type: ignore[name-defined]  # noqa: F821
    if other_x.shape[1] > 0:
        cell.start(other_h0)
        for t in range(other_x.shape[1]):
            cell.forward(other_x[:, t])
        cell.backward(other_dh[:, -1])
    cell.start(h0)
    h = np.stack([cell.forward(x[:, t]) for t in range(x.shape[1])], axis=1)
    dx = np.stack([cell.backward(dh[:, t]) for t in reversed(range(x.shape[1]))][::-1], axis=1)
    return h, dx, cell.dh_carry, cell.dWx, cell.dWh, cell.dbx, cell.dbh


@driver
def complex_step_of(kind: str, x: "Any", dout: "Any") -> "Any":
    """The student's ``complex_step_gradient`` of an analytic function, which is made here.

    A function that takes complex arrays cannot be lent: arrays that travel are real.
    """
    import numpy as np

    def cubic(z: "Any") -> "Any":
        return z * np.sum(z) ** 2

    def shares(z: "Any") -> "Any":
        grown = np.exp(z)
        return grown / np.sum(grown, axis=-1, keepdims=True)

    functions = {"cubic": cubic, "shares": shares}
    return complex_step_gradient(functions[kind], x, dout)  # type: ignore[name-defined]  # noqa: F821
