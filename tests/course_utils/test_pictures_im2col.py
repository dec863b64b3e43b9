"""The pictures of im2col show true numbers, and survive every state of a student's work."""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from course_utils.pictures import im2col
from course_utils.pictures.figure import Picture


def columns(x, height, width, padding, stride):
    """im2col, written a second time."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(x.shape[1] * height * width, -1)


def back(cols, shape, height, width, padding, stride):
    """col2im for 3 by 3 windows with padding 1 and stride 1, written a second time."""
    assert (height, width, padding, stride) == (3, 3, 1, 1)
    images, channels, rows, cols_ = shape
    x = np.zeros((images, channels, rows + 2, cols_ + 2))
    shares = cols.reshape(channels, 3, 3, rows, cols_, images).transpose(5, 0, 1, 2, 3, 4)
    for u, v in np.ndindex(3, 3):
        x[:, :, u : u + rows, v : v + cols_] += shares[:, :, u, v]
    return x[:, :, 1:-1, 1:-1]


def unwritten(*_: object) -> Any:
    raise NotImplementedError


def broken(*_: object) -> Any:
    raise IndexError("index 9 is out of bounds")


def layer(seconds: float, clock: "Clock"):
    """A forward and a backward that take this time each, by the clock."""

    def forward(x, w, b, conv_param):
        assert conv_param == {"stride": 1, "pad": 1}
        clock.now += seconds
        return np.zeros((len(x), len(w), *x.shape[2:])), x

    def backward(dout, cache):
        clock.now += seconds
        return dout, cache, None

    return forward, backward


class Clock:
    """Tells the time that layers say they took."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def race() -> Picture:
    clock = Clock()
    layers = {"slow": layer(0.5, clock), "fast": layer(0.005, clock)}
    return im2col.race(layers, clock=clock)


PICTURES: dict[str, Callable[[], Picture]] = {
    "to_columns": im2col.to_columns,
    "to_image": im2col.to_image,
    "order": im2col.order,
    "product": im2col.product,
    "round_trip": lambda: im2col.round_trip(columns, back),
    "race": race,
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


def alt(drawn: Picture) -> str:
    """The description of the picture's only frame."""
    (frame,) = drawn.frames
    return frame.alt


def matrix(text: str) -> np.ndarray:
    """A matrix that a description tells row by row; what is empty is nan."""
    rows = text.strip(" .").split("; ")
    return np.array(
        [[np.nan if v == "empty" else float(v) for v in row.split(", ")] for row in rows]
    )


def told(drawn: Picture, name: str) -> Iterator[np.ndarray]:
    """The matrix called ``name`` in each step."""
    for frame in drawn.frames:
        yield matrix(re.search(rf"{name}: ([^.:]*)\.", frame.alt).group(1))


def test_every_picture_is_described_and_small() -> None:
    for name in PICTURES:
        drawn = picture(name)
        assert drawn.caption
        assert all(frame.png.startswith(b"\x89PNG") and frame.alt for frame in drawn.frames)
        assert sum(len(frame.png) for frame in drawn.frames) < 150_000


def test_the_image_becomes_its_columns_one_after_the_other() -> None:
    right = columns(im2col.IMAGE[np.newaxis, np.newaxis], 2, 3, 0, 1)
    steps = list(told(picture("to_columns"), "cols"))
    assert len(steps) == 4
    for column, shown in enumerate(steps):
        np.testing.assert_array_equal(shown[:, : column + 1], right[:, : column + 1])
        assert np.isnan(shown[:, column + 1 :]).all()


def test_the_way_back_ends_with_the_adjoint_of_the_way_there() -> None:
    last = list(told(picture("to_image"), "dx so far"))[-1]
    units = np.eye(12).reshape(12, 1, 1, 3, 4)
    right = [np.sum(columns(unit, 2, 3, 0, 1) * im2col.GRADIENT) for unit in units]
    np.testing.assert_array_equal(last.ravel(), right)


def test_the_order_that_is_drawn_is_the_order_that_is_asked() -> None:
    description = alt(picture("order"))
    shown = matrix(description.rpartition(": ")[2])
    images = np.stack(
        [np.arange(6).reshape(2, 3) + start for start in (0, 20, 6, 26)], axis=0
    ).reshape(2, 2, 2, 3)
    np.testing.assert_array_equal(shown, columns(images, 2, 2, 0, 1))


def test_ones_come_back_as_often_as_they_were_copied() -> None:
    shown = matrix(alt(picture("round_trip")).rpartition(": ")[2])
    counts = np.outer([2, 3, 3, 2], [2, 3, 3, 3, 2])
    np.testing.assert_array_equal(shown, counts)


@pytest.mark.parametrize(
    ("there", "back_again", "words"),
    [
        (unwritten, back, "write im2col_indices first"),
        (columns, unwritten, "write col2im_indices first"),
        (broken, back, "im2col_indices raised IndexError"),
        (columns, broken, "col2im_indices raised IndexError"),
        (columns, lambda *_: np.ones((1, 4, 5)), "col2im_indices returned shape (1, 4, 5)"),
        (columns, lambda *_: np.full((1, 1, 4, 5), np.nan), "col2im_indices returned inf or nan"),
        (columns, lambda *_: None, "col2im_indices returned shape ()"),
    ],
)
def test_an_unfinished_pair_gives_a_panel_that_says_so(there, back_again, words: str) -> None:
    drawn = im2col.round_trip(there, back_again)
    assert words in alt(drawn)
    assert drawn.caption == f"Nothing to see yet: {words}."


def test_the_race_tells_both_times_and_how_many_times_less() -> None:
    drawn = picture("race")
    assert "slow: 1 s at 8" in alt(drawn)
    assert "fast: 10 ms at 8" in alt(drawn)
    assert drawn.caption == "At 40 by 40 pixels slow takes 1 s, fast 10 ms: 100 times less."


def test_the_quickest_of_several_runs_counts() -> None:
    clock = Clock()
    forward, backward = layer(1.0, clock)
    calls = []

    def late(*arguments):
        calls.append(arguments)
        clock.now += 100.0 * (len(calls) == 1)
        return forward(*arguments)

    assert "late: 2 s at 8" in alt(im2col.race({"late": (late, backward)}, (8,), clock))
    assert len(calls) == im2col.RUNS


def test_the_layers_of_the_race_get_one_and_the_same_problem() -> None:
    seen: list[tuple[int, ...]] = []

    def forward(x, w, b, _):
        seen.append((x.shape, w.shape, b.shape))
        return None, None

    im2col.race({"a": (forward, lambda *_: None), "b": (forward, lambda *_: None)}, (4,))
    images, channels, filters, field = im2col.LAYER
    assert set(seen) == {((images, channels, 4, 4), (filters, channels, field, field), (filters,))}


@pytest.mark.parametrize(
    ("function", "words"), [(unwritten, "not written yet"), (broken, "raised IndexError")]
)
def test_a_layer_that_is_unfinished_is_named_and_the_other_drawn(function, words: str) -> None:
    clock = Clock()
    ready = layer(0.5, clock)
    alone = im2col.race({"yours": (function, function), "naive": ready}, (4, 8), clock)
    assert f"yours: {words}" in alt(alone)
    assert alone.caption == f"naive takes 1 s at 8 by 8 pixels. Not measured: yours: {words}."
    nothing = im2col.race({"yours": (function, function)}, (4, 8), clock)
    assert nothing.caption == f"Nothing to see yet: yours: {words}."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.0, "2 s"), (0.0123, "12 ms"), (1e-6, "1 µs"), (2.5e-7, "0.25 µs"), (123.0, "120 s")],
)
def test_a_time_has_two_digits_and_its_unit(seconds: float, text: str) -> None:
    clock = Clock()
    drawn = im2col.race({"one": layer(seconds / 2, clock)}, (4,), clock)
    assert f"one: {text} at 4" in alt(drawn)
