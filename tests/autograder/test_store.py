"""Verdicts are kept: none with a score is ever lost to one without."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import JudgingUnfitError
from autograder.store import DamagedVerdictError, Known, VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.report_card import ReportCard

NAME = "02_convolution"


def judged(student: str = "ada", share: float = 0.5, key: str = "k1") -> Verdict:
    card = ReportCard("conv", "failed", ())
    return Verdict(student, NAME, "judged", (ExerciseVerdict("conv", share, card),), key=key)


def failed(status: str = "not judged", reason: str = "the sandbox failed") -> Verdict:
    return Verdict("ada", NAME, status, reason=reason, key="k2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "class" / "verdicts.db"


def keys(store: VerdictStore) -> dict[str, str]:
    return {student: known.key for student, known in store.known(NAME).items()}


@pytest.fixture
def store(path: Path) -> VerdictStore:
    return VerdictStore(path)


def test_a_verdict_comes_back_as_it_was(store: VerdictStore) -> None:
    assert store.get("ada", NAME) is None
    assert store.all(NAME) == []
    store.put(judged())
    assert store.get("ada", NAME) == judged()
    assert store.get("bob", NAME) is None
    assert store.get("ada", "03_pooling") is None


def test_verdicts_are_sorted_by_student_and_kept_by_assignment(store: VerdictStore) -> None:
    for student in ("bob", "Zoë", "ada"):
        store.put(judged(student))
    store.put(replace(judged("eve"), assignment="03_pooling"))
    assert [v.student for v, _ in store.all(NAME)] == ["Zoë", "ada", "bob"]
    assert [v.student for v, _ in store.all("03_pooling")] == ["eve"]


def test_what_has_been_projected_is_known_until_a_verdict_replaces_it(store: VerdictStore) -> None:
    store.put(judged(), "its bytes")
    assert store.known(NAME)["ada"] == Known("k1", "its bytes", projected=False)
    store.mark_projected(NAME, [("ada", "other bytes"), ("nobody", "")])
    assert store.known(NAME)["ada"] == Known("k1", "other bytes", projected=True)
    store.put(judged(), "its bytes")
    assert not store.known(NAME)["ada"].projected
    assert store.students(NAME) == {"ada"}


def test_a_file_of_an_earlier_version_is_read_and_written(path: Path) -> None:
    VerdictStore(path).put(judged())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ALTER TABLE verdicts DROP COLUMN content")
        db.execute("ALTER TABLE verdicts DROP COLUMN projected")
    assert VerdictStore(path).get("ada", NAME) == judged()
    assert VerdictStore(path).known(NAME) == {"ada": Known("k1", "", projected=False)}


def test_while_it_is_held_every_call_is_kept_though_the_process_may_be_killed_next(
    path: Path, store: VerdictStore
) -> None:
    with store.held():
        store.put(judged())
        assert VerdictStore(path).get("ada", NAME) == judged()
        with pytest.raises(OSError, match="somebody else"):
            raise OSError("somebody else's trouble")
    store.put(judged(share=0.25))
    assert store.get("ada", NAME) == judged(share=0.25)


def test_a_later_score_replaces_an_earlier_one(store: VerdictStore) -> None:
    store.put(judged(share=0.9))
    store.put(judged(share=0.1, key="k2"))
    assert store.get("ada", NAME) == judged(share=0.1, key="k2")
    assert keys(store) == {"ada": "k2"}


@pytest.mark.parametrize("status", ["not judged", "unreadable"])
def test_what_has_no_score_leaves_an_earlier_score_and_marks_it(
    store: VerdictStore, status: str
) -> None:
    store.put(judged())
    store.put(failed(status))
    assert store.all(NAME) == [(judged(), "the sandbox failed")]
    # It is judged again at the next opportunity.
    assert keys(store) == {}
    store.put(failed(status, "another reason"))
    assert store.all(NAME) == [(judged(), "another reason")]


def test_a_fresh_score_takes_the_mark_away(store: VerdictStore) -> None:
    store.put(judged())
    store.put(failed())
    store.put(judged(share=0.75))
    assert store.all(NAME) == [(judged(share=0.75), "")]
    assert keys(store) == {"ada": "k1"}


def test_without_an_earlier_score_the_reason_is_kept(store: VerdictStore) -> None:
    store.put(failed("unreadable", "the file is empty"))
    store.put(failed())
    assert store.all(NAME) == [(failed(), "")]
    assert keys(store) == {}
    store.put(judged())
    assert store.all(NAME) == [(judged(), "")]


def test_a_mark_without_a_reason_is_a_mark_all_the_same(store: VerdictStore) -> None:
    store.put(judged())
    store.put(failed(reason=""))
    assert keys(store) == {}
    assert store.all(NAME) == [(judged(), "not judged")]


def test_names_that_are_code_elsewhere_are_names_here(store: VerdictStore) -> None:
    odd = "x'; DROP TABLE verdicts; --\n\u202e"
    store.put(judged(odd))
    assert store.get(odd, NAME) == judged(odd)


def test_writers_side_by_side_lose_nothing(path: Path) -> None:
    def write(part: int) -> None:
        for number in range(10):
            VerdictStore(path).put(judged(f"{part}-{number}"))

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(VerdictStore(path).all(NAME)) == 40


def test_what_was_put_is_on_disk_at_once(path: Path, store: VerdictStore) -> None:
    store.put(judged())
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT student, status FROM verdicts").fetchall() == [("ada", "judged")]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_error_in_the_middle_changes_nothing(store: VerdictStore, monkeypatch) -> None:
    store.put(judged())
    before = store.all(NAME)
    monkeypatch.setattr(Verdict, "to_json", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.put(judged(share=1.0))
    monkeypatch.undo()
    assert store.all(NAME) == before


@pytest.mark.parametrize("damage", ["text", "folder", "no folder"])
def test_a_file_that_is_no_database_is_told_and_left_alone(path: Path, damage: str) -> None:
    if damage == "no folder":
        path.parent.write_text("a file")
    elif damage == "folder":
        path.mkdir(parents=True)
    else:
        path.parent.mkdir()
        path.write_text("this is no database, but long enough to look like one" * 20)
    with pytest.raises(JudgingUnfitError, match=r"cannot be read or written \(.+\); nothing was"):
        VerdictStore(path).put(judged())
    if damage == "text":
        assert path.read_text().startswith("this is no database")


WHOLE = judged().to_json()
DAMAGED = {
    "nothing": "{}",
    "no JSON": "not json",
    "cut": WHOLE[:-20],
    "a list": "[]",
    "a text": '"ada"',
    "null": "null",
    "too deep": "[" * 100_000,
    "bytes": WHOLE.encode("utf-16"),
    "an empty text": "",
    "no exercise": '{"student": "ada", "exercises": [{}]}',
    "exercises that are none": WHOLE.replace('"exercises": [{', '"exercises": [5, {'),
    "an unknown status": WHOLE.replace('"status": "judged"', '"status": "praised"'),
    "a student without a name": WHOLE.replace('"student": "ada"', '"student": null'),
    "a share that is a text": WHOLE.replace('"share": 0.5', '"share": "0.5"'),
    "a share that is no number": WHOLE.replace('"share": 0.5', '"share": NaN'),
    "a share that nobody can earn": WHOLE.replace('"share": 0.5', '"share": 50'),
    "a share that is true": WHOLE.replace('"share": 0.5', '"share": true'),
    "answers in a list": WHOLE.replace('"written": null', '"written": ["a"]'),
    "one field more": WHOLE.replace('"student"', '"more": 1, "student"'),
}


def damage(path: Path, text: str | bytes) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE verdicts SET verdict = ?", (text,))


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_verdict_that_is_damaged_or_of_another_version_is_told_with_its_student(
    path: Path, store: VerdictStore, kind: str
) -> None:
    assert DAMAGED[kind] != WHOLE
    store.put(judged())
    damage(path, DAMAGED[kind])
    for read in (lambda: store.get("ada", NAME), lambda: store.all(NAME)):
        with pytest.raises(
            DamagedVerdictError, match=r"on 'ada' in .* another version .*; run 'autograder gra"
        ):
            read()
    store.put(judged())
    assert store.get("ada", NAME) == judged()


def test_a_damaged_verdict_is_no_older_score_that_could_stand(
    path: Path, store: VerdictStore
) -> None:
    store.put(judged())
    damage(path, "{}")
    store.put(failed())
    assert store.all(NAME) == [(failed(), "")]
