"""What becomes of right functions: the reference and everything equivalent to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder import margins
from autograder.exercises import Question
from autograder.misconceptions import EQUIVALENTS
from autograder.preparation import Prepared, ReferenceDisagreesError, agree
from autograder.rehearsal import Functions, Stage, failures
from autograder.variation import FORMS, SINGLE, Form
from course_utils.judgement import Judgement


@dataclass(frozen=True)
class RightResult:
    """What right functions lost on one seed, as sentences, and their worst errors by judge."""

    lost: tuple[str, ...]
    errors: Mapping[str, float]


def try_right(stage: Stage, seed: int) -> RightResult:
    """Try the reference in every form of the cases, and each equivalent in one of them.

    The forms take turns, so that over the seeds each equivalent meets all of them.
    Shortcuts must agree with the reference.
    """
    lost: list[str] = []
    errors: dict[str, float] = {}
    try:
        prepared, quick = stage.prepared(seed), stage.by_shortcuts(seed)
        for question in stage.questions:
            agree(question, prepared[question.exercise.name], quick[question.exercise.name])
        for name, form, functions, questions in _right_functions(stage, seed):
            there = stage.in_form(form)
            judged = there.judged(functions, questions, seed)
            lost.extend(
                f"seed {seed}, {form.name}: {name} loses {check} of {exercise}"
                for exercise, check in failures(judged)
            )
            for judge, error in _errors(form, questions, judged, there.prepared(seed)):
                errors[judge] = max(error, errors.get(judge, 0.0))
    except ReferenceDisagreesError as error:
        lost.append(f"seed {seed}: {error}")
    return RightResult(tuple(lost), errors)


def _right_functions(
    stage: Stage, seed: int
) -> Iterator[tuple[str, Form, Functions, Sequence[Question]]]:
    """What is right: a name, the form of the cases, the functions, what they can lose."""
    right = stage.right
    for form in FORMS:
        yield "the reference", form, right.functions, stage.questions
    for place, equivalent in enumerate(EQUIVALENTS[stage.notebook]):
        changed = set(equivalent.changed_functions)
        touched = [
            q for q in stage.questions if {q.exercise.function, q.exercise.backward} & changed
        ]
        form = FORMS[(seed + place) % len(FORMS)]
        yield f"the equivalent {equivalent.id!r}", form, equivalent.functions(right), touched


def _errors(
    form: Form,
    questions: Sequence[Question],
    judged: Mapping[str, Judgement],
    made: Mapping[str, Prepared],
) -> Iterator[tuple[str, float]]:
    for exercise in (question.exercise for question in questions):
        answers, right = judged[exercise.name].answers, made[exercise.name]
        error = margins.reference_error(answers, right)
        if form is SINGLE:
            yield margins.SINGLE, error
            continue
        yield margins.REFERENCE, error
        if right.slopes:
            yield margins.second_judge_of(exercise), margins.difference_error(answers, right)
        yield margins.RECORDED, margins.recorded_error(answers, right)


def unearned(stage: Stage) -> list[str]:
    """What untouched stubs earn, as sentences."""
    stubs = dict.fromkeys(stage.right.functions, _stub)
    return [
        f"an untouched {exercise} is {judgement.status}"
        for exercise, judgement in stage.judged(stubs, stage.questions, 1).items()
        if judgement.status != "not started" or judgement.earned
    ]


def _stub(*_: object) -> None:
    raise NotImplementedError
