"""Known wrong answers to ``06_recurrent``: one module per function, two for ``rnn_backward``.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.recurrent import (
    carrying,
    cell,
    collecting,
    sequences,
    step_backward,
    step_forward,
    truncated,
)
from autograder.misconceptions.recurrent.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *step_forward.MISTAKES,
    *step_backward.MISTAKES,
    *sequences.MISTAKES,
    *carrying.MISTAKES,
    *collecting.MISTAKES,
    *cell.MISTAKES,
    *truncated.MISTAKES,
)
