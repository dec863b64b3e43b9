"""Feedback pages: what they say, and that nothing in them runs or leads elsewhere."""

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder import feedback, pages
from autograder.course import Course
from autograder.errors import JudgingUnfitError, UsageError
from autograder.release import Release, ReleasedCell
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_html import BADGES
from course_utils.exercise import CheckResult, Status
from course_utils.report_card import ReportCard

ASSIGNMENT = "03_pooling"
SCRIPT = "<script>alert(1)</script>"
HOSTILE = f'{SCRIPT}<img src=x onerror=alert(2)> "quoted" </pre></style> \x1b[31m \u202e reversed'
VOID = {"meta", "br", "img", "hr", "input", "link", "wbr"}


def released(grade_id: str, kind: str, points: float = 0, bonus: float = 0) -> ReleasedCell:
    source = "YOUR ANSWER HERE" if kind == "manual" else "def f(): ..."
    cell_type = "markdown" if kind == "manual" else "code"
    return ReleasedCell(grade_id, kind, points, bonus, source, cell_type)


RELEASE = Release(
    ASSIGNMENT,
    (
        released("pool_solution", "solution"),
        released("pool", "autograded", points=5),
        released("pool_padding", "autograded", bonus=2),
        released("why_add", "manual", points=2),
    ),
    (),
)


def exercise(name: str, share: float | None, status: Status, **card: object) -> ExerciseVerdict:
    check = CheckResult(
        name="dx",
        title="dx, the gradient",
        rule="Windows add up.",
        weight=1,
        kind="value",
        status=status,
        message="" if status == "passed" else "3 of 4 entries are wrong",
    )
    return ExerciseVerdict(name, share, ReportCard("pool", status, (check,), **card))


JUDGED = Verdict(
    "ada",
    ASSIGNMENT,
    "judged",
    (exercise("pool", 0.55, "failed"), exercise("pool_padding", 1.0, "passed")),
    tier="kernel",
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


@pytest.fixture
def store(course: Course) -> VerdictStore:
    return VerdictStore(course.verdicts)


def hand_in(course: Course, student: str, *cells: tuple[str, str], answer: str = "") -> None:
    """Put a notebook of solution cells (grade_id, source) and one written answer into place."""
    code = [_cell("code", name, source) for name, source in cells]
    notebook = {
        "cells": [*code, _cell("markdown", "why_add", answer)] if answer else code,
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = course.submitted / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))


def _cell(kind: str, grade_id: str, source: str) -> dict[str, object]:
    return {"cell_type": kind, "metadata": {"nbgrader": {"grade_id": grade_id}}, "source": source}


def only_page(course: Course, store: VerdictStore, **options: object) -> str:
    (path,) = feedback.write_pages(course, RELEASE, store, **options)
    return path.read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Collects the tags of a page and complains where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def assert_inert(html: str) -> None:
    """Nothing runs, nothing is asked of the network, and the page forbids both itself."""
    tags = Tags(html)
    assert {tag for tag, _ in tags.found}.isdisjoint(
        {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "img"}
    )
    for _, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
        assert not attributes.keys() & {"src", "srcset", "srcdoc", "action", "background"}
        assert "url(" not in (attributes.get("style") or "")
    policies = [
        attributes["content"]
        for tag, attributes in tags.found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_a_page_shows_points_bonus_and_what_waits_for_a_person(
    course: Course, store: VerdictStore
) -> None:
    store.put(JUDGED)
    text = Tags(only_page(course, store)).text
    assert "pool 2.75 5 ✗ failed" in text
    assert "pool, padding (bonus) 2 2 ✓ passed" in text
    assert "why add (read by a person) – 2 … pending" in text
    assert "Total so far 2.75 5" in text
    assert "Bonus on top 2 2" in text


def test_what_is_open_in_a_bonus_does_not_read_like_a_failure(
    course: Course, store: VerdictStore
) -> None:
    passed, open_bonus = exercise("pool", 1.0, "passed"), exercise("pool_padding", 0.5, "failed")
    store.put(replace(JUDGED, exercises=(passed, open_bonus)))
    html = only_page(course, store)
    text = Tags(html).text
    assert "pool, padding (bonus) 1 2 ○ open" in text
    assert "pool : open (optional) 1 of 2 bonus points" in text
    assert "3 of 4 entries are wrong" in text
    assert "fail" not in text
    assert BADGES["failed"][0] not in html.split("</style>")[1]


def test_a_required_exercise_that_failed_says_so(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    html = only_page(course, store)
    assert "pool : failed 2.75 of 5 points" in Tags(html).text
    assert BADGES["failed"][0] in html.split("</style>")[1]


def test_a_page_lies_where_nbgrader_looks_for_feedback(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    (path,) = feedback.write_pages(course, RELEASE, store)
    assert path == course.feedback / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    (elsewhere,) = feedback.write_pages(course, RELEASE, store, course.root / "pages")
    assert elsewhere.is_relative_to(course.root / "pages")


def test_a_page_shows_the_card_the_code_and_the_written_answer(
    course: Course, store: VerdictStore
) -> None:
    store.put(JUDGED)
    hand_in(course, "ada", ("pool_solution", "def pool(x):\n    return x < 1"), answer="Sums & so")
    html = only_page(course, store)
    assert "2.75 of 5 points" in Tags(html).text
    assert "3 of 4 entries are wrong" in html
    assert "<pre>def pool(x):\n    return x &lt; 1</pre>" in html
    assert "Sums &amp; so" in html


def test_of_a_copied_cell_the_last_one_is_shown(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    hand_in(course, "ada", ("pool_solution", "first = 1"), ("pool_solution", "second = 2"))
    html = only_page(course, store)
    assert "second = 2" in html
    assert "first = 1" not in html


def test_a_solution_cell_that_is_gone_is_said_to_be_gone(
    course: Course, store: VerdictStore
) -> None:
    store.put(JUDGED)
    hand_in(course, "ada", ("pool", "check(pool)"), answer="YOUR ANSWER HERE")
    text = Tags(only_page(course, store)).text
    assert "The cell pool_solution is no longer in your notebook" in text
    assert "You left it as it was given." in text
    assert "why add (read by a person) 0 2 – not started" in text
    assert "pending" not in text


def test_points_of_a_person_count_and_end_the_waiting(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    manual = {("ada", "why_add"): 1.5, ("ada", "pool"): 4.0}
    text = Tags(only_page(course, store, manual=manual)).text
    assert "why add (read by a person) 1.5 2 ✓ graded" in text
    assert "pool (points of a person) 4 5" in text
    assert "2.75" not in text
    assert "Total 5.5 7" in text
    assert "pending" not in text


def test_an_unreadable_file_has_a_reason_and_a_way_on_but_no_score(
    course: Course, store: VerdictStore
) -> None:
    store.put(Verdict("eve", ASSIGNMENT, "unreadable", reason="the file is empty; save it again"))
    text = Tags(only_page(course, store)).text
    assert "could not be read" in text
    assert "the file is empty; save it again" in text
    # Nothing else is to be done than what the reason says.
    assert not re.search(r"Open|hand it in|see that", text)
    assert "Total" not in text


def test_a_fault_of_the_grader_is_called_one_and_shows_no_zero(
    course: Course, store: VerdictStore
) -> None:
    verdict = replace(
        JUDGED,
        status="not judged",
        reason="the sandbox failed",
        exercises=(exercise("pool", None, "not judged"), JUDGED.exercises[1]),
    )
    store.put(verdict)
    text = Tags(only_page(course, store)).text
    assert "a fault of the grader, not of your work" in text
    assert "pool – 5 ? not judged" in text
    assert "Total so far – 5" in text


def test_an_older_grade_is_marked_and_the_later_code_is_not_shown_beside_it(
    course: Course, store: VerdictStore
) -> None:
    store.put(JUDGED)
    store.put(Verdict("ada", ASSIGNMENT, "not judged", reason="the sandbox failed"))
    hand_in(course, "ada", ("pool_solution", "later = 1"))
    html = only_page(course, store)
    assert "earlier version of your work" in html
    assert "the sandbox failed" in html
    assert "later = 1" not in html
    assert "2.75" in html


def test_grades_made_without_isolation_are_marked(course: Course, store: VerdictStore) -> None:
    store.put(replace(JUDGED, tier="none"))
    assert "made without isolation" in only_page(course, store)


def test_nothing_in_a_submission_runs_on_its_page(course: Course, store: VerdictStore) -> None:
    student = "<img src=x onerror=alert(3)>"
    verdict = replace(
        JUDGED,
        student=student,
        status="not judged",
        reason=HOSTILE,
        exercises=(exercise("pool", None, "failed", reason=HOSTILE, printed=HOSTILE),),
        tier=HOSTILE,
    )
    store.put(verdict)
    hand_in(course, student, ("pool_solution", HOSTILE), answer=HOSTILE)
    html = only_page(course, store)
    assert_inert(html)
    assert Tags(html).text.count(SCRIPT) >= 4
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_every_kind_of_page_is_inert_and_nests(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    store.put(replace(JUDGED, student="bob", status="not judged", reason="no memory"))
    store.put(Verdict("eve", ASSIGNMENT, "unreadable", reason="no JSON"))
    hand_in(course, "ada", ("pool_solution", "def pool(): ..."), answer="because")
    paths = feedback.write_pages(course, RELEASE, store)
    assert len(paths) == 3
    for path in paths:
        assert_inert(path.read_text(encoding="utf-8"))


@pytest.fixture
def side_by_side(monkeypatch) -> None:
    """Few pages are enough for more than one process."""
    monkeypatch.setattr(feedback, "_ENOUGH", 1)


def test_pages_written_side_by_side_are_those_written_by_one_process(
    course: Course, store: VerdictStore, side_by_side
) -> None:
    for student in ("ada", "bob", "cyd", "dan"):
        store.put(replace(JUDGED, student=student))
    hand_in(course, "ada", ("pool_solution", "def pool(): ..."), answer="because")
    manual = {("ada", "why_add"): 1.5}
    written = [
        feedback.write_pages(course, RELEASE, store, course.root / str(n), manual=manual, jobs=n)
        for n in (1, 2)
    ]
    assert len(written[0]) == 4
    assert [p.read_bytes() for p in written[0]] == [p.read_bytes() for p in written[1]]


def test_a_page_that_cannot_be_written_by_another_process_is_told(
    course: Course, store: VerdictStore, side_by_side
) -> None:
    for student in ("ada", "bob"):
        store.put(replace(JUDGED, student=student))
    course.feedback.mkdir()
    (course.feedback / "bob").write_text("no folder")
    with pytest.raises(JudgingUnfitError, match=r"bob.* cannot be written"):
        feedback.write_pages(course, RELEASE, store, jobs=2)


def test_a_page_is_for_light_and_dark_and_paper(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    html = only_page(course, store)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert 'name="viewport"' in html


def test_endless_code_is_cut(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    hand_in(course, "ada", ("pool_solution", "x = 1\n" * 100_000))
    assert len(only_page(course, store)) < 100_000


@pytest.mark.parametrize("student", ["..", ".", "", "../outside", "/etc", "a/b", "nul\0"])
def test_a_name_that_is_no_folder_gets_no_page_and_stops_no_other(
    course: Course, store: VerdictStore, student: str
) -> None:
    store.put(replace(JUDGED, student=student))
    store.put(JUDGED)
    with pytest.raises(UsageError, match="1 pages were written, 1 were not"):
        feedback.write_pages(course, RELEASE, store)
    written = [path for path in course.root.rglob("*.html") if path.is_file()]
    assert written == [course.feedback / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"]


def test_a_link_in_the_feedback_folder_is_not_followed(
    course: Course, store: VerdictStore, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    course.feedback.mkdir()
    (course.feedback / "ada").symlink_to(outside)
    store.put(JUDGED)
    with pytest.raises(UsageError, match="no link there"):
        feedback.write_pages(course, RELEASE, store)
    assert list(outside.iterdir()) == []


def test_pages_of_one_verdict_have_the_same_bytes(course: Course, store: VerdictStore) -> None:
    store.put(JUDGED)
    assert only_page(course, store) == only_page(course, store)


@contextmanager
def _no_room(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_a_page_that_cannot_be_written_leaves_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "ada" / "page.html"
    pages.write(path, "older")
    with _no_room(1000), pytest.raises(JudgingUnfitError, match="cannot be written"):
        pages.write(path, "newer" * 1000)
    assert path.read_text() == "older"
    assert list(path.parent.iterdir()) == [path]
