"""A mistake is named if it is known."""

from dataclasses import replace

import numpy as np
import pytest

from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.diagnosis import (
    SEE_CRASH,
    Diagnosis,
    diagnose,
    nearest,
)
from course_utils.exercise import CallStoppedError, CheckResult
from course_utils.judgement import Judgement
from course_utils.judging import judge
from course_utils.mistake import KnownMistake
from course_utils.signature import Signature

BACKWARD, FORWARD = "conv_backward_naive", "conv_forward_naive"
DB = "db = dout.sum(axis=(0, 2, 3))"
RETURNED = "return dx, dw, db"
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


@pytest.mark.parametrize(
    ("change", "named", "silent"),
    [
        ("dout += 1", "dout is", "weights are updated"),
        ("w += 1", "weights are updated", "dout is"),
        ("x += 1", "", "This looks like"),
    ],
)
def test_who_writes_to_an_argument_is_told_of_that_one(convolution, change, named, silent):
    """The rows differ in nothing else: all their values are right."""
    found = diagnosed(convolution((RETURNED, f"{change}\n    {RETURNED}")))
    assert named in found.name
    assert silent not in found.name
    assert bool(found.name) == bool(named)


def test_a_mistake_that_nobody_knows_is_not_named(convolution):
    found = diagnosed(convolution((DB, f"{DB} + np.arange(len(w))")))
    assert (found.question, found.name, found.mistakes) == ("", "", ())
    assert found.unknown == "No known mistake gives these numbers."
    assert found.example
    assert found.levels() == (2,)


def test_that_no_mistake_is_known_is_said_of_what_came_back(convolution):
    crash = diagnosed(convolution((DB, "db = dout.sum(axis=7)")))
    assert crash.unknown == "No known mistake fails in this way."
    asked, judgement, _ = examined(
        convolution(("return dx, dw, db", "x += 1\n    return dx, dw, db"))
    )
    nothing_known = replace(asked, mistakes=())
    session = LocalSession(convolution()[BACKWARD], BACKWARD)
    found = diagnose(nothing_known, judgement, session)
    assert found.unknown == "No known mistake behaves like this."


def test_agreement_on_a_single_case_names_nothing(convolution):
    """One case can agree by accident; a likely mistake agrees on two that it gets wrong."""
    asked, judgement, _ = examined(convolution((DB, f"{DB} + np.arange(len(w))")))
    right, row = asked.right_results, known("C20")
    telling = [name for name in right if len(asked.cases[name].inputs["x"]) > 1]
    for agreeing, named in ((telling[:1], False), (telling[:2], True)):
        answers = {name: as_c20_or_unlike(asked, name, name in agreeing) for name in right}
        found = nearest(replace(judgement, answers=answers, errors={}), [row], right)
        assert found == ((False, [row]) if named else None)


CERTAIN, LIKELY, UNNAMED = (True, ["X"]), (False, ["X"]), None


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        # By case: w is a wrong array, e an exception, and any other letter is right.
        ("ww--", CERTAIN),
        ("wwee", CERTAIN),
        ("w---", LIKELY),
        ("wee-", LIKELY),
        ("eeee", LIKELY),
        ("e---", LIKELY),
        ("----", LIKELY),
    ],
)
def test_only_wrong_arrays_on_two_cases_make_a_mistake_certain(results, expected):
    """What it shares with the mistake may be an exception, or nothing but the failed checks."""
    mistake, right = recorded_as(results)
    same = judgement_of(mistake, results)
    assert named(nearest(same, [mistake], right)) == expected
    other = replace(mistake, id="Y", failed=("another",))
    assert named(nearest(same, [other, mistake], right))[1][0] == "X"


@pytest.mark.parametrize(
    ("results", "differing", "expected"),
    [("www-", 1, LIKELY), ("ww--", 1, UNNAMED), ("wee-", 1, UNNAMED), ("eeee", 1, UNNAMED)],
)
def test_beside_another_difference_two_wrong_arrays_are_likely_and_less_is_nothing(
    results, differing, expected
):
    mistake, right = recorded_as(results)
    other = judgement_of(mistake, "x" * differing + results[differing:])
    assert named(nearest(other, [mistake], right)) == expected


@pytest.mark.parametrize("results", ["eeee", "eee-", "e---"])
def test_crashes_of_one_type_that_say_something_else_are_not_the_same(results):
    mistake, right = recorded_as(results)
    other = judgement_of(mistake, results)
    other = replace(other, errors=dict.fromkeys(other.errors, "ValueError: another"))
    assert nearest(other, [mistake], right) is None


def recorded_as(results):
    """A known mistake X with these results by case, and the right results."""
    right = {f"case {n}": {"dx": Signature.of(np.full(3, 1.0 + n))} for n in range(len(results))}
    wrong = dict(right)
    for n, (name, letter) in enumerate(zip(right, results, strict=True)):
        if letter != "-":
            negative = {"dx": Signature.of(np.full(3, -1.0 - n))}
            wrong[name] = negative if letter == "w" else "ValueError"
    return KnownMistake("X", "x is wrong", "Why?", "Do it right.", ("dx",), wrong), right


# A crash in every case

BY_FLOAT = """
import numpy as np

def conv_backward_naive(gradient, saved):
    image, weights, _, how = saved
    step, rim = how["stride"], how["pad"]
    rows = (image.shape[2] + 2 * rim - weights.shape[2]) / step + 1
    for row in range(rows):
        pass
"""
UNPACK = "x, w, b, conv_param = cache"


def test_a_known_crash_is_named_whatever_its_variables_are_called(notebook):
    found = diagnosed(notebook(BY_FLOAT))
    assert found.mistakes == ("C105",)
    assert found.name.startswith("This looks like a known mistake: ")


@pytest.mark.parametrize(
    "edit",
    [
        ("dout, cache", "dout"),
        ("dout, cache", "dout, cache, more"),
        (UNPACK, "x, w, b = cache"),
        (UNPACK, "x, w, b, conv_param, out = cache"),
        (DB, "db = dout.sum(axis=7)"),
        (DB, 'db = conv_param["step"]'),
        (DB, "db = dout.sums()"),
        (DB, "db = sum(dout)(2)"),
        (DB, "db = bias"),
        (DB, "db = dout @ w.T @ dout"),
        (DB, "db = x[:, :, 99]"),
        (DB, "db = [][0]"),
        (DB, "for i in range(dout): pass"),
    ],
)
def test_another_crash_in_every_case_is_called_unknown(convolution, edit):
    """The types are those of known mistakes that crash in every case."""
    asked, judgement, found = examined(convolution(edit))
    assert judgement.errors.keys() == set(asked.exercise.cases)
    assert (found.question, found.name, found.mistakes) == ("", "", ())
    # Of a call that cannot be made it is told how it is made, and that is all.
    told = "" if "is called as" in found.pattern else "No known mistake fails in this way."
    assert found.unknown == told
    assert found.remark == SEE_CRASH


def test_who_takes_other_arguments_is_told_how_the_function_is_called(convolution):
    found = diagnosed(convolution(("dout, cache", "dout")))
    assert found.pattern.startswith(f"{BACKWARD} is called as {BACKWARD}(dout, cache): ")


def test_mistakes_that_only_the_cache_shows_are_all_named(convolution):
    functions = convolution(("cache = (x, w, b, conv_param)", "cache = (xp, w, b, conv_param)"))
    _, backward, _ = examined(functions, BACKWARD)
    asked, forward, _ = examined(functions, FORWARD)
    session = LocalSession(functions[FORWARD], FORWARD)
    found = diagnose(asked, forward.with_cache(backward), session)
    assert found.name.startswith("This looks like one of these known mistakes: the cache holds")
    assert "the cache holds the padded x, which the backward pads again; " in found.name
    assert found.name.endswith(" The cache holds x, w, b and conv_param as they were given.")


@pytest.mark.parametrize("returned", ["dw, dx, db", "db, dw, dx", "dw, db, dx"])
def test_right_gradients_in_another_order_are_told_as_such(convolution, returned):
    found = diagnosed(convolution((RETURNED, f"return {returned}")))
    said = f"looks right but in another order: {returned}; expected dx, dw, db."
    assert found.pattern == f"What is returned {said}"
    assert not found.unknown
    assert not found.name
    assert "conv_backward_naive(dout, " in found.example


def test_another_order_of_gradients_of_which_one_is_wrong_is_not_told(convolution):
    found = diagnosed(convolution((RETURNED, "return dw, dx, 2 * db")))
    assert "another order" not in found.pattern


def test_a_check_that_explains_much_explains_no_crash(notebook):
    """A class without anything in it fails the check that would explain wrong values."""
    found = diagnosed(notebook("class Conv:\n    pass"), "Conv")
    assert (found.name, found.mistakes) == ("", ())
    assert found.unknown == "No known mistake fails in this way."


def test_no_mistake_that_only_crashes_is_named_for_failing_an_explaining_check():
    crashing, right = recorded_as("eeee")
    wrong, _ = recorded_as("www-")
    wrong = replace(wrong, id="W")
    student = judgement_of(wrong, "xxxx")
    for cases in ((), tuple(right)):
        found = nearest(student, [crashing, wrong], right, {"dx": cases})
        assert named(found) == (False, ["W"])


def judgement_of(mistake, results):
    """The judgement of a function that has these results; x is an array like no other."""
    arrays = {"w": -1.0, "x": 77.0, "-": 1.0}
    check = CheckResult("dx", "dx", "", 1, "value", "failed")
    return Judgement(
        "failed",
        (check,),
        answers={
            name: {"dx": np.full(3, arrays[letter] * (1 + n))}
            for n, (name, letter) in enumerate(zip(mistake.results, results, strict=True))
            if letter != "e"
        },
        errors={
            name: "ValueError"
            for name, letter in zip(mistake.results, results, strict=True)
            if letter == "e"
        },
    )


def named(found):
    return found and (found[0], [mistake.id for mistake in found[1]])


def test_of_two_mistakes_with_the_same_results_both_are_named(convolution):
    """Rotated in one form of the backward, not rotated in the other: the numbers are the same."""
    scatter, full = known("C08"), known("C66")
    assert (scatter.results, scatter.failed) == (full.results, full.failed)
    scattered = '"nf,fckl->nckl", dout[:, :, i, j], w'
    rotated = (f"{scattered})", f"{scattered}[:, :, ::-1, ::-1])")
    found = diagnosed(convolution(rotated))
    assert found.name.startswith("This matches exactly a known mistake: ")
    assert scatter.title in found.name
    assert full.title in found.name
    assert ". Or, with the same results: " in found.name
    assert found.question == f"{scatter.question} {full.question}"
    assert f"{known('C01').title}" not in found.name


def as_c20_or_unlike(asked, case, as_c20):
    """What the mistake C20 answers to a case, or what no known mistake does."""
    answer = dict(asked.answers[case])
    images = len(asked.cases[case].inputs["x"])
    answer["db"] = answer["db"] / images if as_c20 else answer["db"] + 1
    return answer


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
    assert whole.levels() == (2, 3, 4)
    assert replace(whole, example="").levels() == (2, 4)
    assert replace(whole, example="", remark="there is none").levels() == (2, 3, 4)


def test_where_nothing_is_known_all_there_is_comes_with_the_first_question():
    whole = Diagnosis("pattern", example="example", unknown="nothing known", remark="see below")
    assert whole.up_to(1) == Diagnosis("pattern")
    assert whole.up_to(2) == whole.up_to(3) == whole.up_to(4) == whole
    assert whole.sentences == ("pattern", "nothing known", "see below")
    assert whole.levels() == (2,)
    assert Diagnosis().levels() == ()


def test_infinite_and_huge_results_are_diagnosed_in_silence(convolution):
    for value in ("np.inf", "1.7e308"):
        found = diagnosed(convolution((DB, f"db = np.full(len(w), {value})")))
        assert found.name == ""
