"""A training run is judged by the share of its predictions that are right."""

import numpy as np
import pytest

from course_utils.checking import LocalSession
from course_utils.diagnosis import failed_checks, results_of
from course_utils.exercise import Case, Check, Exercise
from course_utils.judging import judge
from course_utils.share import GUESSES, ONE_CLASS, TOO_FEW, compare_share, failure

RIGHT = np.arange(100) % 10
READ = Exercise(
    name="read",
    function="read",
    outputs=("classes",),
    caches=False,
    checks=(
        Check(
            "learned",
            "digits",
            "Four of five.",
            1,
            kind="share",
            outputs=("classes",),
            cases=("a",),
            least=0.8,
        ),
        Check("unchanged", "inputs", "Read only.", 1, kind="unchanged"),
    ),
)
CASE = Case("a", {"images": np.ones((100, 1))}, np.zeros(0))


def with_wrong(number: int) -> np.ndarray:
    """The right classes, but for so many of them, which are one too high."""
    return (RIGHT + (np.arange(100) < number)) % 10


def judged(function):
    return judge(READ, {"a": CASE}, {"a": {"classes": RIGHT}}, LocalSession(function, "read"))


@pytest.mark.parametrize(("wrong", "status"), [(0, "passed"), (20, "passed"), (21, "failed")])
def test_the_share_decides_and_not_which_ones_are_right(wrong, status) -> None:
    assert judged(lambda _: with_wrong(wrong)).checks[0].status == status


def test_classes_may_be_numbers_of_any_kind() -> None:
    for kind in (np.int32, np.float64, np.uint8):
        assert judged(lambda _, kind=kind: RIGHT.astype(kind)).status == "passed"


def test_the_message_says_how_many_are_right_and_how_many_are_wanted() -> None:
    found = compare_share("classes", with_wrong(50), RIGHT, 0.8)
    assert found.message == "classes: 50 of 100 are right (50%), expected at least 80%"


def test_guessing_and_a_single_class_are_called_by_their_names() -> None:
    assert "every one is 3" in compare_share("c", np.full(100, 3), RIGHT, 0.8).message
    assert "guessing does as well" in compare_share("c", with_wrong(90), RIGHT, 0.8).message


def test_another_shape_is_no_prediction() -> None:
    assert "shape (100, 10)" in compare_share("c", np.eye(10)[RIGHT], RIGHT, 0.8).message
    assert not compare_share("c", RIGHT[:50], RIGHT, 0.1).right


def test_nan_is_never_right() -> None:
    assert not compare_share("c", np.full(100, np.nan), RIGHT, 0.01).right


@pytest.mark.parametrize(
    ("got", "word"),
    [
        (np.full(100, 3), ONE_CLASS),
        (with_wrong(90), GUESSES),
        (with_wrong(50), TOO_FEW),
        (RIGHT[:3], "no classes"),
        ("classes is None", "no classes"),
    ],
)
def test_a_failure_is_a_word_that_two_runs_share(got, word) -> None:
    assert failure(got, RIGHT) == word


def test_predictions_are_recorded_as_that_word_and_never_as_numbers() -> None:
    judgement = judged(lambda _: np.full(100, 3))
    assert judgement.answers == {}
    assert results_of(judgement, ["a"]) == {"a": ONE_CLASS}


def test_behaviour_counts_as_soon_as_the_share_is_right() -> None:
    def spoils(images):
        images[...] = 0
        return RIGHT

    assert failed_checks(judged(spoils)) == ("unchanged",)
    assert failed_checks(judged(lambda _: RIGHT * 0)) == ("learned", "unchanged")
