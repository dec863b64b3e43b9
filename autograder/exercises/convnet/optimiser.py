"""The optimiser: two layers and their gradients, a frozen one, and momentum as a bonus."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.convnet.asking import behaviour, scenes, value
from autograder.exercises.question import MakeInputs, Question, nonzero
from course_utils.exercise import Exercise, Value


def _optimiser(*sizes: int, frozen: bool = False, momentum: float | None = None) -> MakeInputs:
    """Parameters and gradients of two layers of these widths; the rates are exact fractions."""
    first, middle, last = sizes

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        shapes = {"w": (first, middle), "b": (middle,), "w2": (middle, last)}
        names = [*shapes, "dw", "db", "dw2"]
        inputs: dict[str, Value] = {
            name: nonzero(random, shapes[name.removeprefix("d")], 9) for name in names
        }
        if not frozen:
            inputs["new_dw"] = nonzero(random, shapes["w"], 9)
        inputs["learning_rate"] = 0.125
        if momentum is not None:
            inputs["momentum"] = momentum
        return inputs

    return make


SGD = Exercise(
    name="SGD",
    function="SGD",
    outputs=("w", "b", "w2"),
    caches=False,
    driver="sgd_steps",
    checks=(
        value(
            "steps",
            "two steps of two layers",
            "Every parameter of every layer goes learning_rate times its gradient downhill, "
            "with the gradients of the moment.",
            3,
            ("w", "b", "w2"),
            "two steps",
        ),
        value(
            "frozen",
            "a frozen layer stays as it is",
            "A layer whose trainable is False is left alone; the others learn.",
            1,
            ("w", "b", "w2"),
            "first layer frozen",
        ),
        *behaviour(0.5, 0.5),
    ),
)
SGD_MOMENTUM = Exercise(
    name="SGD_momentum",
    function="SGD",
    outputs=("w", "b", "w2"),
    caches=False,
    driver="sgd_with_momentum",
    checks=(
        value(
            "momentum",
            "three steps with momentum",
            "Each parameter has a velocity of its own, zeros at first: "
            "velocity = momentum * velocity + gradient; the step is learning_rate * velocity.",
            1,
            ("w", "b", "w2"),
            "three steps",
        ),
    ),
)
_SGD_RECIPES = scenes(
    {
        "two steps": ("sgd_steps", _optimiser(2, 3, 4)),
        "first layer frozen": ("sgd_frozen", _optimiser(3, 2, 4, frozen=True)),
        "three steps": ("sgd_with_momentum", _optimiser(2, 4, 3, momentum=0.5)),
        "tiny: two steps": ("sgd_steps", _optimiser(1, 1, 1)),
        "tiny: frozen": ("sgd_frozen", _optimiser(1, 1, 1, frozen=True)),
        "tiny: momentum": ("sgd_with_momentum", _optimiser(1, 1, 1, momentum=0.5)),
    }
)

QUESTION = Question(SGD, _SGD_RECIPES, ("tiny: two steps", "tiny: frozen"))
MOMENTUM = Question(SGD_MOMENTUM, _SGD_RECIPES, ("tiny: momentum",))
