"""Reference functions come from solution cells, and can be changed by replacing text."""

import sys
import timeit
import traceback
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.errors import UsageError

SOLUTION = (
    '{"grade": false, "grade_id": "%s", "locked": false, "schema_version": 3, '
    '"solution": true, "task": false}'
)
SOURCE = f'''# ---
# jupyter:
#   kernelspec: {{display_name: Python 3, language: python, name: python3}}
# ---

# %% [markdown]
# A text about `def shift(x)`.

# %%
import numpy as np
import no_such_module_anywhere
from course_utils import check

# %% nbgrader={SOLUTION % "shift_solution"}
def shift(x, by=1):
    """Add to x.

    return x + by
    """
    ### BEGIN SOLUTION
    moved = x + np.asarray(by)
    return moved
    ### END SOLUTION

# %% nbgrader={SOLUTION % "twice_solution"}
def twice(x):
    ### BEGIN SOLUTION
    return shift(shift(x))
    ### END SOLUTION

# %%
raise SystemExit("a given cell must not run")
def given(x):
    return x
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "09_shift.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def test_only_functions_of_solution_cells_are_references(folder: Path) -> None:
    functions = reference.load(folder, "09_shift").functions
    assert list(functions) == ["shift", "twice"]
    np.testing.assert_array_equal(functions["twice"](np.zeros(2)), [2, 2])


def test_a_course_and_its_folder_of_sources_give_the_same_reference(folder: Path) -> None:
    solutions = folder / "solutions"
    solutions.mkdir()
    (folder / "09_shift.py").rename(solutions / "09_shift.py")
    of_course = reference.load(Course(folder), "09_shift")
    assert of_course is reference.load(solutions, "09_shift")


def test_a_reference_knows_the_line_it_was_written_in(folder: Path) -> None:
    shift = reference.load(folder, "09_shift").functions["shift"]
    with pytest.raises(TypeError) as caught:
        shift(None)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert frame.filename == str(folder / "09_shift.py")
    assert frame.lineno == 1 + SOURCE.split("\n").index("    moved = x + np.asarray(by)")


def test_the_text_of_a_function_has_no_solution_markers(folder: Path) -> None:
    text = reference.load(folder, "09_shift").source("shift")
    assert text == (
        'def shift(x, by=1):\n    """Add to x.\n\n    return x + by\n    """\n'
        "    moved = x + np.asarray(by)\n    return moved"
    )


def test_a_change_reaches_the_functions_that_call_the_changed_one(folder: Path) -> None:
    right = reference.load(folder, "09_shift")
    wrong = right.changed("shift", [("x + np", "x - np"), ("moved = ", "moved = 10 * ")])
    assert wrong.functions["shift"](1.0) == 9.0
    assert wrong.functions["twice"](1.0) == 89.0
    assert right.functions["twice"](1.0) == 3.0
    assert "10 * x - np.asarray(by)" in wrong.source("shift")


def test_a_change_never_means_the_docstring(folder: Path) -> None:
    right = reference.load(folder, "09_shift")
    assert right.source("shift").count("x + ") == 2
    wrong = right.changed("shift", [("x + ", "x * ")])
    assert wrong.functions["shift"](3.0, 2.0) == 6.0
    assert "return x + by" in wrong.source("shift")


@pytest.mark.parametrize(("old", "times"), [("moved", 2), ("not there", 0), ("Add to x", 0)])
def test_an_old_text_that_does_not_occur_exactly_once_is_refused(
    folder: Path, old: str, times: int
) -> None:
    right = reference.load(folder, "09_shift")
    with pytest.raises(
        UsageError, match=f"'{old}' occurs {times} times in shift; expected exactly"
    ):
        right.changed("shift", [(old, "new")])


def test_a_change_that_is_not_python_names_the_line(folder: Path) -> None:
    wrong = reference.load(folder, "09_shift").changed("twice", [("return", "return return")])
    with pytest.raises(UsageError, match=r"not valid Python in line 2.*return return shift"):
        _ = wrong.functions


def test_an_error_in_a_changed_reference_shows_its_line(folder: Path) -> None:
    wrong = reference.load(folder, "09_shift").changed("twice", [("shift(shift(x))", "1 / 0")])
    with pytest.raises(ZeroDivisionError) as caught:
        wrong.functions["twice"](1)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].line == "return 1 / 0"


def test_an_edited_file_is_read_anew(folder: Path) -> None:
    path = folder / "09_shift.py"
    assert reference.load(folder, "09_shift").functions["shift"](1) == 2
    assert reference.load(folder, "09_shift") is reference.load(folder, "09_shift")
    path.write_text(SOURCE.replace("x + np", "x - np"), encoding="utf-8")
    assert reference.load(folder, "09_shift").functions["shift"](1) == 0


def test_a_change_costs_microseconds(folder: Path) -> None:
    right = reference.load(folder, "09_shift")
    edits = [("x + np", "x - np")]
    seconds = min(timeit.repeat(lambda: right.changed("shift", edits), number=100, repeat=5)) / 100
    assert seconds < 200e-6


def test_missing_files_and_functions_are_named(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no source file .*01_other"):
        reference.load(folder, "01_other")
    with pytest.raises(UsageError, match=r"no reference function 'given'; .* shift, twice"):
        reference.load(folder, "09_shift").source("given")


def test_a_syntax_error_names_file_and_line(folder: Path) -> None:
    (folder / "09_shift.py").write_text("# %%\nx = = 1\n")
    with pytest.raises(UsageError, match=r"09_shift\.py:2: not valid Python"):
        reference.load(folder, "09_shift")


def test_a_function_that_is_defined_twice_is_refused(folder: Path) -> None:
    (folder / "09_shift.py").write_text(SOURCE.replace("def twice", "def shift"))
    with pytest.raises(UsageError, match="shift is defined in a solution cell for the second time"):
        reference.load(folder, "09_shift")


def test_loading_a_reference_imports_nothing_else_of_the_notebook(folder: Path) -> None:
    _ = reference.load(folder, "09_shift").functions
    assert "no_such_module_anywhere" not in sys.modules


# Companion files


BORROWING = f"""# %%
import numpy as np
from earlier import shift
from another import twice

# %% nbgrader={SOLUTION % "further_solution"}
def further(x):
    return shift(x, by=10)
"""


@pytest.fixture
def lender(folder: Path, monkeypatch) -> Path:
    """A notebook that imports a function of 09_shift from a companion file."""
    lent = {"10_further": {"earlier": {"09_shift": ("shift", "twice")}}}
    monkeypatch.setattr(reference, "COMPANIONS", lent)
    (folder / "10_further.py").write_text(BORROWING, encoding="utf-8")
    return folder


def test_what_a_notebook_imports_of_a_companion_file_is_there(lender: Path) -> None:
    assert reference.load(lender, "10_further").functions["further"](1) == 11


def test_only_the_notebooks_own_functions_are_its_references(lender: Path) -> None:
    assert list(reference.load(lender, "10_further").functions) == ["further"]


def test_a_changed_reference_still_has_its_companions(lender: Path) -> None:
    changed = reference.load(lender, "10_further").changed("further", [("10", "20")])
    assert changed.functions["further"](1) == 21


def test_a_companion_whose_notebook_is_gone_is_told(lender: Path) -> None:
    (lender / "09_shift.py").unlink()
    with pytest.raises(UsageError, match="09_shift"):
        _ = reference.load(lender, "10_further").functions
