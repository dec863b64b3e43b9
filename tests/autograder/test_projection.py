"""Gradebook and notebooks are written once for each verdict, and again where they are gone."""

import logging

import nbformat
import pytest

from autograder import autograded, gradebook, projection, session
from autograder.store import VerdictStore

NAME = "02_convolution"
SMALL = {"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}


@pytest.fixture
def written(monkeypatch) -> list[list[str]]:
    """The students of each writing of the gradebook, which is nbgrader's own."""
    calls: list[list[str]] = []
    really = gradebook.write

    def write(course, release, verdicts) -> None:
        calls.append(sorted(verdict.student for verdict in verdicts))
        really(course, release, verdicts)

    monkeypatch.setattr(gradebook, "write", write)
    return calls


@pytest.fixture
def grade(course, isolation):
    return lambda: session.grade(course, NAME, isolation=isolation, quiet=True, jobs=1)


def test_a_second_run_writes_nothing_and_a_changed_file_is_written_again(
    course, hand_in, grade, written
) -> None:
    for student in ("ada", "bob"):
        hand_in(student, SMALL)
    assert grade().unchanged == 0
    assert grade().unchanged == 2
    assert written == [["ada", "bob"]]
    # Another note in the margin changes no score, but the page that shows it.
    note = {"cell_type": "markdown", "source": "a note of mine", "metadata": {}}
    hand_in("bob", SMALL | {"cells": [note]})
    assert grade().unchanged == 2
    assert written == [["ada", "bob"], ["bob"]]
    page = course.autograded / "bob" / NAME / f"{NAME}.ipynb"
    assert "a note of mine" in page.read_text()
    (course.submitted / "ada" / NAME / "timestamp.txt").write_text("2026-01-02 10:00:00 UTC")
    grade()
    assert written[2:] == [["ada"]]


def test_a_file_that_cannot_be_read_is_written_once_and_a_name_that_is_none_never(
    course, hand_in, grade, written
) -> None:
    hand_in("ada", b"{")
    hand_in("<b>", SMALL)
    hand_in("cyd", SMALL).rename(course.submitted / "cyd" / NAME / f"{NAME} (1).ipynb")
    assert grade().unchanged == 0
    assert grade().unchanged == 3
    assert written == [["ada", "cyd"]]


def test_what_somebody_removed_is_written_again(course, hand_in, grade, written) -> None:
    for student in ("ada", "bob"):
        hand_in(student, SMALL)
    grade()
    (course.autograded / "ada" / NAME / f"{NAME}.ipynb").unlink()
    grade()
    assert written[1:] == [["ada"]]
    course.gradebook.unlink()
    assert grade().unchanged == 2
    assert written[2:] == [["ada", "bob"]]


def test_a_run_that_ended_between_store_and_gradebook_is_made_up_for(
    course, hand_in, grade, written, monkeypatch
) -> None:
    hand_in("ada", SMALL)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            grade()
    assert VerdictStore(course.verdicts).get("ada", NAME) is not None
    assert grade().unchanged == 1
    assert written == [["ada"]]


def test_a_notebook_that_cannot_be_written_is_told_and_tried_again(
    course, hand_in, grade, written, monkeypatch, caplog
) -> None:
    caplog.set_level(logging.CRITICAL)
    hand_in("ada", SMALL)
    blocked = course.autograded / "ada"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file in the place of the folder")
    outcome = grade()
    assert [line.split(":")[0] for line in outcome.unwritten] == ["ada"]
    assert not outcome.complete
    blocked.unlink()
    assert grade().complete
    assert (blocked / NAME / f"{NAME}.ipynb").is_file()
    assert written == [["ada"], ["ada"]]


def test_a_class_is_written_in_parts(course, hand_in, grade, written, monkeypatch) -> None:
    monkeypatch.setattr(projection, "_TOGETHER", 2)
    for student in ("ada", "bob", "cyd", "dan", "eve"):
        hand_in(student, SMALL)
    grade()
    assert [len(students) for students in written] == [2, 2, 1]
    assert all((course.autograded / s / NAME).is_dir() for some in written for s in some)


def test_who_is_no_longer_handed_in_is_told_and_keeps_the_verdict(course, hand_in, grade) -> None:
    for student in ("ada", "bob"):
        path = hand_in(student, SMALL)
    grade()
    path.unlink()
    path.parent.rmdir()
    assert grade().gone == ("bob",)
    assert VerdictStore(course.verdicts).get("bob", NAME) is not None


def test_the_notebook_is_that_of_the_grading_process(course, hand_in, grade) -> None:
    path = hand_in("ada", SMALL)
    grade()
    verdict = VerdictStore(course.verdicts).get("ada", NAME)
    release = session.release_of(course, NAME)
    expected = (
        nbformat.writes(autograded.build(course, release, "ada", path.parent, verdict)) + "\n"
    )
    assert (course.autograded / "ada" / NAME / f"{NAME}.ipynb").read_text() == expected
