"""A crash is recognised by what it says, in every version of Python; of one at the call is told."""

import numpy as np
import pytest

from course_utils import recorded
from course_utils.crash import told_of, wrong_call
from course_utils.exercise import Raised


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        # Python 3.11 and 3.14.
        (
            Raised("ValueError", "too many values to unpack (expected 3)"),
            "ValueError: too many values to unpack (expected 3)",
        ),
        (
            Raised("ValueError", "too many values to unpack (expected 3, got 4)"),
            "ValueError: too many values to unpack (expected 3)",
        ),
        (Raised("ZeroDivisionError", "integer division or modulo by zero"), "ZeroDivisionError"),
        (Raised("ZeroDivisionError", "division by zero"), "ZeroDivisionError"),
        (Raised("AssertionError", ""), "AssertionError"),
    ],
)
def test_the_same_crash_is_told_alike_in_every_version(raised, told):
    assert told_of(raised) == told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(expected 3)", "(expected 2)"),
        ("shapes (2,3) (3,2) ", "shapes (2,3) (4,2) "),
        ("name 'pad' is not defined", "name 'np' is not defined"),
        ("index 2 is out of bounds for axis 0", "index 2 is out of bounds for axis 1"),
    ],
)
def test_numbers_shapes_and_names_tell_one_crash_from_another(one, other):
    assert told_of(Raised("ValueError", one)) != told_of(Raised("ValueError", other))


def test_of_arrays_that_are_no_stack_it_does_not_matter_how_unlike_they_are():
    """A step may return two arrays or five instead of one."""
    stacks = ([np.ones(2), (np.ones(2), None)], [(np.ones(2), np.ones((2, 3)))] * 2)
    found = set()
    for stack in stacks:
        with pytest.raises(ValueError, match="inhomogeneous") as error:
            np.array(stack)
        found.add(told_of(Raised("ValueError", str(error.value))))
    assert len(found) == 1


def test_the_line_and_the_blanks_around_a_message_tell_nothing():
    assert told_of(Raised("ValueError", "no ", "x = 1")) == told_of(Raised("ValueError", "no"))


def told(exercise, *errors):
    asked = recorded.load(exercise)
    [case, *_] = asked.cases.values()
    return wrong_call(asked.exercise, case, {str(n): error for n, error in enumerate(errors)})


MISSING = "TypeError: {}() missing 1 required positional argument: 'cache'"
TOO_FEW = "TypeError: make.<locals>.{}() takes 1 positional argument but 2 were given"


@pytest.mark.parametrize("error", [MISSING, TOO_FEW])
def test_of_a_call_that_fails_the_right_one_is_told(error):
    assert told("conv_backward_naive", error.format("conv_backward_naive")) == (
        "conv_backward_naive is called as conv_backward_naive(dout, cache): "
        "look at the arguments in its def."
    )
    assert "conv_forward_naive(x, w, b, conv_param): " in told(
        "conv_forward_naive", error.format("conv_forward_naive")
    )


@pytest.mark.parametrize(
    "errors",
    [
        (),
        (MISSING.format("some_other"),),
        (MISSING.format("conv_backward_naive"), "ValueError"),
        ("TypeError: unsupported operand type(s) for +",),
    ],
)
def test_of_any_other_crash_no_call_is_told(errors):
    assert told("conv_backward_naive", *errors) == ""


def test_of_a_class_that_a_driver_makes_no_call_is_told():
    assert told("Conv", "TypeError: Conv() takes no arguments") == ""
    assert told("RNNCell", "TypeError: RNNCell.__init__() takes 1 positional argument") == ""
