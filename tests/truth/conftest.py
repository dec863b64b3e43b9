"""What torch autograd said, and the functions that are compared with it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import reference
from autograder.exercises import QUESTIONS
from course_utils.exercise import Exercise

ROOT = Path(__file__).parents[2]

# Scripts are no package. Once imported, they are found under their names.
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "tools")
    import record_truth
    from torch_truth import NOTEBOOKS, inputs
    from torch_truth.inputs import Operation

Functions = Mapping[str, Callable[..., Any]]


class Recorded:
    """A pair of forward and backward, with the cases that torch was asked about."""

    def __init__(self, notebook: str, operation: Operation, truth: inputs.Cases) -> None:
        self.notebook = notebook
        # A notebook's operations need not have inputs of one kind.
        self.cases = {n: case for n, case in truth.items() if operation.name in case["results"]}
        self.name, self.forward, self.backward = (
            operation.name,
            operation.forward,
            operation.backward,
        )

    @property
    def judge(self) -> Exercise:
        """The exercise of the backward."""
        exercises = [question.exercise for question in QUESTIONS[self.notebook]]
        (judge,) = [exercise for exercise in exercises if exercise.name == self.backward]
        return judge

    def arguments(self, case: str) -> list[Any]:
        """What the forward is called with: fresh copies."""
        given = self.cases[case]
        arrays = [value.copy() for name, value in given["inputs"].items() if name != "dout"]
        return [*arrays, dict(given["parameters"])] if given["parameters"] else arrays

    def dout(self, case: str) -> inputs.Array:
        return self.cases[case]["inputs"]["dout"].copy()

    def results(self, case: str) -> Mapping[str, inputs.Array]:
        """What torch says: out, and the gradients by name."""
        return self.cases[case]["results"][self.name]

    def computed(self, functions: Functions, case: str) -> dict[str, Any]:
        """What these functions say, by the same names."""
        out, cache = functions[self.forward](*self.arguments(case))
        gradients = functions[self.backward](self.dout(case), cache)
        arrays = gradients if isinstance(gradients, tuple) else (gradients,)
        return dict(zip(self.results(case), (out, *arrays), strict=True))

    def unlike(self, functions: Functions, case: str) -> list[str]:
        """Names of the arrays in which these functions and torch disagree."""
        computed, truth = self.computed(functions, case), self.results(case)
        return [
            name
            for name, found in computed.items()
            if not record_truth.agree(np.asarray(found), truth[name])
        ]


_TRUTH = record_truth.read()
OPERATIONS = {
    operation.name: Recorded(notebook, operation, _TRUTH[notebook])
    for notebook, module in NOTEBOOKS.items()
    for operation in module.OPERATIONS
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for an operation and a case runs for every one that is recorded."""
    if "case" in metafunc.fixturenames:
        pairs = [(name, case) for name, o in OPERATIONS.items() for case in o.cases]
        metafunc.parametrize(("operation", "case"), pairs, indirect=["operation"])
    elif "operation" in metafunc.fixturenames:
        metafunc.parametrize("operation", list(OPERATIONS), indirect=True)


@pytest.fixture
def operation(request: pytest.FixtureRequest) -> Recorded:
    return OPERATIONS[request.param]


@pytest.fixture(scope="session")
def operations() -> Mapping[str, Recorded]:
    return OPERATIONS


@pytest.fixture(scope="session")
def references() -> Mapping[str, reference.Reference]:
    """By notebook."""
    return {notebook: reference.load(ROOT / "solutions", notebook) for notebook in _TRUTH}


@pytest.fixture
def functions(operation: Recorded, references: Mapping[str, reference.Reference]) -> Functions:
    return references[operation.notebook].functions
