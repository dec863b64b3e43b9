"""The forms of the cases are what their names say, and the reference is right in all of them."""

import numpy as np
import pytest

from autograder.exercises import QUESTIONS
from autograder.rehearsal import Stage, failures
from autograder.variation import AS_MADE, EVERY_OTHER, FORMS, FORTRAN, ONES, SINGLE
from course_utils.exercise import Kept


@pytest.fixture
def stage(course) -> Stage:
    return Stage(course.solutions, "02_convolution")


def given(form, value):
    """What a function gets for ``value``."""
    session = form.session(lambda argument: argument, "same")
    return session._copy(value)


@pytest.mark.parametrize("form", [*FORMS, ONES], ids=lambda form: form.name)
def test_a_copy_has_the_same_numbers_and_dtype_and_shares_nothing(form) -> None:
    for dtype in (np.float64, np.float32, np.int64):
        array = np.arange(24, dtype=dtype).reshape(2, 3, 4)
        copy = given(form, array)
        assert copy.dtype == dtype
        assert np.array_equal(copy, array)
        assert not np.shares_memory(copy, array)


def test_arrays_are_laid_out_as_the_form_says_wherever_they_stand() -> None:
    array = np.ones((2, 3, 4))
    (copy,) = given(FORTRAN, (array,))
    assert copy.flags.f_contiguous
    assert not copy.flags.c_contiguous
    (copy,) = given(EVERY_OTHER, {"x": array}).values()
    assert not copy.flags.f_contiguous
    assert not copy.flags.c_contiguous
    assert copy.strides[0] < 0
    assert given(EVERY_OTHER, np.array(3.0)) == 3


def test_a_cache_is_given_back_as_it_was_kept() -> None:
    session = EVERY_OTHER.session(lambda x: (x, x), "both")
    cache = session.call("both", (np.ones(3),), ("out",), keep=True).kept
    assert cache is not None
    assert session._copy(cache) is session._kept[Kept(0).number]


def test_single_precision_cases_have_answers_in_double(stage) -> None:
    for made in stage.in_form(SINGLE).prepared(1).values():
        for name, case in made.cases.items():
            dtypes = {v.dtype for v in case.inputs.values() if isinstance(v, np.ndarray)}
            assert np.dtype(np.float32) in dtypes
            assert np.dtype(np.float64) not in dtypes
            assert case.dout.dtype == np.float32
            assert all(a.dtype == np.float64 for a in made.answers[name].values())


def test_ones_change_the_upstream_gradient_and_the_answers_to_it(stage) -> None:
    usual, ones = stage.prepared(1), stage.in_form(ONES).prepared(1)
    case = ones["conv_backward_naive"].cases["plain"]
    assert (case.dout == 1).all()
    assert (ones["conv_backward_naive"].answers["plain"]["db"] == case.dout[:, 0].size).all()
    for name, array in usual["conv_backward_naive"].cases["plain"].inputs.items():
        assert array is case.inputs[name] or np.array_equal(array, case.inputs[name])


@pytest.mark.parametrize("notebook", QUESTIONS)
@pytest.mark.parametrize("form", [*FORMS, ONES], ids=lambda form: form.name)
def test_the_reference_is_right_in_every_form(course, notebook, form) -> None:
    stage = Stage(course.solutions, notebook).in_form(form)
    assert failures(stage.judged(stage.right.functions, stage.questions, 1)) == ()


def test_cases_as_they_are_made_keep_their_slopes(stage) -> None:
    assert stage.in_form(AS_MADE).prepared(1)["conv_backward_naive"].slopes
