"""Notebook files that are broken, each with what has to become of it.

A file is made from the solved notebook of 02_convolution: what is broken is all that is
wrong with it.  ``points`` are those of the forward and the backward in the gradebook, None
where the file cannot be read; ``reason`` is a part of what its author is told then.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Notebook = dict[str, Any]
FORWARD, BACKWARD, QUESTION = "conv_forward_naive", "conv_backward_naive", "why_gradients_add"
FULL, NOTHING = (5.0, 10.0), (0.0, 0.0)


@dataclass(frozen=True)
class Broken:
    """A broken file: ``make`` changes a solved notebook, or returns other content."""

    name: str
    make: Callable[[Notebook], Notebook | bytes | None]
    points: tuple[float, float] | None = FULL
    reason: str = ""

    def content(self, solved: Notebook) -> bytes:
        """The bytes of the file."""
        made = self.make(solved)
        return made if isinstance(made, bytes) else json.dumps(made or solved).encode()


def cell(notebook: Notebook, grade_id: str) -> Notebook:
    """The cell of this ``grade_id``."""
    return next(c for c in notebook["cells"] if settings(c).get("grade_id") == grade_id)


def settings(cell: Notebook) -> dict[str, Any]:
    """What nbgrader knows of a cell."""
    found: dict[str, Any] = cell.get("metadata", {}).get("nbgrader", {})
    return found


def code(source: str, **more: Any) -> Notebook:
    """A code cell."""
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def prepend(*sources: str) -> Callable[[Notebook], None]:
    """Put code cells in front of all others."""

    def change(notebook: Notebook) -> None:
        notebook["cells"][:0] = [code(source, id=f"own{i}") for i, source in enumerate(sources)]

    return change


def bytes_of(change: Callable[[bytes], bytes]) -> Callable[[Notebook], bytes]:
    """Change the file itself."""
    return lambda notebook: change(json.dumps(notebook, ensure_ascii=False).encode())


def every_cell(change: Callable[[Notebook], object]) -> Callable[[Notebook], None]:
    """Change every cell."""

    def all_of_them(notebook: Notebook) -> None:
        for one in notebook["cells"]:
            change(one)

    return all_of_them


def without(*grade_ids: str) -> Callable[[Notebook], None]:
    """Delete cells."""

    def change(notebook: Notebook) -> None:
        gone = [cell(notebook, grade_id) for grade_id in grade_ids]
        notebook["cells"] = [c for c in notebook["cells"] if c not in gone]

    return change


def copied(*grade_ids: str) -> Callable[[Notebook], None]:
    """Put copies of cells, ids and all, in front of all others."""

    def change(notebook: Notebook) -> None:
        copies = [json.loads(json.dumps(cell(notebook, grade_id))) for grade_id in grade_ids]
        notebook["cells"][:0] = copies

    return change


def retyped(grade_id: str, kind: str) -> Callable[[Notebook], None]:
    """Turn a cell into one of another type."""
    return lambda notebook: cell(notebook, grade_id).update(cell_type=kind)


def flags(**changed: Any) -> Callable[[Notebook], None]:
    """Edit what nbgrader knows of every grade cell."""

    def change(notebook: Notebook) -> None:
        for one in notebook["cells"]:
            if settings(one).get("grade"):
                one["metadata"]["nbgrader"].update(changed)

    return change


def renamed(old: str, new: Any) -> Callable[[Notebook], None]:
    """Give a cell another ``grade_id``."""
    return lambda notebook: settings(cell(notebook, old)).update(grade_id=new)


def format_three(notebook: Notebook) -> Notebook:
    """The same notebook as Jupyter saved it until 2014."""
    old = [
        {**c, "input": c["source"], "language": "python", "outputs": [], "collapsed": False}
        if c["cell_type"] == "code"
        else c
        for c in notebook["cells"]
    ]
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": old, "metadata": {}}],
    }


def large_output(notebook: Notebook) -> None:
    """Two hundred megabytes of output below one cell."""
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 200_000_000}
    notebook["cells"].append(code("", outputs=[text]))


WIDGET = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "x" * 32}},
}


def widgets(notebook: Notebook) -> None:
    """A widget below a cell, its state in the metadata."""
    state = {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "state": {}}}
    notebook["metadata"]["widgets"] = state
    cell = code("import ipywidgets\nipywidgets.interact(print, x=(0, 9))", outputs=[WIDGET])
    notebook["cells"].insert(0, cell)


FILES = (
    Broken("empty", lambda _: b"", None, "the file is empty; save the notebook again"),
    Broken("blank", lambda _: b"\n\n  \t", None, "the file is empty"),
    Broken("truncated", bytes_of(lambda b: b[: len(b) // 2]), None, "not valid JSON (line 1)"),
    Broken("end cut off", bytes_of(lambda b: b[:-1]), None, "submit it whole"),
    Broken("twice", bytes_of(lambda b: b + b), None, "not valid JSON"),
    Broken("with conflict markers", bytes_of(lambda b: b"<<<<<<< HEAD\n" + b), None, "not valid"),
    Broken("latin-1", bytes_of(lambda b: b + "ü".encode("latin-1")), None, "not UTF-8 text"),
    Broken("utf-16", bytes_of(lambda b: b.decode().encode("utf-16")), None, "not UTF-8 text"),
    Broken("byte order mark", bytes_of(lambda b: b"\xef\xbb\xbf" + b)),
    Broken("nul bytes", lambda _: b"\0" * 5000, None, "not valid JSON"),
    Broken("a page of a website", lambda _: b"<!DOCTYPE html><p>Log in", None, "not valid JSON"),
    Broken("a script", lambda _: b"import numpy as np\n", None, "not valid JSON"),
    Broken("an archive", lambda _: b"PK\x03\x04" + bytes(3000), None, "not valid JSON"),
    Broken("a compressed bomb", lambda _: b"\x1f\x8b\x08\x00" + bytes(99), None, "not UTF-8"),
    Broken("a list", lambda _: b"[]", None, "holds no notebook"),
    Broken("a number", lambda _: b"4", None, "holds no notebook"),
    Broken("200 MB", large_output, None, "200 MB; expected at most 50 MB; clear the outputs"),
    Broken(
        "100,000 cells",
        lambda n: n["cells"].extend([code("")] * 100_000),
        None,
        "cells; expected at most 5000; delete the cells",
    ),
    Broken(
        "100,000 cells of format 3",
        lambda n: format_three(n | {"cells": n["cells"] + [code("")] * 100_000}),
        None,
        "cells; expected at most 5000",
    ),
    Broken(
        "a gigabyte of lists",
        lambda n: n | {"metadata": {"x": [[]] * 2_000_000}},
        None,
        "lists and objects; expected at most 1000000; clear",
    ),
    Broken("nested too deeply", lambda _: b"[" * 500_000, None, "not valid JSON"),
    Broken(
        "a number of a million digits",
        lambda _: b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 1_000_000 + b"}",
        None,
        "not valid JSON",
    ),
    Broken("format 1", lambda n: n | {"nbformat": 1}, None, "format 1; expected 4; open it"),
    Broken("format 2", lambda n: n | {"nbformat": 2}, None, "format 2; expected 4; open it"),
    Broken("format 3", format_three),
    Broken("format 3 in name only", lambda n: n | {"nbformat": 3}, None, "cannot be upgraded"),
    Broken("format 5", lambda n: n | {"nbformat": 5}, None, "format 5; expected 4"),
    Broken("no format", lambda n: {"cells": n["cells"]}, None, "format None; expected 4"),
    Broken("no cells", lambda _: b'{"nbformat": 4}', None, "no list of cells"),
    Broken("an empty notebook", lambda n: n | {"cells": []}, NOTHING),
    Broken("a cell that is none", lambda n: n["cells"].insert(0, "x"), None, "cell 1 of the"),
    Broken("a cell without text", lambda n: n["cells"][2].update(source=7), None, "cell 3 of the"),
    Broken(
        "another assignment",
        every_cell(lambda c: settings(c) and settings(c).update(grade_id="rnn_backward")),
        None,
        "another assignment (it has rnn_backward); expected 02_convolution; submit the",
    ),
)

CELLS = (
    Broken("ids missing", every_cell(lambda c: c.pop("id", None))),
    Broken("ids all the same", every_cell(lambda c: c.update(id="same"))),
    Broken("ids of any kind", every_cell(lambda c: c.update(id=[1, {}]))),
    Broken("ids foreign", every_cell(lambda c: c.update(id="\x00<script>" * 50))),
    Broken("metadata missing", every_cell(lambda c: c.pop("metadata"))),
    Broken("metadata that are a text", every_cell(lambda c: c.update(metadata="text"))),
    Broken("outputs missing", every_cell(lambda c: c.pop("outputs", None))),
    Broken("outputs of any kind", every_cell(lambda c: c.update(outputs=[None, 5, {"a": []}]))),
    Broken("sources in lines", every_cell(lambda c: c.update(source=list(c["source"])))),
    Broken("no notebook metadata", lambda n: n.pop("metadata") and None),
    Broken("grade cell deleted", without(BACKWARD)),
    Broken("both grade cells deleted", without(FORWARD, BACKWARD)),
    Broken("question deleted", without(QUESTION)),
    Broken("a solution deleted", without(f"{BACKWARD}_solution"), (5, 0)),
    Broken("a forward deleted", without(f"{FORWARD}_solution"), (0, 10)),
    Broken("grade cells twice", copied(FORWARD, BACKWARD)),
    Broken("everything twice", lambda n: n["cells"].extend(json.loads(json.dumps(n["cells"])))),
    Broken("a solution twice", copied(f"{FORWARD}_solution", f"{BACKWARD}_solution")),
    Broken("in reverse", lambda n: n["cells"].reverse(), NOTHING),
    Broken("a solution as markdown", retyped(f"{BACKWARD}_solution", "markdown"), (5, 0)),
    Broken("a solution as raw text", retyped(f"{BACKWARD}_solution", "raw"), (5, 0)),
    Broken("a grade cell as markdown", retyped(BACKWARD, "markdown")),
    Broken("an answer as code", retyped(QUESTION, "code")),
    Broken("a type that nobody knows", retyped(BACKWARD, "heading")),
    Broken("a type that is a list", lambda n: n["cells"][0].update(cell_type=["code"])),
    Broken("points edited", flags(points=100)),
    Broken("points that are none", flags(points="many")),
    Broken("flags flipped", flags(grade=False, solution=True, locked=False)),
    Broken("a schema of the future", flags(schema_version=99)),
    Broken("a schema of the past", flags(schema_version=0)),
    Broken("a grade id renamed", renamed(BACKWARD, "mine")),
    Broken("a grade id that is a list", renamed(BACKWARD, ["x"])),
    Broken("two of one grade id", renamed(BACKWARD, FORWARD)),
    Broken("the release untouched", lambda _: None),
)

CODE = (
    Broken("magics", prepend("%matplotlib inline\n%load_ext autoreload", "!pip list", "x = !ls")),
    Broken("a shell cell", prepend("%%bash\nrm -rf ~\nexit 1")),
    Broken("a cell of another language", prepend("%%javascript\nalert(1)", "%%R\nx <- 1")),
    Broken("a magic that nobody knows", prepend("%no_such_magic", "%%no_such_magic\nx = 1")),
    Broken("help", prepend("np.pad?", "?np.pad", "np.pad??")),
    Broken("prompts", prepend(">>> x = 1\n>>> y = 2\n", "In [1]: x = 1")),
    Broken("no syntax", prepend("def f(:\n", "x = = 1", "}\x00", "\x0c\x0b\ufeff", "\ud800")),
    Broken("Python 2", prepend("print 'here'", "exec 'x = 1'", "raise ValueError, 'x'")),
    Broken("an indented cell", prepend("    x = 1\n  y = 2")),
    Broken(
        "another kernel",
        lambda n: n["metadata"].update(
            kernelspec={"name": "ir", "display_name": "R", "language": "R"},
            language_info={"name": "R"},
        ),
    ),
    Broken("a kernel that is none", lambda n: n["metadata"].update(kernelspec=[1])),
    Broken("widgets", widgets),
    Broken("input and exit", prepend("input('name? ')", "exit()", "quit()", "raise SystemExit")),
    Broken("a scratch cell without an end", prepend("while True:\n    pass")),
    Broken("os._exit", prepend("import os\nos._exit(0)")),
    Broken("a crash", prepend("import ctypes\nctypes.string_at(0)")),
    Broken("no memory", prepend("x = [0] * 10**11", "y = bytearray(10**12)")),
    Broken("endless recursion", prepend("def f():\n    return f()\nf()")),
    Broken("an endless text", prepend("x = 1  #" + "x" * 3_000_000)),
    Broken("brackets without an end", prepend("(" * 5000, "x = " + "-" * 20_000 + "1")),
    Broken("names that reverse", prepend("# \u202e reversed \u2066 \x1b[2J\nx = '\u202e'")),
)

CATALOGUE = (*FILES, *CELLS, *CODE)
