"""Every broken file ends in a verdict, or in a reason that says what to do about it."""

import re
import warnings

import pytest

from autograder.batch import judge_folder

FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"


@pytest.fixture
def verdict(broken, hand_in, notebook, grader):
    """The verdict on the broken file; nothing may be warned of or logged on the way."""
    path = hand_in("ada", broken.content(notebook()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return judge_folder(grader, "ada", path.parent)


def test_it_ends_in_its_points_or_in_a_reason_that_says_what_to_do(
    broken, verdict, grader, caplog
) -> None:
    maximum = {cell.grade_id: cell.maximum for cell in grader.release.cells}
    points = {found.exercise: found.score(maximum[found.exercise]) for found in verdict.exercises}
    if broken.points is None:
        assert (verdict.status, points) == ("unreadable", {})
        assert broken.reason in verdict.reason
        assert re.fullmatch(r"[ -~]{10,300}", verdict.reason)
        *found, to_do = verdict.reason.split("; ")
        assert found
        assert re.match(r"(save|submit|open|clear|delete|download) ", to_do)
    else:
        assert (verdict.status, verdict.reason) == ("judged", "")
        assert (points[FORWARD], points[BACKWARD]) == broken.points
    assert [record.getMessage() for record in caplog.records] == []
