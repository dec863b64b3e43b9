"""Whatever a notebook is made of, it ends in a verdict or in a reason, in bounded time.

Hypothesis builds notebooks out of the solved one: cells are added, removed, copied, moved
and retyped, metadata of any kind of JSON stand in any place, sources are any text.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import autograded, feedback_page
from autograder.batch import judge_folder
from autograder.grading import Grader
from autograder.sandbox import CellOutcome, ChildStopped
from autograder.submission import UnreadableError, read_submission, submission_file
from course_utils.exercise import Raised, Returned

NAME = "02_convolution"
FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
STATES = {"passed", "failed", "not started"}

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([[], {}])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
#: Surrogates, controls and all: JSON can hold what no file can.
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
CODE = st.sampled_from(
    [
        "x = 1", "%matplotlib inline", "%%bash\nls", "!ls", "np.pad?", "def f(:", "1 / 0", "",
        f"del {BACKWARD}", f"{FORWARD} = 5", "import numpy as np", "raise SystemExit", ">>> x = 1",
    ]
)  # fmt: skip
SOURCES = TEXT | CODE | st.lists(TEXT, max_size=3) | JSON
IDS = st.sampled_from(
    [FORWARD, BACKWARD, f"{FORWARD}_solution", f"{BACKWARD}_solution", "why_gradients_add", "other"]
)
KINDS = st.sampled_from(["code", "markdown", "raw", "heading"]) | JSON
NBGRADER = st.fixed_dictionaries({"grade_id": IDS | JSON}) | JSON
METADATA = st.fixed_dictionaries({"nbgrader": NBGRADER}, optional={"tags": JSON}) | JSON
CELLS = (
    st.fixed_dictionaries(
        {"cell_type": KINDS, "source": SOURCES},
        optional={
            "metadata": METADATA,
            "id": TEXT | JSON,
            "outputs": JSON,
            "attachments": JSON,
            "execution_count": JSON,
        },
    )
    | JSON
)
PLACES = st.integers(0, 200)
FIELDS = st.sampled_from(["cell_type", "source", "metadata", "id", "outputs", "attachments"])
#: One change of a notebook: what is done, where, and with what.
CHANGES = st.one_of(
    st.tuples(st.just("add"), PLACES, CELLS),
    st.tuples(st.just("remove"), PLACES, st.none()),
    st.tuples(st.just("copy"), PLACES, PLACES),
    st.tuples(st.just("move"), PLACES, PLACES),
    st.tuples(st.just("retype"), PLACES, KINDS),
    st.tuples(st.just("rewrite"), PLACES, SOURCES),
    st.tuples(st.just("describe"), PLACES, METADATA),
    st.tuples(st.just("rename"), PLACES, IDS | JSON),
    st.tuples(st.just("field"), PLACES, st.tuples(FIELDS, JSON)),
    st.tuples(st.just("drop"), PLACES, FIELDS),
)
TOP = st.dictionaries(st.sampled_from(["nbformat", "nbformat_minor", "metadata", "cells"]), JSON)


def changed(notebook: dict[str, Any], changes: list[tuple[str, int, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(notebook))
    for change in changes:
        _change(made["cells"], *change)
    return made


def _change(cells: list[Any], what: str, place: int, value: Any) -> None:
    place %= len(cells) + 1
    if what == "add":
        cells.insert(place, value)
    elif place == len(cells):
        return
    elif what == "remove":
        del cells[place]
    elif what in ("copy", "move"):
        taken = cells[place] if what == "copy" else cells.pop(place)
        cells.insert(value % (len(cells) + 1), taken)
    elif isinstance(cells[place], dict):
        cells[place] = _changed_cell(dict(cells[place]), what, value)


def _changed_cell(cell: dict[str, Any], what: str, value: Any) -> dict[str, Any]:
    field = {"retype": "cell_type", "rewrite": "source", "describe": "metadata"}.get(what)
    if field:
        return cell | {field: value}
    if what == "rename":
        return cell | {"metadata": {"nbgrader": {"grade_id": value}}}
    if what == "field":
        return cell | {value[0]: value[1]}
    return {name: kept for name, kept in cell.items() if name != value}


class Nobody:
    """A child that runs nothing: every function of the submission raises.

    What a sandbox does with code is tried elsewhere; here thousands of notebooks go the
    whole way through the grader itself.
    """

    closed = False

    def run_cell(self, source: str, name: str) -> CellOutcome:
        source.encode()
        if "SystemExit" in source:
            raise ChildStopped("ended", f"{name} ended its process")
        return CellOutcome(None, "")

    def add_module(self, name: str, source: str) -> None:
        pass

    def has(self, function: str) -> bool:
        return bool(function)

    def call_each(self, _: str, arguments: Sequence[object], *__: object, **___: object) -> object:
        return [Returned(raised=Raised("ValueError", "nobody is here")) for _ in arguments]

    def close(self) -> None:
        pass


@pytest.fixture
def without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.running.Child.start", lambda *_: Nobody())


FEW = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: FUZZ_EXAMPLES=10000 takes an hour.
MANY = settings(FEW, max_examples=int(os.environ.get("FUZZ_EXAMPLES", "300")))
SANDBOXED = settings(FEW, max_examples=15)
MANY_SANDBOXED = settings(FEW, max_examples=40)
NOTEBOOKS = st.lists(CHANGES, max_size=8), TOP


def holds(grader: Grader, folder: Path, made: dict[str, Any]) -> None:
    """The claim: a verdict, or a reason; and a notebook and a page can be made of it."""
    path = folder / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made))
    verdict = judge_folder(grader, "ada", folder)
    if verdict.status == "judged":
        assert len(verdict.exercises) == len(grader.questions)
        assert all(found.card.status in STATES for found in verdict.exercises)
        assert all(0 <= (found.share or 0) <= 1 for found in verdict.exercises)
    else:
        # Nothing in a file is a fault of ours.
        assert verdict.status == "unreadable"
        assert verdict.reason.isprintable()
        assert len(verdict.reason) < 400
    assert verdict.from_json(verdict.to_json()) == verdict or "NaN" in verdict.to_json()
    work: dict[str, str] = {}
    with contextlib.suppress(UnreadableError):
        submission = read_submission(submission_file(folder, NAME), "ada", grader.release)
        work = dict(submission.written) | {c.grade_id: c.source for c in submission.code}
    page = feedback_page.html(feedback_page.page(verdict, grader.release, work))
    assert page.encode()
    shown = autograded.build(_course(), grader.release, "ada", folder, verdict)
    assert nbformat.writes(shown).encode()
    nbformat.validate(shown)


def _course() -> Any:
    from autograder.course import Course

    return Course(Path(__file__).parents[2], Path("/nowhere"))


@pytest.mark.usefixtures("without_processes")
@FEW
@given(*NOTEBOOKS)
def test_any_structure_ends_in_a_verdict_or_a_reason(
    grader, solved, tmp_path, changes, top
) -> None:
    holds(grader, tmp_path / NAME, changed(solved, changes) | top)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("without_processes")
@MANY
@given(*NOTEBOOKS)
def test_ten_thousand_structures_end_in_a_verdict_or_a_reason(
    grader, solved, tmp_path, changes, top
) -> None:
    holds(grader, tmp_path / NAME, changed(solved, changes) | top)


@SANDBOXED
@given(*NOTEBOOKS)
def test_any_structure_ends_in_a_verdict_in_the_sandbox(
    grader, solved, tmp_path, changes, top
) -> None:
    holds(grader, tmp_path / NAME, changed(solved, changes) | top)


@pytest.mark.long
@pytest.mark.timeout(3600)
@MANY_SANDBOXED
@given(*NOTEBOOKS)
def test_hundreds_of_structures_end_in_a_verdict_in_the_sandbox(
    grader, solved, tmp_path, changes, top
) -> None:
    holds(grader, tmp_path / NAME, changed(solved, changes) | top)


@FEW
@given(st.binary(max_size=300) | st.text().map(str.encode) | JSON.map(json.dumps).map(str.encode))
def test_any_bytes_end_in_a_reason(grader, tmp_path, data) -> None:
    path = tmp_path / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    assert judge_folder(grader, "ada", path.parent).status == "unreadable"


@FEW
@given(st.data())
def test_a_damaged_file_ends_in_a_verdict_or_a_reason(
    grader, solved, tmp_path, without_processes, data
) -> None:
    """Bytes are cut out, put in or doubled, as disks and downloads do."""
    text = json.dumps(solved).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 50) | st.just(len(text)))
        text = text[:at] + data.draw(st.binary(max_size=20)) + text[at + gone :]
    path = tmp_path / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    verdict = judge_folder(grader, "ada", path.parent)
    assert verdict.status in ("judged", "unreadable")
    assert verdict.status == "judged" or verdict.reason
