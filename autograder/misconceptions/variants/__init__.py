"""Known wrong answers to ``05_convolution_variants``.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.variants import (
    optional,
    rows_backward,
    rows_forward,
    stamps_at_once,
    stamps_backward,
    stamps_forward,
)
from autograder.misconceptions.variants.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *rows_backward.MISTAKES,
    *rows_forward.MISTAKES,
    *stamps_backward.MISTAKES,
    *stamps_at_once.BACKWARD,
    *stamps_forward.MISTAKES,
    *stamps_at_once.FORWARD,
    *optional.MISTAKES,
)
