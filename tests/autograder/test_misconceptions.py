"""The catalogue: its rows are different mistakes, and what is told of their errors is true."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from autograder.course import Course
from autograder.misconceptions import CATALOGUE, Misconception
from autograder.rehearsal import VISIBLE, Stage
from course_utils import recorded
from course_utils.comparison import compare
from course_utils.diagnosis import _common_pattern

COURSE = Course(Path(__file__).parents[2])
NOTEBOOK = pytest.mark.parametrize("notebook", CATALOGUE)
#: Those whose mistakes are listed in the table of claims.
OF_IMAGES = pytest.mark.parametrize("notebook", ["02_convolution", "03_pooling"])


@dataclass(frozen=True)
class Error:
    """One wrong array of one case."""

    got: np.ndarray
    expected: np.ndarray
    numbers: Mapping[str, int]
    axes: tuple[str, ...] = ()

    @property
    def extra(self) -> list[int]:
        """How much longer each axis is than it should be."""
        return [g - e for g, e in zip(self.got.shape, self.expected.shape, strict=True)]

    @property
    def wrong(self) -> np.ndarray:
        return ~np.isclose(self.got, self.expected, rtol=1e-9, atol=1e-9)

    def wrong_along(self, axis: int) -> list[bool]:
        """For each index of an axis, whether anything is wrong there."""
        return [bool(part.any()) for part in np.moveaxis(self.wrong, axis, 0)]

    def close(self, other: np.ndarray) -> bool:
        return np.allclose(self.got, other, rtol=1e-5, atol=1e-9)


# What a sentence says, and when it is true.  This is written without a look at how the
# sentences are found.


def is_right_for_first_only(error: Error, name: str) -> bool:
    axis = 0 if name in ("image", "filter") else 1
    return (first_and_others := error.wrong_along(axis))[0] is False and all(first_and_others[1:])


def is_wrong_for_first_only(error: Error, name: str) -> bool:
    axis = 0 if name in ("image", "filter") else 1
    return (first_and_others := error.wrong_along(axis))[0] and not any(first_and_others[1:])


def is_unlike_at_an_end(error: Error, how: str, end: str, axis: str) -> bool:
    lines = error.wrong_along(error.axes.index(axis))
    one, others = (lines[0], lines[1:]) if end == "first" else (lines[-1], lines[:-1])
    return one is (how == "wrong") and all(other is not one for other in others)


def is_wrong_in_every(error: Error, ordinal: str, word: str) -> bool:
    wrong = np.flatnonzero(error.wrong_along({"row": -2, "column": -1}[word]))
    step = {"second": 2, "third": 3}.get(ordinal) or int(ordinal.removesuffix("th"))
    return list(wrong) == list(range(wrong[0], wrong[-1] + 1, step))


def is_wrong_in_last(error: Error, word: str) -> bool:
    lines = error.wrong_along({"row": -2, "column": -1}[word])
    return not any(lines[: (len(lines) + 1) // 2])


def is_padded(error: Error) -> bool:
    return error.extra == [0, 0, 2 * error.numbers["pad"], 2 * error.numbers["pad"]] != [0] * 4


def has_other_number_of(error: Error, names: str) -> bool:
    axes = {{"images": 0, "filters": 0}.get(name, 1) for name in names.split(" and of ")}
    return {axis for axis, more in enumerate(error.extra) if more} == axes


def is_some_turn(error: Error) -> bool:
    e = error.expected
    return any(error.close(turned) for turned in (e[..., ::-1, :], e[..., ::-1]))


def is_inner(error: Error, *, border: bool) -> bool:
    inside = error.wrong[..., 1:-1, 1:-1]
    return bool(inside.any()) != border and bool(inside.sum() < error.wrong.sum()) == border


@dataclass(frozen=True)
class Claim:
    """A sentence without its output, when it is true, and the rows that it may be told of.

    A claim says something about the mistake, too.  The rows are those whose title agrees
    with it; None where it only repeats the shapes, so that it agrees with every title.
    """

    sentence: str
    holds: Callable[..., bool]
    rows: str | None


CLAIMS = (
    Claim(r"has no entries( when pad is 0)?\.", lambda e, _: e.got.size == 0, "C02 P10 A20"),
    Claim(r"looks like the padded array: .*", is_padded, "C01 P09 A19"),
    Claim(
        r"is smaller than it should be: .*",
        lambda e: max(e.extra) <= 0 and min(e.extra[-2:]) < 0 == max(e.extra[:2]),
        "C04 C42 C64 C65 C72 C82 F12 F16 F30 F35 F37 P37 M04 M05 M16 M18 M24 M27 M32 V08 V09 V25",
    ),
    Claim(r"has another size than it should have\.", lambda e: any(e.extra), None),
    Claim(r"has another number of (.*) than it should have\.", has_other_number_of, "F04 P67"),
    Claim(
        r"looks as if its axes were in another order\.",
        lambda e: sorted(e.got.shape) == sorted(e.expected.shape) and any(e.extra),
        "C04 F03",
    ),
    Claim(
        r"has (\d+) ax[ie]s, expected (\d+): .*",
        lambda e, got, expected: (e.got.ndim, e.expected.ndim) == (int(got), int(expected)),
        None,
    ),
    Claim(r"is a single number, .*", lambda e: e.got.ndim == 0 < e.expected.ndim, "C18"),
    Claim(r"is zero everywhere\.", lambda e: not e.got.any(), "C76 C90 M02 P18 P44 V18"),
    Claim(
        r"is (\S+) everywhere: .*",
        lambda e, value: bool((e.got == float(value)).all() and np.ptp(e.expected)),
        "F31 M01 M31",
    ),
    Claim(
        r"holds infinite entries: .*",
        lambda e: bool(np.isinf(e.got).any() and not np.isnan(e.got).any()),
        "M09 M12 M13 M28",
    ),
    Claim(r"holds entries that are not numbers: .*", lambda e: bool(np.isnan(e.got).any()), ""),
    Claim(
        r"looks right but divided by (\S+)\.",
        lambda e, factor: e.close(e.expected / float(factor)),
        "C20 C21 C22 C23 C88 C96 P30 P31 A05 A17",
    ),
    Claim(
        r"looks right but multiplied by (\S+)\.",
        lambda e, factor: e.close(e.expected * float(factor)),
        "C44 C89 C97 C98 P55 A02 A23 V02",
    ),
    Claim(r"looks right but for its sign\.", lambda e: e.close(-e.expected), ""),
    Claim(
        r"looks right but cut off to whole numbers: .*",
        lambda e: np.array_equal(e.got, np.trunc(e.expected)),
        "C29 F20 P34 A22 V11",
    ),
    Claim(
        r"looks right but rounded down to whole numbers: .*",
        lambda e: np.array_equal(e.got, np.floor(e.expected)),
        "A11 V04",
    ),
    Claim(
        r"looks right but rounded: look for float32\.",
        lambda e: np.allclose(e.got, e.expected, rtol=1e-6, atol=1e-6 * abs(e.expected).max()),
        "C28 F21",
    ),
    Claim(
        r"looks rotated by 180 degrees .*",
        lambda e: e.close(e.expected[..., ::-1, ::-1]),
        "C08 C38 C66 F10",
    ),
    Claim(r"looks flipped along one .*", is_some_turn, "C09"),
    Claim(r"looks transposed .*", lambda e: e.close(e.expected.swapaxes(-1, -2)), "C10 C33 C103"),
    Claim(
        r"looks reshaped .*",
        lambda e: np.allclose(np.sort(e.got, axis=None), np.sort(e.expected, axis=None)),
        "C52 C59",
    ),
    Claim(
        r"looks right for (image) 0 only\.",
        is_right_for_first_only,
        "C30 F24 P26 P60 M11 A16 V15",
    ),
    Claim(
        r"looks right for (channel|output channel|filter) 0 only\.",
        is_right_for_first_only,
        "F34 P27 P39 M26 A29",
    ),
    Claim(r"looks wrong for (\D+) 0 only\.", is_wrong_for_first_only, ""),
    Claim(r"looks (right|wrong) for the (first|last) (.+) only\.", is_unlike_at_an_end, ""),
    Claim(
        r"looks wrong in every (\w+) (row|column): look at the stride\.",
        is_wrong_in_every,
        "C12 C13 C14 C15 C91 C92 F06 F07 P11 P50 P62 M07 M23 M24 A12 A25 A26 V05 V13",
    ),
    Claim(
        r"looks wrong in its last (row|column)s only: .*",
        is_wrong_in_last,
        "C34 C36 C37 C78 F29 F33 P23 P36 P52 P63 M21 A18 A30",
    ),
    Claim(
        r"looks wrong only along its border: .*",
        lambda e: is_inner(e, border=True),
        "C40 F13 F14 F15 P07 P08 P53 M15 M30 A04 V03 V23 V24",
    ),
    Claim(
        r"looks wrong only inside, .*",
        lambda e: is_inner(e, border=False),
        "C06 C54 C84 P06 P41 A03",
    ),
)


@dataclass(frozen=True)
class Told:
    """What is told of the errors of one row, and those errors."""

    row: str
    sentence: str
    errors: tuple[Error, ...]


@lru_cache(maxsize=2)
def told_of(notebook: str) -> tuple[Told, ...]:
    """What is told of each row of a notebook, by exercise."""
    stage = Stage(COURSE.solutions, notebook)
    return tuple(told for row in CATALOGUE[notebook] for told in _told_of_row(stage, row))


def _told_of_row(stage: Stage, row: Misconception) -> Iterator[Told]:
    functions = row.functions(stage.right)
    judged = stage.judged(functions, stage.asking(row.function), VISIBLE)
    for exercise, judgement in judged.items():
        asked = recorded.load(exercise)
        sentence = _common_pattern(asked, judgement)
        if not sentence:
            continue
        output, _, said = sentence.partition(" ")
        errors = []
        for case, answer in judgement.answers.items():
            expected = asked.answers[case][output]
            if output in answer and not compare(output, answer[output], expected).right:
                given = asked.cases[case].inputs.values()
                numbers = next((value for value in given if isinstance(value, Mapping)), {})
                axes = asked.exercise.axes.get(output, ())
                errors.append(Error(answer[output], expected, {"pad": 0, **numbers}, axes))
        assert errors
        yield Told(row.id, said, tuple(errors))


def claim_of(told: Told) -> tuple[Claim, tuple[str, ...]]:
    """The one claim that a sentence makes, and the words that it leaves open."""
    found = [
        (claim, m.groups())
        for claim in CLAIMS
        if (m := re.fullmatch(claim.sentence, told.sentence))
    ]
    assert len(found) == 1, told.sentence
    return found[0]


@NOTEBOOK
def test_what_is_told_of_errors_is_true_of_every_wrong_array(notebook: str) -> None:
    for told in told_of(notebook):
        claim, words = claim_of(told)
        for error in told.errors:
            assert claim.holds(error, *words), (told.row, told.sentence, error.expected.shape)


@OF_IMAGES
def test_what_is_told_of_errors_agrees_with_the_title_of_the_mistake(notebook: str) -> None:
    """A row may be told less than here, by cases of other sizes, but nothing else."""
    for told in told_of(notebook):
        claim, _ = claim_of(told)
        assert claim.rows is None or told.row in claim.rows.split(), (told.row, told.sentence)


def test_the_table_of_claims_names_rows_that_are_there() -> None:
    ids = {row.id for rows in CATALOGUE.values() for row in rows}
    assert {row for claim in CLAIMS for row in (claim.rows or "").split()} <= ids


@OF_IMAGES
def test_something_is_told_of_many_rows(notebook: str) -> None:
    """So that the tests above are about something."""
    told = told_of(notebook)
    assert len({t.row for t in told}) > 20
    assert len({claim_of(t)[0].sentence for t in told}) > 10


# Rows


@NOTEBOOK
def test_rows_have_results_of_their_own(notebook: str) -> None:
    """But for a few that no case can tell apart, such as two ways to spoil a cache.

    A training run has one outcome, how many digits it reads, whatever went wrong in it.
    """
    results: dict[str, list[object]] = {}
    for name in recorded.names():
        for mistake in recorded.load(name).mistakes:
            results.setdefault(mistake.id, []).append((name, mistake.failed, mistake.results))
    ids = [row.id for row in CATALOGUE[notebook] if row.function != "digit_classes"]
    kinds = {repr(results[row]) for row in ids}
    assert len(kinds) >= 0.95 * len(ids)
    assert len(kinds) >= 60


def test_no_two_mistakes_of_a_function_have_one_title() -> None:
    titles = [(row.function, row.title) for rows in CATALOGUE.values() for row in rows]
    assert len(titles) == len(set(titles))


def test_titles_and_questions_fit_a_line() -> None:
    for row in (row for rows in CATALOGUE.values() for row in rows):
        assert len(row.title) <= 90, row.id
        assert len(row.question) <= 100, row.id
