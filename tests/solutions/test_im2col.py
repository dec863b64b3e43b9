"""What ``04_im2col`` says in its prose is so: numbers, counts, and what a test sees."""

from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.companions import COMPANIONS
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.misconceptions import CATALOGUE
from course_utils import recorded
from course_utils.adjoint import pair_of
from course_utils.checking import LocalSession
from course_utils.comparison import compare
from course_utils.exercise import Returned
from course_utils.specimens import specimen
from course_utils.specimens.corners import FLAWS, STYLES

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NAME = "04_im2col"
RIGHT = reference.load(COURSE, NAME)
PROSE = (ROOT / "solutions" / f"{NAME}.py").read_text()
*_, ORACLE_TEST = QUESTIONS[NAME]


@pytest.fixture(scope="module")
def functions():
    return dict(RIGHT.functions)


def columns(x, *arguments):
    return RIGHT.functions["im2col_indices"](np.asarray(x, dtype=float), *arguments)


def test_the_predicted_matrix_has_18_rows_and_24_columns_and_column_3_is_window_1_of_image_1() -> (
    None
):
    x = np.arange(2 * 3 * 5 * 7.0).reshape(2, 3, 5, 7) + 1
    cols = columns(x, 2, 3, 1, 2)
    assert cols.shape == (18, 24)
    padded = np.pad(x[1], ((0, 0), (1, 1), (1, 1)))
    np.testing.assert_array_equal(cols[:, 3], padded[:, :2, 2:5].ravel())


def test_columns_for_a_window_of_3_by_3_hold_nine_times_as_many_numbers() -> None:
    x = np.ones((2, 3, 6, 8))
    assert columns(x, 3, 3, 1, 1).size == 9 * x.size


def test_ones_come_back_nine_times_inside_six_times_on_edges_and_four_times_in_corners(
    functions,
) -> None:
    back = functions["col2im_indices"](
        columns(np.ones((1, 1, 4, 5)), 3, 3, 1, 1), (1, 1, 4, 5), 3, 3, 1, 1
    )[0, 0]
    assert (back[1:-1, 1:-1] == 9).all()
    assert (back[::3, ::4] == 4).all()
    assert (back[0, 1:-1] == 6).all()


def test_the_columns_of_part_iii_are_the_gradient_of_the_example_on_paper(functions) -> None:
    x = np.array([[[[1.0, 2, 0], [0, 1, 3], [2, 0, 1]]]])
    w, dout = np.array([[1.0, -1, 2, 0]]), np.array([[1.0, 2, -1, 3]])
    gradient = [[1, 2, -1, 3], [-1, -2, 1, -3], [2, 4, -2, 6], [0, 0, 0, 0]]
    np.testing.assert_array_equal(w.T @ dout, gradient)
    np.testing.assert_array_equal(dout @ columns(x, 2, 2, 0, 1).T, [[8, 10, 0, 10]])


def test_one_random_pair_shows_an_average_and_a_buffered_sum_not_to_be_adjoint(functions) -> None:
    random = np.random.default_rng(0)
    u = random.standard_normal((2, 3, 5, 7))
    cols = columns(u, 2, 3, 1, 2)
    c = random.standard_normal(cols.shape)

    def gap(col2im):
        return abs(np.sum(cols * c) - np.sum(u * col2im(c, u.shape, 2, 3, 1, 2)))

    assert gap(functions["col2im_indices"]) < 1e-9
    rows = {row.id: row for row in CATALOGUE[NAME]}
    for name in ("I201", "I205"):
        assert gap(rows[name].functions(RIGHT)["col2im_indices"]) > 1e-3


def test_two_functions_with_columns_image_by_image_are_told_to_fit_each_other() -> None:
    """What the notebook asks about the friend."""
    rows = {row.id: row for row in CATALOGUE[NAME]}
    names = {
        "im2col_indices": rows["I101"].functions(RIGHT)["im2col_indices"],
        "col2im_indices": rows["I206"].functions(RIGHT)["col2im_indices"],
    }
    asked = recorded.load("col2im_indices")
    case = asked.cases["plain"]
    answer = asked.answers["plain"]
    found = names["col2im_indices"](*case.inputs.values())

    class Friend(LocalSession):
        def _function(self, name):
            return names[name]

    session = Friend(names["col2im_indices"], "col2im_indices")
    pair = pair_of(asked.exercise, case, answer, Returned(outputs=(found,)), session)
    assert pair.told(compare("x", found, answer["x"])).startswith("your pair is adjoint, ")


# What the usual test sees

USUAL = ((4, 3, 5, 5), (2, 3, 3, 3), {"stride": 1, "pad": 1})
OTHERS = (
    ((2, 3, 5, 7), (4, 3, 2, 3), {"stride": 1, "pad": 1}),
    ((2, 3, 5, 7), (4, 3, 3, 3), {"stride": 1, "pad": 0}),
    ((2, 3, 5, 7), (4, 3, 3, 3), {"stride": 2, "pad": 1}),
)


def passes(row, sizes) -> bool:
    """Whether the gradients of a wrong backward are right to six digits for these sizes."""
    images, filters, parameters = sizes
    random = np.random.default_rng(0)
    x, w, b = (random.standard_normal(shape) for shape in (images, filters, filters[:1]))
    out, cache = RIGHT.functions["conv_forward_im2col"](x, w, b, parameters)
    dout = random.standard_normal(out.shape)
    right = RIGHT.functions["conv_backward_im2col"](dout, cache)
    try:
        found = row.functions(RIGHT)["conv_backward_im2col"](dout.copy(), (x, w.copy(), *cache[2:]))
    except Exception:  # noqa: BLE001 - a wrong backward may raise anything
        return False
    return all(compare("", *pair, tolerance=1e-6).right for pair in zip(found, right, strict=True))


def test_the_usual_test_lets_as_many_known_mistakes_pass_as_the_notebook_says() -> None:
    rows = [row for row in CATALOGUE[NAME] if row.function == "conv_backward_im2col"]
    passing = [row for row in rows if passes(row, USUAL)]
    assert f"{len(rows)} wrong versions of `conv_backward_im2col`: **{len(passing)} of" in PROSE
    shown = [row for row in passing if not all(passes(row, sizes) for sizes in OTHERS)]
    others = [row for row in passing if row not in shown]
    assert (len(shown), len(others)) == (6, 5)
    # float32 is wrong in the ninth digit, the others are right gradients.
    assert {row.check for row in others} == {"unchanged", "repeatable", "integers", "dx"}


def test_the_factors_beside_the_table_are_those_of_its_lines() -> None:
    text = PROSE.replace("\n# ", " ")
    assert "four loops, slices inside | 520 ms |" in text
    assert "im2col, `np.add.at` for the way back | 17 ms |" in text
    assert "seven nested loops | 11.7 s |" in text
    assert f"{520 / 17:.0f} times faster than four loops" in text
    assert f"{round(11_700 / 17, -1):.0f} times faster than seven" in text


def test_columns_take_as_much_memory_with_a_stride_as_the_notebook_says() -> None:
    x = np.ones((1, 1, 60, 60))
    for field, stride in ((3, 1), (3, 3), (6, 2)):
        found = columns(x, field, field, 0, stride).size / x.size
        assert found == pytest.approx(field**2 / stride**2, rel=0.2)


# What lies beside the notebook, and the trials of the bonus


def test_the_oracle_beside_the_notebook_is_what_notebooks_2_and_3_solve() -> None:
    (contents,) = COMPANIONS[NAME].values()
    assert set(contents) == {"02_convolution", "03_pooling"}
    for functions in contents.values():
        assert all(f"    {name},\n" in PROSE for name in functions)


def test_the_given_layer_is_the_one_that_oracle_tests_are_tried_on(functions) -> None:
    random = np.random.default_rng(1)
    forward, slow = specimen("corner differences"), specimen("slow corners")
    for shape, height, width, stride, pad in (
        ((2, 3, 5, 7), 2, 3, 1, 0),
        ((1, 2, 8, 6), 3, 2, 3, 2),
    ):
        param = {"height": height, "width": width, "stride": stride, "pad": pad}
        x = random.standard_normal(shape)
        out, cache = forward(x, param)
        given, kept = functions["corners_forward"](x, param)
        np.testing.assert_allclose(out, given, rtol=1e-12)
        dout = random.standard_normal(out.shape)
        back = slow(dout, cache)
        np.testing.assert_allclose(back, functions["corners_slow_backward"](dout, kept), rtol=1e-12)
        np.testing.assert_allclose(np.sum(dout * out), np.sum(back * x), rtol=1e-9)


def test_as_many_right_and_wrong_ones_are_tried_as_the_notebook_says() -> None:
    tried = {case.removeprefix("tiny: ") for case in ORACLE_TEST.exercise.cases}
    assert tried == {*STYLES, *FLAWS}
    assert (len(STYLES), len(FLAWS)) == (2, 16)
    assert "two right ones, in different styles, and on sixteen wrong ones" in PROSE


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_flaw_shows_for_some_sizes_and_most_not_for_all(flaw) -> None:
    seen = []
    for pad, stride, size in ((1, 1, (4, 3, 5, 5)), (0, 1, (1, 1, 5, 7)), (0, 3, (2, 3, 7, 8))):
        for height, width in ((3, 3), (2, 3)):
            param = {"height": height, "width": width, "stride": stride, "pad": pad}
            x = np.random.default_rng(2).standard_normal(size)
            out, cache = specimen("corner differences")(x, param)
            dout = np.random.default_rng(3).standard_normal(out.shape)
            found = specimen("wrong corners", flaw)(dout, cache)
            right = specimen("slow corners")(dout, cache)
            seen.append(found.shape != right.shape or not np.allclose(found, right))
    assert any(seen)
    everywhere = {
        *("dout without signs", "one entry wrong", "1 percent too large", "one entry nan"),
        *("rows of pixels flattened", "off by 1e-4"),
    }
    assert all(seen) == (flaw in everywhere)


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ((2, 3, 5), (2, 2, 1, 0)),
        ((1, 1, 4, 4), (2, 2, 1, 10**9)),
        ((1, 1, 4, 4), (0, 2, 1, 0)),
        ((1, 1, 4, 4), (2, 2, 1, -1)),
        ((1, 1, 4, 4), (5, 2, 1, 0)),
        ((2**16, 1, 1, 1), (1, 1, 1, 64)),
    ],
)
def test_what_no_layer_computes_is_refused_before_it_is_computed(shape, numbers) -> None:
    param = dict(zip(("height", "width", "stride", "pad"), numbers, strict=True))
    with pytest.raises(ValueError, match="shape"):
        specimen("corner differences")(np.ones(shape), param)
