"""The traps of stock autograding: none of them is one here, by either way of grading.

One class falls into every trap.  It is graded by ``nbgrader autograde`` with the course's
settings and, from a copy, by ``autograder grade``; then two submissions change, and it is
graded again.
"""

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder import export, sandbox, session
from autograder.course import Course
from autograder.release import read_release
from autograder.store import VerdictStore

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
]

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
FULL, NOTHING, NONE = (5.0, 10.0), (0.0, 0.0), (None, None)
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Class:
    """A graded class: the points in its gradebook, and what was said on the way."""

    course: Course
    said: str

    def points(self, student: str) -> tuple[float | None, float | None]:
        """Forward and backward, as nbgrader's gradebook has them."""
        with Gradebook(f"sqlite:///{self.course.gradebook}", "backprop-by-hand") as book:
            return tuple(
                book.find_grade(f, NAME, NAME, student).auto_score for f in (FORWARD, BACKWARD)
            )

    def reason(self, student: str) -> str:
        """Why there is no score, as the table of grades says it."""
        release = read_release(self.course, NAME)
        table = export.rows(self.course, release, VerdictStore(self.course.verdicts))
        return next(r.reason for r in table if (r.student, r.exercise) == (student, "total"))


def grade_cell(notebook: Notebook, name: str) -> Notebook:
    found = (
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return next(found)


def own(source: str, number: int = 0) -> Notebook:
    return {
        "cell_type": "code",
        "id": f"own{number}",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def first(*sources: str) -> Callable[[Notebook], None]:
    """Put cells in front of all others."""
    return lambda n: n["cells"].__setitem__(slice(0, 0), [own(s, i) for i, s in enumerate(sources)])


def in_place_of_the_check(source: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        for name in (FORWARD, BACKWARD):
            grade_cell(notebook, name)["source"] = source

    return change


def warning(notebook: Notebook) -> None:
    for name in (FORWARD, BACKWARD):
        solution = grade_cell(notebook, f"{name}_solution")
        noise = (
            "import sys\n    print('noise', file=sys.stderr)\n    np.zeros(1) / np.zeros(1)\n    "
        )
        changed = re.sub(r"\n    (?=return )", f"\n    {noise}", solution["source"])
        assert changed != solution["source"]
        solution["source"] = changed


def without_check(notebook: Notebook) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if c is not grade_cell(notebook, BACKWARD)]


def unsolved(notebook: Notebook) -> None:
    for name in (FORWARD, BACKWARD):
        grade_cell(notebook, f"{name}_solution")["source"] = "pass"
    without_check(notebook)


def duplicated(notebook: Notebook) -> None:
    notebook["cells"] += json.loads(
        json.dumps([grade_cell(notebook, n) for n in (FORWARD, BACKWARD)])
    )


def renamed(notebook: Notebook) -> None:
    grade_cell(notebook, BACKWARD)["metadata"]["nbgrader"]["grade_id"] = "other"


def flipped(notebook: Notebook) -> None:
    for name in (FORWARD, BACKWARD, f"{BACKWARD}_solution"):
        settings = grade_cell(notebook, name)["metadata"]["nbgrader"]
        settings |= {
            "grade": not settings["grade"],
            "solution": not settings["solution"],
            "points": 1,
        }


CHEAT = (
    """import numpy as np
np.max = np.abs = lambda *a, **k: 0.0
np.allclose = np.array_equal = lambda *a, **k: True""",
    """open("matplotlib.py", "w").write("raise SystemExit")
open("conftest.py", "w").write("import os; os._exit(0)")""",
    """get_ipython().input_transformers_cleanup.append(lambda lines: ["100.0"])""",
    """import builtins
builtins.abs = builtins.max = lambda *a: 0
builtins.all = lambda *a: True""",
)
#: What the last line of a check may be worth: stock autograde takes each as points.
CLAIMS = {
    "a third": "import numpy as np\nnp.float64(0.33)",
    "an integer zero": "import numpy as np\nnp.int64(0)",
    "false": "False",
    "nan": "float('nan')",
    "negative": "-1.0",
}
LEAK = "x.ravel()[:3].tolist()"


def leaking(notebook: Notebook) -> None:
    """Says what it was given in every way that a page could show."""
    solution = grade_cell(notebook, f"{BACKWARD}_solution")
    says = f"print('SAID', {LEAK})\n    raise ValueError('RAISED' + repr({LEAK}))\n    "
    solution["source"] = solution["source"].replace("return dx", f"{says}return dx")


def scripted(notebook: Notebook) -> None:
    first("# <script>window.ran = 1</script>")(notebook)
    attack = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    notebook["cells"].insert(
        0, {"cell_type": "markdown", "id": "m", "metadata": {}, "source": attack}
    )
    notebook["cells"][1]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": attack}}
    ]


#: Writes full points into the gradebook, for everybody.
SQL = """import sqlite3
for path in ("gradebook.db", "../gradebook.db", {path!r}):
    try:
        db = sqlite3.connect(path)
        db.execute("UPDATE grade SET auto_score = 77, manual_score = 77")
        db.commit()
    except Exception:
        pass"""


#: (student, whether the work is the solved one, what is done to it, the points it is worth)
SUBMISSIONS: tuple[tuple[str, bool, Callable[[Notebook], None], object], ...] = (
    ("warning", True, warning, FULL),
    *(
        (f"claim {kind}", False, in_place_of_the_check(source), NOTHING)
        for kind, source in CLAIMS.items()
    ),
    ("above the maximum", False, in_place_of_the_check("1000.0"), NOTHING),
    ("silent", False, in_place_of_the_check("pass"), NOTHING),
    ("cheat", False, first(*CHEAT), NOTHING),
    ("resubmitted", True, lambda _: None, FULL),
    ("changed", False, lambda _: None, NOTHING),
    ("exit", True, first("import os\nos._exit(0)"), FULL),
    ("duplicated", True, duplicated, FULL),
    ("renamed", True, renamed, FULL),
    ("flipped", True, flipped, FULL),
    ("loud", True, first("for _ in range(200):\n    print('x' * 1_000_000)"), FULL),
    ("leaking", True, leaking, (5.0, 0.0)),
    ("scripted", True, scripted, FULL),
    ("endless", True, first("while True:\n    pass"), FULL),
    ("honest", True, lambda _: None, FULL),
)


def hand_in(course: Course, student: str, notebook: Notebook) -> Path:
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    return path


def by_nbgrader(course: Course) -> str:
    """Grade as from a virtual environment that is not activated, without a gradebook."""
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", NAME],
        cwd=course.root,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stderr


def directly(course: Course) -> str:
    session.grade(course, NAME, isolation=session.isolation(), quiet=True)
    return ""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory, solved: Notebook) -> Path:
    """A course with the class in it; its path has a space."""
    course = Course(tmp_path_factory.mktemp("the course"))
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, course.root / name)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    released = json.loads(course.release_file(NAME).read_text())
    for student, is_solved, change, _ in SUBMISSIONS:
        notebook = json.loads(json.dumps(solved if is_solved else released))
        change(notebook)
        hand_in(course, student, notebook)
    bad = hand_in(course, "bad JSON", solved)
    bad.write_text(bad.read_text()[:-700])
    return course.root


@pytest.fixture(scope="module", params=[by_nbgrader, directly], ids=["nbgrader", "autograder"])
def graded(
    request: pytest.FixtureRequest,
    handed_in: Path,
    solved: Notebook,
    tmp_path_factory: pytest.TempPathFactory,
) -> Class:
    """The class, graded one way, once before and once after two submissions changed."""
    course = Course(tmp_path_factory.mktemp("graded") / "the course")
    shutil.copytree(handed_in, course.root)
    path = hand_in(course, "sql", json.loads(course.release_file(NAME).read_text()))
    notebook = json.loads(path.read_text())
    first(SQL.format(path=str(course.gradebook)))(notebook)
    path.write_text(json.dumps(notebook))
    request.param(course)
    emptied = json.loads(json.dumps(solved))
    unsolved(emptied)
    hand_in(course, "resubmitted", emptied)
    hand_in(course, "changed", solved)
    return Class(course, request.param(course))


def expected(student: str) -> object:
    return next(points for name, _, _, points in SUBMISSIONS if name == student)


def test_what_a_graded_cell_writes_to_stderr_costs_no_point(graded: Class) -> None:
    assert graded.points("warning") == FULL


@pytest.mark.parametrize("kind", CLAIMS)
def test_the_value_of_a_checks_last_line_is_worth_nothing(graded: Class, kind: str) -> None:
    assert graded.points(f"claim {kind}") == NOTHING


def test_a_claim_above_the_maximum_is_worth_nothing_and_no_error(graded: Class) -> None:
    assert graded.points("above the maximum") == NOTHING
    assert graded.reason("above the maximum") == ""


def test_a_check_that_says_nothing_is_worth_nothing(graded: Class) -> None:
    assert graded.points("silent") == NOTHING


def test_replaced_functions_planted_modules_and_transformers_earn_nothing(graded: Class) -> None:
    assert graded.points("cheat") == NOTHING


def test_a_cell_cannot_write_into_the_gradebook(graded: Class) -> None:
    assert graded.points("sql") == NOTHING
    with closing(sqlite3.connect(graded.course.gradebook)) as db:
        given = db.execute("SELECT auto_score, manual_score FROM grade").fetchall()
    assert given
    assert all(auto != 77 and manual is None for auto, manual in given)


def test_a_resubmission_without_its_check_does_not_keep_the_old_score(graded: Class) -> None:
    assert graded.points("resubmitted") == NOTHING


def test_a_changed_submission_without_a_timestamp_is_judged_again(graded: Class) -> None:
    assert graded.points("changed") == FULL


def test_a_cell_that_ends_the_process_costs_nothing_else(graded: Class) -> None:
    assert graded.points("exit") == FULL


def test_a_duplicated_check_keeps_nobody_from_being_graded(graded: Class) -> None:
    assert graded.points("duplicated") == FULL
    assert graded.points("honest") == FULL


@pytest.mark.parametrize("student", ["renamed", "flipped"])
def test_renamed_ids_and_flipped_flags_change_nothing(graded: Class, student: str) -> None:
    assert graded.points(student) == FULL
    assert graded.reason(student) == ""


def test_bad_json_is_a_reason_and_no_zero(graded: Class) -> None:
    assert graded.points("bad JSON") == NONE
    assert graded.reason("bad JSON").startswith("the file is not valid JSON")


def test_200_mb_of_print_stay_out_of_this_process(solved: Notebook, grader, hand_in) -> None:
    loud = json.loads(json.dumps(solved))
    next(change for name, _, change, _ in SUBMISSIONS if name == "loud")(loud)
    from autograder.batch import judge_folder

    quiet_path, loud_path = hand_in("quiet", solved), hand_in("loud", loud)
    judge_folder(grader, "quiet", quiet_path.parent)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    verdict = judge_folder(grader, "loud", loud_path.parent)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert [found.share for found in verdict.exercises[:2]] == [1, 1]
    assert grown < 20_000, f"{grown / 1000:.0f} MB"


def test_200_mb_of_print_cost_no_point(graded: Class) -> None:
    assert graded.points("loud") == FULL
    size = sum(p.stat().st_size for p in (graded.course.autograded / "loud").rglob("*.ipynb"))
    assert size < 1_000_000


def test_nothing_hidden_is_in_what_the_student_gets(graded: Class) -> None:
    from autograder.batch import make_grader
    from autograder.grading import Grader
    from autograder.preparation import make
    from course_utils import recorded

    grader: Grader = make_grader(graded.course, NAME, session.isolation())
    (verdict,) = [
        v for v, _ in VerdictStore(graded.course.verdicts).all(NAME) if v.student == "leaking"
    ]
    question = next(q for q in grader.questions if q.exercise.name == BACKWARD)
    hidden = make(question, grader.reference.functions, bytes.fromhex(verdict.seed)).cases
    visible = recorded.load(BACKWARD).cases

    def said(cases: Any) -> set[str]:
        found = (c.inputs["x"].ravel()[:3].tolist() for c in cases.values())
        return {repr(numbers)[1:-1] for numbers in found if len(numbers) == 3}

    text = (graded.course.autograded / "leaking" / NAME / f"{NAME}.ipynb").read_text()
    assert "RAISED" in text
    assert [numbers for numbers in said(visible) if numbers in text]
    assert [numbers for numbers in said(hidden) - said(visible) if numbers in text] == []
    for source in ("Traceback", "autograder/", "site-packages"):
        assert source not in text


def test_a_script_in_markdown_or_output_is_text_or_gone(graded: Class) -> None:
    made = json.loads((graded.course.autograded / "scripted" / NAME / f"{NAME}.ipynb").read_text())
    for cell in made["cells"]:
        if cell["cell_type"] == "markdown":
            assert "<script" not in "".join(cell["source"])
    shown = json.dumps([c.get("outputs", []) for c in made["cells"]])
    assert "window.ran" not in shown


def test_an_endless_loop_is_left_out_and_costs_nobody_a_point(graded: Class) -> None:
    assert graded.points("endless") == FULL


def test_every_submission_has_the_points_it_is_worth(graded: Class) -> None:
    later = {"resubmitted": NOTHING, "changed": FULL}
    found = {name: graded.points(name) for name, _, _, _ in SUBMISSIONS}
    assert found == {name: later.get(name, points) for name, _, _, points in SUBMISSIONS}


@pytest.mark.long
def test_eight_command_lines_at_once_grade_what_one_would(handed_in: Path, tmp_path: Path) -> None:
    """Four of each kind, each for students of its own, and no gradebook to begin with."""
    course = Course(tmp_path / "the course")
    shutil.copytree(handed_in, course.root)
    students = [name for name, *_ in SUBMISSIONS][:9]
    ours = [sys.executable, "-c", "import sys; from autograder.cli import main; sys.exit(main())"]
    theirs = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    commands = [[*ours, "grade", NAME, "--students", *students[i : i + 2]] for i in (0, 1, 2, 3)]
    commands += [[*theirs, f"--student={name}"] for name in students[5:]]
    running = [
        subprocess.Popen(
            command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for command in commands
    ]
    ended = [(process.communicate()[1], process.returncode) for process in running]
    assert [error[-3000:] for error, code in ended if code != 0] == []
    here = Class(course, "")
    assert {name: here.points(name) for name in students} == {
        name: points for name, _, _, points in SUBMISSIONS if name in students
    }
