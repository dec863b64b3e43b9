"""Known wrong answers to ``08_convnet``: a module for each kind of mistake.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.convnet import (
    formulas,
    lists,
    loss,
    memory,
    optimiser,
    training,
)
from autograder.misconceptions.convnet.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *loss.MISTAKES,
    *memory.MISTAKES,
    *formulas.MISTAKES,
    *optimiser.MISTAKES,
    *training.MISTAKES,
    *lists.MISTAKES,
)
