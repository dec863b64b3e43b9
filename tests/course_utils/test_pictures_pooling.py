"""The pictures of pooling show true numbers, and survive every state of a student's work."""

import functools
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from course_utils.pictures import pooling
from course_utils.pictures.figure import Picture

Function = Callable[..., Any]

PICTURES: dict[str, Callable[[], Picture]] = {
    "routes forward": lambda: pooling.routes("forward"),
    "routes backward": lambda: pooling.routes("backward"),
    "overlap": pooling.overlap,
    "shares": pooling.shares,
    "border": pooling.border,
    "pooled": lambda: pooling.pooled(mean_forward),
    "gradient_map": lambda: pooling.gradient_map(mean_forward, mean_backward),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


def alt(drawn: Picture) -> str:
    """The description of the picture's only frame."""
    (frame,) = drawn.frames
    return frame.alt


def windows(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """All windows of the last two axes, (..., H', W', size, size)."""
    return sliding_window_view(x, (size, size), axis=(-2, -1))[..., ::stride, ::stride, :, :]


def winners(x: np.ndarray, size: int, stride: int) -> list[tuple[int, int]]:
    """The pixel that holds the first maximum of each window of a plane, row by row."""
    parts = windows(x, size, stride)
    rows, cols = parts.shape[:2]
    flat = parts.reshape(rows, cols, -1).argmax(-1)
    return [
        (i * stride + int(place) // size, j * stride + int(place) % size)
        for (i, j), place in np.ndenumerate(flat)
    ]


def mean_forward(x: np.ndarray, pool_param: dict[str, int]) -> tuple[np.ndarray, Any]:
    size, stride = pool_param["pool_height"], pool_param["stride"]
    return windows(x, size, stride).mean((-2, -1)), (x, pool_param)


def mean_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    x, pool_param = cache
    size, stride = pool_param["pool_height"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for _, _, i, j in np.ndindex(dout.shape):
        part = dx[..., i * stride : i * stride + size, j * stride : j * stride + size]
        part += dout[..., i, j, np.newaxis, np.newaxis] / size**2
    return dx


def unwritten(*_: object) -> Any:
    raise NotImplementedError


def named(name: str, function: Function) -> Function:
    def call(*arguments: object) -> Any:
        return function(*arguments)

    call.__name__ = name
    return call


def last_number(text: str) -> int:
    """What a cell's text such as "1+2+4\\n= 7" adds up to, as it says itself."""
    return int(text.rpartition("=")[2])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_carries_its_description_and_its_caption(name):
    drawn = picture(name)
    page = drawn._repr_html_()
    assert f'alt="{alt(drawn)}"' in page
    assert drawn.caption in page.partition("<figcaption>")[2]
    assert alt(drawn) in repr(drawn)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_no_wider_than_a_notebook(name):
    png = picture(name).frames[0].png
    width = struct.unpack(">I", png[16:20])[0]
    assert png.startswith(b"\x89PNG")
    assert width <= 900
    assert len(png) < 60_000


def test_a_picture_is_the_same_each_time_it_is_drawn():
    assert pooling.shares() == picture("shares")


def test_drawing_leaves_the_global_state_of_pyplot_alone():
    program = (
        "import sys; from course_utils.pictures import pooling; pooling.overlap(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_first_example_shows_the_true_winners():
    x = np.array(pooling.ROUTES_X)
    assert winners(x, 2, 2) == list(pooling.ROUTES_WINNERS)
    assert np.array_equal(windows(x, 2, 2).max((-2, -1)), pooling.ROUTES_OUT)
    assert len(np.unique(x[:2])) == len(np.unique(x[2:])) == 12


def test_the_overlap_picture_counts_the_windows_of_each_pixel():
    covered = np.zeros((3, 4), dtype=int)
    for i, j in np.ndindex(2, 3):
        covered[i : i + 2, j : j + 2] += 1
    assert np.array_equal(covered, pooling.PAPER_COVERED)


def test_the_overlap_picture_adds_what_each_winner_receives():
    dx: dict[tuple[int, int], int] = {}
    for winner, upstream in zip(
        winners(np.array(pooling.PAPER_X), 2, 1), [1, 2, -3, 4, 5, 6], strict=True
    ):
        dx[winner] = dx.get(winner, 0) + upstream
    assert {cell: last_number(text) for cell, text in pooling.PAPER_MAX_SUMS.items()} == dx


def test_the_spread_picture_adds_the_shares_of_each_pixel():
    dx = np.zeros((3, 4), dtype=int)
    for (i, j), share in np.ndenumerate(pooling.PAPER_SHARES):
        dx[i : i + 2, j : j + 2] += share
    shown = [[last_number(text) for text in line] for line in pooling.PAPER_AVERAGE_SUMS]
    assert np.array_equal(shown, dx)


@pytest.mark.parametrize("texts", [pooling.PAPER_MAX_SUMS.values(), *pooling.PAPER_AVERAGE_SUMS])
def test_each_sum_that_a_cell_spells_out_is_right(texts):
    for text in texts:
        terms, equals, total = text.partition("\n= ")
        numbers = terms.replace("-", "+-").split("+")
        assert not equals or sum(int(number) for number in numbers if number) == int(total)


@pytest.mark.parametrize(
    ("edge", "shown"),
    [(0.0, pooling.BORDER_ZERO_WINNERS), (-np.inf, pooling.BORDER_WINNERS)],
)
def test_the_border_picture_shows_the_true_winners(edge, shown):
    padded = np.pad(np.array(pooling.BORDER_X, dtype=float), 1, constant_values=edge)
    assert [(row - 1, col - 1) for row, col in winners(padded, 3, 2)] == list(shown)


def test_an_unknown_direction_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match='"forward" or "backward", found \'sideways\''):
        pooling.routes("sideways")


def test_an_unwritten_forward_gives_a_panel_that_asks_for_it():
    forward = named("max_pool_forward_naive", unwritten)
    assert "write max_pool_forward_naive first" in alt(pooling.pooled(forward))


def test_an_unwritten_backward_is_asked_for_by_its_own_name():
    backward = named("max_pool_backward_naive", unwritten)
    words = alt(pooling.gradient_map(mean_forward, backward))
    assert "write max_pool_backward_naive first" in words


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "raised TypeError"),
        (np.zeros((1, 1, 2, 2)), "raised ValueError"),
        ((np.zeros((2, 2)), None), "returned shape (2, 2)"),
        ((np.zeros((1, 3, 2, 2)), None), "returned shape (1, 3, 2, 2)"),
        ((np.zeros((1, 1, 999, 999)), None), "returned shape (1, 1, 999, 999)"),
        ((np.full((1, 1, 2, 2), np.nan), None), "returned inf or nan"),
        (("text", None), "raised ValueError"),
    ],
)
def test_a_wrong_forward_is_described_instead_of_drawn(result, words):
    assert f"forward {words}" in alt(pooling.pooled(named("forward", lambda *_: result)))


def test_a_gradient_of_the_wrong_shape_is_described_instead_of_drawn():
    backward = named("backward", lambda dout, _: dout)
    assert "backward returned shape (1, 1, 5, 7)" in alt(
        pooling.gradient_map(mean_forward, backward)
    )


def test_the_gradient_map_tells_what_the_students_function_returned():
    words = alt(picture("gradient_map"))
    assert "2 by 2 windows, stride 2: 48 of 63 entries are not zero" in words
    assert "the largest is .25 at row 0, column 0, and all add up to 12" in words
    assert "the largest is 1 at row 2, column 2, and all add up to 35" in words


def test_a_negative_gradient_can_be_drawn():
    drawn = pooling.gradient_map(mean_forward, lambda *_: np.full((1, 1, 7, 9), -0.5))
    assert "the largest is -0.5" in alt(drawn)


def test_a_functions_name_cannot_become_markup():
    drawn = pooling.pooled(named("<script>", unwritten))
    assert "<script>" not in drawn._repr_html_()


def test_the_hills_have_no_ties():
    assert len(np.unique(pooling._hills())) == 63


def test_the_hills_keep_the_promises_of_the_notebook():
    hills = pooling._hills()
    assert len(set(winners(hills, 2, 2))) == 12
    won = Counter(winners(hills, 3, 1))
    assert (max(won.values()), won.total()) == (9, 35)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "1"), (0.25, ".25"), (10, "10"), (20.5, "20.5"), (1 / 9, ".11"), (-0.5, "-0.5")],
)
def test_a_number_in_a_cell_keeps_its_value(value, text):
    assert pooling._short(value) == text
