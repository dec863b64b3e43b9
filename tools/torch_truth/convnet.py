"""``08_convnet``: the loss, and a whole network that is used twice."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from torch_truth.inputs import Array, Case, Cases, Operation, nonzero, numbers

NOTEBOOK = "08_convnet"
#: What has another form than a forward and a backward with a cache has tests of its own.
OPERATIONS: tuple[Operation, ...] = ()


@dataclass(frozen=True)
class Scores:
    """Scores (N, C): integers up to ``largest`` divided by ``divisor``, rows at two ``levels``."""

    name: str
    shape: tuple[int, int]
    largest: int = 9
    divisor: int = 4
    levels: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Network:
    """Images (N, 1, 8, 8) and others (K, 1, 8, 8) for a network with ``filters`` filters."""

    name: str
    images: tuple[int, int]
    filters: int


LOSSES = (
    Scores("one image, two classes", (1, 2)),
    Scores("one class", (3, 1)),
    Scores("more classes than images", (2, 7)),
    Scores("more images than classes", (9, 3)),
    Scores("as many images as classes", (4, 4)),
    Scores("nearly equal", (3, 5), largest=1, divisor=2**20),
    Scores("far apart", (5, 6), largest=3000, divisor=1),
    Scores("around 5000", (4, 3), levels=(5000, 5000)),
    Scores("around -5000", (3, 4), levels=(-5000, -5000)),
    Scores("rows at different levels", (5, 3), largest=900, divisor=1, levels=(10_000, -10_000)),
    Scores("hundred classes", (2, 100), largest=40, divisor=8),
)
NETWORKS = (
    Network("one image each", (1, 1), 2),
    Network("two batches", (3, 5), 4),
    Network("sixteen filters", (4, 2), 16),
)


def cases() -> Cases:
    """Both grids, without results."""
    return {
        **{scores.name: _scores(scores) for scores in LOSSES},
        **{network.name: _network(network) for network in NETWORKS},
    }


def _scores(grid: Scores) -> Case:
    N, C = grid.shape
    scores = nonzero(numbers(NOTEBOOK, grid.name, "scores"), grid.shape, grid.largest)
    y = numbers(NOTEBOOK, grid.name, "y").randint(0, C, N)
    scores = scores / grid.divisor + np.resize(np.array(grid.levels, dtype=float), N)[:, np.newaxis]
    return {"parameters": {}, "inputs": {"scores": scores, "y": y.astype(float)}}


def _network(network: Network) -> Case:
    first, second = network.images

    def made(name: str, shape: tuple[int, ...], largest: int, divisor: int) -> Array:
        return nonzero(numbers(NOTEBOOK, network.name, name), shape, largest) / divisor

    def labels(name: str, size: int) -> Array:
        return numbers(NOTEBOOK, network.name, name).randint(0, 10, size).astype(float)

    return {
        "parameters": {},
        "inputs": {
            "x": made("x", (first, 1, 8, 8), 16, 16),
            "y": labels("y", first),
            "x2": made("x2", (second, 1, 8, 8), 16, 16),
            "y2": labels("y2", second),
            "w": made("w", (network.filters, 1, 3, 3), 9, 8),
            "b": made("b", (network.filters,), 9, 8),
            "v": made("v", (16 * network.filters, 10), 9, 64),
            "c": made("c", (10,), 9, 8),
        },
    }


def results(case: Case) -> dict[str, dict[str, Array]]:
    """Of scores: loss and dscores.  Of a network: both losses, and gradients of their sum."""
    import torch
    from torch.nn import functional

    given = {name: torch.tensor(value) for name, value in case["inputs"].items()}
    learned = [name for name in given if not name.startswith("y")]
    for name in learned:
        given[name].requires_grad_()

    def loss_of(x: Any, y: Any) -> Any:
        out = functional.max_pool2d(
            functional.relu(functional.conv2d(x, given["w"], given["b"], padding=1)), 2
        )
        return functional.cross_entropy(out.flatten(1) @ given["v"] + given["c"], y.long())

    if "scores" in given:
        losses = {"loss": functional.cross_entropy(given["scores"], given["y"].long())}
    else:
        losses = {
            "loss": loss_of(given["x"], given["y"]),
            "loss2": loss_of(given["x2"], given["y2"]),
        }
    sum(losses.values()).backward()
    found = {name: loss.detach().numpy() for name, loss in losses.items()}
    gradients = {f"d{name}": given[name].grad.numpy() for name in learned}
    return {"loss" if "scores" in given else "network": {**found, **gradients}}
