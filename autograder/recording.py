"""Write the visible cases, their answers and the known mistakes, for the student's ``check``.

The files are tracked, shipped with ``course_utils``, and compared with what would be
written now by ``autograder build --check``: they may differ in the last bits of what was
computed, which are not the same on every processor.
"""

from pathlib import Path

from autograder import reference
from autograder.course import Course
from autograder.errors import RefusedError
from autograder.exercises import QUESTIONS
from autograder.exercises.question import VISIBLE_SEED, Question
from autograder.misconceptions import CATALOGUE
from autograder.preparation import Prepared, prepare
from autograder.reference import Reference
from autograder.rehearsal import rehearse
from course_utils.diagnosis import changed_argument, failed_checks, results_of
from course_utils.mistake import KnownMistake
from course_utils.recorded import Recorded

SUFFIX = ".json"


def recordings(course: Course) -> dict[Path, str]:
    """The files that belong into ``course_utils/data/exercises``, and their text."""
    folder = _folder(course)
    return {
        folder / f"{name}{SUFFIX}": made.to_json()
        for notebook in QUESTIONS
        for name, made in record(notebook, reference.load(course, notebook)).items()
    }


def record(notebook: str, right: Reference) -> dict[str, Recorded]:
    """The recorded exercises of a notebook, by name.

    Raises RefusedError when the reference solutions cannot answer their own cases.
    """
    questions = QUESTIONS[notebook]
    try:
        judged = {q.exercise.name: prepare(q, right, VISIBLE_SEED) for q in questions}
    except Exception as error:  # a reference may fail in any way
        raise RefusedError(
            f"solutions/{notebook}.py: the reference solutions do not answer their own cases "
            f"({type(error).__name__}: {error}); correct the solution cells"
        ) from error
    made = {}
    for question in questions:
        tiny = prepare(question, right, VISIBLE_SEED, question.tiny) if question.tiny else None
        visible = judged[question.exercise.name]
        made[question.exercise.name] = Recorded(
            exercise=question.exercise,
            cases={**visible.cases, **(tiny.cases if tiny else {})},
            answers={**visible.answers, **(tiny.answers if tiny else {})},
            tiny=question.tiny,
            mistakes=_mistakes(notebook, question, right, judged),
        )
    return made


def _mistakes(
    notebook: str, question: Question, right: Reference, judged: dict[str, Prepared]
) -> tuple[KnownMistake, ...]:
    """What each known wrong answer to this exercise does with the visible cases."""
    known = []
    for row in CATALOGUE[notebook]:
        if row.function != question.exercise.function:
            continue
        judgement = rehearse(question, row.functions(right), judged, QUESTIONS[notebook])
        if judgement.status == "failed":
            known.append(
                KnownMistake(
                    id=row.id,
                    title=row.title,
                    question=row.question,
                    remedy=row.remedy,
                    failed=failed_checks(judgement),
                    results=results_of(judgement, question.exercise.cases),
                    changed=changed_argument(judgement),
                )
            )
    return tuple(known)


def _folder(course: Course) -> Path:
    return course.root / "course_utils" / "data" / "exercises"


def write(course: Course) -> list[Path]:
    """Write the files that are stale, remove those that no exercise has; return both."""
    texts = recordings(course)
    changed = stale(course)
    for path in changed:
        if path not in texts:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(texts[path], encoding="utf-8", newline="\n")
        fresh.replace(path)
    return changed


def stale(course: Course) -> list[Path]:
    """Files that are missing, different, or of no exercise; sorted."""
    texts = recordings(course)
    folder = _folder(course)
    present = set(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else set()
    different = {
        path for path, text in texts.items() if path not in present or not is_fresh(path, text)
    }
    return sorted(different | (present - set(texts)))


def is_fresh(path: Path, text: str) -> bool:
    """Tell whether the file holds ``text``, or what differs from it in last bits only."""
    found = path.read_bytes()
    if found == text.encode():
        return True
    try:
        recorded = Recorded.from_json(found.decode())
        # A file in any other form than that of to_json was not written by us.
        return recorded.to_json().encode() == found and recorded.agrees(Recorded.from_json(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
