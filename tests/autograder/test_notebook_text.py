"""The text of a notebook is nbformat's, whatever is in its cells."""

from pathlib import Path

import nbformat
import pytest

from autograder import notebook_text

ASSIGNMENTS = sorted(Path("assignments").glob("*/*.ipynb"))


def text(notebook) -> str:
    return notebook_text.of_notebook(notebook, map(notebook_text.of_cell, notebook.cells))


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_a_released_notebook_is_written_as_nbformat_writes_it(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert text(notebook) == nbformat.writes(notebook) + "\n"


def code(source="", outputs=()) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "code",
        "metadata": {"trusted": True, "tags": ["b", "a"], "nested": {"z": {}, "a": []}},
        "outputs": list(outputs),
        "source": source,
    }


DATA = {"text/html": "<b>\n</b>", "application/json": {"lines": "a\nb"}, "image/png": "aGk=\n"}
SHOWN = {"output_type": "display_data", "metadata": {}, "data": DATA}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "one\ntwo\x85three\u2028four"}
SAID = {"cell_type": "markdown", "id": "said", "metadata": {}, "source": "ä \\n \u2029\x0c\r\n"}
SAID["attachments"] = {"a.png": {"image/png": "aGk="}}


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [code()],
        [code('print("},\\n  {")\n', [SHOWN, PRINTED]), SAID],
    ],
    ids=["nothing", "empty", "everything"],
)
def test_any_cell_is_written_as_nbformat_writes_it(cells) -> None:
    fields = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "ä"}}}
    notebook = nbformat.from_dict({**fields, "cells": cells})
    assert text(notebook) == nbformat.writes(notebook) + "\n"
