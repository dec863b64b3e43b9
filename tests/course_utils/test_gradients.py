"""Central differences: exact where they should be, and never fooled by overflow."""

import numpy as np
import pytest

from course_utils import tolerances
from course_utils.gradients import Difference, central_difference, directions_for

RANDOM = np.random.default_rng(5)
X, W = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(4, 2))
DOUT = RANDOM.normal(size=(3, 2))


def product(moved):
    return moved["x"] @ moved["w"]


GRADIENTS = {"x": DOUT @ W.T, "w": X.T @ DOUT}


def confirmed(f, arguments, gradients, step, dout=DOUT, seed=0):
    directions = directions_for(arguments, np.random.default_rng(seed))
    return central_difference(f, arguments, dout, directions, step).confirms(gradients, directions)


def test_a_right_gradient_in_all_arguments_together_is_confirmed():
    for seed in range(20):
        assert confirmed(product, {"x": X, "w": W}, GRADIENTS, tolerances.QUADRATIC_STEP, seed=seed)


@pytest.mark.parametrize("name", ["x", "w"])
@pytest.mark.parametrize("wrong", ["entry", "sign", "zero", "factor", "reversed"])
def test_a_wrong_gradient_in_one_argument_is_not(name, wrong):
    right = GRADIENTS[name]
    change = {
        "entry": right + 1e-3 * (np.arange(right.size).reshape(right.shape) == 1),
        "sign": -right,
        "zero": 0 * right,
        "factor": right * 1.001,
        "reversed": right[::-1],
    }[wrong]
    for seed in range(20):
        assert not confirmed(
            product, {"x": X, "w": W}, {**GRADIENTS, name: change}, tolerances.QUADRATIC_STEP,
            seed=seed,
        )  # fmt: skip


def test_a_smooth_function_is_differentiated_to_a_millionth():
    gradient = {"x": DOUT[:, :1] * (1 - np.tanh(X) ** 2)}
    dout = np.repeat(DOUT[:, :1], 4, axis=1)

    def tanh(moved):
        return np.tanh(moved["x"])

    assert confirmed(tanh, {"x": X}, gradient, tolerances.SMOOTH_STEP, dout)
    too_large = {"x": gradient["x"] * (1 + 1e-5)}
    assert not confirmed(tanh, {"x": X}, too_large, tolerances.SMOOTH_STEP, dout)


def test_a_maximum_of_whole_numbers_is_exact_within_the_step():
    x = RANDOM.permutation(12).reshape(3, 4).astype(float)
    gradient = {"x": (x == x.max(axis=1, keepdims=True)) * DOUT[:, :1]}
    for seed in range(20):
        assert confirmed(
            lambda moved: moved["x"].max(axis=1, keepdims=True), {"x": x}, gradient,
            tolerances.PIECEWISE_STEP, DOUT[:, :1], seed,
        )  # fmt: skip


def test_a_gradient_that_is_zero_is_confirmed_in_spite_of_rounding():
    """The sum of a softmax is 1 whatever x is; differences of it are rounding alone."""
    x = RANDOM.normal(size=(50, 50))

    def constant(moved):
        e = np.exp(moved["x"])
        return (e / e.sum()).sum() * np.ones((3, 2)) * 1e6

    assert confirmed(constant, {"x": x}, {"x": 0 * x}, tolerances.SMOOTH_STEP)


def test_directions_stay_within_what_a_step_allows():
    directions = directions_for({"x": np.zeros((400, 400))}, np.random.default_rng(0))
    largest = np.abs(directions["x"]).max()
    assert largest == 4
    assert largest * tolerances.PIECEWISE_STEP < 1 / 2


@pytest.mark.parametrize(
    ("derivative", "floor"), [(np.nan, 0.0), (np.inf, 0.0), (0.0, np.inf), (0.0, np.nan)]
)
def test_a_difference_that_overflowed_confirms_nothing(derivative, floor):
    zero = {"x": np.zeros(3)}
    assert Difference(0.0, 0.0).confirms(zero, zero)
    assert not Difference(derivative, floor).confirms(zero, zero)
