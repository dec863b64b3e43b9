"""Judge the course's own functions in this process: references and known wrong answers.

Never used on what a student wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.exercises import Question
from autograder.preparation import Prepared
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.exercise import Exercise
from course_utils.judgement import Judgement
from course_utils.judging import judge

Functions = Mapping[str, Callable[..., Any]]


def rehearse(
    question: Question,
    functions: Functions,
    prepared: Mapping[str, Prepared],
    questions: Sequence[Question],
) -> Judgement:
    """Judge ``functions`` as an answer to ``question``, as a submission would be.

    ``prepared`` maps the names of the notebook's exercises to cases and answers; the
    backward of a forward is judged too, for what it shows of the cache.
    """
    judgement = _judge(question.exercise, functions, prepared)
    for other in questions:
        if other.exercise.name == question.exercise.consumer:
            evidence = _judge(other.exercise, functions, prepared)
            return judgement.with_cache(serves=evidence.cache_serves)
    return judgement


def _judge(exercise: Exercise, functions: Functions, prepared: Mapping[str, Prepared]) -> Judgement:
    session = LocalSession(functions[exercise.function], exercise.function)
    made = prepared[exercise.name]
    with quiet_numpy():
        return judge(exercise, made.cases, made.answers, session)
