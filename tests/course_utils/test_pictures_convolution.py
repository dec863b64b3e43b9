"""The pictures of convolution show true numbers, and survive every state of a student's work."""

import functools
import html
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import course_utils.photograph
from course_utils import pictures
from course_utils.photograph import photograph
from course_utils.pictures import convolution, sliding
from course_utils.pictures.figure import Frame, Picture, frame, matrices

FILTERS = {"edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "blur": [[1 / 9] * 3] * 3}
SETTINGS = [(1, 0), (2, 1), (2, 0), (3, 2)]


def correlate(x: np.ndarray, w: np.ndarray, stride: int, pad: int) -> np.ndarray:
    """The output of one channel, by another road than any loop over windows."""
    windows = sliding_window_view(np.pad(x, pad), w.shape)[::stride, ::stride]
    return np.einsum("ijuv,uv->ij", windows, w)


def forward(x: Any, w: Any, b: Any, conv_param: dict[str, int]) -> tuple[np.ndarray, None]:
    """What a student's conv_forward_naive gives for one image of one channel."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    found = [correlate(x[0, 0], w[f, 0], stride, pad) + b[f] for f in range(len(w))]
    return np.array([found]), None


PICTURES: dict[str, Callable[[], Picture]] = {
    "sliding_window": convolution.sliding_window,
    "sliding_window padded": lambda: convolution.sliding_window(stride=2, pad=1),
    "backward_scatter": convolution.backward_scatter,
    "backward_scatter padded": lambda: convolution.backward_scatter(stride=2, pad=1),
    "one_pixel": convolution.one_pixel,
    "coverage": convolution.coverage,
    "channels": convolution.channels,
    "photograph_edges": lambda: convolution.photograph_edges(forward, FILTERS),
    "learned_filter": lambda: convolution.learned_filter([2.0, 0.1], np.eye(3), np.eye(3)),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


def matrix(alt: str, name: str) -> np.ndarray:
    """The matrix that a description names, ``name: 1, 2; 3, 4.``"""
    text = re.search(rf"{name}: ([-0-9,; ]+)\.", alt)
    assert text is not None, alt
    return np.array([[int(value) for value in row.split(",")] for row in text[1].split(";")])


@pytest.mark.parametrize("name", PICTURES)
def test_every_image_carries_its_description_as_alternative_text(name: str) -> None:
    shown = picture(name)
    found = re.findall(r'<img [^>]*alt="([^"]+)"', shown._repr_html_())
    assert [html.unescape(text) for text in found] == [each.alt for each in shown.frames]
    assert all(len(text) > 60 for text in found)
    assert html.escape(shown.caption) in shown._repr_html_()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_loads_nothing_from_elsewhere(name: str) -> None:
    shown = picture(name)
    assert "http" not in shown._repr_html_()
    for each in shown.frames:
        assert each.png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", each.png[16:24])
        assert width <= 1100
        assert height <= 450
        assert len(each.png) < 150_000


def test_all_pictures_together_leave_the_notebook_under_its_limit() -> None:
    assert sum(len(picture(name)._repr_html_()) for name in PICTURES) < 1_100_000


def test_a_picture_of_several_steps_hides_none_of_them_by_itself() -> None:
    shown = picture("sliding_window")
    page, script = shown._repr_html_().split("<script>")
    assert page.count("<section>") == len(shown.frames)
    assert "hidden" not in page
    assert re.search(r'id="(steps-\w+)"', page)[1] in script
    assert "Step 6 of 6." in page


def test_a_single_picture_needs_no_script() -> None:
    assert "<script" not in picture("channels")._repr_html_()


def test_what_a_description_says_is_escaped() -> None:
    shown = Picture((Frame(b"", 'a "<b>"', "<i>"), Frame(b"", "b", "c")), "<u>")
    assert not re.search(r"<[biu]>", shown._repr_html_())


def test_without_rich_output_a_picture_is_its_caption_and_its_description() -> None:
    assert repr(Picture((Frame(b"", "a cat"),), "A photograph.")) == "A photograph. [a cat]"


def test_the_same_drawing_gives_the_same_bytes() -> None:
    drawn = [frame(matrices((2, 3))[0], "two rows") for _ in range(2)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(("stride", "pad"), SETTINGS)
def test_the_sliding_window_ends_with_the_true_output(stride: int, pad: int) -> None:
    expected = correlate(sliding.IMAGE, sliding.KERNEL, stride, pad)
    frames = convolution.sliding_window(stride, pad).frames
    assert len(frames) == expected.size
    np.testing.assert_array_equal(matrix(frames[-1].alt, "out"), expected)


@pytest.mark.parametrize("name", ["sliding_window", "sliding_window padded"])
def test_the_products_written_beside_each_step_add_up(name: str) -> None:
    for each in picture(name).frames:
        products, total = re.search(r": (.*) = (-?\d+),", each.note).groups()
        factors = re.findall(r"\(?(-?\d+)\)?·\(?(-?\d+)\)?", products)
        assert len(factors) == sliding.KERNEL.size
        assert sum(int(a) * int(b) for a, b in factors) == int(total)


def test_entries_of_the_output_appear_one_by_one() -> None:
    empty = [each.alt.count("empty") for each in picture("sliding_window").frames]
    assert empty == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(("stride", "pad"), SETTINGS)
def test_the_scatter_ends_with_the_adjoint_of_the_forward_pass(stride: int, pad: int) -> None:
    last = convolution.backward_scatter(stride, pad).frames[-1].alt
    gradient = matrix(last, "With the border" if pad else "dx so far")
    rows, columns = sliding.IMAGE.shape
    dx = gradient[pad : pad + rows, pad : pad + columns]
    basis = np.eye(rows * columns).reshape(-1, rows, columns)
    outputs = np.array([correlate(unit, sliding.KERNEL, stride, pad) for unit in basis])
    dout = np.resize(sliding.UPSTREAM, outputs.shape[1:])
    np.testing.assert_array_equal(dx.ravel(), np.einsum("kij,ij->k", outputs, dout))


def test_only_a_padded_scatter_has_a_step_about_the_border() -> None:
    assert len(picture("backward_scatter").frames) == 6
    assert len(picture("backward_scatter padded").frames) == 7
    assert "border" in picture("backward_scatter padded").frames[-1].note


@pytest.mark.parametrize("draw", [convolution.sliding_window, convolution.backward_scatter])
@pytest.mark.parametrize(("stride", "pad"), [(0, 0), (1, -1), (1, 3)])
def test_settings_that_make_no_short_walk_are_refused(
    draw: Callable[[int, int], Picture], stride: int, pad: int
) -> None:
    with pytest.raises(ValueError, match="stride"):
        draw(stride, pad)


def test_the_coverage_counts_what_a_forward_pass_reads() -> None:
    alt = picture("coverage").frames[0].alt
    for kernel, stride in (((3, 3), 1), ((3, 3), 2), ((2, 2), 3)):
        units = np.eye(30).reshape(30, 5, 6)
        counts = [correlate(unit, np.ones(kernel), stride, 0).sum() for unit in units]
        found = matrix(alt, f"{kernel[0]} by {kernel[1]} kernel, stride {stride}")
        np.testing.assert_array_equal(found.ravel(), counts)


def test_the_photograph_goes_through_the_students_function_once() -> None:
    seen = []

    def spy(x: Any, w: Any, b: Any, conv_param: dict[str, int]) -> tuple[np.ndarray, None]:
        seen.append((x.shape, w.shape, b.shape, conv_param))
        return np.ones((1, 2, 128, 128)), None

    convolution.photograph_edges(spy, FILTERS)
    assert seen == [((1, 1, 128, 128), (2, 1, 3, 3), (2,), {"stride": 1, "pad": 1})]


def test_a_function_that_writes_into_its_input_leaves_the_photograph_alone() -> None:
    def result(x: np.ndarray, value: float) -> tuple[np.ndarray, None]:
        x *= value
        return np.zeros((1, 2, 128, 128)), None

    kept, blackened = (
        convolution.photograph_edges(functools.partial(lambda x, *_, v: result(x, v), v=v), FILTERS)
        for v in (1.0, 0.0)
    )
    assert kept.frames[0].png == blackened.frames[0].png


def test_the_edges_are_those_of_the_photograph() -> None:
    edges = correlate(photograph(), np.array(FILTERS["edges"]), 1, 1)
    alt = picture("photograph_edges").frames[0].alt
    assert f"edges, from {edges.min():.2f} to {edges.max():.2f}" in alt


def test_two_kernel_shapes_keep_a_picture_only_if_the_output_fits() -> None:
    wide = convolution.photograph_edges(forward, {"wide": [[1, 0, 0, 0, -1]]})
    assert "wide, from" in wide.frames[0].alt


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
        (lambda *_: (np.ones((1, 2, 126, 126)), None), "returned shape (1, 2, 126, 126); expected"),
        (lambda *_: (np.full((1, 2, 128, 128), np.nan), None), "returned inf or nan"),
    ],
    ids=["unwritten", "raises", "returns None", "shape", "nan"],
)
def test_an_unfinished_function_gives_a_panel_that_says_so(
    function: Callable[..., Any], says: str
) -> None:
    shown = convolution.photograph_edges(function, FILTERS)
    assert says in shown.caption
    assert says in shown.frames[0].alt


@pytest.mark.parametrize(
    ("losses", "found", "says"),
    [
        ([], np.zeros((3, 3)), "write both functions first"),
        ([1.0, np.inf], np.zeros((3, 3)), "ask check"),
        ([1.0], np.full((3, 3), np.nan), "ask check"),
        ([1.0], np.zeros((1, 3)), "ask check"),
    ],
    ids=["nothing written", "diverged", "nan", "shape"],
)
def test_a_descent_that_went_nowhere_is_drawn_as_that(
    losses: list[float], found: np.ndarray, says: str
) -> None:
    shown = convolution.learned_filter(losses, found, np.eye(3))
    assert says in shown.frames[0].alt


def test_what_is_rounded_to_zero_has_no_sign() -> None:
    below, zero = (
        convolution.learned_filter([1.0, 0.5], np.full((3, 3), value), np.eye(3))
        for value in (-0.001, 0.0)
    )
    assert below.frames[0].png == zero.frames[0].png


def test_a_loss_of_zero_is_drawn_without_a_complaint() -> None:
    shown = convolution.learned_filter([1.0, 0.0], np.eye(3), np.eye(3))
    assert "falls from 1 to 0" in shown.frames[0].alt


def test_the_photograph_is_a_fresh_array_of_brightness() -> None:
    image = photograph()
    assert image.shape == (128, 128)
    assert image.dtype == np.float64
    assert 0 <= image.min() < 0.05
    assert 0.95 < image.max() <= 1
    np.testing.assert_array_equal(np.rint(image * 255) / 255, image)
    image[:] = 0
    assert photograph().any()


def test_the_photograph_ships_small_and_with_its_licence() -> None:
    folder = Path(course_utils.photograph.__file__).with_name("data")
    assert (folder / "photograph.png").stat().st_size < 20_000
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "photograph.png" in text
    assert "CC0" in text


def test_naming_the_pictures_loads_no_matplotlib() -> None:
    code = (
        "import sys; from course_utils import check, pictures; import course_utils.photograph; "
        "assert 'matplotlib' not in sys.modules; "
        "pictures.convolution; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_set_of_pictures_is_an_attribute_error() -> None:
    assert {"convolution", "pooling"} <= set(dir(pictures))
    with pytest.raises(AttributeError, match="no attribute 'cubism'"):
        _ = pictures.cubism
