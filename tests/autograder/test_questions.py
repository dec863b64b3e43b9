"""The exercises as data: what they promise of cases, checks, weights and names."""

import ast
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS
from autograder.exercises.question import VISIBLE_SEED, distinct, nonzero, stream
from autograder.misconceptions import CATALOGUE, EQUIVALENTS
from autograder.preparation import prepare
from autograder.release import read_release
from course_utils.exercise import VALUE_KINDS

NAMED = {q.exercise.name: (notebook, q) for notebook, qs in QUESTIONS.items() for q in qs}
EVERY = pytest.mark.parametrize("name", NAMED)


@EVERY
def test_an_exercise_is_a_grade_cell_of_its_release(course: Course, name: str) -> None:
    notebook, question = NAMED[name]
    cell = read_release(course, notebook).cell(name)
    assert cell.kind == "autograded"
    assert cell.maximum > 0
    part = name.removeprefix(question.exercise.function).lstrip("_")
    argument = f', part="{part}"' if part else ""
    assert cell.source.strip() == f"check({question.exercise.function}{argument})"


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_every_grade_cell_is_asked_about_in_its_order(course: Course, notebook: str) -> None:
    cells = [c.grade_id for c in read_release(course, notebook).cells if c.kind == "autograded"]
    assert sorted(cells) == sorted(q.exercise.name for q in QUESTIONS[notebook])


@EVERY
def test_its_functions_have_reference_solutions(course: Course, name: str) -> None:
    notebook, question = NAMED[name]
    functions = reference.load(course, notebook).functions
    exercise = question.exercise
    assert {exercise.function, exercise.forward or exercise.function} <= functions.keys()
    if exercise.backward:
        assert exercise.backward in functions
        assert exercise.consumer in NAMED


@EVERY
def test_what_a_reference_calls_of_other_exercises_is_a_helper(course: Course, name: str) -> None:
    notebook, question = NAMED[name]
    exercise = question.exercise
    asked = {q.exercise.name for q in QUESTIONS[notebook]} - {exercise.function}
    tree = ast.parse(reference.load(course, notebook).source(exercise.function))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & asked
    assert called <= set(exercise.helpers) <= asked


@EVERY
def test_checks_have_names_rules_and_weights(name: str) -> None:
    exercise = NAMED[name][1].exercise
    names = [check.name for check in exercise.checks]
    assert len(names) == len(set(names))
    for check in exercise.checks:
        assert check.title
        assert check.rule.endswith(".")
        assert check.weight > 0
        assert (
            bool(check.cases)
            == bool(check.outputs)
            == (check.kind in (*VALUE_KINDS, "dtype", "adjoint"))
        )
        assert set(check.outputs) <= set(exercise.outputs)
    covered = {output for check in exercise.checks for output in check.outputs}
    assert covered == set(exercise.outputs)


@EVERY
def test_values_are_worth_more_than_behaviour(name: str) -> None:
    checks = NAMED[name][1].exercise.checks
    values = sum(check.weight for check in checks if check.kind in VALUE_KINDS)
    assert values > 2 * sum(check.weight for check in checks if check.kind not in VALUE_KINDS)


@EVERY
def test_every_case_has_a_recipe_and_says_what_it_is_for(name: str) -> None:
    question = NAMED[name][1]
    for case in (*question.exercise.cases, *question.tiny):
        assert question.recipes[case].name == case
        assert question.recipes[case].purpose


@EVERY
def test_each_case_has_random_numbers_of_its_own(name: str) -> None:
    """So that a case more or less changes no other."""
    question = NAMED[name][1]
    whole = question.inputs(b"seed")
    for case in whole:
        [(_, alone)] = question.inputs(b"seed", (case,)).items()
        for argument, value in whole[case].items():
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(alone[argument], value)


def sizes(inputs, shape: tuple[int, ...]) -> dict[str, int]:
    """Every size and number of a case, by its name; ``shape`` is that of the output."""
    found = dict(zip(("N", "C", "H", "W"), inputs["x"].shape, strict=True))
    found |= zip(("H'", "W'"), shape[2:], strict=True)
    if "w" in inputs:
        found |= zip(("F", "_", "HH", "WW"), inputs["w"].shape, strict=True)
        del found["_"]
    for value in inputs.values():
        if isinstance(value, dict):
            found |= value
    return found


@pytest.mark.parametrize(
    "name", [n for n, (notebook, _) in NAMED.items() if "02" <= notebook < "04"]
)
def test_no_two_sizes_coincide_in_every_case(course: Course, name: str) -> None:
    """Where two of them always agree, code that mixes them up passes."""
    notebook, question = NAMED[name]
    made = prepare(question, reference.load(course, notebook), b"seed").cases.values()
    found = [sizes(case.inputs, case.dout.shape) for case in made]
    for a, b in combinations(found[0], 2):
        assert any(case[a] != case[b] for case in found), (a, b)


@pytest.mark.parametrize("name", [n for n in NAMED if n.startswith("max")])
def test_maxima_are_without_ties_where_ties_are_not_the_question(name: str) -> None:
    question = NAMED[name][1]
    for case, inputs in question.inputs(b"seed").items():
        values = inputs["x"].ravel()
        assert (len(set(values)) == values.size) == question.recipes[case].smooth


@EVERY
def test_tiny_cases_are_small_enough_to_work_by_hand(name: str) -> None:
    question = NAMED[name][1]
    # No small training run learns anything.
    assert question.tiny or question.exercise.by_share
    for inputs in question.inputs(b"seed", question.tiny).values() if question.tiny else ():
        arrays = [value for value in inputs.values() if isinstance(value, np.ndarray)]
        assert sum(array.size for array in arrays[:1]) <= 48


def test_no_visible_tiny_case_hides_a_mistake_in_gradients_that_are_zero(course: Course) -> None:
    notebook, question = NAMED["conv_backward_naive"]
    made = prepare(question, reference.load(course, notebook), VISIBLE_SEED, question.tiny)
    for case, answer in made.answers.items():
        assert answer["dw"].all(), case
        assert answer["db"].all(), case


def test_a_case_without_a_recipe_is_named_with_its_check() -> None:
    question = NAMED["conv_forward_naive"][1]
    checks = tuple(replace(check, cases=("paded",)) for check in question.exercise.checks[:1])
    mistaken = replace(question, exercise=replace(question.exercise, checks=checks))
    with pytest.raises(UsageError, match=r"'paded' \(check out_plain\); there are plain, padded"):
        mistaken.inputs(b"seed")


# Random numbers


def test_streams_depend_on_every_name_and_on_where_it_ends() -> None:
    def first(*arguments) -> int:
        return int(stream(*arguments).integers(2**60))

    same = first(b"s", "a", "b")
    assert first(b"s", "a", "b") == same
    others = [first(b"s", "ab"), first(b"s", "b", "a"), first(b"t", "a", "b"), first(b"s", "a")]
    assert len({same, *others}) == 5


def test_streams_are_the_same_on_every_machine() -> None:
    assert stream(b"seed", "a").integers(1000, size=4).tolist() == [184, 588, 669, 152]


def test_numbers_without_zero_have_both_signs_and_every_size() -> None:
    values = nonzero(stream(b"s"), (50, 40), 9)
    assert values.dtype == np.float64
    assert set(values.ravel()) == {*range(-9, 0), *range(1, 10)}


def test_an_arrangement_has_every_number_once() -> None:
    values = distinct(stream(b"s"), (3, 4), -5)
    assert sorted(values.ravel()) == list(range(-5, 7))
    assert values.shape == (3, 4)


# The catalogue


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_the_catalogue_names_functions_and_checks_that_are_there(
    course: Course, notebook: str
) -> None:
    right = reference.load(course, notebook)
    asked = {q.exercise.function for q in QUESTIONS[notebook]}
    checks = {
        (q.exercise.function, check.name)
        for q in QUESTIONS[notebook]
        for check in q.exercise.checks
    }
    rows = CATALOGUE[notebook]
    assert {row.function for row in rows} == asked
    for row in rows:
        assert (row.function, row.check) in checks, row.id
        assert row.question.endswith("?"), row.id
        assert row.remedy.endswith("."), row.id
        assert row.title
        assert not row.title.endswith("."), row.id
        row.reference(right)
    for equivalent in EQUIVALENTS[notebook]:
        assert equivalent.reason, equivalent.id
        equivalent.reference(right)


def test_no_two_rows_have_one_name() -> None:
    ids = [row.id for rows in (*CATALOGUE.values(), *EQUIVALENTS.values()) for row in rows]
    assert len(ids) == len(set(ids))
    assert sum(len(rows) for rows in CATALOGUE.values()) >= 130
