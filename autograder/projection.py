"""Verdicts → the gradebook and the autograded notebooks, some hundred at a time.

What has been written is marked in the store.  A run that is killed in between leaves marks
away, and the next run writes what has none.
"""

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder import autograded, gradebook_students, student_names
from autograder.batch import Graded
from autograder.course import Course
from autograder.errors import JudgingUnfitError
from autograder.release import Release
from autograder.store import VerdictStore
from autograder.verdict import Verdict

#: So many verdicts are held before they are written: what one commit of the gradebook takes.
_TOGETHER = 500


class Projection:
    """Takes graded submissions and writes what they are shown by.  A context manager.

    ``unwritten`` says of whom no notebook could be written, and why.
    """

    def __init__(self, course: Course, release: Release, store: VerdictStore) -> None:
        self._course = course
        self._release = release
        self._store = store
        self._waiting: list[Graded] = []
        self.unwritten: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # What was judged before something went wrong is written, unless that is what goes wrong.
        if kind is None or not issubclass(kind, Exception):
            self.flush()

    def add(self, graded: Graded) -> None:
        """Write this one, sooner or later; not if that has been done."""
        student = graded.verdict.student
        # What nbgrader's pages cannot show has its verdict, and no place there.
        if not student_names.is_plain(student):
            return
        if not (graded.projected and self._is_there(student)):
            self._waiting.append(graded)
        if len(self._waiting) >= _TOGETHER:
            self.flush()

    def _is_there(self, student: str) -> bool:
        """Whether nobody has removed what was written."""
        name = self._release.assignment
        notebook = self._course.autograded / student / name / f"{name}.ipynb"
        return student in self._in_gradebook and notebook.is_file()

    @cached_property
    def _in_gradebook(self) -> frozenset[str]:
        return gradebook_students.students(self._course, self._release.assignment)

    def flush(self) -> None:
        """Write all that waits."""
        if not self._waiting:
            return
        # nbgrader takes a second to import, and where nothing has changed nobody needs it.
        from autograder import gradebook

        waiting, self._waiting = self._waiting, []
        gradebook.write(self._course, self._release, [one.verdict for one in waiting])
        written = [one for one in waiting if one.written or self._write_notebook(one)]
        self._store.mark_projected(
            self._release.assignment, [(one.verdict.student, one.content) for one in written]
        )

    def _write_notebook(self, one: Graded) -> bool:
        trouble = write_notebook(
            self._course, self._release, one.verdict.student, one.folder, one.verdict
        )
        if trouble:
            self.unwritten.append(f"{one.verdict.student}: {trouble}")
        return not trouble


def write_notebook(
    course: Course, release: Release, student: str, folder: Path, verdict: Verdict
) -> str:
    """Write the autograded notebook; return why that failed, or nothing."""
    try:
        autograded.write(course, release, student, folder, verdict)
    except (JudgingUnfitError, MemoryError) as error:
        return str(error) or "there is no memory for it"
    return ""
