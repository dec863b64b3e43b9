"""Known wrong answers to ``02_convolution``, most of them found in public code.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.convolution import backward, forward
from autograder.misconceptions.convolution.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (*backward.MISTAKES, *forward.MISTAKES)
