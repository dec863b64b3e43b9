"""The cells of a notebook run in order, in a sandbox, whatever some of them do."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from autograder import cells
from autograder.release import Release, ReleasedCell, ReleasedCode
from autograder.running import NotebookRun
from autograder.sandbox import Isolation
from autograder.submission import Submission, SubmittedCell
from course_utils.drivers import DRIVERS
from course_utils.exercise import CallStoppedError

RELEASE = Release(
    "02_convolution",
    (ReleasedCell("answer", "autograded", 1, 0, "check(answer)", "code"),),
    (
        ReleasedCode("draw = 'a picture'", frozenset({"picture"})),
        ReleasedCode("draw = 'for hours'", frozenset({"training"})),
        ReleasedCode("given = 'code'", frozenset()),
    ),
)

Cell = str | tuple[str, str]


@pytest.fixture
def started(isolation: Isolation, grader) -> Callable[..., NotebookRun]:
    """A context manager: a run of these cells, none of which has run yet."""

    @contextmanager
    def started(*cells: Cell) -> Iterator[NotebookRun]:
        code = (SubmittedCell(*([cell] if isinstance(cell, str) else cell)) for cell in cells)
        submission = Submission("ada", "02_convolution", tuple(code))
        with NotebookRun(submission, RELEASE, isolation, grader.limits) as run:
            yield run

    return started


@pytest.fixture
def ran(started) -> Callable[..., NotebookRun]:
    """A context manager: a run of these cells, all of which have run."""

    @contextmanager
    def ran(*cells: Cell) -> Iterator[NotebookRun]:
        with started(*cells) as run:
            run.advance(run.cells)
            yield run

    return ran


def value(run: NotebookRun, function: str = "answer") -> object:
    """What a function without arguments returns, as numbers."""
    returned = run.call(function, (), ("value",), keep=False)
    assert returned.outputs is not None, returned
    return returned.outputs[0].tolist()


def returns(expression: str) -> str:
    return f"def answer():\n    return {expression}"


# Companion files


def test_cells_can_import_the_releases_companion_files(isolation: Isolation, grader) -> None:
    release = replace(RELEASE, companions=(("earlier", "import numpy as np\nTWO = np.ones(2)"),))
    cells = ("import os\nos._exit(1)", "from earlier import TWO", returns("TWO.sum()"))
    submission = Submission("ada", "02_convolution", tuple(map(SubmittedCell, cells)))
    with NotebookRun(submission, release, isolation, grader.limits) as run:
        run.advance(run.cells)
        assert value(run) == 2


# Drivers, and processes of their own


def use_answer(x):
    return 10 * answer() + x  # noqa: F821 - the student's function


def test_a_driver_runs_beside_the_students_code_in_every_process(ran, monkeypatch) -> None:
    monkeypatch.setitem(DRIVERS, "use_answer", use_answer)
    with ran("n = 4", returns("n")) as run:
        for x in (1.0, 2.0):
            returned = run.call("use_answer", (np.array(x),), ("value",), keep=False)
            assert returned.outputs is not None, returned
            assert returned.outputs[0] == 40 + x
            run.fresh(run.cells)


def test_a_fresh_process_remembers_nothing_but_the_cells(ran) -> None:
    with ran("seen = []", "def answer():\n    seen.append(1)\n    return len(seen)") as run:
        assert [value(run), value(run)] == [1, 2]
        run.fresh(run.cells)
        assert value(run) == 1


# Order


def test_cells_run_in_order_and_share_their_names(ran) -> None:
    with ran("x = 1", "x = x + 1", "y = 10 * x", returns("y")) as run:
        assert value(run) == 20


def test_an_error_ends_its_cell_and_no_other(ran) -> None:
    with ran("x = 1\n1 / 0\nx = 2", "def f(:", "raise SystemExit", "exit()", returns("x")) as run:
        assert value(run) == 1


def test_cells_run_only_as_far_as_they_are_asked_for(started) -> None:
    with started(returns("1"), returns("2"), returns("3")) as run:
        for position in (1, 2, 2, 3):
            run.advance(position)
            assert value(run) == position


def test_a_function_is_what_it_was_when_it_was_asked_for(started) -> None:
    with started("calls = []", returns("len(calls)"), "calls.append(1)") as run:
        run.advance(2)
        assert value(run) == 0
        run.advance(3)
        assert value(run) == 1


# Cells that are stopped

LOOP = "while True:\n    pass"
ENDINGS = {
    "a loop": LOOP,
    "a long sleep": "import time\ntime.sleep(1000)",
    "os._exit": "import os\nos._exit(0)",
    "a signal": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "a crash": "import ctypes\nctypes.string_at(0)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_cell_without_an_end_is_left_out_and_the_others_count(ran, ending) -> None:
    with ran("x = [1]", ENDINGS[ending], "x.append(2)", returns("x[0], x[1]")) as run:
        returned = run.call("answer", (), ("a", "b"), keep=False)
        assert [int(a) for a in returned.outputs] == [1, 2]


def test_three_stopped_cells_are_enough(ran) -> None:
    exits = ENDINGS["os._exit"]
    with ran("x = 1", exits, returns("x"), exits, "x = 2", exits, returns("3"), "x = 4") as run:
        assert value(run) == 2
        assert run.why_missing("answer") == (
            "code cell 7 was left out: the rest of the notebook was not run: "
            "too many cells were stopped"
        )


def test_cells_that_are_stopped_only_later_cannot_go_on_for_ever(ran) -> None:
    """Each process begins later than the one before, and these cells look at the clock."""
    now = time.monotonic()
    ends = "import time, os\nif time.monotonic() > {}:\n    os._exit(0)"
    cells = [ends.format(now + late / 100) for late in reversed(range(12))]
    with ran(*cells, returns("1")) as run:
        assert not run.has("answer")
        assert "too many cells were stopped" in run.why_missing("answer")


def test_a_notebook_whose_cells_take_too_long_together_is_run_in_part(ran, monkeypatch) -> None:
    monkeypatch.setattr(cells, "LONGEST_RUN", 0.3)
    nap = "import time\ntime.sleep(0.2)\nnaps = globals().get('naps', 0) + 1"
    with ran(returns("naps"), *[nap] * 10, "def later():\n    return 1") as run:
        assert value(run) == 2
        assert not run.has("later")
        assert run.why_missing("later") == (
            "code cell 12 was left out: the rest of the notebook was not run: "
            "its cells took more than 0 s"
        )


# Functions that are stopped


def test_a_submission_that_takes_too_long_altogether_is_not_run_on(isolation, grader) -> None:
    """Each of its calls, and each of its cells, may stay below its own limit."""
    limits = replace(grader.limits, total_wall_seconds=0.5)
    slow = "import time\ndef answer():\n    time.sleep(0.2)\n    return 1"
    cells = (SubmittedCell(slow), SubmittedCell("def later():\n    return 1"))
    submission = Submission("ada", "02_convolution", cells)
    with NotebookRun(submission, RELEASE, isolation, limits) as run:
        run.advance(1)
        with pytest.raises(CallStoppedError, match="took more than 0 s together") as stopped:
            assert [value(run) for _ in range(10)] == [1] * 10
        assert not stopped.value.out_of_time
        run.advance(2)
        assert not run.has("later")
        assert "took more than 0 s together" in run.why_missing("later")


def test_a_stopped_function_leaves_the_others_as_they_were(started) -> None:
    endless = f"def endless():\n    {LOOP.replace(chr(10), chr(10) + '    ')}"
    with started("x = [1]", endless, returns("x[0]"), "x[0] = 2") as run:
        run.advance(3)
        with pytest.raises(CallStoppedError, match=r"endless.* processor time") as stopped:
            run.call("endless", (), ("value",), keep=False)
        assert stopped.value.out_of_time
        assert value(run) == 1
        run.advance(4)
        assert value(run) == 2


def test_a_stopped_function_is_not_called_again_with_as_little_time(started) -> None:
    endless = f"{returns('1')}\ndef endless(x):\n    while x[0]:\n        pass\n    return x"
    zero, one = np.zeros(1), np.ones(1)
    with started(endless, "pass", endless) as run:
        run.advance(1)
        assert run.call("endless", (zero,), ("x",), keep=False).outputs is not None
        for _ in range(2):
            with pytest.raises(CallStoppedError):
                run.call("endless", (one,), ("x",), keep=False)
        # Not asked again, though it would answer this time.
        with pytest.raises(CallStoppedError):
            run.call("endless", (zero,), ("x",), keep=False)
        run.call_cpu_seconds *= 2
        assert run.call("endless", (zero,), ("x",), keep=False).outputs is not None
        run.call_cpu_seconds /= 2
        run.advance(3)  # where it may have been defined anew
        assert run.call("endless", (zero,), ("x",), keep=False).outputs is not None


def test_a_process_that_dies_between_questions_is_the_students_end(started) -> None:
    suicide = (
        "import os, threading, time\n"
        "def answer():\n    threading.Thread(target=later).start()\n    return 1\n"
        "def later():\n    time.sleep(0.05)\n    os._exit(0)"
    )
    with started(suicide) as run:
        run.advance(1)
        assert value(run) == 1
        time.sleep(0.3)
        with pytest.raises(CallStoppedError):
            run.has("answer")
        # The next question finds a fresh process.
        assert run.has("answer")
        assert value(run) == 1


# What is not run


def test_pictures_training_and_checks_as_released_are_not_run(ran) -> None:
    cells = (
        "draw = 'a picture'\n",
        "  draw = 'for hours'",
        "given = 'code'",
        ("draw = 1", "answer"),
    )
    with ran(*cells, returns("'draw' not in globals() and given == 'code'")) as run:
        assert value(run) is True


def test_a_picture_that_was_edited_is_run(ran) -> None:
    with ran("draw = 'a picture'; x = 5", returns("x")) as run:
        assert value(run) == 5


def test_a_training_cell_that_was_edited_is_run_within_its_limits(ran) -> None:
    trained = "draw = 'for hours'\nx = 5"
    with ran(trained, f"draw = 'for hours'\n{LOOP}", returns("x, draw == 'for hours'")) as run:
        returned = run.call("answer", (), ("x", "draw"), keep=False)
        assert [int(a) for a in returned.outputs] == [5, 1]
        assert re.search("processor time|took", run._skipped[1])


def test_a_picture_counts_as_code_where_the_release_has_no_such_tag(ran) -> None:
    with ran("given = 'code'", returns("len(given)")) as run:
        assert value(run) == 4


# Magics


MAGICS = (
    "%matplotlib inline\n!rm -rf /\nfiles = !ls\nfound = %pwd\nnp.pad?\n?print",
    "%load_ext autoreload\n%autoreload 2",
    "%%timeit\nx = 99",
    "%%html\n<b>x = 99</b>",
    "get_ipython().run_line_magic('pinfo', 'x')\nget_ipython().events.register(1, 2)",
    "get_ipython().ast_node_interactivity = 'all'\ndisplay(x)",
)


def test_magics_do_nothing_and_stop_nothing(ran) -> None:
    with ran("x = 1", *MAGICS, returns("x")) as run:
        assert value(run) == 1
        assert run._raised == {}


def test_a_magic_that_runs_its_cell_leaves_the_functions_that_it_defines(ran) -> None:
    magics = ("%%time", "\n%%capture out", "%%prun -l 5", "%%time\n%%capture")
    cells = (f"{magic}\ndef f{i}():\n    return {i}" for i, magic in enumerate(magics))
    with ran(*cells) as run:
        assert [value(run, f"f{i}") for i in range(4)] == [0, 1, 2, 3]


def test_pasted_prompts_and_indentation_are_understood(ran) -> None:
    with ran(">>> x = 1\n>>> y = 2", "  z = 3\n  w = 4", returns("x + y + z + w")) as run:
        assert value(run) == 10


def test_more_magics_than_anybody_writes_cost_no_time_and_no_other_cell(ran) -> None:
    with ran("x = 1", "!ls\n" * 20_000, "a = 1\n" * 5000 + "!ls\n" * 600, returns("x")) as run:
        assert value(run) == 1
        assert len(run._raised) == 2


# Why a function is missing


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("x = 1", ""),
        ("def answer(:", r"code cell 2 raised SyntaxError: .* \(at: def answer\(:\)"),
        ("1 / 0\ndef answer():\n    pass", r"code cell 2 raised ZeroDivisionError: .*"),
        ("def answer():\n    pass\nwhile True:\n    pass", r"code cell 2 was left out: cell 2 .*"),
        (("def answer():\n    pass", "answer"), "code cell 2 was left out: not run for grading"),
    ],
)
def test_why_a_function_is_missing_is_known(ran, cell, why) -> None:
    with ran("pass", cell) as run:
        assert not run.has("answer")
        assert re.fullmatch(why, run.why_missing("answer"))
