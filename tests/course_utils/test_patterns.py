"""The error is told by its pattern: the right sentence, and none where nothing fits."""

import numpy as np
import pytest

from course_utils.patterns import pattern

RANDOM = np.random.default_rng(9)
#: Halves, so that a cut to whole numbers shows.
DX = RANDOM.integers(-99, 99, size=(2, 3, 5, 7)) + 0.5
PADDED = {"x": DX, "conv_param": {"stride": 2, "pad": 1}}
PLAIN = {"x": DX, "conv_param": {"stride": 1, "pad": 0}}


def told(got, expected=DX, inputs=PADDED, output="dx"):
    return pattern(output, np.asarray(got), np.asarray(expected), inputs)


def with_error(*place):
    got = DX.copy()
    got[place] += np.arange(1, 1 + got[place].size).reshape(got[place].shape)
    return got


EVERY = slice(None)


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (0 * DX, "dx is zero everywhere."),
        (-DX, "dx looks right but for its sign."),
        (3 * DX, "dx looks right but multiplied by 3."),
        (DX / 2, "dx looks right but divided by 2."),
        (-DX / 4, "dx looks right but divided by -4."),
        (np.trunc(DX), "dx looks right but cut off to whole numbers"),
        (DX.astype(int), "dx looks right but cut off to whole numbers"),
        (DX * (1 + 6e-8 * np.sign(RANDOM.normal(size=DX.shape))), "dx looks right but rounded"),
        (DX[..., ::-1, ::-1], "dx looks rotated by 180 degrees"),
        (DX[..., ::-1], "dx looks flipped along one of its last two axes."),
        (DX[:, :, ::-1], "dx looks flipped along one of its last two axes."),
        (DX.transpose(0, 2, 3, 1).reshape(DX.shape), "dx looks reshaped with its axes in another"),
        (np.where(DX > 90, np.nan, DX), "dx holds entries that are not numbers"),
        (with_error(1), "dx looks right for image 0 only."),
        (with_error(0), "dx looks wrong for image 0 only."),
        (with_error(EVERY, slice(1, None)), "dx looks right for channel 0 only."),
        (with_error(EVERY, 0), "dx looks wrong for channel 0 only."),
        (with_error(..., [0, 4], EVERY), "dx looks wrong only along its border"),
        (with_error(..., slice(1, 4), slice(2, 5)), "dx looks wrong only inside"),
        (with_error(..., slice(None, None, 2), EVERY), "dx looks wrong in every second row"),
        (with_error(..., slice(1, None, 2)), "dx looks wrong in every second column"),
    ],
)  # fmt: skip
def test_a_pattern_is_told(got, sentence):
    assert told(got).startswith(sentence)


@pytest.mark.parametrize(
    ("shape", "inputs", "sentence"),
    [
        ((2, 3, 7, 9), PADDED, "dx looks like the padded array: it is larger by 2 * pad"),
        ((2, 3, 7, 9), PLAIN, "dx has another size than it should have."),
        ((2, 3, 0, 0), PLAIN, "dx is empty: a slice such as [0:-0] selects nothing"),
        ((2, 3, 0, 0), PADDED, "dx is empty."),
        ((), PLAIN, "dx is a single number: it was summed over every axis."),
        ((2, 3, 7, 5), PLAIN, "dx looks as if its axes were in another order."),
        ((2, 3, 4, 6), PLAIN, "dx is smaller than it should be"),
        ((2, 3, 35), PLAIN, "dx has the right number of entries in another shape."),
        ((3, 5, 7), PLAIN, "dx was summed or repeated along another axis than it should be."),
    ],
)
def test_a_wrong_shape_is_told(shape, inputs, sentence):
    assert told(np.ones(shape), inputs=inputs).startswith(sentence)


def test_the_axes_of_dw_are_filters_and_channels():
    assert told(with_error(0), output="dw") == "dw looks wrong for filter 0 only."


def test_a_transposed_plane_is_told_where_it_is_square():
    square = RANDOM.normal(size=(2, 3, 4, 4))
    assert told(square.swapaxes(-1, -2), square).startswith("dx looks transposed")


@pytest.mark.parametrize(("axis", "word"), [(-2, "row"), (-1, "column")])
def test_the_last_row_or_column_is_told(axis, word):
    # Two rows or columns: there is no inside that a border would surround.
    right = RANDOM.normal(size=(2, 3, 2, 2))
    got = np.moveaxis(right.copy(), axis, 0)
    got[-1] += np.arange(1, 13).reshape(got[-1].shape)
    assert told(np.moveaxis(got, 0, axis), right, PLAIN).startswith(
        f"dx looks wrong only in its last {word}"
    )


def test_a_single_row_is_not_called_the_last_one():
    right = RANDOM.normal(size=(1, 1, 1, 6))
    got = right.copy()
    got[..., 1:4] += [1, 2, 5]
    assert told(got, right, PLAIN) == ""


@pytest.mark.parametrize("got", [DX + RANDOM.normal(size=DX.shape), np.full(DX.shape, 1.7e308)])
def test_nothing_is_claimed_where_nothing_fits(got):
    assert told(got) == ""


def test_a_vector_and_a_number_have_patterns_too():
    db = np.array([2.0, 4.0, 8.0])
    assert told(db / 2, db, output="db") == "db looks right but divided by 2."
    assert told(np.array([2.0, 4.0, 9.0]), db, output="db") == ""
    assert (
        told(np.float64(3), np.float64(-3), output="loss") == "loss looks right but for its sign."
    )


def test_zeros_where_zeros_are_right_are_not_called_wrong():
    zeros = np.zeros((2, 2))
    assert told(np.array([[0, 1], [2, 5]]), zeros) == ""


def test_of_a_few_entries_no_pattern_is_claimed() -> None:
    assert pattern("dx", np.array([[[[3.0]]]]), np.array([[[[-2.0]]]]), {}) == ""


H = RANDOM.integers(1, 99, size=(2, 4, 3)) / 8
OF_H = ("sequence", "time step", "unit")


def told_of_h(*place):
    got = H.copy()
    got[place] += 1 + np.arange(got[place].size).reshape(got[place].shape) ** 2
    return pattern("h", got, H, {}, OF_H)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ((EVERY, 0), "h looks wrong for the first time step only."),
        ((EVERY, -1), "h looks wrong for the last time step only."),
        ((EVERY, slice(1, None)), "h looks right for the first time step only."),
        ((EVERY, slice(0, -1)), "h looks right for the last time step only."),
        ((0,), "h looks wrong for the first sequence only."),
        ((..., slice(1, None)), "h looks right for the first unit only."),
        ((EVERY, 2), ""),
        ((EVERY, slice(1, 3)), ""),
        ((EVERY,), ""),
    ],
)
def test_named_axes_are_told_by_their_names_and_never_as_rows_of_an_image(place, sentence):
    assert told_of_h(*place) == sentence


def test_a_sequence_that_is_alone_is_neither_first_nor_last():
    got = H[:1].copy()
    got[:, 1:3] *= [[[3], [5]]]
    assert pattern("h", got, H[:1], {}, OF_H) == ""
