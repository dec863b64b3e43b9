"""Of two functions that must be adjoint the one that is off is named, and points are just.

The pair: all windows of a row of numbers as columns, and columns added back into a row.
"""

import numpy as np
import pytest

from course_utils.checking import LocalSession, quiet_numpy
from course_utils.exercise import CallStoppedError, Case, Check, Exercise
from course_utils.judging import judge
from course_utils.recorded import Recorded

PAIR = """\
import numpy as np

def to_columns(x, width):
    return np.array([x[i : i + width] for i in range(len(x) - width + 1)]).T

def from_columns(cols, length, width):
    x = np.zeros(length)
    for i in range(length - width + 1):
        x[i : i + width] += cols[:, i]
    return x
"""
ADDED = "+= cols[:, i]"
ASSIGNED = (ADDED, "= cols[:, i]")
ZERO = (ADDED, "+= 0")
BACKWARDS = (ADDED, "+= cols[::-1, i]")
WINDOW = "np.array([x[i : i + width]"
BACKWARDS_TOO = (WINDOW, "np.array([x[i : i + width][::-1]")
DOUBLED = (WINDOW, "2 * np.array([x[i : i + width]")
ZERO_TOO = (WINDOW, "0 * np.array([x[i : i + width]")

EXERCISE = Exercise(
    name="from_columns",
    function="from_columns",
    outputs=("x",),
    caches=False,
    adjoint="to_columns",
    shared=("width",),
    checks=(
        Check("x", "x", "", 3, outputs=("x",), cases=("short",)),
        Check("pair", "the pair", "", 2, kind="adjoint", outputs=("x",), cases=("long", "short")),
        Check("unchanged", "unchanged", "", 1, kind="unchanged"),
    ),
)
CASES = {
    "short": Case(
        "short", {"cols": np.array([[1.0, 3.0], [2.0, 4.0]]), "length": 3, "width": 2}, np.ones(3)
    ),
    "long": Case(
        "long",
        {"cols": np.arange(1.0, 13.0).reshape(3, 4), "length": 6, "width": 3},
        np.ones(6),
    ),
}


@pytest.fixture
def answers(notebook):
    right = notebook(PAIR)["from_columns"]
    return {name: {"x": right(*case.inputs.values())} for name, case in CASES.items()}


@pytest.fixture
def judged(notebook, answers):
    """A function that judges ``from_columns`` of a notebook with edits."""

    def found(*edits, session=LocalSession):
        function = notebook(PAIR, *edits)["from_columns"]
        with quiet_numpy():
            return judge(EXERCISE, CASES, answers, session(function, "from_columns"))

    return found


def pair_check(judgement):
    return next(check for check in judgement.checks if check.kind == "adjoint")


def test_a_right_pair_earns_everything_and_is_told_nothing(judged):
    judgement = judged()
    assert (judgement.status, judgement.earned) == ("passed", 1.0)
    assert (pair_check(judgement).message, pair_check(judgement).notes) == ("", ())


@pytest.mark.parametrize("edit", [DOUBLED, BACKWARDS_TOO, ZERO_TOO, (WINDOW, "1 / 0, ([x[i]")])
def test_a_right_function_loses_nothing_by_a_wrong_partner(judged, edit):
    judgement = judged(edit)
    assert (judgement.status, judgement.earned) == ("passed", 1.0)


def test_of_a_wrong_partner_it_is_told_beside_the_points(judged):
    (note,) = pair_check(judged(DOUBLED)).notes
    assert note.startswith(
        "from_columns is right, to_columns is what is off: <to_columns(u), c> is"
    )


@pytest.mark.parametrize("edit", [ASSIGNED, ZERO, BACKWARDS])
def test_a_wrong_function_loses_the_points_of_the_pair_and_is_named(judged, edit):
    check = pair_check(judged(edit))
    assert check.status == "failed"
    assert check.message.startswith("to_columns is right, from_columns is what is off: ")
    assert check.case == CASES["short"].title


@pytest.mark.parametrize("zero", [False, True])
def test_two_wrong_functions_that_are_adjoint_earn_nothing(judged, zero):
    judgement = judged(*((ZERO, ZERO_TOO) if zero else (BACKWARDS, BACKWARDS_TOO)))
    assert judgement.earned == 0.0
    message = pair_check(judgement).message
    # Zero and zero are adjoint, too, but nothing is learned by that.
    assert message.startswith("both are off: " if zero else "your pair is adjoint, ")


def test_two_wrong_functions_that_do_not_fit_are_both_named(judged):
    message = pair_check(judged(ASSIGNED, DOUBLED)).message
    assert message.startswith("both are off: ")


def test_without_a_partner_the_two_numbers_are_told(judged):
    message = pair_check(judged(ASSIGNED, ("def to_columns", "def other"))).message
    assert message.startswith("<u, from_columns(c)> is ")
    assert ", expected " in message


@pytest.mark.parametrize(
    ("returned", "start"),
    [
        ("x[1:]", "x has shape (2,), expected (3,)"),
        ("None", "x is None"),
        ("x / 0", "to_columns is right, from_columns is what is off: <u, from_columns(c)> is nan"),
        ("nothing", "from_columns raised NameError"),
    ],
)
def test_where_there_is_no_product_it_is_told_what_came_back(judged, returned, start):
    assert pair_check(judged(("return x", f"return {returned}"))).message.startswith(start)


def test_an_endless_partner_costs_a_right_function_nothing(judged):
    class Stopping(LocalSession):
        def call(self, function, arguments, outputs, *, keep):
            if function == "to_columns":
                raise CallStoppedError("it took too long", out_of_time=True)
            return super().call(function, arguments, outputs, keep=keep)

    judgement = judged(session=Stopping)
    assert (judgement.status, judgement.out_of_time) == ("passed", False)


def test_a_pair_is_recorded_and_read_again(answers):
    made = Recorded(EXERCISE, CASES, answers)
    assert Recorded.from_json(made.to_json()).exercise == EXERCISE
