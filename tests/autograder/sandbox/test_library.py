"""A child may read what its imports need, and none of what lies beside it."""

import os
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.sandbox import library as module
from autograder.sandbox.library import PACKAGES, SHOWING, library

REPOSITORY = Path(sandbox.__file__).resolve().parents[2]


def test_numpy_and_matplotlib_are_there_with_what_they_need():
    assert {"numpy", "matplotlib", "dateutil", "PIL"} <= set(library("judge").packages)
    assert set(library("judge").packages) <= set(PACKAGES)


def test_no_directory_of_packages_and_no_directory_of_ours_is_readable_as_a_whole():
    found = library("judge")
    for forbidden in (str(REPOSITORY), *map(str, Path(pytest.__file__).parents[:2])):
        for path in found.readable:
            assert not (forbidden + "/").startswith(path.rstrip("/") + "/"), path


def test_only_a_child_that_shows_may_read_ipython_and_course_utils():
    judge, show = library("judge"), library("show")
    assert {"IPython", "matplotlib_inline", "traitlets", "course_utils"} <= set(show.packages)
    assert set(show.packages) - set(judge.packages) <= set(SHOWING)
    more = {os.path.realpath(show.packages[n]) for n in show.packages if n not in judge.packages}
    assert set(show.readable) - set(judge.readable) == more
    assert judge.masked == show.masked


def test_nothing_of_ours_is_readable():
    for path in library("judge").readable:
        inside = os.path.relpath(path, REPOSITORY)
        assert inside.startswith("..") or "site-packages" in inside, path


@pytest.fixture
def installed(tmp_path):
    """An installation as a distribution makes it: packages beside the standard library."""
    for name in (
        "python3.12/os.py",
        "python3.12/json/decoder.py",
        "python3.12/site-packages/autograder/secret.py",
        "python3/dist-packages/autograder/secret.py",
        "libm.so.6",
    ):
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "lib" / "out").symlink_to(tmp_path / "lib" / "python3" / "dist-packages")
    return tmp_path / "lib"


def test_what_lies_beside_something_forbidden_is_allowed_piece_by_piece(installed):
    forbidden = tuple(str(path) for path in installed.glob("python3*/*-packages"))
    found = [
        os.path.relpath(path, installed) for path in module._without(str(installed), forbidden)
    ]
    assert found == ["libm.so.6", "python3.12/json", "python3.12/os.py"]


def test_a_directory_with_nothing_forbidden_is_allowed_as_a_whole(installed):
    assert list(module._without(str(installed), ("/elsewhere",))) == [str(installed)]


def test_what_is_forbidden_is_not_allowed(installed):
    inside = str(installed / "python3.12" / "site-packages" / "autograder")
    assert list(module._without(inside, (str(installed),))) == []


def test_another_user_can_read_only_what_is_open_to_all_on_the_whole_way(tmp_path):
    assert module._open_to_all(Path("/usr/lib"))
    private, inside = tmp_path / "private", tmp_path / "private" / "file"
    private.mkdir(0o700)
    inside.touch(0o644)
    assert not module._open_to_all(inside)
    assert not module._open_to_all(tmp_path / "absent")
