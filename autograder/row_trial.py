"""What becomes of one row of the catalogue: caught, by which check, on which cases."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Final

from autograder import margins
from autograder.exercises import Question
from autograder.exercises.question import VISIBLE_SEED
from autograder.margins import Answers
from autograder.misconceptions import Misconception
from autograder.preparation import Prepared, prepare
from autograder.rehearsal import VISIBLE, Functions, Stage, failures
from autograder.variation import SINGLE
from course_utils import tolerances
from course_utils.checking import quiet_numpy
from course_utils.judgement import Judgement

#: Seeds on which a row is tried with float32 inputs, too.
SINGLE_SEEDS: Final = 2

#: Why a row is seen by the comparison with the reference only.
KINK = "wrong at a kink only, where there is no derivative"
TOO_FINE = "off by less than {:.0e}, which finite differences do not tell"
UNEXPLAINED = "seen by one judge only, and no reason is known"

#: The judgements of one function by exercise.
Judged = Mapping[str, Judgement]


@dataclass(frozen=True)
class RowResult:
    """What became of one row.

    ``caught`` and ``by_its_check`` count seeds; ``outcomes`` are the different sets of
    checks that it failed.  ``needs`` are cases without which its check would not catch it,
    ``illustrations`` the tiny cases that show it, each as ``exercise: case``.
    ``errors`` are its smallest ones over all seeds, by judge (see ``margins``), ``alone``
    the number of seeds on which a judge finds it wrong by itself; ``apart`` says why the
    judges differ.  ``gradient``: a second judge looks at it, as at every gradient.
    ``visible`` is what the visible cases find, ``named`` whether a diagnosis puts this
    mistake, or one with the same results, first.
    """

    id: str
    function: str
    check: str
    seeds: int
    caught: int
    by_its_check: int
    outcomes: int
    needs: tuple[str, ...]
    illustrations: tuple[str, ...]
    errors: Mapping[str, float]
    alone: Mapping[str, int]
    apart: str
    gradient: bool
    visible: Judged = field(repr=False)
    named: bool = False

    @property
    def locally(self) -> bool:
        """Tell whether the visible cases catch it."""
        return any(judgement.status == "failed" for judgement in self.visible.values())

    def data(self) -> dict[str, Any]:
        """Plain data."""
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "visible"}
        return {**kept, "locally": self.locally}


def try_row(stage: Stage, row: Misconception, seeds: int) -> RowResult:
    """Try one row on the visible cases and on ``seeds`` fresh sets."""
    questions = stage.asking(row.function)
    # Functions of their own for each seed: some keep what they were called with.
    found = {
        seed: stage.judged(row.functions(stage.right), questions, seed)
        for seed in (VISIBLE, *range(1, seeds + 1))
    }
    visible = found.pop(VISIBLE)
    failed = [failures(judged) for judged in found.values()]
    errors, alone, apart = _by_judge(stage, row, found)
    return RowResult(
        id=row.id,
        function=row.function,
        check=row.check,
        seeds=seeds,
        caught=sum(bool(names) for names in failed),
        by_its_check=sum(row.check in {check for _, check in names} for names in failed),
        outcomes=len(set(failed)),
        needs=tuple(_needs(stage, row, visible)),
        illustrations=tuple(
            shown
            for question in questions
            if visible[question.exercise.name].status == "failed"
            if (shown := illustration(stage, question, row.functions(stage.right)))
        ),
        errors=errors,
        alone=alone,
        apart=apart,
        gradient=any(margins.second_judge_of(q.exercise) for q in questions),
        visible=visible,
    )


def _by_judge(
    stage: Stage, row: Misconception, found: Mapping[int, Judged]
) -> tuple[dict[str, float], dict[str, int], str]:
    """By judge the smallest error of all seeds, and how many seeds show it; why they differ."""
    errors = dict.fromkeys(margins.JUDGES, math.inf)
    alone = dict.fromkeys(margins.JUDGES, 0)
    apart: set[str] = set()

    def note(judge: str, error: float, *, wrong: bool) -> None:
        errors[judge] = min(errors[judge], error)
        alone[judge] += wrong

    second = _second(stage.asking(row.function))
    for seed, judged in found.items():
        made = stage.prepared(seed)
        error = _largest(margins.reference_error, judged, made)
        wrong = error > tolerances.REFERENCE
        note(margins.REFERENCE, error, wrong=wrong)
        refuted = any(margins.refuted(j.answers, made[name]) for name, j in judged.items())
        note(second, _largest(margins.difference_error, judged, made), wrong=refuted)
        error_of_sums = _largest(margins.recorded_error, judged, made)
        note(margins.RECORDED, error_of_sums, wrong=error_of_sums > tolerances.RECORDED)
        if wrong != refuted:
            apart.add(_why_apart(judged, made, error, margins.JUDGES[second]))
    single = stage.in_form(SINGLE)
    for seed in list(found)[:SINGLE_SEEDS]:
        judged = single.judged(row.functions(stage.right), stage.asking(row.function), seed)
        error = _largest(margins.reference_error, judged, single.prepared(seed))
        note(margins.SINGLE, error, wrong=error > tolerances.REFERENCE_SINGLE)
    return errors, alone, "; ".join(sorted(apart - {""}))


def _second(questions: Sequence[Question]) -> str:
    """The second judge; of a function that has none, any."""
    judges = filter(None, (margins.second_judge_of(q.exercise) for q in questions))
    return next(judges, next(iter(margins.DIFFERENCES.values())))


def _largest(
    error: Callable[[Answers, Prepared], float], judged: Judged, made: Mapping[str, Prepared]
) -> float:
    return max(error(judgement.answers, made[name]) for name, judgement in judged.items())


def _why_apart(judged: Judged, made: Mapping[str, Prepared], error: float, tolerance: float) -> str:
    """Why the comparison with the reference and the second judge differ on these cases.

    ``error`` is the one that the reference finds, ``tolerance`` that of the second judge.
    """
    if not any(made[name].slopes for name in judged):
        return ""  # no second judge
    smooth = {
        case
        for name, judgement in judged.items()
        for case in margins.wrong_cases(judgement.answers, made[name])
        if case in made[name].slopes
    }
    if not smooth and error > tolerances.REFERENCE:
        return KINK
    if tolerances.REFERENCE < error < tolerance:
        return TOO_FINE.format(tolerance)
    return UNEXPLAINED


def _needs(stage: Stage, row: Misconception, visible: Judged) -> Iterator[str]:
    """Cases without which the row's check would pass on the visible cases."""
    for question in stage.asking(row.function):
        name = question.exercise.name
        wrong = margins.wrong_cases(visible[name].answers, stage.prepared(VISIBLE)[name])
        for check in question.exercise.checks:
            if (name, row.check) not in failures(visible) or check.name != row.check:
                continue
            telling = [c for c in check.cases if c in wrong or check.kind != "value"]
            if len(telling) == 1:
                yield f"{name}: {telling[0]}"


def illustration(stage: Stage, question: Question, functions: Functions) -> str:
    """The first tiny case on which the values are wrong; empty if they are right on all."""
    name = question.exercise.name
    made = _tiny(stage, name)
    for case in question.tiny:
        if case_fails(stage, question, functions, made, case):
            return f"{name}: {case}"
    return ""


def case_fails(
    stage: Stage, question: Question, functions: Functions, made: Prepared, case: str
) -> bool:
    """Tell whether a function is wrong on one case, with the standard cache."""
    with quiet_numpy():
        returned = stage.call(question, functions, made, case)
    outputs = zip(question.exercise.outputs, returned.outputs or (), strict=False)
    answer = {name: got for name, got in outputs if not isinstance(got, str)}
    return margins.case_error(answer, made.answers[case]) > tolerances.REFERENCE


@lru_cache(maxsize=32)
def _tiny(stage: Stage, exercise: str) -> Prepared:
    (question,) = (q for q in stage.questions if q.exercise.name == exercise)
    return prepare(question, stage.right, VISIBLE_SEED, question.tiny)
