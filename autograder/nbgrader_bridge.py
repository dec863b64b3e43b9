"""nbgrader's autograding, done by this grader: from ``nbgrader autograde`` and formgrader.

``nbgrader_config.py`` names three classes of this module.  nbgrader's ``Autograde`` makes
two passes over each submission; in each it reads a notebook, sends it through
preprocessors, and writes what comes out to ``autograded/``.

- ``SubmissionExporter`` takes the place of reading.  A submitted file is opened by the
  grader's own careful reader only, so that a broken one is a verdict and not an error,
  and nothing beside the notebook is copied.  It also looks, before nbgrader removes or
  writes anything, whether grading is possible at all.
- ``RestoreCells``, in the sanitising pass, puts the student's work into the release.
- ``JudgeSubmission``, in the autograding pass, judges the file as it was submitted, keeps
  the verdict, writes the gradebook, and returns the notebook with the verdict in it.

Scores and files are those of ``autograder grade``.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import parse_utc

from autograder import autograded, batch, freshness, gradebook, session, student_names
from autograder.course import Course, CourseNotFoundError
from autograder.errors import UsageError
from autograder.grading import Grader
from autograder.store import VerdictStore
from autograder.submission import readable, student_folders
from autograder.verdict import Verdict

log = logging.getLogger(__name__)

#: What nbgrader passes along with a notebook.
Resources = Any


class SubmissionFolders(CourseDirectory):
    """The folders of a course for autograding: of a submission only its notebook counts.

    nbgrader copies every other file of a submission to ``autograded/`` and from there to
    ``feedback/``, following links: a link to another student's work would be handed out.
    """

    def __init__(self, usual: CourseDirectory) -> None:
        values = {name: getattr(usual, name) for name in usual.trait_names(config=True)}
        values["ignore"] = ["*"]
        super().__init__(parent=usual.parent, **values)

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """When the submission in this folder was handed in; None if nothing says so."""
        try:
            found: datetime | None = parse_utc(autograded.read_timestamp(Path(dest_path)) or None)
        except (ValueError, OverflowError):
            self.log.warning("%s holds no time", Path(dest_path) / autograded.TIMESTAMP)
            return None
        return found


@dataclass(frozen=True)
class _Autograding:
    """What one run of nbgrader's ``Autograde`` needs of ours."""

    course: Course
    grader: Grader

    @classmethod
    def of(cls, folders: CourseDirectory) -> "_Autograding":
        """Raises UsageError when nothing can be graded: no such assignment, no isolation ..."""
        course = _course(Path(folders.root))
        freshness.require_fresh(course, course.require(folders.assignment_id))
        grader = batch.make_grader(course, folders.assignment_id, session.isolation())
        gradebook.prepare(course, grader.release, db_url=str(folders.db_url))
        return cls(course, grader)

    def verdict(self, student: str, folder: Path) -> Verdict:
        """Judge a submission, unless its verdict is known, and keep the verdict."""
        store = VerdictStore(self.course.verdicts)
        try:
            verdict = batch.grade_one(self.grader, student, folder, store)
        except UsageError:
            raise
        except Exception as error:
            # nbgrader would remove the notebook of an earlier submission and go on.
            log.exception("judging %s", student)
            reason = f"the grader failed: {error!r}"
            verdict = Verdict(student, self.grader.release.assignment, "not judged", reason=reason)
            store.put(verdict)
        return verdict


def _course(class_root: Path) -> Course:
    """The course whose class is in ``class_root``: around it, or around the working directory."""
    try:
        course = Course.find(class_root)
    except CourseNotFoundError:
        course = Course.find()
    return replace(course, class_root=class_root)


class SubmissionExporter(NotebookExporter):
    """Hands an empty notebook to the preprocessors, which know where the submission is.

    Raises NbGraderException, when it is made for autograding, if nothing can be graded.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)  # type: ignore[no-untyped-call]
        converter = self.parent
        if isinstance(converter, Autograde):
            self.folders = SubmissionFolders(converter.coursedir)
            converter.coursedir = self.folders
            try:
                self.autograding = _Autograding.of(self.folders)
                self._judge_what_nbgrader_cannot(converter)
            except UsageError as error:
                self.log.error("Nothing was graded: %s", error)  # noqa: TRY400 - one clear line
                raise NbGraderException(str(error)) from error

    def _judge_what_nbgrader_cannot(self, converter: Autograde) -> None:
        """Leave to nbgrader one notebook per student, and give a verdict to everybody else.

        nbgrader passes over a folder without a notebook, and fails at one that has others
        only, at some names of files, and at some of students.
        """
        here, folders = self.autograding, self.folders
        assignment = here.grader.release.assignment
        found = {Path(path).parent.name: Path(path) for path in converter.assignments}
        if folders.student_id == "*":
            others = student_folders(here.course.submitted, assignment)
            found = {folder.parent.name: folder for _, folder in others} | found
        for name, folder in found.items():
            student, notebook = readable(name), str(folder / f"{assignment}.ipynb")
            known = notebook in converter.assignments.pop(str(folder), ())
            if known and student_names.is_plain(student):
                converter.assignments[str(folder)] = [notebook]
                continue
            verdict = here.verdict(student, folder)
            self.log.error("%r: %s, no score: %s", student, verdict.status, verdict.reason)
            if student_names.is_plain(student):
                release, url = here.grader.release, str(folders.db_url)
                gradebook.write(here.course, release, [verdict], db_url=url)
                autograded.write(here.course, release, student, folder, verdict)

    def from_filename(
        self,
        filename: str,  # noqa: ARG002 - not read here
        resources: Resources = None,
        **_: Any,
    ) -> tuple[Any, Resources]:
        """Run the preprocessors for the submission that ``resources`` name."""
        nothing = autograded.node(cells=[], metadata={}, nbformat=4, nbformat_minor=5)
        made: tuple[Any, Resources] = self.from_notebook_node(nothing, resources)  # type: ignore[no-untyped-call]
        return made


class _SubmissionPreprocessor(NbGraderPreprocessor):
    """A preprocessor that makes the notebook anew from the submitted file."""

    @property
    def _exporter(self) -> SubmissionExporter:
        if isinstance(self.parent, SubmissionExporter):
            return self.parent
        raise NbGraderException(
            f"{type(self).__name__} works with c.Autograde.exporter_class = "
            f"'{SubmissionExporter.__module__}.{SubmissionExporter.__name__}' only; "
            "see nbgrader_config.py"
        )

    def _folder(self, step: str, resources: Resources) -> Path:
        """The folder of a submission in one of nbgrader's steps (``submitted`` ...)."""
        names = resources["nbgrader"]
        return Path(self._exporter.folders.format_path(step, names["student"], names["assignment"]))

    def _submitted(self, resources: Resources) -> Path:
        return self._folder(self._exporter.folders.submitted_directory, resources)


class RestoreCells(_SubmissionPreprocessor):
    """Puts the student's work into the released notebook; see ``autograded``."""

    def preprocess(
        self,
        nb: NotebookNode,  # noqa: ARG002 - made anew
        resources: Resources,
    ) -> tuple[NotebookNode, Resources]:
        """Return the restored notebook, without a verdict."""
        here = self._exporter.autograding
        student = resources["nbgrader"]["student"]
        folder = self._submitted(resources)
        return autograded.build(here.course, here.grader.release, student, folder, None), resources


class JudgeSubmission(_SubmissionPreprocessor):
    """Judges the submitted file, keeps the verdict, and writes the gradebook."""

    def preprocess(
        self,
        nb: NotebookNode,  # noqa: ARG002 - made anew
        resources: Resources,
    ) -> tuple[NotebookNode, Resources]:
        """Return the autograded notebook."""
        here, folders = self._exporter.autograding, self._exporter.folders
        student, release = resources["nbgrader"]["student"], here.grader.release
        folder = self._submitted(resources)
        verdict = here.verdict(student, folder)
        if verdict.status != "judged":
            self.log.error("%s: %s, no score: %s", student, verdict.status, verdict.reason)
        gradebook.write(here.course, release, [verdict], db_url=resources["nbgrader"]["db_url"])
        autograded.write_timestamp(folder, self._folder(folders.autograded_directory, resources))
        return autograded.build(here.course, release, student, folder, verdict), resources
