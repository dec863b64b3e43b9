"""What ``07_bug_clinic`` promises: every patient is ill in its own way, and every trial is fair."""

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
from course_utils.diagnosis import LEFT_BEHIND
from course_utils.pictures import clinic
from course_utils.pictures.figure import canvas
from course_utils.specimens import specimen
from course_utils.specimens.clinic import FLAWS, MEMORIES, STYLES, TRACES

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NAME = "07_bug_clinic"
*LAYERS, OWN_TEST = QUESTIONS[NAME]
EVERY_LAYER = pytest.mark.parametrize("question", LAYERS, ids=lambda q: q.exercise.name)
#: Bugs that one call with any inputs does not show in the gradients.
SILENT = {"polynomial_backward", "swish_backward"}


@pytest.fixture(scope="module")
def right():
    return reference.load(COURSE, NAME)


@pytest.fixture(scope="module")
def functions(right):
    return dict(right.functions)


def ill(exercise) -> str:
    return f"{exercise.function}_broken"


@EVERY_LAYER
def test_a_patient_shows_its_bug_to_the_instrument_unless_gradients_are_right(question, functions):
    exercise = question.exercise
    cases = prepare(question, reference.load(COURSE, NAME), b"seed").cases.values()
    seen = []
    for case in cases:
        inputs = [v.copy() if isinstance(v, np.ndarray) else v for v in case.inputs.values()]
        panels = clinic.error_maps(functions[exercise.forward], functions[ill(exercise)], inputs)
        seen += [isinstance(content, str) or content.any() for _, content in panels]
    assert any(seen) == (exercise.name not in SILENT)


@EVERY_LAYER
def test_a_repaired_layer_is_white_on_its_map(question, functions) -> None:
    exercise = question.exercise
    for case in prepare(question, reference.load(COURSE, NAME), b"seed").cases.values():
        given = list(case.inputs.values())
        forward, backward = functions[exercise.forward], functions[exercise.function]
        panels = clinic.error_maps(forward, backward, given, 2, watch=True)
        assert not any(isinstance(content, str) or content.any() for _, content in panels), panels


def test_one_call_hides_what_survives_and_two_show_it(functions) -> None:
    forward, backward = functions["polynomial_forward"], functions["polynomial_backward_broken"]
    inputs = [np.array([0.5, 2.0]), np.array([1.0, 2.0, 3.0])]
    assert not any(content.any() for _, content in clinic.error_maps(forward, backward, inputs))
    (_, dx), (_, dc) = clinic.error_maps(forward, backward, inputs, 2)
    assert dc.all()
    assert not dx.any()


def test_what_a_backward_changes_is_seen_by_who_watches(functions) -> None:
    forward, backward = functions["swish_forward"], functions["swish_backward_broken"]
    inputs = [np.array([[0.5], [2.0]]), np.array([1.0])]
    panels = dict(clinic.error_maps(forward, backward, inputs, watch=True))
    assert not panels["dx"].any()
    assert panels["dout, |after - before|"].any()
    assert not panels["cache[0], |after - before|"].any()
    assert panels["cache[1], |after - before|"].any()
    np.testing.assert_array_equal(inputs[1], [1.0])


def test_a_backward_that_fails_is_shown_and_not_raised() -> None:
    def forward(x):
        return x, (x,)

    def backward(dout, cache):
        raise NotImplementedError

    picture = clinic.examine(forward, backward, np.ones(3))
    assert "not written yet" in picture.frames[0].alt
    assert picture.frames[0].png.startswith(b"\x89PNG")
    assert "was not returned" in clinic.examine(forward, lambda *_: (), np.ones(3)).frames[0].alt


#: By patient, as the notebook's table says: inputs that leave the map white, and others.
HIDDEN_AND_SHOWN = {
    "embedding": ((np.eye(3), np.array([[0, 2]])), (np.eye(3), np.array([[2, 2]]))),
    "mix_rows": (
        (np.ones((1, 2, 3)), np.array([[2.0, 1.0], [1.0, 3.0]])),
        (np.ones((1, 2, 3)), np.array([[2.0, 1.0], [4.0, 3.0]])),
    ),
    "pad_ends": (
        (np.ones((1, 3)), {"left": 0, "right": 2}),
        (np.ones((1, 3)), {"left": 2, "right": 0}),
    ),
    "leaky_sum": ((np.ones((2, 4)), 0.0), (np.ones((2, 4)), 0.5)),
}


@pytest.mark.parametrize("layer", HIDDEN_AND_SHOWN)
def test_inputs_hide_and_show_a_bug_as_the_table_says(layer, functions) -> None:
    pair = functions[f"{layer}_forward"], functions[f"{layer}_backward_broken"]
    for inputs, white in zip(HIDDEN_AND_SHOWN[layer], (True, False), strict=True):
        panels = clinic.error_maps(*pair, inputs)
        seen = any(isinstance(content, str) or content.any() for _, content in panels)
        assert seen != white


def test_one_place_shows_a_gradient_that_is_not_summed_by_its_shape_alone(functions) -> None:
    inputs = [np.arange(6.0).reshape(2, 3, 1), np.ones(3), np.zeros(3)]
    forward, ill_one = (functions[f"channel_scale_{n}"] for n in ("forward", "backward_broken"))
    shapes = [content for _, content in clinic.error_maps(forward, ill_one, inputs)[1:]]
    assert shapes == ["has shape (3, 1),\nexpected (3,)"] * 2
    out, cache = forward(*inputs)
    wrong, right = ill_one(out, cache)[1:], functions["channel_scale_backward"](out, cache)[1:]
    assert all(np.allclose(a[:, 0], b) for a, b in zip(wrong, right, strict=True))


def test_a_norm_taken_for_a_constant_is_right_where_an_entry_is_0_and_nowhere_else(
    functions,
) -> None:
    x = np.array([[3.0, 0.0, 4.0], [1.0, 2.0, 2.0]])
    pair = functions["unit_rows_forward"], functions["unit_rows_backward_broken"]
    ((_, errors),) = clinic.error_maps(*pair, [x])
    np.testing.assert_array_equal(errors == 0, x == 0)


def test_a_map_of_three_axes_says_which_row_is_which() -> None:
    def forward(x):
        return x, (x,)

    picture = clinic.examine(forward, lambda dout, _: 0 * dout, np.ones((2, 3, 2)))
    (panel,) = clinic.error_maps(forward, lambda dout, _: 0 * dout, [np.ones((2, 3, 2))])
    assert panel[1].shape == (2, 3, 2)
    _, axes = canvas([(4.0, 4.0)])
    clinic._heat(axes[0], panel[1], "dx")
    labels = [text for text in axes[0].texts if ", " in text.get_text()]
    assert [text.get_text() for text in labels] == ["0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2"]
    places = [text.get_position()[1] for text in labels]
    assert places[3] - places[2] > places[2] - places[1] == 1
    assert "off in 12 of 12 entries" in picture.frames[0].alt


@EVERY_LAYER
def test_no_two_sizes_of_a_layer_coincide_in_every_case(question) -> None:
    """The same array's axes, and any two arrays' axes that are not one axis of the layer."""
    for inputs in (question.inputs(b"seed"),):
        shapes = [
            [v.shape for v in case.values() if isinstance(v, np.ndarray)]
            for case in inputs.values()
        ]
        first = max(shapes[0], key=len)
        place = shapes[0].index(first)
        for a, b in combinations(range(len(first)), 2):
            assert any(case[place][a] != case[place][b] for case in shapes)


def test_right_specimens_are_right_and_wrong_ones_wrong(functions) -> None:
    random = np.random.default_rng(3)
    x, centers = random.normal(size=(3, 2)), random.normal(size=(4, 2))
    forward = specimen("squared distances")
    out, cache = forward(x, centers)
    np.testing.assert_allclose(out, functions["distances_forward"](x, centers)[0])
    dout = random.normal(size=out.shape)
    expected = functions["distances_backward"](dout, cache)

    def right(name: str, how: str) -> bool:
        given = specimen(name, how)(dout, cache)
        return len(given) == 2 and all(
            a.shape == b.shape and np.allclose(a, b) for a, b in zip(given, expected, strict=True)
        )

    assert all(right("right distances", style) for style in STYLES)
    assert not any(right("wrong distances", flaw) for flaw in FLAWS)
    lasting = {*MEMORIES, *TRACES}
    assert set(OWN_TEST.exercise.cases) == STYLES.keys() | FLAWS.keys() | lasting
    assert all(right("remembering distances", how) for how in MEMORIES)
    for how in TRACES:
        given = dout.copy(), tuple(array.copy() for array in cache)
        found = specimen("meddling distances", how)(*given)
        assert all(map(np.allclose, found, expected))
        kept = [
            np.array_equal(a, b) for a, b in zip((dout, *cache), (given[0], *given[1]), strict=True)
        ]
        assert sum(kept) == 2


def test_a_backward_that_remembers_is_right_once_in_each_loan() -> None:
    lent = specimen("remembering distances", MEMORIES[0])
    dout, cache = np.ones((2, 3)), (np.eye(2), np.zeros((3, 2)))
    for _ in range(2):
        once, again = specimen("right distances", "by loops")(dout, cache), lent.lent()
        first, second = again(dout, cache), again(dout, cache)
        assert all(map(np.array_equal, first, once))
        assert not any(map(np.array_equal, second, once))


def test_the_text_counts_the_trials_of_the_own_test() -> None:
    text = re.sub(r"\s*\n# ", " ", (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8"))
    assert (
        "four right backward passes, written in different styles, and on eighteen wrong ones"
        in text
    )
    assert (len(STYLES), len(FLAWS) + len(MEMORIES) + len(TRACES)) == (4, 18)


def test_a_gradient_that_an_exception_kept_back_is_not_blamed_for_it(functions) -> None:
    def mix_rows_backward(dout, cache):
        return functions["mix_rows_backward_broken"](dout, cache)

    failed = {c.name: c for c in examine(mix_rows_backward, "mix_rows_backward").checks}
    assert failed["dw"].message.endswith(", before dw could be returned")
    assert failed["dx"].worst is not None


def test_what_survives_a_call_is_told_first_and_named_however_often_it_was_asked(right) -> None:
    row = next(row for row in CATALOGUE[NAME] if row.id == "H501")
    backward = row.functions(right)["polynomial_backward"]
    for _ in range(3):
        card = examine(backward, "polynomial_backward")
        assert card.diagnosis[0] == LEFT_BEHIND
        said = " ".join(card.diagnosis)
        assert "the gradients of earlier calls are still in dcoefficients" in said
        assert "No known mistake" not in said
        first = card.text().split("failed: ")[1]
        assert first.startswith("same answer on a second call")
        assert "a second call with the same arguments gave another" in card.in_brief()
    assert "dcoefficients" in [check.name for check in card.checks if check.status == "failed"]


def test_a_rule_gives_no_formula_away(right) -> None:
    rules = [check.rule for question in LAYERS for check in question.exercise.checks]
    assert not any(sign in rule for rule in rules for sign in (" / ", "@", " * "))


def test_every_layer_knows_its_own_bug_first() -> None:
    ids = {row.id for row in CATALOGUE[NAME]}
    assert {f"H{layer}01" for layer in range(1, 9)} <= ids
