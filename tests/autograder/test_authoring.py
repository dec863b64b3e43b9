"""From sources to releases: repeatable, complete, fresh, and without solutions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder import companions
from autograder.authoring import Stale, build, check, solve
from autograder.course import Course
from autograder.errors import RefusedError
from autograder.release import read_release, released_cells

NAME = "02_double"
SOURCE = """# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Doubling × 2
#
# What is $x + x$?

# %%
import numpy as np

def check(function, part=None):
    assert function(3) == 6, "that is not double"
    return f"{function.__name__} is right"


# %% tags=["picture"]
# %matplotlib inline
print(np.zeros(2))

# %% nbgrader={"grade": false, "grade_id": "double_solution", "locked": false, \
"schema_version": 3, "solution": true, "task": false}
def double(x):
    \"\"\"Return 2 x.\"\"\"
    ### BEGIN SOLUTION
    total = x + x
    return total
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "double", "locked": true, "points": 5, \
"schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
check(double)

# %% nbgrader={"grade": true, "grade_id": "double_twice", "locked": true, "points": 0, \
"schema_version": 3, "solution": false, "task": false} bonus=2 tags=["raises-exception"]
check(double, part="twice")

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 2, \
"schema_version": 3, "solution": true, "task": false}
# Your answer:
#
# ### BEGIN SOLUTION
# Because it is a sum of two equal terms.
# ### END SOLUTION
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of one small notebook that was not built yet."""
    course = Course(tmp_path / "course")
    course.solutions.mkdir(parents=True)
    write(course, SOURCE)
    return course


def write(course: Course, text: str, name: str = NAME) -> None:
    course.solution_file(name).write_text(text, encoding="utf-8", newline="\n")


def change(course: Course, old: str, new: str) -> None:
    """Replace text in the source; ``old`` must occur once."""
    assert SOURCE.count(old) == 1, f"{old!r} must occur once in the source"
    write(course, SOURCE.replace(old, new))


def released(course: Course) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(course.release_file(NAME).read_bytes())
    return notebook


def everything(course: Course) -> dict[str, bytes]:
    """All files below the course's root but the sources."""
    files = (path for path in course.root.rglob("*") if path.is_file())
    return {
        path.relative_to(course.root).as_posix(): path.read_bytes()
        for path in files
        if path.parent != course.solutions
    }


def test_a_build_writes_the_notebook_with_solutions_and_the_release(course: Course) -> None:
    assert build(course) == (course.source_file(NAME), course.release_file(NAME))
    assert set(everything(course)) == {
        "build/source/02_double/02_double.ipynb",
        "assignments/02_double/02_double.ipynb",
    }
    assert "total = x + x" in course.source_file(NAME).read_text(encoding="utf-8")


def test_a_release_has_stubs_where_the_source_has_solutions(course: Course) -> None:
    build(course)
    sources = {cell.grade_id: cell.source for cell in released_cells(course, NAME)}
    assert sources == {
        "double_solution": (
            'def double(x):\n    """Return 2 x."""\n    # YOUR CODE HERE\n'
            "    raise NotImplementedError()"
        ),
        "double": "check(double)",
        "double_twice": 'check(double, part="twice")',
        "why": "Your answer:\n\nYOUR ANSWER HERE",
    }
    assert [(c.points, c.bonus) for c in released_cells(course, NAME)] == [
        (0, 0),
        (5, 0),
        (0, 2),
        (2, 0),
    ]


def test_cell_ids_are_grade_ids_or_numbers(course: Course) -> None:
    build(course)
    ids = [cell["id"] for cell in released(course)["cells"]]
    numbered = ["cell-01", "cell-02", "cell-03"]
    assert ids == [*numbered, "double_solution", "double", "double_twice", "why"]


def test_metadata_hold_what_the_source_says_and_no_more(course: Course) -> None:
    build(course)
    notebook = released(course)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info", "built_from"}
    assert notebook["metadata"]["built_from"]["file"] == f"solutions/{NAME}.py"
    keys = [set(cell["metadata"]) for cell in notebook["cells"]]
    assert keys[:3] == [set(), set(), {"tags"}]
    assert keys[4] == {"nbgrader", "tags", "deletable", "editable"}
    assert keys[5] == {"nbgrader", "tags", "deletable", "editable", "bonus"}


def test_a_commented_magic_is_a_magic_in_the_notebook(course: Course) -> None:
    build(course)
    assert released(course)["cells"][2]["source"][0] == "%matplotlib inline\n"


def test_a_second_build_changes_no_file(course: Course) -> None:
    build(course)
    before = everything(course)
    assert build(course) == ()
    assert everything(course) == before


def test_a_bare_process_builds_the_same_bytes(course: Course) -> None:
    """Other process, other hash seed, no activated environment and a source with CRLF."""
    build(course)
    before = everything(course)
    course.release_file(NAME).unlink()
    course.source_file(NAME).unlink()
    course.solution_file(NAME).write_bytes(SOURCE.replace("\n", "\r\n").encode("utf-8"))
    script = (
        "from pathlib import Path; from autograder.authoring import build; "
        "from autograder.course import Course; build(Course(Path('course')))"
    )
    environment = {"PATH": "", "HOME": str(course.root.parent), "PYTHONHASHSEED": "7"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    command = [sys.executable, "-c", script]
    subprocess.run(command, check=True, cwd=course.root.parent, env=environment)
    assert everything(course) == before


def test_files_end_their_lines_with_a_line_feed_alone(course: Course) -> None:
    build(course)
    for content in everything(course).values():
        assert b"\r" not in content
        assert content.endswith(b"}\n")
    assert "×".encode() in course.release_file(NAME).read_bytes()


def test_nbgraders_own_command_makes_the_same_release(course: Course) -> None:
    build(course)
    ours = course.release_file(NAME).read_bytes()
    course.release_file(NAME).unlink()
    course.config.write_text(
        "c = get_config()\n"
        "c.CourseDirectory.source_directory = 'build/source'\n"
        "c.CourseDirectory.release_directory = 'assignments'\n"
    )
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", NAME, "--no-db", "--force"]
    environment = {**os.environ, "HOME": str(course.root), "JUPYTER_NO_CONFIG": "1"}
    done = subprocess.run(
        command, check=False, cwd=course.root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert course.release_file(NAME).read_bytes() == ours


def test_a_fresh_release_passes_the_check(course: Course) -> None:
    build(course)
    before = everything(course)
    assert check(course) == ()
    assert everything(course) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    total = x + x", "    total = x * x"),
        ("sum of two equal terms", "sum of two equal termS"),
        ("What is", "what is"),
        ("print(np.zeros(2))", "print(np.zeros(3))"),
        ("kernelspec:", "kernelspec: "),
        ('"points": 5', '"points": 6'),
    ],
)
def test_one_changed_character_of_a_source_makes_its_release_stale(
    course: Course, old: str, new: str
) -> None:
    build(course)
    change(course, old, new)
    stale = check(course)
    assert [(file.path, file.why) for file in stale] == [
        (Path("assignments/02_double/02_double.ipynb"), "stale")
    ]
    assert str(stale[0]).startswith("assignments/02_double/02_double.ipynb: stale: it differs")
    build(course)
    assert check(course) == ()


@pytest.mark.parametrize("position", [0, 100, 1000, -2, -1])
def test_one_changed_character_of_a_release_is_seen(course: Course, position: int) -> None:
    build(course)
    path = course.release_file(NAME)
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    assert [file.why for file in check(course)] == ["stale"]
    assert build(course) == (path,)


def test_missing_and_unexpected_releases_are_named(course: Course) -> None:
    build(course)
    course.release_file(NAME).unlink()
    stray = course.assignments / "99_gone" / "99_gone.ipynb"
    stray.parent.mkdir()
    stray.write_text("{}")
    (stray.parent / ".ipynb_checkpoints").mkdir()
    (stray.parent / ".ipynb_checkpoints" / "99_gone-checkpoint.ipynb").write_text("{}")
    assert check(course) == (
        Stale(Path("assignments/02_double/02_double.ipynb"), "missing"),
        Stale(Path("assignments/99_gone/99_gone.ipynb"), "unexpected"),
    )


def test_one_faulty_source_keeps_all_releases_as_they_were(course: Course) -> None:
    build(course)
    before = everything(course)
    change(course, "What is", "what is")
    write(course, SOURCE.replace("check(double)\n", "check(double, 1)\n"), "03_other")
    with pytest.raises(RefusedError, match="found 1 fault in the sources; nothing was built") as e:
        build(course)
    assert e.value.findings[0].startswith("solutions/03_other.py:")
    assert e.value.exit_code == 1
    assert everything(course) == before


def test_a_release_that_leaks_is_not_written(course: Course) -> None:
    change(course, "What is", "Write `total = x + x`! What is")
    with pytest.raises(RefusedError, match="found leaks") as e:
        build(course)
    assert len(e.value.findings) == 1
    assert e.value.findings[0].startswith("assignments/02_double/02_double.ipynb: cell cell-01: ")
    assert everything(course) == {}
    with pytest.raises(RefusedError, match="found leaks"):
        check(course)


def test_what_nbgrader_cannot_release_is_told_in_its_words(course: Course) -> None:
    change(course, "check(double)\n", "check(double)\n### AUTOTEST double(1)\n")
    with pytest.raises(RefusedError, match=r"nbgrader makes no release of 02_double: .*tests\.yml"):
        build(course)
    assert everything(course) == {}


def test_a_header_that_jupytext_takes_for_a_cell_is_refused(course: Course) -> None:
    write(course, SOURCE.replace("# ---\n", "# --\n"))
    with pytest.raises(RefusedError, match="jupytext finds 8 cells; expected the 7 that begin"):
        build(course)


@pytest.mark.parametrize("file", ["02_double/answers.txt", "notes.ipynb", "02_double/more.ipynb"])
def test_files_that_nbgrader_would_copy_to_students_are_refused(course: Course, file: str) -> None:
    foreign = course.source / file
    foreign.parent.mkdir(parents=True)
    foreign.write_text("x")
    with pytest.raises(RefusedError, match="found files that nbgrader would copy") as e:
        build(course)
    assert e.value.findings[0].startswith(f"build/source/{file}: ")
    assert not course.assignments.exists()


def test_a_built_notebook_leaves_build_with_its_source(course: Course) -> None:
    write(course, SOURCE, "03_gone")
    build(course)
    course.solution_file("03_gone").unlink()
    build(course)
    assert [path.name for path in course.source.iterdir()] == ["02_double"]
    assert [file.why for file in check(course)] == ["unexpected"]


def test_a_write_that_breaks_off_leaves_the_old_file(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(course)
    before = everything(course)
    change(course, "What is", "what is")

    def full(_: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        build(course)
    assert everything(course) == before


def test_solved_notebooks_show_what_every_cell_prints(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    change(course, "print(np.zeros(2))", "import os\nprint(os.environ.get('MPLBACKEND'))")
    begun: list[str] = []
    written = solve(course, begun.append)
    assert begun == [NAME]
    assert written == (course.solved / f"{NAME}.ipynb", course.solved / f"{NAME}.html")
    cells = json.loads(written[0].read_bytes())["cells"]
    assert cells[4]["outputs"][0]["data"]["text/plain"] == ["'double is right'"]
    assert "agg\n" not in cells[2]["outputs"][0]["text"]
    page = written[1].read_text(encoding="utf-8")
    assert "double is right" in page
    assert "<title>02_double</title>" in page
    assert set(everything(course)) == {
        "build/solved/02_double.ipynb",
        "build/solved/02_double.html",
    }


def test_a_reference_that_fails_its_check_is_named_and_not_shown(course: Course) -> None:
    change(course, "    total = x + x", "    total = x + 0")
    with pytest.raises(RefusedError, match="found errors in solved notebooks") as e:
        solve(course)
    line = 1 + SOURCE[: SOURCE.index('"grade_id": "double",')].count("\n")
    assert e.value.findings[0] == (
        f"solutions/02_double.py:{line}: found AssertionError: that is not double"
    )
    assert len(e.value.findings) == 2
    assert everything(course) == {}


def test_a_source_that_kills_its_kernel_is_named(course: Course) -> None:
    change(course, "print(np.zeros(2))", "import os\nos._exit(0)")
    with pytest.raises(RefusedError, match="02_double cannot be run to its end: Kernel died"):
        solve(course)
    assert everything(course) == {}


def test_the_tracked_releases_are_the_ones_the_sources_make() -> None:
    course = Course(Path(__file__).parents[2])
    assert [str(stale) for stale in check(course)] == []


# Companion files


@pytest.fixture
def accompanied(course: Course, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A later notebook that imports the doubling of the first; its companion file."""
    contents = {"03_later": {"earlier": {NAME: ["double"]}}}
    monkeypatch.setattr(companions, "COMPANIONS", contents)
    use = "# %%\nfrom earlier import double\n\nassert double(4) == 8\n\n"
    write(course, SOURCE.replace("# %% tags=", f"{use}# %% tags="), "03_later")
    build(course)
    return course.release_file("03_later").with_name("earlier.py")


def test_a_companion_file_lies_beside_source_and_release(course: Course, accompanied: Path) -> None:
    text = accompanied.read_text("utf-8")
    assert course.source_file("03_later").with_name("earlier.py").read_text("utf-8") == text
    assert NAME in text
    assert "SOLUTION" not in text
    namespace: dict[str, Any] = {}
    exec(text, namespace)  # noqa: S102 - our own file
    assert namespace["double"](4) == 8
    assert check(course) == build(course) == ()


def test_a_companion_file_that_was_changed_is_stale(course: Course, accompanied: Path) -> None:
    accompanied.write_text(accompanied.read_text("utf-8") + "\n", encoding="utf-8")
    (stale,) = check(course)
    assert stale.path.name == "earlier.py"
    assert stale.why == "stale"


def test_solved_notebooks_find_their_companion_files(course: Course, accompanied: Path) -> None:
    assert accompanied.is_file()
    assert course.solved / "03_later.ipynb" in solve(course)


def test_a_release_carries_its_companion_files(course: Course, accompanied: Path) -> None:
    release = read_release(course, "03_later")
    assert release.companions == (("earlier", accompanied.read_text("utf-8")),)
    assert read_release(course, NAME).companions == ()
