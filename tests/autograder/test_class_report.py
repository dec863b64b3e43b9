"""The class report: its numbers on a small class, and its page."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import class_report
from autograder.class_report import AssignmentReport, Rate
from autograder.course import Course
from autograder.errors import UsageError
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.exercise import CheckResult, Status
from course_utils.report_card import ReportCard

ASSIGNMENT = "02_convolution"
OTHER = "03_pooling"
HOSTILE = "<script>alert(1)</script> \x1b[31m\u202e \n newline"
WEIGHTS = {"dx": 3, "db": 1, "unchanged": 1}


def release(course: Course, assignment: str) -> None:
    """Write a released notebook with one exercise of 5 points, one bonus, one question."""
    cells = [
        ("code", {"grade": True, "solution": False, "grade_id": "conv", "points": 5}, 0),
        ("code", {"grade": True, "solution": False, "grade_id": "conv_extra", "points": 0}, 2),
        ("markdown", {"grade": True, "solution": True, "grade_id": "why", "points": 2}, 0),
    ]
    notebook = {
        "cells": [
            {"cell_type": kind, "source": "", "metadata": {"nbgrader": nbgrader, "bonus": bonus}}
            for kind, nbgrader, bonus in cells
        ]
    }
    path = course.release_file(assignment)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    course.solutions.mkdir(exist_ok=True)
    course.solution_file(assignment).write_text("")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    release(course, ASSIGNMENT)
    release(course, OTHER)
    return course


@pytest.fixture
def store(course: Course) -> VerdictStore:
    return VerdictStore(course.verdicts)


def card(
    failed: Sequence[str], status: Status, reason: str = "", diagnosis: Sequence[str] = ()
) -> ReportCard:
    checks = tuple(
        CheckResult(
            name=name,
            title=f"the {name}",
            rule=f"The rule of {name}.",
            weight=weight,
            kind="unchanged" if name == "unchanged" else "value",
            status=status if status == "not started" else "failed" if name in failed else "passed",
            message=reason,
        )
        for name, weight in WEIGHTS.items()
    )
    return ReportCard("conv", status, checks, reason=reason, diagnosis=tuple(diagnosis))


def judged(
    student: str,
    *failed: str,
    status: Status | None = None,
    reason: str = "",
    diagnosis: Sequence[str] = (),
    bonus: Status = "not started",
    assignment: str = ASSIGNMENT,
) -> Verdict:
    """A verdict in which the named checks fail."""
    found = status or ("failed" if failed else "passed")
    made = card(failed, found, reason, diagnosis)
    earned = sum(WEIGHTS[c.name] for c in made.checks if c.status == "passed")
    return Verdict(
        student,
        assignment,
        "judged",
        (
            ExerciseVerdict("conv", earned / sum(WEIGHTS.values()), made),
            ExerciseVerdict("conv_extra", float(bonus == "passed"), ReportCard("conv", bonus, ())),
        ),
    )


CLASS = (
    judged("ada", bonus="passed"),
    judged("bob", "dx"),
    judged("cem", "dx", "db", "unchanged"),
    judged("dot", status="not started"),
    judged("eli", "dx", "db", "unchanged", reason="used more than 1 s of processor time"),
    Verdict("fay", ASSIGNMENT, "unreadable", reason="the file is not valid JSON"),
    Verdict("gus", ASSIGNMENT, "not judged", reason="the sandbox failed"),
)


def of_class(course: Course, store: VerdictStore, *verdicts: Verdict) -> AssignmentReport:
    for verdict in verdicts:
        store.put(verdict)
    (report,) = class_report.report(course, ASSIGNMENT, store).assignments
    return report


def test_every_submission_is_counted_under_one_state(course: Course, store: VerdictStore) -> None:
    report = of_class(course, store, *CLASS)
    assert report.states == {
        "passed": 1,
        "failed": 3,
        "not started": 1,
        "not judged": 1,
        "unreadable": 1,
    }
    assert report.submissions == len(CLASS)
    assert report.left_out == 2


def test_a_bonus_decides_neither_way_about_the_whole(course: Course, store: VerdictStore) -> None:
    report = of_class(course, store, judged("ada", bonus="failed"), judged("bob", bonus="passed"))
    assert report.states["passed"] == 2
    assert report.scores == (5.0, 5.0)


def test_an_exercise_is_rated_among_those_who_started_it(
    course: Course, store: VerdictStore
) -> None:
    required, bonus = of_class(course, store, *CLASS).exercises
    assert required.rate == Rate(1, 4)
    assert required.states["not started"] == 1
    assert required.without_answer == 1
    assert required.aside == "1 not started; 1 of the failed gave no answer"
    assert bonus.bonus
    assert bonus.rate == Rate(1, 1)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("conv raised KeyError: '<b>'", "conv raised KeyError"),
        ("conv raised <b>: more", "conv raised an exception"),
        ("returned None; expected 2", "conv: returned None; expected 2"),
    ],
)
def test_who_crashes_in_every_call_gave_no_answer(
    course: Course, store: VerdictStore, message: str, told: str
) -> None:
    values = card(["dx", "db", "unchanged"], "failed", message)
    crashed = judged("hal", "dx", "db", "unchanged")
    crashed = replace(
        crashed,
        exercises=(replace(crashed.exercises[0], card=replace(values, reason="")),),
    )
    report = of_class(course, store, judged("ada"), judged("bob", "dx"), crashed)
    assert report.exercises[0].without_answer == 1
    assert str(report.exercises[0].checks[0].rate) == "1 of 2 (50 %)"
    assert [(one.student, one.reason) for one in report.attention] == [("hal", told)]


def test_a_check_is_rated_among_those_it_could_look_at(course: Course, store: VerdictStore) -> None:
    """Not dot (not started), not eli (no answer); unchanged not for cem (no value right)."""
    checks = {c.title: c.rate for c in of_class(course, store, *CLASS).exercises[0].checks}
    assert checks == {"the dx": Rate(1, 3), "the db": Rate(2, 3), "the unchanged": Rate(2, 2)}


def test_the_most_failed_check_comes_first_with_its_rule(
    course: Course, store: VerdictStore
) -> None:
    report = of_class(course, store, *CLASS)
    assert [c.title for c in report.most_failed] == ["the dx", "the db"]
    assert report.most_failed[0].rule == "The rule of dx."


def test_recognised_mistakes_are_counted_the_commonest_first(
    course: Course, store: VerdictStore
) -> None:
    surely = "This matches exactly a known mistake: dx is assigned. Sums add."
    likely = "This looks like a known mistake: dx is assigned. Sums add."
    other = "This looks like a known mistake: db is averaged. It is a sum."
    report = of_class(
        course,
        store,
        judged("ada", "db", diagnosis=["Which axes?", other]),
        judged("bob", "dx", diagnosis=["dx is right in channel 0.", surely]),
        judged("cem", "dx", diagnosis=[likely]),
    )
    found = [(m.exercise, m.number, m.name) for m in report.mistakes]
    assert found == [
        ("conv", 2, "dx is assigned. Sums add."),
        ("conv", 1, "db is averaged. It is a sum."),
    ]
    assert "dx is assigned. Sums add." in page(course, store, ASSIGNMENT)
    text = class_report.report(course, ASSIGNMENT, store).text()
    assert "2 in conv: dx is assigned. Sums add." in text


def test_scores_leave_out_who_has_none(course: Course, store: VerdictStore) -> None:
    report = of_class(course, store, *CLASS)
    assert report.scores == (0.0, 0.0, 0.0, 2.0, 5.0)
    assert report.middle == (1.4, 0.0)
    assert report.maximum == 5
    counts = dict(report.distribution)
    assert (counts["0–9 %"], counts["40–49 %"], counts["90–99 %"], counts["100 %"]) == (3, 1, 0, 1)
    assert sum(counts.values()) == len(report.scores)


def test_what_needs_a_person_is_listed_with_its_reason_the_grader_s_faults_first(
    course: Course, store: VerdictStore
) -> None:
    later = Verdict("ada", ASSIGNMENT, "not judged", reason="no memory")
    report = of_class(course, store, *CLASS, later)
    assert [(one.student, one.status) for one in report.attention] == [
        ("gus", "not judged"),
        ("fay", "unreadable"),
        ("ada", "pending"),
        ("eli", "failed"),
    ]
    assert "an older grade stands" in report.attention[2].reason
    assert "no memory" in report.attention[2].reason
    assert report.states["passed"] == 1


def test_the_page_shows_numbers_bars_and_reasons(course: Course, store: VerdictStore) -> None:
    of_class(course, store, *CLASS)
    html = page(course, store, ASSIGNMENT)
    assert "1 of 4 (25 %)" in html
    assert 'style="width:25.0%;' in html
    assert 'style="width:66.7%;' in html
    assert "Failed, of those looked at" in html
    assert '<td class="number">2 of 3</td>' in html
    assert "Of an exercise, those count who started it; of a check, those whose function" in html
    assert "Passed, of those counted" in html
    assert "conv: used more than 1 s of processor time" in html
    assert "The rule of dx." in html
    assert "leave out the 2 without a score" in html
    assert "the file is not valid JSON" in html
    assert "written answers to <code>why</code> (2 points) are read by a person" in html


def test_several_assignments_share_a_page(course: Course, store: VerdictStore) -> None:
    for verdict in (*CLASS, judged("ada", assignment=OTHER)):
        store.put(verdict)
    html = page(course, store, ASSIGNMENT, OTHER)
    assert html.index(f'id="{ASSIGNMENT}"') < html.index(f'id="{OTHER}"')
    assert f'<a href="#{OTHER}">{OTHER}</a>: 1 submissions' in html


def test_nothing_from_outside_runs_on_the_page(course: Course, store: VerdictStore) -> None:
    store.put(Verdict(HOSTILE, ASSIGNMENT, "unreadable", reason=HOSTILE))
    html = page(course, store, ASSIGNMENT)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 2
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert not re.search(r"\b(src|srcset|action)=|url\(|https?:", html)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', html))


def test_an_assignment_without_submissions_is_said_to_have_none(
    course: Course, store: VerdictStore
) -> None:
    report = class_report.report(course, [ASSIGNMENT], store)
    assert "Nothing has been graded yet" in page(course, store, ASSIGNMENT)
    assert "0 submissions: none yet" in report.text()


def test_a_class_without_a_single_score_has_a_page(course: Course, store: VerdictStore) -> None:
    store.put(CLASS[-1])
    report = class_report.report(course, [ASSIGNMENT], store)
    assert "nobody" in page(course, store, ASSIGNMENT)
    assert report.assignments[0].middle is None
    assert "1 not judged" in report.text()


def test_an_unknown_assignment_is_refused(course: Course, store: VerdictStore) -> None:
    with pytest.raises(UsageError, match="99_none"):
        class_report.report(course, "99_none", store)


def test_the_text_fits_a_terminal_and_says_the_same(course: Course, store: VerdictStore) -> None:
    hostile = Verdict("x" * 300, ASSIGNMENT, "unreadable", reason=HOSTILE * 20)
    of_class(course, store, *CLASS, hostile)
    text = class_report.report(course, [ASSIGNMENT, OTHER], store).text()
    assert max(map(len, text.splitlines())) <= 88
    assert "\x1b" not in text
    assert "2 of 3 fail conv: the dx" in text
    assert "Rule: The rule of dx." in text
    assert re.search(r"the db +█+·+ 2 of 3 \(67 %\)", text)
    assert "eli (failed): conv: used more than 1 s of processor time" in text
    assert "gus (not judged): the sandbox failed" in text
    assert "mean 1.4, median 0, lowest 0, highest 5" in text


def test_nothing_of_ours_is_cut_off(course: Course, store: VerdictStore) -> None:
    title = "dx, the gradient with respect to the images, where windows overlap at the border"
    checks = (CheckResult("dx", title, "A rule.", 1, "value", "failed", ""),)
    reason = "the function was stopped: " + "it asked for more memory than there is, " * 10 + "too"
    wrong = ReportCard("conv", "failed", checks)
    stopped = ReportCard("conv", "failed", checks, reason=reason)
    for student, made in (("ada", wrong), ("bob", stopped)):
        exercises = (ExerciseVerdict("conv", 0.0, made),)
        store.put(Verdict(student, ASSIGNMENT, "judged", exercises))
    text = class_report.report(course, ASSIGNMENT, store).text()
    html = page(course, store, ASSIGNMENT)
    for shown in (" ".join(text.split()), html):
        assert f"conv: {reason}" in shown
        assert "..." not in shown
    assert title in html
    assert max(map(len, text.splitlines())) <= 88
    # The bar stands beside the first line of the title.
    told = re.sub(r"·+ 0 of 1 \(0 %\)", "", text[text.index("Exercises and checks") :])
    assert title in " ".join(told.split())


def page(course: Course, store: VerdictStore, *assignments: str) -> str:
    path = course.root / "report.html"
    class_report.write_html(class_report.report(course, assignments, store), path)
    return path.read_text(encoding="utf-8")
