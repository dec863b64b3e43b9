"""How the child finds the packages that a solution may import, and no neighbour of theirs.

Their directories are not on sys.path: beside numpy in site-packages there is everything
else that is installed.  The child loads this module by its path.
"""

import importlib.abc
import importlib.util
import os
import types
from collections.abc import Mapping, Sequence
from typing import Any


class Packages(importlib.abc.MetaPathFinder):
    """Finds the allowed packages where they are installed."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the import system's signature
        target: types.ModuleType | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the spec of an allowed top-level package or module, None for others."""
        place = self._places.get(fullname)
        if place is None:
            return None
        if os.path.isfile(place):
            return importlib.util.spec_from_file_location(fullname, place)
        initial = os.path.join(place, "__init__.py")
        if os.path.isfile(initial):
            return importlib.util.spec_from_file_location(
                fullname, initial, submodule_search_locations=[place]
            )
        spec = importlib.util.spec_from_loader(fullname, None, is_package=True)
        if spec is not None:
            spec.submodule_search_locations = [place]
        return spec
