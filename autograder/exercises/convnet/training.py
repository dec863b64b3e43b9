"""A training run, judged by what it predicts for digits whose labels it was not given."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from autograder.exercises.convnet.asking import READ_ONLY
from autograder.exercises.question import Question, Recipe
from course_utils.digits import digits
from course_utils.exercise import Array, Check, Exercise, Value

#: Images in the training run that is judged, and as many more that it is judged by.
TRAINED_ON: Final = 400
HELD_OUT: Final = 200
#: The share of the held-out images that has to be right.  Right solutions reach about 0.93,
#: a run
#: that does not learn as it should stays below 0.65.
LEAST: Final = 0.8
#: What the training run may take, in seconds of processor time; the reference takes 0.3.
TRAINING_SECONDS: Final = 10.0


@lru_cache(maxsize=1)
def _digits() -> tuple[Array, Array]:
    return digits()


def _sorted_digits(random: np.random.Generator) -> Mapping[str, Value]:
    """Digits to learn from, sorted by class, and others whose classes are the answer."""
    images, labels = _digits()
    order = random.permutation(len(labels))[: TRAINED_ON + HELD_OUT]
    known, asked = order[:TRAINED_ON], order[TRAINED_ON:]
    known = known[np.argsort(labels[known], kind="stable")]
    return {
        "images": images[known],
        "labels": labels[known],
        "new_images": images[asked],
        "classes": labels[asked],
    }


TRAINING = Exercise(
    name="digit_classes",
    function="digit_classes",
    helpers=("softmax_cross_entropy", "Affine", "Conv", "SGD"),
    outputs=("classes",),
    caches=False,
    cpu_seconds=TRAINING_SECONDS,
    checks=(
        Check(
            "learned",
            "digits that were held out",
            f"Trained on {TRAINED_ON} digits, the network reads at least {LEAST:.0%} of "
            f"{HELD_OUT} others.",
            4,
            kind="share",
            outputs=("classes",),
            cases=("sorted digits",),
            least=LEAST,
        ),
        Check("unchanged", "inputs left as they were", READ_ONLY, 0.5, kind="unchanged"),
    ),
)
_TRAINING_RECIPES = {
    "sorted digits": Recipe("sorted digits", _sorted_digits, "a real training run", smooth=False)
}

QUESTION = Question(TRAINING, _TRAINING_RECIPES)
