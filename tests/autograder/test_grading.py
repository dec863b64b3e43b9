"""What a submission earns, and what becomes of it when something goes wrong on our side."""

import json
import logging
import os
import select
import signal
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from autograder import sandbox
from autograder.grading import ONLY_FRESH, ONLY_VISIBLE_CASES
from autograder.preparation import make, prepare
from autograder.sandbox import Child, Limits
from autograder.submission import Submission, SubmittedCell
from autograder.verdict import Verdict
from course_utils import recorded
from course_utils.exercise import Case
from course_utils.judgement import CACHE_IS_WRONG

FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
BEHAVIOUR = {"integers", "unchanged", "repeatable"}
EVERY_CHECK = {"dx", "dw", "db"} | BEHAVIOUR
RETURN = "return dx, dw, db"
UNPACK = "x, w, b, conv_param = cache"
LOOP = "while True:\n        pass"


def grade_cell(function: str) -> SubmittedCell:
    return SubmittedCell(f"check({function})", function)


def with_code(submission: Submission, *code: SubmittedCell) -> Submission:
    return replace(submission, code=code)


# What is earned


def test_the_reference_earns_everything(grader, submission) -> None:
    verdict = grader.grade(submission())
    assert verdict.status == "judged"
    assert [found.exercise for found in verdict.exercises] == [FORWARD, BACKWARD]
    assert [found.share for found in verdict.exercises] == [1, 1]
    assert verdict.exercises[0].score(5) == 5
    assert (verdict.reason, verdict.tier) == ("", grader.isolation.tier)
    assert verdict.key == grader.key(submission())
    assert verdict.seed == grader.seed(submission()).hex()


def test_a_stub_earns_nothing_and_is_not_started(grader, submission) -> None:
    stub = "def {}(*given):\n    raise NotImplementedError()"
    verdict = grader.grade(submission(forward=stub.format(FORWARD), backward=stub.format(BACKWARD)))
    assert verdict.status == "judged"
    assert [(e.card.status, e.share) for e in verdict.exercises] == [("not started", 0)] * 2


def test_a_mistake_costs_its_check_and_is_named(grader, submission, lost) -> None:
    verdict = grader.grade(submission(edits=(("axis=(0, 2, 3)", "axis=(2, 3)"),)))
    assert lost(verdict) == {BACKWARD: {"db"}}
    card = verdict.exercise(BACKWARD).card
    assert any("db still has one row per image" in text for text in card.diagnosis)
    assert card.example.startswith("x = np.array(")
    assert 0 < verdict.exercise(BACKWARD).share < 1


def test_a_forward_without_an_end_costs_the_backward_nothing(grader, submission, lost) -> None:
    endless = f"def {FORWARD}(x, w, b, conv_param):\n    {LOOP}"
    verdict = grader.grade(submission(forward=endless))
    assert set(lost(verdict)) == {FORWARD}
    assert "processor time" in verdict.exercise(FORWARD).card.reason
    assert verdict.exercise(BACKWARD).share == 1


@pytest.mark.parametrize("exit_", ["import os; os._exit(0)", "raise SystemExit", "1 / 0"])
def test_a_backward_that_ends_badly_costs_the_forward_nothing(
    grader, submission, lost, exit_
) -> None:
    verdict = grader.grade(submission(edits=((UNPACK, f"{exit_}\n    {UNPACK}"),)))
    assert lost(verdict) == {BACKWARD: EVERY_CHECK}
    assert verdict.status == "judged"


def test_a_scrambled_cache_is_charged_to_the_forward_and_named(grader, submission, lost) -> None:
    right = grader.reference.source(FORWARD)
    scrambled = right.replace("cache = (x, w,", "cache = (x, w[:, :, ::-1],")
    verdict = grader.grade(submission(forward=scrambled))
    assert lost(verdict) == {FORWARD: {"cache"}}
    card = verdict.exercise(FORWARD).card
    assert [check.message for check in card.checks if check.name == "cache"] == [CACHE_IS_WRONG]
    assert ONLY_VISIBLE_CASES not in card.diagnosis


def test_numbers_learnt_by_heart_pass_the_visible_cases_only(grader, submission, lost) -> None:
    made = recorded.load(BACKWARD)
    known = {
        made.cases[name].dout.tobytes().hex(): [array.tolist() for array in answer.values()]
        for name, answer in made.answers.items()
    }
    source = (
        f"known = {known!r}\ndef {BACKWARD}(dout, cache):\n"
        "    found = known.get(dout.tobytes().hex())\n"
        "    x, w, b, conv_param = cache\n"
        "    return [np.array(a, float) for a in found] if found else (x * 0.0, w * 0.0, b * 0.0)"
    )
    verdict = grader.grade(submission(backward=source))
    assert lost(verdict) == {BACKWARD: EVERY_CHECK}
    assert verdict.exercise(BACKWARD).card.diagnosis == (ONLY_VISIBLE_CASES,)


# When a function is looked at


def test_a_function_that_is_changed_after_its_grade_cell_counts_as_it_was(
    grader, submission
) -> None:
    made = submission()
    later = SubmittedCell(f"def {BACKWARD}(dout, cache):\n    return 1")
    assert grader.grade(with_code(made, *made.code, later)).exercise(BACKWARD).share == 1
    swapped = with_code(made, *made.code[:-1], later, made.code[-1])
    assert grader.grade(swapped).exercise(BACKWARD).share == 0


def test_without_its_grade_cell_a_function_is_judged_at_the_end(grader, submission) -> None:
    made = submission()
    verdict = grader.grade(with_code(made, *(c for c in made.code if "check(" not in c.source)))
    assert [found.share for found in verdict.exercises] == [1, 1]


def test_of_two_grade_cells_the_last_one_counts(grader, submission) -> None:
    made = submission(backward=f"def {BACKWARD}(dout, cache):\n    raise NotImplementedError")
    again = SubmittedCell(grader.reference.source(BACKWARD))
    verdict = grader.grade(with_code(made, *made.code, again, grade_cell(BACKWARD)))
    assert [found.share for found in verdict.exercises] == [1, 1]


@pytest.mark.parametrize(
    ("backward", "why"),
    [
        ("", ""),
        (f"def {BACKWARD}(dout, cache:\n    pass", "; code cell 4 raised SyntaxError: "),
        (f"def {BACKWARD}(d, c):\n    pass\nimport os\nos._exit(1)", "; code cell 4 was left out"),
        (f"def {BACKWARD}(d, c):\n    pass\n{BACKWARD} = 5", ""),
    ],
)
def test_a_function_that_is_not_there_is_told_with_the_cause(grader, submission, backward, why):
    verdict = grader.grade(submission(backward=backward))
    reason = verdict.exercise(BACKWARD).card.reason
    assert reason.startswith(f"there is no function named {BACKWARD}{why}")
    assert [found.share for found in verdict.exercises] == [1, 0]


# Hidden cases


def test_the_seed_depends_on_secret_student_and_code_and_on_nothing_else(
    grader, submission
) -> None:
    made = submission()
    seeds = {
        grader.seed(other)
        for other in (made, submission(student="bob"), submission("x = 1"), submission("x = 2"))
    }
    seeds.add(replace(grader, secret=bytes(32)).seed(made))
    assert len(seeds) == 5
    assert {len(seed) for seed in seeds} == {32}
    answered = replace(made, written=(("why", "because"),))
    assert grader.seed(answered) == grader.seed(made)
    assert replace(grader, limits=Limits()).seed(made) == grader.seed(made)


def test_two_students_get_other_numbers_and_never_the_visible_ones(grader, submission) -> None:
    def numbers(student: str) -> list[np.ndarray]:
        seed = grader.seed(submission(student=student))
        made = [prepare(question, grader.reference, seed) for question in grader.questions]
        cases = [case for one in made for case in one.cases.values()]
        return [case.inputs["x"] for case in cases] + [case.dout for case in cases]

    visible = [c for n in (FORWARD, BACKWARD) for c in recorded.load(n).cases.values()]
    shown = [case.inputs["x"] for case in visible] + [case.dout for case in visible]
    ada, bob = numbers("ada"), numbers("bob")
    assert all(np.array_equal(a, again) for a, again in zip(ada, numbers("ada"), strict=True))
    for a, b in zip(ada, bob, strict=True):
        assert a.shape == b.shape
        # A single number may be the same by chance.
        assert a.size == 1 or not np.array_equal(a, b)
        assert a.size < 4 or not any(np.array_equal(a, s) for s in shown)


# What may be told

SAY = "' '.join(map(repr, x.ravel()[:3].tolist()))"
TELLING = {
    "an exception": f"raise ValueError({SAY})",
    "the name of a type": f"return type({SAY}, (), {{}})(), None, None",
    "a print": f"print({SAY})",
    "a reason": f"raise SystemExit({SAY})",
}


def first_three(cases: Mapping[str, Case]) -> set[str]:
    """The first three numbers of every x that has as many, as the code says them."""
    found = (c.inputs["x"].ravel()[:3].tolist() for c in cases.values())
    return {" ".join(map(repr, numbers)) for numbers in found if len(numbers) == 3}


@pytest.mark.parametrize("how", TELLING)
def test_nothing_that_the_code_says_of_a_hidden_case_is_told(grader, submission, how) -> None:
    """What a failure is told with are visible cases, which anybody can repeat."""
    says = f"if x.size > 2:\n        {TELLING[how]}\n    return dx, dw, 2 * db"
    wrong = submission(edits=((RETURN, says),))
    told = grader.grade(wrong).exercise(BACKWARD)
    _, question = grader.questions
    hidden = make(question, grader.reference.functions, grader.seed(wrong)).cases
    visible = recorded.load(BACKWARD).cases
    card = json.dumps(told.card.data())
    assert [text for text in first_three(hidden) - first_three(visible) if text in card] == []
    assert [text for text in first_three(visible) if text in card] != []
    assert told.card.status == "failed"


def test_a_failure_on_fresh_numbers_alone_is_told_without_them(grader, submission) -> None:
    known = [case.inputs["x"].ravel()[0] for case in recorded.load(BACKWARD).cases.values()]
    line = f"dx = dx if x.ravel()[0] in {[float(k) for k in known]} else dx + 1\n    {RETURN}"
    told = grader.grade(submission(edits=((RETURN, line),))).exercise(BACKWARD)
    [check] = [check for check in told.card.checks if check.name == "dx"]
    assert (check.status, check.message) == ("failed", ONLY_FRESH)
    assert (check.worst, check.error_map) == (None, None)
    assert ONLY_VISIBLE_CASES in told.card.diagnosis


def test_what_visible_cases_show_of_a_failure_is_told_in_full(grader, submission) -> None:
    told = grader.grade(submission(edits=((RETURN, f"print('here')\n    {RETURN[:-2]}2 * db"),)))
    card = told.exercise(BACKWARD).card
    [check] = [check for check in card.checks if check.name == "db"]
    visible = recorded.load(BACKWARD)
    answers = [a["db"][check.worst.index] for a in visible.answers.values() if a["db"].shape]
    assert check.worst.expected in [float(answer) for answer in answers]
    assert card.printed.startswith("here")


# Faults of ours


def refuse(_: np.random.Generator) -> Mapping[str, object]:
    raise ZeroDivisionError("a recipe of ours")


def test_a_fault_of_ours_is_not_judged_and_costs_no_other_exercise(
    grader, submission, caplog
) -> None:
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    forward, backward = grader.questions
    recipes = {name: replace(r, make=refuse) for name, r in backward.recipes.items()}
    faulty = replace(grader, questions=(forward, replace(backward, recipes=recipes)))
    verdict = faulty.grade(submission())
    assert verdict.status == "not judged"
    assert "ZeroDivisionError('a recipe of ours')" in verdict.reason
    first, second = verdict.exercises
    assert (first.share, first.card.status) == (1, "passed")
    assert (second.share, second.card.status) == (None, "not judged")
    assert second.score(10) is None


def test_a_reference_that_contradicts_finite_differences_judges_nobody(
    grader, submission, caplog
) -> None:
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    wrong = grader.reference.changed(BACKWARD, [("dout.sum(", "2 * dout.sum(")])
    verdict = replace(grader, reference=wrong).grade(submission())
    assert verdict.status == "not judged"
    assert "is not the derivative of" in verdict.reason
    assert verdict.exercise(BACKWARD).share is None


def with_shortcut(grader, wrong):
    """The grader with ``wrong(dx, cache)`` instead of dx in its shortcut to the backward."""
    right = grader.shortcuts[BACKWARD]

    def shortcut(dout, cache):
        dx, dw, db = right(dout, cache)
        return wrong(dx, cache), dw, db

    return replace(grader, shortcuts={**grader.shortcuts, BACKWARD: shortcut})


def test_a_shortcut_that_contradicts_the_reference_judges_nobody(
    grader, submission, caplog
) -> None:
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    faulty = with_shortcut(grader, lambda dx, _: 2 * dx)
    twice = ((RETURN, "return 2 * dx, dw, db"),)
    for made in (submission(), submission(edits=twice)):
        verdict = faulty.grade(made)
        assert verdict.status == "not judged"
        assert "the shortcut to dx is not what the reference returns" in verdict.reason
        assert verdict.exercise(FORWARD).share == 1
        assert verdict.exercise(BACKWARD).share is None


def test_no_point_is_lost_by_a_shortcut_that_is_wrong_for_these_numbers_only(
    grader, submission, caplog
) -> None:
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    made = submission()
    question = next(q for q in grader.questions if q.exercise.name == BACKWARD)
    x = make(question, grader.shortcuts, grader.seed(made)).cases["plain"].inputs["x"]
    faulty = with_shortcut(grader, lambda dx, cache: dx + np.array_equal(cache[0], x))
    assert faulty.grade(submission(student="bob")).exercise(BACKWARD).share == 1
    verdict = faulty.grade(made)
    assert verdict.exercise(BACKWARD).share is None
    assert "the shortcut to dx" in verdict.reason


def test_a_notebook_without_shortcuts_is_judged_the_same(grader, submission) -> None:
    plain = replace(grader, shortcuts={})
    for made in (submission(), submission(edits=((RETURN, "return dx, dw, -db"),))):
        ours, theirs = grader.grade(made), plain.grade(made)
        assert ours.to_json() == theirs.to_json()


def test_a_reference_that_some_other_wrong_answer_agrees_with_is_not_believed(
    grader, submission, caplog
) -> None:
    """Who makes the same mistake as the reference must not pass by it."""
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    edits = (("dout.sum(", "2 * dout.sum("),)
    wrong = grader.reference.changed(BACKWARD, edits)
    verdict = replace(grader, reference=wrong, shortcuts={}).grade(submission(edits=edits))
    assert verdict.exercise(BACKWARD).share is None
    assert "is not the derivative of" in verdict.reason


def test_a_fault_in_naming_a_mistake_leaves_its_points(
    grader, submission, monkeypatch, caplog
) -> None:
    caplog.set_level(logging.CRITICAL, "autograder.grading")
    monkeypatch.setattr("autograder.grading.diagnose", lambda *_: 1 / 0)
    verdict = grader.grade(submission(edits=((RETURN, "return dx, dw, -db"),)))
    assert verdict.status == "judged"
    assert verdict.exercise(BACKWARD).card.diagnosis == ()


def test_a_sandbox_that_does_not_start_is_no_fault_of_the_student(grader, submission) -> None:
    sandbox.servers.end()
    slow = replace(grader, limits=replace(grader.limits, start_wall_seconds=1e-4))
    verdict = slow.grade(submission())
    assert verdict.status == "not judged"
    assert verdict.reason.startswith("the sandbox failed: a child process could not be started: ")
    assert verdict.exercises == ()


# Time

BURN = """import time
    began = time.process_time()
    while x.shape == {shape} and time.process_time() - began < 0.4:
        pass
    """


def slow(text: str, before: str) -> str:
    """A right function that takes 0.4 s for one of the sizes."""
    shape = recorded.load(FORWARD).cases["padded"].inputs["x"].shape
    return text.replace(before, BURN.format(shape=shape) + before)


def test_a_function_that_used_up_its_time_is_tried_once_more_with_more(grader, submission) -> None:
    brief = replace(grader, limits=replace(grader.limits, call_cpu_seconds=0.15))
    backward = slow(grader.reference.source(BACKWARD), "N, C, H, W = x.shape")
    verdict = brief.grade(submission(backward=backward))
    assert [found.share for found in verdict.exercises] == [1, 1]


def test_only_one_function_of_a_submission_is_tried_once_more(grader, submission) -> None:
    brief = replace(grader, limits=replace(grader.limits, call_cpu_seconds=0.15))
    forward, backward = (
        slow(grader.reference.source(name), "N, C, H, W = x.shape") for name in (FORWARD, BACKWARD)
    )
    verdict = brief.grade(submission(forward=forward, backward=backward))
    assert [found.share for found in verdict.exercises] == [1, 0]
    assert "processor time" in verdict.exercise(BACKWARD).card.reason


# The record


def test_a_verdict_comes_back_from_json_as_it_was(grader, submission) -> None:
    verdicts = [
        grader.grade(submission(edits=((RETURN, "return dx * np.nan, dw, db + 1"),))),
        grader.not_judged(submission(), "the reason"),
        Verdict("zoë\n", "02_convolution", "unreadable", reason="no file"),
    ]
    for verdict in verdicts:
        text = verdict.to_json()
        again = Verdict.from_json(text)
        assert again.to_json() == text
        assert "\n" not in text
        json.loads(text, parse_constant=pytest.fail)
        assert [e.share for e in again.exercises] == [e.share for e in verdict.exercises]
        for before, after in zip(verdict.exercises, again.exercises, strict=True):
            assert after.card.text() == before.card.text()
            assert after.card.html() == before.card.html()


def test_the_key_follows_everything_that_a_verdict_depends_on(grader, submission) -> None:
    made = submission()
    keys = [
        grader.key(made),
        grader.key(submission("x = 1")),
        replace(grader, questions=grader.questions[:1]).key(made),
        replace(
            grader, reference=grader.reference.changed(BACKWARD, [(RETURN, f"pass\n    {RETURN}")])
        ).key(made),
        replace(grader, release=replace(grader.release, cells=grader.release.cells[:-1])).key(made),
        replace(grader, isolation=replace(grader.isolation, tier="none")).key(made),
    ]
    assert len(set(keys)) == len(keys)
    # Whose it is, and which numbers it met, change no outcome.
    assert grader.key(replace(made, student="bob")) == keys[0]
    assert replace(grader, secret=bytes(32)).key(made) == keys[0]


# Killed processes


def _kill(victim: int) -> None:
    """Kill a process, and wait until it is dead: a short call may be faster than a death."""
    process = os.pidfd_open(victim)
    signal.pidfd_send_signal(process, signal.SIGKILL)
    assert select.select([process], [], [], 5)[0]
    os.close(process)


def kill(monkeypatch: pytest.MonkeyPatch, whom: str, times: int) -> None:
    """Before so many calls, kill the process that is to answer, or the server of its kind."""
    really, killed = Child.call_each, []

    def call(self: Child, *arguments: object, **options: object) -> object:
        spawned = self._spawned
        victim = spawned.pid if whom == "the child" else spawned._server.pid
        if len(killed) < times and victim not in killed:
            killed.append(victim)
            _kill(victim)
        return really(self, *arguments, **options)

    monkeypatch.setattr(Child, "call_each", call)


@pytest.mark.parametrize("whom", ["the child", "its server"])
def test_what_is_killed_once_is_judged_as_if_nothing_had_been(
    grader, submission, monkeypatch, whom
) -> None:
    handed_in = submission(edits=((RETURN, "return dx, dw, -db"),))
    undisturbed = grader.grade(handed_in)
    kill(monkeypatch, whom, 1)
    assert grader.grade(handed_in) == undisturbed


def test_a_submission_that_loses_two_servers_is_not_judged(grader, submission, monkeypatch) -> None:
    kill(monkeypatch, "its server", 2)
    verdict = grader.grade(submission())
    assert verdict.status == "not judged"
    assert "the server of children has ended" in verdict.reason


def test_a_submission_whose_processes_are_killed_again_and_again_earns_nothing(
    grader, submission, monkeypatch
) -> None:
    kill(monkeypatch, "the child", 1000)
    verdict = grader.grade(submission())
    assert verdict.status == "judged"
    assert [found.share for found in verdict.exercises] == [0, 0]
    assert "the process was ended by the system" in verdict.exercises[0].card.reason
