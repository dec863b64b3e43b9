"""Errors are measured as the judges measure them, and a margin is safe from both sides."""

import math
from dataclasses import replace

import numpy as np
import pytest

from autograder import margins, reference
from autograder.exercises import QUESTIONS
from autograder.margins import margin
from autograder.preparation import prepare
from course_utils import tolerances
from course_utils.comparison import compare

(_, BACKWARD) = QUESTIONS["02_convolution"]
CASE = "plain"
DIFFERENCES = margins.second_judge_of(BACKWARD.exercise)


@pytest.fixture
def made(course):
    return prepare(BACKWARD, reference.load(course, "02_convolution"), b"margins")


def answers(made, **changed):
    """The right answers, but for some arrays of one case."""
    return {**made.answers, CASE: {**made.answers[CASE], **changed}}


def shifted(made, by: float):
    """dw with its first entry wrong by ``by`` of the largest."""
    dw = made.answers[CASE]["dw"].copy()
    dw.flat[0] += by * np.abs(dw).max()
    return dw


def test_right_answers_have_no_error(made) -> None:
    assert margins.reference_error(made.answers, made) == 0
    assert margins.recorded_error(made.answers, made) == 0
    assert margins.difference_error(made.answers, made) < 1e-14
    assert not margins.refuted(made.answers, made)
    assert margins.wrong_cases(made.answers, made) == set()


@pytest.mark.parametrize("by", [0.5, 0.999, 1.001, 2.0])
def test_the_reference_error_is_the_one_that_answers_are_compared_by(made, by: float) -> None:
    dw = shifted(made, by * tolerances.REFERENCE)
    wrong = margins.wrong_cases(answers(made, dw=dw), made)
    right = compare("dw", dw, made.answers[CASE]["dw"]).right
    assert (not wrong) == right == (by < 1)


@pytest.mark.parametrize(
    "dw", [np.zeros((2, 2)), np.array(1.0), None, "nan"], ids=["shape", "number", "missing", "nan"]
)
def test_what_cannot_be_compared_is_infinitely_wrong_for_every_judge(made, dw) -> None:
    given = answers(made, dw=made.answers[CASE]["dw"] * np.nan if isinstance(dw, str) else dw)
    if dw is None:
        del given[CASE]["dw"]
    for error in (margins.reference_error, margins.difference_error, margins.recorded_error):
        assert math.isinf(error(given, made))
    assert margins.refuted(given, made)
    assert margins.wrong_cases(given, made) == {CASE}


def test_nan_where_nan_is_right_is_no_error(made) -> None:
    asked = replace(made, answers={CASE: {"dw": np.array([1.0, np.nan])}})
    for got, error in (([1.0, np.nan], 0), ([1.0, 2.0], math.inf), ([np.nan, np.nan], math.inf)):
        given = {CASE: {"dw": np.array(got)}}
        assert margins.reference_error(given, asked) == error
        assert margins.recorded_error(given, asked) == error
        assert (margins.wrong_cases(given, asked) == set()) == (error == 0)


def test_a_wrong_entry_is_seen_by_every_judge_alone(made) -> None:
    given = answers(made, dw=shifted(made, 0.1))
    assert margins.reference_error(given, made) == pytest.approx(0.1)
    assert margins.recorded_error(given, made) > tolerances.RECORDED
    assert margins.refuted(given, made)


@pytest.mark.parametrize("by", [1e-14, 1e-13, 1e-9, 1e-8])
def test_what_differences_refute_is_what_has_an_error_over_their_tolerance(made, by) -> None:
    given = answers(made, dw=shifted(made, by))
    over = margins.difference_error(given, made) > margins.JUDGES[DIFFERENCES]
    assert margins.refuted(given, made) == over
    assert over == (by > 1e-10)


@pytest.mark.parametrize(
    ("right", "wrong", "safe"),
    [(1e-11, 1e-7, True), (1e-9 / 9, 1e-7, False), (1e-11, 9e-9, False), (0.0, math.inf, True)],
)
def test_a_margin_is_safe_from_ten_times_on_both_sides(right, wrong, safe) -> None:
    found = margin(margins.REFERENCE, [0.0, right], {"far": math.inf, "near": wrong})
    assert found.safe == safe
    assert (found.right, found.wrong) == (right, wrong)
    assert found.row == ("near" if wrong < math.inf else "far")


def test_no_row_and_no_error_make_a_safe_margin() -> None:
    assert margin(margins.REFERENCE, [], {}).safe


@pytest.mark.parametrize("notebook", QUESTIONS)
@pytest.mark.parametrize("seeds", [5, pytest.param(200, marks=pytest.mark.long)])
def test_right_answers_stay_below_the_tolerance_of_differences_by_more_than_ten_times(
    course, notebook: str, seeds: int
) -> None:
    """Over 200 seeds the worst was 5e-16 for convolution and 2.3e-14 for pooling."""
    right = reference.load(course, notebook)
    for question in (q for q in QUESTIONS[notebook] if margins.second_judge_of(q.exercise)):
        tolerance = margins.JUDGES[margins.second_judge_of(question.exercise)]
        for seed in range(seeds):
            made = prepare(question, right, f"margins {seed}".encode())
            assert margins.SAFE * margins.difference_error(made.answers, made) < tolerance
