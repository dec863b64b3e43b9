"""What a child is for: cells run, functions are called, plain arrays come back."""

import contextlib
import time

import numpy as np
import pytest

from autograder.sandbox import UNISOLATED, Child, ChildStopped, Limits, SandboxError
from course_utils.exercise import Kept, Raised

FORWARD = """
import numpy as np

def forward(x, w, param):
    out = x * w + param["bias"]
    return out, (x, w)

def backward(dout, cache):
    x, w = cache
    return dout * w, dout * x

print("defined")
"""


@pytest.fixture
def notebook(child):
    assert child.run_cell(FORWARD, "cell 1").raised is None
    return child


def _returned(child, expression: str, outputs=("dx",), **options):
    """What comes back from a function that returns this expression."""
    source = f"import numpy as np\ndef f(*given):\n    return {expression}"
    assert child.run_cell(source, "cell 1").raised is None
    return child.call("f", [], list(outputs), **{"keep": False, **options})


def test_a_function_is_called_with_arrays_and_its_arrays_come_back(notebook):
    x, w = np.arange(6.0).reshape(2, 3), np.full((2, 3), 3.0)
    forward = notebook.call("forward", [x, w, {"bias": 1}], ["out"], keep=True)
    assert np.array_equal(forward.outputs[0], x * 3 + 1)
    assert isinstance(forward.kept, Kept)

    backward = notebook.call("backward", [x, forward.kept], ["dx", "dw"], keep=False)
    assert np.array_equal(backward.outputs[0], x * w)
    assert np.array_equal(backward.outputs[1], x * x)
    assert backward.arguments[1] is forward.kept


def test_several_kept_objects_live_side_by_side(notebook):
    ones = np.ones(2)
    first = notebook.call("forward", [ones, ones, {"bias": 0}], ["out"], keep=True).kept
    second = notebook.call("forward", [ones, 5 * ones, {"bias": 0}], ["out"], keep=True).kept
    for kept, factor in ((first, 1), (second, 5), (first, 1)):
        dx, _ = notebook.call("backward", [ones, kept], ["dx", "dw"], keep=False).outputs
        assert np.array_equal(dx, factor * ones)


def test_a_kept_object_of_another_child_is_not_mistaken_for_ones_own(isolation, notebook):
    one = np.ones(1)
    kept = notebook.call("forward", [one, one, {"bias": 0}], ["out"], keep=True).kept
    with Child.start(isolation, Limits()) as other:
        other.run_cell(FORWARD, "cell 1")
        other.call("forward", [one, one, {"bias": 0}], ["out"], keep=True)
        with pytest.raises(SandboxError, match="a child that has ended"):
            other.call("backward", [one, kept], ["dx", "dw"], keep=False)


def test_calls_that_are_asked_together_are_answered_one_by_one(notebook):
    ones, numbers = np.ones(2), (1.0, 2.0, 3.0)
    given = [[number * ones, ones, {"bias": 0}] for number in numbers]
    found = notebook.call_each("forward", given, ["out"], keep=True)
    assert [returned.outputs[0][0] for returned in found] == [1, 2, 3]
    given = [[ones, returned.kept] for returned in reversed(found)]
    found = notebook.call_each("backward", given, ["dx", "dw"], keep=False)
    assert [returned.outputs[1][0] for returned in found] == [3, 2, 1]


def test_more_calls_than_a_pipe_holds_are_answered_all(child):
    child.run_cell("def f(x): return x + 1", "cell 1")
    given = [[np.full(20_000, float(number))] for number in range(40)]
    found = child.call_each("f", given, ["out"], keep=False)
    assert [returned.outputs[0][-1] for returned in found] == list(range(1, 41))


def test_each_of_several_calls_has_limits_of_its_own(hurried, short):
    cpu = short.call_cpu_seconds
    source = f"import time\ndef f(x):\n    end = time.process_time() + x * {cpu}\n"
    hurried.run_cell(f"{source}    while time.process_time() < end: pass\n    return x", "cell 1")
    found = hurried.call_each("f", [[0.5]] * 5, ["out"], keep=False)
    assert len(found) == 5
    with pytest.raises(ChildStopped, match="f used more than"):
        hurried.call_each("f", [[0.0], [0.0], [9.0], [0.0]], ["out"], keep=False)


def test_several_calls_together_have_a_limit_too(child):
    child.run_cell("import time\ndef f(x):\n    time.sleep(0.3)\n    return x", "cell 1")
    with pytest.raises(ChildStopped, match="f took too long in all its calls together"):
        child.call_each("f", [[1.0]] * 9, ["out"], keep=False, wall_seconds=0.5)


def test_arguments_come_back_as_they_are_after_the_call(child):
    child.run_cell("def f(x, p, n, pair):\n    x[0] = 9\n    p['n'] += 1\n    return x", "cell 1")
    x = np.zeros(2)
    given = [x, {"n": 1, "name": "same"}, 3, (np.ones(1), [True, None])]
    after = child.call("f", given, ["out"], keep=False).arguments
    assert np.array_equal(after[0], [9, 0])
    assert np.array_equal(x, [0, 0])
    assert after[1] == {"n": 2, "name": "same"}
    assert after[2] == 3
    assert np.array_equal(after[3][0], [1])
    assert after[3][1] == [True, None]


def test_arguments_come_back_also_when_the_function_raises(child):
    child.run_cell("def f(x):\n    x[0] = 9\n    raise ValueError('no')", "cell 1")
    returned = child.call("f", [np.zeros(2)], ["out"], keep=False)
    assert returned.raised == Raised("ValueError", "no", "raise ValueError('no')")
    assert np.array_equal(returned.arguments[0], [9, 0])


def test_arguments_are_ordinary_arrays_in_the_child(child):
    source = """
def f(x, y):
    assert x.flags.owndata and x.flags.writeable and x.flags.c_contiguous and x.flags.aligned
    assert x.dtype == "float32" and y.dtype == bool and x.shape == (2, 0, 3) and y.shape == ()
    return x
"""
    child.run_cell(source, "cell 1")
    x = np.zeros((2, 0, 3), np.float32)
    returned = child.call("f", [x, np.array(True)], ["out"], keep=False)
    assert returned.raised is None
    assert returned.outputs[0].shape == (2, 0, 3)
    assert returned.outputs[0].dtype == np.float32


def test_what_is_printed_belongs_to_the_call_or_cell_that_printed_it(child):
    cell = (
        "import sys, os\ndef f():\n    print('in f'); print('err', file=sys.stderr)\n    return 1.0"
    )
    assert child.run_cell(cell + "\nprint('cell')", "cell 1").printed == "cell\n"
    assert child.call("f", [], ["x"], keep=False).printed == "in f\nerr\n"
    assert child.run_cell("os.write(1, b'past Python')", "cell 2").printed == "past Python"
    assert child.run_cell("", "cell 3").printed == ""


def test_print_is_kept_to_its_limit_without_terminal_escapes(child, short):
    printed = child.run_cell("print('\\x1b[31m\\u202ered\\x00'); print('x' * 10**7)", "c").printed
    assert printed.startswith("[31mred\nxxx")
    assert len(printed) < short.output_bytes + 100
    assert printed.endswith("more characters were printed]")


def test_the_grader_survives_a_gigabyte_of_output(child):
    outcome = child.run_cell("import os\nfor _ in range(300): os.write(2, b'x' * 2**20)", "c")
    assert len(outcome.printed) <= 64 * 2**10


def test_has_tells_whether_a_callable_of_that_name_is_there(child):
    child.run_cell("def f(): pass\ng = 1", "cell 1")
    assert [child.has(name) for name in ("f", "g", "h", "print")] == [True, False, False, False]


def test_calling_what_is_not_there_is_an_error_of_the_student(child):
    assert child.call("f", [], ["x"], keep=False).raised.type == "KeyError"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1/0", Raised("ZeroDivisionError", "division by zero", "1/0")),
        ("x = 1\n\nx.y", Raised("AttributeError", "'int' object has no attribute 'y'", "x.y")),
        ("import sys\nsys.exit(3)", Raised("SystemExit", "3", "sys.exit(3)")),
        ("raise KeyboardInterrupt", Raised("KeyboardInterrupt", "", "raise KeyboardInterrupt")),
        ("input('name? ')", Raised("EOFError", "EOF when reading a line", "input('name? ')")),
        ("a = '\\ud800'\nraise ValueError(a)", Raised("ValueError", "", "raise ValueError(a)")),
    ],
)
def test_an_error_of_a_cell_is_told_and_the_child_lives_on(child, source, expected):
    assert child.run_cell(source, "cell 1").raised == expected
    assert child.run_cell("print(2)", "cell 2").printed.endswith("2\n")


def test_a_syntax_error_shows_its_line(child):
    raised = child.run_cell("x = 1\ny = = 2", "cell 4").raised
    assert (raised.type, raised.line) == ("SyntaxError", "y = = 2")
    assert child.run_cell("x = '\0'", "cell 5").raised.type in ("SyntaxError", "ValueError")


def test_the_line_of_an_error_is_the_students_own_innermost_one(child):
    child.run_cell("import numpy as np\ndef f(x):\n    return np.dot(x, np.ones(3))", "cell 1")
    raised = child.call("f", [np.ones(2)], ["y"], keep=False).raised
    assert raised.line == "return np.dot(x, np.ones(3))"


def test_a_notebooks_usual_first_lines_run(child):
    source = """
import numpy as np
from course_utils import check, pictures
get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().run_cell_magic("time", "", "pass")
display(np.ones(2))
np.random.seed(0)
import collections, dataclasses, functools, itertools, json, math, random, time, typing
@dataclasses.dataclass
class Point:
    x: float
    y: "np.ndarray"
import pickle
assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)
assert __name__ == "__main__"
np.save("mine.npy", np.ones(2)); assert np.load("mine.npy").sum() == 2
np.linalg.inv(np.eye(200)) @ np.ones((200, 200))
np.float64(1) / 0
"""
    outcome = child.run_cell(source, "cell 1")
    assert outcome.raised is None, outcome.raised
    assert "RuntimeWarning" in outcome.printed


def test_matplotlib_draws_where_it_is_wanted(isolation):
    source = """
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.title("$x^2$"); plt.savefig("drawn.png"); plt.show()
import os; print(os.path.getsize("drawn.png") > 1000)
"""
    with Child.start(isolation, Limits(cell_cpu_seconds=30, cell_wall_seconds=60)) as child:
        outcome = child.run_cell(source, "cell 1")
    assert outcome.raised is None, outcome.raised
    assert outcome.printed.endswith("True\n")


def test_threads_run_in_a_child(child):
    source = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(abs, range(-3, 3))))
"""
    assert child.run_cell(source, "cell 1").printed == "9\n"


def test_nan_and_infinity_are_values(child):
    (got,) = _returned(child, "np.array([np.nan, np.inf, -np.inf, -0.0])").outputs
    assert np.array_equal(got, [np.nan, np.inf, -np.inf, 0], equal_nan=True)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("None", "dx is None; expected a NumPy array"),
        ("[[1.0, 2.0], [3.0, 4.0]]", "dx is a list; expected a NumPy array"),
        ("np.array([None])", "dx has dtype object; expected real numbers"),
        ("np.array([1j])", "dx has dtype complex128; expected real numbers"),
        ("np.array(['text'])", "dx has dtype <U4; expected real numbers"),
        ("np.zeros(2, [('a', float)])", "dx has dtype [('a', '<f8')]; expected real numbers"),
        ("np.ma.ones(3)", "dx is a masked array; expected a plain NumPy array"),
        ("np.broadcast_to(1.0, (10**6, 10**6))", "dx has shape (1000000, 1000000), which is far"),
        ("lambda: 1", "dx is a function; expected a NumPy array"),
    ],
)
def test_what_is_no_array_of_real_numbers_is_said_in_words(child, expression, problem):
    returned = _returned(child, expression)
    assert isinstance(returned.outputs[0], str)
    assert returned.outputs[0].startswith(problem)


def test_a_wrong_number_of_values_is_said_in_words(child):
    returned = _returned(child, "(np.ones(1), np.ones(1))", ("dx", "dw", "db"))
    assert returned.problem == "returned 2 values; expected 3 values: dx, dw, db"
    assert returned.outputs is None
    assert _returned(child, "np.ones(3)", ("out",), keep=True).kept is None


def test_more_than_a_reply_may_hold_is_said_in_words(isolation):
    with Child.start(isolation, Limits(reply_bytes=1000)) as child:
        small, large = _returned(child, "(np.ones(2), np.ones(1000))", ("a", "b")).outputs
        assert np.array_equal(small, [1, 1])
        assert large == "b is far too large"


def test_a_large_argument_and_a_large_answer_pass(child):
    child.run_cell("def f(x): return x + 1", "cell 1")
    x = np.zeros(2**20)
    assert np.array_equal(child.call("f", [x], ["y"], keep=False).outputs[0], x + 1)


def test_a_child_without_isolation_answers_just_the_same():
    with Child.start(UNISOLATED, Limits()) as child:
        child.run_cell("def f(x): return x + 1\nopen('/etc/passwd').read()", "cell 1")
        assert child.call("f", [np.ones(1)], ["y"], keep=False).outputs[0] == 2


def test_a_request_that_cannot_be_sent_is_the_graders_fault(child):
    with pytest.raises(SandboxError, match="object cannot be sent"):
        child.call("f", [object()], ["y"], keep=False)


# What a student may do to the child's own means: it must only ever cost himself.


@pytest.mark.parametrize(
    "source",
    [
        "np.asarray = np.array = np.ndarray = np.frombuffer = np.max = lambda *a, **k: np.ones(2)",
        "np.allclose = np.array_equal = lambda *a, **k: True",
        "np.generic = object; np.dtype = None; np.ma.MaskedArray = float",
        "import builtins; builtins.len = builtins.type = builtins.zip = builtins.tuple = None",
        "import json; json.dumps = json.loads = json.JSONEncoder = json.JSONDecoder = None",
        "import os; os.read = os.write = lambda *a: b''",
        "import sys; sys.stdout = sys.stderr = None",
        "import sys; sys.modules.clear()",
        "import sys; sys.settrace(lambda *a: 1 / 0)",
        "import gc; gc.disable()",
    ],
)
def test_replaced_tools_leave_a_right_answer_right_or_end_the_child(child, source):
    child.run_cell("import numpy as np\ndef f(x): return x * 2", "cell 1")
    try:
        child.run_cell(source, "cell 2")
        returned = child.call("f", [np.arange(3.0)], ["y"], keep=False)
    except ChildStopped:
        return
    if returned.raised is None:
        assert np.array_equal(returned.outputs[0], [0, 2, 4])


STEAL = """
import os, sys, json, struct
frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
token = frame.f_locals["request"]["token"]
header = json.dumps({"token": token, "raised": None, "printed": "forged"}).encode()
os.write(4, struct.pack("<4sIQ", b"BPH1", len(header), 0) + header)
"""


def test_a_forged_reply_ends_the_child_at_the_next_question(child):
    # With a stolen token it stands for the reply it replaces: the student's own words.
    # The true one comes next; if both had arrived at once, they are refused at once.
    with contextlib.suppress(ChildStopped):
        assert child.run_cell(STEAL, "cell 1").printed == "forged"
    if not child.closed:
        with pytest.raises(ChildStopped, match="no proper reply"):
            child.has("f")


FORGE_LATER = """
import json, os, struct, threading, time
def forge():
    header = json.dumps({"token": "0" * 16, "has": True}).encode()
    os.write(4, struct.pack("<4sIQ", b"BPH1", len(header), 0) + header)
threading.Timer(0.3, forge).start()
"""


def test_a_reply_written_before_the_question_answers_nothing(child):
    assert child.run_cell(FORGE_LATER, "cell 1").raised is None
    time.sleep(1)
    with pytest.raises(ChildStopped, match="no proper reply"):
        child.has("absent")


BYTES = [b"", b"x", b"BPH1", b"BPH1" + b"\xff" * 12, b"x" * 50_000]
WRITE = """
import os
def f(): return 1.0
try: os.write({descriptor}, {data!r})
except OSError: pass
"""


@pytest.mark.parametrize("descriptor", [0, 1, 2, 3])
@pytest.mark.parametrize("data", BYTES, ids=len)
def test_bytes_written_to_other_descriptors_do_nothing(attacked_kernel, descriptor, data):
    child = attacked_kernel()
    child.run_cell(WRITE.format(descriptor=descriptor, data=data), "cell 1")
    assert child.call("f", [], ["x"], keep=False).outputs == (1.0,)


@pytest.mark.parametrize("data", BYTES[1:], ids=len)
def test_bytes_written_among_the_replies_end_the_child(attacked_kernel, data):
    child = attacked_kernel()
    with pytest.raises(ChildStopped, match="no proper reply"):
        child.run_cell(WRITE.format(descriptor=4, data=data), "cell 1")


def test_a_reply_that_drips_is_not_waited_for(hurried):
    source = """
import os, time
os.write(4, b"BPH1\\x00\\x01\\x00\\x00" + bytes(8))
while True:
    os.write(4, b" ")
    time.sleep(0.01)
"""
    with pytest.raises(ChildStopped, match=r"longer than 1\.5 s"):
        hurried.run_cell(source, "cell 1")


@pytest.mark.parametrize(
    "body",
    [
        "__class__ = np.ndarray",
        "def __array__(self, *a, **k): return np.ones(2)",
        "def __array_interface__(self): return {}",
        "def __len__(self): return 1\n    def __iter__(self): return iter([np.ones(2)])",
        "def __getattr__(self, name): return np.ones(2)",
        "__array_struct__ = 3",
    ],
)
def test_an_object_that_pretends_to_be_an_array_is_none(child, body):
    source = f"import numpy as np\nclass Fake:\n    {body}\ndef f(): return Fake()"
    assert child.run_cell(source, "cell 1").raised is None
    returned = child.call("f", [], ["dx"], keep=False)
    assert returned.outputs == ("dx is a Fake; expected a NumPy array",)


def test_a_subclass_cannot_put_its_own_methods_in_the_way(child):
    source = """
import numpy as np
class Mine(np.ndarray):
    def __array_finalize__(self, other): pass
    def __array_ufunc__(self, *a, **k): raise RuntimeError
    def __array__(self, *a, **k): raise RuntimeError
    def tobytes(self, *a): raise RuntimeError
    dtype = property(lambda self: 1 / 0)
    shape = property(lambda self: 1 / 0)
def f(): return np.arange(3.0).view(Mine)
"""
    child.run_cell(source, "cell 1")
    assert np.array_equal(child.call("f", [], ["dx"], keep=False).outputs[0], [0, 1, 2])


def test_an_exception_that_cannot_be_shown_is_shown_by_its_type(child):
    source = """
class Loud(BaseException):
    def __str__(self): raise self
    __repr__ = __str__
raise Loud
"""
    assert child.run_cell(source, "cell 1").raised == Raised("Loud", "", "raise Loud")
    long = child.run_cell("raise ValueError('x' * 10**7)", "cell 2").raised
    assert len(long.message) <= 500
