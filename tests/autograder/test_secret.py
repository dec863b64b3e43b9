"""The course secret: made once, its owner's alone, and never guessed at when it is damaged."""

import os
import stat
import threading
from pathlib import Path

import pytest

from autograder import secret as secrets_
from autograder.demo import DEMO_SECRET
from autograder.errors import JudgingUnfitError
from autograder.secret import read_secret, rotate, write_secret


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "class" / ".course_secret"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_on_first_use_and_stays(path: Path) -> None:
    made = read_secret(path)
    assert len(made) == 32
    assert mode(path) == 0o600
    assert read_secret(path) == made
    assert path.read_text() == made.hex() + "\n"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_two_classes_have_two_secrets(tmp_path: Path) -> None:
    assert read_secret(tmp_path / "a") != read_secret(tmp_path / "b")


def test_rotating_replaces_it_in_one_step(path: Path) -> None:
    old = read_secret(path)
    fresh = rotate(path)
    assert fresh != old
    assert read_secret(path) == fresh
    assert mode(path) == 0o600
    assert len(list(path.parent.iterdir())) == 1


def test_it_is_its_owners_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        read_secret(path)
        rotate(path)
    finally:
        os.umask(before)
    assert mode(path) == 0o600


def test_processes_that_use_it_first_at_the_same_time_agree_on_one(path: Path) -> None:
    start = threading.Barrier(8)
    found = []

    def first_use() -> None:
        start.wait()
        found.append(read_secret(path))

    threads = [threading.Thread(target=first_use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {read_secret(path)}


def test_a_file_system_without_links_is_no_obstacle(path: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(secrets_.os, "link", refuse)
    assert read_secret(path) == read_secret(path)
    assert len(list(path.parent.iterdir())) == 1


def test_the_secret_of_the_demonstration_is_fixed(path: Path) -> None:
    assert write_secret(path, DEMO_SECRET) == read_secret(path) == DEMO_SECRET


@pytest.mark.parametrize("bits", [0o644, 0o640, 0o604, 0o666])
def test_a_secret_that_others_can_read_is_refused(path: Path, bits: int) -> None:
    read_secret(path)
    path.chmod(bits)
    with pytest.raises(JudgingUnfitError) as refused:
        read_secret(path)
    assert f"can be read by others (mode {bits:o}); expected 600; run 'chmod 600" in str(
        refused.value
    )
    assert refused.value.exit_code == 3


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31, "ab" * 33, "ü" * 64])
def test_a_damaged_secret_is_refused_and_not_replaced(path: Path, text: str) -> None:
    read_secret(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JudgingUnfitError, match=r"holds no secret .* expected 64 .* --rotate'"):
        read_secret(path)
    assert path.read_text(encoding="utf-8") == text


def test_what_can_be_neither_read_nor_made_is_told(path: Path, tmp_path: Path) -> None:
    path.mkdir(parents=True)
    in_a_file = tmp_path / "file" / ".course_secret"
    in_a_file.parent.write_text("")
    dangling = tmp_path / "dangling"
    dangling.symlink_to("/nowhere/at/all")
    for odd in (path, in_a_file, dangling):
        with pytest.raises(JudgingUnfitError, match=r"can be neither read nor made \(.*\); exp"):
            read_secret(odd)
