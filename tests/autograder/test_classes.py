"""Classes and training runs are judged in the sandbox: step by step, and by their results."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.exercises.convnet.training import HELD_OUT, TRAINED_ON, TRAINING
from autograder.grading import Grader
from autograder.preparation import make
from autograder.reference import Reference
from autograder.release import read_release
from autograder.submission import Submission, SubmittedCell

COURSE = Course(Path(__file__).parents[2])
NAME = "08_convnet"
BURN = """
    import time
    end = time.process_time() + {}
    while time.process_time() < end:
        pass
"""


@pytest.fixture(scope="module")
def right() -> Reference:
    return reference.load(COURSE, NAME)


@pytest.fixture(scope="module")
def network_grader(grader, right) -> Grader:
    return replace(
        grader,
        release=read_release(COURSE, NAME),
        questions=QUESTIONS[NAME],
        reference=right,
        shortcuts={},
    )


@pytest.fixture
def solved(right):
    """A function that makes a solved submission, with (name, old, new) edits of a definition."""

    def made(*edits: tuple[str, str, str]) -> Submission:
        changed = right
        for name, old, new in edits:
            changed = changed.changed(name, [(old, new)])
        code = [SubmittedCell("import numpy as np\nfrom fast_layers import *")]
        code += [SubmittedCell(changed.source(name)) for name in right.functions]
        code += [
            SubmittedCell(f"check({q.exercise.name})", q.exercise.name) for q in QUESTIONS[NAME]
        ]
        return Submission("ada", NAME, tuple(code))

    return made


def test_the_solved_classes_earn_everything_in_the_sandbox(network_grader, solved, lost) -> None:
    verdict = network_grader.grade(solved())
    assert lost(verdict) == {}, verdict.exercises
    assert all(found.share == 1 for found in verdict.exercises)


def test_a_layer_that_answers_though_it_is_frozen_loses_that_check_and_is_named(
    network_grader, solved, lost
) -> None:
    verdict = network_grader.grade(solved(("Affine", "if not self.trainable:", "if False:")))
    assert lost(verdict) == {"Affine": {"frozen"}}
    card = verdict.exercise("Affine").card
    assert any("a frozen layer answers as if nothing were" in text for text in card.diagnosis)
    assert "layer.trainable = False" in card.example
    assert "# refused should be" in card.example


def test_a_network_that_does_not_learn_loses_by_its_result_alone(
    network_grader, solved, lost
) -> None:
    edit = ("train_epoch", "        sgd.step()\n", "")
    verdict = network_grader.grade(solved(edit))
    assert lost(verdict) == {"digit_classes": {"learned", "unchanged"}}
    assert f"of {HELD_OUT} are right" in verdict.exercise("digit_classes").card.checks[0].message


def test_the_labels_that_decide_are_not_among_what_is_sent(right) -> None:
    (question,) = (q for q in QUESTIONS[NAME] if q.exercise is TRAINING)
    made = make(question, right.functions, b"seed")
    (case,) = made.cases.values()
    assert list(case.inputs) == ["images", "labels", "new_images"]
    assert case.inputs["images"].shape == (TRAINED_ON, 1, 8, 8)
    assert case.inputs["new_images"].shape == (HELD_OUT, 1, 8, 8)
    assert made.answers["sorted digits"]["classes"].shape == (HELD_OUT,)


def test_what_is_held_out_is_another_for_another_seed(right) -> None:
    (question,) = (q for q in QUESTIONS[NAME] if q.exercise is TRAINING)
    a, b = (make(question, right.functions, s).cases["sorted digits"] for s in (b"1", b"2"))
    assert (a.inputs["new_images"] != b.inputs["new_images"]).any()


def test_training_has_a_limit_of_its_own(network_grader, solved, lost) -> None:
    usual = network_grader.limits.call_cpu_seconds
    start = "    random = np.random.default_rng(0)\n"
    slow = solved(("digit_classes", start, BURN.format(3 * usual) + start))
    assert lost(network_grader.grade(slow)) == {}


def test_training_without_an_end_is_stopped_and_said_to_be(network_grader, solved) -> None:
    questions = [
        replace(q, exercise=replace(q.exercise, cpu_seconds=0.5)) if q.exercise is TRAINING else q
        for q in QUESTIONS[NAME]
    ]
    start = "    random = np.random.default_rng(0)\n"
    endless = solved(("digit_classes", start, "    while True:\n        pass\n"))
    verdict = replace(network_grader, questions=questions).grade(endless)
    # Once more with five times as much, then it is said.
    assert "used more than 2.5 s" in verdict.exercise("digit_classes").card.reason


def test_a_class_whose_cell_fails_is_told_with_the_cause(network_grader, solved) -> None:
    cells = [
        replace(cell, source=f"1 / 0\n{cell.source}") if "class SGD" in cell.source else cell
        for cell in solved().code
    ]
    verdict = network_grader.grade(replace(solved(), code=tuple(cells)))
    reason = verdict.exercise("SGD").card.reason
    assert "there is no function named SGD" in reason
    assert "ZeroDivisionError" in reason
