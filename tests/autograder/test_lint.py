"""Each fault that jupytext and nbgrader would pass over is named with its line."""

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.lint import lint, lint_text
from autograder.percent import read_cells

SOLUTION = (
    '# %% nbgrader={"grade": false, "grade_id": "double_solution", "locked": false, '
    '"schema_version": 3, "solution": true, "task": false}'
)
GRADE = (
    '# %% nbgrader={"grade": true, "grade_id": "double", "locked": true, "points": 5, '
    '"schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]'
)
BONUS = (
    '# %% nbgrader={"grade": true, "grade_id": "double_twice", "locked": true, "points": 0, '
    '"schema_version": 3, "solution": false, "task": false} bonus=2 tags=["raises-exception"]'
)
QUESTION = (
    '# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 2, '
    '"schema_version": 3, "solution": true, "task": false}'
)
GOOD = f'''# ---
# jupyter:
#   kernelspec: {{display_name: Python 3, language: python, name: python3}}
# ---

# %% [markdown]
# # Doubling
#
# A text with 100 %% in it.

# %%
from course_utils import check

# %% tags=["picture"]
print("100 %%")

{SOLUTION}
def double(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

{GRADE}
check(double)

{BONUS}
check(double, part="twice")

{QUESTION}
# Your answer
#
# ### BEGIN SOLUTION
# Because it is a sum of two equal terms.
# ### END SOLUTION
'''


def faults(old: str, new: str) -> list[str]:
    """The findings after one change to the good source, as ``line: message``."""
    assert GOOD.count(old) == 1, f"{old!r} must occur once in the good source"
    findings = lint_text(GOOD.replace(old, new), "a.py")
    return [str(finding).removeprefix("a.py:") for finding in findings]


def line_of(text: str) -> int:
    """The number of the line of the good source that holds ``text``."""
    return 1 + GOOD[: GOOD.index(text)].count("\n")


def test_a_good_source_has_no_finding() -> None:
    assert lint_text(GOOD, "a.py") == ()


def test_cells_are_read_with_their_line_kind_and_metadata() -> None:
    cells = read_cells(GOOD, "a.py")
    assert [cell.kind for cell in cells] == [*["markdown"], *["code"] * 5, "markdown"]
    assert cells[3].line == line_of(SOLUTION)
    assert cells[3].is_solution
    assert not cells[3].is_graded
    assert cells[5].metadata["bonus"] == 2
    assert cells[2].tags == {"picture"}
    assert cells[1].source == "from course_utils import check"


def test_a_comment_that_begins_with_percent_signs_would_split_its_cell() -> None:
    line = line_of("return 2 * x")
    found = faults("    return 2 * x", "    # %% doubled\n    return 2 * x")
    assert found == [
        (
            f"{line}: found '# %% doubled'; expected '# %%' at the start of the line, followed by "
            "nothing, '[markdown]' or key=value; a comment must not begin with '%%'"
        )
    ]


def test_a_bare_marker_right_below_code_would_split_its_cell() -> None:
    found = faults('print("100 %%")', 'print("100 %%")\n# %%\nprint(2)')
    assert found == [
        (
            f"{line_of('print(') + 1}: found '# %%' right below 'print(\"100 %%\")'; expected a "
            "blank line above the start of a cell, or a comment that does not begin with '%%'"
        )
    ]


def test_a_marker_inside_a_string_is_refused() -> None:
    found = faults('"""Return 2 x."""', '"""Return 2 x.\n\n# %%\n    """')
    assert len(found) == 1
    assert found[0].startswith(f"{line_of('Return 2 x') + 2}: found '# %%'; expected no such line")


def test_a_marker_in_the_middle_of_a_function_leaves_two_broken_cells() -> None:
    found = faults("    return 2 * x", "    y = x\n\n# %%\n    return 2 * x")
    assert any("valid Python by itself" in text for text in found)


@pytest.mark.parametrize(
    "marker", ["# %% A title", "#%%", " # %%", "# %%%", "# %%time", "# In[3]:", "# <codecell>"]
)
def test_other_forms_of_a_cell_marker_are_refused(marker: str) -> None:
    found = faults('print("100 %%")', f'print("100 %%")\n\n{marker}\nprint(2)')
    assert len(found) == 1
    assert found[0].startswith(
        f"{line_of('print(') + 2}: found {marker.strip()!r}; expected '# %%'"
    )


def test_metadata_that_are_not_json_are_named() -> None:
    found = faults('tags=["picture"]', "tags=[picture]")
    assert found == [
        (
            f"{line_of('picture')}: found the metadata 'tags=[picture]'; expected key=value with a "
            "value written as JSON"
        )
    ]


def test_a_grade_id_may_be_used_once_only() -> None:
    found = faults('"grade_id": "why"', '"grade_id": "double"')
    assert found == [
        (
            f"{line_of(QUESTION)}: found grade_id 'double' again, first in line {line_of(GRADE)}; "
            "expected each once in a notebook"
        )
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"grade_id": "double_solution", ', ""),
        ('"grade_id": "double_solution"', '"grade_id": ""'),
        ('"grade_id": "double_solution"', '"grade_id": "double solution"'),
        ('"grade_id": "double_solution"', f'"grade_id": "{"d" * 65}"'),
    ],
)
def test_a_solution_cell_needs_a_usable_grade_id(old: str, new: str) -> None:
    found = faults(old, new)
    assert len(found) == 1
    assert found[0].startswith(f"{line_of(SOLUTION)}: found grade_id ")


@pytest.mark.parametrize(
    "cell",
    [
        "check(double)\ncheck(double)",
        "import os\ncheck(double)",
        "assert double(1) == 2",
        "x = check(double)",
        "check(double, 1)",
        "check(double, hint=2)",
        "check(lambda x: 2 * x)",
        "utils.check(double)",
        "# nothing",
        "check(double)\n### BEGIN HIDDEN TESTS\nassert double(1) == 2\n### END HIDDEN TESTS",
    ],
)
def test_a_grade_cell_is_exactly_one_check(cell: str) -> None:
    found = faults("check(double)\n", cell + "\n")
    line = line_of("check(double)\n")
    assert found[0].startswith(f"{line}: found a grade cell other than one check statement")
    assert "expected check(double)" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "called"),
    [
        ("check(double)\n", "check(triple)\n", "triple"),
        ("check(double)\n", 'check(double, part="thrice")\n', "double_thrice"),
    ],
)
def test_a_grade_cell_is_named_after_what_it_checks(old: str, new: str, called: str) -> None:
    found = faults(old, new)
    assert len(found) == 1
    assert found[0].startswith(
        f"{line_of(GRADE)}: found grade_id 'double' for a check that is called '{called}'; expected"
    )


def test_a_grade_cell_without_its_tag_would_stop_run_all() -> None:
    found = faults(GRADE, GRADE.replace(' tags=["raises-exception"]', ""))
    assert len(found) == 1
    assert found[0].startswith(f"{line_of(GRADE)}: found a grade cell without the tag; expected")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" bonus=2", "", "found a grade cell that earns nothing; expected points > 0 or bonus > 0"),
        ('"points": 5', '"points": 0', "found a grade cell that earns nothing"),
        ('"points": 5', '"points": -5', "found points -5 and bonus 0; expected numbers"),
        ('"points": 5', '"points": "5"', "found points '5' and bonus 0; expected numbers"),
        ("bonus=2", "bonus=true", "found points 0 and bonus True; expected numbers"),
        ('"points": 2', '"points": 0', "found a question that earns nothing; expected points > 0"),
        ('tags=["picture"]', "bonus=1", "found a bonus; expected one on grade cells"),
        (
            '"double_solution", ',
            '"double_solution", "points": 1, ',
            'found points on a cell that is not graded; expected "grade": true',
        ),
    ],
)
def test_points_are_where_something_is_earned(old: str, new: str, message: str) -> None:
    found = faults(old, new)
    assert len(found) == 1
    assert found[0].startswith(f"{line_of(old)}: {message}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"schema_version": 3', '"schema_version": 2', 'found "schema_version": 2; expected 3'),
        ('"grade": false, ', "", 'found "grade": None; expected true or false'),
        ('"task": false', '"task": true', "found a task cell; expected a written question"),
        ('"task": false', '"point": 1', "found nbgrader keys ['point']; expected some of"),
    ],
)
def test_metadata_that_nbgrader_would_stop_at_are_named(old: str, new: str, message: str) -> None:
    found = faults(SOLUTION, SOLUTION.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(f"{line_of(SOLUTION)}: {message}")


def test_a_written_question_is_graded_and_answered_in_one_cell() -> None:
    found = faults(QUESTION, QUESTION.replace('"solution": true', '"solution": false'))
    assert any("markdown that is only one of grade and solution" in text for text in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    ### END SOLUTION\n\n", "\n\n", "found BEGIN SOLUTION without an end"),
        ("    ### END SOLUTION\n\n", "    ### END SOLUTON\n\n", "found BEGIN SOLUTION without"),
        (
            "    ### BEGIN SOLUTION",
            "    ### Begin solution",
            "found '### Begin solution'; expected",
        ),
        (
            "    ### BEGIN SOLUTION",
            "    ### END SOLUTION",
            "found '### END SOLUTION'; expected BEG",
        ),
        (
            'print("100 %%")',
            'print("100 %%")\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION',
            "found '### BEGIN SOLUTION'; expected",
        ),
        ("# Because it", "# ### BEGIN SOLUTION\n# Because it", "found '### BEGIN SOLUTION'; expe"),
    ],
)
def test_marks_around_solutions_come_in_pairs_in_solution_cells(
    old: str, new: str, message: str
) -> None:
    assert any(message in text for text in faults(old, new))


def test_a_line_of_text_that_is_no_comment_is_named() -> None:
    found = faults("# A text with", "A = 1\n# A text with")
    assert found == [
        f"{line_of('A text with')}: found 'A = 1' in a cell of text; expected a line with '# '"
    ]


def test_code_above_the_first_cell_is_named() -> None:
    found = faults("# %% [markdown]\n# # Dou", "import os\n\n# %% [markdown]\n# # Dou")
    assert found == ["6: found 'import os' above the first cell; expected the header alone"]


def test_a_source_that_is_not_python_is_named_with_its_line() -> None:
    found = faults("return 2 * x", "return 2 x")
    assert len(found) == 1
    assert found[0].startswith(f"{line_of('return 2 * x')}: found invalid syntax")


def test_all_sources_of_a_course_are_read_and_foreign_files_named(tmp_path: Path) -> None:
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    course = Course(tmp_path)
    with pytest.raises(UsageError, match=r"no notebook in .*; expected files named like"):
        lint(course)
    (solutions / "02_double.py").write_text(GOOD.replace("check(double)\n", "pass\n"))
    (solutions / "01_latin.py").write_bytes(b"# %%\nx = '\xe9'\n")
    (solutions / "helper.py").write_text("x = 1\n")
    found = [str(finding) for finding in lint(course)]
    assert [text.split(":")[0] for text in found] == [
        "solutions/01_latin.py",
        "solutions/02_double.py",
        "solutions/helper.py",
    ]
    assert "not UTF-8" in found[0]
    assert "expected NN_topic.py" in found[2]
