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
from course_utils.pictures import clinic
from course_utils.specimens import specimen
from course_utils.specimens.clinic import FLAWS, STYLES

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NAME = "07_bug_clinic"
*LAYERS, OWN_TEST = QUESTIONS[NAME]
EVERY_LAYER = pytest.mark.parametrize("question", LAYERS, ids=lambda q: q.exercise.name)
#: Bugs that one call with any inputs does not show in the gradients.
SILENT = {"polynomial_backward", "swish_backward"}


@pytest.fixture(scope="module")
def functions():
    return dict(reference.load(COURSE, NAME).functions)


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
    assert panels["dout, after - before"].any()
    assert not panels["cache[0], after - before"].any()
    assert panels["cache[1], after - before"].any()
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
    assert set(OWN_TEST.exercise.cases) == STYLES.keys() | FLAWS.keys()


def test_the_text_counts_the_trials_of_the_own_test() -> None:
    text = re.sub(r"\s*\n# ", " ", (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8"))
    assert (
        "four right backward passes, written in different styles, and on fifteen wrong ones" in text
    )
    assert (len(STYLES), len(FLAWS)) == (4, 15)


def test_every_layer_knows_its_own_bug_first() -> None:
    ids = {row.id for row in CATALOGUE[NAME]}
    assert {f"H{layer}01" for layer in range(1, 9)} <= ids
