"""What a function returned is read as plain arrays, or a sentence says why not."""

from collections import namedtuple

import numpy as np
import pytest

from course_utils.plain import LARGEST_OUTPUT, plain_outputs

Pair = namedtuple("Pair", "dx dw")  # noqa: PYI024 - what a student may well return


def _one(value):
    outputs, problem, kept = plain_outputs(value, ["dx"], keep=False)
    assert problem == ""
    assert kept is None
    return outputs[0]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (np.ones((2, 3)), "float64"),
        (np.ones((2, 3), np.float32), "float32"),
        (np.ones((2, 3), np.float16), "float64"),
        (np.ones((2, 3), np.longdouble), "float64"),
        (np.ones((2, 3), ">f8"), "float64"),
        (np.ones((2, 3), ">i2"), "int16"),
        (np.ones((2, 3), bool), "bool"),
        (np.ones((3, 2)).T, "float64"),
        (np.ones((2, 3)).view(np.recarray), "float64"),
        (np.float32(1), "float32"),
        (1.0, "float64"),
        (1, "int64"),
        (True, "bool"),
    ],
)
def test_real_numbers_become_a_fresh_plain_array(value, dtype):
    got = _one(value)
    assert type(got) is np.ndarray
    assert got.dtype == np.dtype(dtype)
    assert got.dtype.isnative
    assert got.flags.c_contiguous
    assert got.flags.owndata
    assert got.shape == np.shape(value)
    assert np.all(got == 1)


def test_what_is_returned_is_copied():
    value = np.ones(2)
    got = _one(value)
    value[:] = 5
    assert got.tolist() == [1, 1]


@pytest.mark.parametrize("value", [(np.ones(2), np.zeros(1)), [np.ones(2), np.zeros(1)]])
def test_a_tuple_or_a_list_of_the_right_length_is_taken_apart(value):
    outputs, problem, _ = plain_outputs(value, ["dx", "dw"], keep=False)
    assert problem == ""
    assert [output.tolist() for output in outputs] == [[1, 1], [0]]


def test_a_named_tuple_is_a_tuple():
    outputs, _, _ = plain_outputs(Pair(np.ones(1), np.ones(1)), ["dx", "dw"], keep=False)
    assert len(outputs) == 2


@pytest.mark.parametrize("value", [(np.ones(2),), [np.ones(2)]])
def test_a_single_output_may_come_in_a_tuple_of_one(value):
    assert _one(value).tolist() == [1, 1]


def test_the_last_item_is_kept_as_it_is():
    cache = object()
    outputs, problem, kept = plain_outputs((np.ones(1), cache), ["out"], keep=True)
    assert (len(outputs), problem) == (1, "")
    assert kept is cache


@pytest.mark.parametrize(
    ("value", "names", "keep", "problem"),
    [
        (None, ["dx", "dw"], False, "returned None; expected 2 values: dx, dw"),
        (np.ones(2), ["dx", "dw"], False, "returned one array; expected 2 values: dx, dw"),
        (np.ones(2), ["out"], True, "returned one array; expected 2 values: out, cache"),
        ((1, 2, 3), ["dx", "dw"], False, "returned 3 values; expected 2 values: dx, dw"),
        ((1, 2), ["dx"], False, "returned 2 values; expected 1 value: dx"),
        ((), ["dx"], False, "returned 0 values; expected 1 value: dx"),
        ({}, ["dx", "dw"], False, "returned a dict; expected 2 values: dx, dw"),
        (1, ["dx", "dw"], False, "returned an int; expected 2 values: dx, dw"),
    ],
)
def test_what_cannot_be_taken_apart_is_said(value, names, keep, problem):
    assert plain_outputs(value, names, keep=keep) == (None, problem, None)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "dx is None; expected a NumPy array"),
        ([1.0, 2.0], "dx is a list; expected a NumPy array"),
        ("text", "dx is a str; expected a NumPy array"),
        (np.ma.ones(2), "dx is a masked array; expected a plain NumPy array"),
        (np.array([None]), "dx has dtype object; expected real numbers"),
        (np.ones(1, complex), "dx has dtype complex128; expected real numbers"),
        (10**30, "dx has dtype object; expected real numbers"),
        (
            np.broadcast_to(1.0, (LARGEST_OUTPUT,)),
            f"dx has shape ({LARGEST_OUTPUT},), which is far too large",
        ),
    ],
)
def test_an_output_that_cannot_be_read_says_why_and_the_others_count(value, sentence):
    outputs, problem, _ = plain_outputs((value, np.ones(1)), ["dx", "dw"], keep=False)
    assert problem == ""
    assert outputs[0] == sentence
    assert outputs[1].tolist() == [1]


class _Meta(type):
    def __subclasscheck__(cls, other):
        raise RuntimeError

    def __instancecheck__(cls, other):
        raise RuntimeError

    def __getattribute__(cls, name):
        raise RuntimeError


class _Fake(metaclass=_Meta):
    """Answers every question wrongly or not at all."""

    __class__ = np.ndarray  # type: ignore[assignment]

    def __getattribute__(self, name):
        raise RuntimeError

    def __array__(self, *_):
        raise RuntimeError


def test_no_method_of_a_foreign_object_is_called():
    outputs, _, _ = plain_outputs(_Fake(), ["dx"], keep=False)
    assert outputs == ("dx is a _Fake; expected a NumPy array",)
    assert plain_outputs(_Fake(), ["dx", "dw"], keep=False)[1].startswith("returned a _Fake;")
