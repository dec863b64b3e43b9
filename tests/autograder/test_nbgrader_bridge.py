"""``nbgrader autograde`` and formgrader's endpoint grade as ``autograder grade`` does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder import export, gradebook, reference, sandbox, session
from autograder.course import Course
from autograder.errors import JudgingUnfitError
from autograder.release import read_release
from autograder.store import VerdictStore
from autograder.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD, QUESTION = "conv_forward_naive", "conv_backward_naive", "why_gradients_add"
POINTS = {FORWARD: 5.0, BACKWARD: 10.0}
MARKER = "SECRET-MARKER-7f3a"

pytestmark = pytest.mark.skipif(
    sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
)

Notebook = dict[str, Any]
Change = Callable[[Notebook], None]


def cell(notebook: Notebook, name: str) -> Notebook:
    return next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def untouched(_notebook: Notebook) -> None:
    pass


def solved(notebook: Notebook) -> None:
    right = reference.load(Course(ROOT), NAME)
    for function in (FORWARD, BACKWARD):
        cell(notebook, f"{function}_solution")["source"] = right.source(function)


def half(notebook: Notebook) -> None:
    """The padding is left on dx."""
    solved(notebook)
    solution = cell(notebook, f"{BACKWARD}_solution")
    wrong = solution["source"].replace("dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx_pad")
    assert wrong != solution["source"]
    solution["source"] = wrong


def answered(notebook: Notebook) -> None:
    solved(notebook)
    cell(notebook, QUESTION)["source"] = "Because a pixel is in several windows."


def duplicated(notebook: Notebook) -> None:
    solved(notebook)
    cells = notebook["cells"]
    for name in (BACKWARD, f"{FORWARD}_solution", QUESTION):
        copied = json.loads(json.dumps(cell(notebook, name)))
        cells.insert(1, {**copied, "id": f"copy-of-{name}"[:60]})


def deleted(notebook: Notebook) -> None:
    solved(notebook)
    notebook["cells"] = [c for c in notebook["cells"] if c is not cell(notebook, BACKWARD)]


def edited(notebook: Notebook) -> None:
    """Points, flags and tests are the student's own; nothing is solved."""
    for name in (FORWARD, BACKWARD):
        check = cell(notebook, name)
        check["source"] = "100.0"
        check["metadata"]["nbgrader"] |= {"points": 100, "locked": False}
    cell(notebook, QUESTION)["metadata"]["nbgrader"] |= {"grade": False, "points": "many"}
    foreign = {"grade_id": "foreign", "grade": True, "points": 50, "solution": False}
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "foreign",
            "metadata": {"nbgrader": foreign},
            "source": "50.0",
            "outputs": [],
            "execution_count": None,
        }
    )


def scripted(notebook: Notebook) -> None:
    solved(notebook)
    attack = f"<script>document.title = '{MARKER}'</script>"
    cell(notebook, QUESTION)["source"] = attack
    notebook["cells"][0]["source"] = attack
    notebook["metadata"]["title"] = attack


SUBMISSIONS: dict[str, Change] = {
    "untouched": untouched,
    "solved": solved,
    "half": half,
    "duplicated": duplicated,
    "deleted": deleted,
    "edited": edited,
    "scripted": scripted,
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a grader's checkout has, without a class; its path has a space."""
    folder = tmp_path_factory.mktemp("check out")
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with gradebook._own_programs_first(), Gradebook(f"sqlite:///{folder / 'gradebook.db'}"):
        pass
    return folder


@pytest.fixture
def course(checkout: Path, tmp_path: Path) -> Course:
    return copied(checkout, tmp_path / "course")


def copied(checkout: Path, to: Path) -> Course:
    shutil.copytree(checkout, to, symlinks=True)
    return Course(to)


def hand_in(course: Course, student: str, change: Change) -> Path:
    notebook = json.loads((ROOT / "assignments" / NAME / f"{NAME}.ipynb").read_text())
    change(notebook)
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    return path


def nbgrader(course: Course, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run nbgrader as from a virtual environment that is not activated."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def press_autograde(course: Course, student: str) -> dict[str, Any]:
    """What formgrader's button does."""
    settings = gradebook.read_settings(course)
    folders = CourseDirectory(config=settings)
    result: dict[str, Any] = NbGraderAPI(folders, config=settings).autograde(NAME, student)
    return result


def grades(course: Course) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = export.rows(course, read_release(course, NAME), VerdictStore(course.verdicts))
    return {
        (r.student, r.exercise): (r.auto_score, r.auto_max, r.pending, r.status, r.reason)
        for r in rows
    }


def in_gradebook(course: Course) -> dict[tuple[str, str], tuple[Any, Any]]:
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        return {
            (notebook.student.id, grade.cell.name): (grade.auto_score, grade.needs_manual_grade)
            for notebook in book.notebook_submissions(NAME, NAME)
            for grade in notebook.grades
        }


def comments(course: Course) -> dict[tuple[str, str], Any]:
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        return {
            (notebook.student.id, comment.cell.name): comment.auto_comment
            for notebook in book.notebook_submissions(NAME, NAME)
            for comment in notebook.comments
        }


def change(course: Course, student: str, name: str, **fields: Any) -> None:
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        grade = book.find_grade(name, NAME, NAME, student)
        for field, value in fields.items():
            setattr(grade, field, value)
        book.db.commit()


Both = tuple[Course, Course, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def both(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """One class graded by nbgrader, then the same class graded directly, with one secret."""
    folder = tmp_path_factory.mktemp("classes")
    theirs = copied(checkout, folder / "theirs")
    theirs.gradebook.unlink()
    for student, change_ in SUBMISSIONS.items():
        hand_in(theirs, student, change_)
    path = hand_in(theirs, "not-json", solved)
    path.write_text(path.read_text()[:-500])
    (path.parent / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    foreign = hand_in(theirs, "other", untouched)
    foreign.write_text((ROOT / "assignments/03_pooling/03_pooling.ipynb").read_text())
    linked = hand_in(theirs, "linked", solved).parent
    (theirs.root / "private.txt").write_text(MARKER)
    (linked / "mine.txt").symlink_to(theirs.root / "private.txt")
    run = nbgrader(theirs, "autograde", NAME)
    ours = copied(theirs.root, folder / "ours")
    shutil.rmtree(ours.autograded)
    ours.gradebook.unlink()
    ours.verdicts.unlink()
    session.grade(ours, NAME, isolation=session.isolation(), quiet=True)
    return theirs, ours, run


def test_nbgrader_grades_a_whole_class_into_a_gradebook_that_was_not_there(both: Both) -> None:
    theirs, _, run = both
    assert run.returncode == 0, run.stderr
    assert {student for student, _ in in_gradebook(theirs)} == {
        *SUBMISSIONS,
        "not-json",
        "other",
        "linked",
    }


def test_both_ways_give_the_same_scores_and_states(both: Both) -> None:
    theirs, ours, _ = both
    assert grades(theirs) == grades(ours)
    assert in_gradebook(theirs) == in_gradebook(ours)
    assert comments(theirs) == comments(ours)


def test_both_ways_write_the_same_files(both: Both) -> None:
    theirs, ours, _ = both
    files = sorted(p.relative_to(ours.root) for p in ours.autograded.rglob("*"))
    assert files == sorted(p.relative_to(theirs.root) for p in theirs.autograded.rglob("*"))
    for path in files:
        if (ours.root / path).is_file():
            assert (ours.root / path).read_bytes() == (theirs.root / path).read_bytes()
            assert (ours.root / path).stat().st_mode == (theirs.root / path).stat().st_mode


@pytest.mark.parametrize(
    ("student", "forward", "backward"),
    [
        ("untouched", 0, 0),
        ("solved", 5, 10),
        ("duplicated", 5, 10),
        ("deleted", 5, 10),
        ("edited", 0, 0),
        ("scripted", 5, 10),
        ("linked", 5, 10),
        ("not-json", None, None),
        ("other", None, None),
    ],
)
def test_the_gradebook_has_what_the_work_is_worth(
    both: Both, student: str, forward: float | None, backward: float | None
) -> None:
    written = in_gradebook(both[0])
    assert written[student, FORWARD] == (forward, forward is None)
    assert written[student, BACKWARD] == (backward, backward is None)


def test_a_partly_wrong_function_gets_a_part_and_a_comment(both: Both) -> None:
    score, _ = in_gradebook(both[0])["half", BACKWARD]
    assert 0 < score < 10
    comment = comments(both[0])["half", f"{BACKWARD}_solution"]
    assert comment.startswith(f"{BACKWARD}: ")
    assert "checks failed" in comment


def test_the_grade_cells_are_the_releases_and_hold_the_card(both: Both) -> None:
    for student in ("half", "edited", "deleted", "duplicated"):
        path = both[0].autograded / student / NAME / f"{NAME}.ipynb"
        made = nbformat.read(path, 4)
        graded = [c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade")]
        points = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in graded}
        assert points == {**POINTS, QUESTION: 2}
        for check in graded[:2]:
            assert check.source == f"check({check.metadata.nbgrader.grade_id})"
            assert check.outputs[0].data["text/html"]


def test_an_unreadable_file_is_named_and_keeps_nobody_from_being_graded(both: Both) -> None:
    theirs, _, run = both
    assert "not-json: unreadable, no score: the file is not valid JSON" in run.stderr
    assert "another assignment" in grades(theirs)["other", "total"][-1]
    assert grades(theirs)["not-json", "total"][:1] == (None,)


def test_a_link_in_a_submission_is_not_followed_into_what_students_get(both: Both) -> None:
    theirs, _, _ = both
    for path in theirs.autograded.rglob("*"):
        assert path.is_dir() or path.name in (f"{NAME}.ipynb", "timestamp.txt")
        assert path.is_dir() or MARKER not in path.read_text() or "scripted" in path.parts


def test_formgrader_can_show_every_page(both: Both) -> None:
    from nbconvert import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[handlers.template_path]
    )
    resources = {"base_url": "", "submission_id": "x", "notebook_id": NAME, "index": 0, "total": 1}
    for path in sorted(both[0].autograded.rglob("*.ipynb")):
        html, _ = exporter.from_filename(str(path), resources=dict(resources))
        for name in (FORWARD, BACKWARD, QUESTION):
            assert html.count(f'id="{name}"') == 1
        assert f"<script>document.title = '{MARKER}'" not in html


def test_feedback_shows_the_card_and_runs_no_script_of_the_student(both: Both) -> None:
    theirs, _, _ = both
    run = nbgrader(theirs, "generate_feedback", NAME)
    assert run.returncode == 0, run.stderr
    half_ = (theirs.feedback / "half" / NAME / f"{NAME}.html").read_text()
    (verdict,) = [v for v, _ in VerdictStore(theirs.verdicts).all(NAME) if v.student == "half"]
    found = verdict.exercise(BACKWARD)
    assert found is not None
    for check in found.card.checks:
        assert check.title in half_
    assert "points</span>" in half_ or "of 10 points" in half_
    scripted_ = (theirs.feedback / "scripted" / NAME / f"{NAME}.html").read_text()
    assert f"<script>document.title = '{MARKER}'" not in scripted_
    unreadable = (theirs.feedback / "not-json" / NAME / f"{NAME}.html").read_text()
    assert "not valid JSON" in unreadable
    assert "no score yet" in unreadable
    for path in theirs.feedback.rglob("*"):
        assert path.is_dir() or path.suffix in (".html", ".txt")
        assert path.is_dir() or MARKER not in path.read_text() or "scripted" in path.parts


def test_formgraders_button_grades_in_the_same_way(course: Course) -> None:
    hand_in(course, "ada", half)
    result = press_autograde(course, "ada")
    assert result["success"], result
    directly = Course(course.root, course.root / "directly")
    hand_in(directly, "ada", half)
    shutil.copy2(course.secret, directly.root / "directly")
    session.grade(directly, NAME, isolation=session.isolation(), quiet=True)
    assert grades(directly) == grades(course)


def test_a_changed_submission_without_a_timestamp_is_graded_again(course: Course) -> None:
    hand_in(course, "ada", untouched)
    assert press_autograde(course, "ada")["success"]
    assert in_gradebook(course)["ada", BACKWARD] == (0, False)
    hand_in(course, "ada", solved)
    assert nbgrader(course, "autograde", NAME).returncode == 0
    assert in_gradebook(course)["ada", BACKWARD] == (10, False)


def test_a_resubmission_without_its_checks_does_not_keep_the_old_score(course: Course) -> None:
    hand_in(course, "ada", solved)
    assert press_autograde(course, "ada")["success"]

    def emptied(notebook: Notebook) -> None:
        notebook["cells"] = [c for c in notebook["cells"] if c is not cell(notebook, BACKWARD)]

    hand_in(course, "ada", emptied)
    assert press_autograde(course, "ada")["success"]
    assert in_gradebook(course)["ada", BACKWARD] == (0, False)


def test_what_a_person_entered_survives_grading_again_by_nbgrader(course: Course) -> None:
    hand_in(course, "ada", answered)
    assert press_autograde(course, "ada")["success"]
    assert in_gradebook(course)["ada", QUESTION] == (None, True)
    change(course, "ada", QUESTION, manual_score=1.5, needs_manual_grade=False)
    change(course, "ada", BACKWARD, extra_credit=0.5)
    assert press_autograde(course, "ada")["success"]
    rows = export.rows(course, read_release(course, NAME), VerdictStore(course.verdicts))
    by_name = {row.exercise: row for row in rows}
    assert (by_name[QUESTION].manual_score, by_name[QUESTION].pending) == (1.5, False)
    assert by_name[BACKWARD].manual_score == 10.5


def test_a_late_penalty_is_the_same_both_ways_and_survives(course: Course) -> None:
    text = course.config.read_text()
    course.config.write_text(f"{text}\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    path = hand_in(course, "ada", solved)
    (path.parent / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    release = read_release(course, NAME)
    gradebook.prepare(course, release)
    with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-01 12:00:00 UTC")
    for grade in (
        lambda: press_autograde(course, "ada"),
        lambda: session.grade(course, NAME, isolation=session.isolation(), quiet=True),
    ):
        grade()
        with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
            late = book.find_submission_notebook(NAME, NAME, "ada")
            assert (late.score, late.late_submission_penalty) == (15, 15)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.suffix not in (".db-wal", ".db-shm") and "__pycache__" not in p.parts
    }


@pytest.fixture
def no_isolation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse() -> None:
        raise JudgingUnfitError("submissions cannot be isolated on this machine: no Landlock")

    with monkeypatch.context() as patch:
        patch.setattr(session, "isolation", refuse)
        yield


def test_without_isolation_nothing_is_graded_and_nothing_lost(
    course: Course, request: pytest.FixtureRequest
) -> None:
    hand_in(course, "ada", solved)
    assert press_autograde(course, "ada")["success"]
    hand_in(course, "ada", half)
    before = everything_in(course.root)
    request.getfixturevalue("no_isolation")
    result = press_autograde(course, "ada")
    assert not result["success"]
    assert "[ERROR] Nothing was graded: submissions cannot be isolated" in result["log"]
    assert everything_in(course.root) == before


def test_an_assignment_that_was_never_released_is_one_line(course: Course) -> None:
    path = hand_in(course, "ada", solved)
    shutil.copytree(path.parent, course.submitted / "ada" / "09_unknown")
    run = nbgrader(course, "autograde", "09_unknown")
    assert run.returncode == 1
    assert "Nothing was graded: no assignment '09_unknown'" in run.stderr
    assert "Traceback" not in run.stderr


def test_what_was_edited_after_the_last_build_grades_nobody(course: Course) -> None:
    hand_in(course, "ada", solved)
    source = course.solution_file(NAME)
    source.write_text(source.read_text("utf-8").replace('"points": 10', '"points": 11'), "utf-8")
    before = everything_in(course.root)
    result = press_autograde(course, "ada")
    assert not result["success"]
    assert f"Nothing was graded: {NAME} was edited after the last build: solutions" in result["log"]
    assert everything_in(course.root) == before


def test_a_fault_of_the_grader_is_no_zero(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "ada", solved)

    def fail(grader: object, student: str, folder: Path) -> Verdict:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("autograder.batch.judge_folder", fail)
    assert press_autograde(course, "ada")["success"]
    assert in_gradebook(course)["ada", BACKWARD] == (None, True)
    assert grades(course)["ada", "total"][3] == "not judged"
    made = nbformat.read(course.autograded / "ada" / NAME / f"{NAME}.ipynb", 4)
    assert "a fault of ours" in made.cells[0].source


def test_nbgrader_can_still_generate_the_assignment(course: Course) -> None:
    hand_in(course, "ada", solved)
    assert press_autograde(course, "ada")["success"]
    from autograder import authoring

    authoring.build(course)
    before = course.release_file(NAME).read_bytes()
    run = nbgrader(course, "generate_assignment", NAME, "--force")
    assert run.returncode == 0, run.stderr
    assert in_gradebook(course)["ada", BACKWARD] == (10, False)
    made = nbformat.reads(course.release_file(NAME).read_text(), 4)
    wanted = nbformat.reads(before.decode(), 4)
    assert [c.source for c in made.cells] == [c.source for c in wanted.cells]
