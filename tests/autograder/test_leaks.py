"""A release with a line of a solution in it is refused; a shared line of no weight is not."""

from typing import Any

import pytest

from autograder.leaks import find_leaks
from autograder.percent import read_cells

SOURCE = '''# %%
import numpy as np

def pad_1d(x):
    N, C, L = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    return padded

# %% nbgrader={"grade": false, "grade_id": "smooth_solution", "solution": true}
def smooth(x, param):
    """Rule: length = 1 + (L + 2 * pad - 3) // stride."""
    ### BEGIN SOLUTION
    stride, pad = param["stride"], param.get("pad", 0)
    N, C, L = x.shape
    length = 1 + (L + 2 * pad - 3) // stride
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    out = np.zeros((N, C, length))  # the answer
    # every output is a mean of three neighbours
    for i in range(length):
        out[:, :, i] = padded[:, :, i * stride : i * stride + 3].mean(axis=2)
    y = -out
    return out
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "smooth"}
check(smooth)

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "solution": true}
# Your answer:
#
# ### BEGIN SOLUTION
# The mean is linear, hence it is its own derivative.
#
# Yes.
# ### END SOLUTION
'''
TELLING = "out[:, :, i] = padded[:, :, i * stride : i * stride + 3].mean(axis=2)"


def release(*cells: dict[str, Any], **metadata: object) -> dict[str, Any]:
    """A release of two harmless cells and the given ones."""
    harmless = [
        code("def smooth(x, param):\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
        text("Your answer:\n\nYOUR ANSWER HERE"),
    ]
    return {"cells": [*harmless, *cells], "metadata": metadata, "nbformat": 4}


def code(source: str, **more: object) -> dict[str, Any]:
    """A code cell with the id ``c``."""
    cell = {"cell_type": "code", "execution_count": None, "id": "c", "metadata": {}, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True), **more}


def text(source: str) -> dict[str, Any]:
    """A cell of text with the id ``t``."""
    return {"cell_type": "markdown", "id": "t", "metadata": {}, "source": [source]}


def leaks(notebook: dict[str, Any], source: str = SOURCE) -> tuple[str, ...]:
    """What is found in a release of ``source``."""
    return find_leaks(read_cells(source, "a.py"), notebook, "a.ipynb")


def test_a_release_with_stubs_alone_leaks_nothing() -> None:
    assert leaks(release()) == ()


@pytest.mark.parametrize(
    "cell",
    [
        code(f"    {TELLING}"),
        code(f"x = 1; {TELLING}  # why not"),
        code(TELLING.replace(" ", "")),
        text(f"A hint: use `{TELLING}` in the loop."),
        code("", outputs=[{"output_type": "stream", "name": "stdout", "text": [TELLING]}]),
        code("", metadata={"note": {"deep": [TELLING, 1]}}),
    ],
)
def test_a_line_that_computes_the_answer_is_found_wherever_it_is(cell: dict[str, Any]) -> None:
    line = 1 + SOURCE[: SOURCE.index(TELLING)].count("\n")
    found = [leak for leak in leaks(release(cell)) if "solution smooth_solution" in leak]
    assert len(found) == 1
    assert f"found line {line} of the source" in found[0]
    assert found[0].startswith(f"a.ipynb: cell {cell['id']}: ")


def test_a_line_in_the_notebooks_metadata_is_found() -> None:
    assert leaks(release(note=TELLING))[0].startswith("a.ipynb: notebook metadata: found line")


def test_a_line_with_a_comment_behind_it_is_found_without_it() -> None:
    assert len(leaks(release(code("out = np.zeros((N, C, length))")))) == 1


def test_a_comment_inside_a_solution_is_part_of_it() -> None:
    assert len(leaks(release(text("Hint: every output is a mean of three neighbours")))) == 0
    assert len(leaks(release(code("# every output is a mean of three neighbours")))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "N, C, L = x.shape",
        'stride, pad = param["stride"], param.get("pad", 0)',
        "for i in range(length):",
        "return out",
    ],
)
def test_unpacking_plain_loops_and_returns_give_nothing_away(line: str) -> None:
    assert leaks(release(code(line))) == ()


def test_a_line_that_given_code_or_a_docstring_shows_may_be_shown_again() -> None:
    assert leaks(release(text("padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))"))) == ()
    assert leaks(release(text("length = 1 + (L + 2 * pad - 3) // stride"))) == ()


def test_a_short_line_counts_as_a_whole_only() -> None:
    short = SOURCE.replace("y = -out", "y = x@w+b")
    assert len(leaks(release(code("y = x @ w + b")), short)) == 1
    assert len(leaks(release(code("y = x @ w + b  # affine")), short)) == 1
    assert len(leaks(release(text("Write `y = x@w + b` here.")), short)) == 1
    assert leaks(release(code("yy = x @ w + bias")), short) == ()


def test_a_line_of_a_few_characters_says_nothing() -> None:
    assert leaks(release(code("i+=1")), SOURCE.replace("y = -out", "i += 1")) == ()


def test_a_piece_of_a_long_statement_is_found() -> None:
    source = SOURCE.replace("y = -out", "y = neighbours(padded,\n        length)")
    assert len(leaks(release(code("    y = neighbours(padded,")), source)) == 1


def test_a_line_of_a_marking_guide_is_found() -> None:
    cell = text("Remember: The mean is linear, hence it is its own derivative.")
    assert len(leaks(release(cell))) == 1
    assert leaks(release(text("Yes."))) == ()


def test_a_line_of_a_marking_guide_is_not_excused_by_given_code() -> None:
    shown = "# The mean is linear, hence it is its own derivative."
    assert len(leaks(release(code(shown)), f"# %%\n{shown}\n\n{SOURCE}")) == 1


def test_cutting_out_a_part_of_an_array_is_an_answer() -> None:
    source = SOURCE.replace("y = -out", "inner = padded[:, :, pad:length]")
    assert len(leaks(release(code("inner = padded[:, :, pad:length]")), source)) == 1


def test_a_solution_that_is_pasted_into_given_code_is_found() -> None:
    lines = ["length = 1 + (L + 2 * pad - 3) // stride", "out = np.zeros((N, C, length))", TELLING]
    pasted = "\n".join(["# %%", *lines, ""])
    found = leaks(release(), pasted + "\n" + SOURCE)
    assert len(found) == 1
    assert "the cell from line 1 of the source: found 3 of the 5 telling lines" in found[0]


def test_half_of_a_solution_may_be_given() -> None:
    shared = "# %%\nlength = 1 + (L + 2 * pad - 3) // stride\nout = np.zeros((N, C, length))\n"
    assert leaks(release(), shared + "\n" + SOURCE) == ()


def test_a_solution_cell_without_marks_is_a_solution_as_a_whole() -> None:
    source = (
        '# %% nbgrader={"grade": false, "grade_id": "free", "solution": true}\nz = np.exp(x) + 1'
    )
    assert len(leaks(release(code("z = np.exp(x) + 1")), source)) == 1


@pytest.mark.parametrize(
    "mark", ["### BEGIN SOLUTION", "# end solution", "### BEGIN HIDDEN TESTS", "END  MARK SCHEME"]
)
@pytest.mark.parametrize("place", ["code", "text", "metadata", "output"])
def test_a_marker_is_found_wherever_it_is(mark: str, place: str) -> None:
    cells: dict[str, dict[str, Any]] = {
        "code": code(f"x = 1\n{mark}"),
        "text": text(f"Some words\n{mark}"),
        "metadata": code("", metadata={mark: 1}),
        "output": code("", outputs=[{"output_type": "stream", "text": [f"{mark}\n"]}]),
    }
    assert any("found the marker" in leak for leak in leaks(release(cells[place])))


def test_outputs_and_execution_counts_are_found() -> None:
    outputs = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    assert "found outputs" in leaks(release(code("1", outputs=outputs)))[0]
    assert "found an execution count" in leaks(release(code("1", execution_count=3)))[0]
