"""The text of a notebook file, byte for byte as nbformat writes it, put together from its cells'.

nbformat takes several milliseconds to write a notebook of eighty cells, and most cells of a
submission are as released: their text is the same for a whole class.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

#: The indentation of a cell in the file.
_INDENT = "\n  "


def of_cell(cell: NotebookNode) -> str:
    """The text of one cell, as it stands between its neighbours."""
    alone = nbformat.from_dict({"metadata": {}, "cells": [cell]})  # type: ignore[no-untyped-call]
    return _json(split_lines(strip_transient(alone)).cells[0]).replace("\n", _INDENT)  # type: ignore[no-untyped-call]


def of_notebook(fields: Mapping[str, Any], cells: Iterable[str]) -> str:
    """The text of the notebook that has these ``fields``, and ``cells`` with these texts."""
    # "cells" is the first of a notebook's fields, in the order in which they are written.
    rest = _json({name: value for name, value in fields.items() if name != "cells"})
    together = f",{_INDENT}".join(cells)
    inner = f"[{_INDENT}{together}\n ]" if together else "[]"
    return f'{{\n "cells": {inner},{rest[1:]}\n'


def _json(value: object) -> str:
    """``value`` as nbformat writes it.  A line end in it is never part of a text."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
