"""What ``05_convolution_variants`` promises: its numbers, its conventions, its adjoint pairs."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.misconceptions import CATALOGUE
from autograder.preparation import prepare
from course_utils.checking import examine
from course_utils.pictures.variants import STACKS

COURSE = Course(Path(__file__).parents[2])
NAME = "05_convolution_variants"
SOURCE = (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8")
TEXT = re.sub(r"\s*\n# ?", " ", SOURCE)


@pytest.fixture(scope="module")
def functions():
    return dict(reference.load(COURSE, NAME).functions)


def correlated(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """A convolution of a row as libraries mean it, stride 1, by numpy's own function."""
    return np.correlate(x, w, "valid")


# On paper


@pytest.mark.parametrize(
    ("stride", "pad", "out", "dout", "dx", "dw"),
    [
        (1, (2, 0), [0, -1, 3, 6, -2], [1, 2, -1, 0, 3], [-3, -2, 7, 0, -3], [-1, 14]),
        (2, (1, 1), [-1, 6, -1], [1, 2, -1], [0, 3, 0, -4, 0], [5, 0]),
    ],
)
def test_the_rows_on_paper_are_worked_out_rightly(stride, pad, out, dout, dx, dw) -> None:
    """By the matrix of the layer, which knows nothing of windows."""
    x, w = np.array([1, 2, 0, -1, 3]), np.array([2, -1])
    padded = np.pad(x, pad)
    layer = np.zeros((len(out), padded.size))
    for i in range(len(out)):
        layer[i, i * stride] += 2
        layer[i, i * stride + 2] += -1
    np.testing.assert_array_equal(layer @ padded + 1, out)
    np.testing.assert_array_equal((np.array(dout) @ layer)[pad[0] : pad[0] + 5], dx)
    taps = [padded[k * 2 :: stride][: len(out)] for k in range(len(w))]
    np.testing.assert_array_equal(np.array(taps) @ dout, dw)


def test_the_stamps_on_paper_are_worked_out_rightly() -> None:
    """A stamp is a Kronecker product with the dilated input, convolved in full."""
    x, w = np.array([[1, 2], [0, -1]]), np.array([[1, 0, 2], [3, 1, -1]])
    whole = np.zeros((4, 5))
    for i, j in np.ndindex(2, 2):
        whole += x[i, j] * np.pad(w, ((2 * i, 2 - 2 * i), (2 * j, 2 - 2 * j)))
    shown = [[2, 1, 5, 1, 5], [4, 2, 6, 3, -1], [1, 1, 0, 1, -1], [1, 1, -2, 0, 2]]
    np.testing.assert_array_equal(whole + 1, shown)
    around = np.pad(np.array([[1, -1, 2], [0, 3, 1]]), 1)
    windows = {(i, j): around[2 * i : 2 * i + 2, 2 * j : 2 * j + 3] for i, j in np.ndindex(2, 2)}
    dx = [[np.sum(windows[i, j] * w) for j in range(2)] for i in range(2)]
    np.testing.assert_array_equal(dx, [[2, -1], [6, 3]])
    dw = sum(x[place] * window for place, window in windows.items())
    np.testing.assert_array_equal(dw, [[-3, -1, 0], [-2, 5, -1]])


def test_the_written_question_has_the_answer_of_its_guide() -> None:
    narrow = correlated(np.array([1, 0, 0]), np.array([1, 1]))
    np.testing.assert_array_equal(narrow, [1, 0])
    np.testing.assert_array_equal(np.convolve(narrow, [1, 1]), [1, 1, 0])


def test_the_predictions_are_answered_rightly(functions) -> None:
    out, _ = functions["conv1d_forward"](
        np.ones((2, 3, 10)),
        np.ones((4, 3, 3)),
        np.ones(4),
        {"stride": 2, "dilation": 3, "pad": (2, 1)},
    )
    assert f"<code>{out.shape}</code>" in TEXT
    param = {"stride": 2, "dilation": 2, "pad": (0, 0)}
    _, kept = functions["conv1d_forward"](np.ones((1, 1, 9)), np.ones((1, 1, 3)), [0], param)
    dx, _, _ = functions["conv1d_backward"](np.ones((1, 1, 3)), kept)
    assert [m for m in range(9) if not dx[0, 0, m]] == [1, 3, 5, 7]


def test_a_transposed_convolution_undoes_the_size_that_is_predicted(functions) -> None:
    x, w = np.ones((2, 3, 5, 7)), np.ones((3, 4, 4, 3))
    out, kept = functions["conv_transpose_forward"](x, w, np.ones(4), {"stride": 2, "pad": 1})
    assert f"<code>{out.shape}</code>" in TEXT
    assert functions["conv_transpose_backward"](out, kept)[0].shape == x.shape
    assert [1 + (n + 2 - k) // 2 for n, k in ((10, 4), (13, 3))] == [5, 7]


def test_every_small_example_agrees_when_the_notebook_is_solved(capsys) -> None:
    """The cells are run with the reference solutions, pictures left out."""
    run_cells({})
    told = capsys.readouterr().out
    assert told.count("They agree.") == SOURCE.count("\nattempt(") >= 30
    assert "They differ." not in told


def run_cells(namespace) -> None:
    code = re.sub(
        r"^(pictures\..*|check\(.*\)|from course_utils .*)$", "", SOURCE, flags=re.MULTILINE
    )
    exec(compile(code, NAME, "exec"), namespace)  # noqa: S102 - the course's own code


FORWARD, BACKWARD = "conv_transpose_forward", "conv_transpose_backward"
CORNER = ("top, left = i * stride, j * stride", "top, left = i, j")


@pytest.mark.parametrize(
    ("function", "edits"),
    [
        (FORWARD, [("w[c]", "w[c][:, ::-1, ::-1]")]),
        (BACKWARD, [("window * w[c]", "window * w[c][:, ::-1, ::-1]")]),
        (FORWARD, [("+= x", "= x")]),
        (BACKWARD, [CORNER]),
        (FORWARD, [CORNER, ("(H - 1) * stride + high, (W - 1) * stride", "H - 1 + high, W - 1")]),
    ],
)
def test_the_number_of_a_pair_tells_what_it_asks_to_break(function, edits, capsys) -> None:
    namespace: dict[str, object] = {}
    run_cells(namespace)
    broken = reference.load(COURSE, NAME).changed(function, edits).source(function)
    capsys.readouterr()
    exec(f"{broken}\nattempt(adjoint_gap, expected=0)", namespace)  # noqa: S102
    told = capsys.readouterr().out
    assert "They differ." in told
    assert ("no gap to tell" in told) == (len(edits) == 2)


# How far a stack sees


@pytest.mark.parametrize("dilations", STACKS)
def test_a_stack_spans_what_is_told_and_reads_what_is_told(dilations) -> None:
    read = {
        sum(d * k for d, k in zip(dilations, taps, strict=True)) for taps in np.ndindex(3, 3, 3)
    }
    span = 1 + 2 * sum(dilations)
    assert span == max(read) - min(read) + 1
    assert (span, len(read)) == {(1, 1, 1): (7, 7), (1, 2, 4): (15, 15), (2, 2, 2): (13, 7)}[
        dilations
    ]
    assert "span 7 entries if $d = 1$ in each, and 15 if $d$ doubles" in TEXT
    assert "$d = 2$ each span 13 entries and read 7 of them" in TEXT


def test_a_length_with_a_remainder_does_not_come_back(functions) -> None:
    w, param = np.ones((1, 1, 3)), {"stride": 2, "dilation": 1, "pad": (0, 0)}
    made = [functions["conv1d_forward"](np.ones((1, 1, n)), w, [0], param)[0] for n in (7, 8)]
    assert [out.shape[2] for out in made] == [3, 3]
    back, _ = functions["conv_transpose_forward"](
        np.ones((1, 1, 1, 3)), np.ones((1, 1, 1, 3)), np.zeros(1), {"stride": 2, "pad": 0}
    )
    assert back.shape[3] == 7


# Cards


def test_the_card_of_an_equals_sign_on_a_slice_names_that_before_index_arrays() -> None:
    """With whole arrays = and += through index arrays have the same results."""
    right = reference.load(COURSE, NAME)
    for row, other, common, rare in (
        ("D75", "D47", "dx is assigned (=) window by window", "+= through index arrays"),
        (
            "TF41",
            "TF42",
            "stamps of all images at once are assigned (=)",
            "+= through index arrays",
        ),
    ):
        for found in (row, other):
            wrong = next(m for m in CATALOGUE[NAME] if m.id == found)
            card = examine(wrong.functions(right)[wrong.function], wrong.function)
            [named] = [text for text in card.diagnosis if "matches exactly" in text]
            assert 0 < named.index(common) < named.index(rare)


def test_the_card_of_a_forward_does_not_speak_of_gradients() -> None:
    for row in CATALOGUE[NAME]:
        if row.function.endswith("forward"):
            words = f"{row.title} {row.question} {row.remedy}"
            assert not re.search(r"gradient|\bd[xwb]\b|way back", words), row.id


def test_a_stride_that_is_ignored_is_shown_with_numbers_of_a_few_digits() -> None:
    right = reference.load(COURSE, NAME)
    for found in ("TF05", "DF08", "T02", "D26"):
        row = next(row for row in CATALOGUE[NAME] if row.id == found)
        card = examine(row.functions(right)[row.function], row.function)
        worst = [check.worst for check in card.checks if check.worst is not None]
        assert worst
        assert max(abs(number) for w in worst for number in (w.got, w.expected)) < 1e4


# Conventions


def test_dilation_1_has_no_gaps_and_the_other_library_counts_from_0(functions) -> None:
    random = np.random.default_rng(1)
    x, w, b = random.normal(size=(1, 1, 8)), random.normal(size=(1, 1, 3)), np.zeros(1)
    plain, _ = functions["conv1d_forward"](x, w, b, {"stride": 1, "dilation": 1, "pad": (0, 0)})
    np.testing.assert_allclose(plain[0, 0], correlated(x[0, 0], w[0, 0]))
    theirs, _ = functions["conv1d_last_forward"](
        x.transpose(0, 2, 1),
        w.transpose(2, 1, 0),
        b.reshape(1, 1, 1),
        {"stride": 1, "gap": 0, "pad": (0, 0)},
    )
    np.testing.assert_array_equal(theirs[0, :, 0], plain[0, 0])


def test_a_causal_layer_does_not_look_ahead(functions) -> None:
    left, right = functions["pad_widths"]("causal", 9, 3, 1, 2)
    param = {"stride": 1, "dilation": 2, "pad": (left, right)}
    for place in range(9):
        x = np.zeros((1, 1, 9))
        x[0, 0, place] = 1
        out, _ = functions["conv1d_forward"](x, np.ones((1, 1, 3)), np.zeros(1), param)
        assert out.shape == x.shape
        assert not out[..., :place].any()
        assert out[..., place] == 1


@pytest.mark.parametrize("length", range(1, 13))
@pytest.mark.parametrize(
    ("taps", "stride", "dilation"), [(3, 1, 1), (4, 2, 1), (2, 3, 2), (5, 4, 3)]
)
def test_same_gives_as_many_outputs_as_strides_begin(
    functions, length, taps, stride, dilation
) -> None:
    left, right = functions["pad_widths"]("same", length, taps, stride, dilation)
    assert 0 <= right - left <= 1
    reach = (taps - 1) * dilation + 1
    outputs = 1 + (left + length + right - reach) // stride
    assert outputs == -(-length // stride)


def test_a_pair_means_rows_and_columns_and_four_mean_themselves(functions) -> None:
    sides = functions["pad_sides"]
    assert sides(3, (9, 9), (3, 3), 1, 1) == (3, 3, 3, 3)
    assert sides((1, 2), (9, 9), (3, 3), 1, 1) == (1, 1, 2, 2)
    assert sides((1, 2, 3, 4), (9, 9), (3, 3), 1, 1) == (1, 2, 3, 4)
    assert sides("same", (5, 7), (3, 2), 1, 1) == (1, 1, 0, 1)


# A pair of functions and their transposes


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("pad", [(0, 0), (2, 1)])
def test_stamping_is_the_adjoint_of_convolving(functions, stride, dilation, pad) -> None:
    """The kernel of conv1d stamped onto images of one row; what falls on zeros is cut off."""
    random = np.random.default_rng(stride)
    x, w = random.normal(size=(2, 3, 9)), random.normal(size=(4, 3, 3))
    param = {"stride": stride, "dilation": dilation, "pad": pad}
    out, _ = functions["conv1d_forward"](x, w, np.zeros(4), param)
    g = random.normal(size=out.shape)
    uncut = {"stride": stride, "dilation": dilation, "pad": 0}
    images, kernel = g[:, :, np.newaxis], w[:, :, np.newaxis]
    stamped, _ = functions["conv_transpose_forward"](images, kernel, np.zeros(3), uncut)
    back = np.zeros((2, 3, pad[0] + 9 + pad[1]))
    back[:, :, : stamped.shape[3]] = stamped[:, :, 0]
    assert np.sum(out * g) == pytest.approx(np.sum(x * back[:, :, pad[0] : pad[0] + 9]))


@pytest.mark.parametrize("layer", ["conv1d", "conv_transpose"])
def test_forward_and_dx_are_adjoint_where_there_is_no_bias(functions, layer) -> None:
    question = next(q for q in QUESTIONS[NAME] if q.exercise.name == f"{layer}_backward")
    made = prepare(question, reference.load(COURSE, NAME), b"seed")
    for name, case in made.cases.items():
        without = {**case.inputs, "b": np.zeros(case.inputs["b"].shape)}
        out, _ = functions[f"{layer}_forward"](*without.values())
        there, back = np.sum(out * case.dout), np.sum(case.inputs["x"] * made.answers[name]["dx"])
        assert there == pytest.approx(back, rel=1e-12), name


def test_two_that_rotate_alike_are_adjoint_and_wrong(functions) -> None:
    """As the notebook warns: the identity says only that the two belong together."""
    right = reference.load(COURSE, NAME)
    edit = ("w[c]", "w[c][:, ::-1, ::-1]")
    rotated = right.changed("conv_transpose_forward", [edit])
    rotated = rotated.changed("conv_transpose_backward", [("window * w[c]", f"window * {edit[1]}")])
    random = np.random.default_rng(2)
    x, w = random.normal(size=(1, 2, 3, 3)), random.normal(size=(2, 1, 2, 3))
    given = (x, w, np.zeros(1), {"stride": 2, "pad": 1})
    out, kept = rotated.functions["conv_transpose_forward"](*given)
    g = random.normal(size=out.shape)
    dx, _, _ = rotated.functions["conv_transpose_backward"](g, kept)
    assert np.sum(out * g) == pytest.approx(np.sum(x * dx))
    assert not np.allclose(out, functions["conv_transpose_forward"](*given)[0])


# Cases


def sizes(case) -> dict[str, object]:
    """Every size and number of a case, by its name."""
    found: dict[str, object] = {}
    for name, value in [*case.inputs.items(), ("dout", case.dout)]:
        if isinstance(value, np.ndarray):
            found |= {f"{name}{axis}": size for axis, size in enumerate(value.shape)}
        else:
            found |= {k: v for k, v in value.items() if isinstance(v, int)}
            pads = value["pad"] if isinstance(value["pad"], tuple) else ()
            found |= {f"pad{side}": pad for side, pad in enumerate(pads)}
    # The same size of two arrays.
    same = ("b0", "dout0", "dout1", "w1") if "w3" not in found else ("b0", "dout0", "dout1", "w0")
    return {name: size for name, size in found.items() if name not in same}


@pytest.mark.parametrize(
    "name",
    ["conv1d_forward", "conv1d_backward", "conv_transpose_forward", "conv_transpose_backward"],
)
def test_no_two_sizes_coincide_in_every_case(name) -> None:
    """Where two of them always agree, code that mixes them up passes."""
    question = next(q for q in QUESTIONS[NAME] if q.exercise.name == name)
    made = prepare(question, reference.load(COURSE, NAME), b"seed").cases.values()
    found = [sizes(case) for case in made]
    assert len(found[0]) >= 9
    for a, b in combinations(found[0], 2):
        assert any(case[a] != case[b] for case in found), (a, b)


def test_no_entry_meets_the_kink_of_relu(functions) -> None:
    """On many seeds: finite differences say nothing there."""
    for question in QUESTIONS[NAME]:
        if "_fused_forward" not in question.exercise.name:
            continue
        for seed in range(20):
            made = prepare(question, reference.load(COURSE, NAME), f"kink {seed}".encode())
            for case in made.cases.values():
                given = {
                    **case.inputs,
                    "conv_param": {**case.inputs["conv_param"], "activation": "tanh"},
                }
                out, _ = functions[question.exercise.function](*given.values())
                assert np.abs(np.arctanh(out)).min() > 1 / 10


def test_the_rows_of_the_plan_are_in_the_catalogue() -> None:
    ids = {row.id for row in CATALOGUE[NAME]}
    dilated = {"D01", "D02", "D03", "D05", "D07", "D08", "D09", "D10", "D18"}
    activations = {"DA12", "DA13", "DA14", "TA12", "TA13", "TA14"}
    assert dilated | activations | {"T01", "T02", "T03", "T04", "T05", "T06", "T09"} <= ids


def test_the_text_counts_what_there_is() -> None:
    bonus = [q for q in QUESTIONS[NAME] if q.exercise.name not in required()]
    assert len(bonus) == 10
    assert "Ten small tasks, a bonus point each" in TEXT
    assert "four graded functions" in TEXT
    assert len(required()) == 4


def required() -> set[str]:
    layers = ("conv1d", "conv_transpose")
    return {f"{layer}_{pass_}" for layer in layers for pass_ in ("forward", "backward")}
