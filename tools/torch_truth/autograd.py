"""What torch autograd says of a function.  Only recording needs torch."""

from collections.abc import Callable, Mapping
from typing import Any

from torch_truth.inputs import Array


def differentiated(function: Callable[..., Any], inputs: Mapping[str, Array]) -> dict[str, Array]:
    """``out`` of the function, and by autograd d(sum(out * dout)) / dname as ``dname``."""
    import torch

    arguments = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in inputs.items()
        if name != "dout"
    }
    out = function(*arguments.values())
    out.backward(torch.tensor(inputs["dout"], dtype=torch.float64))
    gradients = {f"d{name}": argument.grad.numpy() for name, argument in arguments.items()}
    return {"out": out.detach().numpy(), **gradients}
