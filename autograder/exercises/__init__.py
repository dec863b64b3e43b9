"""What each notebook asks: one module per notebook, named after it.

To add an exercise: a solution cell in ``solutions/``, an ``Exercise`` with its recipes
here, and its known mistakes in ``autograder/misconceptions/``.
"""

from collections.abc import Mapping

from autograder.exercises import (
    clinic,
    convnet,
    convolution,
    gradient_checking,
    im2col,
    pooling,
    recurrent,
    variants,
)
from autograder.exercises.question import Question, Recipe

__all__ = ["QUESTIONS", "Question", "Recipe"]

#: Every notebook's questions, in the order of their grade cells.
QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "01_gradient_checking": gradient_checking.QUESTIONS,
    "02_convolution": convolution.QUESTIONS,
    "03_pooling": pooling.QUESTIONS,
    "04_im2col": im2col.QUESTIONS,
    "05_convolution_variants": variants.QUESTIONS,
    "06_recurrent": recurrent.QUESTIONS,
    "07_bug_clinic": clinic.QUESTIONS,
    "08_convnet": convnet.QUESTIONS,
}
