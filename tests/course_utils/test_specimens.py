"""Functions lent to a student's tool, and drivers that use a student's class."""

import numpy as np
import pytest

from course_utils.checking import LocalSession
from course_utils.drivers import DRIVERS, bound, driver, source
from course_utils.exercise import Case, Check, Exercise
from course_utils.judging import judge
from course_utils.recorded import Recorded, load
from course_utils.smallest_example import as_code, smallest_example
from course_utils.specimens import FUNCTIONS, named, registry, specimen

SLOPE = Exercise(
    name="slope",
    function="slope",
    outputs=("slope",),
    caches=False,
    specimens=True,
    checks=(Check("slope", "slope", "Of a line.", 1, outputs=("slope",), cases=("a",)),),
)

TWICE = Exercise(
    name="Layer",
    function="Layer",
    outputs=("out", "total"),
    caches=False,
    driver="use_twice",
    checks=(Check("out", "two calls", "They add up.", 1, outputs=("out", "total"), cases=("a",)),),
)
GIVEN = Case("a", {"factor": 3.0, "x": np.arange(3.0)}, np.ones(3))
RIGHT = {"a": {"out": 6 * np.arange(3.0), "total": np.array(18.0)}}


def use_twice(factor, x):
    layer = Layer(factor)  # noqa: F821 - the student's class
    out = layer.forward(x) + layer.forward(x)
    return out, layer.total


@pytest.fixture(autouse=True)
def entered(monkeypatch):
    """One specimen and one driver, for these tests only."""
    monkeypatch.setitem(FUNCTIONS, "line", lambda x, a: a * np.asarray(x, float))
    monkeypatch.setitem(DRIVERS, "use_twice", use_twice)


def test_a_specimen_is_a_function_with_its_last_arguments_fixed() -> None:
    assert specimen("line", 4.0)(2.0) == 8.0
    assert str(specimen("line", 4.0)) == "line"
    assert repr(specimen("line", 4.0)) == "specimen('line', 4.0)"


def test_an_unknown_specimen_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ValueError, match=r"'curve'.*line"):
        specimen("curve")


def test_a_name_is_given_to_one_specimen_and_to_one_driver() -> None:
    with pytest.raises(AssertionError):
        named("line")(abs)
    with pytest.raises(AssertionError):
        driver(use_twice)


def test_a_students_tool_is_judged_by_what_it_says_of_a_specimen() -> None:
    case = Case("a", {"f": specimen("line", 4.0)}, np.ones(()))
    right = {"a": {"slope": np.array(4.0)}}
    for tool, status in ((lambda f: f(1.0) - f(0.0), "passed"), (lambda f: f(1.0) + 1, "failed")):
        assert judge(SLOPE, {"a": case}, right, LocalSession(tool, "slope")).status == status


def test_an_example_with_a_specimen_is_code_that_runs(monkeypatch) -> None:
    given = {"f": specimen("line", 4.0), "g": specimen("line", 5.0)}
    text = "\n".join(as_code(Case("a", given, np.ones(())), SLOPE))
    names = {"slope": lambda f, g: f(1.0) + g(1.0)}
    exec(text, names)  # noqa: S102 - our own text
    assert names["slope"] == 9
    monkeypatch.setattr(registry, "REUSING", {"line"})
    text = "\n".join(as_code(Case("a", given, np.ones(())), SLOPE))
    names = {"slope": lambda f, _: f(np.ones(2)) is f(np.zeros(2))}
    exec(text, names)  # noqa: S102
    assert names["slope"] is True


def test_specimens_survive_recording() -> None:
    case = Case("a", {"f": specimen("line", np.arange(2.0))}, np.ones(()))
    again = Recorded.from_json(Recorded(SLOPE, {"a": case}, {"a": {}}).to_json())
    assert again.exercise == SLOPE
    np.testing.assert_array_equal(again.cases["a"].inputs["f"](2.0), [0, 2])


def test_a_driver_uses_the_class_under_its_name() -> None:
    class Layer:
        def __init__(self, factor):
            self.factor, self.total = factor, 0.0

        def forward(self, x):
            self.total += self.factor * x.sum()
            return self.factor * x

    judgement = judge(TWICE, {"a": GIVEN}, RIGHT, LocalSession(Layer, "Layer"))
    assert judgement.status == "passed", judgement.checks

    class Forgets(Layer):
        def forward(self, x):
            self.total = self.factor * x.sum()
            return self.factor * x

    judgement = judge(TWICE, {"a": GIVEN}, RIGHT, LocalSession(Forgets, "Layer"))
    assert "total" in judgement.checks[0].message


def test_a_class_that_nobody_wrote_is_not_started() -> None:
    class Layer:
        def __init__(self, factor):
            raise NotImplementedError

    judgement = judge(TWICE, {"a": GIVEN}, RIGHT, LocalSession(Layer, "Layer"))
    assert judgement.status == "not started"


def test_a_drivers_text_does_what_the_driver_does() -> None:
    namespace = {"Layer": lambda _: type("L", (), {"forward": lambda _, x: x, "total": 1})()}
    exec(source("use_twice"), namespace)  # noqa: S102 - our own text
    here, there = bound("use_twice", namespace)(1, 2), namespace["use_twice"](1, 2)
    assert here == there == (4, 1)


def test_a_notebooks_driver_text_has_no_decorator() -> None:
    assert not any(source(name).startswith("@") for name in DRIVERS)


def test_what_a_wrong_tool_said_is_shown_as_the_truth_value_that_it_is() -> None:
    session = LocalSession(lambda *_: True, "my_test")
    text = smallest_example(load("my_test"), session)
    assert text.splitlines()[-2:] == [
        "# verdict should be False",
        "# verdict is        True",
    ]
