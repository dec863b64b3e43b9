"""What torch is asked about: one module per notebook, with a wide grid of cases.

Every way in which sizes and parameters can meet has a case of its own.  Inputs are
integers (or exact fractions), held in float64, so that they are the same on every machine.

A module has ``NOTEBOOK``, ``OPERATIONS``, ``cases()``, which makes the inputs, and
``results(case)``, which asks torch.
"""

from collections.abc import Mapping
from types import ModuleType

from torch_truth import (
    convnet,
    convolution,
    gradient_checking,
    im2col,
    pooling,
    recurrent,
    variants,
)

#: The modules by notebook.
NOTEBOOKS: Mapping[str, ModuleType] = {
    module.NOTEBOOK: module
    for module in (gradient_checking, convolution, pooling, im2col, variants, recurrent, convnet)
}
