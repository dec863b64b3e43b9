"""Known wrong answers to ``02_convolution``."""

from autograder.misconceptions.misconception import Equivalent, Misconception

MISTAKES: tuple[Misconception, ...] = ()

EQUIVALENTS: tuple[Equivalent, ...] = ()
