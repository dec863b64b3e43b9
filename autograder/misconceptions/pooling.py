"""Known wrong answers to ``03_pooling``."""

from autograder.misconceptions.misconception import Equivalent, Misconception

MISTAKES: tuple[Misconception, ...] = ()

EQUIVALENTS: tuple[Equivalent, ...] = ()
