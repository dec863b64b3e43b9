"""``conv1d_forward`` and ``conv1d_backward``: stride, dilation, a pad for each side."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from autograder.exercises.variants.behaviour import (
    by_name,
    cache,
    integers,
    repeatable,
    unchanged,
    value,
)
from course_utils.exercise import Exercise, Value


def _inputs(
    x: tuple[int, int, int],
    kernels: tuple[int, int],
    stride: int = 1,
    dilation: int = 1,
    pad: tuple[int, int] = (0, 0),
    *,
    largest: int = 9,
    divisor: int = 1,
    x_dtype: type = np.float64,
) -> MakeInputs:
    """Inputs with ``kernels`` = (F, K) over ``x`` = (N, C, L)."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        filters, taps = kernels
        return {
            "x": nonzero(random, x, largest).astype(x_dtype),
            "w": nonzero(random, (filters, x[1], taps), largest) / divisor,
            "b": nonzero(random, (filters,), largest) / divisor,
            "conv_param": {"stride": stride, "dilation": dilation, "pad": pad},
        }

    return make


RECIPES = by_name(
    Recipe("plain", _inputs((2, 3, 7), (4, 2)), "a pad of 0 on both sides: an empty crop"),
    Recipe("padded", _inputs((3, 2, 5), (1, 3), pad=(2, 1)), "more zeros on the left"),
    Recipe(
        "dilated",
        _inputs((2, 1, 8), (3, 3), dilation=2, pad=(1, 0)),
        "no pad on the right: a crop that ends at -0",
    ),
    Recipe(
        "all at once",
        _inputs((1, 2, 11), (3, 2), 2, 3, (4, 0)),
        "an entry that no window reaches",
    ),
    Recipe(
        "large numbers",
        _inputs((1, 2, 11), (3, 2), 2, 3, (4, 0), largest=9_999_999),
        "products beyond float32; a card shows it where no smaller number is wrong",
    ),
    Recipe(
        "mostly padding",
        _inputs((1, 1, 1), (1, 3), 3, 2, (7, 9)),
        "pads above every other number, needed to their last: padded by something else",
    ),
    Recipe(
        "integers",
        _inputs((1, 2, 4), (2, 2), pad=(0, 1), divisor=2, x_dtype=np.int64),
        "x of dtype int64: buffers that inherit it",
    ),
)

#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
_TINY = (
    ("one window", (1, 1, 2), (1, 2), 1, 1, (0, 0)),
    ("two windows", (1, 1, 3), (1, 2), 1, 1, (0, 0)),
    ("one entry, padded", (1, 1, 1), (1, 2), 1, 1, (1, 1)),
    ("padded on the left", (1, 1, 2), (1, 2), 1, 1, (1, 0)),
    ("padded on the right", (1, 1, 2), (1, 2), 1, 1, (0, 1)),
    ("two rows", (2, 1, 2), (1, 2), 1, 1, (0, 0)),
    ("two channels", (1, 2, 2), (1, 2), 1, 1, (0, 0)),
    ("two kernels", (1, 1, 2), (2, 2), 1, 1, (0, 0)),
    ("dilation 2", (1, 1, 4), (1, 2), 1, 2, (0, 0)),
    ("stride 2, remainder", (1, 1, 5), (1, 2), 2, 1, (0, 0)),
    ("causal", (1, 1, 3), (1, 3), 1, 2, (4, 0)),
    ("two of all", (2, 2, 3), (2, 2), 1, 1, (0, 0)),
)
TINY = by_name(
    *(
        Recipe(name, _inputs(x, kernels, stride, dilation, pad, largest=3), "illustrates a failure")
        for name, x, kernels, stride, dilation, pad in _TINY
    )
)

_GRADIENT_CASES = ("plain", "padded", "all at once", "mostly padding", "large numbers")

FORWARD = Exercise(
    name="conv1d_forward",
    function="conv1d_forward",
    outputs=("out",),
    backward="conv1d_backward",
    axes={"out": ("row", "output channel", "place")},
    checks=(
        value(
            "out_plain",
            "out, no stride, dilation or padding",
            "out[n, f, i] is the sum of the K entries from x[n, :, i] on times w[f], over "
            "channels and taps, plus b[f].",
            3,
            "out",
            "plain",
        ),
        value(
            "out_padding",
            "out, with padding",
            "x gets pad[0] zeros on the left and pad[1] on the right.",
            2,
            "out",
            "padded",
        ),
        value(
            "out_dilation",
            "out, with dilation",
            "Tap k of window i reads place i * stride + k * dilation; a window covers "
            "(K - 1) * dilation + 1 entries.",
            2,
            "out",
            "dilated",
        ),
        value(
            "out_stride",
            "out, with stride, dilation and padding",
            "Windows start stride apart; there are 1 + (left + L + right - reach) // stride.",
            2,
            "out",
            "all at once",
            "mostly padding",
            "large numbers",
        ),
        integers(0.5, "out"),
        unchanged(0.5),
        repeatable(0.5),
        cache(0.5),
    ),
)

BACKWARD = Exercise(
    name="conv1d_backward",
    function="conv1d_backward",
    outputs=("dx", "dw", "db"),
    forward="conv1d_forward",
    differentiate=("x", "w", "b"),
    dependence="quadratic",
    axes={
        "dx": ("row", "channel", "place"),
        "dw": ("output channel", "channel", "tap"),
        "db": ("output channel",),
    },
    checks=(
        value(
            "dx",
            "dx, the gradient with respect to x",
            "Window i adds dout[n, f, i] * w[f] to the entries that its taps read; dx starts "
            "at pad[0] of the padded gradient and has L entries.",
            4,
            "dx",
            *_GRADIENT_CASES,
        ),
        value(
            "dw",
            "dw, the gradient with respect to w",
            "dw[f] adds up dout[n, f, i] times the entries that window i read, over all rows "
            "and places.",
            3,
            "dw",
            *_GRADIENT_CASES,
        ),
        value(
            "db",
            "db, the gradient with respect to b",
            "db[f] is the sum of dout over rows and places; its shape is (F,).",
            1,
            "db",
            *_GRADIENT_CASES,
        ),
        integers(0.5, "dx", "dw", "db"),
        unchanged(1),
        repeatable(0.5),
    ),
)

QUESTIONS = (
    # A forward that fails on the last one fails on smaller ones, too.
    Question(FORWARD, RECIPES | TINY, tuple(TINY)[:-1]),
    Question(BACKWARD, RECIPES | TINY, tuple(TINY)),
)
