"""What a notebook's cells display: as in a real kernel, isolated, bounded, and inert on a page."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder import cli, feedback, outputs, solving
from autograder.course import Course
from autograder.errors import JudgingUnfitError
from autograder.outputs import MOST_PICTURES, MOST_TEXT, ShownCell
from autograder.release import Release, ReleasedCell, ReleasedCode
from autograder.sandbox import Isolation, Limits, launch, probe
from autograder.sandbox.probe import _ATTEMPTS, _MUST_FAIL, _MUST_WORK
from autograder.sandbox.replies import read_shown
from autograder.sandbox.wire import FrameError
from autograder.store import VerdictStore
from autograder.submission import Submission, SubmittedCell
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.exercise import CheckResult
from course_utils.report_card import ReportCard

NAME = "02_convolution"
RELEASE = Release(
    NAME,
    (ReleasedCell("pool", "autograded", 5, 0, "check(pool)", "code"),),
    (ReleasedCode("print('a picture')", frozenset({"picture"})),),
)
PASSED = CheckResult("dx", "dx", "Windows add up.", 1, "value", "passed", "")
JUDGED = Verdict(
    "ada",
    NAME,
    "judged",
    (ExerciseVerdict("pool", 1.0, ReportCard("pool", "passed", (PASSED,))),),
    tier="kernel",
)
#: For a test of a limit.
SHORT = replace(outputs.LIMITS, cell_cpu_seconds=0.5, cell_wall_seconds=1.5)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
A_PICTURE = f"""
import struct
from IPython.display import Image, display
PNG = {PNG!r}
"""

Show = Callable[..., dict[int, ShownCell]]


@pytest.fixture(params=["kernel", "namespaces"])
def tier(request) -> Isolation:
    """Both tiers, one after the other."""
    found = probe(tier=request.param)
    if found.tier == "none":
        assert "does not hold" not in str(found.missing), found.missing
        pytest.skip(f"no {request.param} tier here: {'; '.join(found.missing)}")
    return found


def submission(*cells: str) -> Submission:
    return Submission("ada", NAME, tuple(map(SubmittedCell, cells)))


@pytest.fixture
def show(isolation: Isolation) -> Show:
    """A function that runs cells and returns those that have something to show, by number."""

    def show(*cells: str, limits: Limits = outputs.LIMITS) -> dict[int, ShownCell]:
        found = outputs.displayed(submission(*cells), RELEASE, isolation, limits)
        return {cell.number: cell for cell in found}

    return show


def text(cell: ShownCell) -> str:
    return "".join(display.text for display in cell.displays)


@pytest.fixture
def page(course: Course, isolation: Isolation) -> Callable[..., str]:
    """A function that hands in cells, and returns the page that shows what they display."""
    store = VerdictStore(course.verdicts)
    store.put(JUDGED)

    def page(*cells: str) -> str:
        _hand_in(course, "ada", *cells)
        (path,) = feedback.write_pages(course, RELEASE, store, isolation=isolation)
        return path.read_text(encoding="utf-8")

    return page


def _hand_in(course: Course, student: str, *cells: str) -> None:
    code = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    made = {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made))


# As in a notebook

CELLS = (
    "import sys\nimport numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline",
    "np.arange(6).reshape(2, 3) / 3",
    "print('first'); print('warned', file=sys.stderr); print('second'); 'result'",
    "def f(x):\n    return 1 / x\n\nf(0)",
    "plt.plot([1, 4, 9]); plt.title('squares')",
    "display({'a': [1, 2]}); _",
    "for",
    "x = [n**2 for n in range(2000)]\nx",
    "from IPython.display import HTML, clear_output\nprint('gone'); clear_output(); HTML('<b>')",
    "raise KeyError('missing')",
    "figure, (left, right) = plt.subplots(1, 2)\nright.imshow(np.eye(3));",
    "print('last')",
)


def _of_a_kernel(cells: tuple[str, ...], folder: Path) -> list[list[tuple[str, str]]]:
    """What a real kernel shows, in the words of ``_of_ours``."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=code)
    solving.execute(notebook, "the test", folder, 60)
    return [[shown for output in cell.outputs for shown in _parts(output)] for cell in code]


def _joined(shown: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each stream as one, and then the rest: a kernel keeps no order between streams."""
    streams = [
        (name, "".join(text for kind, text in shown if kind == name))
        for name in ("stdout", "stderr")
    ]
    return [*streams, *(part for part in shown if part[0] not in ("stdout", "stderr"))]


def _parts(output) -> list[tuple[str, str]]:
    if output.output_type == "stream":
        return [(output.name, output.text)]
    if output.output_type == "error":
        return [("error", output.ename)]
    picture = [("picture", "png")] if "image/png" in output.data else []
    return [("display", output.data["text/plain"]), *picture]


def _of_ours(cell: ShownCell | None) -> list[tuple[str, str]]:
    found = []
    for display in cell.displays if cell else ():
        if display.kind == "error":
            named = re.findall(r"^(\w+)(?=[:\s])", display.text, re.MULTILINE)
            found.append(("error", named[-1]))
        else:
            found.append((display.kind, display.text))
        found += [("picture", "png")] if display.png else []
    return found


def test_a_notebook_shows_what_a_real_kernel_shows(show: Show, tmp_path: Path) -> None:
    ours = show(*CELLS)
    theirs = _of_a_kernel(CELLS, tmp_path)
    assert sum(kind == "picture" for cell in theirs for kind, _ in cell) == 2
    for number, expected in enumerate(theirs, 1):
        assert _joined(_of_ours(ours.get(number))) == _joined(expected), CELLS[number - 1]


def test_a_figure_is_a_png_file(show: Show) -> None:
    found = show("import matplotlib.pyplot as plt; plt.plot([1, 2]);")
    (display,) = found[1].displays
    assert display.png is not None
    assert display.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert display.png.endswith(b"IEND\xaeB`\x82")


def test_a_picture_of_the_course_is_drawn_and_described(show: Show) -> None:
    cells = "from course_utils import pictures", "pictures.convolution.sliding_window()"
    drawn = [display for display in show(*cells)[2].displays if display.png]
    assert drawn
    assert all(len(display.text) > 20 for display in drawn)


def test_checks_are_inert_and_grade_cells_are_not_run(isolation: Isolation) -> None:
    cells = (
        SubmittedCell("from course_utils import check"),
        SubmittedCell("def pool(x):\n    print('called')"),
        SubmittedCell("print('not run')", "pool"),
        SubmittedCell("check(pool)"),
    )
    assert outputs.displayed(Submission("ada", NAME, cells), RELEASE, isolation) == ()


def test_what_grading_leaves_out_as_a_picture_is_run_here(show: Show) -> None:
    assert text(show(RELEASE.code[0].source)[1]) == "a picture\n"


def test_companion_files_can_be_imported(isolation: Isolation) -> None:
    release = replace(RELEASE, companions=(("earlier", "TWO = 2"),))
    cells = submission("from earlier import TWO", "TWO")
    (cell,) = outputs.displayed(cells, release, isolation)
    assert text(cell) == "2"


def test_a_program_that_cannot_be_started_is_no_error_of_the_cell(show: Show) -> None:
    found = show("!rm -rf /\nfiles = !ls\nprint('after', files)")
    assert text(found[1]) == "[not run here: rm -rf /]\n[not run here: ls]\nafter []\n"


def test_text_is_what_a_terminal_shows_of_it(show: Show) -> None:
    printed = "a 10%\\ra 100%\\n\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07\\u202eend\\x00\\r\\n"
    assert text(show(f"print('{printed}')")[1]) == "a 100%\nred end\n\n"


def test_what_is_written_past_python_is_shown_too(show: Show) -> None:
    assert text(show("import os; os.write(1, b'low'); print('high')")[1]) == "high\nlow"


# Isolated as in grading


def test_a_cell_can_do_nothing_that_a_graded_one_cannot(tier: Isolation, tmp_path: Path) -> None:
    marker = tmp_path / "gradebook.db"
    marker.write_text("SECRET")
    names = (*_MUST_FAIL, *_MUST_WORK)
    tried = f"print([n for n in {names} if globals()[n]({str(marker)!r})])"
    found = outputs.displayed(submission(_ATTEMPTS, tried), RELEASE, tier)
    assert text(found[0]) == f"{list(_MUST_WORK)}\n"


@pytest.mark.parametrize(
    "path",
    [
        "{root}/solutions/02_convolution.py",
        "{root}/autograder/secret.py",
        "{root}/pyproject.toml",
        "{class}/gradebook.db",
    ],
)
def test_a_hostile_cell_reads_nothing_of_the_graders(
    tier: Isolation, tmp_path: Path, path: str
) -> None:
    (tmp_path / "gradebook.db").write_text("SECRET")
    where = path.format(root=Path(__file__).parents[2], **{"class": tmp_path})
    assert Path(where).exists()
    (cell,) = outputs.displayed(submission(f"open({where!r}).read()"), RELEASE, tier)
    assert re.search(r"(PermissionError|FileNotFoundError): ", text(cell))


def test_nothing_of_the_grader_can_be_imported(tier: Isolation) -> None:
    (cell,) = outputs.displayed(submission("import autograder"), RELEASE, tier)
    assert text(cell).endswith("ModuleNotFoundError: No module named 'autograder'")


def test_a_run_leaves_no_trace_in_the_next_one(show: Show) -> None:
    show("import numpy, builtins\nbuiltins.left = numpy.left = left = 1")
    found = show("import numpy, builtins\n[hasattr(m, 'left') for m in (numpy, builtins)]", "left")
    assert text(found[1]) == "[False, False]"
    assert "NameError" in text(found[2])


# Within bounds


def test_an_endless_loop_is_left_out_and_the_others_are_shown(show: Show) -> None:
    found = show("x = 1\nx", "while True: pass", "x + 1", limits=SHORT)
    assert text(found[1]) == "1"
    assert found[2].remark == ("It was left out: cell 2 used more than 0.5 s of processor time.")
    assert text(found[3]) == "2"


def test_a_notebook_that_takes_too_long_is_left_out_from_there(show: Show) -> None:
    limits = replace(SHORT, total_wall_seconds=1.0)
    found = show("1", "import time; time.sleep(1.2)", "3", "4", limits=limits)
    assert list(found) == [1, 3]
    assert found[3].remark.startswith("It was left out: the rest of the notebook was not run")


def test_a_cell_that_ends_the_process_is_left_out(show: Show) -> None:
    found = show("import os; os._exit(0)", "'after'")
    assert "os._exit" in found[1].remark
    assert text(found[2]) == "'after'"


def test_what_is_printed_is_bounded_for_a_cell_and_for_the_notebook(show: Show) -> None:
    found = show("print('x' * 10_000_000)", *["print('y' * 100_000)"] * 6)
    texts = [len(text(cell)) for cell in found.values()]
    assert max(texts) <= outputs.LIMITS.output_bytes
    assert sum(texts) == MOST_TEXT
    assert all("room" in cell.remark for cell in found.values())


def test_pictures_are_bounded_for_the_notebook(show: Show) -> None:
    # What comes after a PNG's end makes it no less a picture.
    large = "display(Image(PNG + bytes(3 * 2**19), format='png'))\n"
    found = show(A_PICTURE, large, large * 3, "display(Image(PNG))")
    pictures = {n: [d.png for d in cell.displays if d.png] for n, cell in found.items()}
    assert {number: len(some) for number, some in pictures.items()} == {2: 1, 3: 1, 4: 1}
    assert sum(len(png) for some in pictures.values() for png in some) <= MOST_PICTURES
    assert [found[n].remark for n in (2, 3, 4)] == ["", outputs._FULL, ""]


def test_many_outputs_are_bounded(show: Show) -> None:
    found = show("for n in range(1_000): display(n)")
    assert len(found[1].displays) == 200
    assert "room" in found[1].remark


def test_what_only_looks_like_a_picture_is_shown_as_text(show: Show) -> None:
    header = "PNG[:16] + struct.pack('>II', 100_000, 100_000) + PNG[24:]"
    found = show(
        A_PICTURE,
        f"display({{'image/png': {header}, 'text/plain': 'a bomb'}}, raw=True)",
        "display({'image/png': b'<svg>', 'text/plain': 'no PNG'}, raw=True)",
        "display({'image/svg+xml': '<svg onload=alert(1)>'}, raw=True)",
        "display({'image/png': PNG, 'text/plain': 'a dot'}, raw=True)",
    )
    displays = [found[number].displays[0] for number in (2, 3, 4, 5)]
    assert [display.png for display in displays] == [None, None, None, PNG]
    assert [display.text for display in displays] == [
        "a bomb",
        "no PNG",
        "<image/svg+xml>",
        "a dot",
    ]


@pytest.mark.parametrize(
    "found",
    [
        None,
        "text",
        ["text"],
        [("stdout", "text")],
        [("html", "text", None)],
        [(["stdout"], "text", None)],
        [("stdout", 3, None)],
        [("stdout", "x" * 11, None)],
        [("display", "text", "a picture")],
        [("display", "text", PNG)],
    ],
)
def test_a_reply_of_another_form_is_refused(found: object) -> None:
    with pytest.raises(FrameError):
        read_shown({"outputs": found, "cut": False}, 10, 10)


# On the page


def test_a_page_escapes_text_and_shows_no_html(page) -> None:
    html = page(
        "print('<script>alert(1)</script>')",
        "class Page:\n    def _repr_html_(self): return '<script>alert(2)</script>'\nPage()",
        "raise ValueError('<img src=x onerror=alert(3)>')",
        "import matplotlib.pyplot as plt; plt.plot([1]);",
    )
    assert "&lt;script&gt;alert(1)" in html
    assert "&lt;img src=x onerror=alert(3)&gt;" in html
    assert "<script" not in html
    assert re.findall(r"<img [^>]*src=\"([^\"]{22})", html) == ["data:image/png;base64,"]


def test_a_page_without_the_flag_runs_nothing(course: Course, page) -> None:
    assert "What your notebook displayed" in page("1")
    store = VerdictStore(course.verdicts)
    (path,) = feedback.write_pages(course, RELEASE, store)
    assert "What your notebook displayed" not in path.read_text()


def test_a_page_is_written_for_a_cell_that_does_not_end(page, monkeypatch) -> None:
    monkeypatch.setattr(outputs.displayed, "__defaults__", (SHORT,))
    html = page("while True: pass", "print('after')")
    assert "It was left out: cell 1 used more than 0.5 s of processor time." in html
    assert "after" in html


def test_what_has_not_changed_is_not_run_again(page) -> None:
    random = "import os; os.urandom(8).hex()"
    first = page(random)
    assert page(random) == first
    # Another notebook is run, and so is this one after it.
    assert page(random, "1") != first
    assert page(random) != first


def test_what_is_kept_and_damaged_is_made_anew(course: Course, page) -> None:
    first = page("'shown'")
    kept = course.feedback / "ada" / NAME / "outputs.json"
    for damaged in ("", "[]", '{"key": 1}', kept.read_text().replace('"text"', '"txet"')):
        kept.write_text(damaged)
        assert page("'shown'") == first


def test_scores_stay_what_they_are(course: Course, page) -> None:
    page("pool = None; import os; os._exit(1)")
    assert VerdictStore(course.verdicts).get("ada", NAME) == JUDGED


def test_pages_made_side_by_side_are_those_of_one_process(
    course: Course, isolation: Isolation, tmp_path: Path
) -> None:
    store = VerdictStore(course.verdicts)
    for student in ("ada", "bob", "cyd", "dan"):
        store.put(replace(JUDGED, student=student))
        _hand_in(course, student, f"print({student!r})", "1 / 0")
    written = [
        feedback.write_pages(
            course, RELEASE, store, tmp_path / str(jobs), jobs=jobs, isolation=isolation
        )
        for jobs in (1, 2)
    ]
    assert [p.read_bytes() for p in written[0]] == [p.read_bytes() for p in written[1]]


def test_a_fault_of_ours_is_told_and_costs_nobody_the_page(
    course: Course, page, monkeypatch
) -> None:
    right = launch.orders
    with monkeypatch.context() as patch:
        patch.setattr(launch, "orders", lambda *given: {**right(*given), "limits": None})
        with pytest.raises(JudgingUnfitError, match=r"1 of 1 pages lack .* displays: ada: "):
            page("'shown'")
    (written,) = course.feedback.rglob("*.html")
    assert "This is no fault of yours" in written.read_text()
    # It is not kept as if it were what the notebook displays.
    assert "&#39;shown&#39;" in page("'shown'")


def test_the_command_shows_what_cells_display(course: Course, page, monkeypatch) -> None:
    page("1")
    monkeypatch.setattr(cli, "_course", lambda _: course)
    # To make a gradebook takes seconds.
    monkeypatch.setattr("autograder.gradebook.manual_scores", lambda *_: {})
    _hand_in(course, "ada", "print('by the command')")
    (written,) = course.feedback.rglob("*.html")
    assert cli.main(["feedback", NAME]) == 0
    assert "by the command" not in re.sub(r"<pre>.*?</pre>", "", written.read_text())
    assert cli.main(["feedback", NAME, "--outputs"]) == 0
    assert '<pre class="display stdout">by the command' in written.read_text()
