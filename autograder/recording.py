"""Write the visible cases and their answers, which the student's ``check`` judges by.

The files are tracked, shipped with ``course_utils``, and compared with what would be
written now by ``autograder build --check``.
"""

import os
from pathlib import Path

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.preparation import record
from course_utils import recorded

SUFFIX = ".json"


def recordings(course: Course) -> dict[Path, str]:
    """The files that belong into ``course_utils/data/exercises``, and their text."""
    folder = course.root / "course_utils" / recorded.FOLDER
    return {
        folder / f"{question.exercise.name}{SUFFIX}": record(
            question, reference.load(course, notebook)
        ).to_json()
        for notebook, questions in QUESTIONS.items()
        for question in questions
    }


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
        os.replace(fresh, path)
    return changed


def stale(course: Course) -> list[Path]:
    """Files that are missing, different, or of no exercise; sorted."""
    texts = recordings(course)
    folder = course.root / "course_utils" / recorded.FOLDER
    present = set(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else set()
    different = {
        path
        for path, text in texts.items()
        if path not in present or path.read_bytes() != text.encode()
    }
    return sorted(different | (present - set(texts)))
