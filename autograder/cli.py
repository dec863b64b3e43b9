"""The command line: ``autograder COMMAND``.

Exit codes: 0 done (whatever the scores), 1 a check of the course's own files failed,
2 the request cannot be carried out as it was made, 3 something could not be judged or
this machine is unfit to judge, 141 nobody read the output to its end.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.store import VerdictStore

DONE, REFUSED, USAGE, UNFIT = 0, 1, 2, 3
#: As shells have it for a program that is ended by SIGPIPE.
NOT_READ = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads what is printed has seen enough, as ``head`` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_READ
    except UsageError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return error.exit_code
    except SyntaxError as error:
        # One of the course's own: submissions are compiled in processes of their own.
        where = f"{error.filename}, line {error.lineno}"
        print(
            f"autograder: {where} is not Python ({error.msg}); mend it, and run the command again",
            file=sys.stderr,
        )
        return REFUSED
    except KeyboardInterrupt:
        print("autograder: interrupted; what was judged is kept", file=sys.stderr)
        return UNFIT
    except Exception as error:  # noqa: BLE001 - Python's own exit code would be that of a refusal
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        print(
            f"autograder: this is a fault of the autograder ({what}); what was judged is kept; "
            "free memory and disk, run the command again, and report what stands above if it stays",
            file=sys.stderr,
        )
        return UNFIT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Build, grade and report the notebooks of a course."
    )
    parser.add_argument(
        "--course", type=Path, help="the course's own folder (default: around here)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="make the released notebooks from solutions/")
    build.add_argument("--check", action="store_true", help="only name what is stale")
    build.set_defaults(run=_build)

    solved = commands.add_parser("solved", help="execute the solutions into build/solved/")
    solved.set_defaults(run=_solved)

    validate = commands.add_parser("validate", help="prove the checks by known wrong answers")
    validate.add_argument("notebook", nargs="*", help="(default: all)")
    validate.add_argument("--seeds", type=_positive, default=20, help="(default: 20)")
    validate.add_argument(
        "--right-seeds",
        type=_positive,
        metavar="N",
        help="for right functions, which may lose nothing (default: as --seeds)",
    )
    validate.add_argument("--json", action="store_true")
    validate.set_defaults(run=_validate)

    grade = commands.add_parser("grade", help="judge the submissions to an assignment")
    grade.add_argument("assignment", nargs="?", help="(without one: lists those there are)")
    grade.add_argument(
        "--students", nargs="+", default=[], metavar="NAME", help="names or patterns such as 'a*'"
    )
    grade.add_argument(
        "--jobs", type=_positive, metavar="N", help="side by side (default: all cores)"
    )
    grade.add_argument("--force", action="store_true", help="judge again what has not changed")
    grade.add_argument(
        "--dry-run", action="store_true", help="only say who would be judged; write nothing"
    )
    grade.add_argument(
        "--compare",
        action="store_true",
        help="with --dry-run: judge everybody, and say whose score would change and why",
    )
    grade.add_argument("--json", action="store_true", help="print the grades for machines")
    grade.add_argument(
        "--tier", choices=["kernel", "namespaces"], help="insist on this kind of isolation"
    )
    grade.add_argument(
        "--unisolated",
        action="store_true",
        help="run submissions WITHOUT isolation, and mark every grade as made so",
    )
    grade.set_defaults(run=_grade)

    for name, run, text in (
        ("feedback", _feedback, "write a page per student"),
        ("report", _report, "show what the class has not understood"),
        ("export", _export, "write the grades as a table"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("assignment", nargs="*", help="(default: every graded one)")
        command.set_defaults(run=run)
        if name == "feedback":
            command.add_argument(
                "--jobs", type=_positive, metavar="N", help="side by side (default: all cores)"
            )
            command.add_argument(
                "--outputs",
                action="store_true",
                help="also run each notebook, isolated, and show what its cells display",
            )
        if name == "export":
            command.add_argument("--format", choices=["csv", "json"], default="csv")
            command.add_argument("--out", type=Path, help="file (default: standard output)")
        if name == "report":
            command.add_argument("--out", type=Path, help="also write this HTML file")

    explain = commands.add_parser("explain", help="replay a verdict, with its hidden cases")
    explain.add_argument("student")
    explain.add_argument("exercise", help="such as conv_backward_naive")
    explain.add_argument("--json", action="store_true")
    explain.set_defaults(run=_explain)

    demo = commands.add_parser("demo", help="grade the sample class in build/demo/")
    demo.set_defaults(run=_demo)

    doctor = commands.add_parser("doctor", help="tell whether this machine can judge")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)

    secret = commands.add_parser("secret", help="the secret behind the hidden cases")
    secret.add_argument("--rotate", action="store_true", required=True, help="make a fresh one")
    secret.set_defaults(run=_secret)

    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"found {number}, expected 1 or more")
    return number


def _course(options: argparse.Namespace) -> Course:
    return Course.find() if options.course is None else Course.at(options.course)


def _build(options: argparse.Namespace) -> int:
    from autograder import authoring, recording

    course = _course(options)
    if options.check:
        stale = [
            *map(str, authoring.check(course)),
            *(f"{_shown(path, course)}: stale" for path in recording.stale(course)),
        ]
        for line in stale:
            print(line)
        if stale:
            print("run 'autograder build' and commit what it writes")
        else:
            print("up to date")
        return REFUSED if stale else DONE
    # Releases first: they are refused with a reason before anything is written.
    for path in [*authoring.build(course), *recording.write(course)]:
        print(f"wrote {_shown(path, course)}")
    return DONE


def _solved(options: argparse.Namespace) -> int:
    from autograder import authoring

    course = _course(options)
    for path in authoring.solve(course):
        print(f"wrote {_shown(path, course)}")
    return DONE


def _validate(options: argparse.Namespace) -> int:
    from autograder import validation, validation_text

    course = _course(options)
    for notebook in options.notebook:
        course.require(notebook)
    results = []
    for result in validation.validate(
        course,
        options.notebook,
        seeds=options.seeds,
        right_seeds=options.right_seeds or options.seeds,
        watch=_show_progress,
    ):
        results.append(result)
        if not options.json:
            print(validation_text.text(result), flush=True)
    if options.json:
        print(json.dumps([result.data() for result in results], indent=1))
    return DONE if all(result.proved for result in results) else REFUSED


def _show_progress(what: str, done: int, total: int) -> None:
    """One line on a terminal, which goes away at the end."""
    if sys.stderr.isatty():
        end = "\r\033[K" if done == total else ""
        print(f"\r{what}: {done} of {total}{end}", end="", file=sys.stderr, flush=True)


def _grade(options: argparse.Namespace) -> int:
    from autograder import session

    course = _course(options)
    if options.assignment is None:
        raise UsageError(_which_assignment(course))
    course.require(options.assignment)
    if options.compare and not options.dry_run:
        raise UsageError("--compare writes nothing, and goes with --dry-run; add it")
    if options.dry_run:
        return _rehearse(course, options)
    outcome = session.grade(
        course,
        options.assignment,
        isolation=session.isolation(options.tier, unisolated=options.unisolated),
        students=options.students,
        jobs=options.jobs,
        force=options.force,
        quiet=options.json or not sys.stderr.isatty(),
    )
    if options.json:
        print(json.dumps(outcome.data(), indent=1))
    else:
        outcome.show()
    return DONE if outcome.complete else UNFIT


def _rehearse(course: Course, options: argparse.Namespace) -> int:
    from autograder import batch, freshness, regrading, session
    from autograder.watching import Watching

    freshness.require_fresh(course, options.assignment)
    isolation = session.isolation(options.tier, unisolated=options.unisolated)
    submissions = batch.find_submissions(course, options.assignment, options.students)
    if not options.compare:
        names = regrading.would_judge(course, options.assignment, isolation, submissions)
        print(json.dumps(names) if options.json else "\n".join(names) or "nobody")
        return DONE
    changed = []
    with Watching(quiet=options.json or not sys.stderr.isatty()) as watching:
        watching.begin(f"comparing {options.assignment}", len(submissions))
        for change in regrading.changes(
            course, options.assignment, isolation, submissions, options.jobs
        ):
            watching.show("" if change is None else "changed")
            if change is not None:
                changed.append(change)
    changed.sort(key=lambda change: change.student)
    if options.json:
        print(json.dumps([change.data() for change in changed], indent=1))
    else:
        print("\n".join(map(str, changed)) or "no score would change")
    return DONE


def _explain(options: argparse.Namespace) -> int:
    from autograder import batch, explanation, freshness, session
    from autograder.sandbox import SandboxError

    course = _course(options)
    assignment = course.require(explanation.assignment_of(course, options.exercise))
    freshness.require_fresh(course, assignment)
    store = _store(course)
    grader = batch.make_grader(course, assignment, session.isolation())
    folder = course.submitted / options.student / assignment
    try:
        found = explanation.explain(grader, store, folder, options.student, options.exercise)
    except SandboxError as error:
        raise JudgingUnfitError(f"the sandbox failed: {error}; run 'autograder doctor'") from error
    print(json.dumps(found.data(), indent=1) if options.json else found.text())
    return DONE


def _which_assignment(course: Course) -> str:
    """The assignments that can be graded, with how many have handed them in."""
    from autograder.submission import student_folders

    handed_in = {name: len(student_folders(course.submitted, name)) for name in course.notebooks}
    if not handed_in:
        return f"no assignment named, and {course.solutions} has none; write one there first"
    listed = ", ".join(f"{name} ({number} handed in)" for name, number in handed_in.items())
    first = max(handed_in, key=lambda name: handed_in[name] > 0)
    return f"no assignment named; there are {listed}; write for example 'autograder grade {first}'"


def _feedback(options: argparse.Namespace) -> int:
    from autograder import feedback, gradebook, session

    course = _course(options)
    assignments = session.graded(course, options.assignment)
    isolation = session.isolation() if options.outputs else None
    for assignment in assignments:
        release = session.release_of(course, assignment)
        manual = gradebook.manual_scores(course, release)
        paths = feedback.write_pages(
            course, release, _store(course), manual=manual, jobs=options.jobs, isolation=isolation
        )
        print(f"{assignment}: wrote {len(paths)} pages to {_shown(course.feedback, course)}")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from autograder import class_report, session

    course = _course(options)
    report = class_report.report(course, session.graded(course, options.assignment), _store(course))
    print(report.text())
    if options.out:
        class_report.write_html(report, options.out)
        print(f"wrote {options.out}")
    return DONE


def _export(options: argparse.Namespace) -> int:
    from autograder import export, session

    course = _course(options)
    rows = [
        row
        for assignment in session.graded(course, options.assignment)
        for row in export.rows(course, session.release_of(course, assignment), _store(course))
    ]
    text = export.as_json(rows) if options.format == "json" else export.as_csv(rows)
    if options.out:
        with _writing(options.out):
            options.out.write_text(text, encoding="utf-8", newline="")
        print(f"wrote {options.out}")
    else:
        sys.stdout.write(text)
    return DONE


def _demo(options: argparse.Namespace) -> int:
    from autograder import demo

    return demo.run(_course(options))


def _doctor(options: argparse.Namespace) -> int:
    from autograder.doctor import examine

    findings = examine()
    print(findings.json() if options.json else findings.text())
    return DONE if findings.fit else UNFIT


def _secret(options: argparse.Namespace) -> int:
    from autograder.secret import rotate

    course = _course(options)
    rotate(course.secret)
    print(f"made a fresh secret in {_shown(course.secret, course)}; hidden cases change with it")
    return DONE


def _store(course: Course) -> VerdictStore:
    if not course.verdicts.is_file():
        raise UsageError(
            f"nothing has been graded yet: found no {course.verdicts.name} in {course.class_root}; "
            "run 'autograder grade ASSIGNMENT' first"
        )
    return VerdictStore(course.verdicts)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise UsageError when the file that was asked for cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}); expected a file in a folder that is "
            "there; give another --out"
        ) from error


def _shown(path: Path, course: Course) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path
