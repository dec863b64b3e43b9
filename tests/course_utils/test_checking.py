"""``check`` as a student meets it: a card, then silence or CheckFailed."""

import io
import subprocess
import sys
import warnings

import numpy as np
import pytest

from course_utils import CheckFailed, check, recorded
from course_utils.checking import examine
from course_utils.judgement import CACHE_IS_WRONG
from course_utils.report_card import MIME

BACKWARD, FORWARD = "conv_backward_naive", "conv_forward_naive"
DB = "db = dout.sum(axis=(0, 2, 3))"
WRONG_DB = (DB, f"{DB} / len(x)")
CACHED = "cache = (x, w, b, conv_param)"
UNPACKED = "x, w, b, conv_param = cache"


def test_a_right_function_shows_its_card_and_returns_nothing(convolution, capsys):
    assert check(convolution()[BACKWARD]) is None
    shown = capsys.readouterr()
    assert shown.out.startswith("conv_backward_naive: all 6 checks passed\n")
    assert shown.err == ""


def test_a_wrong_function_shows_its_card_and_raises(convolution, capsys):
    with pytest.raises(CheckFailed) as error:
        check(convolution(WRONG_DB)[BACKWARD])
    shown = capsys.readouterr().out
    assert shown.startswith("conv_backward_naive: 1 of 6 checks failed\n")
    assert "db looks right but divided by" in shown
    assert str(error.value) == (
        "conv_backward_naive: 1 of 6 checks failed (db, the gradient with respect to b)."
    )
    assert error.value._render_traceback_() == [f"CheckFailed: {error.value}"]


def test_a_function_that_is_not_written_is_told_so_and_still_fails(convolution):
    stub = convolution((DB, "raise NotImplementedError()"))[BACKWARD]
    with pytest.raises(CheckFailed, match=r"^conv_backward_naive is not written yet\.$"):
        check(stub)


def test_hints_climb_from_the_pattern_to_the_name_of_the_mistake(convolution, capsys):
    shown = []
    for hint in (1, 2, 3, 4):
        with pytest.raises(CheckFailed):
            check(convolution(WRONG_DB)[BACKWARD], hint=hint)
        shown.append(capsys.readouterr().out)
    mistake = next(m for m in recorded.load(BACKWARD).mistakes if m.id == "C20")
    places = [next(n for n, text in enumerate(shown) if words in text) for words in (
        "db looks right but divided by",
        mistake.question,
        "np.array(",
        mistake.title,
    )]  # fmt: skip
    assert places == [0, 1, 2, 3]
    assert [len(text) for text in shown] == sorted(len(text) for text in shown)


def test_a_part_is_an_exercise_of_its_own(pooling, capsys):
    functions = pooling(("cache = (x, pool_param)", "assert p == 0\n    cache = (x, pool_param)"))
    check(functions["max_pool_forward_naive"])
    with pytest.raises(CheckFailed, match="out, with padding"):
        check(functions["max_pool_forward_naive"], part="padding")


def no_exercise(x):
    return x


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((no_exercise,), {}, ValueError, "no exercise is called 'no_exercise'; the exercises are"),
        ((check,), {"part": "padding"}, ValueError, "no exercise is called 'check_padding'"),
        (("conv_forward_naive",), {}, TypeError, "needs a function, found a str; write check(name"),
        ((None,), {}, TypeError, "check needs a function, found a NoneType"),
    ],
)
def test_what_is_no_exercise_is_refused_in_words(arguments, options, error, words):
    with pytest.raises(error) as refused:
        check(*arguments, **options)
    assert words in str(refused.value)
    if error is ValueError:
        assert BACKWARD in str(refused.value)


# The same as in final grading


def test_a_scrambled_cache_is_told_when_the_forward_is_checked(convolution):
    functions = convolution((CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"))
    card = examine(functions[FORWARD], FORWARD)
    assert [(c.name, c.message) for c in card.checks if c.status == "failed"] == [
        ("cache", CACHE_IS_WRONG)
    ]
    assert examine(functions[BACKWARD], BACKWARD).status == "passed"


def test_a_scrambled_cache_is_told_of_a_forward_with_another_mistake_too(convolution):
    functions = convolution(
        (CACHED, "out = out * (p < 1)\n    cache = (x, w[:, :, ::-1], b, conv_param)")
    )
    card = examine(functions[FORWARD], FORWARD)
    assert {c.name for c in card.checks if c.status == "failed"} >= {"out_padding", "cache"}


def test_a_forward_is_checked_before_its_backward_is_written(convolution):
    functions = convolution((DB, "raise NotImplementedError()"))
    assert examine(functions[FORWARD], FORWARD).status == "passed"
    del functions[BACKWARD]
    assert examine(functions[FORWARD], FORWARD).status == "passed"


def test_a_function_of_another_module_or_under_a_decorator_is_checked_there(convolution):
    functions = convolution(
        (f"def {BACKWARD}", f"from functools import wraps\n\ndef timed(f):\n    @wraps(f)\n    def again(*given):\n        return f(*given)\n    return again\n\n@timed\ndef {BACKWARD}"),  # noqa: E501
        (CACHED, "cache = (x, w, conv_param)"),
        (UNPACKED, "x, w, conv_param = cache"),
    )  # fmt: skip
    assert examine(functions[BACKWARD], BACKWARD).status == "passed"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("sys.exit('done')", "SystemExit: done (at: sys.exit('done'))"),
        ("w[0, 0, 0, 0, 0]", "IndexError: too many indices for array"),
        ("np.zeros(3) @ np.zeros(4)", "(at: np.zeros(3) @ np.zeros(4))"),
        ("np.pad(x, -1)", "(at: np.pad(x, -1))"),
        ("raise Unsayable", "Unsayable (at: raise Unsayable)"),
        ("conv_backward_naive(dout, cache)", "RecursionError"),
    ],
)
def test_any_exception_is_told_with_the_line_of_the_student(convolution, body, found):
    unsayable = (
        "import sys\nclass Unsayable(Exception):\n    def __str__(self):\n        return 1 / 0\n"
    )
    functions = convolution(
        ("import numpy", f"{unsayable}import numpy"), (UNPACKED, f"{UNPACKED}\n    {body}")
    )
    card = examine(functions[BACKWARD], BACKWARD)
    assert card.status == "failed"
    assert found in card.checks[0].message


def test_an_interrupt_from_the_keyboard_ends_the_check(convolution):
    with pytest.raises(KeyboardInterrupt):
        check(convolution((DB, "raise KeyboardInterrupt"))[BACKWARD])


# Manners

LOUD = f"""\
import sys, warnings
    np.seterr(all="raise")
    warnings.simplefilter("error")
    print("seen", file=sys.stderr)
    {DB}"""
QUIETLY_WRONG = "db = np.log(-np.ones(1)) + np.float64(1e308) * 10"


@pytest.mark.parametrize("line", [LOUD, QUIETLY_WRONG])
def test_nothing_of_a_loud_function_is_left_behind(convolution, capfd, line):
    def state():
        return np.geterr(), list(warnings.filters), np.random.get_state()[1].tolist()  # noqa: NPY002

    before = state()
    passed = examine(convolution((DB, line))[BACKWARD], BACKWARD).status == "passed"
    assert passed == (line == LOUD)
    assert state() == before
    assert capfd.readouterr() == ("", "")


def test_the_function_gets_copies_so_a_check_can_be_repeated(convolution, capsys):
    functions = convolution(("return dx, dw, db", "x *= 0\n    dout *= 0\n    return dx, dw, db"))
    for _ in range(2):
        with pytest.raises(CheckFailed, match="inputs left as they were"):
            check(functions[BACKWARD])
    assert check(convolution()[BACKWARD]) is None


COUNTED = """

def conv_forward_naive(*given, right=conv_forward_naive):
    sizes.append(given[0].size + given[1].size)
    return right(*given)

def conv_backward_naive(*given, right=conv_backward_naive):
    sizes.append(given[0].size)
    return right(*given)

sizes = []
"""


def test_a_check_costs_few_calls_a_case_on_small_arrays(convolution):
    """Time is what the calls cost, so their number and their sizes are bounded."""
    functions = convolution(("return dx, dw, db", f"return dx, dw, db\n{COUNTED}"))
    examine(functions[BACKWARD], BACKWARD)
    # With the standard cache, the own forward and with its cache, and a second time;
    # the case of whole numbers once more, and as floats.
    assert len(functions["sizes"]) == 4 * len(recorded.load(BACKWARD).exercise.cases) + 2
    assert max(functions["sizes"]) < 1000


# Where it is shown


def test_a_terminal_that_lacks_a_character_gets_a_sign_for_it(convolution, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(CheckFailed):
        check(convolution((DB, "raise ValueError('größer als 5 – nein')"))[BACKWARD])
    out.seek(0)
    assert "gr??er als 5 ? nein" in out.read().replace("\n", " ").replace("  ", " ")


IN_IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config
shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
shell.run_cell("from course_utils import check")
shell.run_cell("def conv_forward_naive(x, w, b, conv_param):\\n    return x, None")
with capture_output() as captured:
    result = shell.run_cell("check(conv_forward_naive)")
print(type(result.error_in_exec).__name__)
print(len(captured.outputs), sorted(captured.outputs[0].data))
print(captured.stdout.count("Traceback"), captured.stdout.strip().splitlines()[-1])
print(repr(captured.stderr))
"""


def test_in_ipython_the_card_is_rich_and_the_error_one_line(tmp_path):
    pytest.importorskip("IPython")
    script = tmp_path / "session.py"
    script.write_text(IN_IPYTHON, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "CheckFailed"
    assert lines[1] == f"1 {sorted(['text/plain', 'text/html', MIME])}"
    assert lines[2].startswith("0 CheckFailed: conv_forward_naive: ")
    assert lines[3] == "''"
    assert done.stderr == ""


def test_outside_a_notebook_ipython_is_not_even_imported(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text(
        "import sys\nfrom course_utils import check\n"
        "def conv_forward_naive(x, w, b, conv_param):\n    raise NotImplementedError\n"
        "try:\n    check(conv_forward_naive)\nfinally:\n"
        "    print('IPython' in sys.modules, 'matplotlib' in sys.modules)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout.startswith("conv_forward_naive: not started")
    assert done.stdout.endswith("False False\n")
    assert done.stderr.strip().endswith("CheckFailed: conv_forward_naive is not written yet.")
