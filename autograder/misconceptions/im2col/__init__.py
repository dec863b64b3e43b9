"""Known wrong answers to ``04_im2col``, most of them found in public code.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.im2col import (
    convolution,
    own_test,
    pooling,
    to_columns,
    to_image,
)
from autograder.misconceptions.im2col.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *to_columns.MISTAKES,
    *to_image.MISTAKES,
    *convolution.MISTAKES,
    *pooling.MISTAKES,
    *own_test.MISTAKES,
)
