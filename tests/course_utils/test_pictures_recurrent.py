"""The pictures of recurrent networks measure what they say, in every state of a student's work."""

import functools
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from course_utils.pictures import recurrent
from course_utils.pictures.recurrent import Picture

RIGHT = reference.load(Path(__file__).parents[2] / "solutions", "06_recurrent").functions
FORWARD, BACKWARD = RIGHT["rnn_forward"], RIGHT["rnn_backward"]


def falling(radius: float) -> list[float]:
    """Losses that fall the faster the larger the radius."""
    return [float(np.exp(-radius * step)) for step in range(20)]


PICTURES: dict[str, Callable[[], Picture]] = {
    "unrolled": recurrent.unrolled,
    "norms": lambda: recurrent.norms(FORWARD, BACKWARD),
    "remembered": lambda: recurrent.remembered(falling),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


def unwritten(*_: object) -> None:
    raise NotImplementedError


def failing(*_: object) -> None:
    raise ValueError("nothing to see")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_carries_its_description_and_its_caption(name) -> None:
    drawn = picture(name)
    html = drawn._repr_html_()
    assert drawn.caption in html.partition("<figcaption>")[2]
    for frame in drawn.frames:
        assert f'alt="{frame.alt}"' in html
        assert frame.alt in repr(drawn)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_no_wider_than_a_notebook(name) -> None:
    for frame in picture(name).frames:
        assert frame.png.startswith(b"\x89PNG")
        assert struct.unpack(">I", frame.png[16:20])[0] <= 900
        assert len(frame.png) < 60_000


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_each_time_it_is_drawn(name) -> None:
    assert PICTURES[name]() == picture(name)


def test_the_way_back_goes_from_the_last_step_to_the_first() -> None:
    forward, *back = picture("unrolled").frames
    assert forward.note.startswith("Forward.")
    assert [frame.note[:17] for frame in back] == [f"Backward, step {t}." for t in (2, 1, 0)]
    assert "dh_carry" not in back[0].alt
    assert all("dh_carry from the next step" in frame.alt for frame in back[1:])
    assert back[-1].alt.endswith("come dx[:, 0] and dh0.")


def test_lengths_without_inputs_are_powers_of_the_radius() -> None:
    for radius in recurrent.RADII:
        lengths = recurrent._lengths(FORWARD, BACKWARD, radius, 0.0)
        np.testing.assert_allclose(lengths, radius ** np.arange(29, -1, -1.0))


def test_with_random_inputs_every_line_falls_as_the_text_says() -> None:
    for radius in recurrent.RADII:
        lengths = recurrent._lengths(FORWARD, BACKWARD, radius, 1.0)
        assert lengths[0] < 1e-3 * lengths[-1]


def test_the_lengths_of_the_picture_are_told_in_words() -> None:
    (frame,) = picture("norms").frames
    assert "radius 0.8, from 1 at step 29 to 0.0015 at step 0" in frame.alt
    assert "radius 1.25, from 1 at step 29 to 6.5e+02 at step 0" in frame.alt


def test_a_right_backward_with_a_cache_of_its_own_is_measured_alike() -> None:
    def forward(*inputs):
        h, cache = FORWARD(*inputs)
        return h, [cache]

    assert recurrent.norms(forward, lambda dh, cache: BACKWARD(dh, cache[0])) == picture("norms")


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (unwritten, "write rnn_forward and rnn_backward first"),
        (failing, "your functions raised ValueError"),
        (lambda dh, _: (dh[:, 0],), "dx has shape (4, 8), expected (4, 30, 8)"),
        (lambda dh, _: (0 * dh,), "dx is zero, inf or nan at some step: ask check"),
        (lambda dh, _: (np.nan * dh,), "dx is zero, inf or nan at some step: ask check"),
        (lambda *_: None, "your functions raised TypeError"),
    ],
)
def test_what_cannot_be_measured_is_said_instead(backward, words) -> None:
    drawn = recurrent.norms(FORWARD, backward)
    assert words in drawn.frames[0].alt
    assert words in drawn.caption


def test_an_unwritten_forward_is_asked_for() -> None:
    assert "write rnn_forward" in recurrent.norms(unwritten, BACKWARD).caption


@pytest.mark.parametrize(
    ("learn", "words"),
    [
        (unwritten, "write rnn_forward and rnn_backward first"),
        (failing, "your functions raised ValueError"),
        (lambda _: [1.0, float("nan")] * 10, "the losses are no numbers: ask check"),
    ],
)
def test_what_cannot_be_learned_is_said_instead(learn, words) -> None:
    drawn = recurrent.remembered(learn)
    assert words in drawn.frames[0].alt
    assert words in drawn.caption


def test_losses_are_told_as_means_of_the_first_and_the_last_rounds() -> None:
    (frame,) = picture("remembered").frames
    first, last = np.mean(falling(0.6)[:5]), np.mean(falling(0.6)[-5:])
    assert f"radius 0.6, from {first:.2g} at the first rounds to {last:.2g} at" in frame.alt
