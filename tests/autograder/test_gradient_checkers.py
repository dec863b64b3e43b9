"""The first notebook's tools, judged where submissions are: functions are lent through a wire."""

import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.misconceptions import CATALOGUE
from autograder.release import read_release
from autograder.shortcuts import SHORTCUTS
from autograder.submission import Submission, SubmittedCell
from tests.autograder.conftest import ROOT, SECRET

NAME = "01_gradient_checking"
COURSE = Course(ROOT)
NAMES = [question.exercise.name for question in QUESTIONS[NAME]]
#: Rows that are told by what a lent function returns, and in which array.
LENT = ("G06", "G17", "G18", "G75", "G74", "GD10")


@pytest.fixture(scope="module")
def checking(isolation) -> Grader:
    return Grader(
        release=read_release(COURSE, NAME),
        questions=QUESTIONS[NAME],
        reference=reference.load(COURSE, NAME),
        secret=SECRET,
        isolation=isolation,
        shortcuts=SHORTCUTS[NAME],
    )


def handed_in(right: reference.Reference, *cells: str) -> Submission:
    """The functions of ``right``, and cells that come before all grade cells."""
    texts = ["import numpy as np", *map(right.source, right.functions), *cells]
    checks = [SubmittedCell(f"check({name})", name) for name in NAMES]
    return Submission("ada", NAME, (*map(SubmittedCell, texts), *checks))


def test_the_references_earn_everything(checking, lost) -> None:
    verdict = checking.grade(handed_in(checking.reference))
    assert verdict.status == "judged"
    assert lost(verdict) == {}


@pytest.mark.parametrize("row", [r for r in CATALOGUE[NAME] if r.id in LENT], ids=lambda r: r.id)
def test_a_wrong_tool_loses_its_check_through_the_wire(checking, lost, row) -> None:
    verdict = checking.grade(handed_in(row.reference(checking.reference)))
    assert row.check in lost(verdict)[row.function]
    assert row.title in " ".join(verdict.exercise(row.function).card.diagnosis)


def test_to_import_the_tools_from_the_course_earns_nothing(checking) -> None:
    """course_utils is inert where submissions are judged, whatever is asked of it."""
    tools = [name for name in NAMES if not name.startswith(("affine", "relu"))]
    cells = (
        f"from course_utils import {', '.join(tools)}",
        "from course_utils.gradients import central_difference",
        "from course_utils.specimens import FUNCTIONS, specimen",
    )
    verdict = checking.grade(handed_in(checking.reference, *cells))
    assert verdict.status == "judged"
    shares = {found.exercise: found.share for found in verdict.exercises}
    assert {name: shares[name] for name in tools} == dict.fromkeys(tools, 0)
    assert all(share == 1 for name, share in shares.items() if name not in tools)
