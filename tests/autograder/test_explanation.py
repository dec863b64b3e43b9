"""A mark can be explained: the verdict is replayed, and shows what decided."""

from dataclasses import replace

import numpy as np
import pytest

from autograder import explanation
from autograder.errors import UsageError
from autograder.explanation import explain
from autograder.grading import Grader
from autograder.store import VerdictStore
from autograder.submission import read_submission
from course_utils.diagnosis import SEE_CRASH, SEE_EXAMPLE

NAME = "02_convolution"
MISTAKE = ("conv_backward_naive", "dw[f] += ", "dw[f] = ")


@pytest.fixture
def store(course) -> VerdictStore:
    return VerdictStore(course.verdicts)


@pytest.fixture
def judged(grader: Grader, store: VerdictStore, hand_in, notebook):
    """A function that hands in a notebook with the mistake and keeps the verdict; the folder."""

    def judge(student: str = "ada"):
        path = hand_in(student, notebook(NAME, MISTAKE))
        store.put(grader.grade(read_submission(path, student, grader.release)))
        return path.parent

    return judge


def test_a_verdict_is_the_same_when_it_is_judged_again(grader, store, judged) -> None:
    found = explain(grader, store, judged(), "ada", "conv_backward_naive")
    assert found.same
    assert found.changed == ""
    text = found.text()
    assert text.startswith("ada, conv_backward_naive: ")
    assert "Judged again with the seed of that verdict: the same" in text
    assert "failed: dw, the gradient with respect to w (" in text
    assert "passed: dx" in text


def test_the_hidden_case_is_shown_as_code_that_fails_in_the_same_way(grader, store, judged) -> None:
    found = explain(grader, store, judged(), "ada", "conv_backward_naive")
    (failed,) = [check for check in found.judgement.checks if check.status == "failed"]
    wrong = grader.reference.changed(MISTAKE[0], [MISTAKE[1:]]).functions
    names = {"np": np, **wrong}
    exec("\n".join(found.code), names)  # noqa: S102 - code of our own making
    assert failed.worst is not None
    assert names["dw"][failed.worst.index] == pytest.approx(failed.worst.got)
    assert names["dw"][failed.worst.index] != pytest.approx(failed.worst.expected)


def test_no_two_students_are_explained_with_the_same_case(grader, store, judged) -> None:
    codes = {
        explain(grader, store, judged(student), student, "conv_backward_naive").code
        for student in ("ada", "bob")
    }
    assert len(codes) == 2


def test_what_is_right_has_no_failing_case(grader, store, judged) -> None:
    found = explain(grader, store, judged(), "ada", "conv_forward_naive")
    assert found.code == ()
    assert {check.status for check in found.judgement.checks} == {"passed"}


def test_a_submission_that_changed_since_is_told(grader, store, judged, hand_in, notebook) -> None:
    folder = judged()
    hand_in("ada", notebook(NAME))
    found = explain(grader, store, folder, "ada", "conv_backward_naive")
    assert not found.same
    assert "have changed since" in found.changed
    assert found.data()["same"] is False
    # What was told of the older one is not true of this one.
    assert "known mistake" not in found.text()


def test_what_was_told_with_the_verdict_is_shown_but_for_the_small_case(
    grader, store, judged
) -> None:
    found = explain(grader, store, judged(), "ada", "conv_backward_naive")
    assert "known mistake" in found.text()
    for remark in (SEE_EXAMPLE, SEE_CRASH):
        card = replace(found.exercise.card, diagnosis=("The pattern.", remark))
        text = replace(found, exercise=replace(found.exercise, card=card)).text()
        assert "The pattern." in text
        assert remark not in " ".join(text.split())


def test_whom_nobody_judged_nobody_explains(grader, store, judged) -> None:
    folder = judged()
    (folder.parents[1] / "bob" / NAME).mkdir(parents=True)
    (folder.parents[1] / "eve" / "03_pooling").mkdir(parents=True)
    for name, told in (
        ("bob", "no verdict on 'bob' for 02_convolution; run 'autograder grade 02_convolution'"),
        ("Ada!", r"nobody of that name is in .*submitted, and the closest are ada; give the name"),
        ("eve", "02_convolution: 'eve' has handed in nothing for it"),
        ("zoltan", "nobody of that name is in .*, and no name is close to it; give the name"),
    ):
        place = folder.parents[1] / name / NAME
        with pytest.raises(UsageError, match=told):
            explain(grader, store, place, name, "conv_backward_naive")
    (folder / f"{NAME}.ipynb").write_text("{")
    with pytest.raises(UsageError, match="can no longer be read: the file is not valid JSON"):
        explain(grader, store, folder, "ada", "conv_backward_naive")


def test_an_exercise_names_its_assignment(course) -> None:
    assert explanation.assignment_of(course, "avg_pool_backward_naive_padding") == "03_pooling"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing", r"^no exercise 'nothing'; there are .*conv_forward_naive, "),
        ("conv_backward", r"^no exercise 'conv_backward'; the closest are .*conv_backward_naive"),
        (
            "02_convolution",
            "^02_convolution is an assignment; expected one of its exercises: conv_forward",
        ),
        (
            "why_gradients_add",
            "^why_gradients_add is a written answer of 02_convolution; a person reads it, so ",
        ),
    ],
)
def test_what_is_no_exercise_is_told_with_what_it_is(course, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        explanation.assignment_of(course, name)
