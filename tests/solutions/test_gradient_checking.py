"""What ``01_gradient_checking`` promises: its numbers, its trials, and nothing that answers it."""

import importlib
import inspect
import pkgutil
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import course_utils
from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.preparation import prepare
from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.judging import judge
from course_utils.specimens import specimen
from course_utils.specimens.gradient_checking import FLAWS, STYLES

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NAME = "01_gradient_checking"
EXERCISES = {question.exercise.name: question for question in QUESTIONS[NAME]}
TEXT = re.sub(r"\s*\n# ", " ", (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8"))
X = np.array([[1.0, 2.0], [3.0, -1.0]])
W = np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 3.0]])
B = np.array([10.0, 20.0, 30.0])
DOUT = np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]])


@pytest.fixture(scope="module")
def functions():
    return dict(reference.load(COURSE, NAME).functions)


# Numbers of the prose


def test_the_paper_example_has_the_printed_results(functions) -> None:
    out, cache = functions["affine_forward"](X, W, B)
    dx, dw, db = functions["affine_backward"](DOUT, cache)
    np.testing.assert_array_equal(out, [[14, 18, 37], [15, 21, 30]])
    np.testing.assert_array_equal(dx, [[4, 7], [-2, -2]])
    np.testing.assert_array_equal(dw, [[-2, 3, 2], [3, -1, 4]])
    np.testing.assert_array_equal(db, [0, 1, 2])
    assert "14, 18, 37; then 15, 21, 30" in TEXT


def test_the_differences_on_paper_are_off_by_what_is_printed() -> None:
    forward, central = (2.1**3 - 8) / 0.1, (2.1**3 - 1.9**3) / 0.2
    assert (round(forward, 2), round(central, 2)) == (12.61, 12.01)
    assert "12.61, off by 0.61" in TEXT
    assert "12.01, off by 0.01" in TEXT


def test_the_best_steps_are_where_rounding_meets_truncation() -> None:
    for dtype, printed in ((np.float64, 6e-6), (np.float32, 5e-3)):
        assert np.finfo(dtype).eps ** (1 / 3) == pytest.approx(printed, rel=0.02)


def test_float32_has_six_digits_at_best_and_two_or_three_with_the_usual_step() -> None:
    def error(h: float) -> float:
        above, below = (np.float32(1) + step for step in (np.float32(h), np.float32(-h)))
        slope = (np.exp(above) * np.sin(above) - np.exp(below) * np.sin(below)) / np.float32(2 * h)
        return abs(float(slope) / (np.e * (np.sin(1) + np.cos(1))) - 1)

    assert "six digits at best, and with $h = 10^{-5}$ two or three" in TEXT
    assert 1e-7 < min(error(10.0**-power) for power in np.arange(0, 10, 0.5)) < 1e-5
    assert 1e-3 < error(1e-5) < 1e-2


def test_two_right_arrays_have_the_largest_customary_error(functions) -> None:
    exact, measured = np.array([0.0, 2.0]), np.array([3e-12, 2.0])
    assert np.max(np.abs(exact - measured) / (np.abs(exact) + np.abs(measured))) == 1
    assert functions["relative_error"](exact, measured) < 1e-12


def test_the_errors_on_paper_are_right(functions) -> None:
    error = functions["relative_error"]
    assert error(np.array([3.0, -4, 0]), np.array([3.0, 4, 1])) == 1
    assert error(np.array([3.0, 4, 0]), np.array([3.0, 4, 1])) == 1 / 8


def test_nan_is_no_small_error(functions) -> None:
    """``size > 0`` in place of ``size != 0`` would make it one: of nan it is false."""
    assert np.isnan(functions["relative_error"](np.array([1.0, np.nan]), np.ones(2)))


def test_at_a_corner_a_central_difference_is_one_half(functions) -> None:
    found = functions["numerical_gradient"](
        lambda z: np.maximum(z, 0), np.zeros(1), np.ones(1), 1e-5
    )
    assert found == pytest.approx(0.5)


def test_a_linear_layer_is_measured_best_with_a_large_step(functions) -> None:
    def error(h: float) -> float:
        def layer(w):
            return functions["affine_forward"](X / 3, w, B)[0]

        found = functions["numerical_gradient"](layer, W / 7, DOUT / 3, h)
        return functions["relative_error"](found, X.T / 3 @ DOUT / 3)

    assert error(1.0) < 1e-14 < error(1e-5) < error(1e-8) < 1e-6


def test_what_cancels_is_measured_as_rounding_and_allowed(functions) -> None:
    forward = specimen("centred")
    x, shift = np.array([0.3, -1.1, 0.7]), np.linspace(-1, 1, 9)
    out, _ = forward(x, shift)
    dout = np.random.default_rng(1).normal(size=out.shape)
    f = functions["of_one_input"](forward, (x, shift), 1)
    found = functions["numerical_gradient"](f, shift, dout, 1e-5)
    assert 0 < np.max(np.abs(found)) <= functions["rounding"](out, dout, 1e-5)


def test_eight_forwards_an_entry_and_three_in_all(functions) -> None:
    """So says the text of the directional check."""
    calls = []

    def forward(*inputs):
        calls.append(0)
        return functions["affine_forward"](*inputs)

    assert functions["gradient_check"](forward, functions["affine_backward"], X, W, B)
    assert len(calls) == 1 + 8 * (X.size + W.size + B.size)
    calls.clear()
    assert functions["directional_check"](forward, functions["affine_backward"], X, W, B)
    assert len(calls) == 3


def checked(functions, forward, slopes, x) -> bool:
    """What ``gradient_check`` says of a layer of one input, entry by entry, with these slopes."""

    def backward(dout, cache):
        return (dout * slopes(*cache),)

    return functions["gradient_check"](lambda z: (forward(z), (z,)), backward, np.asarray(x))


def test_zero_lies_between_the_sides_of_a_small_square_as_printed_and_is_rejected(
    functions,
) -> None:
    x = np.array([1e-6])
    left, right = functions["one_sided_gradients"](np.square, x, np.ones(1), 1e-5)
    np.testing.assert_allclose([left, right], [[-8e-6], [12e-6]], rtol=1e-9)
    assert "$-8\\cdot 10^{-6}$ and $12\\cdot 10^{-6}$" in TEXT
    assert checked(functions, np.square, lambda z: 2 * z, x)
    assert not checked(functions, np.square, np.zeros_like, x)


def test_a_gradient_that_is_off_by_4_in_1000_is_rejected_near_0_too(functions) -> None:
    x = np.array([1e-3])
    assert checked(functions, np.square, lambda z: 2 * z, x)
    assert not checked(functions, np.square, lambda z: 1.004 * 2 * z, x)


@pytest.mark.parametrize("slope", [-1.1, -1, -0.3, 0, 1, 1.1])
def test_every_slope_of_a_corner_that_points_up_is_accepted_and_no_other(functions, slope) -> None:
    def slopes(z):
        return np.where(z == 0, slope, -np.sign(z))

    x = np.array([0.0, 0.5, -0.25, 0.0, 0.0])
    assert checked(functions, lambda z: -np.abs(z), slopes, x) == (abs(slope) <= 1)


@pytest.mark.parametrize("x", [1e-7, 3e-6, 9e-6, -3e-6])
def test_right_gradients_closer_to_a_corner_than_the_step_are_accepted(functions, x) -> None:
    def relu(z):
        return np.maximum(z, 0)

    assert checked(functions, relu, lambda z: 1.0 * (z > 0), [x, 1.0])
    assert not checked(functions, relu, lambda z: 1.0 * (z < 0), [x, 1.0])


def test_signs_hide_opposite_errors_half_of_the_time_and_ones_always() -> None:
    error = np.array([1.0, -1.0])
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(10_000, 2))
    assert np.mean(signs @ error == 0) == pytest.approx(0.5, abs=0.02)
    assert np.ones(2) @ error == 0
    assert np.all(np.random.default_rng(0).normal(size=(10_000, 2)) @ error != 0)


@pytest.mark.parametrize("name", ["affine_forward", "affine_backward"])
def test_no_two_sizes_of_an_affine_layer_coincide_in_every_case(name) -> None:
    """Where two of them always agree, code that mixes them up passes."""
    cases = EXERCISES[name].inputs(b"seed").values()
    sizes = [(len(case["x"]), *case["w"].shape) for case in cases]
    for a, b in combinations(range(3), 2):
        assert any(case[a] != case[b] for case in sizes)


# Trials


def test_right_specimens_are_right_and_wrong_ones_wrong_by_the_complex_step() -> None:
    """A judge that knows neither the reference nor the tools of the notebook."""
    x = np.array([[0.4, -0.3, 0.8], [-0.6, 0.1, -0.2]])
    a, dout = np.array([2.0, -1.5, 1.25]), np.random.default_rng(0).normal(size=(2, 3))

    def out(x, a):
        return a * x * np.sum(x, axis=1, keepdims=True) ** 2 / 4

    def slopes(*given):
        found = []
        for place, array in enumerate(given):
            slope = np.zeros(array.shape)
            for index in np.ndindex(array.shape):
                moved = [np.array(value, dtype=complex) for value in given]
                moved[place][index] += 1e-30j
                slope[index] = np.sum(out(*moved) * dout).imag / 1e-30
            found.append(slope)
        return found

    expected = slopes(x, a)
    np.testing.assert_allclose(specimen("blend", 1.0)(x, a)[0], out(x, a))

    def right(name: str, how: str) -> bool:
        given = specimen(name, how, 1.0)(dout, (x, a))
        return len(given) == 2 and all(
            g.shape == e.shape and np.allclose(g, e, rtol=1e-6)
            for g, e in zip(given, expected, strict=True)
        )

    assert all(right("right gradients", how) for how in STYLES if how.startswith("blend"))
    assert not any(right("wrong gradients", how) for how in FLAWS if how.startswith("blend"))


@pytest.mark.parametrize("name", ["gradient_check", "directional_check"])
def test_every_check_of_a_checker_has_something_to_accept_and_something_to_reject(name) -> None:
    """Else a checker that always says the same would earn points."""
    question = EXERCISES[name]
    answers = prepare(question, reference.load(COURSE, NAME), b"seed").answers
    for check in question.exercise.checks:
        if check.kind == "value":
            assert {bool(answers[case]["verdict"]) for case in check.cases} == {True, False}


def test_every_style_and_flaw_is_tried() -> None:
    tried = {
        part
        for name in ("gradient_check", "directional_check")
        for inputs in EXERCISES[name].inputs(b"seed").values()
        for part in inputs["backward"].parameters
        if isinstance(part, str)
    }
    assert tried == STYLES.keys() | FLAWS.keys()


def test_the_random_dout_of_a_right_checker_does_not_decide_its_verdicts(functions) -> None:
    """Whatever the seed that a student takes: else a right checker would need luck."""
    right = reference.load(COURSE, NAME)
    for name in ("gradient_check", "directional_check"):
        asked = recorded.load(name)
        for seed in range(2, 12):
            changed = right.changed(name, [("default_rng(1)", f"default_rng({seed})")]).functions
            for case in asked.exercise.cases:
                verdict = changed[name](*asked.cases[case].inputs.values())
                assert verdict == asked.answers[case]["verdict"], (name, seed, case)


# Nothing to be imported answers an exercise


def public_functions():
    """Every public callable of course_utils but what draws, by where it stands."""
    found = {}
    for module in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
        if module.name.startswith("course_utils.pictures"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            own = getattr(value, "__module__", "").startswith("course_utils")
            if own and callable(value) and not name.startswith("_"):
                found[f"{module.name}.{name}"] = value
    return found


def test_no_public_name_of_course_utils_answers_an_exercise() -> None:
    candidates = public_functions()
    assert {"course_utils.gradients.central_difference", "course_utils.specimens.specimen"} <= set(
        candidates
    )
    for exercise in EXERCISES:
        asked = recorded.load(exercise)
        for where, function in candidates.items():
            if inspect.isclass(function) and issubclass(function, BaseException):
                continue
            session = LocalSession(function, asked.exercise.function)
            with quiet_numpy():
                found = judge(asked.exercise, asked.cases, asked.answers, session)
            values = [c.name for c in found.checks if c.kind == "value" and c.status == "passed"]
            assert not values, (exercise, where)


def test_specimens_answer_no_exercise() -> None:
    from course_utils.specimens import FUNCTIONS

    for exercise in EXERCISES:
        asked = recorded.load(exercise)
        for name, function in FUNCTIONS.items():
            session = LocalSession(function, asked.exercise.function)
            with quiet_numpy():
                found = judge(asked.exercise, asked.cases, asked.answers, session)
            assert found.status == "failed", (exercise, name)
