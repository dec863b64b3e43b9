"""What a grading session answers: scores, tables, and where it may run at all."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from autograder import gradebook, sandbox, session
from autograder.errors import JudgingUnfitError, UsageError
from autograder.outcome import LARGEST_TABLE, Line, Outcome
from autograder.release import Release, ReleasedCell
from autograder.sandbox import UNISOLATED, Isolation
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.exercise import CheckResult, Status
from course_utils.report_card import ReportCard

NAME = "03_pooling"
RELEASE = Release(
    NAME,
    (
        ReleasedCell("pool", "autograded", 5, 0, "check(pool)", "code"),
        ReleasedCell("pool_padding", "autograded", 0, 2, "check(pool, part='padding')", "code"),
        ReleasedCell("why", "manual", 2, 0, "YOUR ANSWER HERE", "markdown"),
    ),
    (),
)


def found(name: str, share: float, status: Status, reason: str = "") -> ExerciseVerdict:
    checks = tuple(
        CheckResult(name, f"{name}, a check", "A rule.", 1.0, "value", status) for name in "ab"
    )
    return ExerciseVerdict(name, share, ReportCard("pool", status, checks, reason=reason))


def judged(student: str, *exercises: ExerciseVerdict) -> Verdict:
    return Verdict(student, NAME, "judged", exercises, tier="kernel")


ADA = judged("ada", found("pool", 1.0, "passed"), found("pool_padding", 0.5, "failed"))
BOB = judged("bob", found("pool", 1 / 3, "failed"), found("pool_padding", 0.0, "not started"))
CYD = judged("cyd", found("pool", 0.0, "not started"), found("pool_padding", 0.0, "not started"))
DAN = judged("dan", found("pool", 0.0, "failed", "there is no function named pool"))
EVE = Verdict("e\x1b[31mve[bold]", NAME, "unreadable", reason="the file is\nempty")
FAY = Verdict("fay", NAME, "not judged", reason="the sandbox failed")


def outcome_of(*verdicts: Verdict, release: Release = RELEASE) -> Outcome:
    lines = tuple(Line.of(verdict, release) for verdict in verdicts)
    return Outcome(release, lines, Isolation("kernel", 4))


OUTCOME = outcome_of(ADA, BOB, CYD, DAN, EVE, FAY)


def shown(outcome: Outcome) -> str:
    console = Console(file=io.StringIO(), width=110)
    outcome.show(console)
    return console.file.getvalue()


def row(text: str, student: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"│ {student} "))
    return [part.strip() for part in line.strip("│").split("│")]


def test_the_table_shows_points_state_and_the_first_thing_that_went_wrong() -> None:
    text = shown(OUTCOME)
    assert "03_pooling (isolation: kernel)" in text
    assert "points of 5" in text
    assert row(text, "ada") == ["ada", "5 + 1", "passed", "bonus open: pool_padding"]
    assert row(text, "bob") == ["bob", "1.67", "failed", "pool: a, a check; b, a check"]
    assert row(text, "cyd") == ["cyd", "0", "not started", ""]
    assert row(text, "dan") == ["dan", "0", "failed", "there is no function named pool"]
    assert row(text, "fay") == ["fay", "–", "not judged", "the sandbox failed"]


def test_the_table_says_no_name_twice() -> None:
    ended = found("pool", 0.0, "failed", "pool used more than 5 s of processor time")
    text = shown(outcome_of(judged("ada", ended)))
    assert row(text, "ada")[-1] == "pool used more than 5 s of processor time"


def test_the_table_lists_what_failed_besides_but_nothing_that_was_not_looked_at() -> None:
    first, second = found("pool", 0.0, "failed"), found("other", 0.5, "failed")
    kept = CheckResult("same", "same again", "A rule.", 1.0, "repeatable", "failed")
    crashed = replace(first, card=replace(first.card, checks=(*first.card.checks, kept)))
    released = replace(RELEASE, cells=(*RELEASE.cells, replace(RELEASE.cells[0], grade_id="other")))
    bonus = found("pool_padding", 0.5, "failed")
    verdict = judged("ada", bonus, crashed, second)
    text = shown(outcome_of(verdict, release=released))
    assert row(text, "ada")[-1] == "pool: a, a check; b, a check; failed, too: other"


def test_names_and_reasons_from_outside_are_shown_as_text() -> None:
    text = shown(OUTCOME)
    assert row(text, "e?[31mve[bold]") == [
        "e?[31mve[bold]",
        "–",
        "unreadable",
        "the file is?empty",
    ]
    assert "\x1b" not in text


def test_the_data_for_machines_has_every_submission_and_no_score_where_there_is_none() -> None:
    data = json.loads(json.dumps(OUTCOME.data()))
    assert (data["assignment"], data["isolation"]) == (NAME, "kernel")
    scores = [(s["status"], s["score"], s["bonus"]) for s in data["submissions"]]
    assert scores == [
        ("passed", 5.0, 1.0),
        ("failed", 1.67, 0.0),
        ("not started", 0.0, 0.0),
        ("failed", 0.0, 0.0),
        ("unreadable", None, None),
        ("not judged", None, None),
    ]
    assert data["submissions"][0]["exercises"]["pool"] == {"status": "passed", "share": 1.0}


def test_only_faults_of_ours_are_counted_as_not_judged() -> None:
    assert OUTCOME.not_judged == 1
    assert not OUTCOME.complete
    assert outcome_of(ADA, EVE).complete
    assert not replace(outcome_of(ADA), left=1).complete
    assert not replace(outcome_of(ADA), unwritten=("ada: disk full",)).complete


def test_a_large_class_is_shown_by_what_needs_a_look() -> None:
    many = [replace(ADA, student=f"s{number}") for number in range(LARGEST_TABLE)]
    text = shown(outcome_of(*many, FAY))
    assert row(text, "fay")[2] == "not judged"
    assert "s7" not in text
    assert "201 submissions; 'autograder export' lists all" in text
    assert "200 passed, 1 not judged" in text


def test_who_is_gone_left_or_unwritten_is_told() -> None:
    told = replace(OUTCOME, gone=("zoe[b]",), left=3, unwritten=("ada: no space left",))
    text = shown(told)
    assert "no longer handed in, their older verdict is kept: 1 (zoe[b])" in text
    assert "interrupted: 3 are left; run the command again to go on" in text
    assert "no notebook was written for ada: no space left" in text
    assert "run the command again without --force to go on" in shown(replace(told, forced=True))


# Isolation


def test_the_isolation_that_was_found_is_used(isolation) -> None:
    assert session.isolation() == isolation


def test_a_certain_tier_can_be_asked_for(monkeypatch) -> None:
    asked = []

    def probe(tier: str) -> Isolation:
        asked.append(tier)
        return Isolation("namespaces", 4)

    monkeypatch.setattr(sandbox, "probe", probe)
    assert session.isolation("namespaces").tier == "namespaces"
    assert asked == ["namespaces"]


@pytest.mark.parametrize("missing", [(), ("no Landlock", "no bubblewrap")])
def test_without_isolation_there_is_no_grading_unless_it_is_asked_for(monkeypatch, missing) -> None:
    monkeypatch.setattr(sandbox, "probe", lambda **_: Isolation("none", missing=missing))
    with pytest.raises(JudgingUnfitError) as refused:
        session.isolation()
    assert ("; ".join(missing) or "nothing that isolates was found") in str(refused.value)
    assert refused.value.exit_code == 3
    assert session.isolation(unisolated=True) is UNISOLATED


# What was graded


def test_assignments_with_verdicts_are_those_that_were_graded(course) -> None:
    with pytest.raises(UsageError, match=r"nothing has been graded yet in .*; run 'autograder g"):
        session.graded(course, ())
    assert not course.verdicts.exists()
    VerdictStore(course.verdicts).put(ADA)
    assert session.graded(course, ()) == [NAME]
    assert session.graded(course, ("02_convolution", NAME)) == ["02_convolution", NAME]
    with pytest.raises(UsageError, match="no assignment '04_missing'"):
        session.graded(course, (NAME, "04_missing"))


def test_a_session_puts_verdicts_gradebook_and_notebooks_where_people_look(
    course, hand_in, isolation, monkeypatch
) -> None:
    written = []
    # nbgrader's own database takes seconds to make; it is written to in tests of its own.
    monkeypatch.setattr(gradebook, "write", lambda *given: written.append(given[2]))
    for student in ("bob", "ada"):
        hand_in(student, {"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, NAME)
    outcome = session.grade(course, NAME, isolation=isolation, quiet=True)
    assert [line.student for line in outcome.lines] == ["ada", "bob"]
    assert outcome.unchanged == 0
    again = session.grade(course, NAME, isolation=isolation, quiet=True)
    assert (again.lines, again.unchanged) == (outcome.lines, 2)
    assert session.grade(course, NAME, isolation=isolation, quiet=True, force=True).unchanged == 0
    assert [sorted(v.student for v in some) for some in written] == [["ada", "bob"]] * 3
    assert len(VerdictStore(course.verdicts).all(NAME)) == 2
    for student in ("ada", "bob"):
        assert (course.autograded / student / NAME / f"{NAME}.ipynb").is_file()
    assert [path for _, path in session.where_to_look(course) if path.exists()] == [
        course.autograded,
        course.verdicts,
    ]
