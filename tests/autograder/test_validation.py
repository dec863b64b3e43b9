"""The proof of the checks: it holds for the course, and notices where it would not."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder import validation
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.misconceptions import CATALOGUE, Misconception

COURSE = Course(Path(__file__).parents[2])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("notebook", QUESTIONS)
def test_every_known_mistake_is_caught_by_its_check_and_named(notebook: str) -> None:
    (result,) = validation.validate(COURSE, [notebook], seeds=2)
    assert result.proved, result.text()
    assert len(result.rows) == len(CATALOGUE[notebook])
    assert result.named == 1.0


def tried(row: Misconception, monkeypatch: pytest.MonkeyPatch) -> validation.RowResult:
    """What becomes of ``row`` when it is the only one, in this process."""
    monkeypatch.setitem(dict(CATALOGUE), "03_pooling", (row,))
    monkeypatch.setattr(validation, "CATALOGUE", {"03_pooling": (row,)})
    validation._recorded.cache_clear()
    return validation._try_row(COURSE.solutions, "03_pooling", 0, seeds=2)


def row_of(name: str) -> Misconception:
    return next(row for row in CATALOGUE["03_pooling"] if row.id == name)


def test_a_row_that_changes_nothing_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = replace(row_of("P06"), edits=(("row, col =", "row, col  ="),))
    result = tried(harmless, monkeypatch)
    assert result.caught == 0
    assert not result.locally


def test_a_row_is_counted_where_another_check_catches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result = tried(replace(row_of("P06"), check="ties"), monkeypatch)
    assert result.caught == 2
    assert result.by_its_check == 0


def test_an_untouched_notebook_earns_nothing() -> None:
    assert validation._unearned(COURSE.solutions, "03_pooling") == []


def test_references_and_harmless_changes_lose_nothing() -> None:
    assert validation._unjust(COURSE.solutions, "02_convolution", 7) == []
