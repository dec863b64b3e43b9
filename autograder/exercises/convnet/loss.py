"""The loss: softmax cross-entropy, with scores of every size."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.convnet.asking import behaviour
from autograder.exercises.question import MakeInputs, Question, Recipe, distinct, nonzero
from course_utils.exercise import Array, Check, Exercise, Value


def _moderate(rows: int, classes: int) -> MakeInputs:
    """Scores in quarters between -9/4 and 9/4."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        scores = nonzero(random, (rows, classes), 9) / 4
        return {"scores": scores, "y": _labels(random, rows, classes)}

    return make


def _extreme(random: np.random.Generator) -> Mapping[str, Value]:
    """Rows around 2000 and around -2000, with gaps of several hundreds in each.

    A row's right class is not its largest score, so that its probability underflows.
    """
    ranked = np.sort(800 * distinct(random, (4, 3), -6), axis=1)
    order = np.array([random.permutation(3) for _ in ranked])
    order[1] = order[0]
    scores = np.zeros(ranked.shape)
    np.put_along_axis(scores, order, ranked, axis=1)
    levels = np.array([[2000.0], [-2000.0], [0.0], [-9000.0]])
    # The smallest score, the middle one (so two classes at least), the largest, the smallest.
    return {"scores": scores + levels, "y": order[range(4), [0, 1, 2, 0]]}


def _labels(random: np.random.Generator, rows: int, classes: int) -> Array:
    """Labels of which the first two are the same and, of three or more, the last is another."""
    y = random.integers(classes, size=rows)
    y[: min(rows, 2)] = y[0]
    if rows > 2:
        y[-1] = (y[0] + 1) % classes
    return y


LOSS = Exercise(
    name="softmax_cross_entropy",
    function="softmax_cross_entropy",
    outputs=("loss", "dscores"),
    caches=False,
    axes={"dscores": ("image", "class")},
    checks=(
        Check(
            "loss",
            "loss, the mean over the batch",
            "The loss is the mean over n of log(sum over c of exp(s[n, c])) - s[n, y[n]].",
            3,
            outputs=("loss",),
            cases=("five classes", "more images than classes"),
        ),
        Check(
            "dscores",
            "dscores, the gradient with respect to the scores",
            "dscores[n, c] is (p[n, c] - 1 where c is the right class) / N.",
            3,
            outputs=("dscores",),
            cases=("five classes", "more images than classes"),
        ),
        Check(
            "stable",
            "large scores",
            "Subtract each row's largest score first, and take no log of a probability: it may "
            "be too small to be told from 0.",
            3,
            outputs=("loss", "dscores"),
            cases=("large scores",),
            after=("loss", "dscores"),
        ),
        *behaviour(0.5, 0.5),
    ),
)
_LOSS_TINY = {
    "tiny: one image": Recipe("tiny: one image", _moderate(1, 2), "illustrates"),
    "tiny: two images": Recipe("tiny: two images", _moderate(2, 2), "illustrates"),
    "tiny: large": Recipe(
        "tiny: large",
        lambda _: {"scores": np.array([[0.0, 1000.0]]), "y": np.array([0])},
        "illustrates overflow and underflow",
    ),
}
_LOSS_RECIPES = {
    "five classes": Recipe("five classes", _moderate(3, 5), "the usual"),
    "more images than classes": Recipe(
        "more images than classes", _moderate(5, 2), "the axes' other order of sizes"
    ),
    "large scores": Recipe("large scores", _extreme, "overflow, underflow, rows far apart"),
}

QUESTION = Question(LOSS, _LOSS_RECIPES | _LOSS_TINY, tuple(_LOSS_TINY))
