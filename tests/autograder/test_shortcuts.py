"""Shortcuts return what the references return, on every case that a seed can make."""

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.preparation import ReferenceDisagreesError, confirm, make
from autograder.shortcuts import SHORTCUTS

NAMED = {
    q.exercise.name: (notebook, q)
    for notebook, shortcuts in SHORTCUTS.items()
    for q in QUESTIONS[notebook]
    if {q.exercise.function, q.exercise.forward} & set(shortcuts)
}
BACKWARD = "conv_backward_naive"


@pytest.fixture
def right(course: Course):
    """A function that loads the reference of a notebook."""
    return lambda notebook: reference.load(course, notebook)


@pytest.mark.parametrize("notebook", SHORTCUTS)
def test_shortcuts_are_named_after_references(right, notebook) -> None:
    assert set(SHORTCUTS[notebook]) <= set(right(notebook).functions)


@pytest.mark.parametrize("name", NAMED)
def test_a_shortcut_agrees_with_reference_and_differences_for_many_seeds(right, name) -> None:
    notebook, question = NAMED[name]
    for seed in (f"shortcut {n}".encode() for n in range(20)):
        made = make(question, SHORTCUTS[notebook], seed)
        confirm(question, right(notebook), seed, made)
        slow = make(question, right(notebook).functions, seed)
        for case, answer in made.answers.items():
            for output, array in answer.items():
                assert array.dtype == slow.answers[case][output].dtype


@pytest.mark.parametrize("name", NAMED)
def test_a_shortcut_agrees_with_the_reference_on_cases_that_illustrate_failures(
    right, name
) -> None:
    notebook, question = NAMED[name]
    quick, slow = (
        make(question, functions, b"seed", question.tiny).answers
        for functions in (SHORTCUTS[notebook], right(notebook).functions)
    )
    assert tuple(quick) == tuple(slow) == question.tiny
    for case, answer in slow.items():
        for output, expected in answer.items():
            assert np.allclose(quick[case][output], expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("place", ["dx.flat[0]", "dw.flat[-1]", "db[0]"])
def test_one_wrong_entry_of_a_shortcut_is_noticed(right, place) -> None:
    notebook, question = NAMED[BACKWARD]

    def wrong(dout, cache):
        dx, dw, db = (array.copy() for array in SHORTCUTS[notebook][BACKWARD](dout, cache))
        array = {"dx": dx, "dw": dw, "db": db}[place.split(".")[0].split("[")[0]]
        array.flat[-1 if "-1" in place else 0] *= 1 + 1e-9
        return dx, dw, db

    made = make(question, {**SHORTCUTS[notebook], BACKWARD: wrong}, b"seed")
    with pytest.raises(ReferenceDisagreesError, match=f"the shortcut to {place[:2]} is not what"):
        confirm(question, right(notebook), b"seed", made)


def test_a_shortcut_with_an_output_of_another_size_is_noticed(right) -> None:
    notebook, question = NAMED["conv_forward_naive"]

    def wrong(*inputs):
        out, cache = SHORTCUTS[notebook]["conv_forward_naive"](*inputs)
        return out[..., :1], cache

    made = make(question, {"conv_forward_naive": wrong}, b"seed")
    with pytest.raises(ReferenceDisagreesError, match="the shortcut to"):
        confirm(question, right(notebook), b"seed", made)
