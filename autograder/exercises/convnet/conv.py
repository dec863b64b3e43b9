"""The same layer around a convolution."""

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.exercises.convnet.asking import AFTER, behaviour, no_update, scenes, value
from autograder.exercises.question import MakeInputs, Question, nonzero
from course_utils.exercise import Exercise, Value


def _conv(x: Sequence[int], w: Sequence[int], stride: int, pad: int, n2: int = 0) -> MakeInputs:
    """Images ``x`` (N, C, H, W), filters ``w`` (F, C, HH, WW), ``n2`` images for a second pass."""
    rows, columns = (1 + (x[a] + 2 * pad - w[a]) // stride for a in (2, 3))

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        inputs: dict[str, Value] = {
            "w": nonzero(random, w, 3),
            "b": nonzero(random, w[:1], 9),
            "stride": stride,
            "pad": pad,
            "x": nonzero(random, x, 3),
            "dout": nonzero(random, (x[0], w[0], rows, columns), 9) / 2,
        }
        if n2:
            inputs["x2"] = nonzero(random, (n2, *x[1:]), 3)
            inputs["dout2"] = nonzero(random, (n2, w[0], rows, columns), 9) / 2
        return inputs

    return make


_CONV_RECIPES = scenes(
    {
        "one pass": ("conv_once", _conv((2, 3, 4, 5), (4, 3, 2, 3), 1, 1)),
        "one pass, stride 2": ("conv_once", _conv((3, 1, 5, 4), (2, 1, 3, 2), 2, 0)),
        "forward twice, then backward twice": (
            "conv_nested",
            _conv((3, 1, 3, 2), (2, 1, 2, 2), 1, 0, 3),
        ),
        "inner backward not retained": (
            "conv_not_retained",
            _conv((3, 1, 2, 3), (2, 1, 2, 2), 1, 0, 3),
        ),
        "frozen": ("conv_frozen", _conv((2, 1, 3, 2), (3, 1, 2, 1), 1, 0)),
        "thawed": ("conv_thawed", _conv((3, 1, 2, 2), (2, 1, 1, 2), 1, 0)),
        "zeroed": ("conv_zeroed", _conv((2, 1, 3, 2), (3, 1, 1, 2), 1, 0, 3)),
    }
)
_CONV_TINY = scenes(
    {
        f"tiny: {driver.removeprefix('conv_').replace('_', ' ')}": (
            driver,
            _conv((1, 1, 1, 2), (1, 1, 1, 1), 1, 0, second),
        )
        for driver, second in (
            ("conv_once", 0),
            ("conv_nested", 1),
            ("conv_not_retained", 1),
            ("conv_frozen", 0),
            ("conv_zeroed", 1),
        )
    }
)
CONV = Exercise(
    name="Conv",
    function="Conv",
    outputs=("out", "dx", "dw", "db", "refused", *AFTER),
    caches=False,
    driver="conv_once",
    checks=(
        no_update(1, "forward twice, then backward twice"),
        value(
            "pass",
            "one pass: out, dx and both gradients",
            "The layer returns what the two functions return, and adds dw and db to its grads.",
            2,
            ("out", "dx", "dw", "db"),
            "one pass",
            "one pass, stride 2",
        ),
        value(
            "memory",
            "several passes: last in, first out; shares are added",
            "A backward belongs to the last forward that waits; its shares are added.",
            2,
            ("out", "dx", "dw", "db"),
            "forward twice, then backward twice",
            after=("no_update", "pass"),
        ),
        value(
            "retain",
            "retain_grads=False adds nothing to grads",
            "With retain_grads=False the backward returns dx, takes its forward out of the memory "
            "as ever, and leaves grads as they were.",
            1,
            ("dx", "dw", "db"),
            "inner backward not retained",
            after=("no_update", "pass", "memory"),
        ),
        value(
            "frozen",
            "a frozen layer refuses backward, and loses nothing by it",
            "With trainable False the backward raises before it touches anything; the forward "
            "works and remembers as ever.",
            1,
            ("out", "dx", "dw", "db", "refused"),
            "frozen",
            "thawed",
            after=("pass",),
        ),
        value(
            "zeroed",
            "zero_grads starts the gradients anew, and nothing else",
            "zero_grads fills both gradients with zeros; a forward that waits still waits.",
            1,
            ("dw", "db"),
            "zeroed",
            after=("no_update", "pass", "memory"),
        ),
        *behaviour(0.5, 0.5),
    ),
)

QUESTION = Question(CONV, _CONV_RECIPES | _CONV_TINY, tuple(_CONV_TINY))
