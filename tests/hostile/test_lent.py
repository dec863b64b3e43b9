"""A student's own test is lent functions that the grader evaluates: nothing is gained by that."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import batch, reference, sandbox
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.grading import Grader
from autograder.submission import Submission, SubmittedCell

ROOT = Path(__file__).resolve().parents[2]
NAME, FUNCTION = "07_bug_clinic", "my_test"
(QUESTION,) = (q for q in QUESTIONS[NAME] if q.exercise.name == FUNCTION)
#: Whether each lent function is right, in the order in which the exercise names them.
ORDER = [float(name.startswith("by ")) for name in QUESTION.exercise.cases]

COUNTS = f"""
ORDER, calls = {ORDER}, 0
def my_test(forward, backward):
    global calls
    calls += 1
    return ORDER[(calls - 1) % len(ORDER)]
"""
LOOKS = """
def my_test(forward, backward):
    told = " ".join(map(str, (backward, backward.__closure__, backward.__code__.co_consts)))
    numbers = [c.cell_contents for c in backward.__closure__ or ()]
    return float("by " in told or any("right" in str(n) for n in numbers))
"""
READS = """
import gc
def my_test(forward, backward):
    names = {o for o in gc.get_objects() if type(o) is str}
    return float(any("right distances" in n or "by loops" in n for n in names))
"""
FORGES = """
import gc, json, os, struct
channel = next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
def my_test(forward, backward):
    for number in range(-1, 9):
        try:
            channel.ask(number, ([0.0],))
        except ValueError:
            pass
    return 1.0
"""
ASKS = """
def my_test(forward, backward):
    while True:
        try:
            forward(1.0, 1.0)
        except ValueError:
            pass
"""


@pytest.fixture(scope="module")
def grader(tmp_path_factory) -> Grader:
    if sandbox.probe().tier == "none":
        pytest.skip("submissions cannot be isolated on this machine")
    course = Course(ROOT, tmp_path_factory.mktemp("class"))
    return batch.make_grader(course, NAME, sandbox.probe())


def judged(grader: Grader, source: str):
    cells = (
        SubmittedCell("import numpy as np"),
        SubmittedCell(source),
        SubmittedCell("", FUNCTION),
    )
    verdict = grader.grade(Submission("eve", NAME, cells))
    assert verdict.status == "judged", verdict.reason
    return verdict.exercise(FUNCTION)


def test_a_right_test_earns_all_points(grader) -> None:
    right = reference.load(Course(ROOT), NAME).source(FUNCTION)
    assert judged(grader, right).share == 1


def test_counting_the_calls_does_not_tell_right_functions_from_wrong_ones(grader) -> None:
    """Nor does luck help, with a number of seeds: an answer counts that comes twice."""
    pinned = replace(grader, secret=b"the same in every run")
    shares = [judged(pinned, f"{COUNTS}\n# {number}").share for number in range(12)]
    assert shares == [0] * 12


@pytest.mark.parametrize("source", [LOOKS, READS, FORGES], ids=["looks", "reads", "forges"])
def test_what_is_lent_shows_nothing_but_its_answers(grader, source) -> None:
    assert judged(grader, source).share == 0


def test_asking_for_ever_is_stopped(grader) -> None:
    assert "called what it was given more than 20000 times" in judged(grader, ASKS).card.reason


GREEDY = """
import itertools, json, resource
import numpy as np
from autograder.exercises import QUESTIONS
from autograder.sandbox import lent
from course_utils.specimens import Specimen

functions = {
    str(value): value
    for questions in QUESTIONS.values()
    for question in questions
    if question.exercise.specimens
    for inputs in question.inputs(b"seed").values()
    for value in inputs.values()
    if isinstance(value, Specimen)
}
n = lent.MOST_BYTES // 24
shapes = ((n,), (n, 1), (1, n), (1, 1, 1, n), (200, 200))
given = [np.ones(shape) for shape in shapes]
one, two, three = (list(itertools.product(given, repeat=count)) for count in (1, 2, 3))
asked = [*one, *two, *three, *((a, (b, c)) for a, b, c in three)]
pages = int(open("/proc/self/statm").read().split()[0])
bound = pages * resource.getpagesize() + 128 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
greedy = set()
for name, function in functions.items():
    for arguments in asked:
        told = lent._evaluated(function, arguments)["failed"]
        if "Memory" in told or "too large" in told and "argument" in told:
            greedy.add((name, told))
print(json.dumps([len(functions), sorted(greedy)]))
"""


def test_no_lent_function_makes_something_large_of_what_it_is_given() -> None:
    """They run in the grader's process, which no limit ends."""
    run = subprocess.run(
        [sys.executable, "-c", GREEDY], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    functions, greedy = json.loads(run.stdout)
    assert functions >= 20
    assert greedy == []
