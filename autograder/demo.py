"""``autograder demo``: the whole way, once, on the sample class, in ``build/demo/``."""

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from rich.console import Console

from autograder import class_report, export, feedback, gradebook, sandbox, session
from autograder.course import Course
from autograder.errors import UsageError
from autograder.outcome import terminal
from autograder.sandbox import Isolation
from autograder.secret import write_secret
from autograder.store import VerdictStore

#: Fixed, so that two demonstrations show the same numbers.
DEMO_SECRET = b"the demonstration has no secrets"


def run(course: Course) -> int:
    """Release, hand in, grade, and show; returns the exit code."""
    console = terminal()
    demo = replace(course, class_root=course.build / "demo")
    shutil.rmtree(demo.class_root, ignore_errors=True)
    write_secret(demo.secret, DEMO_SECRET)
    isolation = _isolation(console)
    assignments = _sample_class(course).write_class(course, demo.submitted)
    complete = True
    for assignment in assignments:
        outcome = session.grade(
            demo, assignment, isolation=isolation, quiet=not console.is_terminal
        )
        outcome.show(console)
        complete = complete and outcome.complete
    _write(demo, assignments)
    _where(demo, console)
    return 0 if complete else 3


def _isolation(console: Console) -> Isolation:
    found = sandbox.probe()
    if found.tier != "none":
        return found
    console.print(
        "[bold]NOT ISOLATED:[/bold] this machine cannot isolate submissions "
        f"({'; '.join(found.missing)}). The demonstration runs its own shipped samples in plain "
        "processes and marks every grade with the tier 'none'. Real submissions are refused here."
    )
    return sandbox.UNISOLATED


def _sample_class(course: Course) -> ModuleType:
    """The script that makes the sample class; examples are not part of the package."""
    path = course.root / "examples" / "sample_class.py"
    spec = importlib.util.spec_from_file_location("sample_class", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"no {path}; expected the script that makes the sample class")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write(demo: Course, assignments: list[str]) -> None:
    store = VerdictStore(demo.verdicts)
    rows = []
    for assignment in assignments:
        release = session.release_of(demo, assignment)
        manual = gradebook.manual_scores(demo, release)
        feedback.write_pages(demo, release, store, manual=manual)
        rows.extend(export.rows(demo, release, store))
    grades = demo.class_root / "grades.csv"
    grades.write_text(export.as_csv(rows), encoding="utf-8", newline="")
    class_report.write_html(
        class_report.report(demo, assignments, store), demo.class_root / "report.html"
    )


def _where(demo: Course, console: Console) -> None:
    def shown(path: Path) -> str:
        return str(path.relative_to(demo.root))

    console.print("\nWhere to look:")
    for what, path in (
        ("every score", demo.class_root / "grades.csv"),
        ("what the class has not understood", demo.class_root / "report.html"),
        ("a student's feedback", demo.feedback),
        ("nbgrader's gradebook", demo.gradebook),
        ("graded notebooks", demo.autograded),
        ("the submissions", demo.submitted),
        ("what students are given", demo.assignments),
    ):
        console.print(f"  {what:<36} {shown(path)}", highlight=False)
