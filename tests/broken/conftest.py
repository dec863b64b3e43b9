"""The real course, its graders and its notebooks, as ``tests/autograder`` has them."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _module(name: str, path: Path) -> ModuleType:
    """A file beside the tests as a module: test files are found by path, not imported."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks for its module.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).parent
_shared = _module("autograder_fixtures", _HERE.parent / "autograder/conftest.py")
_catalogue = _module("catalogue_of_broken_files", _HERE / "catalogue.py")

course, isolation, grader = _shared.course, _shared.isolation, _shared.grader
notebook, hand_in, submission = _shared.notebook, _shared.hand_in, _shared.submission


@pytest.fixture(scope="session")
def solved() -> dict[str, Any]:
    """The notebook of 02_convolution with every solution in it; not to be changed."""
    made: dict[str, Any] = _shared._notebook()
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``broken`` is asked once for every file of the catalogue."""
    if "broken" in metafunc.fixturenames:
        metafunc.parametrize("broken", _catalogue.CATALOGUE, ids=lambda broken: broken.name)
