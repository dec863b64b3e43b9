"""The smallest failing case is code that runs, and shows both results."""

import re

import numpy as np
import pytest

from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.smallest_example import _literal, smallest_example

BACKWARD, FORWARD = "conv_backward_naive", "conv_forward_naive"
DB = "db = dout.sum(axis=(0, 2, 3))"
RETURNED = "return dx, dw, db"
CROP = "dx = dxp[:, :, p : p + H, p : p + W]"


def example_of(functions, exercise=BACKWARD):
    """The smallest example on which one of the functions fails an exercise."""
    asked = recorded.load(exercise)
    name = asked.exercise.function
    with quiet_numpy():
        return smallest_example(asked, LocalSession(functions[name], name))


EXERCISES = {
    BACKWARD: (CROP, "dx = dxp[:, :, p:-p, p:-p]"),
    FORWARD: ("+ b[:, None, None]", "- b[:, None, None]"),
    "max_pool_backward_naive": ("+= dout[n, c, i, j]", "= dout[n, c, i, j]"),
    "max_pool_forward_naive_padding": ("around(x, p, -np.inf), kh, kw, s).max", "around(x, p, 0), kh, kw, s).max"),  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_example_is_code_that_shows_both_results(convolution, pooling, exercise):
    make = convolution if exercise.startswith("conv") else pooling
    functions = dict(make(EXERCISES[exercise]))
    text = example_of(functions, exercise)
    exec(text, functions)  # noqa: S102 - a student pastes it
    asked = recorded.load(exercise).exercise
    told = re.findall(r"^# (\w+) should be (.*)\n# \1 is        (.*)$", text, re.MULTILINE)
    assert told
    for output, expected, got in told:
        assert output in asked.outputs
        np.testing.assert_allclose(functions[output], eval(got, functions), atol=1e-4)  # noqa: S307
        assert not np.array_equal(functions[output], eval(expected, functions))  # noqa: S307


def test_an_example_has_the_digits_that_tell_float32_from_float64(pooling):
    buffer = "dxp = around(x, p, 0) * 0"
    functions = pooling((buffer, "dxp = (around(x, p, 0) * 0).astype(np.float32)"))
    text = example_of(functions, "avg_pool_backward_naive")
    [(expected, got)] = re.findall(
        r"^# dx should be (.*)\n# dx is        (.*)$", text, re.MULTILINE
    )
    assert expected != got
    digits = [len(number) for number in re.findall(r"\.(\d+)", expected + got)]
    # A rounding error of float32 shows at the eighth digit; all seventeen say no more.
    assert 4 < max(digits) < 12


def test_the_example_is_the_smallest_that_fails(convolution):
    asked = recorded.load(BACKWARD)
    example = example_of(convolution((DB, f"{DB} / len(x)")))
    # Any case of a single image is right.
    failing = next(n for n in asked.tiny if len(asked.cases[n].inputs["x"]) > 1)
    assert f"x = np.array({asked.cases[failing].inputs['x'].tolist()})".replace(".0", ".") in (
        example
    )
    assert max(len(line) for line in example.splitlines()) < 120


@pytest.mark.parametrize(
    ("edit", "line", "outputs"),
    [
        ((DB, "db = dout.sum(axis=7)"), f"# {BACKWARD} raised AxisError: axis 7 is", "all"),
        ((DB, 'raise ValueError("a\\nb")'), f"# {BACKWARD} raised ValueError: a b (at", "all"),
        ((DB, "raise NotImplementedError"), f"# {BACKWARD} raised NotImplementedError", "all"),
        ((RETURNED, "return"), f"# {BACKWARD} returned None; expected 3", "all"),
        ((RETURNED, "return dx, dw"), f"# {BACKWARD} returned 2 values; exp", "all"),
        ((RETURNED, "return dx, None, db"), "# dw is None; expected a NumPy array", "dw"),
        ((RETURNED, "return dx, dw, 1j * db"), "# db has dtype complex128; expected", "db"),
    ],
)
def test_an_example_without_an_answer_says_what_happened_and_what_was_expected(
    convolution, edit, line, outputs
):
    functions = convolution(edit)
    text = example_of(functions)
    comments = [written for written in text.splitlines() if written.startswith("#")]
    assert sum(written.startswith(line) for written in comments) == 1
    told = re.findall(r"^# (\w+) should be np\.array\(", text, re.MULTILINE)
    assert told == (["dx", "dw", "db"] if outputs == "all" else [outputs])
    # Whatever was raised, all but the call is code or a comment.
    compile(text, "example", "exec")


def test_a_long_exception_is_cut_where_it_can_be_seen(convolution):
    functions = convolution((DB, "raise ValueError('long ' * 99)"))
    text = example_of(functions)
    [line] = [line for line in text.splitlines() if "raised ValueError: long long" in line]
    assert line.endswith(" ...")
    assert len(line) < 88


def test_what_is_settled_is_not_tried_again_for_an_example(convolution, judged):
    functions = convolution((CROP, "dx = dxp[:, :, :H, :W]"))
    calls = []

    def counted(dout, cache):
        calls.append(dout)
        return functions[BACKWARD](dout, cache)

    asked = recorded.load(BACKWARD)
    settled = judged(functions, BACKWARD).settled
    assert [check.kind for check in settled] == ["repeatable"]
    session = LocalSession(counted, BACKWARD)
    with quiet_numpy():
        text = smallest_example(asked, session)
        every_call = len(calls)
        assert smallest_example(asked, session, {"repeatable"}) == text
    assert 0 < len(calls) - every_call < every_call


def test_an_example_shows_a_wrong_value_before_a_wrong_behaviour(convolution):
    writes = ("return dx, dw, db", "dout += 1\n    return dx, dw, db")
    padded = (CROP, "dx = dxp[:, :, :H, :W]")
    example = example_of(convolution(writes))
    assert "# conv_backward_naive modified dout" in example
    assert "should be" not in example
    assert "# dx should be" in example_of(convolution(writes, padded))


def test_where_no_small_case_fails_there_is_no_example(convolution):
    assert example_of(convolution((DB, f"{DB} + 1e-3 * (x.size > 60)"))) == ""


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        (np.array([True, False]), "np.array([True, False])"),
        (np.array([3, -1]), "np.array([3, -1])"),
        (np.array([3.0, 0.00001]), "np.array([3., 0.])"),
        (np.array([0x7FF4 << 48]).view(float), "np.array([nan])"),
        (np.array(2.0), "2.0"),
    ],
)
def test_whatever_numbers_came_back_can_be_shown(returned, shown) -> None:
    assert _literal(returned) == shown


def test_numbers_far_below_one_are_not_printed_as_zeros() -> None:
    assert _literal(np.array([2.0**-40, 0.0])) == "np.array([9.095e-13, 0.])"
    assert _literal(np.array([1 / 3, 2.0])) == "np.array([0.3333, 2.])"
