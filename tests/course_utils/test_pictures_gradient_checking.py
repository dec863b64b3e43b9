"""The pictures of slopes show true numbers, and survive every state of a student's work."""

import functools
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course_utils.pictures import gradient_checking as slopes
from course_utils.pictures.figure import Picture


def affine(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b, None


def differences(f: Callable[..., Any], x: Any, dout: Any, h: float) -> Any:
    found = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        found[index] = np.sum((f(x + step) - f(x - step)) * dout) / (2 * h)
    return found


def unwritten(*_: object) -> Any:
    raise NotImplementedError


PICTURES: dict[str, Callable[[], Picture]] = {
    "one_weight": slopes.one_weight,
    "secants": slopes.secants,
    "corner": slopes.corner,
    "step_sizes": slopes.step_sizes,
    "own_steps": lambda: slopes.own_steps(differences, affine),
    "own_steps, unwritten": lambda: slopes.own_steps(unwritten, unwritten),
}


@functools.cache
def picture(name: str) -> Picture:
    """Each picture, drawn once for all tests."""
    return PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_carries_its_description_and_its_caption(name):
    drawn = picture(name)
    (shown,) = drawn.frames
    assert f'alt="{shown.alt}"' in drawn._repr_html_()
    assert drawn.caption in drawn._repr_html_().partition("<figcaption>")[2]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_no_wider_than_a_notebook(name):
    png = picture(name).frames[0].png
    width = struct.unpack(">I", png[16:20])[0]
    assert png.startswith(b"\x89PNG")
    assert width <= 900
    assert len(png) < 60_000


def test_a_picture_is_the_same_each_time_it_is_drawn():
    assert slopes.corner() == picture("corner")


def test_drawing_leaves_the_global_state_of_pyplot_alone():
    program = (
        "import sys; from course_utils.pictures import gradient_checking; "
        "gradient_checking.step_sizes(); sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_tables_are_those_of_an_affine_layer():
    out = np.array(slopes.PAPER_X) @ slopes.PAPER_W + [10, 20, 30]
    assert np.array_equal(out, slopes.PAPER_OUT)


def test_the_secants_have_the_slopes_that_they_tell():
    h = slopes.SECANT_STEP
    alt = picture("secants").frames[0].alt
    forward, central = re.findall(r"has slope (\d\.\d\d)", alt)
    assert float(forward) == round(((1 + h) ** 3 - 1) / h, 2)
    assert float(central) == round(((1 + h) ** 3 - (1 - h) ** 3) / (2 * h), 2)


@pytest.mark.parametrize(
    ("real", "imaginary", "best"),
    [
        (np.float64, np.complex128, {"forward": 1e-8, "central": 1e-5, "complex": 1e-10}),
        (np.float32, np.complex64, {"forward": 1e-3, "central": 1e-2, "complex": 1e-6}),
    ],
)
def test_errors_fall_with_slopes_one_and_two_until_rounding_takes_over(real, imaginary, best):
    lines = {line.name: line for line in slopes._errors_by_step(real, imaginary)}
    for name, power in (("forward", 1), ("central", 2)):
        line = lines[name]
        # The steps 10**-0.5 and 10**-1.5.
        first, second = line.y[1], line.y[3]
        assert np.log10(first / second) == pytest.approx(power, abs=0.1)
        assert line.y[-1] > 1e3 * line.y.min()
        step = line.x[np.argmin(line.y)]
        assert best[name] / 31 < step < best[name] * 31
    still = lines["complex"]
    assert np.all(still.y[still.x <= best["complex"]] <= 2 * np.finfo(real).eps)


def test_the_complex_step_beats_differences_where_both_are_at_their_best():
    forward, central, imaginary = slopes._errors_by_step(np.float64, np.complex128)
    assert forward.y.min() > 10 * central.y.min() > 100 * imaginary.y.min()


def test_own_steps_has_a_valley_for_a_curve_and_none_for_a_line():
    line, curve = slopes._own_lines(differences, affine)
    assert line.y[0] == line.y.min()
    assert 1e-7 < curve.x[np.argmin(curve.y)] < 1e-3
    assert curve.y[0] > 1e-3


@pytest.mark.parametrize(
    ("numerical", "layer", "words"),
    [
        (unwritten, affine, "write affine_forward and numerical_gradient first"),
        (differences, unwritten, "write affine_forward and numerical_gradient first"),
        (lambda *_: None, affine, "no gradient yet: ValueError"),
        (lambda *_: np.zeros(3), affine, "no gradient yet: ValueError"),
        (lambda _, x, *__: np.full(x.shape, np.nan), affine, "no gradient yet: ValueError"),
        (differences, lambda *_: None, "no gradient yet: TypeError"),
    ],
)
def test_what_is_missing_is_said_instead_of_drawn(numerical, layer, words):
    assert words in slopes.own_steps(numerical, layer).frames[0].alt


def test_an_error_of_zero_is_drawn_at_the_lowest_line():
    assert slopes._shown([0.0, 1.0]).tolist() == [slopes.LOWEST, 1.0]
