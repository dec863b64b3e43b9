"""What students' machines hold is what would be recorded now, and nothing else."""

import re
from pathlib import Path

import pytest

from autograder import recording, reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from course_utils import recorded


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_recorded_files_are_what_would_be_written_now(course: Course, notebook: str) -> None:
    made = recording.record(notebook, reference.load(course, notebook))
    assert list(made) == [q.exercise.name for q in QUESTIONS[notebook]]
    for name, exercise in made.items():
        path = recorded.FOLDER / f"{name}.json"
        assert recording.is_fresh(path, exercise.to_json()), f"{name}: run 'autograder build'"


def test_there_is_a_file_for_every_exercise_and_no_other() -> None:
    asked = {q.exercise.name for questions in QUESTIONS.values() for q in questions}
    assert set(recorded.names()) == asked


@pytest.fixture
def course_of_two(tmp_path: Path, monkeypatch) -> tuple[Course, Path]:
    """A course that records two files, whatever they hold."""
    course = Course(tmp_path)
    folder = tmp_path / "course_utils" / "data" / "exercises"
    texts = {folder / "a.json": "{}\n", folder / "b.json": "größe\n"}
    monkeypatch.setattr(recording, "recordings", lambda _: texts)
    return course, folder


def test_missing_different_and_superfluous_files_are_stale(course_of_two) -> None:
    course, folder = course_of_two
    assert recording.stale(course) == [folder / "a.json", folder / "b.json"]
    recording.write(course)
    assert recording.stale(course) == []
    (folder / "b.json").write_bytes((folder / "b.json").read_bytes() + b"\n")
    (folder / "c.json").write_text("{}")
    (folder / "notes.txt").write_text("not ours")
    assert recording.stale(course) == [folder / "b.json", folder / "c.json"]


def test_writing_mends_what_is_stale_and_leaves_the_rest(course_of_two) -> None:
    course, folder = course_of_two
    recording.write(course)
    assert (folder / "b.json").read_bytes() == "größe\n".encode()
    before = (folder / "a.json").stat().st_mtime_ns
    (folder / "b.json").unlink()
    (folder / "c.json").write_text("{}")
    assert recording.write(course) == [folder / "b.json", folder / "c.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "b.json"]
    assert (folder / "a.json").stat().st_mtime_ns == before
    assert recording.write(course) == []


def test_a_file_from_another_processor_is_fresh_and_one_that_a_hand_changed_is_stale(
    tmp_path: Path,
) -> None:
    text = (recorded.FOLDER / "avg_pool_backward_naive.json").read_text(encoding="utf-8")
    path = tmp_path / "avg_pool_backward_naive.json"
    fraction = re.search(r"\d\.\d{12,}", text)
    assert fraction is not None
    for changed, fresh in [
        (text, True),
        (text.replace(fraction[0], str(float(fraction[0]) * (1 + 2.0**-50)), 1), True),
        (text.replace(fraction[0], str(float(fraction[0]) * (1 + 1e-9)), 1), False),
        (text.replace(", ", ",", 1), False),
        (text + "\n", False),
        ("{}\n", False),
        ("[]\n", False),
        ("", False),
        ('{"exercise": 3}', False),
    ]:
        path.write_text(changed, encoding="utf-8")
        assert recording.is_fresh(path, text) is fresh
    path.write_bytes(b"\xff")
    assert not recording.is_fresh(path, text)
