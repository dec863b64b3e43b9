"""Where the files of a course are: every path is written here, once."""

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError

_CONFIG = "nbgrader_config.py"
_SOLUTIONS = "solutions"
_NOTEBOOK_NAME = re.compile(r"\d\d_[a-z0-9_]+")


class CourseNotFoundError(UsageError):
    """There is no course where one was looked for."""


@dataclass(frozen=True)
class Course:
    """A checkout of the course.

    ``root`` holds ``solutions/``, ``assignments/`` and ``build/``.  ``class_root`` holds
    what belongs to one class: submissions, grades, feedback and the secret.  It is
    ``root`` unless it is given, so that a demonstration can grade a class of its own
    beside the real one.
    """

    root: Path
    class_root: Path = Path()

    def __post_init__(self) -> None:
        if self.class_root == Path():
            object.__setattr__(self, "class_root", self.root)

    @classmethod
    def find(cls, start: Path | None = None) -> "Course":
        """Return the course that ``start`` (the working directory by default) lies in.

        Raises ``CourseNotFoundError`` when neither it nor a folder above it holds both
        ``nbgrader_config.py`` and ``solutions/``.
        """
        start = Path.cwd() if start is None else start.resolve()
        for folder in (start, *start.parents):
            if not _lacking(folder):
                return cls(folder)
        raise CourseNotFoundError(
            f"no course found in {start} or above it; expected a folder with {_CONFIG} and "
            f"{_SOLUTIONS}/; run the command inside a checkout of the course"
        )

    @classmethod
    def at(cls, folder: Path) -> "Course":
        """Return the course whose root is ``folder``, and no other.

        Raises ``CourseNotFoundError`` when ``folder`` is no course, even inside one: whoever
        names a folder must not grade the class of another.
        """
        root = folder.resolve()
        lacking = _lacking(root)
        if not lacking:
            return cls(root)
        if not root.is_dir():
            found = "there is no such folder"
        else:
            found = f"it lacks {' and '.join(lacking)}"
        advice = "name the folder of the course"
        around = [above for above in root.parents if not _lacking(above)]
        if around:
            advice = f"it lies in the course {around[0]}: name that one, if it is meant"
        raise CourseNotFoundError(
            f"{root} is no course: {found}; expected a folder with {_CONFIG} and {_SOLUTIONS}/; "
            f"{advice}"
        )

    # What instructors write, and what is made of it.

    @property
    def config(self) -> Path:
        """The configuration that nbgrader reads."""
        return self.root / _CONFIG

    @property
    def solutions(self) -> Path:
        """The notebooks that a person edits, as Python files."""
        return self.root / _SOLUTIONS

    @property
    def assignments(self) -> Path:
        """What students get: nbgrader's ``release_directory``."""
        return self.root / "assignments"

    @property
    def build(self) -> Path:
        """Generated files that git ignores."""
        return self.root / "build"

    @property
    def source(self) -> Path:
        """Notebooks with solutions: nbgrader's ``source_directory``."""
        return self.build / "source"

    @property
    def solved(self) -> Path:
        """Executed notebooks with solutions, for instructors to read."""
        return self.build / "solved"

    # What belongs to one class.

    @property
    def submitted(self) -> Path:
        """``submitted/STUDENT/ASSIGNMENT/*.ipynb``."""
        return self.class_root / "submitted"

    @property
    def autograded(self) -> Path:
        """``autograded/STUDENT/ASSIGNMENT/*.ipynb``."""
        return self.class_root / "autograded"

    @property
    def feedback(self) -> Path:
        """``feedback/STUDENT/ASSIGNMENT/*.html``."""
        return self.class_root / "feedback"

    @property
    def gradebook(self) -> Path:
        """The database of nbgrader."""
        return self.class_root / "gradebook.db"

    @property
    def verdicts(self) -> Path:
        """The store of verdicts, which the gradebook is projected from."""
        return self.class_root / "verdicts.db"

    @property
    def secret(self) -> Path:
        """The secret that the seeds of hidden cases are derived from."""
        return self.class_root / ".course_secret"

    # Single notebooks.

    @property
    def notebooks(self) -> tuple[str, ...]:
        """Names such as ``02_convolution``, sorted, from ``solutions/*.py``."""
        names = (path.stem for path in self.solutions.glob("*.py"))
        return tuple(sorted(name for name in names if _NOTEBOOK_NAME.fullmatch(name)))

    def solution_file(self, notebook: str) -> Path:
        """The Python file that a person edits."""
        return self.solutions / f"{notebook}.py"

    def source_file(self, notebook: str) -> Path:
        """The notebook with solutions that nbgrader makes a release of."""
        return self.source / notebook / f"{notebook}.ipynb"

    def release_file(self, notebook: str) -> Path:
        """The notebook that students get."""
        return self.assignments / notebook / f"{notebook}.ipynb"

    def require(self, notebook: str) -> str:
        """Return ``notebook`` if the course has it, else raise ``UsageError``."""
        if notebook in self.notebooks:
            return notebook
        known = ", ".join(self.notebooks) or "none at all"
        raise UsageError(
            f"no assignment {notebook!r}; {self.solutions} has {known}; give one of these names"
        )


def _lacking(folder: Path) -> list[str]:
    """What a folder would need to be a course."""
    has_config, has_solutions = (folder / _CONFIG).is_file(), (folder / _SOLUTIONS).is_dir()
    return [*([] if has_config else [_CONFIG]), *([] if has_solutions else [f"{_SOLUTIONS}/"])]
