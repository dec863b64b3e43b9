"""``06_recurrent``: a recurrent step and whole sequences, forward and backward.

A bonus asks for a cell with a memory, used step by step, and for truncated gradients.

Numbers are quarters, eighths and sixteenths, the same on every machine; the sums inside a
tanh are of order one, so that slopes are neither all 1 nor all 0.  No two of N, T, D and H
are equal, except in cases called square: there a missing transpose raises nothing.
"""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from course_utils.exercise import Array, Check, Exercise, Value

#: N, D, H and N, T, D, H.
StepSizes = tuple[int, int, int]
Sizes = tuple[int, int, int, int]


def _weights(random: np.random.Generator, inputs: int, width: int) -> dict[str, Array]:
    return {
        "Wx": nonzero(random, (inputs, width), 9) / 16,
        "Wh": nonzero(random, (width, width), 9) / 16,
        "b": nonzero(random, (width,), 9) / 16,
    }


def _step(sizes: StepSizes, dtype: type = np.float64) -> MakeInputs:
    """Inputs of one step; integers stand for themselves, floats are quarters."""
    batch, inputs, width = sizes
    divisor, largest = (1, 1) if dtype is np.int64 else (4, 4)

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        return {
            "x": (nonzero(random, (batch, inputs), largest) / divisor).astype(dtype),
            "prev_h": (nonzero(random, (batch, width), largest) / divisor).astype(dtype),
            **_weights(random, inputs, width),
        }

    return make


def _sequences(sizes: Sizes, dtype: type = np.float64) -> MakeInputs:
    """Inputs of whole sequences; integers stand for themselves, floats are quarters."""
    batch, steps, inputs, width = sizes
    divisor, largest = (1, 1) if dtype is np.int64 else (4, 4)

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        return {
            "x": (nonzero(random, (batch, steps, inputs), largest) / divisor).astype(dtype),
            "h0": (nonzero(random, (batch, width), largest) / divisor).astype(dtype),
            **_weights(random, inputs, width),
        }

    return make


def _far_out(make: MakeInputs) -> MakeInputs:
    """The same with sums of a thousand and more, whose exponentials are infinite.

    There is one input, and its sign changes from sequence to sequence.
    """

    def made(random: np.random.Generator) -> Mapping[str, Value]:
        inputs = make(random)
        signs = (-1.0) ** np.arange(len(inputs["x"]))[:, np.newaxis]
        return {**inputs, "x": 2.0**16 * signs * np.abs(inputs["x"])}

    return made


def _cell(sizes: Sizes, other_steps: int) -> MakeInputs:
    """A sequence, and another before it, of so many steps; with what arrives at their states."""
    batch, steps, inputs, width = sizes

    def sequence(random: np.random.Generator, length: int, prefix: str) -> dict[str, Array]:
        return {
            f"{prefix}x": nonzero(random, (batch, length, inputs), 4) / 4,
            f"{prefix}h0": nonzero(random, (batch, width), 4) / 4,
            f"{prefix}dh": nonzero(random, (batch, length, width), 9),
        }

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        weights = _weights(random, inputs, width)
        return {
            **{name: weights[name] for name in ("Wx", "Wh")},
            "bx": weights["b"],
            "bh": nonzero(random, (width,), 9) / 16,
            **sequence(random, other_steps, "other_"),
            **sequence(random, steps, ""),
        }

    return make


def _truncated(sizes: Sizes, kept: int) -> MakeInputs:
    """Sequences that are cut into pieces of ``kept`` steps."""
    make = _sequences(sizes)
    batch, steps, _, width = sizes

    def made(random: np.random.Generator) -> Mapping[str, Value]:
        inputs = make(random)
        return {**inputs, "dh": nonzero(random, (batch, steps, width), 9), "steps": kept}

    return made


def _recipes(*recipes: Recipe) -> dict[str, Recipe]:
    return {recipe.name: recipe for recipe in recipes}


STEP_RECIPES = _recipes(
    Recipe("many sequences", _step((5, 2, 4)), "all sizes differ"),
    # Larger than the others, so that a card shows it last: its sizes do not tell axes apart.
    Recipe("square", _step((5, 5, 5)), "all sizes equal: a missing transpose raises nothing"),
    Recipe("integers", _step((3, 2, 2), np.int64), "x and prev_h of dtype int64"),
    Recipe("far out", _far_out(_step((2, 1, 3))), "sums of a thousand and more"),
)
RECIPES = _recipes(
    Recipe("five steps", _sequences((3, 5, 2, 4)), "all sizes differ, T the largest"),
    Recipe(
        "four sequences", _sequences((4, 3, 5, 2)), "another number of steps, fewer than sequences"
    ),
    # Steps enough that it is larger than the first, and a card shows that.
    Recipe(
        "square", _sequences((3, 5, 3, 3)), "all sizes but T equal: no transpose raises anything"
    ),
    Recipe("integers", _sequences((1, 2, 3, 4), np.int64), "x and h0 of dtype int64"),
)

#: Cases that illustrate a failure, smallest first; small numbers, one difficulty each.
TINY_STEP = _recipes(
    *(
        Recipe(f"tiny: {name}", _step(sizes), "illustrates a failure")
        for name, sizes in (
            ("one number", (1, 1, 1)),
            ("two sequences", (2, 1, 1)),
            ("two inputs", (1, 2, 1)),
            ("two states", (1, 1, 2)),
        )
    )
)
TINY = _recipes(
    *(
        Recipe(f"tiny: {name}", _sequences(sizes), "illustrates a failure")
        for name, sizes in (
            ("one step", (1, 1, 1, 1)),
            ("two steps", (1, 2, 1, 1)),
            ("three steps", (1, 3, 1, 1)),
            ("two sequences", (2, 1, 1, 1)),
            ("two inputs", (1, 1, 2, 1)),
            ("two states", (1, 1, 1, 2)),
            ("two of all", (2, 2, 2, 2)),
        )
    )
)
#: Only a backward can fail on these and be right on all smaller ones.
_TINY_FOR_BACKWARD = ("tiny: three steps", "tiny: two states", "tiny: two of all")

CELL_RECIPES = _recipes(
    Recipe("alone", _cell((2, 4, 3, 5), 0), "a cell that has read nothing yet"),
    Recipe("after another", _cell((2, 3, 4, 5), 6), "what one sequence leaves for the next"),
)
TINY_CELL = _recipes(
    Recipe("tiny: one step", _cell((1, 1, 1, 1), 0), "illustrates a failure"),
    Recipe("tiny: two steps", _cell((1, 2, 1, 1), 0), "illustrates a failure"),
    Recipe("tiny: after another", _cell((1, 1, 1, 1), 2), "illustrates a failure"),
    Recipe("tiny: two states", _cell((1, 2, 1, 2), 0), "illustrates a failure"),
)
PIECES_RECIPES = _recipes(
    Recipe("pieces of two", _truncated((2, 5, 3, 4), 2), "a piece is left over at the end"),
    Recipe("pieces of three", _truncated((3, 6, 2, 5), 3), "the pieces fill the sequence"),
)

TINY_PIECES = _recipes(
    *(
        Recipe(f"tiny: {name}", _truncated(sizes, kept), "illustrates a failure")
        for name, sizes, kept in (
            ("a step", (1, 1, 1, 1), 1),
            ("two pieces", (1, 2, 1, 1), 1),
            ("a piece and a half", (1, 3, 1, 1), 2),
        )
    )
)

STEP_RECIPES |= TINY_STEP
#: Only a forward can fail on it and be right on all smaller ones.
TINY_FAR_OUT = Recipe("tiny: far out", _far_out(_step((2, 1, 1))), "illustrates a failure")
STEP_RECIPES[TINY_FAR_OUT.name] = TINY_FAR_OUT
RECIPES |= TINY
CELL_RECIPES |= TINY_CELL
PIECES_RECIPES |= TINY_PIECES


def _value(output: str, title: str, rule: str, weight: float, cases: tuple[str, ...]) -> Check:
    return Check(output, title, rule, weight, outputs=(output,), cases=cases)


def _gradient(argument: str, rule: str, weight: float, cases: tuple[str, ...]) -> Check:
    title = f"d{argument}, the gradient with respect to {argument}"
    return _value(f"d{argument}", title, rule, weight, cases)


def _integers(what: str, *outputs: str) -> Check:
    return Check(
        "integers",
        f"integer {what}",
        f"The results are floats, whatever the dtype of {what}.",
        weight=0.5,
        kind="dtype",
        outputs=outputs,
        cases=("integers",),
    )


def _unchanged(weight: float, what: str) -> Check:
    return Check("unchanged", "inputs left as they were", what, weight=weight, kind="unchanged")


def _repeatable(weight: float) -> Check:
    return Check(
        "repeatable",
        "same answer on a second call",
        "Nothing may survive from one call to the next.",
        weight=weight,
        kind="repeatable",
    )


def _cache(holds: str) -> Check:
    return Check(
        "cache",
        "the cache serves the backward",
        f"The cache holds what the backward needs: {holds}, or what your backward makes of it.",
        weight=0.5,
        kind="cache",
    )


_READ_ONLY = "A forward may read its arguments, never write to them."
_GRADIENTS_ONLY = (
    "A backward returns gradients; it writes neither into what it was given nor into the cache."
)
_STATE = ("sequence", "state number")

STEP_FORWARD = Exercise(
    name="rnn_step_forward",
    function="rnn_step_forward",
    outputs=("next_h",),
    backward="rnn_step_backward",
    axes={"next_h": _STATE},
    checks=(
        _value(
            "next_h",
            "next_h, the state after the step",
            "next_h is the tanh of x @ Wx + prev_h @ Wh + b.",
            4,
            ("many sequences",),
        ),
        Check(
            "saturated",
            "next_h, large sums",
            "The tanh of a large number is 1 or -1, never nan: NumPy's tanh knows.",
            weight=1,
            outputs=("next_h",),
            cases=("far out",),
        ),
        _integers("x and prev_h", "next_h"),
        _unchanged(0.5, _READ_ONLY),
        _repeatable(0.5),
        _cache("x, prev_h, Wx, Wh and next_h"),
    ),
)

_STEP_CASES = ("many sequences", "square")

STEP_BACKWARD = Exercise(
    name="rnn_step_backward",
    function="rnn_step_backward",
    outputs=("dx", "dprev_h", "dWx", "dWh", "db"),
    forward="rnn_step_forward",
    differentiate=("x", "prev_h", "Wx", "Wh", "b"),
    cache=("x", "prev_h", "Wx", "Wh", "next_h"),
    upstream="dnext_h",
    axes={
        "dx": ("sequence", "input number"),
        "dprev_h": _STATE,
        "dWx": ("input number", "state number"),
        "dWh": ("row", "column"),
        "db": ("state number",),
    },
    checks=(
        _gradient(
            "x",
            "x[n, d] met Wx[d, k] for every k: da @ Wx.T, with da = dnext_h * (1 - next_h**2).",
            2,
            _STEP_CASES,
        ),
        _gradient(
            "prev_h",
            "prev_h[n, j] met Wh[j, k] for every k: the sum runs over the second index of Wh.",
            3,
            _STEP_CASES,
        ),
        _gradient("Wx", "Wx[d, k] met x[n, d] for every n: sum over n.", 2, _STEP_CASES),
        _gradient("Wh", "Wh[j, k] met prev_h[n, j] for every n: sum over n.", 2, _STEP_CASES),
        _gradient("b", "b[k] was added for every sequence: sum over n.", 1, _STEP_CASES),
        _integers("x and prev_h", "dx", "dprev_h", "dWx", "dWh", "db"),
        _unchanged(1, _GRADIENTS_ONLY),
        _repeatable(0.5),
    ),
)

FORWARD = Exercise(
    name="rnn_forward",
    function="rnn_forward",
    helpers=("rnn_step_forward",),
    outputs=("h",),
    backward="rnn_backward",
    axes={"h": ("sequence", "step", "state number")},
    checks=(
        _value(
            "h",
            "h, the states of all steps",
            "h[:, t] is the state after step t; step 0 starts from h0, every other from the "
            "state before it.",
            6,
            ("five steps", "four sequences"),
        ),
        _integers("x and h0", "h"),
        _unchanged(0.5, _READ_ONLY),
        _repeatable(0.5),
        _cache("x, h0, Wx, Wh and h"),
    ),
)

_CASES = ("five steps", "square")

BACKWARD = Exercise(
    name="rnn_backward",
    function="rnn_backward",
    helpers=("rnn_step_backward",),
    outputs=("dx", "dh0", "dWx", "dWh", "db"),
    forward="rnn_forward",
    differentiate=("x", "h0", "Wx", "Wh", "b"),
    cache=("x", "h0", "Wx", "Wh", "h"),
    upstream="dh",
    axes={
        "dx": ("sequence", "step", "input number"),
        "dh0": _STATE,
        "dWx": ("input number", "state number"),
        "dWh": ("row", "column"),
        "db": ("state number",),
    },
    checks=(
        _gradient(
            "x",
            "From the last step to the first: what arrives from above and from the next step "
            "is added, goes through the tanh, and reaches x[:, t] by Wx.",
            3,
            _CASES,
        ),
        _gradient("h0", "What is carried out of step 0 belongs to h0.", 2, _CASES),
        _gradient("Wx", "Every step uses Wx: its gradients are added up.", 2, _CASES),
        _gradient(
            "Wh",
            "Every step uses Wh, with the state before it; step 0 with h0. Add them up.",
            3,
            _CASES,
        ),
        _gradient("b", "Every step uses b: sum over sequences and steps.", 1, _CASES),
        _integers("x and h0", "dx", "dh0", "dWx", "dWh", "db"),
        _unchanged(1, _GRADIENTS_ONLY),
        _repeatable(1),
    ),
)

_CELL_GRADIENTS = ("dx", "dh0", "dWx", "dWh", "dbx", "dbh")

CELL = Exercise(
    name="RNNCell",
    function="RNNCell",
    outputs=("h", *_CELL_GRADIENTS),
    caches=False,
    driver="read_after_another",
    axes={**FORWARD.axes, **BACKWARD.axes, "dbx": _STATE[1:], "dbh": _STATE[1:]},
    checks=(
        Check(
            "states",
            "the states of a sequence",
            "forward makes the next state from its input and from the state that the cell holds.",
            weight=2,
            outputs=("h",),
            cases=("alone",),
        ),
        Check(
            "gradients",
            "the gradients of a sequence",
            "backward adds what arrives from above to what is carried, and goes one step back; "
            "gradients of weights and of both biases are added up.",
            weight=4,
            outputs=_CELL_GRADIENTS,
            cases=("alone",),
        ),
        Check(
            "second",
            "a sequence after one that was left half-way back",
            "start forgets everything of the sequence before: steps, carry and sums.",
            weight=4,
            outputs=("h", *_CELL_GRADIENTS),
            cases=("after another",),
        ),
        _unchanged(1, "A cell reads its arguments and never writes into them."),
        _repeatable(0.5),
    ),
)

TRUNCATED = Exercise(
    name="truncated_gradients",
    function="truncated_gradients",
    helpers=("rnn_forward", "rnn_backward"),
    outputs=("dx", "dh0", "dWx", "dWh", "db"),
    caches=False,
    axes=BACKWARD.axes,
    checks=(
        Check(
            "pieces",
            "all gradients, several pieces",
            "Pieces are counted from the first step; nothing is carried from a piece into the "
            "one before.",
            weight=4,
            outputs=BACKWARD.outputs,
            cases=("pieces of two", "pieces of three"),
        ),
        _unchanged(0.5, "Whoever computes gradients writes into none of the arguments."),
        _repeatable(0.5),
    ),
)

QUESTIONS = (
    Question(STEP_FORWARD, STEP_RECIPES, (*TINY_STEP, TINY_FAR_OUT.name)),
    Question(STEP_BACKWARD, STEP_RECIPES, tuple(TINY_STEP)),
    Question(FORWARD, RECIPES, tuple(n for n in TINY if n not in _TINY_FOR_BACKWARD)),
    Question(BACKWARD, RECIPES, tuple(TINY)),
    Question(CELL, CELL_RECIPES, tuple(TINY_CELL)),
    Question(TRUNCATED, PIECES_RECIPES, tuple(TINY_PIECES)),
)
