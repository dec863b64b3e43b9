"""Known wrong answers to ``03_pooling``, most of them found in public code.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.pooling import avg_backward, avg_forward, max_backward, max_forward
from autograder.misconceptions.pooling.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *max_backward.MISTAKES,
    *max_forward.MISTAKES,
    *avg_backward.MISTAKES,
    *avg_forward.MISTAKES,
)
