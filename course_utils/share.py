"""How many of the predicted classes are right: what a training run is judged by.

Two right training runs do not predict the same, so nothing here compares them entry by
entry; a mistake is known by what became of the predictions as a whole.
"""

from typing import Final

import numpy as np

from course_utils.comparison import Comparison, shape_message
from course_utils.exercise import Array

#: Up to so many times the share that guessing gets right, a prediction is called a guess.
LUCKY: Final = 2.2

ONE_CLASS: Final = "one class"
GUESSES: Final = "guesses"
TOO_FEW: Final = "too few"


def compare_share(output: str, got: Array, expected: Array, least: float) -> Comparison:
    """Compare predicted with right classes, two arrays of numbers of the same shape.

    ``least`` is the share that has to be right, from 0 to 1.
    """
    if got.shape != expected.shape:
        return Comparison(right=False, message=shape_message(output, got.shape, expected.shape))
    hits = int(np.count_nonzero(got == expected))
    if hits >= least * expected.size:
        return Comparison(right=True)
    words = {
        ONE_CLASS: f"; every one is {got.flat[0]:g}",
        GUESSES: "; guessing does as well",
    }
    return Comparison(
        right=False,
        message=(
            f"{output}: {hits} of {expected.size} are right ({hits / expected.size:.0%}), expected "
            f"at least {least:.0%}{words.get(failure(got, expected), '')}"
        ),
    )


def failure(got: Array | str, expected: Array) -> str:
    """What is wrong with predictions, in a word that does not depend on the last digits."""
    if isinstance(got, str) or got.shape != expected.shape:
        return "no classes"
    if np.all(got == got.flat[0]):
        return ONE_CLASS
    share = np.count_nonzero(got == expected) / expected.size
    return GUESSES if share * np.unique(expected).size <= LUCKY else TOO_FEW
