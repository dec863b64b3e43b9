"""Submissions that try to earn without knowing: nothing is gained, nothing is read."""

import sqlite3

import pytest

BACKWARD = "conv_backward_naive"
EVERY_CHECK = {"dx", "dw", "db", "integers", "unchanged", "repeatable"}

ZEROS = f"""
def {BACKWARD}(dout, cache):
    x, w, b, conv_param = cache
    return x * 0.0, w * 0.0, b * 0.0
"""
COURSE = "{root}"
ATTEMPTS = {
    "replaced comparisons": ZEROS + """
same = lambda *given, **options: True
for name in ("allclose", "array_equal", "isclose", "isfinite", "abs", "max", "all"):
    setattr(np, name, same)
np.testing.assert_allclose = np.testing.assert_array_equal = same
""",
    "an array that equals everything": f"""
class Equal(np.ndarray):
    __eq__ = __le__ = __lt__ = lambda self, other: np.ones(self.shape, bool)
    __sub__ = __rsub__ = __abs__ = lambda self, *other: np.zeros(self.shape).view(Equal)
    def __array_ufunc__(self, ufunc, method, *given, **options):
        return np.zeros(self.shape)
def {BACKWARD}(dout, cache):
    x, w, b, conv_param = cache
    return tuple((a * 0.0).view(Equal) for a in (x, w, b))
""",
    "the grader's own reference": ZEROS + f"""
from pathlib import Path
from autograder import reference
found = reference.load(Path("{COURSE}/solutions"), "02_convolution")
{BACKWARD} = found.functions["{BACKWARD}"]
""",
    "the solutions": ZEROS + f"""
import ast
text = open("{COURSE}/solutions/02_convolution.py").read()
for part in ast.parse(text).body:
    if isinstance(part, ast.FunctionDef) and part.name == "{BACKWARD}":
        exec(ast.unparse(part))
""",
    "the recorded answers": f"""
from course_utils.recorded import load
def {BACKWARD}(dout, cache):
    return tuple(load("{BACKWARD}").answers["plain"].values())
""",
    "the recorded file": f"""
import glob
found = glob.glob("{COURSE}/course_utils/data/exercises/*") + glob.glob("/**/{BACKWARD}.json")
{ZEROS.replace("x * 0.0", "x * 0.0 if not found else open(found[0]).read()")}
""",
    "a gradient checker of the course": f"""
from course_utils import numerical_gradient
from course_utils.gradients import central_difference
def {BACKWARD}(dout, cache):
    x, w, b, conv_param = cache
    def loss(*given):
        return conv_forward_naive(*given, conv_param)[0]
    return tuple(numerical_gradient(loss, a, dout) for a in (x, w, b))
""",
    "whatever else is in memory": f"""
import gc, sys
def {BACKWARD}(dout, cache):
    x, w, b, conv_param = cache
    seen = [o for o in gc.get_objects() if isinstance(o, np.ndarray) and o is not x]
    frame = sys._getframe()
    while frame:
        seen += [v for v in frame.f_locals.values() if isinstance(v, np.ndarray)]
        frame = frame.f_back
    return tuple(
        next((s for s in seen if s.shape == a.shape and s is not a), a) for a in (x, w, b)
    )
""",
    "modules planted beside the notebook": ZEROS + """
for name in ("matplotlib", "numpy", "course_utils", "sitecustomize"):
    with open(name + ".py", "w") as file:
        file.write("raise SystemExit(0)")
import sys
sys.modules["course_utils"] = sys.modules["numpy"]
""",
}  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_knowing_where_answers_are_earns_nothing(grader, submission, course, lost, attempt) -> None:
    source = ATTEMPTS[attempt].replace(COURSE, str(course.root))
    verdict = grader.grade(submission(backward=source))
    assert verdict.status == "judged"
    assert lost(verdict) == {BACKWARD: EVERY_CHECK}
    # It was tried: what is wrong is the answer, not the way of asking.
    assert verdict.exercise(BACKWARD).card.reason == ""


UPDATE = """
import sqlite3
db = sqlite3.connect("PATH")
db.execute("UPDATE grade SET auto_score = 100")
db.commit()
"""


def test_a_cell_cannot_touch_the_gradebook(grader, submission, tmp_path) -> None:
    path = tmp_path / "gradebook.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE grade (auto_score REAL)")
        db.execute("INSERT INTO grade VALUES (0)")
    db.close()
    tmp_path.chmod(0o777)
    path.chmod(0o666)
    before = path.read_bytes()
    attack = UPDATE.replace("PATH", str(path))
    removal = f"import os\nos.remove('{path}')"
    verdict = grader.grade(submission(attack, removal))
    assert path.read_bytes() == before
    assert [found.share for found in verdict.exercises] == [1, 1]
