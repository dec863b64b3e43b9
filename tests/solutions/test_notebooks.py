"""Every notebook runs from a clean kernel to its end: as students get it, and solved."""

import re
from pathlib import Path

import nbformat
import pytest

from autograder.companions import companions
from autograder.conversion import read_source
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.release import read_release
from autograder.solving import error_outputs, execute

COURSE = Course(Path(__file__).parents[2])
EVERY_NOTEBOOK = pytest.mark.parametrize("name", COURSE.notebooks)
#: Seconds that one cell may take.
PATIENCE = 300
IMAGE = re.compile("<img[^>]*>")


def run(notebook, name: str, folder: Path):
    """The errors of the executed notebook, beside the files that it comes with."""
    for file, text in companions(COURSE, name).items():
        (folder / file).write_text(text, encoding="utf-8")
    execute(notebook, name, folder, PATIENCE)
    return error_outputs(notebook)


def pictures_without_words(notebook) -> list[int]:
    """Numbers of the cells with an image that says nothing to who cannot see it.

    An image that is an output of its own has no alternative text in JupyterLab.
    """
    return [
        number
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", ())
        if "image/png" in (data := output.get("data", {}))
        or any(
            not re.search(r' alt="[^"]', tag) for tag in IMAGE.findall(data.get("text/html", ""))
        )
    ]


def test_every_notebook_of_the_course_has_exercises() -> None:
    assert tuple(QUESTIONS) == COURSE.notebooks


@EVERY_NOTEBOOK
def test_the_released_notebook_runs_to_its_end_and_every_check_says_not_written_yet(
    name, tmp_path
) -> None:
    released = nbformat.read(COURSE.release_file(name), as_version=4)
    errors = run(released, name, tmp_path)
    graded = [c for c in read_release(COURSE, name).cells if c.kind == "autograded"]
    assert len(errors) == len(graded) == len(QUESTIONS[name])
    assert [text for _, text in errors if "not written yet" not in text] == []


@EVERY_NOTEBOOK
def test_the_solved_notebook_runs_without_an_error_and_its_pictures_have_words(
    name, tmp_path
) -> None:
    solved = read_source(COURSE, name).notebook
    assert run(solved, name, tmp_path) == []
    assert pictures_without_words(solved) == []


def test_a_picture_without_words_is_seen() -> None:
    def outputs(**data):
        return nbformat.from_dict({"outputs": [{"data": data}]})

    mute, told = '<img src="data:image/png;base64,A">', '<img src="A" alt="two windows">'
    cells = [outputs(**{"text/html": told}), outputs(**{"text/html": told + mute})]
    cells.append(outputs(**{"image/png": "A"}))
    assert pictures_without_words(nbformat.from_dict({"cells": cells})) == [1, 2]
