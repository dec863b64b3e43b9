"""Functions that must be adjoint judge each other: nothing is judged by a pair that is not."""

from pathlib import Path

import numpy as np
import pytest

from autograder import batch, margins, reference
from autograder.course import Course
from autograder.exercises.question import Question, Recipe, nonzero
from autograder.preparation import ReferenceDisagreesError, prepare
from autograder.submission import Submission, SubmittedCell
from course_utils.exercise import Check, Exercise

ROOT = Path(__file__).parents[2]
SOURCE = """\
# %%
import numpy as np

# %% nbgrader={"grade": false, "grade_id": "pair", "solution": true, "locked": false}
def to_columns(x, width):
    return np.array([x[i : i + width] for i in range(len(x) - width + 1)]).T


def from_columns(cols, length, width):
    x = np.zeros(length)
    for i in range(length - width + 1):
        x[i : i + width] += cols[:, i]
    return x
"""
EXERCISE = Exercise(
    name="from_columns",
    function="from_columns",
    outputs=("x",),
    caches=False,
    adjoint="to_columns",
    shared=("width",),
    checks=(
        Check("x", "x", "", 1, outputs=("x",), cases=("numbers", "integers")),
        Check("pair", "the pair", "", 1, kind="adjoint", outputs=("x",), cases=("numbers",)),
    ),
)


def recipe(name: str, dtype: type, *, smooth: bool = True) -> Recipe:
    def make(random: np.random.Generator):
        return {"cols": nonzero(random, (3, 4), 9).astype(dtype), "length": 6, "width": 3}

    return Recipe(name, make, "", smooth=smooth)


def question(*, smooth: bool = True) -> Question:
    recipes = (recipe("numbers", float, smooth=smooth), recipe("integers", int, smooth=smooth))
    return Question(EXERCISE, {r.name: r for r in recipes})


@pytest.fixture
def right(tmp_path: Path) -> reference.Reference:
    (tmp_path / "pair.py").write_text(SOURCE)
    return reference.load(tmp_path, "pair")


def test_a_right_pair_judges_every_case(right) -> None:
    for seed in range(100):
        made = prepare(question(), right, str(seed).encode())
        assert made.slopes.keys() == made.cases.keys()
        error = margins.difference_error(made.answers, made)
        assert error * margins.SAFE < margins.JUDGES[margins.ADJOINT]
        assert not margins.refuted(made.answers, made)


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("from_columns", "+= cols[:, i]", "= cols[:, i]"),
        ("from_columns", "+= cols[:, i]", "+= cols[::-1, i]"),
        ("from_columns", "return x", "return x * 1.0000001"),
        ("to_columns", "x[i : i + width]", "x[i : i + width][::-1]"),
        ("to_columns", ".T", ""),
    ],
)
def test_a_pair_that_is_not_adjoint_judges_nobody(right, function, old, new) -> None:
    wrong = right.changed(function, [(old, new)])
    with pytest.raises(ReferenceDisagreesError, match=r"is not the adjoint of to_columns \(cols"):
        prepare(question(), wrong, b"seed")


def test_a_case_on_which_the_pair_is_not_linear_is_left_out(right) -> None:
    shifted = right.changed("from_columns", [("np.zeros(length)", "np.ones(length)")])
    assert not prepare(question(smooth=False), shifted, b"seed").slopes
    with pytest.raises(ReferenceDisagreesError):
        prepare(question(), shifted, b"seed")


@pytest.mark.parametrize("by", [1e-14, 1e-13, 1e-10, 1e-3])
def test_the_pair_refutes_what_is_off_by_more_than_its_tolerance(right, by) -> None:
    made = prepare(question(), right, b"seed")
    off = {**made.answers, "numbers": {"x": made.answers["numbers"]["x"] * (1 + by)}}
    # Terms of both signs: in units of their sizes the product is off by less than this.
    over = margins.difference_error(off, made) > margins.JUDGES[margins.ADJOINT]
    assert margins.refuted(off, made) == over == (by > 1e-12)


def test_the_pair_is_the_second_judge_of_its_exercise() -> None:
    assert margins.second_judge_of(EXERCISE) == margins.ADJOINT


# In the sandbox

#: Columns image by image, in both functions.
FRIENDS = (
    ("im2col_indices", "return cols.transpose(1, 2, 0)", "return cols.transpose(1, 0, 2)"),
    (
        "col2im_indices",
        "H_out * W_out, N).transpose(2, 0, 1)",
        "N, H_out * W_out).transpose(1, 0, 2)",
    ),
)


@pytest.mark.parametrize(
    ("edits", "start"),
    [
        (FRIENDS, "your pair is adjoint, "),
        (FRIENDS[1:], "im2col_indices is right, col2im_indices is what is off: "),
    ],
)
def test_a_graded_pair_is_told_which_is_off_and_earns_nothing_by_fitting(
    isolation, tmp_path, edits, start: str
) -> None:
    course = Course(ROOT, tmp_path)
    grader = batch.make_grader(course, "04_im2col", isolation)
    changed = reference.load(course, "04_im2col")
    for function, old, new in edits:
        changed = changed.changed(function, [(old, new)])
    code = [SubmittedCell("import numpy as np")]
    code += [SubmittedCell(changed.source(function)) for function in changed.functions]
    verdict = grader.grade(Submission("friend", "04_im2col", tuple(code)))
    (found,) = (e for e in verdict.exercises if e.exercise == "col2im_indices")
    (check,) = (check for check in found.card.checks if check.kind == "adjoint")
    assert (check.status, found.share) == ("failed", 0.0)
    assert check.message.startswith(start)
