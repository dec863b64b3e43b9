"""Judge the course's own functions in this process: references and wrong answers.

Never used on what a student wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from autograder import reference, variation
from autograder.exercises import QUESTIONS, Question
from autograder.exercises.question import VISIBLE_SEED
from autograder.preparation import Prepared, make, prepare
from autograder.reference import Reference
from autograder.shortcuts import SHORTCUTS
from autograder.variation import AS_MADE, Form
from course_utils.checking import quiet_numpy
from course_utils.diagnosis import failed_checks
from course_utils.exercise import Exercise, Returned
from course_utils.judgement import Judgement
from course_utils.judging import judge

Functions = Mapping[str, Callable[..., Any]]

#: The seed of the cases that students see; fresh cases have seeds from 1 on.
VISIBLE: Final = 0


def rehearse(
    question: Question,
    functions: Functions,
    prepared: Mapping[str, Prepared],
    questions: Sequence[Question],
    form: Form = AS_MADE,
) -> Judgement:
    """Judge ``functions`` as an answer to ``question``, as a submission would be.

    ``prepared`` maps the names of the notebook's exercises to cases and answers; the
    backward of a forward is judged too, for what it shows of the cache.  ``form`` is how
    the functions get their arguments.
    """
    judgement = _judge(question.exercise, functions, prepared, form)
    for other in questions:
        if other.exercise.name == question.exercise.consumer:
            evidence = _judge(other.exercise, functions, prepared, form)
            return judgement.with_cache(evidence)
    return judgement


def _judge(
    exercise: Exercise, functions: Functions, prepared: Mapping[str, Prepared], form: Form
) -> Judgement:
    session = form.session(functions[exercise.function], exercise.function)
    made = prepared[exercise.name]
    with quiet_numpy():
        return judge(exercise, made.cases, made.answers, session)


@dataclass(frozen=True)
class Stage:
    """Where the functions of one notebook are rehearsed, on cases in one form.

    ``solutions`` is the folder of the sources.  What a seed makes is kept, so that many
    functions can be tried on it.
    """

    solutions: Path
    notebook: str
    form_name: str = AS_MADE.name

    @property
    def form(self) -> Form:
        """The form of the cases."""
        return variation.BY_NAME[self.form_name]

    def in_form(self, form: Form) -> "Stage":
        """The same stage with cases in another form."""
        return replace(self, form_name=form.name)

    @property
    def right(self) -> Reference:
        """The reference functions."""
        return reference.load(self.solutions, self.notebook)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that the notebook asks."""
        return QUESTIONS[self.notebook]

    def asking(self, function: str) -> list[Question]:
        """The exercises that ask for this function."""
        return [q for q in self.questions if q.exercise.function == function]

    def prepared(self, seed: int) -> Mapping[str, Prepared]:
        """The cases of a seed, by exercise."""
        return _prepared(self, seed)

    def by_shortcuts(self, seed: int) -> Mapping[str, Prepared]:
        """The same cases, with answers from shortcuts as far as there are some."""
        functions = {**self.right.functions, **SHORTCUTS.get(self.notebook, {})}
        return {q.exercise.name: make(q, functions, _text(seed)) for q in self.questions}

    def judged(
        self, functions: Functions, questions: Sequence[Question], seed: int
    ) -> dict[str, Judgement]:
        """Judge ``functions`` as answers to ``questions``, on the cases of this seed."""
        prepared = self.prepared(seed)
        return {
            q.exercise.name: rehearse(q, functions, prepared, self.questions, self.form)
            for q in questions
        }

    def call(self, question: Question, functions: Functions, made: Prepared, case: str) -> Returned:
        """Call a function on one case, with the standard cache."""
        exercise, given = question.exercise, made.cases[case]
        session = self.form.session(functions[exercise.function], exercise.function)
        arguments = exercise.arguments(given)
        return session.call(
            exercise.called(given), arguments, exercise.outputs, keep=exercise.keeps
        )


def failures(judged: Mapping[str, Judgement]) -> tuple[tuple[str, str], ...]:
    """Exercise and check of everything that failed."""
    return tuple(
        (exercise, check)
        for exercise, judgement in judged.items()
        for check in failed_checks(judgement)
    )


@lru_cache(maxsize=64)
def _prepared(stage: Stage, seed: int) -> Mapping[str, Prepared]:
    if stage.form is not AS_MADE:
        made = stage.in_form(AS_MADE).prepared(seed)
        return {
            q.exercise.name: stage.form.prepared(made[q.exercise.name], q, stage.right)
            for q in stage.questions
        }
    right = stage.right
    return {q.exercise.name: prepare(q, right, _text(seed)) for q in stage.questions}


def _text(seed: int) -> bytes:
    return VISIBLE_SEED if seed == VISIBLE else f"validation {seed}".encode()
