"""One grading session: judge a class, and put the outcome where people look for it.

Order: verdicts into the store as they arrive; then the gradebook and the notebooks in
``autograded/``, which are projections of the store.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from autograder import batch, freshness, sandbox, student_names
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.grading import Grader
from autograder.interruption import Interruption
from autograder.outcome import Line, Outcome
from autograder.projection import Projection, write_notebook
from autograder.release import Release, read_release
from autograder.sandbox import Isolation, Limits
from autograder.sandbox.isolation import Tier
from autograder.store import VerdictStore
from autograder.verdict import Verdict
from autograder.watching import Watching


def isolation(tier: Tier | None = None, *, unisolated: bool = False) -> Isolation:
    """The isolation to grade under.  Raises JudgingUnfitError when there is none."""
    if unisolated:
        return sandbox.UNISOLATED
    found = sandbox.probe(tier=tier) if tier else sandbox.probe()
    if found.tier == "none":
        missing = "; ".join(found.missing) or "nothing that isolates was found"
        raise JudgingUnfitError(
            f"submissions cannot be isolated on this machine: {missing}; expected Linux 5.13 or "
            "newer, or bubblewrap; run 'autograder doctor' to see what is there"
        )
    return found


def grade(
    course: Course,
    assignment: str,
    *,
    isolation: Isolation,
    limits: Limits | None = None,
    students: Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    quiet: bool = False,
) -> Outcome:
    """Judge the submissions to ``assignment`` and write gradebook and notebooks.

    Raises UsageError when the course was edited since it was built.
    """
    freshness.require_fresh(course, course.require(assignment))
    make = partial(batch.make_grader, course, assignment, isolation, limits)
    release = make().release
    submissions = batch.find_submissions(course, assignment, students)
    store = VerdictStore(course.verdicts)
    lines: list[Line] = []
    fresh = 0
    with store.held(), Interruption() as interruption, Watching(quiet=quiet) as watching:
        watching.begin(f"judging {assignment}", len(submissions))
        with Projection(course, release, store) as projection:
            for graded in batch.grade_class(
                make,
                submissions,
                store,
                finish=partial(_write_notebook, course),
                until=interruption.until,
                jobs=jobs,
                force=force,
            ):
                lines.append(Line.of(graded.verdict, release))
                fresh += graded.fresh
                watching.show(lines[-1].status)
                projection.add(graded)
        gone = () if students else store.students(assignment) - {name for name, _ in submissions}
    return Outcome(
        release,
        tuple(sorted(lines, key=lambda line: line.student)),
        isolation,
        unchanged=len(lines) - fresh,
        gone=tuple(sorted(gone)),
        left=len(submissions) - len(lines),
        unwritten=tuple(projection.unwritten),
        forced=force,
    )


def _write_notebook(
    course: Course, grader: Grader, student: str, folder: Path, verdict: Verdict
) -> bool:
    """In a grading process; what fails here is tried again, and told, in this one."""
    return student_names.is_plain(student) and not write_notebook(
        course, grader.release, student, folder, verdict
    )


def release_of(course: Course, assignment: str) -> Release:
    """The release of an assignment of this course.  Raises UsageError if there is none."""
    return read_release(course, course.require(assignment))


def graded(course: Course, assignments: Sequence[str]) -> list[str]:
    """The assignments that are named, or all that have verdicts.

    Raises UsageError for a name that the course does not have, or when nothing was graded.
    """
    if assignments:
        return [course.require(assignment) for assignment in assignments]
    store = VerdictStore(course.verdicts)
    found = [a for a in course.notebooks if course.verdicts.is_file() and store.all(a)]
    if not found:
        raise UsageError(
            f"nothing has been graded yet in {course.class_root}; run 'autograder grade ASSIGNMENT'"
        )
    return found


def where_to_look(course: Course) -> list[tuple[str, Path]]:
    """The files of a class, by what they are."""
    return [
        ("gradebook", course.gradebook),
        ("graded notebooks", course.autograded),
        ("feedback pages", course.feedback),
        ("verdicts", course.verdicts),
    ]
