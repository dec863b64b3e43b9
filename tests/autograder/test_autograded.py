"""The autograded notebook: made of the release and the student's work, and nothing active."""

import copy
import errno
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter
from nbgrader.nbgraderformat import MetadataValidator

from autograder import autograded, markdown_safety
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.release import read_release
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.exercise import CheckResult
from course_utils.report_card import MIME, ReportCard

NAME = "01_toy"
STUB = "def double(x):\n    raise NotImplementedError()"
Notebook = dict[str, Any]
Change = Callable[[Notebook], None]


def given(
    kind: str, name: str, source: str, points: float | None = None, **flags: bool
) -> Notebook:
    made: Notebook = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if flags:
        known = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
        made["metadata"]["nbgrader"] = {**known, "grade_id": name, "schema_version": 3}
        made["metadata"]["nbgrader"]["checksum"] = "0" * 32
    if points is not None:
        made["metadata"]["nbgrader"]["points"] = points
    return made


def released() -> Notebook:
    return {
        "cells": [
            given("markdown", "cell-01", "# Doubling <br> twice"),
            given("code", "cell-02", "import numpy as np"),
            given("code", "double_solution", STUB, solution=True),
            given("code", "double", "check(double)", 4, grade=True, locked=True),
            given("markdown", "cell-05", "What did you predict?"),
            given("markdown", "why", "YOUR ANSWER HERE", 2, grade=True, solution=True),
            given("markdown", "rule", "No copying.", locked=True),
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    path = course.release_file(NAME)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(released()))
    return course


def solve(notebook: Notebook) -> None:
    at(notebook, "double_solution")["source"] = "def double(x):\n    return x + x"


def at(notebook: Notebook, name: str) -> Notebook:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def folder_of(course: Course, student: str = "ada") -> Path:
    return course.submitted / student / NAME


def hand_in(course: Course, *changes: Change) -> Path:
    notebook = released()
    for change in changes:
        change(notebook)
    folder = folder_of(course)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))
    return folder


def verdict(status: str = "judged", reason: str = "") -> Verdict:
    check = CheckResult("value", "value", "x + x", 1, "value", "failed", message="far off")
    card = ReportCard("double", "failed", (check,), diagnosis=("It forgets one x.",))
    exercises = (ExerciseVerdict("double", 0.25, card),) if status == "judged" else ()
    return Verdict("ada", NAME, status, exercises, reason=reason)


def build(course: Course, *changes: Change, found: Verdict | None = None) -> Any:
    folder = hand_in(course, *changes)
    made = autograded.build(course, read_release(course, NAME), "ada", folder, found or verdict())
    nbformat.validate(made)
    MetadataValidator().validate_nb(made)
    return made


def names(notebook: Any) -> list[str]:
    return [cell.id for cell in notebook.cells]


RELEASED_NAMES = [cell["id"] for cell in released()["cells"]]


def test_the_students_work_stands_in_the_release_with_the_card_below_its_check(
    course: Course,
) -> None:
    made = build(course, solve)
    assert names(made) == RELEASED_NAMES
    assert made.cells[2].source == "def double(x):\n    return x + x"
    (output,) = made.cells[3].outputs
    assert set(output.data) == {"text/plain", "text/html", MIME}
    assert "It forgets one x." in output.data["text/html"]
    assert "1 of 4 points" in output.data["text/plain"]
    assert (made.nbformat, made.nbformat_minor) == (4, 5)


def forge(notebook: Notebook) -> None:
    cell = at(notebook, "double")
    cell["source"] = "print('all right')"
    cell["metadata"]["nbgrader"] |= {"points": 100, "grade": False, "solution": True}
    at(notebook, "rule")["source"] = "Copying is fine."
    at(notebook, "why")["metadata"]["nbgrader"] |= {"points": 50, "locked": True}
    at(notebook, "double_solution")["metadata"] |= {"tags": ["x"], "collapsed": True}


def test_edited_points_flags_and_tests_do_not_survive(course: Course) -> None:
    made = build(course, solve, forge)
    for cell, original in zip(made.cells, released()["cells"], strict=True):
        assert dict(cell.metadata) == original["metadata"]
        if cell.id != "double_solution":
            assert cell.source == original["source"]


def copy_cells(notebook: Notebook) -> None:
    for name in ("double_solution", "double", "why"):
        twin = copy.deepcopy(at(notebook, name))
        twin["id"] = f"{name}-first"
        notebook["cells"].insert(1, twin)


def test_of_a_copied_cell_the_last_one_counts_and_the_others_are_the_students_own(
    course: Course,
) -> None:
    made = build(course, copy_cells, solve)
    own = [cell for cell in made.cells if cell.id.startswith("own-")]
    assert len(own) == 3
    assert all(not cell.metadata for cell in own)
    assert [name for name in names(made) if not name.startswith("own-")] == RELEASED_NAMES
    assert "return x + x" in made.cells[names(made).index("double_solution")].source


def delete(*gone: str) -> Change:
    def change(notebook: Notebook) -> None:
        notebook["cells"] = [c for c in notebook["cells"] if c["id"] not in gone]

    return change


def test_deleted_cells_are_back_at_their_place(course: Course) -> None:
    made = build(course, solve, delete("double", "why", "double_solution", "cell-01", "rule"))
    assert names(made) == RELEASED_NAMES
    assert made.cells[3].outputs
    assert made.cells[2].source == STUB


def test_a_given_code_cell_that_was_deleted_was_not_run_and_stays_away(course: Course) -> None:
    made = build(course, delete("cell-02"))
    assert names(made) == [name for name in RELEASED_NAMES if name != "cell-02"]


def test_own_cells_stay_where_the_student_put_them(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        notebook["cells"].insert(3, given("code", "mine", "y = 1"))
        notebook["cells"].append(given("markdown", "note", "done"))
        notebook["cells"].append({"cell_type": "raw", "metadata": {}, "source": "<b>raw</b>"})

    made = build(course, change)
    assert [cell.source for cell in made.cells if cell.id.startswith("own-")] == [
        "y = 1",
        "done",
        "< b>raw< /b>",
    ]
    assert names(made)[3] == "own-1"


def test_the_order_of_the_student_is_kept(course: Course) -> None:
    made = build(course, lambda notebook: notebook["cells"].reverse())
    assert names(made) == RELEASED_NAMES[::-1]


def test_cells_are_known_without_ids_and_metadata_too(course: Course) -> None:
    def strip(notebook: Notebook) -> None:
        notebook["nbformat_minor"] = 2
        for cell in notebook["cells"]:
            del cell["id"]
        # A solution of its own, but the question's cell lost what nbgrader knows it by.
        notebook["cells"][5]["metadata"] = {}

    made = build(course, strip)
    assert names(made) == RELEASED_NAMES


def test_a_cell_whose_type_was_changed_is_kept_beside_the_one_it_was(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        answer = at(notebook, "why")
        answer |= {"cell_type": "code", "source": "it adds", "outputs": [], "execution_count": 1}

    made = build(course, change)
    assert "why" in names(made)
    assert [cell.source for cell in made.cells if cell.id == "own-1"] == ["it adds"]


def test_nothing_of_what_the_student_computed_is_left(course: Course) -> None:
    script = {"text/html": "<script>alert(1)</script>", "application/javascript": "alert(2)"}

    def change(notebook: Notebook) -> None:
        notebook["metadata"] |= {"widgets": {"x": 1}, "title": "<script>", "celltoolbar": "x"}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [{"output_type": "display_data", "data": script, "metadata": {}}]
                cell["metadata"]["extra"] = "<script>"

    made = build(course, solve, change)
    assert "script" not in nbformat.writes(made)
    assert dict(made.metadata) == released()["metadata"]


def test_text_and_answers_are_the_students_and_harmless(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        at(notebook, "why")["source"] = "Since *a* < b <script>alert(1)</script>"
        at(notebook, "cell-05")["source"] = "I predict `0 <x> 1`"

    made = build(course, change)
    assert made.cells[5].source == "Since *a* < b < script>alert(1)< /script>"
    assert made.cells[4].source == "I predict `0 < x> 1`"
    assert made.cells[0].source == "# Doubling <br> twice"


#: The smallest GIF: one pixel.
PICTURE = "R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs="


def test_a_pasted_picture_reaches_the_person_who_grades(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        answer = at(notebook, "why")
        answer["source"] = "See ![derivation](attachment:page.gif)"
        answer["attachments"] = {
            "page.gif": {"image/gif": PICTURE},
            "page.svg": {"image/svg+xml": "<svg onload=alert(1)>"},
            "note.html": {"text/html": "<script>alert(1)</script>"},
        }

    made = build(course, change)
    assert dict(made.cells[5].attachments) == {"page.gif": {"image/gif": PICTURE}}
    html, _ = HTMLExporter().from_notebook_node(made)
    assert f"data:image/gif;base64,{PICTURE}" in html


def test_a_picture_that_is_not_there_does_not_stop_the_page(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        at(notebook, "why")["source"] = "![derivation](attachment:gone.png)"

    html, _ = HTMLExporter().from_notebook_node(build(course, change))
    assert "attachment:gone.png" in html


ACTIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript&colon;alert(1))",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](http://192.0.2.1/beacon.png)",
    "![x](/logout)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "```mermaid\n<script>alert(1)</script>\n```",
    "~~~mermaid\n</pre><img src=x onerror=alert(1)>\n~~~",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml <script>alert(1)</script>?>",
    "$\\href{javascript:alert(1)}{x}$",
    "```\n$\\href{javascript:alert(1)}{x}$\n```\n$\\href{javascript:alert(1)}{x}$",
    "$\\style{background:url(http://192.0.2.1)}{x}$",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "`" * 7 + "\n" + "`" * 6 + "<script>",
    "# double",
    "double\n---",
]


@pytest.mark.parametrize("source", ACTIVE)
def test_no_markdown_of_a_student_is_active_on_nbgraders_pages(course: Course, source: str) -> None:
    def change(notebook: Notebook) -> None:
        at(notebook, "why")["source"] = source
        notebook["cells"].append(given("markdown", "mine", source))

    made = build(course, change)
    html, _ = HTMLExporter().from_notebook_node(
        autograded.node(**{**made, "cells": [made.cells[5], made.cells[-1]]})
    )
    assert_inactive(BeautifulSoup(html, "html.parser").body)


def assert_inactive(page: Tag) -> None:
    """What nbconvert made of a text has nothing that acts; nbconvert's own scripts aside."""
    for tag in page(["script", "iframe", "object", "embed", "form", "svg", "style", "link"]):
        assert "alert" not in str(tag)
        assert tag.name not in ("iframe", "object", "embed", "form")
    for tag in page(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert tag.get("href", "#").startswith(("#", "https://", "http://"))
        assert tag.get("src", "data:image/").startswith("data:image/")
        assert "double" not in (tag.get("id"), tag.get("name"))
    assert not page.select("pre.mermaid")
    for code in page(["pre", "code"]):
        code.clear()
    assert not re.search(r"\\(href|style)", page.get_text())


ORDINARY = [
    "# Why\n\n1. *one* **two** ~~three~~\n2. `x + x`\n\n> quoted\n\n***",
    "$a_i = \\sum_j b_{ij}$ and\n\n$$\\frac{1}{2}$$\n\n\\begin{align}x &= y\\end{align}",
    "| a | b |\n|:--|--:|\n| 1 | 2 |",
    "see [the book](https://example.org/a?b=c#d), or https://example.org",
    "```python\nx = 1\n```\n\n- [x] done\n- [ ] not",
    "term\n: meaning\n\nA title\n=======\n\n[up](#A-title)",
]


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_markdown_is_left_as_it_is(source: str) -> None:
    assert markdown_safety.harmless(source) == source


def test_a_heading_cannot_stand_in_front_of_formgraders_fields() -> None:
    assert markdown_safety.harmless("# double", reserved={"double"}).startswith("```")


def test_a_reason_is_shown_as_plain_text(course: Course) -> None:
    reason = "found <script>alert(1)</script>.ipynb [x](javascript:alert(1)) $x$"
    made = build(course, found=verdict("unreadable", reason))
    notice = made.cells[0].source
    assert "could not be read" in notice
    assert "no score yet" in notice
    assert "<" not in notice
    html, _ = HTMLExporter().from_notebook_node(made)
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_a_fresh_verdict_and_a_kept_one_make_the_same_notebook(course: Course) -> None:
    kept = Verdict.from_json(verdict().to_json())
    assert nbformat.writes(build(course)) == nbformat.writes(build(course, found=kept))


def test_an_unreadable_file_leaves_the_release_and_the_reason(course: Course) -> None:
    folder = hand_in(course)
    (folder / f"{NAME}.ipynb").write_text('{"cells": [')
    release = read_release(course, NAME)
    path = autograded.write(course, release, "ada", folder, verdict("unreadable", "no JSON"))
    made = nbformat.read(path, 4)
    assert names(made) == ["outcome", *RELEASED_NAMES]
    assert not any(cell.get("outputs") for cell in made.cells)


def test_an_older_verdict_stays_on_the_page_and_is_named_as_such(course: Course) -> None:
    VerdictStore(course.verdicts).put(verdict())
    made = build(course, solve, found=verdict("not judged", "the sandbox failed"))
    assert "earlier submission" in made.cells[0].source
    assert "the sandbox failed" in made.cells[0].source
    assert made.cells[names(made).index("double")].outputs


def test_it_is_written_whole_and_read_only_and_again(course: Course) -> None:
    release = read_release(course, NAME)
    folder = hand_in(course, solve)
    (folder / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC")
    (folder / "notes.txt").symlink_to(course.release_file(NAME))
    for _ in range(2):
        path = autograded.write(course, release, "ada", folder, verdict())
        # As a process leaves it that is killed while it writes.
        (path.parent / ".unfinished-xyz").write_text("half a note")
    autograded.write(course, release, "ada", folder, verdict())
    assert path == course.autograded / "ada" / NAME / f"{NAME}.ipynb"
    assert sorted(p.name for p in path.parent.iterdir()) == [f"{NAME}.ipynb", "timestamp.txt"]
    assert path.stat().st_mode & 0o777 == 0o444
    assert (path.parent / "timestamp.txt").read_text() == "2026-01-01 12:00:00 UTC\n"
    (folder / "timestamp.txt").unlink()
    autograded.write(course, release, "ada", folder, verdict())
    assert [p.name for p in path.parent.iterdir()] == [f"{NAME}.ipynb"]


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_timestamp_that_is_no_file_is_none(course: Course, kind: str) -> None:
    folder = hand_in(course)
    path = folder / "timestamp.txt"
    if kind == "link":
        path.symlink_to(course.release_file(NAME))
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert autograded.read_timestamp(folder) == ""


def test_a_file_that_cannot_be_written_is_told_and_leaves_the_older_one(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = read_release(course, NAME)
    folder = hand_in(course)
    path = autograded.write(course, release, "ada", folder, verdict())
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    hand_in(course, solve)
    with pytest.raises(JudgingUnfitError, match=r"cannot be written \(No space left"):
        autograded.write(course, release, "ada", folder, verdict())
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("student", ["", "..", "a/b", "/etc"])
def test_a_name_that_leads_elsewhere_is_refused(course: Course, student: str) -> None:
    with pytest.raises(UsageError, match="plain name"):
        autograded.write(course, read_release(course, NAME), student, hand_in(course), verdict())


def test_sizes_are_bounded(course: Course) -> None:
    def change(notebook: Notebook) -> None:
        at(notebook, "double_solution")["source"] = "x = 1\n" * 100_000
        at(notebook, "why")["source"] = "word " * 100_000
        for number in range(50):
            notebook["cells"].append(given("markdown", f"m{number}", "word " * 3_000))

    made = build(course, change)
    assert len(nbformat.writes(made)) < 500_000
    assert "characters left out" in made.cells[2].source
    assert "left out" in made.cells[-1].source


BROKEN: Sequence[Notebook] = [
    {"metadata": None},
    {"metadata": {"nbgrader": 3}},
    {"metadata": {"nbgrader": {"grade_id": ["x"], "grade": True}}},
    {"metadata": {"nbgrader": {"grade_id": "double", "grade": "yes", "points": "many"}}},
    {"attachments": "x", "cell_type": "markdown"},
    {"attachments": {"a": {"image/png": 3}, 7: []}, "cell_type": "markdown"},
    {"id": 7, "outputs": 3},
    {"id": "double", "cell_type": "heading"},
    {"source": ["a", "b"]},
]


@pytest.mark.parametrize("fields", BROKEN)
def test_cells_out_of_shape_make_a_notebook_in_shape(course: Course, fields: Notebook) -> None:
    def change(notebook: Notebook) -> None:
        notebook["cells"].insert(2, {**given("code", "odd", "x = 1"), **fields})

    made = build(course, solve, change)
    assert [name for name in names(made) if not name.startswith("own-")] == RELEASED_NAMES
