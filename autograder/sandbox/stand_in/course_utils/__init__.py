"""Stands in for course_utils where a submission is judged: everything is there, nothing acts.

A notebook's cells run through, ``check`` and ``pictures`` do nothing, and no name answers
an exercise: whatever is imported from here is inert and returns None.
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class CheckFailed(Exception):  # noqa: N818 - the name it stands for
    """The class of that name, never raised here."""


class Inert:
    """Any attribute, any call, nothing done."""

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    def __call__(self, *args: object, **kwargs: object) -> None:
        return None


class _InertModules(MetaPathFinder, Loader):
    """Finds every submodule of course_utils: a module whose every name is inert."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname.startswith(f"{__name__}."):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = __getattr__  # type: ignore[method-assign]


def check(*args: object, **kwargs: object) -> None:
    """Do nothing: the grader judges."""


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Inert()


# After the path finder: modules that really lie in this directory come first.
sys.meta_path.append(_InertModules())
