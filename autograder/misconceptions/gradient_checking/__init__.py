"""Known wrong answers to ``01_gradient_checking``.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.gradient_checking import (
    affine,
    checker,
    differences,
    directional,
    errors,
    rectifier,
)
from autograder.misconceptions.gradient_checking.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *affine.MISTAKES,
    *rectifier.MISTAKES,
    *differences.MISTAKES,
    *errors.MISTAKES,
    *checker.MISTAKES,
    *directional.MISTAKES,
)
