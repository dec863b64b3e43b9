"""Submission folders with anything in them: links, devices, odd names, too many notebooks."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import export, gradebook, session
from autograder.course import Course
from autograder.release import read_release
from autograder.store import VerdictStore

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
MARKER = "NOBODY-ELSES-7f3a"


def in_place_of_the_file(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{NAME}.ipynb"
        path.unlink()
        make(path)

    return change


def device(path: Path) -> None:
    """A device that never ends; as an ordinary user, a link to it."""
    if os.geteuid() == 0:
        os.mknod(path, 0o20666, os.makedev(1, 5))
    else:
        path.symlink_to("/dev/zero")


def bind(path: Path) -> None:
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


def surrounded(folder: Path) -> None:
    """Everything that a folder can hold, beside the notebook."""
    (folder / "a\nb.ipynb").write_text(MARKER)
    (folder / os.fsdecode(b"\xff\xfe.ipynb")).write_text(MARKER)
    (folder / ("x" * 255)).write_text(MARKER)
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "sitecustomize.py").write_text("raise SystemExit")
    (folder / "secret").symlink_to(folder.parents[2] / "nbgrader_config.py")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("/nowhere")
    os.mkfifo(folder / "pipe")
    device(folder / "zero")
    bind(folder / "socket")
    deep = folder
    for _ in range(50):
        deep = deep / "deeper"
    deep.mkdir(parents=True)
    (folder / f"{NAME}.ipynb.zip").write_bytes(b"PK\x03\x04" + bytes(1000))


def second_notebook(folder: Path) -> None:
    """A browser's second download lies beside the first: the name decides."""
    other = json.loads((folder / f"{NAME}.ipynb").read_text())
    other["cells"] = []
    for name in (f"{NAME} (1).ipynb", f"{NAME.upper()}.IPYNB", f"{NAME}-Copy1.ipynb"):
        (folder / name).write_text(json.dumps(other))


def only_other_names(folder: Path) -> None:
    second_notebook(folder)
    (folder / f"{NAME}.ipynb").unlink()


def zipped(folder: Path) -> None:
    """No archive is opened: a bomb in one is a file like any other."""
    (folder / f"{NAME}.ipynb").rename(folder / f"{NAME}.zip")


#: What is done to a folder with a solved notebook, and what becomes of it: the points, or
#: a part of the reason.
FOLDERS: dict[str, tuple[Callable[[Path], object], object]] = {
    "surrounded": (surrounded, (5, 10)),
    "two notebooks": (second_notebook, (5, 10)),
    "other names": (only_other_names, f"found {NAME} (1).ipynb, {NAME}-Copy1.ipynb; expected"),
    "zipped": (zipped, "found no notebook; expected 02_convolution.ipynb; submit it"),
    "a device": (in_place_of_the_file(device), ("this is not a file; submit", "is a link; exp")),
    "a pipe": (in_place_of_the_file(os.mkfifo), "this is not a file; submit the notebook itself"),
    "a socket": (in_place_of_the_file(bind), "the file cannot be opened"),
    "a folder": (in_place_of_the_file(Path.mkdir), "this is not a file; submit"),
    "a link": (
        in_place_of_the_file(lambda path: path.symlink_to(path.parents[2] / "honest" / NAME)),
        "is a link; expected the notebook itself; submit a copy",
    ),
}
#: Names of students that nbgrader's pages and patterns cannot bear.
NAMES = ("two\nlines", "<img src=x onerror=alert(1)>", 'x" onload="', "\x1b[31mred", b"J\xfcrgen")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory, solved: dict[str, Any]) -> Path:
    course = Course(tmp_path_factory.mktemp("course"))
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, course.root / name)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    for student in ("honest", *FOLDERS, *map(os.fsdecode, NAMES)):
        folder = course.submitted / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(json.dumps(solved))
    for student, (change, _) in FOLDERS.items():
        change(course.submitted / student / NAME)
    return course.root


def by_nbgrader(course: Course) -> None:
    for step in ("autograde", "generate_feedback"):
        run = subprocess.run(
            [sys.executable, "-m", "nbgrader", step, NAME],
            cwd=course.root,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3000:]


def directly(course: Course) -> None:
    session.grade(course, NAME, isolation=session.isolation(), quiet=True)


@pytest.fixture(scope="module", params=[by_nbgrader, directly], ids=["nbgrader", "autograder"])
def course(
    request: pytest.FixtureRequest, handed_in: Path, tmp_path_factory: pytest.TempPathFactory
) -> Course:
    """The class, graded one way; the folders are moved, for pipes cannot be copied."""
    made = Course(tmp_path_factory.mktemp("graded") / "course")
    shutil.copytree(handed_in, made.root, ignore=shutil.ignore_patterns("submitted"))
    subprocess.run(["cp", "-a", handed_in / "submitted", made.submitted], check=True)
    request.param(made)
    return made


@pytest.fixture
def rows(course: Course) -> dict[tuple[str, str], export.GradeRow]:
    release = read_release(course, NAME)
    table = export.rows(course, release, VerdictStore(course.verdicts))
    return {(row.student, row.exercise): row for row in table}


@pytest.mark.parametrize("student", FOLDERS)
def test_a_folder_ends_in_its_points_or_its_reason(course, rows, student) -> None:
    expected = FOLDERS[student][1]
    if isinstance(expected, tuple) and isinstance(expected[0], int):
        found = (rows[student, FORWARD].auto_score, rows[student, BACKWARD].auto_score)
        assert found == expected
    else:
        row = rows[student, "total"]
        parts = expected if isinstance(expected, tuple) else (expected,)
        assert (row.status, row.auto_score, row.pending) == ("unreadable", None, True)
        assert any(part in row.reason for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_pages_cannot_bear_is_told_and_stops_nobody(course, rows, name) -> None:
    student = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    row = rows[student, "total"]
    assert (row.status, row.auto_score, row.pending) == ("unreadable", None, True)
    assert "rename the folder" in row.reason
    assert rows["honest", BACKWARD].auto_score == 10
    known = {who for who, _ in gradebook.entered(course, read_release(course, NAME))}
    assert student not in known
    assert "honest" in known


def test_nothing_beside_the_notebook_is_handed_out(course) -> None:
    for folder in (course.autograded, course.feedback):
        for path in folder.rglob("*"):
            assert path.is_dir() or path.name in (f"{NAME}.ipynb", f"{NAME}.html")
            assert path.is_dir() or MARKER not in path.read_text()
