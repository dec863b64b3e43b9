"""``01_gradient_checking``: two layers, and the tools that check any layer."""

from autograder.exercises.gradient_checking import checkers, errors, layers, slopes

__all__ = ["QUESTIONS"]

QUESTIONS = (
    *layers.QUESTIONS,
    *slopes.QUESTIONS,
    *errors.QUESTIONS,
    *checkers.QUESTIONS,
    *checkers.BONUS,
    *slopes.BONUS,
)
