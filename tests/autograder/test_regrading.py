"""What another grading would change is told before anything is written."""

from dataclasses import replace

import pytest

from autograder import batch, regrading
from autograder.store import VerdictStore

NAME = "02_convolution"
MISTAKE = ("conv_backward_naive", "dw[f] += ", "dw[f] = ")


@pytest.fixture
def class_of_two(course, hand_in, notebook, isolation):
    """ada is right, bob has a mistake; both have been judged."""
    hand_in("ada", notebook(NAME))
    hand_in("bob", notebook(NAME, MISTAKE))
    grader = batch.make_grader(course, NAME, isolation)
    store = VerdictStore(course.verdicts)
    for student, folder in batch.find_submissions(course, NAME):
        batch.grade_one(grader, student, folder, store)
    return store


@pytest.fixture
def compare(course, isolation):
    def compare():
        found = batch.find_submissions(course, NAME)
        changes = regrading.changes(course, NAME, isolation, found, jobs=1)
        return {change.student: change for change in changes if change is not None}

    return compare


def contents(course):
    return {
        p: p.read_bytes() for p in course.class_root.rglob("*") if p.is_file() and "-" not in p.name
    }


def test_where_nothing_has_changed_no_score_would_change(class_of_two, compare) -> None:
    assert compare() == {}


def test_a_changed_score_is_told_with_the_checks_that_moved_and_nothing_is_written(
    course, class_of_two, compare, hand_in, notebook
) -> None:
    hand_in("ada", notebook(NAME, MISTAKE))
    hand_in("bob", notebook(NAME))
    hand_in("cyd", notebook(NAME))
    hand_in("dan", b"{")
    before = contents(course)
    found = compare()
    assert contents(course) == before
    assert found.keys() == {"ada", "bob", "cyd", "dan"}
    full = found["ada"].before
    assert found["ada"].after < full == found["bob"].after
    assert "conv_backward_naive: dw, the gradient with respect to w failed, was passed" in (
        found["ada"].why
    )
    assert "the code that is handed in has changed" in found["ada"].why
    assert (found["cyd"].before, found["cyd"].why) == (None, "it has no score yet")
    assert str(found["dan"]).startswith("dan: no score → no score: unreadable: the file is not")


def test_a_lost_file_would_keep_the_older_score(class_of_two, compare, hand_in) -> None:
    hand_in("ada", b"")
    assert compare()["ada"].why.endswith("(the older score would be kept)")


def test_other_weights_are_told_as_such(class_of_two, compare) -> None:
    kept = class_of_two.get("bob", NAME)
    cheaper = tuple(
        replace(e, share=0.1) if e.exercise == MISTAKE[0] else e for e in kept.exercises
    )
    class_of_two.put(replace(kept, exercises=cheaper))
    assert compare()["bob"].why == "conv_backward_naive: its checks have other weights"


def test_who_would_be_judged_are_those_that_are_new_or_changed(
    course, class_of_two, isolation, hand_in, notebook
) -> None:
    hand_in("bob", notebook(NAME))
    hand_in("cyd", notebook(NAME))
    found = batch.find_submissions(course, NAME)
    assert regrading.would_judge(course, NAME, isolation, found) == ["bob", "cyd"]
