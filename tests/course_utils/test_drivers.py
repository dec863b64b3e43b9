"""The scenes in which a class is judged are what students are shown of a failure."""

import numpy as np
import pytest

from course_utils.checking import LocalSession
from course_utils.drivers import DRIVERS, statements
from course_utils.exercise import Case, Check, Exercise
from course_utils.judging import judge
from course_utils.recorded import Recorded, load, names
from course_utils.smallest_example import smallest_example


def play(x, factor):
    """Not shown."""
    layer = Layer(factor)
    try:
        out = layer.forward(x)
        refused = False
    except ValueError:
        refused = True

    return out, layer.total, refused, False


def play_twice(x):
    layer = Layer(2.0)
    layer.forward(x)
    return layer.forward(x), layer.total


LAYER = Exercise(
    name="Layer",
    function="Layer",
    outputs=("out", "total"),
    caches=False,
    driver="play_twice",
    checks=(Check("total", "sum", "Add.", 1, outputs=("out", "total"), cases=("twice", "once")),),
)


def play_once(x):
    layer = Layer(2.0)
    return layer.forward(x), layer.total


CASES = {
    "twice": Case("twice", {"x": np.array([1.0, 2.0])}, np.zeros(0)),
    "once": Case("once", {"x": np.array([3.0])}, np.zeros(0), driver="play_once"),
}
ANSWERS = {
    "twice": {"out": np.array([2.0, 4.0]), "total": np.array(12.0)},
    "once": {"out": np.array([6.0]), "total": np.array(6.0)},
}


class Layer:
    def __init__(self, factor):
        self.factor, self.total = factor, 0.0

    def forward(self, x):
        self.total += self.factor * x.sum()
        return self.factor * x


class Forgetful(Layer):
    def forward(self, x):
        self.total = self.factor * x.sum()
        return self.factor * x


@pytest.fixture(autouse=True)
def entered(monkeypatch) -> None:
    for function in (play, play_twice, play_once):
        monkeypatch.setitem(DRIVERS, function.__name__, function)


def test_a_scene_is_shown_line_by_line_with_names_for_what_it_returns() -> None:
    assert statements("play", ("out", "total", "refused", "flag")) == [
        "layer = Layer(factor)",
        "try:",
        "    out = layer.forward(x)",
        "    refused = False",
        "except ValueError:",
        "    refused = True",
        "total = layer.total",
    ]


PLAYED = sorted(
    {
        (driver, made.exercise.outputs)
        for made in map(load, names())
        for case in made.cases.values()
        if (driver := case.driver or made.exercise.driver)
    }
)


@pytest.mark.parametrize(("name", "outputs"), PLAYED)
def test_the_scenes_of_the_course_can_be_run_as_they_are_shown(name, outputs) -> None:
    shown = "\n".join(statements(name, outputs))
    compile(shown, name, "exec")
    assert f"def {name}" not in shown


def test_a_case_is_played_by_its_own_scene() -> None:
    session = LocalSession(Layer, "Layer")
    assert judge(LAYER, CASES, ANSWERS, session).status == "passed"
    found = judge(LAYER, CASES, ANSWERS, LocalSession(Forgetful, "Layer"))
    assert found.checks[0].case == CASES["twice"].title


def test_the_scene_of_a_case_survives_recording() -> None:
    recorded = Recorded(LAYER, CASES, ANSWERS)
    again = Recorded.from_json(recorded.to_json())
    assert [case.driver for case in again.cases.values()] == ["", "play_once"]
    assert again.agrees(recorded)


def test_recordings_that_differ_by_a_scene_differ() -> None:
    recorded = Recorded(LAYER, CASES, ANSWERS)
    other = Recorded.from_json(recorded.to_json().replace("play_once", "play_twice"))
    assert not other.agrees(recorded)


def test_the_smallest_failing_case_is_the_scene() -> None:
    recorded = Recorded(LAYER, CASES, ANSWERS, tiny=("once", "twice"))
    text = smallest_example(recorded, LocalSession(Forgetful, "Layer"))
    assert text.splitlines() == [
        "x = np.array([1., 2.])",
        "layer = Layer(2.0)",
        "layer.forward(x)",
        "out = layer.forward(x)",
        "total = layer.total",
        "# total should be 12.0",
        "# total is        6.0",
    ]
