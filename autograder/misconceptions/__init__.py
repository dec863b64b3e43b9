"""The catalogue of known wrong answers: one module per notebook, named after it."""

from collections.abc import Mapping

from autograder.misconceptions import (
    clinic,
    convnet,
    convolution,
    gradient_checking,
    im2col,
    pooling,
    recurrent,
    variants,
)
from autograder.misconceptions.misconception import Equivalent, Misconception

__all__ = ["CATALOGUE", "EQUIVALENTS", "Equivalent", "Misconception"]

#: Every notebook's known mistakes.  Among rows with equal results the first one is named.
CATALOGUE: Mapping[str, tuple[Misconception, ...]] = {
    "01_gradient_checking": gradient_checking.MISTAKES,
    "02_convolution": convolution.MISTAKES,
    "03_pooling": pooling.MISTAKES,
    "04_im2col": im2col.MISTAKES,
    "05_convolution_variants": variants.MISTAKES,
    "06_recurrent": recurrent.MISTAKES,
    "07_bug_clinic": clinic.MISTAKES,
    "08_convnet": convnet.MISTAKES,
}

#: Changes that leave the function right, and must pass.
EQUIVALENTS: Mapping[str, tuple[Equivalent, ...]] = {
    "01_gradient_checking": gradient_checking.EQUIVALENTS,
    "02_convolution": convolution.EQUIVALENTS,
    "03_pooling": pooling.EQUIVALENTS,
    "04_im2col": im2col.EQUIVALENTS,
    "05_convolution_variants": variants.EQUIVALENTS,
    "06_recurrent": recurrent.EQUIVALENTS,
    "07_bug_clinic": clinic.EQUIVALENTS,
    "08_convnet": convnet.EQUIVALENTS,
}
