"""What earns points and what costs them, whoever wrote the function and however."""

import re
from dataclasses import replace

import numpy as np
import pytest

from course_utils import recorded
from course_utils.behaviour import as_float
from course_utils.checking import LocalSession
from course_utils.exercise import CallStoppedError
from course_utils.judgement import CACHE_IS_WRONG, OF_THE_FORWARD
from course_utils.judging import EXACT_GRADIENT_OF_WRONG_FORWARD

FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"
EVERY_CHECK = {"dx", "dw", "db", "integers", "unchanged", "repeatable"}
CASES = recorded.load(BACKWARD).exercise.cases

# Places in the right notebook that an edit can change, each in one function only.
OUT = "out = np.einsum"
CACHED = "cache = (x, w, b, conv_param)"
UNPACKED = "x, w, b, conv_param = cache"
DB = "db = dout.sum(axis=(0, 2, 3))"
RETURNED = "return dx, dw, db"
DX_BUFFER = "dxp = np.zeros(xp.shape)"
FIRST = "import numpy as np"


def lost(judgement):
    """The names of the checks that did not pass."""
    return {check.name for check in judgement.checks if check.status != "passed"}


def message(judgement, name):
    return next(check.message for check in judgement.checks if check.name == name)


#: Written a second time in conftest.py, in another way than the references.
WRITTEN_TWICE = [name for name in recorded.names() if "_naive" in name]


@pytest.mark.parametrize("exercise", WRITTEN_TWICE)
def test_a_right_function_earns_everything_and_is_told_nothing(
    convolution, pooling, judged, exercise
):
    judgement = judged(convolution() if exercise.startswith("conv") else pooling(), exercise)
    assert lost(judgement) == set()
    assert (judgement.status, judgement.earned) == ("passed", 1.0)
    assert (judgement.notes, judgement.reason) == ((), "")


# Caches

PADDED_X = (
    (CACHED, "cache = (xp, w, conv_param)"),
    (UNPACKED, "xp, w, conv_param = cache\n    e = conv_param['pad']\n    x = UNPAD(xp, e)"),
    (
        FIRST,
        f"{FIRST}\n\ndef UNPAD(a, e):\n    return a[:, :, e : a.shape[2] - e, e : a.shape[3] - e]",
    ),
)
EXTRA_ITEMS = (
    (CACHED, "cache = (x, w, b, conv_param, xp, out)"),
    (UNPACKED, "x, w, b, conv_param, padded, out = cache"),
)
RESHAPED_W = (
    (CACHED, "cache = (x, w.reshape(len(w), -1), w.shape, conv_param)"),
    (UNPACKED, "x, flat, shape, conv_param = cache\n    w = flat.reshape(shape)"),
)
A_DICT = (
    (CACHED, 'cache = {"x": x, "w": w, "conv_param": conv_param}'),
    (UNPACKED, 'x, w, conv_param = (cache[k] for k in ("x", "w", "conv_param"))'),
)
MIRRORED_W = (
    (CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"),
    (UNPACKED, f"{UNPACKED}\n    w = w[:, :, ::-1]"),
)
OWN_CACHES = pytest.mark.parametrize(
    "cache",
    [PADDED_X, EXTRA_ITEMS, RESHAPED_W, MIRRORED_W, A_DICT],
    ids=["padded", "extra", "flat", "mirrored", "dict"],
)


@OWN_CACHES
def test_a_backward_with_a_cache_of_its_own_earns_everything(convolution, judged, cache):
    functions = convolution(*cache)
    backward = judged(functions, BACKWARD)
    assert lost(backward) == set()
    forward = judged(functions, FORWARD).with_cache(backward)
    assert lost(forward) == set()


@OWN_CACHES
def test_a_mistake_behind_a_cache_of_its_own_is_shown_for_what_it_is(convolution, judged, cache):
    judgement = judged(convolution(*cache, ("axis=(0, 2, 3)", "axis=(2, 3)")), BACKWARD)
    assert lost(judgement) == {"db"}
    assert re.fullmatch(r"db has shape \(\d, \d\), expected \(\d,\)", message(judgement, "db"))
    right = recorded.load(BACKWARD).answers
    for case, answer in judgement.answers.items():
        np.testing.assert_allclose(answer["dx"], right[case]["dx"])
    assert judgement.errors == {}


@OWN_CACHES
def test_what_survives_from_call_to_call_is_found_behind_a_cache_of_its_own(
    convolution, judged, cache
):
    after = f"SEEN.append(0)\n    {DB} + (len(SEEN) > {len(CASES)})"
    functions = convolution(*cache, (FIRST, f"{FIRST}\nSEEN = []"), (DB, after))
    assert lost(judged(functions, BACKWARD)) == {"repeatable"}


def test_a_scrambled_cache_costs_the_forward_its_cache_check_and_the_backward_nothing(
    convolution, judged
):
    functions = convolution((CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"))
    backward, forward = judged(functions, BACKWARD), judged(functions, FORWARD)
    assert lost(backward) == lost(forward) == set()
    assert backward.notes == (OF_THE_FORWARD, CACHE_IS_WRONG)
    told = forward.with_cache(backward)
    assert (lost(told), told.status) == ({"cache"}, "failed")
    assert message(told, "cache") == CACHE_IS_WRONG


def test_of_a_backward_that_is_wrong_with_its_forwards_cache_only_nothing_is_called_right(
    convolution, judged
):
    writes = (RETURNED, f"dout += 1\n    {RETURNED}")
    functions = convolution((CACHED, "cache = (x, w[:, :, ::-1], b, conv_param)"), writes)
    backward = judged(functions, BACKWARD)
    assert backward.status == "failed"
    assert backward.notes == (CACHE_IS_WRONG,)


def test_a_cache_in_a_global_variable_is_found_by_calls_that_interleave(convolution, judged):
    functions = convolution(
        (CACHED, f"global last\n    last = {CACHED[8:]}\n    cache = None"),
        (UNPACKED, "x, w, b, conv_param = last"),
    )
    assert {"dx", "dw"} <= lost(judged(functions, BACKWARD))


# Forwards that are wrong, missing or without an end

ONLY_THE_FORWARD = {
    "b is forgotten": (" + b[:, None, None]", ""),
    "doubled": (OUT, "out = 2 * np.einsum"),
    "raises": (OUT, f"raise ValueError\n    {OUT}"),
    "raises where padded": (OUT, f"assert p == 0\n    {OUT}"),
    "stub": (OUT, f"raise NotImplementedError()\n    {OUT}"),
    "returns no cache": ("return out, cache", "return out"),
    "returns one array as both": ("return out, cache", "return out, out"),
}


@pytest.mark.parametrize("mistake", ONLY_THE_FORWARD)
def test_a_mistake_in_the_forward_alone_costs_the_backward_nothing(convolution, judged, mistake):
    functions = convolution(ONLY_THE_FORWARD[mistake])
    assert judged(functions, FORWARD).status in ("failed", "not started") or "both" in mistake
    backward = judged(functions, BACKWARD)
    assert lost(backward) == set()
    assert (CACHE_IS_WRONG in backward.notes) == ("both" in mistake)


class Stopping(LocalSession):
    """A session in which one function always uses up its time."""

    def __init__(self, function, endless):
        super().__init__(function, function.__name__)
        self.endless = endless

    def call(self, function, *arguments, **options):
        if function == self.endless:
            raise CallStoppedError(f"{function} used more than 1 s", out_of_time=True)
        return super().call(function, *arguments, **options)


def test_a_forward_without_an_end_costs_the_backward_nothing(convolution, judged):
    functions = convolution()
    backward = judged(functions, BACKWARD, Stopping(functions[BACKWARD], FORWARD))
    assert lost(backward) == set()
    assert (backward.cache_serves, backward.out_of_time) == (None, False)


def test_a_wrong_backward_of_a_forward_without_an_end_says_that_it_could_not_be_tried(
    convolution, judged
):
    functions = convolution((DB, "db = 0"))
    backward = judged(functions, BACKWARD, Stopping(functions[BACKWARD], FORWARD))
    assert lost(backward) == {"db"}
    assert backward.out_of_time
    assert "conv_forward_naive used more than 1 s" in " ".join(backward.notes)


def test_a_function_without_an_end_loses_its_checks_with_the_reason(convolution, judged):
    functions = convolution()
    judgement = judged(functions, BACKWARD, Stopping(functions[BACKWARD], BACKWARD))
    assert (lost(judgement), judgement.earned) == (EVERY_CHECK, 0)
    assert judgement.reason == f"{BACKWARD} used more than 1 s"
    assert judgement.out_of_time


PAD_IS_ONE = ('conv_param["pad"]', "1")


def test_a_shared_mistake_is_called_the_exact_gradient_of_the_own_forward(convolution, judged):
    judgement = judged(convolution(PAD_IS_ONE), BACKWARD)
    assert "dx" in lost(judgement)
    assert EXACT_GRADIENT_OF_WRONG_FORWARD in judgement.notes


def test_sharing_dout_among_ties_does_not_put_the_forward_in_the_wrong(pooling, judged):
    all_of_them = (
        "share = (window == window.max()) * dout[n, c, i, j] / (window == window.max()).sum()"
    )
    functions = pooling(
        ("row, column = divmod(int(np.argmax(window)), kw)", all_of_them),
        (
            "dxp[n, c, i * s + row, j * s + column] += dout[n, c, i, j]",
            "dxp[n, c, i * s : i * s + kh, j * s : j * s + kw] += share",
        ),
    )
    judgement = judged(functions, "max_pool_backward_naive")
    assert (lost(judgement), judgement.notes) == ({"ties"}, ())


# Not started, not there


@pytest.mark.parametrize("exercise", [FORWARD, BACKWARD])
def test_a_function_that_was_not_written_is_not_started_rather_than_wrong(
    convolution, judged, exercise
):
    stubs = convolution(
        (OUT, f"raise NotImplementedError()\n    {OUT}"), (UNPACKED, "raise NotImplementedError()")
    )
    judgement = judged(stubs, exercise)
    assert {check.status for check in judgement.checks} == {"not started"}
    assert (judgement.status, judgement.earned, judgement.reason) == ("not started", 0.0, "")
    assert judgement.with_cache(replace(judgement, cache_serves=False)) == judgement


def test_a_function_that_is_written_in_part_has_started(convolution, judged):
    functions = convolution((DB, f"{DB}\n    if p:\n        raise NotImplementedError('pad')"))
    judgement = judged(functions, BACKWARD)
    assert (judgement.status, lost(judgement)) == (
        "failed",
        {"dx", "dw", "db", "unchanged", "repeatable", "integers"},
    )


def test_a_function_that_is_not_there_fails_with_the_reason(convolution, judged):
    functions = convolution()
    session = LocalSession(functions[FORWARD], FORWARD)
    del functions[BACKWARD]
    judgement = judged(functions, BACKWARD, session)
    assert (judgement.status, lost(judgement)) == ("failed", EVERY_CHECK)
    assert judgement.reason == f"there is no function named {BACKWARD}"


# What is returned


@pytest.mark.parametrize(
    ("returned", "found"),
    [
        ("None, dw, db", "dx is None; expected a NumPy array"),
        ("dx.tolist(), dw, db", "dx is a list; expected a NumPy array"),
        ("dx[:, :, 1:], dw, db", r"dx has shape \(.*\), expected \(.*\)"),
        ("dx[None], dw, db", r"dx has shape \(1, .*\), expected \(.*\)"),
        ("dx * np.nan, dw, db", r"dx: (\d+ of \d+ entries are|its only entry is) nan$"),
        ("dx * 1j, dw, db", "dx has dtype complex128; expected real numbers"),
        ("dx.astype(object), dw, db", "dx has dtype object; expected real numbers"),
        ("-dx, dw, db", "(entries are|its only entry is) wrong$"),
    ],
)
def test_one_wrong_output_costs_its_own_checks_only(convolution, judged, returned, found):
    judgement = judged(convolution((RETURNED, f"return {returned}")), BACKWARD)
    assert lost(judgement) == {"dx"}
    assert re.search(found, message(judgement, "dx"))


@pytest.mark.parametrize(
    ("returned", "problem"),
    [
        ("dx, dw", "returned 2 values; expected 3 values: dx, dw, db"),
        ("dx, dw, db, w", "returned 4 values; expected 3 values: dx, dw, db"),
        ("dx", "returned one array; expected 3 values: dx, dw, db"),
        ("None", "returned None; expected 3 values: dx, dw, db"),
        ("", "returned None; expected 3 values: dx, dw, db"),
    ],
)
def test_another_number_of_values_costs_everything_and_is_said(
    convolution, judged, returned, problem
):
    judgement = judged(convolution((RETURNED, f"return {returned}")), BACKWARD)
    assert (lost(judgement), judgement.status) == (EVERY_CHECK, "failed")
    assert message(judgement, "dx") == problem
    assert judgement.errors["plain"] == problem


@pytest.mark.parametrize(
    "returned",
    [
        "[dx, dw, db]",
        "np.asfortranarray(dx), np.asfortranarray(dw), db",
        "np.repeat(dx, 2, axis=1)[:, ::2], dw[::-1, ::-1].copy()[::-1, ::-1], db",
        "dx.astype('>f8'), dw.astype(np.longdouble), db",
        "dx.view(type('Own', (np.ndarray,), {})), dw, db",
    ],
)
def test_neither_the_container_nor_the_layout_of_what_is_returned_matters(
    convolution, judged, returned
):
    assert lost(judged(convolution((RETURNED, f"return {returned}")), BACKWARD)) == set()


def test_single_precision_costs_the_checks_that_need_more_of_it(convolution, judged):
    """A float32 buffer loses what the inputs hold; small whole numbers do not show it."""
    single = convolution((DX_BUFFER, f"{DX_BUFFER}.astype(np.float32)"))
    assert lost(judged(single, BACKWARD)) == {"dx"}
    assert EXACT_GRADIENT_OF_WRONG_FORWARD not in judged(single, BACKWARD).notes


@pytest.mark.parametrize(
    "edit",
    [
        (DX_BUFFER, "dxp = np.zeros_like(xp)"),
        (RETURNED, "return dx.astype(x.dtype), dw, db"),
        (DB, f"assert x.dtype == float\n    {DB}"),
    ],
)
def test_whole_numbers_that_are_handled_otherwise_cost_their_own_check_alone(
    convolution, judged, edit
):
    assert lost(judged(convolution(edit), BACKWARD)) == {"integers"}


def test_a_mistake_is_not_charged_again_with_whole_numbers(convolution, judged):
    assert lost(judged(convolution((RETURNED, "return dx, dw + 1, db")), BACKWARD)) == {"dw"}


@pytest.mark.parametrize("case", recorded.load(FORWARD).exercise.cases)
def test_an_exception_in_one_case_costs_the_checks_that_need_this_case(convolution, judged, case):
    asked = recorded.load(FORWARD)
    line = f"assert x.shape != {asked.cases[case].inputs['x'].shape}, 'too hard'"
    judgement = judged(convolution((OUT, f"{line}\n    {OUT}")), FORWARD)
    values = [check for check in asked.exercise.checks if check.kind == "value"]
    needing = {check.name for check in values if case in check.cases}
    assert lost(judgement) == needing
    raised = f"{FORWARD} raised AssertionError: too hard (at: {line})"
    assert all(message(judgement, name) == raised for name in needing)
    assert judgement.errors == {case: "AssertionError: too hard"}


def test_what_is_printed_is_kept_and_costs_nothing(convolution, judged):
    judgement = judged(convolution((DB, f"print('x' * 2_000_000)\n    {DB}")), BACKWARD)
    assert lost(judgement) == set()
    assert set(judgement.printed) == {"x"}
    assert len(judgement.printed) <= 4000


# Behaviour


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        ((RETURNED, f"dout *= 2\n    {RETURNED}"), "dout"),
        ((RETURNED, f"w -= 0.1 * dw\n    {RETURNED}"), "item 1 of the cache"),
        ((RETURNED, f"dout[0, 0, 0, 0] = np.nan\n    {RETURNED}"), "dout"),
    ],
)
def test_writing_into_an_argument_costs_that_check_alone_and_names_it(
    convolution, judged, edit, changed
):
    judgement = judged(convolution(edit), BACKWARD)
    assert lost(judgement) == {"unchanged"}
    assert message(judgement, "unchanged").startswith(f"{BACKWARD} modified {changed} (x (")


def test_a_changed_dict_of_parameters_costs_nothing(convolution, judged):
    assert not lost(judged(convolution((OUT, f"conv_param['pad'] = 7\n    {OUT}")), FORWARD))


def test_an_accumulator_that_survives_calls_costs_the_second_call_alone(convolution, judged):
    after = f"SEEN.append(0)\n    {DB} + (len(SEEN) > {len(CASES)})"
    judgement = judged(convolution((FIRST, f"{FIRST}\nSEEN = []"), (DB, after)), BACKWARD)
    assert lost(judgement) == {"repeatable"}
    assert "something survives from call to call" in message(judgement, "repeatable")


@pytest.mark.parametrize("returned", ["0 * dx, 0 * dw, 0 * db", "dx + 1, dw + 1, db + 1"])
def test_good_behaviour_earns_nothing_where_no_value_is_right(convolution, judged, returned):
    judgement = judged(convolution((RETURNED, f"return {returned}")), BACKWARD)
    assert lost(judgement) == EVERY_CHECK
    assert (judgement.earned, judgement.cache_serves) == (0, None)


def test_the_failure_shown_is_that_of_the_smallest_case_with_a_map(convolution, judged):
    judgement = judged(convolution((RETURNED, "return dx + 1, dw, db")), BACKWARD)
    failed = next(check for check in judgement.checks if check.name == "dx")
    asked = recorded.load(BACKWARD)
    sizes = {
        case.title: sum(np.size(v) for k, v in case.inputs.items() if k != "conv_param")
        for name, case in asked.cases.items()
        if name in next(check.cases for check in asked.exercise.checks if check.name == "dx")
        and asked.answers[name]["dx"].size > 1
    }
    assert len(sizes) > 1
    assert failed.case == min(sizes, key=sizes.get)
    assert failed.worst.got == failed.worst.expected + 1
    assert failed.error_map.values[0][0] == 1


@pytest.mark.parametrize(
    ("returned", "output", "case"),
    [
        ("return dx, dw + 1, db", "dw", "padded"),
        ("return dx, dw.astype('float32'), db", "dw", "large numbers"),
    ],
)
def test_an_extreme_case_is_shown_only_where_no_ordinary_one_fails(
    convolution, judged, returned, output, case
):
    cases = recorded.load(BACKWARD).cases
    assert [n for n in CASES if cases[n].is_extreme] == ["mostly padding", "large numbers"]
    judgement = judged(convolution((RETURNED, returned)), BACKWARD)
    failed = next(check for check in judgement.checks if check.name == output)
    assert failed.case == cases[case].title


def test_sums_that_survive_the_call_say_nothing_of_the_cache_of_the_forward(convolution, judged):
    """The own cache is tried after the standard one: by then the sums are wrong."""
    kept = f"db = KEPT[x.shape] = db + KEPT.get(x.shape, 0)\n    {RETURNED}"
    functions = convolution((FIRST, f"{FIRST}\nKEPT = {{}}"), (RETURNED, kept))
    backward = judged(functions, BACKWARD)
    assert "repeatable" in lost(backward)
    assert CACHE_IS_WRONG not in backward.notes
    forward = judged(functions, FORWARD).with_cache(backward)
    assert lost(forward) == set()


def test_sums_that_fit_the_first_call_alone_say_nothing_of_the_cache_either(convolution, judged):
    """Every later call fails, whatever its cache: no value is right, so behaviour is not asked."""
    kept = f"KEPT.append(dw)\n    dw = sum(KEPT)\n    {RETURNED}"
    functions = convolution((FIRST, f"{FIRST}\nKEPT = []"), (RETURNED, kept))
    backward = judged(functions, BACKWARD)
    assert backward.status == "failed"
    assert CACHE_IS_WRONG not in backward.notes
    assert backward.cache_serves is None


def test_of_another_answer_to_the_same_call_both_causes_are_told(convolution, judged):
    kept = f"db = KEPT[x.shape] = db + KEPT.get(x.shape, 0)\n    {RETURNED}"
    functions = convolution((FIRST, f"{FIRST}\nKEPT = {{}}"), (RETURNED, kept))
    told = message(judged(functions, BACKWARD), "repeatable")
    assert told.endswith("survives from call to call, or is read before it is written (np.empty)")


def test_integers_are_compared_with_the_same_numbers_as_float64_and_floats_stay_as_they_are():
    """Else weights in float32 would count for integers: a tanh of them has other last digits."""
    case = recorded.load("rnn_step_backward").cases["integers"]
    single = {name: array.astype(np.float32) for name, array in case.inputs.items()}
    mixed = replace(case, inputs={**single, "x": case.inputs["x"]})
    assert mixed.inputs["x"].dtype == np.int64
    dtypes = {name: array.dtype for name, array in as_float(mixed).inputs.items()}
    assert dtypes.pop("x") == np.float64
    assert set(dtypes.values()) == {np.dtype(np.float32)}


# Grounds: the cases that points were lost for


def test_a_lost_value_rests_on_the_cases_that_missed_it_with_either_cache(
    convolution, judged
) -> None:
    only_odd = ("return dx, dw, db", "return dx * (1 + x.shape[0] % 2), dw, db")
    exercise = recorded.load(BACKWARD).exercise
    cases = recorded.load(BACKWARD).cases
    odd = {name for name in exercise.cases if cases[name].inputs["x"].shape[0] % 2}
    judgement = judged(convolution(only_odd), BACKWARD)
    assert lost(judgement) == {"dx"}
    [dx] = [check for check in exercise.checks if check.name == "dx"]
    assert 0 < len(odd) < len(exercise.cases)
    assert judgement.grounds == (frozenset(odd.intersection(dx.cases)),) * 2


def test_a_lost_cache_rests_on_a_case_of_the_backward(convolution, judged) -> None:
    judgement = judged(convolution((CACHED, "cache = (x, w + 1, b, conv_param)")), BACKWARD)
    assert judgement.cache_serves is False
    [ground] = judgement.grounds
    assert len(ground) == 1
    assert ground <= set(CASES)


def test_what_is_right_or_only_behaves_wrongly_has_no_grounds(convolution, judged) -> None:
    assert judged(convolution(), BACKWARD).grounds == ()
    forgetful = judged(convolution((RETURNED, "dout *= 2\n    return dx, dw, db")), BACKWARD)
    assert "unchanged" in lost(forgetful)
    assert forgetful.grounds == ()
