"""``01_gradient_checking``: rows of any shape in an affine layer, numbers of any sign in ReLU."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, Operation, nonzero, numbers

NOTEBOOK = "01_gradient_checking"
OPERATIONS = (
    Operation("affine", "affine_forward", "affine_backward"),
    Operation("relu", "relu_forward", "relu_backward"),
)


@dataclass(frozen=True)
class Rows:
    """x (N, d_1, ..., d_k) and the number of units."""

    name: str
    x: tuple[int, ...]
    units: int


@dataclass(frozen=True)
class Numbers:
    """x of any shape; ``zeros`` of its entries are exactly 0."""

    name: str
    x: tuple[int, ...]
    zeros: int = 0


AFFINE_GRID = (
    Rows("one number", (1, 1), 1),
    Rows("one row", (1, 5), 3),
    Rows("one feature", (4, 1), 3),
    Rows("one unit", (3, 5), 1),
    Rows("nothing square", (3, 4), 2),
    Rows("weights are square", (2, 3), 3),
    Rows("all is square", (3, 3), 3),
    Rows("as many rows as units", (4, 3), 4),
    Rows("more units than features", (2, 3), 7),
    Rows("many rows", (11, 2), 3),
    Rows("two axes to flatten", (3, 2, 4), 5),
    Rows("three axes to flatten", (2, 3, 4, 5), 6),
    Rows("four axes to flatten", (2, 3, 1, 2, 2), 5),
    Rows("axes of length one", (3, 1, 1, 4), 2),
    Rows("square images", (2, 3, 3), 4),
)
RELU_GRID = (
    Numbers("relu, one number", (1,)),
    Numbers("relu, a row", (7,)),
    Numbers("relu, a table", (3, 5)),
    Numbers("relu, images", (2, 3, 4, 5)),
    Numbers("relu, five axes", (2, 1, 3, 2, 2)),
    Numbers("relu, zeros", (4, 3), zeros=5),
    Numbers("relu, zeros alone", (2, 3), zeros=6),
)


def cases() -> Cases:
    """Both grids, without results."""
    return {
        **{rows.name: _affine(rows) for rows in AFFINE_GRID},
        **{given.name: _relu(given) for given in RELU_GRID},
    }


def _affine(rows: Rows) -> Case:
    """The case without results: x (N, ...), w (D, M), b (M,), dout (N, M)."""
    shapes: dict[str, tuple[int, ...]] = {
        "x": rows.x,
        "w": (int(np.prod(rows.x[1:])), rows.units),
        "b": (rows.units,),
        "dout": (rows.x[0], rows.units),
    }
    return {
        "parameters": {},
        "inputs": {
            name: nonzero(numbers(NOTEBOOK, rows.name, name), shape, 9)
            for name, shape in shapes.items()
        },
    }


def _relu(given: Numbers) -> Case:
    """The case without results: x and dout of one shape."""
    x = nonzero(numbers(NOTEBOOK, given.name, "x"), given.x, 9)
    # Something passes: a gradient that is zero everywhere would show nothing.
    x.flat[-1] = abs(x.flat[-1])
    x.flat[: given.zeros] = 0
    dout = nonzero(numbers(NOTEBOOK, given.name, "dout"), given.x, 9)
    return {"parameters": {}, "inputs": {"x": x, "dout": dout}}


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``affine`` or ``relu``, whichever the case has the inputs of."""
    import torch

    def affine(x: Any, w: Any, b: Any) -> Any:
        return torch.nn.functional.linear(x.flatten(start_dim=1), w.T, b)

    if "w" in case["inputs"]:
        return {"affine": differentiated(affine, case["inputs"])}
    return {"relu": differentiated(torch.relu, case["inputs"])}
