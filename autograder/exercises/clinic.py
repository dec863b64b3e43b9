"""``07_bug_clinic``: eight small layers whose backward is repaired, and a test of one's own.

The layers are asked nowhere else.  Each forward is given in the notebook.  Integers and
quarters keep most sums exact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from autograder.exercises.question import Question, Recipe, distinct, nonzero
from course_utils.exercise import Check, Exercise, Value
from course_utils.specimens import specimen
from course_utils.specimens.clinic import MEMORIES, STYLES, TRACES
from course_utils.tolerances import Dependence

Sizes = tuple[int, ...]
Make = Callable[[np.random.Generator, Sizes], Mapping[str, Value]]

_READ_ONLY = "A backward returns gradients and changes nothing it was given."
_FRESH = "Nothing survives from one call to the next."


def _layer(
    name: str,
    differentiate: Sequence[str],
    rules: Sequence[str],
    dependence: Dependence,
    axes: Mapping[str, tuple[str, ...]],
    cache: tuple[str, ...] = (),
    behaviour: tuple[float, float] = (0.5, 0.5),
) -> Exercise:
    """The backward of a layer; its cases are named when its recipes are known.

    ``behaviour`` is what it is worth to change nothing and to remember nothing.
    """
    outputs = tuple(f"d{argument}" for argument in differentiate)
    return Exercise(
        name=f"{name}_backward",
        function=f"{name}_backward",
        forward=f"{name}_forward",
        outputs=outputs,
        differentiate=tuple(differentiate),
        dependence=dependence,
        cache=cache,
        axes=axes,
        checks=(
            *(
                Check(
                    output,
                    f"{output}, the gradient with respect to {argument}",
                    rule,
                    weight=6 / len(outputs),
                    outputs=(output,),
                )
                for output, argument, rule in zip(outputs, differentiate, rules, strict=True)
            ),
            Check(
                "unchanged", "inputs left as they were", _READ_ONLY, behaviour[0], kind="unchanged"
            ),
            Check(
                "repeatable",
                "same answer on a second call",
                _FRESH,
                behaviour[1],
                kind="repeatable",
            ),
        ),
    )


def _question(
    exercise: Exercise, make: Make, cases: Mapping[str, Sizes], tiny: Mapping[str, Sizes]
) -> Question:
    """A question of which every case has these sizes."""

    def recipe(name: str, sizes: Sizes, purpose: str) -> Recipe:
        return Recipe(name, lambda random: make(random, sizes), purpose)

    recipes = {name: recipe(name, sizes, name) for name, sizes in cases.items()}
    small = {f"tiny: {n}": recipe(f"tiny: {n}", s, "illustrates") for n, s in tiny.items()}
    checks = tuple(
        replace(check, cases=tuple(cases)) if check.kind == "value" else check
        for check in exercise.checks
    )
    return Question(replace(exercise, checks=checks), recipes | small, tuple(small))


def _embedding(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    """Every second word is one of the first rows of the table: some repeat, some never occur."""
    rows, width, texts, words = sizes
    ids = random.integers(max(1, rows // 2), size=(texts, words))
    ids[:, ::2] = random.integers(rows, size=ids[:, ::2].shape)
    ids.flat[-1] = ids.flat[0]
    return {"table": nonzero(random, (rows, width), 9), "ids": ids}


def _channel_scale(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    batch, channels, length = sizes
    return {
        "x": nonzero(random, (batch, channels, length), 9),
        "gain": distinct(random, (channels,), 2),
        "shift": nonzero(random, (channels,), 9),
    }


def _mix_rows(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    batch, rows, columns, mixed = sizes
    return {
        "x": nonzero(random, (batch, rows, columns), 9),
        "w": nonzero(random, (mixed, rows), 9),
    }


def _pad_ends(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    batch, length, left, right = sizes
    return {
        "x": nonzero(random, (batch, length), 9),
        "pad_param": {"left": left, "right": right},
    }


def _polynomial(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    """x are quarters, 0 among them."""
    points, terms = sizes
    return {
        "x": distinct(random, (points,), -(points // 2)) / 4,
        "coefficients": nonzero(random, (terms,), 9),
    }


def _swish(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    _, columns = sizes
    return {"x": nonzero(random, sizes, 9) / 8, "beta": nonzero(random, (columns,), 9) / 4}


def _unit_rows(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    return {"x": nonzero(random, sizes, 9)}


def _leaky_sum(random: np.random.Generator, sizes: Sizes) -> Mapping[str, Value]:
    rows, steps, eighths = sizes
    return {"x": nonzero(random, (rows, steps), 9), "decay": eighths / 8}


LAYERS = (
    _question(
        _layer(
            "embedding",
            ("table",),
            ("A row of the table gets the sum of dout over every place where it was looked up.",),
            "quadratic",
            {"dtable": ("row", "column")},
        ),
        _embedding,
        {"words that repeat": (4, 3, 2, 5)},
        {"one word twice": (2, 1, 1, 2), "two texts": (3, 2, 2, 1)},
    ),
    _question(
        _layer(
            "channel_scale",
            ("x", "gain", "shift"),
            (
                "Every entry of x was multiplied by the gain of its channel.",
                "The gain of a channel met every entry of that channel: all of them are summed.",
                "The shift of a channel met every entry of that channel: all of them are summed.",
            ),
            "quadratic",
            {"dx": ("image", "channel", "place"), "dgain": ("channel",), "dshift": ("channel",)},
        ),
        _channel_scale,
        {"three sizes": (2, 3, 4)},
        {"two places": (1, 1, 2), "two of all": (2, 2, 2)},
    ),
    _question(
        _layer(
            "mix_rows",
            ("x", "w"),
            (
                "x[n, r] was multiplied by w[p, r] for every p: its gradient is a sum over p.",
                "w[p, r] met x[n, r, c] for every n and c: sum over both.",
            ),
            "quadratic",
            {"dx": ("image", "row", "column"), "dw": ("mixed row", "row")},
        ),
        _mix_rows,
        {"not square": (2, 3, 4, 5), "square": (2, 3, 1, 3)},
        {"square": (1, 2, 1, 2), "not square": (1, 1, 2, 2)},
    ),
    _question(
        _layer(
            "pad_ends",
            ("x",),
            ("x stood in out from left to left + L; the rest of out were zeros.",),
            "quadratic",
            {"dx": ("row", "place")},
        ),
        _pad_ends,
        {
            "both sides": (2, 5, 1, 3),
            "no padding": (3, 4, 0, 0),
        },
        {"no padding": (1, 2, 0, 0), "left": (1, 2, 1, 0), "right": (1, 2, 0, 1)},
    ),
    _question(
        _layer(
            "polynomial",
            ("x", "coefficients"),
            (
                "x stands in every term of the polynomial but the constant: their slopes add up.",
                "coefficients[k] was multiplied by x**k at every point: sum over the points.",
            ),
            "smooth",
            {"dx": ("point",), "dcoefficients": ("power",)},
            behaviour=(0.5, 2),
        ),
        _polynomial,
        {"third degree": (5, 4)},
        {"one point": (1, 2), "two points": (2, 3)},
    ),
    _question(
        _layer(
            "swish",
            ("x", "beta"),
            (
                "x stands outside the gate and inside it: the product rule gives two terms.",
                "beta stands inside the gate, beside x; beta of a column met all of its rows.",
            ),
            "smooth",
            {"dx": ("row", "column"), "dbeta": ("column",)},
            behaviour=(2, 0.5),
        ),
        _swish,
        {"wide": (2, 3)},
        {"one entry": (1, 1), "two rows": (2, 1)},
    ),
    _question(
        _layer(
            "unit_rows",
            ("x",),
            ("The norm depends on x, too: each entry of x reaches out on two roads.",),
            "smooth",
            {"dx": ("row", "column")},
            cache=("x", "out"),
        ),
        _unit_rows,
        {"wide": (2, 3)},
        {"one row": (1, 2), "two rows": (2, 2)},
    ),
    _question(
        _layer(
            "leaky_sum",
            ("x",),
            ("x[:, t] is in every out from t on: go from the last step to the first.",),
            "quadratic",
            {"dx": ("row", "step")},
        ),
        _leaky_sum,
        {"four steps": (3, 4, 4)},
        {"two steps": (1, 2, 4), "two rows": (2, 3, 4)},
    ),
)


def _trial(name: str, how: str) -> Recipe:
    """What a test is asked about: a right backward of a style, or one that is wrong somehow."""
    kinds = {"right": STYLES, "remembering": MEMORIES, "meddling": TRACES}
    kind = next((kind for kind, names in kinds.items() if how in names), "wrong")
    backward = specimen(f"{kind} distances", how)

    def make(_: np.random.Generator) -> Mapping[str, Value]:
        return {"forward": specimen("squared distances"), "backward": backward}

    purpose = "to be accepted" if kind == "right" else "to be rejected"
    return Recipe(name, make, purpose, smooth=False)


def _verdict(name: str, title: str, rule: str, weight: float, *cases: str) -> Check:
    """A check of one style of the right backward and of several flaws."""
    return Check(name, title, rule, weight, outputs=("verdict",), cases=cases)


_OWN_TEST_CHECKS = (
    _verdict(
        "plain",
        "a right one accepted, clearly wrong ones rejected",
        "Compare every gradient with central differences of the forward, for a random dout.",
        3,
        "by broadcasting",
        "without the factor 2",
        "sign of dx",
        "without signs",
        "only the size of dout",
    ),
    _verdict(
        "both",
        "both gradients looked at, and their shapes",
        "There are two gradients, dx and dcenters; each has the shape of its input.",
        3,
        "by matrix products",
        "sign of dcenters",
        "dx with an axis more",
        "dcenters missing",
    ),
    _verdict(
        "telling",
        "inputs that tell right from wrong",
        "Take a random dout, and several rows and centers.",
        4,
        "by einsum",
        "dout ignored",
        "last row alone",
        "last center alone",
        "pairs with n = k alone",
        "rows in reverse order",
    ),
    _verdict(
        "fine",
        "every entry counts",
        "The largest difference of all entries decides, and nan is never right.",
        2,
        "by loops",
        "one entry wrong",
        "1 percent too large",
        "one entry nan",
    ),
    _verdict(
        "lasting",
        "what a call leaves behind",
        "A second call with the same arguments gives the same answer, and dout and the cache "
        "are afterwards what they were before.",
        2,
        "by broadcasting",
        *MEMORIES,
        *TRACES,
    ),
)
OWN_TEST = Exercise(
    name="my_test",
    function="my_test",
    outputs=("verdict",),
    caches=False,
    specimens=True,
    checks=(
        *_OWN_TEST_CHECKS,
        Check("repeatable", "same answer on a second call", _FRESH, 0.5, kind="repeatable"),
    ),
)
_TINY = {
    "tiny: a wrong one": "without the factor 2",
    "tiny: a right one": "by loops",
    "tiny: one that remembers": MEMORIES[0],
    "tiny: one that meddles": next(iter(TRACES)),
}
_TRIALS = {
    name: _trial(name, how)
    for name, how in [*((name, name) for name in OWN_TEST.cases), *_TINY.items()]
}

QUESTIONS = (*LAYERS, Question(OWN_TEST, _TRIALS, tuple(_TINY)))
