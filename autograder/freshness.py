"""Whether what is graded is what was built: asked before every grading, in milliseconds.

``autograder build --check`` makes everything anew and compares bytes.  Here that is compared
which decides a score: the release with the digest of its source, which it carries; companion
files with the solutions that they are made of; and each exercise, with the inputs of its
visible cases, with what is recorded for students.  Those stand for the recipes, which make
them: answers need not be computed.
"""

from collections.abc import Iterator

from autograder.companions import companions
from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS
from autograder.exercises.question import VISIBLE_SEED, Question
from autograder.release import read_release, source_digest
from course_utils import recorded


def require_fresh(course: Course, assignment: str) -> None:
    """Raise UsageError, with all that is stale, if something was edited since the last build."""
    changed = list(stale(course, assignment))
    if changed:
        raise UsageError(
            f"{assignment} was edited after the last build: {', '.join(changed)}; students "
            "would be graded by something else than they were given; run 'autograder build', "
            "then the command again"
        )


def stale(course: Course, assignment: str) -> Iterator[str]:
    """What differs from what the last ``autograder build`` left, each by file or exercise."""
    release = read_release(course, assignment)
    source = course.solution_file(assignment)
    if release.built_from != source_digest(source.read_text(encoding="utf-8")):
        yield source.relative_to(course.root).as_posix()
    made = companions(course, assignment)
    beside = {f"{module}.py": text for module, text in release.companions}
    for file in sorted(made.keys() | beside.keys()):
        if made.get(file) != beside.get(file):
            path = course.release_file(assignment).with_name(file)
            yield path.relative_to(course.root).as_posix()
    for question in QUESTIONS.get(assignment, ()):
        if not _is_recorded(question):
            yield f"the exercise {question.exercise.name}"


def _is_recorded(question: Question) -> bool:
    exercise = question.exercise
    try:
        found = recorded.text(exercise.name)
    except (KeyError, ValueError):
        return False
    inputs = question.inputs(VISIBLE_SEED)
    if question.tiny:
        inputs |= question.inputs(VISIBLE_SEED, question.tiny)
    for name in exercise.by_share:
        # The answer comes with them, and is recorded as such.
        inputs[name] = {k: v for k, v in inputs[name].items() if k not in exercise.outputs}
    drivers = {name: question.recipes[name].driver for name in inputs}
    return recorded.is_asked(found, exercise, inputs, drivers, question.tiny)
