"""What becomes of one mutant: killed by which cases, or alive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.exercises import Question
from autograder.mutation import Mutant, mutants
from autograder.rehearsal import VISIBLE, Functions, Stage, failures
from autograder.row_trial import case_fails, illustration
from autograder.size_mutation import Call, size_mutants
from course_utils.drivers import bound


@dataclass(frozen=True)
class MutantResult:
    """What became of one mutant.

    ``killers`` are the visible cases on which its values are wrong, ``needs`` the one
    without which it would live, ``illustrations`` the tiny cases that show it, each as
    ``exercise: case``.  ``caught``: something failed on every seed, and in each of the
    parts that must notice it.
    """

    function: str
    change: str
    caught: bool
    killers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    illustrations: tuple[str, ...] = ()


def mutants_of(stage: Stage) -> list[Mutant]:
    """The mutants of every function that the notebook asks for."""
    found = []
    for question in stage.questions:
        exercise = question.exercise
        if exercise.name != exercise.function or exercise.by_share:
            continue  # a further part of the same function, or a training run
        parts = {
            each.exercise.name: [list(_calls(stage, each, seed)) for seed in (VISIBLE, 1)]
            for each in stage.asking(exercise.function)
        }
        first = parts[exercise.name][0][0]
        found.extend(mutants(stage.right, exercise.function, first.arguments, first.called))
        if not exercise.specimens:  # a test of one's own chooses its sizes itself
            found.extend(size_mutants(stage.right, exercise.function, parts))
    return found


def _calls(stage: Stage, question: Question, seed: int) -> Iterator[Call]:
    """The calls of the cases of this seed."""
    exercise, functions = question.exercise, stage.right.functions
    for case in stage.prepared(seed)[exercise.name].cases.values():
        driver = case.driver or exercise.driver
        called = bound(driver, functions) if driver else functions[exercise.function]
        yield Call(called, exercise.arguments(case))


def try_mutant(stage: Stage, mutant: Mutant, seeds: int) -> MutantResult:
    """Try one mutant on the visible cases and on ``seeds`` fresh sets."""
    functions = mutant.functions(stage.right)
    questions = stage.asking(mutant.function)
    killers = tuple(_killers(stage, questions, functions, VISIBLE))
    groups = [[q] for q in questions if q.exercise.name in mutant.parts] or [questions]
    caught = all(
        any(True for _ in _killers(stage, group, functions, seed))
        or _misbehaves(stage, group, functions, seed)
        for seed in (VISIBLE, *range(1, seeds + 1))
        for group in groups
    )
    needs: tuple[str, ...] = ()
    if caught and len(killers) == 1:
        others = [_without(question, killers[0]) for question in questions]
        needs = () if _misbehaves(stage, others, functions, VISIBLE) else killers
    elif caught and not killers:
        needs = tuple(_needed_by_behaviour(stage, questions, functions))
    shown = tuple(
        case for question in questions if (case := illustration(stage, question, functions))
    )
    return MutantResult(mutant.function, mutant.change, caught, killers, needs, shown)


def _killers(
    stage: Stage, questions: Sequence[Question], functions: Functions, seed: int
) -> Iterator[str]:
    """The cases of value checks on which the function is wrong, as ``exercise: case``.

    With the reference's forward the standard cache is also the own one.
    """
    for question in questions:
        made = stage.prepared(seed)[question.exercise.name]
        for case in question.exercise.cases:
            judged = any(case in c.cases for c in question.exercise.checks if c.kind == "value")
            if judged and case_fails(stage, question, functions, made, case):
                yield f"{question.exercise.name}: {case}"


def _misbehaves(
    stage: Stage, questions: Sequence[Question], functions: Functions, seed: int
) -> bool:
    return bool(failures(stage.judged(functions, questions, seed)))


def _needed_by_behaviour(
    stage: Stage, questions: Sequence[Question], functions: Functions
) -> Iterator[str]:
    """The case of the only check that fails, where that has one case."""
    failed = failures(stage.judged(functions, questions, VISIBLE))
    checks = [
        (question.exercise.name, check)
        for question in questions
        for check in question.exercise.checks
        if (question.exercise.name, check.name) in failed
    ]
    if len(checks) == 1 and len(checks[0][1].cases) == 1:
        exercise, check = checks[0]
        yield f"{exercise}: {check.cases[0]}"


def _without(question: Question, needed: str) -> Question:
    """The question without this case, and without the checks that have no other."""
    exercise = question.exercise
    checks = []
    for check in exercise.checks:
        cases = tuple(case for case in check.cases if f"{exercise.name}: {case}" != needed)
        if cases or not check.cases:
            checks.append(replace(check, cases=cases))
    return replace(question, exercise=replace(exercise, checks=tuple(checks)))
