"""The proof of the checks: it holds for the course, and notices where it would not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import rehearsal, right_trial, validation
from autograder.course import Course
from autograder.equivalent_mutants import REASONS
from autograder.exercises import QUESTIONS, Question
from autograder.margins import JUDGES, margin
from autograder.misconceptions import CATALOGUE, EQUIVALENTS, Equivalent, Misconception
from autograder.mutant_trial import MutantResult, mutants_of, try_mutant
from autograder.naming import Naming, namings
from autograder.needs import needs_of
from autograder.rehearsal import Stage, failures
from autograder.right_trial import try_right, unearned
from autograder.row_trial import KINK, TOO_FINE, UNEXPLAINED, RowResult, try_row
from autograder.shortcuts import SHORTCUTS
from autograder.validation import NotebookResult
from autograder.validation_text import text
from autograder.variation import EVERY_OTHER, FORMS, FORTRAN, ONES, SINGLE
from course_utils.mistake import KnownMistake
from course_utils.signature import Signature

COURSE = Course(Path(__file__).parents[2])
CONVOLUTION = Stage(COURSE.solutions, "02_convolution")
POOLING = Stage(COURSE.solutions, "03_pooling")
STAGES = {notebook: Stage(COURSE.solutions, notebook) for notebook in QUESTIONS}


def row_of(name: str, function: str) -> Misconception:
    rows = [row for known in CATALOGUE.values() for row in known]
    return next(row for row in rows if (row.id, row.function) == (name, function))


OVERLAP = row_of("P06", "max_pool_backward_naive")


def result(
    *,
    rows: Sequence[RowResult] = (),
    mutants: Sequence[MutantResult] = (),
    unjust: Sequence[str] = (),
    unearned: Sequence[str] = (),
    margins: Sequence[validation.Margin] = (),
) -> NotebookResult:
    """A result of pooling in which nothing else is found."""
    return NotebookResult(
        "03_pooling",
        seeds=2,
        right_seeds=2,
        rows=tuple(rows),
        mutants=tuple(mutants),
        unjust=tuple(unjust),
        unearned=tuple(unearned),
        stopped=(),
        margins=tuple(margins),
        needs=(),
    )


def fault_of(row: RowResult) -> str:
    """The faults of a row, but for its name: that is asked of all rows together."""
    return "\n".join(f for f in result(rows=[replace(row, named=True)]).faults if "STALE" not in f)


# Rows


def test_a_known_mistake_is_caught_by_its_check_everywhere_with_one_outcome() -> None:
    found = try_row(POOLING, OVERLAP, 2)
    assert (found.caught, found.by_its_check, found.outcomes) == (2, 2, 1)
    assert found.locally
    assert fault_of(found) == ""


def test_a_row_that_changes_nothing_survives() -> None:
    harmless = replace(OVERLAP, edits=(("row, col =", "row, col  ="),))
    found = try_row(POOLING, harmless, 2)
    assert found.caught == 0
    assert not found.locally
    assert "SURVIVES P06 (max_pool_backward_naive)" in fault_of(found)


def test_a_row_is_counted_where_another_check_catches_it() -> None:
    found = try_row(POOLING, replace(OVERLAP, check="ties"), 2)
    assert (found.caught, found.by_its_check) == (2, 0)
    assert fault_of(found) == "MISSED BY ties: P06 (max_pool_backward_naive)"


def test_a_row_whose_outcome_hangs_on_the_seed_is_a_fault() -> None:
    chance = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W] * (1 + (x.flat[0] > x.flat[-1]))"
    edits = (("dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", chance),)
    found = try_row(POOLING, replace(OVERLAP, edits=edits), 6)
    assert found.outcomes > 1
    assert "DEPENDS ON THE SEED P06" in fault_of(found)


@pytest.mark.parametrize(
    ("name", "function", "why"),
    [
        ("C28", "conv_backward_naive", ""),
        ("P04", "max_pool_backward_naive", KINK),
        ("C06", "conv_backward_naive", ""),
        ("F21", "conv_forward_naive", ""),
    ],
)
def test_where_finite_differences_find_less_than_the_reference_the_report_says_why(
    name: str, function: str, why: str
) -> None:
    stage = CONVOLUTION if function.startswith("conv") else POOLING
    found = try_row(stage, row_of(name, function), 2)
    assert found.apart == why
    assert fault_of(found) == ""
    unexplained = replace(found, apart=UNEXPLAINED)
    assert "JUDGES DISAGREE" in fault_of(unexplained)


def test_what_is_too_fine_for_differences_of_a_smooth_forward_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A float32 buffer is seen where differences are exact, not where they are good to 1e-6."""
    smooth = tuple(
        replace(q, exercise=replace(q.exercise, dependence="smooth"))
        for q in QUESTIONS["02_convolution"]
        if q.exercise.forward
    )
    monkeypatch.setattr(rehearsal, "QUESTIONS", {"02_convolution": smooth})
    # What is kept of the seeds was made with the course's own questions.
    rehearsal._prepared.cache_clear()
    found = try_row(CONVOLUTION, row_of("C28", "conv_backward_naive"), 2)
    rehearsal._prepared.cache_clear()
    assert found.apart == TOO_FINE.format(1e-6)
    assert (found.alone["reference"], found.alone["finite differences, smooth"]) == (2, 0)
    assert fault_of(found) == ""


def test_a_row_that_keeps_what_it_was_called_with_meets_every_seed_as_if_it_were_the_first() -> (
    None
):
    found = try_row(CONVOLUTION, row_of("C45", "conv_backward_naive"), 3)
    assert found.outcomes == 1


# Mutants


def mutant_result(change: str, function: str = "max_pool_backward_naive") -> MutantResult:
    stage = POOLING if "pool" in function else CONVOLUTION
    (mutant,) = (m for m in mutants_of(stage) if (m.function, m.change) == (function, change))
    return try_mutant(stage, mutant, 1)


def test_a_mutant_that_every_case_shows_needs_none() -> None:
    found = mutant_result("dx_pad = np.zeros(x_pad.shape) → dx_pad = np.ones(x_pad.shape)")
    assert found.caught
    assert len(found.killers) > 1
    assert found.needs == ()
    assert found.illustrations


def test_a_mutant_that_one_case_shows_needs_it() -> None:
    line = "top, left = (i * stride, j * stride)"
    everyone = [try_mutant(CONVOLUTION, m, 0) for m in mutants_of(CONVOLUTION) if m.old == line]
    assert all(found.caught for found in everyone)
    line = "x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
    found = mutant_result(
        f"{line} → {line.replace('(pad, pad)))', '(pad, F)))')}", "conv_backward_naive"
    )
    assert found.killers == found.needs == ("conv_backward_naive: mostly padding",)


def test_a_listed_equivalent_passes_and_an_unlisted_survivor_is_a_fault() -> None:
    (function, change), reason = next(
        (key, why) for key, why in REASONS.items() if key[0] == "max_pool_backward_naive"
    )
    found = mutant_result(change)
    assert not found.caught
    assert reason
    faults = result(mutants=[found]).faults
    assert not any(fault.startswith("SURVIVES") for fault in faults)
    unlisted = replace(found, change=f"{change} ")
    assert f"SURVIVES {function}: {change} " in result(mutants=[unlisted]).faults


def test_a_listed_equivalent_that_is_caught_or_arises_no_more_is_stale() -> None:
    keys = [key for key in REASONS if key[0] == "max_pool_backward_naive"]
    mutants = [MutantResult(*key, caught=key == keys[0]) for key in keys[:-1]]
    assert result(mutants=mutants).faults == [
        f"STALE, caught: {': '.join(keys[0])}",
        f"STALE, no such mutant: {': '.join(keys[-1])}",
    ]


def test_every_equivalent_says_why() -> None:
    assert all(len(reason) > 20 for reason in REASONS.values())


# Right functions


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_references_and_harmless_changes_lose_nothing(notebook: str) -> None:
    for seed in range(len(FORMS)):
        found = try_right(STAGES[notebook], seed)
        assert found.lost == ()
        judges = {"reference", "reference, float32 inputs", "recorded results"}
        backwards = [q.exercise for q in QUESTIONS[notebook] if q.exercise.forward]
        judges |= {f"finite differences, {exercise.dependence}" for exercise in backwards}
        judges |= {"adjoint pair" for q in QUESTIONS[notebook] if q.exercise.adjoint}
        assert set(found.errors) == judges <= set(JUDGES)


UNUSUAL = {
    FORTRAN.name: "x.ravel('K').reshape(x.shape)",
    EVERY_OTHER.name: "x * (1 + (x.strides[0] < 0))",
    SINGLE.name: "x * (1 + (x.dtype == np.float32))",
}


@pytest.mark.parametrize("form", UNUSUAL)
def test_a_function_that_fails_for_one_form_of_its_input_only_is_noticed(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = (("N, C, H, W = x.shape", f"x = {UNUSUAL[form]}\n    N, C, H, W = x.shape"),)
    fragile = Equivalent("fragile", "avg_pool_forward_naive", edits=edits)
    monkeypatch.setattr(right_trial, "EQUIVALENTS", {"03_pooling": (fragile,)})
    lost = [sentence for seed in range(1, 5) for sentence in try_right(POOLING, seed).lost]
    assert any(f"{form}: the equivalent 'fragile' loses out of" in sentence for sentence in lost)
    assert not any("as made" in sentence for sentence in lost)


def test_a_shortcut_that_is_not_the_reference_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = SHORTCUTS["03_pooling"]

    def wrong(dout, cache):
        return right["max_pool_backward_naive"](dout, cache) * (1 + 1e-11)

    shortcuts = {"03_pooling": {**right, "max_pool_backward_naive": wrong}}
    monkeypatch.setattr(rehearsal, "SHORTCUTS", shortcuts)
    (sentence,) = try_right(POOLING, 1).lost
    assert "seed 1: max_pool_backward_naive: the shortcut to dx is not" in sentence


def writes_caches(question: Question) -> bool:
    """Tell whether the student decides what the cache holds."""
    return bool(question.exercise.backward)


@pytest.mark.parametrize(
    "notebook", [n for n in QUESTIONS if any(map(writes_caches, QUESTIONS[n]))]
)
def test_caches_of_their_own_are_among_the_harmless_changes(notebook: str) -> None:
    names = {e.id.split(": ")[-1] for e in EQUIVALENTS[notebook] if e.partner}
    assert len(names) >= 3
    # What people were seen to write where windows are cut in loops.
    if notebook in {"02_convolution", "03_pooling"}:
        assert {"padded x", "extra items", "a dictionary", "another order"} <= names


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_an_untouched_notebook_earns_nothing(stage: Stage) -> None:
    assert unearned(stage) == []


def test_points_lost_by_right_functions_and_earned_by_stubs_are_faults() -> None:
    faults = result(unjust=["seed 3"], unearned=["a stub"]).faults
    assert {"UNJUST seed 3", "UNEARNED a stub"} <= set(faults)


# One submission, one score.  `autograder validate` asks the same of more seeds.


def outcomes(stage: Stage, functions, questions, seeds: range) -> set:
    return {failures(stage.judged(functions, questions, seed)) for seed in seeds}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_the_reference_has_one_score_under_many_seeds(stage: Stage) -> None:
    assert outcomes(stage, stage.right.functions, stage.questions, range(100, 110)) == {()}


# What shows which case, and what ones would hide


def test_every_case_that_a_row_needs_is_counted_and_a_case_for_nothing_is_found() -> None:
    rows = [try_row(POOLING, OVERLAP, 1)]
    needs = needs_of(POOLING, rows, [], namings(POOLING, rows))
    needed = {(need.exercise, need.case) for need in needs if need.needed and not need.tiny}
    assert ("max_pool_backward_naive", "overlap") in needed
    assert ("max_pool_backward_naive", "gaps") not in needed
    faults = replace(result(rows=rows), needs=tuple(needs)).faults
    assert "UNNEEDED max_pool_backward_naive: gaps" in faults
    assert "UNNEEDED max_pool_backward_naive: overlap" not in faults


def test_a_case_that_tells_two_mistakes_apart_is_not_replaced_by_the_words_of_exceptions() -> None:
    array = {"dx": Signature.of(np.ones(3))}
    crashes = [f"ValueError: shapes {shape}" for shape in ("(2,)", "(3,)")]
    mistakes = tuple(
        KnownMistake(name, "", "", "", ("dx",), {"oblong": crash, "square": square})
        for name, crash, square in zip("AB", crashes, (array, "IndexError: 3"), strict=True)
    )
    found = Naming("exercise", mistakes, {"oblong": array, "square": array})
    assert [found.served_by(case) for case in ("oblong", "square")] == [0, 1]


def test_upstream_gradients_of_ones_would_let_known_mistakes_live() -> None:
    row = row_of("C24", "conv_backward_naive")
    assert try_row(CONVOLUTION, row, 1).caught == 1
    found = try_row(CONVOLUTION.in_form(ONES), row, 1)
    assert found.caught == 0
    assert "SURVIVES C24 (conv_backward_naive)" in fault_of(found)


def test_validation_with_upstream_gradients_of_ones_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(row for row in CATALOGUE["02_convolution"] if row.id in {"C06", "C24", "C33"})
    monkeypatch.setattr(validation, "CATALOGUE", {"02_convolution": rows})
    monkeypatch.setattr(validation, "mutants_of", lambda stage: mutants_of(stage)[::200])
    usual, ones = (
        [
            fault
            for found in validation.validate(COURSE, ["02_convolution"], 1, 1, 1, **form)
            for fault in found.faults
            if fault.startswith("SURVIVES")
        ]
        for form in ({}, {"form": ONES})
    )
    assert usual == []
    assert "SURVIVES C24 (conv_backward_naive)" in ones
    assert len(ones) > 1


# The whole result


def test_a_tolerance_too_close_to_right_or_wrong_errors_is_a_fault() -> None:
    close = margin("reference", [1e-10], {"row": 1e-8})

    def told(found) -> list[str]:
        faults = result(margins=[found]).faults
        return [fault for fault in faults if fault.startswith("TOO CLOSE reference: ")]

    assert told(close) == []
    (wrong,) = told(replace(close, wrong=9e-9))
    assert "smallest wrong error 9.0e-09 (row)" in wrong
    (right,) = told(replace(close, right=2e-10))
    assert "worst right error 2.0e-10" in right


def test_the_result_can_be_read_by_machines_and_by_people(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(row for row in CATALOGUE["03_pooling"] if row.id in {"P04", "P06", "M02"})
    monkeypatch.setattr(validation, "CATALOGUE", {"03_pooling": rows})
    monkeypatch.setattr(validation, "mutants_of", lambda stage: mutants_of(stage)[::200])
    told: list[tuple[str, int, int]] = []
    (found,) = validation.validate(
        COURSE, ["03_pooling"], 2, 1, 1, watch=lambda *step: told.append(step)
    )
    data = json.loads(json.dumps(found.data(), allow_nan=False))
    assert [row["id"] for row in data["rows"]] == [row.id for row in rows]
    judges = [m["judge"] for m in data["margins"]]
    assert judges == [
        j
        for j in JUDGES
        if j not in ("finite differences, smooth", "finite differences, quadratic", "adjoint pair")
    ]
    assert len(data["mutants"]) == len(found.mutants) > 10
    assert not found.proved
    assert not data["proved"]
    assert told[-1] == ("03_pooling", len(told), len(told))
    shown = text(found)
    for word in ("max_pool_backward_naive", "mutants", "tolerance", "P04", KINK, *found.faults):
        assert word in shown
    assert shown.endswith(f"{len(found.faults)} findings")


def test_a_notebook_without_faults_is_said_to_have_none() -> None:
    margins = [margin("reference", [1e-10], {"row": 1e-8})]
    assert result(margins=margins).faults == []
    assert text(result(margins=margins)).endswith("nothing found wrong")
