"""Central differences: exact where they should be, and never fooled by overflow."""

import numpy as np
import pytest

from course_utils.gradients import (
    LONGEST_DIRECTION,
    Difference,
    central_difference,
    directions_for,
)
from course_utils.tolerances import DIFFERENCES

RANDOM = np.random.default_rng(5)
X, W = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(4, 2))
DOUT = RANDOM.normal(size=(3, 2))


def product(moved):
    return moved["x"] @ moved["w"]


GRADIENTS = {"x": DOUT @ W.T, "w": X.T @ DOUT}


def confirmed(f, arguments, gradients, kind, dout=DOUT, seed=0):
    how = DIFFERENCES[kind]
    directions = directions_for(arguments, np.random.default_rng(seed), how)
    return central_difference(f, arguments, dout, directions, how).confirms(gradients, directions)


def test_a_right_gradient_in_all_arguments_together_is_confirmed():
    for seed in range(20):
        assert confirmed(product, {"x": X, "w": W}, GRADIENTS, "quadratic", seed=seed)


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
            product, {"x": X, "w": W}, {**GRADIENTS, name: change}, "quadratic",
            seed=seed,
        )  # fmt: skip


def test_a_smooth_function_is_differentiated_to_a_millionth():
    gradient = {"x": DOUT[:, :1] * (1 - np.tanh(X) ** 2)}
    dout = np.repeat(DOUT[:, :1], 4, axis=1)

    def tanh(moved):
        return np.tanh(moved["x"])

    assert confirmed(tanh, {"x": X}, gradient, "smooth", dout)
    too_large = {"x": gradient["x"] * (1 + 1e-5)}
    assert not confirmed(tanh, {"x": X}, too_large, "smooth", dout)


def test_a_maximum_of_whole_numbers_is_exact_within_the_step():
    x = RANDOM.permutation(12).reshape(3, 4).astype(float)
    gradient = {"x": (x == x.max(axis=1, keepdims=True)) * DOUT[:, :1]}
    for seed in range(20):
        assert confirmed(
            lambda moved: moved["x"].max(axis=1, keepdims=True), {"x": x}, gradient,
            "piecewise linear", DOUT[:, :1], seed,
        )  # fmt: skip


def test_a_gradient_that_is_zero_is_confirmed_in_spite_of_rounding():
    """The sum of a softmax is 1 whatever x is; differences of it are rounding alone."""
    x = RANDOM.normal(size=(50, 50))

    def constant(moved):
        e = np.exp(moved["x"])
        return (e / e.sum()).sum() * np.ones((3, 2)) * 1e6

    assert confirmed(constant, {"x": x}, {"x": 0 * x}, "smooth")


def test_directions_stay_within_what_a_step_allows():
    how = DIFFERENCES["piecewise linear"]
    directions = directions_for({"x": np.full((400, 400), 7.0)}, np.random.default_rng(0), how)
    largest = np.abs(directions["x"]).max()
    assert largest == LONGEST_DIRECTION
    assert largest * how.step < 1 / 2


def test_a_scaled_direction_is_as_long_as_its_argument():
    """Beside x of ten million a step of one would be lost in rounding."""
    x = {"x": np.full((400, 400), -1e7), "b": np.zeros(400)}
    directions = directions_for(x, np.random.default_rng(0), DIFFERENCES["quadratic"])
    assert np.abs(directions["x"]).max() == LONGEST_DIRECTION * 1e7
    assert np.abs(directions["b"]).max() < LONGEST_DIRECTION


@pytest.mark.parametrize("size", [1.0, 1e7])
def test_where_differences_are_exact_a_buffer_in_single_precision_is_seen(size):
    x, w = size * X, size * W
    exact = {"x": DOUT @ w.T, "w": x.T @ DOUT}
    for seed in range(20):
        assert confirmed(product, {"x": x, "w": w}, exact, "quadratic", seed=seed)
        for name, gradient in exact.items():
            rounded = {**exact, name: gradient.astype(np.float32)}
            assert not confirmed(product, {"x": x, "w": w}, rounded, "quadratic", seed=seed)


@pytest.mark.parametrize("kind", DIFFERENCES)
@pytest.mark.parametrize("floor", [0.0, 1e-3])
def test_what_is_confirmed_is_an_error_of_at_most_the_tolerance(kind, floor):
    tolerance = DIFFERENCES[kind].tolerance
    found = Difference(2.0, floor, tolerance)
    along = {"x": np.array([1.0, 1.0])}
    allowed = tolerance * 2.0 + floor
    for by in (0.5, 0.9, 1.1, 2.0):
        gradient = {"x": np.array([1.0, 1.0 + by * allowed])}
        assert found.confirms(gradient, along) == (by < 1)
        assert found.error(gradient, along) == pytest.approx(by * tolerance, rel=1e-3)


@pytest.mark.parametrize(
    ("derivative", "floor"), [(np.nan, 0.0), (np.inf, 0.0), (0.0, np.inf), (0.0, np.nan)]
)
def test_a_difference_that_overflowed_confirms_nothing(derivative, floor):
    zero = {"x": np.zeros(3)}
    assert Difference(0.0, 0.0, 1e-6).confirms(zero, zero)
    assert not Difference(derivative, floor, 1e-6).confirms(zero, zero)
    assert Difference(derivative, floor, 1e-6).error(zero, zero) == np.inf
