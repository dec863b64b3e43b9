"""Known wrong answers to ``gradient_check``: what accepts wrong layers, or rejects right ones."""

from autograder.misconceptions.gradient_checking.checker import comparing, corners, sizes

__all__ = ["MISTAKES"]

MISTAKES = (*comparing.MISTAKES, *sizes.MISTAKES, *corners.MISTAKES)
