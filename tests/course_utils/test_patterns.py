"""The error is told by its pattern: the right sentence, and none where nothing fits."""

import numpy as np
import pytest

from course_utils.patterns import Wrong, order_pattern, pattern

RANDOM = np.random.default_rng(9)
#: Halves, so that a cut to whole numbers shows.
DX = RANDOM.integers(-99, 99, size=(2, 3, 5, 7)) + 0.5
PADDED = {"x": DX, "conv_param": {"stride": 2, "pad": 1}}
PLAIN = {"x": DX, "conv_param": {"stride": 1, "pad": 0}}


def wrong(got, expected=DX, inputs=PADDED):
    return Wrong(np.asarray(got), np.asarray(expected), inputs)


def told(got, expected=DX, inputs=PADDED, output="dx", cases=2):
    """What is told of one error that is found in several cases."""
    return pattern(output, [wrong(got, expected, inputs)] * cases)


def with_error(*place):
    got = DX.copy()
    got[place] += np.arange(1, 1 + got[place].size).reshape(got[place].shape)
    return got


EVERY = slice(None)
#: The border of a plane of 5 rows and 7 columns.
RING = np.pad(np.zeros((3, 5), dtype=bool), 1, constant_values=True)


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (0 * DX, "dx is zero everywhere."),
        (0 * DX - 1000, "dx is -1000 everywhere"),
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
        (np.floor(DX), "dx looks right but rounded down to whole numbers: look for //."),
        (np.where(DX > 90, np.nan, DX), "dx holds entries that are not numbers"),
        (np.where(DX > 90, -np.inf, DX), "dx holds infinite entries"),
        (with_error(1), "dx looks right for image 0 only."),
        (with_error(0), "dx looks wrong for image 0 only."),
        (with_error(EVERY, slice(1, None)), "dx looks right for channel 0 only."),
        (with_error(EVERY, 0), "dx looks wrong for channel 0 only."),
        (with_error(..., RING), "dx looks wrong only along its border"),
        (with_error(..., slice(1, 4), slice(2, 5)), "dx looks wrong only inside"),
        (with_error(..., slice(None, None, 2), EVERY), "dx looks wrong in every second row"),
        (with_error(..., slice(1, None, 2)), "dx looks wrong in every second column"),
        (with_error(..., slice(3, None), EVERY), "dx looks wrong in its last rows only"),
        (with_error(..., slice(4, None)), "dx looks wrong in its last columns only"),
        (with_error(..., 4, slice(2, 4)), "dx looks wrong in its last rows only"),
    ],
)  # fmt: skip
def test_a_pattern_is_told(got, sentence):
    assert told(got).startswith(sentence)


@pytest.mark.parametrize("origin", ["0 / 0", "inf - inf", "inf / inf"])
def test_every_usual_origin_of_nan_is_told(origin):
    numbers = {"0": np.float64(0), "inf": np.float64(np.inf)}
    a, operator, b = origin.split()
    with np.errstate(invalid="ignore"):
        combine = np.subtract if operator == "-" else np.divide
        assert np.isnan(combine(numbers[a], numbers[b]))
    assert origin in told(np.full(DX.shape, np.nan))


@pytest.mark.parametrize(
    ("shape", "inputs", "sentence"),
    [
        ((2, 3, 7, 9), PADDED, "dx looks like the padded array: it is larger by 2 * pad"),
        ((2, 3, 7, 9), PLAIN, "dx has another size than it should have."),
        ((2, 3, 0, 0), PLAIN, "dx has no entries when pad is 0."),
        ((2, 3, 0, 0), PADDED, "dx has no entries."),
        ((), PLAIN, "dx is a single number, as if it were summed over every axis."),
        ((2, 3, 7, 5), PLAIN, "dx looks as if its axes were in another order."),
        ((2, 3, 4, 6), PLAIN, "dx is smaller than it should be"),
        ((1, 3, 5, 7), PLAIN, "dx has another number of images than it should have."),
        ((4, 9, 5, 7), PADDED, "dx has another number of images and of channels than it should"),
        ((1, 3, 4, 6), PLAIN, "dx has another size than it should have."),
        ((2, 3, 6, 6), PLAIN, "dx has another size than it should have."),
        ((2, 3, 35), PLAIN, "dx has 3 axes, expected 4: look at which axes are summed over"),
        ((35,), PLAIN, "dx has 1 axis, expected 4: look at which axes are summed over"),
    ],
)
def test_a_wrong_shape_is_told(shape, inputs, sentence):
    assert told(np.ones(shape), inputs=inputs).startswith(sentence)


def test_the_axes_of_dw_are_filters_and_channels():
    assert told(with_error(0), output="dw") == "dw looks wrong for filter 0 only."


def test_a_transposed_plane_is_told_where_it_is_square():
    square = RANDOM.normal(size=(2, 3, 4, 4))
    assert told(square.swapaxes(-1, -2), square).startswith("dx looks transposed")


def test_a_vector_of_another_length_has_no_rows_or_columns():
    assert told(np.ones(2), np.ones(3), output="db") == "db has another size than it should have."


@pytest.mark.parametrize(
    "place",
    [
        ([0, 4], EVERY),  # the left and the right border are right where they are no corner
        (EVERY, slice(3, None)),  # more than half of the columns
        (0, slice(1, 4)),  # the first row alone
    ],
)
def test_some_of_the_border_is_not_called_the_border_and_some_rows_not_the_last(place):
    assert told(with_error(..., *place), inputs=PLAIN) == ""


@pytest.mark.parametrize(("axis", "word"), [(-2, "row"), (-1, "column")])
def test_the_last_row_or_column_of_two_is_told(axis, word):
    # Two rows or columns: there is no inside that a border would surround.
    right = RANDOM.normal(size=(2, 3, 2, 2))
    got = np.moveaxis(right.copy(), axis, 0)
    got[-1] += np.arange(1, 13).reshape(got[-1].shape)
    assert told(np.moveaxis(got, 0, axis), right, PLAIN).startswith(
        f"dx looks wrong in its last {word}s only"
    )


def test_a_single_row_is_not_called_the_last_one():
    right = RANDOM.normal(size=(1, 1, 1, 6))
    got = right.copy()
    got[..., 1:4] += [1, 2, 5]
    assert told(got, right, PLAIN) == ""


# Several cases


def test_a_place_is_told_only_if_two_cases_show_it():
    in_image_1 = with_error(1)
    assert told(in_image_1, cases=1) == ""
    assert told(in_image_1, cases=2) == "dx looks right for image 0 only."
    in_image_0 = with_error(0, EVERY, slice(1, 4), slice(2, 5))
    assert pattern("dx", [wrong(in_image_1), wrong(in_image_0)]) == ""


def test_a_shape_or_a_factor_is_told_of_one_case_but_holds_in_all():
    assert told(2 * DX, cases=1) == "dx looks right but multiplied by 2."
    assert pattern("dx", [wrong(2 * DX), wrong(3 * DX)]) == ""
    assert pattern("dx", [wrong(2 * DX), wrong(with_error(1)), wrong(with_error(1))]) == ""
    smaller = wrong(DX[:, :, 1:])
    assert pattern("dx", [smaller]).startswith("dx is smaller")
    assert pattern("dx", [smaller, wrong(np.ones((2, 3, 8, 8)))]) == ""


def test_a_single_number_tells_nothing_alone_but_may_contradict():
    number = np.array([[[[3.0]]]])
    assert pattern("dx", [wrong(number, -2 * number / 3)]) == ""
    assert pattern("dx", [wrong(2 * DX), wrong(2 * number, number)]) != ""
    assert pattern("dx", [wrong(2 * DX), wrong(3 * number, number)]) == ""
    places = [wrong(with_error(1))] * 2
    assert pattern("dx", places) != ""
    assert pattern("dx", [*places, wrong(2 * number, number)]) == ""


@pytest.mark.parametrize("got", [DX + RANDOM.normal(size=DX.shape), 1.7e308 * np.sign(DX)])
def test_nothing_is_claimed_where_nothing_fits(got):
    assert told(got) == ""


def test_a_vector_and_a_number_have_patterns_too():
    db = np.array([2.0, 4.0, 8.0])
    assert told(db / 2, db, output="db") == "db looks right but divided by 2."
    assert told(np.array([2.0, 4.0, 9.0]), db, output="db") == ""
    losses = [wrong(np.float64(x), np.float64(-x)) for x in (3, 5)]
    assert pattern("loss", losses) == "loss looks right but for its sign."
    assert pattern("loss", losses[:1]) == ""


def test_zeros_where_zeros_are_right_are_not_called_wrong():
    zeros = np.zeros((2, 2))
    assert told(np.array([[0, 1], [2, 5]]), zeros) == ""


# Axes that are no rows and columns

H = RANDOM.integers(1, 99, size=(2, 4, 3)) / 8
OF_H = ("sequence", "time step", "unit")


def told_of_h(*place):
    got = H.copy()
    got[place] += 1 + np.arange(got[place].size).reshape(got[place].shape) ** 2
    return pattern("h", [wrong(got, H, {})] * 2, OF_H)


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
    assert pattern("h", [wrong(got, H[:1], {})] * 2, OF_H) == ""


def test_a_wrong_size_along_named_axes_is_not_told_in_rows_and_columns():
    assert pattern("h", [wrong(H[:, 1:], H, {})], OF_H) == "h has another size than it should have."


# Of several outputs

ONE, TWO, THREE = DX[0], DX[1], DX[:, 0]


@pytest.mark.parametrize(
    ("returned", "order"),
    [
        ((TWO, ONE, THREE), "dw, dx, db"),
        ((THREE, ONE, TWO), "db, dx, dw"),
        ((ONE, TWO, THREE), ""),
        ((TWO, ONE, -THREE), ""),
        ((ONE, ONE, THREE), ""),
    ],
)
def test_another_order_is_told_where_every_output_is_one_of_the_right_ones(returned, order):
    names = ("dx", "dw", "db")
    expected = dict(zip(names, (ONE, TWO, THREE), strict=True))
    case = dict(zip(names, returned, strict=True)), expected
    told = order_pattern([case, case])
    assert (f"in another order: {order}; expected dx, dw, db." in told) == bool(order)
    assert bool(told) == bool(order)
    # In one case among others it is no pattern, and what is not there has no order.
    assert not order_pattern([case, ({**expected, "dx": 2 * ONE}, expected)])
    assert not order_pattern([({"dx": TWO}, expected)])


def test_what_overflowed_is_in_no_order():
    huge = {name: np.full(3, value) for name, value in {"dx": np.inf, "dw": -1.7e308}.items()}
    expected = {"dx": np.full(3, 1.7e308), "dw": np.full(3, np.inf)}
    assert order_pattern([(huge, expected)]) == ""


def test_no_order_is_looked_for_without_outputs_or_among_many():
    assert order_pattern([]) == ""
    many = {name: np.full(2, ord(name)) for name in "abcde"}
    other = dict(zip("abcde", (many[name] for name in "bacde"), strict=True))
    assert order_pattern([(other, many)]) == ""
