"""The two layers of ``01_gradient_checking``, on integers: answers are exact."""

from collections.abc import Mapping

import numpy as np

from autograder.exercises.gradient_checking.rules import REPEATABLE, unchanged
from autograder.exercises.question import MakeInputs, Question, Recipe, nonzero
from course_utils.exercise import Array, Check, Exercise, Value

Shape = tuple[int, ...]


def _affine_inputs(
    x: Shape, units: int, *, largest: int = 9, divisor: int = 1, x_dtype: type = np.float64
) -> MakeInputs:
    """Inputs of ``units`` outputs for each row of ``x`` (N, d1, ..., dk); one is negative."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        features = int(np.prod(x[1:]))
        rows, w = nonzero(random, x, largest), nonzero(random, (features, units), largest)
        b = nonzero(random, (units,), largest)
        w[:, 0], b[0] = -np.sign(rows[0].ravel()) * np.abs(w[:, 0]), -np.abs(b[0])
        return {"x": rows.astype(x_dtype), "w": w / divisor, "b": b / divisor}

    return make


_AFFINE = {
    recipe.name: recipe
    for recipe in (
        Recipe("rows", _affine_inputs((3, 4), 2), "x has two axes already"),
        Recipe(
            "images", _affine_inputs((2, 3, 1, 2), 4), "x has to be flattened, and dx unflattened"
        ),
        Recipe("square", _affine_inputs((3, 3), 3), "a missing transpose runs"),
        Recipe(
            "large numbers",
            _affine_inputs((4, 7), 5, largest=9_999_999),
            "products beyond float32: a float32 buffer",
        ),
        Recipe(
            "integers",
            _affine_inputs((2, 3, 2), 3, divisor=2, x_dtype=np.int64),
            "x of dtype int64: buffers that inherit it",
        ),
        Recipe("tiny: one number", _affine_inputs((1, 1), 1, largest=3), "illustrates"),
        Recipe("tiny: two features", _affine_inputs((1, 2), 1, largest=3), "illustrates"),
        Recipe("tiny: two units", _affine_inputs((1, 1), 2, largest=3), "illustrates"),
        Recipe("tiny: two rows", _affine_inputs((2, 1), 1, largest=3), "illustrates"),
        Recipe("tiny: three axes", _affine_inputs((1, 2, 1), 1, largest=3), "illustrates"),
        Recipe("tiny: two of all", _affine_inputs((2, 2), 2, largest=3), "illustrates"),
    )
}
_TINY_AFFINE = tuple(name for name in _AFFINE if name.startswith("tiny"))
_AFFINE_CASES = ("images", "square", "large numbers")

AFFINE_FORWARD = Exercise(
    name="affine_forward",
    function="affine_forward",
    outputs=("out",),
    backward="affine_backward",
    axes={"out": ("row", "unit")},
    checks=(
        Check(
            "out_rows",
            "out, for x with two axes",
            "out[n, m] is the sum over d of x[n, d] * w[d, m], plus b[m].",
            4,
            outputs=("out",),
            cases=("rows",),
        ),
        Check(
            "out_images",
            "out, for x with more axes",
            "Each x[n] is read as one row of D numbers, the last axis running fastest.",
            3,
            outputs=("out",),
            cases=("images", "large numbers"),
        ),
        Check(
            "integers",
            "integer x",
            "The result is the same for whole numbers of any dtype.",
            0.5,
            kind="dtype",
            outputs=("out",),
            cases=("integers",),
        ),
        unchanged("A forward may read x, w and b, never write to them.", 0.5),
        REPEATABLE,
        Check(
            "cache",
            "the cache serves the backward",
            "The cache holds what the backward needs: x, w and b as they were given.",
            0.5,
            kind="cache",
        ),
    ),
)

AFFINE_BACKWARD = Exercise(
    name="affine_backward",
    function="affine_backward",
    outputs=("dx", "dw", "db"),
    forward="affine_forward",
    differentiate=("x", "w", "b"),
    dependence="quadratic",
    axes={"dw": ("feature", "unit"), "db": ("unit",)},
    checks=(
        Check(
            "dx",
            "dx, the gradient with respect to x",
            "x[n, d] was multiplied by w[d, m] for every m: sum dout[n, m] * w[d, m] over m; "
            "dx has the shape of x.",
            3,
            outputs=("dx",),
            cases=_AFFINE_CASES,
        ),
        Check(
            "dw",
            "dw, the gradient with respect to w",
            "w[d, m] met x[n, d] in every row n: sum x[n, d] * dout[n, m] over n.",
            3,
            outputs=("dw",),
            cases=_AFFINE_CASES,
        ),
        Check(
            "db",
            "db, the gradient with respect to b",
            "b[m] was added in every row: db is dout summed over the rows, of shape (M,).",
            2,
            outputs=("db",),
            cases=_AFFINE_CASES,
        ),
        Check(
            "integers",
            "integer x",
            "Gradients are float64, whatever the dtype of x.",
            0.5,
            kind="dtype",
            outputs=("dx", "dw", "db"),
            cases=("integers",),
        ),
        unchanged("A backward returns gradients and changes nothing it was given.", 0.5),
        REPEATABLE,
    ),
)


# ReLU


def _relu_inputs(shape: Shape, *, zeros: int = 0, dtype: type = np.float64) -> MakeInputs:
    """x without zeros, or with ``zeros`` of them in its first places."""

    def make(random: np.random.Generator) -> Mapping[str, Value]:
        x: Array = nonzero(random, shape, 9).astype(dtype)
        # Of either sign, whatever the seed, and with the smallest positive number.
        x.flat[-1], x.flat[-2] = -abs(x.flat[-1]), 1
        x.flat[:zeros] = 0
        return {"x": x}

    return make


_RELU = {
    recipe.name: recipe
    for recipe in (
        Recipe("two axes", _relu_inputs((3, 4)), "signs of every kind"),
        Recipe("four axes", _relu_inputs((2, 3, 1, 4)), "loops over two axes only"),
        Recipe("zeros", _relu_inputs((2, 5), zeros=3), "the corner itself", smooth=False),
        Recipe("integers", _relu_inputs((4, 3), dtype=np.int64), "buffers that inherit a dtype"),
        Recipe("tiny: two numbers", _relu_inputs((1, 2)), "illustrates"),
        Recipe("tiny: three axes", _relu_inputs((1, 2, 1)), "illustrates"),
        Recipe("tiny: one zero", _relu_inputs((1, 3), zeros=1), "illustrates", smooth=False),
    )
}
_TINY_RELU = tuple(name for name in _RELU if name.startswith("tiny"))

RELU_FORWARD = Exercise(
    name="relu_forward",
    function="relu_forward",
    outputs=("out",),
    backward="relu_backward",
    axes={"out": ("row", "column")},
    checks=(
        Check(
            "out",
            "out",
            "Positive entries stay as they are, all others become 0; x may have any shape.",
            4,
            outputs=("out",),
            cases=("two axes", "four axes"),
        ),
        unchanged("A forward may read x, never write to it.", 0.5),
        REPEATABLE,
        Check(
            "cache",
            "the cache serves the backward",
            "The cache holds what the backward needs: x as it was given.",
            0.5,
            kind="cache",
        ),
    ),
)

RELU_BACKWARD = Exercise(
    name="relu_backward",
    function="relu_backward",
    outputs=("dx",),
    forward="relu_forward",
    differentiate=("x",),
    dependence="piecewise linear",
    axes={"dx": ("row", "column")},
    checks=(
        Check(
            "dx",
            "dx, where x is not 0",
            "dout passes where x was positive, and is stopped where x was negative.",
            4,
            outputs=("dx",),
            cases=("four axes",),
        ),
        Check(
            "corner",
            "dx, where x is exactly 0",
            "At the corner this course takes the slope on the left: 0.",
            1,
            outputs=("dx",),
            cases=("zeros",),
        ),
        Check(
            "integers",
            "integer x",
            "Gradients are float64, whatever the dtype of x.",
            0.5,
            kind="dtype",
            outputs=("dx",),
            cases=("integers",),
        ),
        unchanged("A backward returns gradients and changes nothing it was given.", 1),
        REPEATABLE,
    ),
)

QUESTIONS = (
    Question(AFFINE_FORWARD, _AFFINE, _TINY_AFFINE),
    Question(AFFINE_BACKWARD, _AFFINE, _TINY_AFFINE),
    Question(RELU_FORWARD, _RELU, ("tiny: two numbers",)),
    Question(RELU_BACKWARD, _RELU, _TINY_RELU),
)
