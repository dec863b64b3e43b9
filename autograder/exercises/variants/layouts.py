"""``conv1d_last_*``: another library's order of axes, count of gaps and shape of a bias."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from autograder.exercises.variants.behaviour import by_name, cache, unchanged, value
from course_utils.exercise import Exercise, Value


def _inputs(
    x: tuple[int, int, int],
    kernels: tuple[int, int],
    stride: int = 1,
    gap: int = 0,
    pad: tuple[int, int] = (0, 0),
    largest: int = 9,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, K) over ``x`` = (N, L, C)."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        filters, taps = kernels
        return {
            "x": nonzero(random, x, largest),
            "w": nonzero(random, (taps, x[2], filters), largest),
            "b": nonzero(random, (1, 1, filters), largest),
            "conv_param": {"stride": stride, "gap": gap, "pad": pad},
        }

    return make


_CASES = by_name(
    Recipe("no gap", _inputs((2, 5, 3), (4, 2), 2, 0, (1, 0)), "gap 0 is dilation 1"),
    Recipe("gap", _inputs((1, 7, 2), (3, 3), 1, 1, (0, 2)), "gap 1 is dilation 2"),
)
_TINY = by_name(
    Recipe("tiny: one window", _inputs((1, 2, 1), (1, 2), largest=3), "illustrates a failure"),
    Recipe("tiny: channels", _inputs((1, 2, 2), (1, 2), largest=3), "illustrates a failure"),
    Recipe("tiny: gap", _inputs((1, 4, 1), (1, 2), 1, 1, largest=3), "illustrates a failure"),
    Recipe("tiny: both", _inputs((2, 3, 2), (3, 2), 1, 0, largest=3), "illustrates a failure"),
)
_NAMES = tuple(_CASES)

FORWARD = Exercise(
    name="conv1d_last_forward",
    function="conv1d_last_forward",
    helpers=("conv1d_forward",),
    outputs=("out",),
    backward="conv1d_last_backward",
    axes={"out": ("row", "place", "output channel")},
    checks=(
        value(
            "out",
            "out, channels last",
            "out has shape (N, L', F); a gap of g between two taps is a dilation of g + 1.",
            4,
            "out",
            *_NAMES,
        ),
        unchanged(0.5),
        cache(0.5),
    ),
)
BACKWARD = Exercise(
    name="conv1d_last_backward",
    function="conv1d_last_backward",
    helpers=("conv1d_forward", "conv1d_backward"),
    outputs=("dx", "dw", "db"),
    forward="conv1d_last_forward",
    differentiate=("x", "w", "b"),
    dependence="quadratic",
    axes={
        "dx": ("row", "place", "channel"),
        "dw": ("tap", "channel", "output channel"),
        "db": ("first axis", "second axis", "output channel"),
    },
    checks=(
        value("dx", "dx, shape (N, L, C)", "dx has the axes of x.", 2, "dx", *_NAMES),
        value("dw", "dw, shape (K, C, F)", "dw has the axes of w.", 2, "dw", *_NAMES),
        value("db", "db, shape (1, 1, F)", "db has the shape of b.", 1, "db", *_NAMES),
        unchanged(1),
    ),
)

QUESTIONS = (
    Question(FORWARD, _CASES | _TINY, tuple(_TINY)),
    Question(BACKWARD, _CASES | _TINY, tuple(_TINY)),
)
