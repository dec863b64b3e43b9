"""The pictures of the network show true numbers, and survive every state of a student's work."""

import functools
import struct

import numpy as np
import pytest

from course_utils.digits import digits
from course_utils.pictures import convnet
from course_utils.pictures.figure import Picture

IMAGES, LABELS = digits()
FOUR = IMAGES[[10, 1, 14, 8]]
HISTORY = {"loss": [1.5, 0.4, 0.2], "train": [0.8, 0.9, 0.95], "held out": [0.75, 0.9, 0.925]}


def unwritten():
    raise NotImplementedError


def wrong_at(place: int, read: int):
    """A function that reads all but one of the first forty digits rightly."""
    got = LABELS[:40].copy()
    got[place] = read
    return lambda: got


PICTURES = {
    "samples": lambda: convnet.samples(IMAGES, LABELS),
    "roads": convnet.roads,
    "loss_of_one": lambda: convnet.loss_of_one(np.log([1.0, 2.0, 5.0]), 1),
    "memory": convnet.memory,
    "curves": lambda: convnet.curves(HISTORY),
    "filters": lambda: convnet.filters(np.random.default_rng(0).normal(size=(16, 1, 3, 3))),
    "confusion": lambda: convnet.confusion(wrong_at(3, 8), LABELS[:40]),
    "saliency": lambda: convnet.saliency(lambda: FOUR - 0.5, FOUR),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_in_words_what_it_shows(name) -> None:
    page = picture(name)._repr_html_()
    assert page.count("<img") == len(picture(name).frames)
    assert all(len(frame.alt) > 30 for frame in picture(name).frames)
    assert len(picture(name).caption) > 20


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_no_wider_than_a_notebook(name) -> None:
    for frame in picture(name).frames:
        width = struct.unpack(">I", frame.png[16:20])[0]
        assert frame.png.startswith(b"\x89PNG")
        assert width <= 1150
        assert len(frame.png) < 60_000


def test_a_picture_is_the_same_each_time_it_is_drawn() -> None:
    assert PICTURES["confusion"]() == picture("confusion")


def test_the_loss_of_one_image_shows_probabilities_and_gradient() -> None:
    [frame] = picture("loss_of_one").frames
    assert "Probabilities: 0.125, 0.25, 0.625" in frame.alt
    assert "Gradient: 0.125, -0.75, 0.625" in frame.alt


def test_each_scene_of_the_memory_tells_what_waits_and_what_was_added() -> None:
    alts = [frame.alt for frame in picture("memory").frames]
    assert "holds x = 3, x = 5; grads are 0 for w" in alts[2]
    assert "backward(10) returns 20. The memory holds x = 3; grads are 50 for w and 10" in alts[3]
    assert "is empty; grads are 47 for w and 9 for b" in alts[4]


def test_the_curves_tell_where_they_begin_and_end() -> None:
    [frame] = picture("curves").frames
    assert "from 1.50 in the first epoch to 0.200 in the last of 3" in frame.alt
    assert "train 95.0%, held out 92.5%" in frame.alt


@pytest.mark.parametrize(
    ("history", "words"),
    [({}, "nothing was trained yet"), ({"loss": [np.nan]}, "the loss is not a number")],
)
def test_without_a_training_the_curves_say_why_they_are_empty(history, words) -> None:
    assert words in convnet.curves(history).frames[0].alt


def test_curves_need_no_shares() -> None:
    assert "in the last of 1" in convnet.curves({"loss": [2.0]}).frames[0].alt


def test_the_table_of_confusions_counts_right_and_wrong_ones() -> None:
    [frame] = picture("confusion").frames
    assert "39 of 40 are on the diagonal. Off it: 3 read as 8: 1." in frame.alt


def test_right_predictions_leave_nothing_off_the_diagonal() -> None:
    alt = convnet.confusion(lambda: LABELS[:9], LABELS[:9]).frames[0].alt
    assert "Off it: nothing" in alt


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (unwritten, "not written yet"),
        (lambda: 1 / 0, "raised ZeroDivisionError"),
        (lambda: np.zeros(3), "returned shape (3,)"),
        (lambda: None, "returned"),
        (lambda: "text", "raised ValueError"),
    ],
)
def test_what_cannot_be_drawn_is_told(function, words) -> None:
    assert words in convnet.confusion(function, LABELS[:40]).frames[0].alt
    shown = convnet.saliency(function, FOUR)
    assert words in shown.frames[0].alt
    assert words in shown.caption


def test_numbers_that_are_none_are_not_drawn() -> None:
    shown = convnet.saliency(lambda: np.full(FOUR.shape, np.inf), FOUR)
    assert "returned inf or nan" in shown.frames[0].alt


def test_a_gradient_of_zeros_and_filters_of_zeros_can_be_drawn() -> None:
    assert convnet.saliency(lambda: np.zeros(FOUR.shape), FOUR).frames
    assert "of 0 of them" in convnet.filters(np.zeros((2, 1, 3, 3))).frames[0].alt


def test_drawing_changes_nothing_that_is_drawn() -> None:
    images, labels = IMAGES.copy(), LABELS.copy()
    for name in ("samples", "saliency", "confusion"):
        PICTURES[name]()
    assert np.array_equal(images, IMAGES)
    assert np.array_equal(labels, LABELS)
