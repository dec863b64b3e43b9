"""A mistake is named if it is known, and its smallest failing case is code that runs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.diagnosis import Diagnosis, diagnose, nearest, right_results
from course_utils.exercise import CallStoppedError
from course_utils.judging import judge

BACKWARD, FORWARD = "conv_backward_naive", "conv_forward_naive"
DB = "db = dout.sum(axis=(0, 2, 3))"
CROP = "dx = dxp[:, :, p : p + H, p : p + W]"


def examined(functions, exercise=BACKWARD):
    """The recorded exercise, what judging found of the function, and its diagnosis."""
    asked = recorded.load(exercise)
    session = LocalSession(functions[asked.exercise.function], asked.exercise.function)
    with quiet_numpy():
        judgement = judge(asked.exercise, asked.cases, asked.answers, session)
        return asked, judgement, diagnose(asked, judgement, session)


def diagnosed(functions, exercise=BACKWARD):
    return examined(functions, exercise)[2]


def known(row, exercise=BACKWARD):
    return next(m for m in recorded.load(exercise).mistakes if m.id == row)


@pytest.mark.parametrize(
    ("row", "edit"),
    [
        ("C02", (CROP, "dx = dxp[:, :, p:-p, p:-p]")),
        ("C01", (CROP, "dx = dxp")),
        ("C03", (CROP, "dx = dxp[:, :, :H, :W]")),
        ("C17", ("axis=(0, 2, 3)", "axis=(2, 3)")),
        ("C20", (DB, f"{DB} / len(x)")),
        ("C21", ("return dx, dw, db", "return dx, dw / len(x), db")),
    ],
)
def test_a_known_mistake_is_named_however_it_is_written(convolution, row, edit):
    """The catalogue's rows change four loops; this notebook has two and einsum."""
    found = diagnosed(convolution(edit))
    mistake = known(row)
    assert mistake.id in found.mistakes
    first = known(found.mistakes[0])
    assert found.question == first.question
    assert first.title in found.name
    assert found.name.endswith(first.remedy)
    assert found.name.startswith("This matches exactly a known mistake: ")


def test_a_known_mistake_among_others_is_called_likely_not_certain(convolution):
    functions = convolution((DB, f"{DB} / len(x)"), (CROP, "dx = dxp[:, :, :H, :W]"))
    found = diagnosed(functions)
    assert found.name == "" or found.name.startswith("This looks like a known mistake: ")


def test_a_known_mistake_with_bad_behaviour_on_top_is_not_certain(convolution):
    writes = ("return dx, dw, db", "dout += 1\n    return dx, dw, db")
    found = diagnosed(convolution((DB, f"{DB} / len(x)"), writes))
    assert found.name.startswith("This looks like a known mistake: db is averaged")


def test_a_mistake_that_nobody_knows_is_not_named(convolution):
    found = diagnosed(convolution((DB, f"{DB} + np.arange(len(w))")))
    assert (found.question, found.name, found.mistakes) == ("", "", ())
    assert found.example


def test_agreement_on_a_single_case_names_nothing(convolution):
    """One case can agree by accident; a likely mistake agrees on two that it gets wrong."""
    asked, judgement, _ = examined(convolution((DB, f"{DB} + np.arange(len(w))")))
    right, row = right_results(asked), known("C20")
    telling = [name for name in right if len(asked.cases[name].inputs["x"]) > 1]
    for agreeing, named in ((telling[:1], False), (telling[:2], True)):
        answers = {name: as_c20_or_unlike(asked, name, name in agreeing) for name in right}
        found = nearest(replace(judgement, answers=answers, errors={}), [row], right)
        assert found == ((False, [row]) if named else None)


def as_c20_or_unlike(asked, case, as_c20):
    """What the mistake C20 answers to a case, or what no known mistake does."""
    answer = dict(asked.answers[case])
    images = len(asked.cases[case].inputs["x"])
    answer["db"] = answer["db"] / images if as_c20 else answer["db"] + 1
    return answer


# The example

EXERCISES = {
    BACKWARD: (CROP, "dx = dxp[:, :, p:-p, p:-p]"),
    FORWARD: ("+ b[:, None, None]", "- b[:, None, None]"),
    "max_pool_backward_naive": ("+= dout[n, c, i, j]", "= dout[n, c, i, j]"),
    "max_pool_forward_naive_padding": ("around(x, p, -np.inf), kh, kw, s).max", "around(x, p, 0), kh, kw, s).max"),  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_example_is_code_that_shows_both_results(convolution, pooling, exercise):
    make = convolution if exercise.startswith("conv") else pooling
    functions = dict(make(EXERCISES[exercise]))
    text = diagnosed(functions, exercise).example
    exec(text, functions)  # noqa: S102 - a student pastes it
    asked = recorded.load(exercise).exercise
    told = re.findall(r"^# (\w+) should be (.*)\n# \1 is        (.*)$", text, re.MULTILINE)
    assert told
    for output, expected, got in told:
        assert output in asked.outputs
        np.testing.assert_allclose(functions[output], eval(got, functions), atol=1e-4)  # noqa: S307
        assert not np.array_equal(functions[output], eval(expected, functions))  # noqa: S307


def test_the_example_is_the_smallest_that_fails(convolution):
    asked, _, found = examined(convolution((DB, f"{DB} / len(x)")))
    # Any case of a single image is right.
    failing = next(n for n in asked.tiny if len(asked.cases[n].inputs["x"]) > 1)
    assert f"x = np.array({asked.cases[failing].inputs['x'].tolist()})".replace(".0", ".") in (
        found.example
    )
    assert max(len(line) for line in found.example.splitlines()) < 120


def test_an_exception_is_part_of_the_example(convolution):
    found = diagnosed(convolution((DB, "db = dout.sum(axis=7)")))
    assert "# dx: AxisError" in found.example


def test_where_no_small_case_fails_there_is_no_example(convolution):
    assert diagnosed(convolution((DB, f"{DB} + 1e-3 * (len(x) > 2)"))).example == ""


def test_a_function_that_stops_on_a_small_case_leaves_the_example_out(convolution):
    class Stopping(LocalSession):
        calls = 0

        def call(self, *arguments, **options):
            self.calls += 1
            if self.calls > 30:
                raise CallStoppedError("too long", out_of_time=True)
            return super().call(*arguments, **options)

    functions = convolution((DB, f"{DB} / len(x)"))
    asked = recorded.load(BACKWARD)
    session = Stopping(functions[BACKWARD], BACKWARD)
    judgement = judge(asked.exercise, asked.cases, asked.answers, session)
    found = diagnose(asked, judgement, session)
    assert found.example == ""
    assert found.name


# Who is not diagnosed


def test_right_and_unwritten_functions_are_not_diagnosed(convolution):
    assert diagnosed(convolution()) == Diagnosis()
    assert diagnosed(convolution((DB, "raise NotImplementedError()"))) == Diagnosis()


def test_hints_add_up():
    whole = Diagnosis("pattern", "question", "example", "name", ("C01",))
    assert whole.up_to(1) == Diagnosis("pattern", mistakes=("C01",))
    assert whole.up_to(2) == Diagnosis("pattern", "question", mistakes=("C01",))
    assert whole.up_to(3) == Diagnosis("pattern", "question", "example", mistakes=("C01",))
    assert whole.up_to(4) == whole
    assert whole.sentences == ("pattern", "question", "name")


def test_infinite_and_huge_results_are_diagnosed_in_silence(convolution):
    for value in ("np.inf", "1.7e308"):
        found = diagnosed(convolution((DB, f"db = np.full(len(w), {value})")))
        assert found.name == ""
