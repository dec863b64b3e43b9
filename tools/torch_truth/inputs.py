"""What cases are made of: arrays from a seed, the same on every machine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: ``parameters`` (plain values by name), ``inputs`` (arrays by name, in calling order, with
#: ``dout``) and, once torch was asked, ``results``: for each operation its arrays by name.
Case = dict[str, Any]
#: Cases by name.
Cases = dict[str, Case]
#: Cases by notebook.
Truth = dict[str, Cases]
#: For each operation ``out`` and the gradients, by name.
Results = Mapping[str, Mapping[str, Array]]

SEED = 20


@dataclass(frozen=True)
class Operation:
    """A forward and its backward that torch can do, too; ``name`` is that of its results.

    The forward is called with the inputs of a case, in their order, and with its parameters
    as one dictionary where there are any; the backward with ``dout`` and the forward's cache.
    """

    name: str
    forward: str
    backward: str


def numbers(*name: object) -> np.random.RandomState:
    """A source of random numbers of its own for each ``name``.

    RandomState, because numpy promises that its numbers never change.
    """
    digest = hashlib.sha256(repr((SEED, *name)).encode()).digest()
    return np.random.RandomState(np.frombuffer(digest, "<u4"))


def distinct(random: np.random.RandomState, shape: tuple[int, ...], lowest: int) -> Array:
    """The whole numbers from ``lowest`` on, each once."""
    return random.permutation(np.prod(shape)).reshape(shape) + float(lowest)


def nonzero(random: np.random.RandomState, shape: tuple[int, ...], largest: int) -> Array:
    """Whole numbers from -largest to largest; zero would hide what it is multiplied with."""
    signs = 1.0 - 2.0 * random.randint(0, 2, shape)
    return signs * random.randint(1, largest + 1, shape)


def outputs(size: int, window: int, stride: int, pad: int) -> int:
    """How many windows fit along an axis."""
    return 1 + (size + 2 * pad - window) // stride
