"""The pictures of dilation and stamps show true numbers, and survive every state of one's work."""

import functools
import html
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course_utils.pictures import stamping, variants
from course_utils.pictures.figure import Picture

Function = Callable[..., Any]


def row_matrix(length: int, stride: int, dilation: int, pad: tuple[int, int]) -> np.ndarray:
    """The matrix of a convolution of a row with three taps of 1, written down entry by entry."""
    outputs = 1 + (sum(pad) + length - 2 * dilation - 1) // stride
    made = np.zeros((outputs, length))
    for i in range(outputs):
        for k in range(3):
            place = i * stride + k * dilation - pad[0]
            if 0 <= place < length:
                made[i, place] += 1
    return made


def row_forward(x: np.ndarray, _w: Any, _b: Any, param: dict[str, Any]) -> tuple[np.ndarray, Any]:
    made = row_matrix(x.shape[2], param["stride"], param["dilation"], param["pad"])
    return x @ made.T, made


def row_backward(dout: np.ndarray, made: np.ndarray) -> tuple[np.ndarray, None, None]:
    return dout @ made, None, None


def stamp_forward(x: np.ndarray, w: np.ndarray, _b: Any, param: dict[str, int]) -> Any:
    """Transposed convolution by a Kronecker product with the grid of corners."""
    stride, kernel = param["stride"], w.shape[2]
    size = (x.shape[2] - 1) * stride + kernel
    columns = np.zeros((size, x.shape[2]))
    for i in range(x.shape[2]):
        columns[i * stride : i * stride + kernel, i] = 1
    return (columns @ x[0, 0] @ columns.T)[np.newaxis, np.newaxis], None


PICTURES: dict[str, Callable[[], Picture]] = {
    "taps": variants.taps,
    "taps close": lambda: variants.taps(1, 3),
    "receptive_field": variants.receptive_field,
    "roads": lambda: variants.roads(row_forward, row_backward),
    "stamps": variants.stamps,
    "adjoint": variants.adjoint,
    "recipe": variants.recipe,
    "checkerboard": lambda: variants.checkerboard(stamp_forward),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


def numbers(text: str) -> list[int]:
    return [int(value) for value in re.findall(r"-?\d+", text)]


@pytest.mark.parametrize("name", PICTURES)
def test_every_image_carries_its_description_as_alternative_text(name: str) -> None:
    shown = picture(name)
    found = re.findall(r'<img [^>]*alt="([^"]+)"', shown._repr_html_())
    assert [html.unescape(text) for text in found] == [each.alt for each in shown.frames]
    assert all(len(text) > 60 for text in found)
    assert html.escape(shown.caption) in shown._repr_html_()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_no_wider_than_a_notebook(name: str) -> None:
    for each in picture(name).frames:
        assert each.png.startswith(b"\x89PNG")
        assert struct.unpack(">I", each.png[16:20])[0] <= 950
        assert len(each.png) < 120_000


def test_a_picture_is_the_same_each_time_it_is_drawn() -> None:
    assert variants.stamps() == picture("stamps")
    assert variants.receptive_field() == picture("receptive_field")


@pytest.mark.parametrize(("name", "stride", "dilation"), [("taps", 2, 2), ("taps close", 1, 3)])
def test_the_taps_are_those_of_each_window(name: str, stride: int, dilation: int) -> None:
    padded = np.pad(np.array(variants.ROW), variants.ROW_PAD)
    for i, each in enumerate(picture(name).frames):
        window, start, *places, place, out = numbers(each.note)
        assert (window, start, place) == (i, i * stride, i)
        assert places == [i * stride + k * dilation for k in range(3)]
        assert out == padded[places] @ variants.ROW_KERNEL
    assert i * stride + 2 * dilation < padded.size <= (i + 1) * stride + 2 * dilation


@pytest.mark.parametrize(("stride", "dilation"), [(0, 1), (1, 0), (1, 5)])
def test_settings_without_a_window_are_refused(stride: int, dilation: int) -> None:
    with pytest.raises(ValueError, match="reach at most 10"):
        variants.taps(stride, dilation)


def reached(dilations: tuple[int, ...]) -> np.ndarray:
    """The number of roads from each input to the last output, by a product of matrices."""
    layers = [row_matrix(variants.PLACES, 1, d, (2 * d, 0)) for d in dilations]
    return np.linalg.multi_dot([layers[2][-1:], layers[1], layers[0]])[0]


@pytest.mark.parametrize("dilations", variants.STACKS)
def test_the_receptive_field_is_where_roads_lead(dilations: tuple[int, ...]) -> None:
    alt = picture("receptive_field").frames[0].alt
    named = ", ".join(map(str, dilations))
    seen = re.search(
        rf"dilations {named} the last output spans (\d+) inputs and depends on (\d+) of them: "
        r"places (.*?)\.",
        alt + ".",
    )
    assert seen is not None
    places = np.flatnonzero(reached(dilations))
    assert (int(seen[2]), numbers(seen[3].split(". ")[0])) == (len(places), list(places))
    assert int(seen[1]) == places[-1] - places[0] + 1


@pytest.mark.parametrize("dilations", variants.STACKS)
def test_the_roads_are_what_the_students_functions_return(dilations: tuple[int, ...]) -> None:
    named = ", ".join(map(str, dilations))
    told = re.search(rf"Dilations {named}: ([\d, ]+)\.", picture("roads").frames[0].alt)
    assert told is not None
    assert numbers(told[1]) == list(reached(dilations))


def test_the_stamps_add_up_and_the_last_step_cuts() -> None:
    *steps, cut = picture("stamps").frames
    whole = np.zeros((4, 5), dtype=int)
    for each, ((i, j), value) in zip(steps, np.ndenumerate(stamping.IMAGE), strict=True):
        whole[2 * i : 2 * i + 2, 2 * j : 2 * j + 3] += value * stamping.KERNEL
        assert numbers(each.alt.partition("out so far: ")[2]) == whole.ravel().tolist()
    assert numbers(cut.alt.partition("It is ")[2]) == whole[1:-1, 1:-1].ravel().tolist()


def test_the_matrix_is_that_of_a_convolution() -> None:
    names = stamping.matrix(5, 3, 2)
    weights = {"": 0, "w0": 2, "w1": -1, "w2": 5}
    numbers_in = np.vectorize(weights.get)(names)
    x = np.array([1, 4, -2, 3, 7])
    windows = [x[i : i + 3] @ [2, -1, 5] for i in (0, 2)]
    np.testing.assert_array_equal(numbers_in @ x, windows)


def test_the_recipe_ends_with_the_sum_of_stamps() -> None:
    last = numbers(picture("recipe").frames[0].alt.partition("with stride 1: ")[2])
    stamped = np.zeros(7, dtype=int)
    for i, value in enumerate(stamping.RECIPE_ROW):
        stamped[2 * i : 2 * i + 3] += value * np.array(stamping.RECIPE_KERNEL)
    assert last == stamped.tolist()


def test_the_checkerboard_tells_what_the_students_function_counted() -> None:
    alt = picture("checkerboard").frames[0].alt
    assert "3 by 3, stride 2: 2, 2, 4, 2, 4, 2, 4, 2, 2 in the fullest row" in alt
    assert "4 by 4, stride 2: 2, 2, 4, 4, 4, 4, 4, 4, 2, 2 in the fullest row" in alt
    assert "2 by 2, stride 3: 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1 in the fullest row" in alt


def unwritten(*_: object) -> None:
    raise NotImplementedError


def broken(*_: object) -> None:
    raise IndexError("too many indices")


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (unwritten, "write unwritten first"),
        (broken, "broken raised IndexError"),
        (lambda *_: None, "raised TypeError"),
        (lambda *_: (np.ones((1, 1, 3, 3)), None), "returned shape (1, 1, 3, 3); expected"),
        (lambda x, w, *_: (stamp_forward(x, w, 0, _[1])[0] * np.nan, None), "inf or nan"),
    ],
    ids=["unwritten", "raises", "returns None", "shape", "nan"],
)
def test_an_unfinished_stamp_gives_panels_that_say_so(function: Function, says: str) -> None:
    assert says in variants.checkerboard(function).frames[0].alt


@pytest.mark.parametrize(
    ("forward", "backward", "says"),
    [
        (unwritten, unwritten, "write unwritten and unwritten first"),
        (row_forward, unwritten, "write row_forward and unwritten first"),
        (broken, row_backward, "not yet: IndexError; ask check"),
        (row_forward, lambda *_: 1, "not yet: TypeError; ask check"),
        (
            row_forward,
            lambda dout, _: (dout[..., 1:], 0, 0),
            "not yet: dx has shape (1, 1, 12); ask",
        ),
        (row_forward, lambda dout, _: (dout + np.inf, 0, 0), "not yet: dx holds inf or nan; ask"),
    ],
    ids=["unwritten", "half written", "raises", "one value", "shape", "nan"],
)
def test_an_unfinished_stack_gives_panels_that_say_so(
    forward: Function, backward: Function, says: str
) -> None:
    assert says in variants.roads(forward, backward).frames[0].alt
