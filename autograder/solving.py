"""Runs notebooks with solutions, whose code is the course's own, and makes pages of them.

Nothing here is safe for submitted code.
"""

import os
from pathlib import Path

from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from autograder.errors import RefusedError


def error_outputs(notebook: NotebookNode) -> list[tuple[int, str]]:
    """The errors in an executed notebook: number of the cell, from 0, and what was raised."""
    return [
        (number, f"{output.ename}: {output.evalue}".splitlines()[0])
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]


def execute(notebook: NotebookNode, name: str, folder: Path, seconds: int) -> None:
    """Run all cells of ``notebook`` in ``folder``, and keep their outputs in it.

    An error does not stop the cells below it.  ``RefusedError``, with the notebook's
    ``name``, is raised if a cell takes longer than ``seconds``, or if the kernel dies or
    is not installed.
    """
    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name="python3",
        allow_errors=True,
        record_timing=False,
        # The kernel's advice about its transport is for servers, and would spoil the screen.
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    # A backend chosen for this process would keep pictures out of the notebook.
    environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    try:
        client.execute(env=environment)
    except (CellTimeoutError, DeadKernelError, NoSuchKernel) as error:
        raise RefusedError(
            f"{name} cannot be run to its end: {str(error).strip().splitlines()[0]}"
        ) from error


def to_html(notebook: NotebookNode, title: str) -> str:
    """The notebook as one HTML page."""
    exporter = HTMLExporter()  # type: ignore[no-untyped-call]
    page: str
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    return page
