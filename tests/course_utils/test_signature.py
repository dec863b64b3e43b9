"""A signature recognises an array, and is too small to rebuild it from."""

import numpy as np
import pytest

from course_utils import recorded
from course_utils.signature import Signature

RANDOM = np.random.default_rng(2)
ARRAY = RANDOM.integers(-9, 10, size=(2, 3, 4, 5)).astype(float)


def same(a, b):
    return Signature.of(np.asarray(a)).matches(Signature.of(np.asarray(b)))


def test_an_array_is_recognised_whatever_its_dtype_and_layout():
    assert same(ARRAY, ARRAY.astype(int))
    assert same(ARRAY, np.asfortranarray(ARRAY))
    assert same(ARRAY, ARRAY * (1 + 1e-15))


@pytest.mark.parametrize(
    "other",
    [
        ARRAY[::-1],
        ARRAY[..., ::-1],
        ARRAY + (np.arange(120).reshape(ARRAY.shape) == 77),
        -ARRAY,
        2 * ARRAY,
        ARRAY.reshape(2, 3, 5, 4),
        ARRAY.ravel(),
        ARRAY * (1 + 1e-9),
        np.where(ARRAY.max() == ARRAY, np.nan, ARRAY),
    ],
)
def test_any_other_array_is_another(other):
    assert not same(ARRAY, other)


def test_swapping_any_two_different_entries_is_seen():
    flat = ARRAY.ravel()
    for first in range(0, flat.size, 7):
        for second in range(first + 1, flat.size):
            if flat[first] != flat[second]:
                swapped = flat.copy()
                swapped[[first, second]] = flat[[second, first]]
                assert not same(flat, swapped)


def test_entries_that_are_no_numbers_are_counted():
    odd = np.array([1.0, np.nan, np.inf])
    assert Signature.of(odd).odd == 2
    assert same(odd, np.array([1.0, np.inf, np.nan]))


@pytest.mark.parametrize(
    "array", [np.float64(3), np.zeros(0), np.zeros((2, 0, 3)), np.ones(1, bool)]
)
def test_every_shape_has_a_signature(array):
    assert Signature.of(np.asarray(array)).shape == np.shape(array)
    assert same(array, array)


def test_numbers_too_large_to_be_summed_are_neither_an_error_nor_a_warning():
    for huge in ([1.7e308], [1.7e308, -1.7e308, 1.7e308]):
        assert not same(np.array(huge), np.ones(len(huge)))


def test_sums_of_whole_numbers_are_exact():
    signature = Signature.of(ARRAY * 1e9)
    assert all(value == round(value) for value in signature.sums)


def test_known_mistakes_are_kept_apart_from_right_answers_by_their_signatures():
    for name in recorded.names():
        made = recorded.load(name)
        for mistake in made.mistakes:
            if set(mistake.failed) & {"unchanged", "repeatable", "cache"}:
                continue
            assert any(
                isinstance(result, str)
                or any(
                    output not in result or not result[output].matches(Signature.of(right))
                    for output, right in made.answers[case].items()
                )
                for case, result in mistake.results.items()
            ), (name, mistake.id)
