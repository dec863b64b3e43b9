"""How an exercise has its function called: with or without a cache, and with which."""

import numpy as np

from course_utils.checking import LocalSession
from course_utils.exercise import Case, Check, Exercise
from course_utils.judging import judge
from course_utils.recorded import Recorded
from course_utils.smallest_example import smallest_example

PLAIN = Exercise(
    name="shifted",
    function="shifted",
    outputs=("out",),
    caches=False,
    checks=(
        Check("out", "out", "Every entry is moved by shift.", 1, outputs=("out",), cases=("a",)),
    ),
)
X = np.arange(6.0).reshape(2, 3)
SHIFT = Case("a", {"x": X, "shift": (1, 2)}, np.ones((2, 3)))

STEP = Exercise(
    name="step_backward",
    function="step_backward",
    outputs=("dx",),
    forward="step_forward",
    differentiate=("x",),
    cache=("h", "x"),
    upstream="dh",
    checks=(Check("dx", "dx", "dx = dh (1 - h**2).", 1, outputs=("dx",), cases=("a", "b")),),
)
STEPS = {
    name: Case(name, {"x": X / scale}, np.full((2, 3), 2.0), {"h": np.tanh(X / scale)})
    for name, scale in (("a", 4.0), ("b", 8.0))
}
RIGHT = {name: {"dx": 2 * (1 - np.tanh(case.inputs["x"]) ** 2)} for name, case in STEPS.items()}


def shifted(x, shift):
    assert type(shift) is tuple
    return x + shift[0] + shift[1]


def step_backward(dh, cache):
    h, _ = cache
    return dh * (1 - h**2)


def upside_down(dh, cache):
    h, _ = cache
    return dh * (1 + h**2)


def test_a_function_without_a_cache_returns_its_outputs_only() -> None:
    judgement = judge(PLAIN, {"a": SHIFT}, {"a": {"out": X + 3}}, LocalSession(shifted, "shifted"))
    assert judgement.status == "passed"
    cached = LocalSession(lambda x, _: (x + 3, None), "shifted")
    failed = judge(PLAIN, {"a": SHIFT}, {"a": {"out": X + 3}}, cached)
    assert failed.status == "failed"
    assert "expected" in failed.checks[0].message


def test_the_standard_cache_holds_what_the_exercise_names_results_of_the_forward_too() -> None:
    judgement = judge(STEP, STEPS, RIGHT, LocalSession(step_backward, "step_backward"))
    assert judgement.status == "passed"


def test_a_forward_that_is_missing_or_wrong_costs_such_a_backward_nothing() -> None:
    namespace = {"step_forward": lambda x: (np.zeros_like(x), (np.zeros_like(x), x))}
    exec("def step_backward(dh, cache):\n    return dh * (1 - cache[0] ** 2)", namespace)  # noqa: S102
    session = LocalSession(namespace["step_backward"], "step_backward")
    assert judge(STEP, STEPS, RIGHT, session).status == "passed"


def test_containers_and_saved_results_survive_recording() -> None:
    for exercise, case in ((PLAIN, SHIFT), (STEP, STEPS["a"])):
        made = Recorded(exercise, {"a": case}, {"a": {}})
        again = Recorded.from_json(made.to_json())
        assert again.exercise == exercise
        assert again.cases["a"].inputs.keys() == case.inputs.keys()
        assert again.cases["a"].saved.keys() == case.saved.keys()
    again = Recorded.from_json(Recorded(PLAIN, {"a": SHIFT}, {"a": {}}).to_json())
    assert again.cases["a"].inputs["shift"] == (1, 2)


def test_the_smallest_case_is_code_that_calls_the_function_as_it_is_judged() -> None:
    session = LocalSession(upside_down, "step_backward")
    text = smallest_example(Recorded(STEP, STEPS, RIGHT, tiny=("a",)), session)
    assert "dx = step_backward(dh, (h, x))" in text
    assert "\nh = np.array(" in text
