"""The student's own ``check`` and final grading find the same in every sample mistake."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from autograder import batch, reference
from autograder.course import Course
from autograder.grading import Grader
from autograder.reference import Reference
from autograder.sandbox import Isolation
from autograder.submission import Submission, SubmittedCell
from course_utils.checking import examine

ROOT = Path(__file__).parents[2]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_class", ROOT / "examples/sample_class.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SAMPLES = {
    (assignment, student): sample
    for assignment, samples in _load().SAMPLES.items()
    for student, sample in samples.items()
    # Not those that never return or kill their process: nothing can be said of them here.
    if sample.edits and not {"never-returns", "kills-its-process"} & {student}
}


@pytest.fixture(scope="module")
def graders(isolation: Isolation, tmp_path_factory) -> dict[str, Grader]:
    course = Course(ROOT, tmp_path_factory.mktemp("class"))
    return {name: batch.make_grader(course, name, isolation) for name in course.notebooks}


@pytest.mark.parametrize(("assignment", "student"), SAMPLES)
def test_check_and_grading_find_the_same(graders, assignment: str, student: str) -> None:
    sample = SAMPLES[assignment, student]
    changed = reference.load(ROOT / "solutions", assignment)
    for function, old, new in sample.edits:
        changed = changed.changed(function, [(old, new)])
    verdict = graders[assignment].grade(_submission(student, assignment, changed))
    assert verdict.status == "judged"
    for found in verdict.exercises:
        card = found.card
        local = examine(changed.functions[card.function], found.exercise)
        # Whether some checks fail depends on the numbers; the sample names them.
        perhaps = set(getattr(sample.expected, "perhaps", {}).get(found.exercise, ()))
        assert _failed(local) - perhaps == _failed(card) - perhaps, found.exercise
        if not perhaps:
            assert local.status == card.status
            # Examples and sentences come from the visible cases in both.
            assert (local.diagnosis, local.example) == (card.diagnosis, card.example)


CROP = "x_pad[:, :, padding : padding + H, padding : padding + W]"


@pytest.mark.parametrize(
    ("assignment", "helper", "edit", "callers"),
    [
        (
            "04_im2col",
            "col2im_indices",
            (CROP, "x_pad[:, :, padding:-padding, padding:-padding]"),
            {"conv_backward_im2col", "max_pool_backward_im2col"},
        ),
        (
            "06_recurrent",
            "rnn_step_backward",
            ("dprev_h = da @ Wh.T", "dprev_h = da @ Wh"),
            {"rnn_backward"},
        ),
    ],
)
def test_a_function_that_calls_a_wrong_one_is_told_so_and_named_no_mistake(
    graders, assignment: str, helper: str, edit: tuple[str, str], callers: set[str]
) -> None:
    """Both find it: the function itself is right."""
    changed = reference.load(ROOT / "solutions", assignment).changed(helper, [edit])
    verdict = graders[assignment].grade(_submission("ada", assignment, changed))
    first = f"{helper} is not right yet: if this calls it, mend it first."
    for caller in callers:
        graded = verdict.exercise(caller).card
        local = examine(changed.functions[caller], caller)
        assert graded.status == local.status == "failed"
        assert (graded.diagnosis, graded.example) == (local.diagnosis, local.example)
        assert local.diagnosis[0] == first
        assert not any("looks like" in sentence for sentence in local.diagnosis)
    own = verdict.exercise(helper).card.diagnosis
    assert own
    assert first not in own


def _submission(student: str, assignment: str, functions: Reference) -> Submission:
    code = [SubmittedCell("import numpy as np")]
    code += [SubmittedCell(functions.source(name)) for name in functions.functions]
    return Submission(student, assignment, tuple(code))


def _failed(card) -> set[str]:
    # In a notebook a cache may be untested as yet, which fails nothing.
    return {check.name for check in card.checks if check.status == "failed"}


def test_the_samples_make_mistakes_in_every_required_function() -> None:
    for assignment in ("02_convolution", "03_pooling"):
        edited = {
            function
            for (name, _), sample in SAMPLES.items()
            if name == assignment
            for function, _, _ in sample.edits
        }
        asked = {q.exercise.function for q in batch.QUESTIONS[assignment]}
        assert edited == asked
