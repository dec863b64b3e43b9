"""What a submission cannot do in any kind of isolation; what it tries stands in tests/hostile."""

from pathlib import Path

import pytest
from attacks import ATTACKS, files, preparation

from autograder import sandbox
from autograder.sandbox.library import library

REPOSITORY = Path(sandbox.__file__).resolve().parents[2]

MARKER = "marker 5d41402abc4b2a76"

ATTEMPTS = {attack.name: attack for attack in ATTACKS if attack.is_attempt}
ON_FILES = {attack.name: attack for attack in files.ON_PATH}
#: What else the attempts know: of these nothing is there.
NAMES = {
    **dict.fromkeys(("GRADEBOOK", "VERDICTS", "SOLUTIONS", "SECRET", "OTHER", "KEY", "LINK")),
    **dict.fromkeys(("FOLDER", "PATH"), "/nowhere"),
    "BEGINNING": MARKER,
    "PORT": 9,
}


def attempt(child, attack, **names: object) -> str:
    """Try it in the child; returns what came of it."""
    source = "\n".join([preparation({**NAMES, **names}), attack.source])
    outcome = child.run_cell(source, "attack")
    assert outcome.raised is None, outcome.raised
    return printed_by(child, "print(OUTCOME)")


def printed_by(child, source: str) -> str:
    """What these statements print in the child."""
    outcome = child.run_cell("import os\n" + source, "cell 1")
    assert outcome.raised is None, outcome.raised
    return outcome.printed


@pytest.mark.parametrize("name", ON_FILES)
def test_a_file_outside_cannot_be_reached_to(attacked, tmp_path, name):
    path = tmp_path / "gradebook.db"
    path.write_text(MARKER, encoding="utf-8")
    before = path.stat()

    printed = attempt(attacked(), ATTEMPTS[name], PATH=path)

    assert printed.startswith("denied:")
    assert path.read_text(encoding="utf-8") == MARKER
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime,
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["gradebook.db"]


@pytest.mark.parametrize("name", sorted(ATTEMPTS.keys() - ON_FILES.keys()))
def test_the_machine_refuses(attacked, tmp_path, name):
    kept = tmp_path / "kept"
    kept.write_text(MARKER, encoding="utf-8")
    places = ("GRADEBOOK", "VERDICTS", "SOLUTIONS", "SECRET", "OTHER", "KEY", "LINK", "PATH")
    names = {**dict.fromkeys(places, kept), "FOLDER": tmp_path}
    assert attempt(attacked(), ATTEMPTS[name], **names).startswith("denied:")


def test_a_file_in_the_scratch_cannot_be_emptied_by_reading_it(attacked):
    source = "open('full', 'w').write('x')\nos.open('full', os.O_RDONLY | os.O_TRUNC)"
    outcome = attacked().run_cell(f"import os\n{source}", "attack")
    assert outcome.raised is not None
    assert outcome.raised.type == "PermissionError"


@pytest.mark.parametrize(
    "statements",
    [
        "import autograder",
        "import nbgrader",
        "import sys; sys.path.insert(0, REPOSITORY); import autograder",
        "import sys; sys.path.insert(0, REPOSITORY); import solutions",
        "import sys; sys.path.insert(0, SITE); import nbgrader",
        "from importlib.machinery import SourceFileLoader as L; L('c', CHECKING).load_module()",
    ],
)
def test_the_graders_own_code_cannot_be_imported(attacked, statements):
    names = {
        "REPOSITORY": str(REPOSITORY),
        "SITE": str(Path(pytest.__file__).parents[1]),
        "CHECKING": str(Path(library("judge").plain).with_name("checking.py")),
    }
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    outcome = attacked().run_cell(given + statements, "attack")
    assert outcome.raised is not None
    assert outcome.raised.type in ("ModuleNotFoundError", "PermissionError", "FileNotFoundError")


def test_course_utils_is_there_and_answers_nothing(attacked):
    source = """
from course_utils import check, pictures, numerical_gradient, CheckFailed
from course_utils.gradients import numerical_gradient as again
from course_utils.judging import judge
import course_utils.checking, course_utils.recorded
from course_utils.photograph import photograph
print(check(len), pictures.convolution.sliding_window(3), numerical_gradient(len), judge(1))
print(again(), course_utils.recorded.answers(2), photograph().shape)
print(course_utils.__file__)
"""
    outcome = attacked().run_cell(source, "attack")
    assert outcome.raised is None, outcome.raised
    *lines, place = outcome.printed.splitlines()
    assert lines == ["None None None None", "None None (128, 128)"]
    assert "stand_in" in place


def test_the_environment_tells_nothing(attacked, monkeypatch):
    monkeypatch.setenv("HIDDEN", MARKER)
    attacked().close()
    printed = printed_by(attacked(), "print(dict(os.environ))")
    assert MARKER not in printed
    assert set(eval(printed)) <= {  # noqa: S307 - what our own child printed
        *("PATH", "LANG", "TZ", "HOME", "TMPDIR", "MPLCONFIGDIR", "MPLBACKEND", "PWD"),
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX"),
        "LD_BIND_NOW",
    }


def test_only_the_protocols_descriptors_are_open(attacked):
    with Path(__file__).open(encoding="utf-8") as opened:
        attacked().close()
        source = """
for number in range(3, 64):
    try:
        os.fstat(number)
    except OSError:
        continue
    print(number)
"""
        printed = printed_by(attacked(), source)
    assert opened.closed
    assert printed.split() == ["3", "4"]


def test_what_one_child_leaves_the_next_does_not_find(any_isolation):
    leave = "open('left', 'w').write('x'); import numpy; numpy.left = 1"
    with sandbox.Child.start(any_isolation, sandbox.Limits()) as first:
        assert first.run_cell(leave, "attack").raised is None
    with sandbox.Child.start(any_isolation, sandbox.Limits()) as second:
        find = "import os, numpy; print(os.listdir('.'), hasattr(numpy, 'left'))"
        assert second.run_cell(find, "attack").printed == "[] False\n"
