"""The command line: what each command answers, and with which exit code it ends."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import cli, recording, sandbox
from autograder.course import Course
from autograder.release import source_digest
from autograder.sandbox import Isolation

ROOT = Path(__file__).parents[2]
NAME = "02_convolution"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy of the course: commands work where they are called."""
    root = tmp_path / "the course"
    for folder in ("solutions", "assignments"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course(root)


@pytest.fixture
def run(course: Course, capsys) -> Callable[..., tuple[int, str, str]]:
    """A function that runs a command in the course: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["--course", str(course.root), *arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def refused(run) -> Callable[..., tuple[int, str]]:
    """A function that runs a command that says one line to stderr: exit code, that line."""

    def refused(*arguments: str) -> tuple[int, str]:
        code, out, err = run(*arguments)
        assert out == ""
        [line] = err.splitlines()
        assert line.startswith("autograder: ")
        # What was found, what was expected or is the case, what to do.
        assert len(line.split("; ")) >= 2, line
        return code, line

    return refused


# 2: the request cannot be carried out


@pytest.mark.parametrize("command", ["grade", "feedback", "report", "export", "validate"])
def test_an_unknown_assignment_is_answered_with_the_known_ones(refused, command) -> None:
    code, line = refused(command, "04_missing")
    assert code == 2
    assert "no assignment '04_missing'" in line
    assert re.search(
        r"has 01_\w+, 02_convolution, 03_pooling[\w, ]*; give one of these names", line
    )


def test_grading_without_an_assignment_lists_those_there_are(refused, course) -> None:
    (course.submitted / "ada" / "03_pooling").mkdir(parents=True)
    code, line = refused("grade")
    assert code == 2
    assert "02_convolution (0 handed in), 03_pooling (1 handed in)" in line
    assert line.endswith("write for example 'autograder grade 03_pooling'")
    shutil.rmtree(course.submitted)
    assert refused("grade")[1].endswith("'autograder grade 01_gradient_checking'")


def test_an_unknown_assignment_is_answered_before_the_machine_is_tried(
    refused, monkeypatch
) -> None:
    monkeypatch.setattr(sandbox, "probe", lambda **_: Isolation("none"))
    assert refused("grade", "04_missing")[0] == 2


def test_an_empty_class_is_told_where_submissions_belong(refused, course) -> None:
    code, line = refused("grade", NAME, "--unisolated")
    assert code == 2
    assert f"expected {course.submitted}/STUDENT/{NAME}/{NAME}.ipynb" in line
    assert not course.gradebook.exists()
    assert not course.verdicts.exists()


@pytest.mark.parametrize("command", ["feedback", "report", "export"])
@pytest.mark.parametrize("named", [(), (NAME,)])
def test_what_was_not_graded_cannot_be_shown(refused, course, command, named) -> None:
    code, line = refused(command, *named)
    assert code == 2
    assert "nothing has been graded yet" in line
    assert "run 'autograder grade ASSIGNMENT'" in line
    assert not course.verdicts.exists()


def test_a_folder_that_is_no_course_is_told_even_inside_one(course, hand_in, capsys) -> None:
    hand_in("ada", b"{}")
    inside = course.root / "class of 2026"
    for folder, found in (
        (inside, "there is no such folder"),
        (course.solutions, "it lacks nbgrader_config.py and solutions/"),
    ):
        assert cli.main(["--course", str(folder), "grade", NAME]) == 2
        assert capsys.readouterr().err == (
            f"autograder: {folder.resolve()} is no course: {found}; expected a folder with "
            f"nbgrader_config.py and solutions/; it lies in the course {course.root.resolve()}: "
            "name that one, if it is meant\n"
        )
    assert not course.verdicts.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("grade", NAME, "--jobs", "0"),
        ("grade", NAME, "--jobs", "-2"),
        ("grade", NAME, "--tier", "none"),
        ("validate", "--seeds", "0"),
        ("export", "--format", "xlsx"),
        ("secret",),
    ],
)
def test_a_command_that_is_written_wrongly_is_explained(run, capsys, arguments) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert "usage: autograder" in capsys.readouterr().err


# 3: something could not be judged, or this machine is unfit


def test_without_isolation_nothing_is_graded(refused, course, hand_in, monkeypatch) -> None:
    path = hand_in("ada", b"{}")
    nothing = Isolation("none", missing=("this kernel offers no Landlock",))
    monkeypatch.setattr(sandbox, "probe", lambda **_: nothing)
    code, line = refused("grade", NAME)
    assert code == 3
    assert "cannot be isolated on this machine: this kernel offers no Landlock; " in line
    assert "'autograder doctor'" in line
    assert path.read_bytes() == b"{}"
    assert not course.verdicts.exists()


def test_a_fault_of_ours_is_no_refusal_and_no_bare_traceback(run, monkeypatch) -> None:
    def fail(_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(cli, "_course", fail)
    code, out, err = run("grade", NAME)
    assert (code, out) == (3, "")
    assert err.startswith("Traceback")
    last = err.splitlines()[-1]
    assert last.startswith("autograder: this is a fault of the autograder (MemoryError: no room);")
    assert "run the command again" in last


def test_a_file_of_the_course_that_is_not_python_is_named_with_its_line(tmp_path) -> None:
    package = shutil.copytree(ROOT / "autograder", tmp_path / "autograder")
    broken = package / "exercises" / "pooling.py"
    lines = broken.read_text(encoding="utf-8").splitlines()
    broken.write_text("\n".join([*lines, "def max_pool("]), encoding="utf-8")
    command = "import sys; from autograder.cli import main; sys.exit(main(['build', '--check']))"
    found = subprocess.run(
        [sys.executable, "-P", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (1, "")
    where = f"autograder: {broken}, line {len(lines) + 1} is not Python ("
    assert found.stderr.startswith(where), found.stderr
    assert found.stderr.endswith("; mend it, and run the command again\n")


@pytest.mark.parametrize("slow", ["lark", "nbconvert", "nbgrader"])
def test_grading_begins_before_what_takes_long_is_imported(slow) -> None:
    """A grammar of addresses that nothing asks for; what renders; and nbgrader."""
    command = f"import sys, autograder.cli, autograder.session; sys.exit({slow!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def test_an_interrupt_is_told(refused, monkeypatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_course", interrupt)
    assert refused("grade", NAME) == (3, "autograder: interrupted; what was judged is kept")


def test_a_doctor_finds_the_machine_fit_or_unfit(run, monkeypatch) -> None:
    monkeypatch.setattr(
        sandbox, "probe", lambda **_: Isolation("kernel", 4, ("files by Landlock",))
    )
    code, out, _ = run("doctor")
    assert code == 0
    assert "+ files by Landlock" in out
    assert out.endswith("This machine can judge submissions.\n")
    monkeypatch.setattr(sandbox, "probe", lambda **_: Isolation("none", missing=("no Landlock",)))
    code, out, _ = run("doctor")
    assert code == 3
    assert "- no Landlock" in out
    code, out, _ = run("doctor", "--json")
    assert code == 3
    assert json.loads(out)["fit"] is False


# 0: done, whatever the scores


def test_a_class_is_graded_shown_told_and_kept(
    run, course, hand_in, notebook, isolation, caplog
) -> None:
    hand_in("ada", notebook())
    hand_in("bob", b"{")
    hand_in("[bold]eve", notebook(solved=False))
    code, out, err = run("grade", NAME)
    assert (code, err) == (0, "")
    rows = {line.split("│")[1].strip(): line for line in out.splitlines() if line.startswith("│")}
    assert rows.keys() - {""} == {"ada", "bob", "[bold]eve"}
    assert "passed" in rows["ada"]
    assert "15" in rows["ada"]
    assert "unreadable" in rows["bob"]
    assert "not valid JSON" in rows["bob"]
    assert "not started" in rows["[bold]eve"]
    assert f"isolation: {isolation.tier}" in out

    code, out, err = run("grade", NAME, "--json", "--students", "a*", "--jobs", "1")
    assert (code, err) == (0, "")
    made = json.loads(out)
    assert made["isolation"] == isolation.tier
    assert [s["student"] for s in made["submissions"]] == ["ada"]
    assert made["submissions"][0]["score"] == 15

    code, out, _ = run("export")
    assert code == 0
    assert out.startswith("student,assignment,exercise,auto_score")
    assert "\r\nbob,02_convolution,total,," in out
    code, out, _ = run("export", NAME, "--format", "json", "--out", str(course.root / "g.json"))
    assert code == 0
    assert {row["student"] for row in json.loads((course.root / "g.json").read_bytes())} == {
        "ada",
        "bob",
        "[bold]eve",
    }

    for command, expected in (("export", 2), ("report", 3)):
        code, _, err = run(command, "--out", str(course.verdicts / "in a file"))
        assert code == expected
        assert re.fullmatch(r"autograder: [^\n]* cannot be written [^\n]*\n", err)

    # A reference that is at odds with itself judges nobody, and no grade is lost.
    source = course.solution_file(NAME)
    text = source.read_text(encoding="utf-8")
    assert text.count("db = dout.sum(") == 1
    wrong = text.replace("db = dout.sum(", "db = 2 * dout.sum(")
    source.write_text(wrong, encoding="utf-8")
    # As if it had been built.
    release = course.release_file(NAME)
    released = release.read_text(encoding="utf-8")
    assert source_digest(text) in released
    release.write_text(released.replace(source_digest(text), source_digest(wrong)), "utf-8")
    caplog.set_level(logging.CRITICAL)
    code, out, _ = run("grade", NAME, "--json", "--students", "ada")
    assert code == 3
    [found] = json.loads(out)["submissions"]
    assert (found["status"], found["score"]) == ("not judged", None)
    assert "is not the derivative of" in found["reason"]
    code, out, _ = run("export")
    assert "\r\nada,02_convolution,total,15.0," in out
    assert "an earlier submission counts, the latest has no score: " in out


def test_rotating_the_secret_says_what_changes_with_it(run, course) -> None:
    code, out, _ = run("secret", "--rotate")
    assert code == 0
    assert out == "made a fresh secret in .course_secret; hidden cases change with it\n"
    first = course.secret.read_text()
    run("secret", "--rotate")
    assert course.secret.read_text() != first


# 1: a check of the course's own files failed


def test_a_release_that_is_stale_is_named(run, course, monkeypatch) -> None:
    # The recorded cases take seconds to make; they are compared in a test of their own.
    monkeypatch.setattr(recording, "QUESTIONS", {})
    for notebook in set(course.notebooks) - {NAME}:
        shutil.rmtree(course.assignments / notebook)
        course.solution_file(notebook).unlink()
    assert run("build", "--check") == (0, "up to date\n", "")
    release = course.release_file(NAME)
    text = release.read_text(encoding="utf-8")
    release.write_text(text.replace("convolution", "Convolution", 1), encoding="utf-8")
    code, out, _ = run("build", "--check")
    assert code == 1
    assert f"assignments/{NAME}/{NAME}.ipynb" in out.splitlines()[0]
    assert "run 'autograder build'" in out
    assert release.read_text(encoding="utf-8") != text


def test_recorded_cases_that_are_stale_are_named(run, course, monkeypatch) -> None:
    monkeypatch.setattr(cli, "_course", lambda _: course)
    monkeypatch.setattr("autograder.authoring.check", lambda _: ())
    monkeypatch.setattr(recording, "QUESTIONS", {})
    folder = course.root / "course_utils" / "data" / "exercises"
    folder.mkdir(parents=True)
    (folder / "of_no_exercise.json").write_text("{}")
    code, out, _ = run("build", "--check")
    assert code == 1
    assert out.splitlines()[0] == "course_utils/data/exercises/of_no_exercise.json: stale"


def test_a_source_with_a_fault_is_refused_with_its_line(run, course) -> None:
    source = course.solution_file(NAME)
    source.write_text(source.read_text(encoding="utf-8").replace("### END SOLUTION", "#", 1))
    code, _, err = run("build")
    assert code == 1
    assert re.search(rf"solutions/{NAME}\.py:\d+: ", err)


def test_a_reader_that_has_seen_enough_is_no_fault_of_ours() -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from autograder.cli import main; sys.exit(main())",
    ]
    with subprocess.Popen(
        [*command, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        assert run.stderr.read() == b""
    assert run.returncode == cli.NOT_READ
