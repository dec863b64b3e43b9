"""The sample class: that each submission is what its name says, and gets what it should."""

import importlib.util
import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from autograder import batch, class_report, reference, sandbox
from autograder.course import Course
from autograder.demo import DEMO_SECRET
from autograder.errors import UsageError
from autograder.release import Release, read_release
from autograder.secret import write_secret
from autograder.store import VerdictStore
from autograder.verdict import ExerciseVerdict, Verdict

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("02_convolution", "03_pooling")
EVERYWHERE = {
    "reference",
    "untouched",
    "never-returns",
    "kills-its-process",
    "grade-cell-deleted",
    "duplicated-cell",
    "not-json",
    "scratch-cells",
}


def _load() -> ModuleType:
    """The script as the demonstration loads it: examples are no package."""
    spec = importlib.util.spec_from_file_location("sample_class", ROOT / "examples/sample_class.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sample_class = _load()
SAMPLES = [(a, student) for a in ASSIGNMENTS for student in sample_class.EXPECTED[a]]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course(ROOT, tmp_path_factory.mktemp("class"))
    # Two runs judge by the same numbers.
    write_secret(course.secret, DEMO_SECRET)
    sample_class.write_class(course, course.submitted)
    return course


def submitted(course: Course, student: str, assignment: str) -> Path:
    return course.submitted / student / assignment / f"{assignment}.ipynb"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_class_has_every_kind_of_submission_and_eight_mistakes(assignment: str) -> None:
    samples = sample_class.SAMPLES[assignment]
    assert samples.keys() >= EVERYWHERE
    assert len(samples) >= 14
    own = [s for name, s in samples.items() if name not in EVERYWHERE and s.edits]
    assert len(own) >= 8


def test_submissions_lie_where_nbgrader_looks_for_them(course: Course) -> None:
    found = {
        (path.parts[-2], path.parts[-3])
        for path in course.submitted.glob("*/*/*")
        if path.is_file()
    }
    assert found == set(SAMPLES)
    assert len(list(course.submitted.rglob("*.ipynb"))) == len(SAMPLES)


def test_a_second_run_writes_the_same_bytes(course: Course, tmp_path: Path) -> None:
    names = sample_class.write_class(course, tmp_path)
    assert names == list(ASSIGNMENTS)
    sample_class.write_class(course, tmp_path)
    for path in course.submitted.rglob("*.ipynb"):
        assert path.read_bytes() == (tmp_path / path.relative_to(course.submitted)).read_bytes()
        assert b"\r" not in path.read_bytes()


@pytest.mark.parametrize(("assignment", "student"), SAMPLES)
def test_every_submission_but_the_broken_one_is_a_valid_notebook(
    course: Course, assignment: str, student: str
) -> None:
    text = submitted(course, student, assignment).read_text(encoding="utf-8")
    if student == "not-json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
    else:
        nbformat.validate(json.loads(text))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_untouched_notebook_is_the_released_one(course: Course, assignment: str) -> None:
    released = json.loads(course.release_file(assignment).read_text(encoding="utf-8"))
    handed_in = json.loads(submitted(course, "untouched", assignment).read_text(encoding="utf-8"))
    assert [_plain(c) for c in handed_in["cells"]] == [_plain(c) for c in released["cells"]]


def _plain(cell: Mapping[str, object]) -> tuple[object, str]:
    return cell["metadata"], "".join(cell["source"])


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_mistake_is_a_submission_of_its_own(course: Course, assignment: str) -> None:
    students = sample_class.EXPECTED[assignment]
    texts = {submitted(course, student, assignment).read_bytes() for student in students}
    assert len(texts) == len(students)


def test_a_mistake_that_no_longer_fits_the_reference_is_an_error(course: Course) -> None:
    mistake = sample_class.Sample(
        sample_class.Expected("partial"),
        (("conv_forward_naive", "a line that is not there", "pass"),),
    )
    released = json.loads(course.release_file(ASSIGNMENTS[0]).read_text(encoding="utf-8"))
    right = reference.load(course, ASSIGNMENTS[0])
    with pytest.raises(UsageError, match="occurs 0 times"):
        sample_class.make(mistake, ASSIGNMENTS[0], released, right)


def test_a_course_without_releases_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "solutions").symlink_to(ROOT / "solutions")
    with pytest.raises(UsageError, match="autograder build"):
        sample_class.write_class(Course(tmp_path), tmp_path / "submitted")


# What grading finds.


@pytest.fixture(scope="module")
def verdicts(course: Course) -> Mapping[tuple[str, str], Verdict]:
    """Every sample, judged in a real sandbox."""
    isolation = sandbox.probe()
    if isolation.tier == "none":
        pytest.skip(f"no isolation on this machine: {'; '.join(isolation.missing)}")
    found = {}
    for assignment in ASSIGNMENTS:
        make = partial(batch.make_grader, course, assignment, isolation)
        submissions = batch.find_submissions(course, assignment)
        for graded in batch.grade_class(make, submissions, VerdictStore(course.verdicts)):
            found[assignment, graded.verdict.student] = graded.verdict
    return found


@pytest.mark.parametrize(("assignment", "student"), SAMPLES)
def test_grading_finds_in_each_sample_what_its_name_says(
    course: Course, verdicts: Mapping[tuple[str, str], Verdict], assignment: str, student: str
) -> None:
    expected = sample_class.EXPECTED[assignment][student]
    verdict = verdicts[assignment, student]
    if expected.outcome == "unreadable":
        assert verdict.status == "unreadable"
        assert verdict.exercises == ()
        assert verdict.reason
        return
    assert verdict.status == "judged", verdict.reason
    release = read_release(course, assignment)
    score, maximum = _points(verdict, release)
    if expected.outcome == "zero":
        assert score == 0
        assert {found.card.status for found in verdict.exercises} == {"not started"}
        return
    assert (score == maximum) == (expected.outcome == "full")
    assert score > 0
    for found in verdict.exercises:
        _compare(found, expected)


def _points(verdict: Verdict, release: Release) -> tuple[float, float]:
    """Automatic points without bonus, and what they are out of."""
    cells = [cell for cell in release.cells if cell.kind == "autograded"]
    scores = [verdict.exercise(cell.grade_id).score(cell.points) for cell in cells]
    return sum(scores), sum(cell.points for cell in cells)


def _compare(found: ExerciseVerdict, expected: object) -> None:
    failed = {check.name for check in found.card.checks if check.status != "passed"}
    everything = {check.name for check in found.card.checks}
    surely = set(expected.loses.get(found.exercise, ()))
    surely = everything if surely == {sample_class.ALL} else surely
    perhaps = set(expected.perhaps.get(found.exercise, ()))
    assert surely | perhaps <= everything, f"no such check in {found.exercise}"
    assert surely <= failed <= surely | perhaps, found.exercise


@pytest.mark.parametrize(
    ("student", "words"),
    [("never-returns", "processor time"), ("kills-its-process", "process")],
)
def test_what_stopped_a_function_is_told(
    verdicts: Mapping[tuple[str, str], Verdict], student: str, words: str
) -> None:
    for assignment in ASSIGNMENTS:
        cards = [found.card for found in verdicts[assignment, student].exercises]
        stopped = [card for card in cards if card.status == "failed"]
        assert stopped
        for card in stopped:
            assert words in card.reason


def test_the_class_report_of_the_samples_names_their_mistakes(
    course: Course, verdicts: Mapping[tuple[str, str], Verdict]
) -> None:
    report = class_report.report(course, ASSIGNMENTS, VerdictStore(course.verdicts))
    for part in report.assignments:
        assert part.submissions == len(sample_class.EXPECTED[part.assignment])
        assert part.states["unreadable"] == part.states["not started"] == 1
        assert len(part.mistakes) >= 3
        assert part.most_failed


# What the reader is told.

_ROW = re.compile(
    r"\| `(?P<student>[a-z-]+)` \| (?P<says>.+) \| (?P<outcome>\w+) \| (?P<loses>.*) \|"
)


def _told(assignment: str) -> dict[str, re.Match[str]]:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## `{assignment}`", 1)[1].split("\n## ", 1)[0]
    rows = [_ROW.fullmatch(line.strip()) for line in section.splitlines()]
    return {row["student"]: row for row in rows if row}


def _losses(expected: object) -> str:
    """The fourth column of the table for an expectation."""
    parts = []
    for exercise, checks in expected.loses.items():
        perhaps = [f"perhaps {name}" for name in expected.perhaps.get(exercise, ())]
        parts.append(f"`{exercise}`: {', '.join([*checks, *perhaps])}")
    return "; ".join(parts)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_readme_tells_of_every_student_what_is_expected(assignment: str) -> None:
    told = {student: (row["outcome"], row["loses"]) for student, row in _told(assignment).items()}
    samples = sample_class.EXPECTED[assignment]
    assert told == {s: (expected.outcome, _losses(expected)) for s, expected in samples.items()}
