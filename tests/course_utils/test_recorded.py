"""The recorded exercises: what their files hold, and that nothing is lost on the way."""

import json
from dataclasses import replace

import numpy as np
import pytest

from course_utils import recorded
from course_utils.recorded import FOLDER, Recorded

NAMES = recorded.names()


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def arrays(made):
    """Every array of a recorded exercise."""
    for case in made.cases.values():
        yield from (v for v in case.inputs.values() if isinstance(v, np.ndarray))
        yield case.dout
        yield from made.answers[case.name].values()


def test_a_file_is_read_and_written_byte_for_byte(name):
    text = (FOLDER / f"{name}.json").read_bytes()
    assert Recorded.from_json(text.decode()).to_json().encode() == text


def test_an_exercise_comes_back_as_it_was(name):
    made = recorded.load(name)
    again = Recorded.from_json(made.to_json())
    assert again.exercise == made.exercise
    assert again.mistakes == made.mistakes
    assert again.tiny == made.tiny
    for before, after in zip(arrays(made), arrays(again), strict=True):
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before, after)


def test_an_exercise_agrees_with_what_is_read_again(name):
    text = recorded.load(name).to_json()
    assert Recorded.from_json(text).agrees(Recorded.from_json(text))


def test_inputs_are_fractions_with_small_powers_of_two_that_every_machine_holds_exactly(name):
    for case in recorded.load(name).cases.values():
        given = [v for v in case.inputs.values() if isinstance(v, np.ndarray)]
        for array in (*given, case.dout):
            steps = array * 2.0**40
            # An entry may be no number at all.
            assert (steps == np.round(steps))[~np.isnan(steps)].all()
            assert not (np.abs(array) >= 2**50).any()


#: Averages divide, and the others take roots and exponentials.
ROUNDED = (
    *("avg_", "numerical_", "relative_", "SGD_momentum"),
    *("swish_", "unit_rows_", "conv1d_fused_", "conv_transpose_fused_"),
    *("rnn_", "RNNCell", "truncated_", "complex_step_", "softmax_"),
)


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith(ROUNDED)])
def test_answers_that_are_not_rounded_do_not_depend_on_the_order_of_their_sums(name):
    """They are multiples of a power of two, small enough to be exact."""
    for answer in recorded.load(name).answers.values():
        for array in answer.values():
            fine = name in ("polynomial_backward", "SGD_momentum")
            steps = 64 * array if fine else 8 * array
            assert (steps == np.round(steps)).all()
            assert np.abs(steps).max() < 2**53


def test_no_case_is_empty_or_without_upstream_gradient(name):
    for case in recorded.load(name).cases.values():
        assert case.dout.size
        assert np.abs(case.dout).min() > 0


def test_every_output_of_every_case_has_an_answer(name):
    made = recorded.load(name)
    assert set(made.cases) == {*made.exercise.cases, *made.tiny}
    for answer in made.answers.values():
        assert tuple(answer) == made.exercise.outputs


def test_every_known_mistake_says_what_it_does_with_every_case(name):
    made = recorded.load(name)
    checks = {check.name for check in made.exercise.checks}
    assert made.mistakes
    for mistake in made.mistakes:
        assert set(mistake.results) == set(made.exercise.cases)
        assert mistake.failed
        assert set(mistake.failed) <= checks
        assert mistake.title
        assert mistake.question.endswith("?")
        assert mistake.remedy.endswith(".")


def test_no_file_holds_code_or_a_wrong_answer_written_out(name):
    """A machine of a student holds signatures of wrong results, never how they are made."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for words in ("def ", "np.", "import", "range(", "+=", "lambda"):
        assert words not in text.split('"mistakes"')[0]
    for mistake in json.loads(text)["mistakes"]:
        told = {"id", "title", "question", "remedy", "failed", "results"}
        assert told <= mistake.keys() <= {*told, "changed"}


@pytest.mark.parametrize("name", ["no_such_exercise", "../conv_forward_naive", "", "a/b"])
def test_what_is_not_recorded_is_a_key_error(name):
    with pytest.raises(KeyError):
        recorded.load(name)


def test_one_case_alone_is_judged_by_every_output_and_by_behaviour():
    made = recorded.load("conv_backward_naive").only("padded")
    assert made.exercise.cases == ("padded",)
    *values, unchanged, repeatable = made.exercise.checks
    assert [(c.name, c.outputs, c.cases) for c in values] == [
        (output, (output,), ("padded",)) for output in ("dx", "dw", "db")
    ]
    assert [check.kind for check in (unchanged, repeatable)] == ["unchanged", "repeatable"]


def test_an_optional_part_knows_its_function():
    assert recorded.load("conv_backward_naive").part == ""
    assert recorded.load("max_pool_forward_naive_padding").part == "padding"
    assert recorded.parts()["max_pool_forward_naive"] == ["padding"]
    assert recorded.parts()["conv_backward_naive"] == []
    assert "max_pool_forward_naive_padding" not in recorded.parts()


# The last bits of what was computed

NAME = "avg_pool_backward_naive"
MADE = recorded.load(NAME)
CASE = "side by side"


def with_answer(change):
    answer = {"dx": change(MADE.answers[CASE]["dx"])}
    return replace(MADE, answers={**MADE.answers, CASE: answer})


def with_case(**changes):
    return replace(MADE, cases={**MADE.cases, CASE: replace(MADE.cases[CASE], **changes)})


def with_mistake(**changes):
    return replace(MADE, mistakes=(replace(MADE.mistakes[0], **changes), *MADE.mistakes[1:]))


def with_sums(factor):
    result = MADE.mistakes[0].results[CASE]["dx"]
    changed = replace(result, sums=tuple(factor * s for s in result.sums))
    results = {**MADE.mistakes[0].results, CASE: {"dx": changed}}
    return with_mistake(results=results)


LAST_BITS = 1 + 2.0**-50


@pytest.mark.parametrize(
    "other",
    [
        MADE,
        with_answer(lambda dx: dx * LAST_BITS),
        with_case(saved={}),
        with_sums(LAST_BITS),
    ],
)
def test_records_agree_that_differ_in_the_last_bits_of_what_was_computed(other):
    assert MADE.agrees(other)
    assert other.agrees(MADE)


DOUT = MADE.cases[CASE].dout


@pytest.mark.parametrize(
    "other",
    [
        with_answer(lambda dx: dx * (1 + 1e-11)),
        with_answer(lambda dx: dx[:1]),
        with_answer(lambda dx: dx.astype(np.float32)),
        with_answer(lambda dx: np.full(dx.shape, np.nan)),
        with_case(dout=DOUT * LAST_BITS),
        with_case(inputs={**MADE.cases[CASE].inputs, "pool_param": {}}),
        with_case(saved={"out": DOUT}),
        with_sums(1 + 1e-10),
        with_mistake(title="another"),
        with_mistake(results={**MADE.mistakes[0].results, CASE: "ValueError"}),
        replace(MADE, mistakes=MADE.mistakes[1:]),
        replace(MADE, tiny=MADE.tiny[1:]),
        replace(MADE, exercise=replace(MADE.exercise, dependence="smooth")),
        replace(MADE, cases=dict(list(MADE.cases.items())[1:])),
    ],
)
def test_records_differ_that_differ_in_anything_else(other):
    assert not MADE.agrees(other)
    assert not other.agrees(MADE)


def test_saved_results_agree_up_to_their_last_bits():
    saved = [with_case(saved={"out": DOUT * factor}) for factor in (1, LAST_BITS, 1 + 1e-11)]
    assert saved[0].agrees(saved[1])
    assert not saved[0].agrees(saved[2])


def test_the_words_for_axes_come_back():
    named = replace(MADE, exercise=replace(MADE.exercise, axes={"dx": ("a", "b", "c", "d")}))
    assert Recorded.from_json(named.to_json()).exercise == named.exercise
