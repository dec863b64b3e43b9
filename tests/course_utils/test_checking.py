"""``check`` as a student meets it: a card, then silence or CheckFailed."""

import io
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

from course_utils import CheckFailed, check, recorded
from course_utils.checking import examine
from course_utils.diagnosis import NO_CASE, NO_EXAMPLE
from course_utils.judgement import (
    BACKWARD_IS_WRONG,
    CACHE_IS_WRONG,
    NO_BACKWARD_YET,
    OF_THE_FORWARD,
)
from course_utils.report_card import MIME

BACKWARD, FORWARD = "conv_backward_naive", "conv_forward_naive"
DB = "db = dout.sum(axis=(0, 2, 3))"
WRONG_DB = (DB, f"{DB} / len(x)")
CACHED = "cache = (x, w, b, conv_param)"
UNPACKED = "x, w, b, conv_param = cache"
RETURNED = "return dx, dw, db"


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
    assert str(error.value).startswith(
        "conv_backward_naive: 1 of 6 checks failed (db, the gradient with respect to b). db: "
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


@pytest.mark.parametrize(
    ("edit", "words", "finding"),
    [
        ((DB, f"{DB} + np.arange(len(w))"), "gives these numbers", "entries"),
        ((UNPACKED, f"{UNPACKED}\n    w[0, 0, 0, 0, 0]"), "fails in this way", "raised IndexError"),
        ((RETURNED, "return dx"), "fails in this way", "returned one array"),
        ((RETURNED, "return None, dw, db"), "fails in this way", "dx is None"),
    ],
)
def test_asking_for_more_is_answered_where_no_known_mistake_fits(
    convolution, capsys, edit, words, finding
):
    functions = convolution(edit)
    shown = []
    for hint in (1, 2, 3, 4):
        with pytest.raises(CheckFailed):
            check(functions[BACKWARD], hint=hint)
        shown.append(" ".join(capsys.readouterr().out.split()))
    assert all(finding in text for text in shown)
    assert [f"No known mistake {words}." in text for text in shown] == [False, True, True, True]
    # What there is comes with the first question; nothing more is promised then.
    assert ["np.array(" in text for text in shown] == [False, True, True, True]
    assert "For more help: check(conv_backward_naive, hint=2)." in shown[0]
    assert not any("For more help" in text for text in shown[1:])


def test_where_no_small_case_fails_that_is_said_when_one_is_asked_for(convolution, capsys):
    functions = convolution((DB, f"{DB} + 1e-3 * (x.size > 60)"))
    for hint, told in ((1, False), (2, True), (3, True), (4, True)):
        with pytest.raises(CheckFailed):
            check(functions[BACKWARD], hint=hint)
        assert (NO_EXAMPLE in " ".join(capsys.readouterr().out.split())) == told


def test_without_a_small_case_nobody_is_sent_to_a_case_that_is_not_named(convolution):
    """What fails is the cache alone: its check is about no case."""
    functions = convolution((CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"))
    card = examine(functions[FORWARD], FORWARD)
    assert NO_CASE in card.diagnosis
    assert NO_EXAMPLE not in card.diagnosis


def test_each_step_of_help_that_is_offered_shows_something_more(convolution, capsys):
    functions = convolution(WRONG_DB)
    hint, shown = 1, ""
    while hint:
        with pytest.raises(CheckFailed):
            check(functions[BACKWARD], hint=hint)
        before, shown = shown, capsys.readouterr().out
        assert len(shown) > len(before)
        offered = re.search(r"For more help: check\(conv_backward_naive, hint=(\d)\)", shown)
        assert not offered or int(offered[1]) > hint
        hint = int(offered[1]) if offered else 0


def test_a_part_is_an_exercise_of_its_own(pooling, capsys):
    functions = pooling(("cache = (x, pool_param)", "assert p == 0\n    cache = (x, pool_param)"))
    check(functions["max_pool_forward_naive"])
    capsys.readouterr()
    with pytest.raises(CheckFailed, match=r"0 of 2 checks passed \(optional\)\. .*assert p == 0"):
        check(functions["max_pool_forward_naive"], part="padding")
    shown = capsys.readouterr().out
    assert 'check(max_pool_forward_naive, part="padding", hint=2)' in shown
    assert "failed" not in shown


def no_exercise(x):
    return x


class Unsayable:
    def __repr__(self):
        raise RuntimeError


HINTS = "expected 1, 2, 3 or 4; write check(conv_backward_naive, hint=4) for all the help there is"


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        (9, "hint is 9"),
        (0, "hint is 0"),
        (-1, "hint is -1"),
        (True, "hint is True"),
        (2.0, "hint is 2.0"),
        ("2", "hint is '2'"),
        (None, "hint is None"),
        ("a" * 99, "hint is a str"),
        (Unsayable(), "hint is an Unsayable"),
    ],
)
def test_a_hint_that_there_is_not_is_refused_in_one_line(convolution, capsys, hint, found):
    with pytest.raises(ValueError, match=r"\A[^\n]*\Z") as refused:
        check(convolution()[BACKWARD], hint=hint)
    assert str(refused.value) == f"{found}, {HINTS}"
    assert refused.value._render_traceback_() == [f"CheckValueError: {refused.value}"]
    assert capsys.readouterr().out == ""


def test_a_refused_hint_of_a_part_is_corrected_for_that_part(pooling):
    with pytest.raises(
        ValueError, match=r'check\(max_pool_forward_naive, part="padding", hint=4\)'
    ):
        check(pooling()["max_pool_forward_naive"], part="padding", hint=5)


def test_a_part_that_there_is_not_is_answered_with_those_of_that_function(convolution, pooling):
    with pytest.raises(ValueError, match="has no part") as refused:
        check(pooling()["max_pool_forward_naive"], part="nonsense")
    assert str(refused.value) == (
        "max_pool_forward_naive has no part 'nonsense', only 'padding'; write "
        'check(max_pool_forward_naive, part="padding") or check(max_pool_forward_naive)'
    )
    with pytest.raises(ValueError, match="has no part") as refused:
        check(convolution()[BACKWARD], part="padding")
    assert str(refused.value) == (
        "conv_backward_naive has no part 'padding', it has no parts at all; write "
        "check(conv_backward_naive)"
    )


def test_a_hint_in_the_place_of_the_part_is_put_right(convolution):
    with pytest.raises(TypeError) as refused:
        check(convolution()[BACKWARD], 3)
    assert str(refused.value) == (
        "part is 3, expected a text; for more help write check(conv_backward_naive, hint=2)"
    )


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (
            (no_exercise,),
            {},
            ValueError,
            "no exercise asks for a function named 'no_exercise'; the",
        ),
        ((check,), {"part": "padding"}, ValueError, "asks for a function named 'check'; the exer"),
        (("conv_forward_naive",), {}, TypeError, "needs a function, found a str; write check(name"),
        ((None,), {}, TypeError, "check needs a function, found a NoneType"),
        ((3,), {}, TypeError, "check needs a function, found an int"),
    ],
)
def test_what_is_no_exercise_is_refused_in_words(arguments, options, error, words):
    with pytest.raises(error) as refused:
        check(*arguments, **options)
    assert words in str(refused.value)
    assert "Traceback" not in "".join(refused.value._render_traceback_())
    if error is ValueError:
        assert BACKWARD in str(refused.value)
        assert "_padding" not in str(refused.value)


def test_a_function_named_after_a_part_is_not_taken_for_it():
    def max_pool_forward_naive_padding(x, pool_param):
        return x, None

    with pytest.raises(ValueError, match="no exercise asks for a function named"):
        check(max_pool_forward_naive_padding)


# In a plain script

SCRIPT = """
from course_utils import check
{source}
print("before")
check(conv_backward_naive)
print("after")
"""


@pytest.mark.parametrize(
    ("edits", "goes_on"),
    [([], True), ([WRONG_DB], False), ([(DB, "raise NotImplementedError")], False)],
)
def test_a_plain_script_ends_at_a_failed_check_and_goes_on_after_a_passed_one(
    tmp_path, convolution_source, edits, goes_on
):
    source = convolution_source
    for old, new in edits:
        source = source.replace(old, new)
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT.format(source=source), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "conv_backward_naive: " in done.stdout
    assert ("after" in done.stdout, done.returncode) == (goes_on, 0 if goes_on else 1)
    last = done.stderr.strip().split("\n")[-1] if done.stderr else ""
    assert last.startswith("" if goes_on else "course_utils.checking.CheckFailed: conv_backward_na")


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (WRONG_DB, r"db: .*; db\[\d\] is .*, expected .*; found with x \(.*\), .*, pad \d\.$"),
        (
            (UNPACKED, f"{UNPACKED}\n    w[0, 0, 0, 0, 0]"),
            r"Error: .*\(at: w\[0, .*\]\); found with",
        ),
        ((RETURNED, "return"), r"conv_backward_naive returned None; expected 3 values: dx"),
        (
            (RETURNED, f"dout += 1\n    {RETURNED}"),
            r"inputs left.*conv_backward_naive modified dout",
        ),
    ],
)
def test_the_text_of_the_exception_is_enough_to_act_on(convolution, edit, found):
    with pytest.raises(CheckFailed, match=found) as failed:
        check(convolution(edit)[BACKWARD])
    assert "\n" not in str(failed.value)


def test_the_documentation_of_check_says_when_it_raises():
    for words in ("CheckFailed", "NotImplementedError", "plain script", "ValueError", "TypeError"):
        assert words in check.__doc__


# The same as in final grading


def test_a_scrambled_cache_is_told_when_the_forward_is_checked(convolution):
    functions = convolution((CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"))
    card = examine(functions[FORWARD], FORWARD)
    assert [(c.name, c.message) for c in card.checks if c.status == "failed"] == [
        ("cache", CACHE_IS_WRONG)
    ]
    backward = examine(functions[BACKWARD], BACKWARD)
    assert backward.status == "passed"
    # What follows must not read as a failure of the function that passed.
    assert backward.diagnosis == (OF_THE_FORWARD, CACHE_IS_WRONG)


def test_a_scrambled_cache_is_told_of_a_forward_with_another_mistake_too(convolution):
    functions = convolution(
        (CACHED, "out = out * (p < 1)\n    cache = (x, w[:, :, ::-1], b, conv_param)")
    )
    card = examine(functions[FORWARD], FORWARD)
    assert {c.name for c in card.checks if c.status == "failed"} >= {"out_padding", "cache"}


@pytest.mark.parametrize("cache", ["(x, w, b, conv_param)", "None"])
@pytest.mark.parametrize(
    ("db", "why"),
    [
        ("raise NotImplementedError()", NO_BACKWARD_YET),
        ("raise ZeroDivisionError()", BACKWARD_IS_WRONG),
    ],
)
def test_a_cache_that_no_backward_has_tried_is_neither_passed_nor_failed(
    convolution, cache, db, why
):
    functions = convolution((DB, db), (CACHED, f"cache = {cache}"))
    card = examine(functions[FORWARD], FORWARD)
    assert card.status == "passed"
    assert [(c.name, c.message) for c in card.checks if c.status != "passed"] == [("cache", why)]
    assert card.in_brief().startswith(f"{FORWARD}: 6 of 7 checks passed, 1 not tested yet")
    assert f"Not tested yet:\n  - the cache serves the backward: {why}" in card.text()


def test_a_cache_of_another_form_has_been_tried_when_its_backward_passes(convolution):
    functions = convolution(
        (CACHED, 'cache = {"x": x, "w": w, "conv_param": conv_param}'),
        (UNPACKED, 'x, w, conv_param = (cache[k] for k in ("x", "w", "conv_param"))'),
    )
    assert examine(functions[FORWARD], FORWARD).in_brief() == f"{FORWARD}: all 7 checks passed."


def test_a_forward_is_checked_where_there_is_no_backward_at_all(convolution):
    functions = convolution()
    del functions[BACKWARD]
    card = examine(functions[FORWARD], FORWARD)
    assert card.status == "passed"
    assert card.checks[-1].message == NO_BACKWARD_YET


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
    # With the standard cache, the own forward and with its cache, which is a second time;
    # the case of whole numbers as floats.
    assert len(functions["sizes"]) == 3 * len(recorded.load(BACKWARD).exercise.cases) + 1
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
