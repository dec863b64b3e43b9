"""A class is graded side by side; what is known is not judged again, and nobody holds up others."""

import importlib
import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from autograder import batch
from autograder.batch import find_submissions, grade_class, grade_one, judge_folder, make_grader
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.grading import Grader
from autograder.sandbox import Isolation, Limits
from autograder.secret import read_secret
from autograder.store import VerdictStore
from autograder.verdict import Verdict
from autograder.workers import judge_all

NAME = "02_convolution"
FORWARD = "conv_forward_naive"
SMALL = {
    "cells": [
        {
            "cell_type": "code",
            "source": f"def {FORWARD}(x, w, b, conv_param):\n    raise NotImplementedError",
            "metadata": {"nbgrader": {"grade_id": FORWARD + "_solution"}},
        }
    ],
    "nbformat": 4,
    "nbformat_minor": 5,
}
ENDLESS = {
    **SMALL,
    "cells": [
        {
            **SMALL["cells"][0],
            "source": f"def {FORWARD}(x, w, b, conv_param):\n    while True:\n        pass",
        }
    ],
}


@pytest.fixture
def judged(monkeypatch) -> list[str]:
    """Students in the order in which they are judged."""
    names: list[str] = []
    really = VerdictStore.put

    def put(self: VerdictStore, verdict: Verdict, content: str = "") -> None:
        names.append(verdict.student)
        really(self, verdict, content)

    monkeypatch.setattr(VerdictStore, "put", put)
    return names


@pytest.fixture
def graders(monkeypatch) -> ModuleType:
    """The module of that name, for grading processes, too."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("graders")


@pytest.fixture
def make(graders: ModuleType, isolation: Isolation) -> Callable[[], Grader]:
    """Makes a grader with short limits, also in other processes."""
    return partial(graders.short, isolation)


@pytest.fixture
def grade(
    course: Course, make: Callable[[], Grader], judged: list[str]
) -> Callable[..., dict[str, Verdict]]:
    """A function that grades the class again and returns the verdicts by student."""

    def grade(
        *, force: bool = False, make: Callable[[], Grader] = make, jobs: int = 2
    ) -> dict[str, Verdict]:
        judged.clear()
        found = find_submissions(course, NAME)
        store = VerdictStore(course.verdicts)
        graded = grade_class(make, found, store, jobs=jobs, force=force)
        return {one.verdict.student: one.verdict for one in graded}

    return grade


# Who is graded


def test_all_students_or_those_whose_names_match_are_found(course, hand_in) -> None:
    for student in ("ada", "alan", "bob", "[x]"):
        hand_in(student, SMALL)

    def names(*patterns: str) -> list[str]:
        return [student for student, _ in find_submissions(course, NAME, patterns)]

    assert names() == ["[x]", "ada", "alan", "bob"]
    assert names("a*") == ["ada", "alan"]
    assert names("bob", "ada", "b*") == ["ada", "bob"]
    assert names("[[]x]") == ["[x]"]
    # The case of letters tells students apart on every system.
    with pytest.raises(UsageError):
        names("BOB")


@pytest.mark.parametrize("patterns", [(), ("nobody",), ("",)])
def test_an_empty_class_is_told_with_the_place_that_was_looked_at(course, patterns) -> None:
    with pytest.raises(UsageError) as refused:
        find_submissions(course, NAME, patterns)
    expected = f"expected {course.submitted}/STUDENT/{NAME}/{NAME}.ipynb"
    assert str(refused.value) == f"no submission found for {NAME}; {expected}"


def test_a_pattern_that_fits_nobody_is_named(course, hand_in) -> None:
    hand_in("ada", SMALL)
    with pytest.raises(UsageError, match=r"no submission found for b\*, eve; expected .*; correct"):
        find_submissions(course, NAME, ("b*", "ada", "eve"))


def test_the_grader_of_an_assignment_has_the_secret_of_its_class(course, isolation) -> None:
    made = make_grader(course, NAME, isolation)
    assert made.secret == read_secret(course.secret)
    assert made.release.assignment == NAME
    assert made.limits == Limits()
    with pytest.raises(UsageError, match="no assignment '04_missing'"):
        make_grader(course, "04_missing", isolation)


def test_a_notebook_that_asks_nothing_cannot_be_graded(course, isolation, monkeypatch) -> None:
    monkeypatch.setattr(batch, "QUESTIONS", {})
    with pytest.raises(UsageError, match="02_convolution has no exercises; expected a module"):
        make_grader(course, NAME, isolation)


# What is judged again


def test_what_has_not_changed_is_not_judged_again(hand_in, grade, judged, notebook) -> None:
    hand_in("ada", SMALL)
    hand_in("bob", notebook())
    first = grade()
    assert sorted(judged) == ["ada", "bob"]
    again = grade()
    assert judged == []
    assert {s: v.to_json() for s, v in again.items()} == {s: v.to_json() for s, v in first.items()}
    assert first["bob"].exercise(FORWARD).share == 1


def test_a_file_of_another_name_keeps_its_verdict_until_the_folder_changes(
    hand_in, grade, judged
) -> None:
    path = hand_in("ada", SMALL)
    other = path.rename(path.with_name(f"{NAME} (1).ipynb"))
    hand_in("bob", b"{")
    first = grade()
    assert sorted(judged) == ["ada", "bob"]
    again = grade()
    assert judged == []
    assert again == first
    assert again["ada"].reason == (
        f"found {NAME} (1).ipynb; expected {NAME}.ipynb; give the notebook that name and submit it "
        "again"
    )
    # Another reason, and another one, and at last the notebook.
    other.unlink()
    assert grade()["ada"].reason.startswith("found no notebook")
    hand_in("ada", b"")
    assert grade()["ada"].reason.startswith("the file is empty")
    hand_in("ada", SMALL)
    assert grade()["ada"].status == "judged"
    assert judged == ["ada"]


def test_what_has_changed_is_judged_again_and_only_that(hand_in, grade, judged) -> None:
    for student in ("ada", "bob"):
        hand_in(student, SMALL)
    grade()
    changed = SMALL["cells"][0] | {"source": "x = 1"}
    hand_in("ada", SMALL | {"cells": [changed]})
    assert grade()["ada"].exercise(FORWARD).card.reason == f"there is no function named {FORWARD}"
    assert judged == ["ada"]
    # What no verdict depends on is no change.
    hand_in("bob", SMALL | {"metadata": {"kernelspec": {}}})
    grade()
    assert judged == []


def test_force_judges_everybody_again(hand_in, grade, judged) -> None:
    hand_in("ada", SMALL)
    grade()
    grade(force=True)
    assert judged == ["ada"]


def test_another_exercise_judges_everybody_again(
    hand_in, grade, judged, isolation, graders
) -> None:
    hand_in("ada", SMALL)
    grade()
    grade(make=partial(graders.short, isolation, 1))
    assert judged == ["ada"]


def test_a_score_survives_a_file_that_cannot_be_read_and_is_judged_when_it_can(
    hand_in, grade, course
) -> None:
    hand_in("ada", SMALL)
    first = grade()["ada"]
    hand_in("ada", b"{")
    assert grade()["ada"].status == "unreadable"
    [(kept, stale)] = VerdictStore(course.verdicts).all(NAME)
    assert kept.to_json() == first.to_json()
    assert stale.startswith("the file is not valid JSON")
    hand_in("ada", SMALL)
    assert grade()["ada"].status == "judged"
    assert VerdictStore(course.verdicts).all(NAME)[0][1] == ""


# Nobody holds up the others


def test_every_submission_ends_in_a_verdict(course, hand_in, grade) -> None:
    hand_in("good", SMALL)
    hand_in("empty", b"")
    hand_in("endless", _with("while True:\n    pass"))
    hand_in("gone", _with("import os\nos._exit(0)"))
    hand_in("foreign", _with("x", "another_exercise"))
    (course.submitted / "nothing" / NAME).mkdir(parents=True)
    (course.submitted / "a folder" / NAME / f"{NAME}.ipynb").mkdir(parents=True)
    (course.submitted / os.fsdecode(b"\xff") / NAME).mkdir(parents=True)
    (course.submitted / "linked").mkdir()
    (course.submitted / "linked" / NAME).symlink_to(course.submitted / "good" / NAME)
    verdicts = grade()
    assert {v.status for s, v in verdicts.items() if s in ("good", "endless", "gone")} == {"judged"}
    rest = {s: v.reason for s, v in verdicts.items() if v.status != "judged"}
    assert rest.keys() == {"empty", "foreign", "nothing", "a folder", "\\xff", "linked"}
    assert all(rest.values())
    stored = {v.student for v, _ in VerdictStore(course.verdicts).all(NAME)}
    assert stored == set(verdicts)


def _with(source: str, grade_id: str = "") -> dict[str, object]:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    scratch = {"cell_type": "code", "source": source, "metadata": metadata}
    return SMALL | {"cells": [scratch, *SMALL["cells"]] if not grade_id else [scratch]}


@pytest.mark.parametrize("part", ["submission_file", "read_submission"])
def test_a_fault_of_ours_with_one_is_a_verdict(
    course, hand_in, grader, monkeypatch, caplog, part
) -> None:
    caplog.set_level(logging.CRITICAL)
    path = hand_in("ada", SMALL)

    def faulty(*_: object) -> object:
        raise MemoryError("a fault of ours")

    monkeypatch.setattr(batch, part, faulty)
    store = VerdictStore(course.verdicts)
    verdict = grade_one(grader, "ada", path.parent, store)
    assert verdict.status == "not judged"
    assert "a fault of ours" in verdict.reason
    assert store.get("ada", NAME) == verdict


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_takes_long_comes_last_and_is_judged_with_the_limits_that_count(
    hand_in, grade, judged, jobs
) -> None:
    long_cell = {"cell_type": "code", "metadata": {}, "source": "import time; time.sleep(3600)"}
    hand_in("ada", ENDLESS)
    hand_in("bob", SMALL | {"cells": [long_cell, *SMALL["cells"]]})
    for student in ("cyd", "dan", "eve", "fay"):
        hand_in(student, SMALL)
    verdicts = grade(jobs=jobs)
    assert sorted(judged[4:]) == ["ada", "bob"]
    assert "processor time" in verdicts["ada"].exercise(FORWARD).card.reason
    assert verdicts["bob"].status == "judged"


def test_what_takes_long_is_left_after_an_interrupt(course, hand_in, make) -> None:
    hand_in("ada", ENDLESS)
    hand_in("bob", SMALL)
    # Both are looked at and given out; then it is over.
    places = iter(range(4))

    def until(items):
        return (item for item in items if next(places, None) is not None)

    graded = grade_class(
        make, find_submissions(course, NAME), VerdictStore(course.verdicts), until=until, jobs=1
    )
    assert [one.verdict.student for one in graded] == ["bob"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_grading_process_that_dies_costs_only_the_submission_that_it_was_at(
    hand_in, grade, isolation, graders, jobs
) -> None:
    for student in ("ada", "bob", "eve", "fay", "guy", "hal"):
        hand_in(student, SMALL)
    verdicts = grade(make=partial(graders.fatal, isolation), jobs=jobs)
    assert verdicts.pop("eve").reason == "the grading process was ended by signal 9"
    assert [v.status for v in verdicts.values()] == ["judged"] * 5


def test_processes_that_die_before_they_begin_are_replaced_unless_all_do(
    hand_in, grade, isolation, graders, tmp_path
) -> None:
    for student in ("ada", "bob", "cyd"):
        hand_in(student, SMALL)

    def made(name: str, times: int) -> Callable[[], Grader]:
        marks = tmp_path / name
        marks.mkdir()
        return partial(graders.stillborn, isolation, os.getpid(), marks, times)

    verdicts = grade(make=made("some", 2))
    assert [v.status for v in verdicts.values()] == ["judged"] * 3
    with pytest.raises(JudgingUnfitError, match="was ended by signal 9 before it began"):
        grade(make=made("all", 1000), force=True)


def test_what_a_dead_process_was_given_is_not_blamed_for_its_death(graders, tmp_path) -> None:
    """All of them die with the server that they come from, also those that wait for a task."""
    tasks = [("first",), ("second",)]
    answers = dict(judge_all(partial(graders.dying, tmp_path), tasks, jobs=2))
    assert answers == {("first",): "first", ("second",): "second"}
    assert (tmp_path / "tried").exists()


def test_why_a_grader_cannot_be_made_in_a_process_is_told(
    hand_in, grade, isolation, graders
) -> None:
    hand_in("ada", SMALL)
    with pytest.raises(UsageError, match="no such grader"):
        grade(make=partial(graders.refused_elsewhere, isolation, os.getpid()))


def test_a_folder_is_judged_without_a_store(grader, hand_in) -> None:
    path = hand_in("ada", SMALL)
    assert judge_folder(grader, "ada", path.parent).status == "judged"
    path.unlink()
    verdict = judge_folder(grader, "ada", path.parent)
    assert verdict.status == "unreadable"
    assert verdict.reason.startswith("found no notebook; expected 02_convolution.ipynb")


def test_a_store_that_cannot_be_written_ends_the_run_and_loses_nothing(
    course, hand_in, grade
) -> None:
    hand_in("ada", SMALL)
    hand_in("bob", SMALL)
    course.verdicts.write_bytes(b"no database" * 100)
    with pytest.raises(JudgingUnfitError, match="cannot be read or written"):
        grade(force=True)
    assert course.verdicts.read_bytes() == b"no database" * 100


def test_verdicts_that_arrived_before_an_interrupt_are_kept(course, hand_in, make, judged) -> None:
    for student in ("ada", "bob", "cyd"):
        hand_in(student, SMALL)
    store = VerdictStore(course.verdicts)
    running = grade_class(make, find_submissions(course, NAME), store, jobs=1)
    first = next(running).verdict
    running.close()
    assert store.get(first.student, NAME) is not None
    known = store.known(NAME)
    list(grade_class(make, find_submissions(course, NAME), store, jobs=1))
    assert judged.count(first.student) == 1
    assert known.keys() <= store.known(NAME).keys()
    assert len(store.known(NAME)) == 3
