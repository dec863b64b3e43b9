"""How far a result may be from right, and how a difference is told."""

import numpy as np
import pytest

from course_utils import tolerances
from course_utils.comparison import (
    LARGEST_MAP,
    compare,
    error_map,
    identical,
    is_about_shape,
    scale,
)

RIGHT = np.array([[1.0, -200.0, 3.0], [0.0, 5.0, 6.0]])


def off_by(error, at=(1, 0)):
    got = RIGHT.copy()
    got[at] += error
    return got


def test_the_same_values_are_right_whatever_their_dtype_and_layout():
    for got in (RIGHT, RIGHT.astype(int), RIGHT.astype(np.float32), np.asfortranarray(RIGHT)):
        compared = compare("dx", got, RIGHT)
        assert compared.right
        assert (compared.message, compared.worst, compared.error_map) == ("", None, None)


@pytest.mark.parametrize(("error", "right"), [(0.9, True), (1.1, False), (-1.1, False)])
def test_errors_count_against_the_largest_entry_of_the_whole_array(error, right):
    # The entry itself is 0: relative to it any rounding error is infinite.
    assert compare("dx", off_by(error * tolerances.REFERENCE * 200), RIGHT).right == right


def test_where_nothing_large_is_expected_the_error_is_absolute():
    zeros = np.zeros(4)
    assert scale(zeros) == tolerances.SMALLEST_SCALE == 1
    assert compare("db", zeros + 0.9 * tolerances.REFERENCE, zeros).right
    assert not compare("db", zeros + 1.1 * tolerances.REFERENCE, zeros).right


def test_the_worst_entry_is_told_with_both_numbers_and_its_place():
    compared = compare("dx", off_by(0.5) + off_by(2, (0, 2)) - RIGHT, RIGHT)
    assert compared.message == "dx: 2 of 6 entries are wrong"
    assert compared.worst.index == (0, 2)
    assert (compared.worst.got, compared.worst.expected) == (5, 3)
    assert compared.error_map.label == "dx[:, :]"
    assert compared.error_map.values == ((0, 0, 2), (0.5, 0, 0))


@pytest.mark.parametrize("shape", [(3, 2), (2, 3, 1), (6,), (), (2, 0), (1, 3)])
def test_another_shape_is_wrong_even_where_it_would_broadcast(shape):
    compared = compare("dw", np.zeros(shape), RIGHT)
    assert compared.message == f"dw has shape {shape}, expected (2, 3)"
    assert not compared.right


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_never_right_and_is_the_worst(odd):
    compared = compare("dx", off_by(odd, (1, 1)) + off_by(1e6) - RIGHT, RIGHT)
    assert not compared.right
    assert compared.message == f"dx: 2 of 6 entries are wrong; 1 entry is {odd}"
    assert compared.worst.index == (1, 1)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({(0, 0): 0}, "dx: 1 of 6 entries is wrong"),
        ({(0, 0): np.nan}, "dx: 1 of 6 entries is nan"),
        ({(0, 0): np.inf, (0, 1): np.inf}, "dx: 2 of 6 entries are inf"),
        (
            {(0, 0): np.nan, (0, 1): np.nan, (0, 2): np.nan, (1, 1): 0},
            "dx: 4 of 6 entries are wrong; 3 entries are nan",
        ),
        (
            {(0, 0): np.nan, (0, 1): np.inf, (0, 2): np.inf, (1, 1): -np.inf},
            "dx: 4 of 6 entries are wrong; 1 entry is nan; 2 entries are inf; 1 entry is -inf",
        ),
    ],
)
def test_entries_that_are_no_numbers_are_counted_by_what_they_are(entries, message):
    got = RIGHT.copy()
    for place, entry in entries.items():
        got[place] = entry
    assert compare("dx", got, RIGHT).message == message


def test_a_single_number_is_not_counted():
    assert compare("db", np.zeros(1), np.ones(1)).message == "db: its only entry is wrong"
    assert compare("db", np.full(1, np.nan), np.ones(1)).message == "db: its only entry is nan"
    assert compare("left", np.array(5), np.array(4)).message == "left is wrong"
    assert compare("left", np.array(np.nan), np.array(4)).message == "left is nan"


def test_an_overflow_while_comparing_is_silent_and_still_a_number():
    compared = compare("dx", np.full(2, 1.7e308), np.full(2, -1.7e308))
    assert not compared.right
    assert compared.message == "dx: 2 of 2 entries are wrong"
    assert np.isfinite(compared.error_map.values).all()


def test_two_results_with_the_same_infinite_entries_are_the_same():
    expected = np.array([np.inf, -np.inf, np.nan, 1.0])
    assert compare("dx", expected * (1 + 1e-15), expected).right
    for odd in ([-np.inf, -np.inf, np.nan, 1], [np.inf, 0, np.nan, 1], [np.inf, -np.inf, 0, 1]):
        assert not compare("dx", np.array(odd), expected).right


def test_entries_within_the_tolerance_are_zero_in_the_map():
    allowed = tolerances.REFERENCE * 200
    got = RIGHT + np.array([[0.9, -0.9, 0.0], [1.1, 0.9, -0.9]]) * allowed
    compared = compare("dx", got, RIGHT)
    assert compared.message == "dx: 1 of 6 entries is wrong"
    assert [entry > 0 for entry in sum(compared.error_map.values, ())] == [0, 0, 0, 1, 0, 0]


def test_a_message_about_a_shape_is_known_from_what_students_can_raise():
    message = compare("dw", np.zeros((3, 2)), RIGHT).message
    assert is_about_shape(message)
    assert is_about_shape(compare("db", np.zeros(()), np.zeros(3)).message)
    assert not is_about_shape(f"conv_backward_naive raised ValueError: {message}")
    assert not is_about_shape("dx has shape (9, 9), which is far too large")


@pytest.mark.parametrize(
    "other",
    [
        np.array([0.0, 2.0]),
        np.array([-0.0, 2.0], dtype=np.float32),
        np.array([[-0.0, 2.0]]),
        np.array([-0.0, 3.0]),
        np.array([-0.0, 2.0], dtype=">f8"),
        np.array([-0.0, 2.0]).view(np.int64),
    ],
)
def test_identical_arrays_are_the_same_in_every_bit_and_what_they_mean(other):
    array = np.array([-0.0, 2.0])
    assert identical(array, array.copy())
    assert identical(array, np.array([-0.0, 7.0, 2.0, 7.0])[::2])
    assert not identical(array, other)


def test_zeros_of_either_sign_are_equal_though_not_identical():
    assert compare("dx", np.array([-0.0]), np.array([0.0])).right


def test_nothing_expected_and_nothing_given_is_right():
    assert compare("dx", np.zeros((2, 0)), np.zeros((2, 0))).right


def test_the_map_shows_the_slice_with_the_worst_entry():
    got = np.zeros((2, 3, 2, 2))
    got[1, 2, 0, 1] = 7
    compared = compare("dx", got, np.zeros_like(got))
    assert compared.error_map.label == "dx[1, 2, :, :]"
    assert compared.error_map.values == ((0, 7), (0, 0))


def test_a_vector_is_a_map_of_one_row_and_a_number_has_none():
    assert compare("db", np.ones(2), np.zeros(2)).error_map.label == "db[:]"
    assert compare("db", np.ones(2), np.zeros(2)).error_map.values == ((1, 1),)
    assert error_map("loss", np.array(3.0), ()) is None


def test_a_single_entry_is_no_picture():
    assert compare("db", np.zeros(1), np.ones(1)).error_map is None
    assert compare("dx", np.zeros((1, 1, 1, 1)), np.ones((1, 1, 1, 1))).error_map is None
    assert compare("dx", np.zeros((2, 1, 1, 1)), np.ones((2, 1, 1, 1))).error_map is None
    assert compare("dx", np.zeros((2, 1, 2, 1)), np.ones((2, 1, 2, 1))).error_map is not None


def test_what_is_too_large_to_look_at_has_no_map():
    rows, columns = LARGEST_MAP
    assert error_map("dx", np.zeros((rows, columns)), (0, 0)) is not None
    assert error_map("dx", np.zeros((rows + 1, columns)), (0, 0)) is None
    assert error_map("dx", np.zeros((rows, columns + 1)), (0, 0)) is None
