"""``06_recurrent``: sequences of unlike sizes, from one step to many, near and far from 0."""

from dataclasses import dataclass
from typing import Any

from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, Operation, nonzero, numbers

NOTEBOOK = "06_recurrent"
OPERATIONS = (Operation("rnn", "rnn_forward", "rnn_backward"),)


@dataclass(frozen=True)
class Size:
    """N sequences of T steps, D inputs and H states.

    Inputs, states and biases are whole numbers divided by ``divisor``, weights by ``weights``.
    """

    name: str
    sequences: int
    steps: int
    inputs: int
    states: int
    divisor: int = 4
    weights: int = 8


GRID = (
    Size("one number", 1, 1, 1, 1, divisor=16),
    Size("one step", 3, 1, 2, 4),
    Size("one step, one sequence", 1, 1, 3, 2),
    Size("two steps", 2, 2, 3, 4),
    Size("three steps", 2, 3, 4, 5),
    Size("usual", 2, 3, 4, 5, divisor=8),
    Size("all sizes differ, many steps", 3, 6, 2, 4),
    Size("all sizes differ, many inputs", 4, 3, 7, 2),
    Size("all sizes differ, many states", 3, 4, 2, 7),
    Size("all sizes differ, many sequences", 8, 3, 2, 4),
    Size("all sizes equal", 3, 3, 3, 3),
    Size("two of all", 2, 2, 2, 2),
    Size("inputs and states equal", 2, 5, 3, 3),
    Size("sequences and steps equal", 4, 4, 3, 2),
    Size("sequences and states equal", 3, 4, 2, 3),
    Size("one sequence", 1, 5, 3, 2),
    Size("one input", 3, 4, 1, 2),
    Size("one state", 3, 4, 2, 1),
    Size("one input and state", 1, 7, 1, 1),
    Size("long", 1, 24, 2, 3),
    Size("long, near 0", 1, 24, 2, 3, divisor=1024, weights=16),
    Size("near 0, growing", 2, 5, 2, 6, divisor=1024),
    Size("far from 0", 2, 4, 3, 5, divisor=1, weights=4),
    Size("saturated", 2, 3, 2, 4, divisor=1, weights=1),
)


def cases() -> Cases:
    """The grid, without results."""
    return {size.name: _inputs(size) for size in GRID}


def _inputs(size: Size) -> Case:
    """The case without results: x (N, T, D), h0 (N, H), Wx, Wh, b and dout (N, T, H)."""
    N, T, D, H = size.sequences, size.steps, size.inputs, size.states
    shapes = {
        "x": ((N, T, D), size.divisor),
        "h0": ((N, H), size.divisor),
        "Wx": ((D, H), size.weights),
        "Wh": ((H, H), size.weights),
        "b": ((H,), size.divisor),
        "dout": ((N, T, H), 1),
    }
    return {
        "parameters": {},
        "inputs": {
            name: nonzero(numbers(NOTEBOOK, size.name, name), shape, 9) / divisor
            for name, (shape, divisor) in shapes.items()
        },
    }


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``rnn``: the states of torch's own recurrent layer as out, and the gradients.

    torch's weights are transposed, and it has a second bias, which is 0 here.
    """
    import torch

    inputs = case["inputs"]
    D, H = inputs["Wx"].shape

    def rnn(x: Any, h0: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        layer = torch.nn.RNN(D, H, nonlinearity="tanh", batch_first=True, dtype=torch.float64)
        weights = {
            "weight_ih_l0": Wx.T,
            "weight_hh_l0": Wh.T,
            "bias_ih_l0": b,
            "bias_hh_l0": torch.zeros_like(b),
        }
        states, _ = torch.func.functional_call(layer, weights, (x, h0.unsqueeze(0)))
        return states

    return {"rnn": differentiated(rnn, inputs)}
