"""A layer with a memory: one pass, several, not retained, refused, and lists as a bonus."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.convnet.asking import AFTER, behaviour, no_update, scenes, value
from autograder.exercises.question import MakeInputs, Question, nonzero
from course_utils.exercise import Exercise, Value


def _affine(n: int, d: int, m: int, n2: int = 0) -> MakeInputs:
    """A layer of ``d`` inputs and ``m`` outputs, ``n`` images, and ``n2`` for a second pass."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        inputs = {
            "w": nonzero(random, (d, m), 9),
            "b": nonzero(random, (m,), 9),
            "x": nonzero(random, (n, d), 9),
            "dout": nonzero(random, (n, m), 9) / 2,
        }
        if n2:
            inputs["x2"] = nonzero(random, (n2, d), 9)
            inputs["dout2"] = nonzero(random, (n2, m), 9) / 2
        return inputs

    return make


_PASSES = {
    "one pass, square w": ("affine_once", _affine(4, 3, 3)),
    "used twice": ("affine_used_twice", _affine(3, 4, 2, 5)),
    "forward twice, then backward twice": ("affine_nested", _affine(4, 2, 3, 4)),
    "second backward not retained": ("affine_not_retained", _affine(3, 2, 4, 2)),
    "inner backward not retained": ("affine_retained_one", _affine(2, 3, 4, 2)),
    "frozen": ("affine_frozen", _affine(3, 2, 4)),
    "thawed": ("affine_thawed", _affine(4, 3, 2)),
    "zeroed": ("affine_zeroed", _affine(2, 3, 4, 5)),
}
_AFFINE_RECIPES = scenes(_PASSES)
_AFFINE_TINY = scenes(
    {
        "tiny: one pass": ("affine_once", _affine(1, 1, 1)),
        "tiny: two images": ("affine_once", _affine(2, 1, 1)),
        "tiny: two inputs and outputs": ("affine_once", _affine(1, 2, 2)),
        "tiny: used twice": ("affine_used_twice", _affine(1, 1, 1, 1)),
        "tiny: nested": ("affine_nested", _affine(1, 1, 1, 1)),
        "tiny: not retained": ("affine_not_retained", _affine(1, 1, 1, 1)),
        "tiny: inner one not retained": ("affine_retained_one", _affine(1, 1, 1, 1)),
        "tiny: frozen": ("affine_frozen", _affine(1, 1, 1)),
        "tiny: zeroed": ("affine_zeroed", _affine(1, 1, 1, 1)),
    }
)
_ONE_PASS = ("one pass, square w",)

AFFINE = Exercise(
    name="Affine",
    function="Affine",
    outputs=("out", "dx", "dw", "db", "refused", *AFTER),
    caches=False,
    driver="affine_once",
    axes={
        "out": ("image", "output"),
        "dx": ("image", "input"),
        "dw": ("input", "output"),
        "db": ("output",),
        "w_after": ("input", "output"),
        "b_after": ("output",),
    },
    checks=(
        no_update(1, "used twice"),
        value("out", "out, the forward pass", "out = x @ w + b.", 1, ("out",), *_ONE_PASS),
        value(
            "dx",
            "dx, the gradient with respect to x",
            "x[n, d] met w[d, m] for every m: dx = dout @ w.T.",
            1,
            ("dx",),
            *_ONE_PASS,
        ),
        value(
            "grads",
            'grads["w"] and grads["b"] after one pass',
            "w[d, m] met x[n, d] for every n, and b[m] met every n: both are summed over n.",
            1.5,
            ("dw", "db"),
            *_ONE_PASS,
        ),
        value(
            "used_twice",
            "a layer used twice sums its gradients",
            "Each backward adds its share to grads; nothing but zero_grads starts anew.",
            1.5,
            ("dw", "db"),
            "used twice",
            after=("no_update", "grads"),
        ),
        value(
            "order",
            "forward twice, then backward twice: last in, first out",
            "A backward belongs to the last forward that has not had one.",
            1.5,
            ("dx", "dw", "db"),
            "forward twice, then backward twice",
            after=("no_update", "dx", "grads", "used_twice"),
        ),
        value(
            "retain",
            "retain_grads=False adds nothing to grads",
            "With retain_grads=False the backward returns dx, takes its forward out of the memory "
            "as ever, and leaves grads as they were.",
            1.5,
            ("dx", "dw", "db"),
            "second backward not retained",
            "inner backward not retained",
            after=("no_update", "dx", "grads", "order"),
        ),
        value(
            "frozen",
            "a frozen layer refuses backward, and loses nothing by it",
            "With trainable False the backward raises before it touches anything; the forward "
            "works and remembers as ever, for the layer may be thawed before its backward.",
            1.5,
            ("out", "dx", "dw", "db", "refused"),
            "frozen",
            "thawed",
            after=("out", "dx", "grads"),
        ),
        value(
            "zeroed",
            "zero_grads starts the gradients anew, and nothing else",
            "zero_grads fills both gradients with zeros; a forward that waits for its backward "
            "still waits.",
            1.5,
            ("dw", "db"),
            "zeroed",
            after=("no_update", "grads"),
        ),
        *behaviour(0.5, 0.5),
    ),
)

_LISTS = {
    "two lists": ("affine_on_lists", _affine(3, 2, 4, 3)),
    "lists, not retained": ("affine_lists_not_retained", _affine(2, 3, 4, 5)),
}
_LISTS_TINY = {"tiny: two lists": ("affine_on_lists", _affine(1, 1, 1, 1))}
AFFINE_LISTS = Exercise(
    name="Affine_lists",
    function="Affine",
    outputs=("out", "out2", "dx", "dx2", "dw", "db"),
    caches=False,
    driver="affine_on_lists",
    checks=(
        value(
            "lists_out",
            "a list of inputs gives a list of outputs",
            "Each array of the list goes through the layer by itself.",
            1,
            ("out", "out2"),
            *_LISTS,
        ),
        value(
            "lists_backward",
            "a list of dout gives a list of dx, and gradients add up",
            "Last in, first out: the last dout of the list is taken first; the list that is "
            "returned has the order of the list that was given. retain_grads holds for all of it.",
            2,
            ("dx", "dx2", "dw", "db"),
            *_LISTS,
        ),
    ),
)

QUESTION = Question(AFFINE, _AFFINE_RECIPES | _AFFINE_TINY, tuple(_AFFINE_TINY))
LISTS = Question(AFFINE_LISTS, scenes(_LISTS | _LISTS_TINY), tuple(_LISTS_TINY))
