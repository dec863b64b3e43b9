"""README shows what the programs print and names what exists."""

import re
from pathlib import Path

import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.misconceptions import CATALOGUE
from autograder.release import read_release
from course_utils.checking import examine

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COURSE = Course(ROOT)


def test_the_card_in_the_readme_is_what_check_prints() -> None:
    shown = re.search(r"<!-- card: (\w+) -->\n```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    row = next(row for row in CATALOGUE["02_convolution"] if row.id == shown[1])
    functions = row.functions(reference.load(COURSE, "02_convolution"))
    card = examine(functions[row.function], row.function).text()
    assert card.startswith(shown[2].rstrip() + "\n")


def test_the_script_in_the_readme_goes_on_after_a_failed_check(capsys) -> None:
    [script] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    row = next(row for row in CATALOGUE["02_convolution"] if row.id == "C06")
    exec(script, dict(row.functions(reference.load(COURSE, "02_convolution"))))  # noqa: S102
    card, last = capsys.readouterr().out.strip().rsplit("\n", 1)
    assert card.startswith("conv_backward_naive: 1 of 6 checks failed")
    assert last.startswith("conv_backward_naive: 1 of 6 checks failed (dx, the gradient with")


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_the_table_of_notebooks_tells_functions_points_and_known_mistakes(notebook: str) -> None:
    line = next(line for line in README.splitlines() if line.startswith(f"| `{notebook}`"))
    cells = read_release(COURSE, notebook).cells
    graded = [c for c in cells if c.kind == "autograded" and c.points]
    assert all(f"`{cell.grade_id}`" in line for cell in graded)
    points = sum(cell.points for cell in graded)
    written = sum(cell.points for cell in cells if cell.kind == "manual")
    assert f"| {points:g} + {written:g} written" in line
    bonus = sum(cell.bonus for cell in cells)
    assert not bonus or f", {bonus:g} bonus |" in line
    assert line.endswith(f"| {len(CATALOGUE[notebook])} |")


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_paths_that_the_documents_name_exist(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:solutions|assignments|autograder|course_utils|examples)/[\w/.]*)`", text)
    )
    links = set(re.findall(r"\]\(([\w./]+)\)", text))
    assert len(named) > 3
    assert [name for name in named | links if not (ROOT / name).exists()] == []
