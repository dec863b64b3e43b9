"""Cases and their answers come from a seed, and two independent judges agree on them."""

from dataclasses import replace

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.exercises.question import VISIBLE_SEED, Question
from autograder.preparation import ReferenceDisagreesError, deciding, prepare
from course_utils.exercise import Exercise

NAMED = {q.exercise.name: (notebook, q) for notebook, qs in QUESTIONS.items() for q in qs}
BACKWARDS = [name for name, (_, question) in NAMED.items() if question.exercise.forward]


@pytest.fixture
def right(course: Course):
    """A function that loads the reference of a notebook."""
    return lambda notebook: reference.load(course, notebook)


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    # Functions to be tried are the same if they are called the same.
    return repr(a) == repr(b)


@pytest.mark.parametrize("name", NAMED)
def test_a_seed_makes_the_same_cases_again_and_another_seed_others(right, name) -> None:
    notebook, question = NAMED[name]
    first, again, other = (prepare(question, right(notebook), s) for s in (b"a", b"a", b"b"))
    assert tuple(first.cases) == tuple(first.answers) == question.exercise.cases
    differing = 0
    for case in first.cases:
        a, b, c = (made.cases[case] for made in (first, again, other))
        assert all(same(a.inputs[k], b.inputs[k]) for k in a.inputs)
        assert same(a.dout, b.dout)
        for output, answer in first.answers[case].items():
            assert same(answer, again.answers[case][output])
        assert a.dout.shape == c.dout.shape
        differing += not (
            all(same(a.inputs[k], c.inputs[k]) for k in a.inputs) and same(a.dout, c.dout)
        )
    # All but a case or two of a single number, at worst.
    assert differing >= len(first.cases) - 2 or question.exercise.specimens


@pytest.mark.parametrize("name", NAMED)
def test_upstream_gradients_are_small_numbers_without_zeros(right, name) -> None:
    notebook, question = NAMED[name]
    for case in prepare(question, right(notebook), b"seed").cases.values():
        if question.exercise.forward is None:
            continue  # there is no backward that it would go to
        assert np.abs(case.dout).min() > 0
        assert np.abs(case.dout).max() <= 9
        integers = any(
            v.dtype.kind == "i" for v in case.inputs.values() if isinstance(v, np.ndarray)
        )
        # Halves show a buffer that inherits an integer dtype.
        assert (case.dout != np.round(case.dout)).any() == integers


def test_only_the_cases_that_are_asked_for_are_made(right) -> None:
    notebook, question = NAMED["conv_backward_naive"]
    made = prepare(question, right(notebook), VISIBLE_SEED, question.tiny[:3])
    assert tuple(made.cases) == question.tiny[:3]


def changed(right, name: str, old: str, new: str):
    notebook, question = NAMED[name]
    return question, right(notebook).changed(question.exercise.function, [(old, new)])


def test_one_wrong_entry_of_a_reference_gradient_is_refused(right) -> None:
    ending = "return dx, dw, db"
    for line in ("dx[0, 0, 0, 0] += 1", "dw[-1, -1, -1, -1] += 1", "db[0] *= 1.00001"):
        question, wrong = changed(right, "conv_backward_naive", ending, f"{line}\n    {ending}")
        with pytest.raises(ReferenceDisagreesError, match="is not the derivative of conv_forward"):
            prepare(question, wrong, b"seed")


@pytest.mark.parametrize("name", BACKWARDS)
def test_a_reference_that_is_off_by_a_factor_is_refused(right, name) -> None:
    notebook, question = NAMED[name]
    function, upstream = question.exercise.function, question.exercise.upstream
    text = right(notebook).source(function)
    head = f"def {function}({upstream}, cache):"
    assert head in text
    broken = text.replace(head, f"{head}\n    {upstream} = 2 * {upstream}")
    with pytest.raises(ReferenceDisagreesError):
        prepare(question, right(notebook).replaced(function, broken), b"seed")


def test_at_a_kink_finite_differences_are_not_asked(right) -> None:
    """Sharing a tie's gradient is another convention; differences cannot tell."""
    notebook, question = NAMED["max_pool_backward_naive"]
    kinks = [name for name, recipe in question.recipes.items() if not recipe.smooth]
    assert "ties" in kinks
    smooth = {name: replace(recipe, smooth=True) for name, recipe in question.recipes.items()}
    prepare(question, right(notebook), b"seed", ("ties",))
    with pytest.raises(ReferenceDisagreesError):
        prepare(replace(question, recipes=smooth), right(notebook), b"seed", ("ties",))


def test_references_agree_with_differences_for_many_seeds(right) -> None:
    for name in ("conv_backward_naive", "max_pool_backward_naive_padding"):
        notebook, question = NAMED[name]
        for seed in range(10):
            prepare(question, right(notebook), str(seed).encode())


def test_a_forward_has_its_output_as_the_answer(right) -> None:
    notebook, question = NAMED["avg_pool_forward_naive"]
    made = prepare(question, right(notebook), b"seed")
    forward = right(notebook).functions["avg_pool_forward_naive"]
    for name, case in made.cases.items():
        assert same(made.answers[name]["out"], forward(*case.inputs.values())[0])


def test_a_backward_of_several_outputs_names_each(right) -> None:
    notebook, question = NAMED["conv_backward_naive"]
    for answer in prepare(question, right(notebook), b"seed").answers.values():
        assert tuple(answer) == ("dx", "dw", "db")
    assert isinstance(question, Question)
    assert isinstance(question.exercise, Exercise)


def test_of_each_set_of_cases_one_decides_where_differences_can_be_taken_if_there_is_one(
    right,
) -> None:
    notebook, question = NAMED["max_pool_backward_naive"]
    made = prepare(question, right(notebook), b"seed")
    smooth = [name for name in made.cases if question.recipes[name].smooth]
    kinked = [name for name in made.cases if not question.recipes[name].smooth]
    assert smooth
    assert kinked
    small = min(smooth, key=lambda name: made.cases[name].inputs["x"].size)
    assert deciding(question, made, [frozenset(made.cases)]) == (small,)
    assert deciding(question, made, [frozenset(kinked[:1])]) == (kinked[0],)
    # A case that decides already need not be joined by another one.
    both = [frozenset({kinked[0], small}), frozenset({kinked[0]})]
    assert deciding(question, made, both) == (kinked[0],)
    assert deciding(question, made, []) == ()
