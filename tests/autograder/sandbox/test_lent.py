"""Functions that the grader lends to a student's function: evaluated here, seen nowhere."""

from collections.abc import Iterator

import numpy as np
import pytest

from autograder.sandbox import Child, ChildStopped
from autograder.sandbox import lent as lending
from course_utils.checking import LocalSession
from course_utils.specimens import FUNCTIONS, Specimen
from course_utils.specimens.registry import COUNTING, REUSING


@pytest.fixture(autouse=True)
def specimens(monkeypatch) -> None:
    """Three functions to lend."""
    monkeypatch.setitem(FUNCTIONS, "scaled", lambda x, factor: factor * np.asarray(x, float))
    monkeypatch.setitem(FUNCTIONS, "pair", lambda x: (np.asarray(x, float), {"n": np.size(x)}))
    monkeypatch.setitem(FUNCTIONS, "strange", lambda _: object())


@pytest.fixture
def child(any_isolation) -> Iterator[Child]:
    from tests.autograder.sandbox.conftest import AMPLE

    with Child.start(any_isolation, AMPLE) as started:
        started.run_cell("import numpy as np", "cell 1")
        yield started


def asked(child: Child, body: str, *arguments):
    child.run_cell(f"def use(f, *rest):\n    {body}", "cell 2")
    return child.call("use", arguments, ("value",), keep=False)


def test_a_lent_function_is_called_with_arrays_and_gives_arrays(child) -> None:
    returned = asked(child, "return f(f(rest[0]))", Specimen("scaled", (3.0,)), np.arange(4.0))
    assert returned.outputs is not None, returned
    np.testing.assert_array_equal(returned.outputs[0], 9 * np.arange(4.0))


def test_two_lent_functions_are_not_mixed_up(child) -> None:
    twice, thrice = Specimen("scaled", (2.0,)), Specimen("scaled", (3.0,))
    returned = asked(child, "return f(1.0) + 10 * rest[0](1.0)", twice, thrice)
    assert returned.outputs[0] == 32


def test_containers_come_back_as_what_they_are(child) -> None:
    returned = asked(child, "a, b = f([1, 2]); return a * b['n']", Specimen("pair"))
    np.testing.assert_array_equal(returned.outputs[0], [2, 4])


def test_many_questions_are_answered_in_one_call(child) -> None:
    body = "return sum(float(f(1.0)) for _ in range(500))"
    assert asked(child, body, Specimen("scaled", (2.0,))).outputs[0] == 1000


def test_a_function_that_reuses_its_array_overwrites_what_it_returned(child, monkeypatch) -> None:
    monkeypatch.setattr("course_utils.specimens.registry.REUSING", {*REUSING, "scaled"})
    body = "a = f(rest[0]); b = f(2 * rest[0]); return np.stack([a, b, f(np.ones(3))[:2]])"
    given = (Specimen("scaled", (3.0,)), np.arange(2.0))
    expected = [[0, 6], [0, 6], [3, 3]]
    for found in here_and_there(child, body, *given):
        np.testing.assert_array_equal(found, expected)


def here_and_there(child: Child, body: str, *given):
    """What ``use`` with this body returns in the sandbox, and in this process."""
    names = {"np": np}
    exec(f"def use(f, *rest):\n    {body}", names)  # noqa: S102 - the same text, here
    here = LocalSession(names["use"], "use").call("use", given, ("value",), keep=False)
    return asked(child, body, *given).outputs[0], here.outputs[0]


def test_a_function_that_counts_its_calls_begins_anew_in_every_call(child, monkeypatch) -> None:
    monkeypatch.setattr("course_utils.specimens.registry.COUNTING", {*COUNTING, "grown"})
    monkeypatch.setitem(FUNCTIONS, "grown", lambda x, factor, earlier=0: factor * x + earlier)
    for _ in range(2):
        for found in here_and_there(
            child, "return f(1.0) + 10 * f(1.0)", Specimen("grown", (3.0,))
        ):
            assert found == 3 + 10 * 4


def test_what_a_function_writes_to_its_arguments_arrives_where_they_came_from(
    child, monkeypatch
) -> None:
    def emptied(dout, cache):
        dout[...], cache[1][...] = 0, 7
        return np.zeros(1)

    monkeypatch.setitem(FUNCTIONS, "emptied", emptied)
    body = (
        "a, b, c = rest[0].copy(), rest[0].copy(), rest[0].copy(); f(a[::2], (b, c)); "
        "return np.stack([a, b, c])"
    )
    for found in here_and_there(child, body, Specimen("emptied"), np.arange(1.0, 5)):
        np.testing.assert_array_equal(found, [[0, 2, 0, 4], [1, 2, 3, 4], [7, 7, 7, 7]])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return f(1, 2, 3)", "TypeError"),
        ("return f(object())", "ValueError"),
        ("return f(np.zeros(10**6))", "far too large"),
        ("return rest[0](1)", "object cannot be sent"),
    ],
)
def test_what_cannot_be_evaluated_is_an_exception_of_the_students_own(child, body, said) -> None:
    returned = asked(child, body, Specimen("scaled", (2.0,)), Specimen("strange"))
    assert returned.raised is not None
    assert returned.raised.type == "ValueError"
    assert said in returned.raised.message


def test_too_many_questions_stop_the_call(child, monkeypatch) -> None:
    monkeypatch.setattr(lending, "MOST_QUESTIONS", 10)
    with pytest.raises(ChildStopped, match="more than 10 times"):
        asked(child, "while True: f(1.0)", Specimen("scaled", (2.0,)))


def test_a_lent_function_is_gone_after_the_call(child) -> None:
    """Kept by the student's code, it would be an oracle for what is judged next."""
    asked(child, "global kept; kept = f; return 0.0", Specimen("scaled", (2.0,)))
    child.run_cell("def later():\n    return kept(1.0)", "cell 3")
    with pytest.raises(ChildStopped):
        child.call("later", (), ("value",), keep=False)
    assert child.closed


def test_nothing_but_a_number_of_a_lent_function_is_in_the_child(child) -> None:
    body = (
        "import gc; found = [o for o in gc.get_objects() if type(o) is str and 'scaled' in o]; "
        "return float(len(found) + ('scaled' in repr(vars(f)) + repr(f.__code__.co_consts)))"
    )
    assert asked(child, body, Specimen("scaled", (7.5,))).outputs[0] == 0
