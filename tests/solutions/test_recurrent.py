"""What ``06_recurrent`` promises: its worked examples, its claims, and its cell with a memory."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.misconceptions import CATALOGUE, EQUIVALENTS
from autograder.preparation import prepare
from course_utils.behaviour import USED_UP
from course_utils.checking import LocalSession, examine
from course_utils.judgement import CACHE_IS_WRONG, CACHED_RESULT_IS_WRONG
from course_utils.judging import judge

COURSE = Course(Path(__file__).parents[2])
NAME = "06_recurrent"
ASKED = {question.exercise.name: question for question in QUESTIONS[NAME]}
TEXT = (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8")

#: The example with three steps.
STATES = np.array([0.6, 0.8, 0.0])
FROM_ABOVE = np.array([8.0, 20.0, 10.0])


@pytest.fixture(scope="module")
def right():
    return reference.load(COURSE, NAME)


@pytest.fixture(scope="module")
def functions(right):
    return dict(right.functions)


def case_of(exercise, right, name):
    return prepare(ASKED[exercise], right, b"seed").cases[name]


def judged(functions, exercise, right, seed=b"seed"):
    """Failed checks of these functions, each with its message."""
    made = prepare(ASKED[exercise], right, seed)
    asked = ASKED[exercise].exercise
    session = LocalSession(functions[asked.function], asked.function)
    found = judge(asked, made.cases, made.answers, session)
    return {check.name: check.message for check in found.checks if check.status != "passed"}


# The worked examples


def test_the_states_of_the_examples_are_tanhs_of_logarithms() -> None:
    np.testing.assert_allclose(np.tanh(np.log([2, 3])), [0.6, 0.8])
    np.testing.assert_allclose(1 - STATES**2, [0.64, 0.36, 1])


def test_the_chain_has_the_numbers_of_the_table(functions) -> None:
    deltas, carried = functions["chain_backward"](FROM_ABOVE, STATES, 0.5)
    np.testing.assert_allclose(deltas, [8, 9, 10])
    assert carried == pytest.approx(4)
    assert functions["chain_weight"](FROM_ABOVE, STATES, 0.5, 0.5) == pytest.approx(17.4)


def test_without_the_carry_the_further_back_the_more_is_missing() -> None:
    dropped = FROM_ABOVE * (1 - STATES**2)
    np.testing.assert_allclose(dropped, [5.12, 7.2, 10])
    assert list(np.array([8, 9, 10]) - dropped) == sorted(
        np.array([8, 9, 10]) - dropped, reverse=True
    )


@pytest.mark.parametrize(
    ("before", "seen"),
    [([0.0, 0.6, 0.8], 13.4), ([STATES[-1], 0.6, 0.8], 13.4), (STATES, 12)],
)
def test_a_wrong_state_in_the_sum_of_the_weight_gives_the_number_that_is_told(before, seen) -> None:
    assert np.dot(before, [8, 9, 10]) == pytest.approx(seen)
    assert f"you see {seen:g}," in TEXT


def test_truncated_in_pieces_of_two_the_example_has_the_deltas_that_are_told() -> None:
    last, middle = 10.0, 20 * 0.36
    first = (8 + middle / 2) * 0.64
    assert (first, middle, last) == pytest.approx((7.424, 7.2, 10))
    assert "(8 + 3.6) \\cdot 0.64 = 7.424" in TEXT


def test_every_small_example_agrees_when_the_notebook_is_solved(functions, capsys) -> None:
    """The cells are run with the reference solutions, pictures and training left out."""
    code = re.sub(
        r"^(pictures\..*|check\(.*\)|from course_utils .*)$", "", TEXT, flags=re.MULTILINE
    )
    exec(compile(code, NAME, "exec"), {})  # noqa: S102 - the course's own code
    told = capsys.readouterr().out
    assert told.count("They agree.") == TEXT.count("\nattempt(") >= 15
    assert "They differ." not in told


# Claims of the prose


@pytest.mark.parametrize(("radius", "told"), [(0.8, 0.0015), (1, 1), (1.25, 646)])
def test_over_29_steps_a_radius_makes_what_is_told_of_a_gradient(radius, told) -> None:
    assert radius**29 == pytest.approx(told, rel=0.04)


def test_the_network_that_does_not_learn_in_200_rounds_is_there_after_400(functions) -> None:
    learn = learning(functions)
    assert np.mean(learn(0.3, rounds=200)[-20:]) > 0.2
    assert np.mean(learn(0.3, rounds=400)[-20:]) < 0.05
    for radius in (0.6, 0.9):
        assert np.mean(learn(radius, rounds=200)[-20:]) < 0.01


def learning(functions):
    """The notebook's training with these functions."""
    [text] = re.findall(
        r"^def learn_to_remember.*?^    return losses$", TEXT, re.DOTALL | re.MULTILINE
    )
    namespace = {**functions, "np": np}
    exec(text, namespace)  # noqa: S102 - the course's own code
    return namespace["learn_to_remember"]


@pytest.mark.parametrize("row", ["R19", "R16"])
def test_the_test_of_the_written_question_does_not_see_the_mistakes_of_the_model_answer(
    row, functions, right
) -> None:
    wrong = next(found for found in CATALOGUE[NAME] if found.id == row).functions(right)
    inputs = dict(case_of("rnn_backward", right, "five steps").inputs)
    zero = {**inputs, "h0": np.zeros(inputs["h0"].shape)}
    h, cache = functions["rnn_forward"](*zero.values())
    at_the_end = np.zeros(h.shape)
    at_the_end[:, -1] = 1.5
    for got, expected in zip(
        wrong["rnn_backward"](at_the_end, cache),
        functions["rnn_backward"](at_the_end, cache),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected)
    assert judged(wrong, "rnn_backward", right)


# The cases


@pytest.mark.parametrize("name", ["rnn_step_backward", "rnn_backward"])
def test_no_two_sizes_coincide_in_every_case(name, right) -> None:
    cases = prepare(ASKED[name], right, b"seed").cases.values()
    shapes = [(*case.inputs["x"].shape, case.inputs["Wh"].shape[0]) for case in cases]
    for a, b in combinations(range(len(shapes[0])), 2):
        assert any(shape[a] != shape[b] for shape in shapes)


def test_slopes_are_neither_all_one_nor_all_zero(right) -> None:
    for case in prepare(ASKED["rnn_backward"], right, b"seed").cases.values():
        slopes = 1 - case.saved["h"] ** 2
        assert np.mean(slopes < 0.9) > 0.25
        assert np.mean(slopes > 0.1) > 0.25


def test_what_is_built_from_exponentials_overflows_far_out(right) -> None:
    case = case_of("rnn_step_forward", right, "far out")
    a = case.inputs["x"] @ case.inputs["Wx"]
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.abs(a))).all()


def test_the_plateau_is_the_error_of_who_says_nothing(functions) -> None:
    losses = learning(functions)(0.3, rounds=200)
    assert np.allclose(np.reshape(losses[10:], (-1, 10)).mean(axis=1), 0.25, atol=0.03)
    assert "line of radius 0.3 stays near 0.25" in TEXT


def test_without_a_first_state_the_weight_of_the_first_step_has_no_gradient(functions) -> None:
    weight = functions["chain_weight"]
    assert weight([10, 0, 0], STATES, 0.0, 0.5) == 0
    assert weight([10, 0, 0], STATES, 0.4, 0.5) != 0


def test_the_mistakes_of_the_table_that_the_course_has_not_but_public_code_has_are_named() -> None:
    right = reference.load(COURSE, NAME)
    for row, told in (("R64", "the cache is used up"), ("R63", "np.empty")):
        wrong = next(found for found in CATALOGUE[NAME] if found.id == row)
        card = examine(wrong.functions(right)["rnn_backward"], "rnn_backward")
        assert any("known mistake" in text and told in text for text in card.diagnosis), row


def test_a_card_shows_a_case_whose_sizes_tell_the_axes_apart() -> None:
    right = reference.load(COURSE, NAME)
    for row in ("R04", "R15", "RS09", "RS11"):
        wrong = next(found for found in CATALOGUE[NAME] if found.id == row)
        card = examine(wrong.functions(right)[wrong.function], wrong.function)
        for check in (check for check in card.checks if check.worst is not None):
            assert not re.search(r"x \((\d+)(, \1)+\)", check.case), (row, check.case)


def test_a_cell_that_answers_like_the_functions_is_told_what_a_cell_returns() -> None:
    right = reference.load(COURSE, NAME)
    for old, new, told in (
        ("        return h\n", "        return h, None\n", "forward returns a pair"),
        ("return da @ self.Wx.T", "return da @ self.Wx.T, self.dWx", "backward returns all"),
    ):
        cell = right.changed("RNNCell", [(old, new)]).functions["RNNCell"]
        assert any(told in text for text in examine(cell, "RNNCell").diagnosis)


# Caches of one's own, and state


def test_a_backward_that_empties_the_list_of_its_cache_is_right_once(right) -> None:
    [listed] = (found for found in EQUIVALENTS[NAME] if found.id == "a list of step caches")
    changed = listed.reference(right)
    popping = changed.changed("rnn_backward", [("cache[t]", "cache.pop()")]).functions
    assert judged(changed.functions, "rnn_backward", right) == {}
    failed = judged(popping, "rnn_backward", right)
    assert list(failed) == ["repeatable"]
    assert "the second call failed: IndexError" in failed["repeatable"]
    assert failed["repeatable"].endswith(USED_UP)


@pytest.mark.parametrize(
    ("step", "old", "new"),
    [
        (True, "np.tanh(x @ Wx + prev_h @ Wh + b)", "x @ Wx + prev_h @ Wh + b"),
        (False, "prev_h = h0\n", "prev_h = np.zeros(h0.shape)\n"),
    ],
)
def test_of_a_wrong_forward_its_result_is_blamed_and_not_what_it_caches(step, old, new) -> None:
    """The cache holds the states, as it should; it is they that are wrong."""
    names = ("rnn_step_forward", "rnn_step_backward") if step else ("rnn_forward", "rnn_backward")
    wrong = reference.load(COURSE, NAME).changed(names[0], [(old, new)]).functions
    backward = examine(wrong[names[1]], names[1])
    assert backward.status == "passed"
    assert CACHED_RESULT_IS_WRONG in backward.diagnosis
    assert CACHE_IS_WRONG not in backward.diagnosis
    forward = examine(wrong[names[0]], names[0])
    assert [c.message for c in forward.checks if c.kind == "cache"] == [CACHED_RESULT_IS_WRONG]


def test_a_forward_with_right_states_that_caches_others_is_told_so() -> None:
    row = next(row for row in CATALOGUE[NAME] if row.id == "RT18")
    card = examine(row.functions(reference.load(COURSE, NAME))["rnn_backward"], "rnn_backward")
    assert CACHE_IS_WRONG in card.diagnosis


def test_truncated_gradients_are_those_of_pieces_with_constant_first_states(
    functions, right
) -> None:
    """Differences of a loss in which every piece starts from a state that does not move."""
    inputs = dict(case_of("truncated_gradients", right, "pieces of two").inputs)
    dh, steps = inputs.pop("dh"), inputs.pop("steps")
    h, _ = functions["rnn_forward"](*inputs.values())
    starts = range(0, dh.shape[1], steps)

    def loss(x, h0, *weights):
        total = 0.0
        for start in starts:
            piece = slice(start, start + steps)
            before = h[:, start - 1] if start else h0
            states, _ = functions["rnn_forward"](x[:, piece], before, *weights)
            total += np.sum(states * dh[:, piece])
        return total

    found = functions["truncated_gradients"](*inputs.values(), dh, steps)
    random = np.random.default_rng(2)
    for place, gradient in enumerate(found):
        moved = [list(inputs.values()), list(inputs.values())]
        direction = random.normal(size=gradient.shape)
        moved[0][place] = moved[0][place] + 1e-5 * direction
        moved[1][place] = moved[1][place] - 1e-5 * direction
        slope = (loss(*moved[0]) - loss(*moved[1])) / 2e-5
        assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-7)
