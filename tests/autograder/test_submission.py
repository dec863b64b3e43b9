"""Any file is read as a submission, or refused with a reason that its author understands."""

import contextlib
import json
import os
import socket
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import submission as submissions
from autograder.course import Course
from autograder.release import Release, read_release
from autograder.submission import (
    NotebookCell,
    Submission,
    SubmittedCell,
    UnreadableError,
    read_cells,
    read_submission,
    student_folders,
    submission_file,
)

NAME = "02_convolution"
FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"


@pytest.fixture
def release(course: Course) -> Release:
    return read_release(course, NAME)


@pytest.fixture
def folder(course: Course) -> Path:
    path = course.submitted / "ada" / NAME
    path.mkdir(parents=True)
    return path


@pytest.fixture
def read(folder: Path, release: Release) -> Callable[..., Submission]:
    """A function that reads what is in the folder, after putting ``content`` there."""

    def read(content: object = None) -> Submission:
        path = folder / f"{NAME}.ipynb"
        if content is not None:
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            path.write_bytes(data)
        return read_submission(submission_file(folder, NAME), "ada", release)

    return read


def cell(source: object, grade_id: str = "", kind: str = "code") -> dict[str, object]:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, "outputs": []}


def of(*cells: object, nbformat: object = 4) -> dict[str, object]:
    return {"cells": list(cells), "nbformat": nbformat, "nbformat_minor": 5, "metadata": {}}


# What is read


def test_code_cells_come_in_order_with_their_ids_and_written_answers_apart(read) -> None:
    found = read(
        of(
            cell("a = 1"),
            cell("some text", kind="markdown"),
            cell(["def f():\n", "    pass"], f"{FORWARD}_solution"),
            cell("because", "written_by_hand", "markdown"),
            cell("raw", kind="raw"),
        )
    )
    assert (found.student, found.assignment) == ("ada", NAME)
    assert found.code == (
        SubmittedCell("a = 1"),
        SubmittedCell("def f():\n    pass", f"{FORWARD}_solution"),
    )


def test_the_written_answers_are_those_of_the_release(read, release, notebook) -> None:
    asked = [c.grade_id for c in release.cells if c.kind == "manual"]
    assert asked
    assert [grade_id for grade_id, _ in read(notebook()).written] == asked


def test_of_copied_cells_the_last_one_counts(read) -> None:
    found = read(of(cell("1", FORWARD), cell("2", BACKWARD), cell("3", FORWARD), cell("4")))
    assert found.position(FORWARD) == 2
    assert found.position(BACKWARD) == 1
    assert found.position("gone") is None


def test_a_notebook_whose_metadata_are_gone_is_read_all_the_same(read) -> None:
    stripped = [{"cell_type": "code", "source": "x = 1"}, {"cell_type": "code", "source": []}]
    assert read({"cells": stripped, "nbformat": 4}).code == (
        SubmittedCell("x = 1"),
        SubmittedCell(""),
    )


@pytest.mark.parametrize(
    "metadata",
    [None, [], 3, {"nbgrader": None}, {"nbgrader": []}, {"nbgrader": {"grade_id": ["x"]}}],
)
def test_metadata_of_any_type_are_no_obstacle(read, metadata) -> None:
    found = read(of({"cell_type": "code", "source": "x", "metadata": metadata}))
    assert found.code == (SubmittedCell("x"),)


def test_a_byte_order_mark_and_foreign_letters_are_read(read) -> None:
    text = json.dumps(of(cell("größe = 'ß…'")), ensure_ascii=False)
    assert read(b"\xef\xbb\xbf" + text.encode()).code[0].source == "größe = 'ß…'"


def test_lone_surrogates_are_read_as_text_that_can_be_written_again(read) -> None:
    found = read(of(cell("x = '\ud800'"), cell("y", "\udfff"), cell("z", FORWARD)))
    assert found.code[0].source == "x = '?'"
    assert found.fingerprint
    with pytest.raises(UnreadableError, match=r"another assignment \(it has \?\)"):
        read(of(cell("y", "\udfff")))


def test_cells_are_read_with_all_that_they_may_be_recognised_by(folder) -> None:
    picture = {"a.png": {"image/png": "AAAA"}}
    path = folder / "any.ipynb"
    raw = {"cell_type": "raw", "source": "kept", "metadata": 5, "id": 7}
    path.write_text(
        json.dumps(
            of(
                cell(["x = 1\n", "y"], FORWARD) | {"id": "one"},
                cell("text", "why", kind="markdown") | {"attachments": picture},
                raw,
                {"metadata": {"nbgrader": {"grade_id": ["no", "text"]}}},
            )
        )
    )
    assert read_cells(path) == (
        NotebookCell("code", "x = 1\ny", FORWARD, "one"),
        NotebookCell("markdown", "text", "why", attachments=picture),
        NotebookCell("markdown", "kept"),
        NotebookCell("markdown", ""),
    )


def test_an_old_notebook_is_upgraded(read) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Title"},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": ["x = 1\n", "y = 2"],
                        "language": "python",
                        "metadata": {"nbgrader": {"grade_id": FORWARD}},
                        "outputs": [],
                    },
                ],
            }
        ],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(old).code == (SubmittedCell("x = 1\ny = 2", FORWARD),)


def test_the_fingerprint_follows_the_code_and_nothing_else(read) -> None:
    first = read(of(cell("a"), cell("b", FORWARD))).fingerprint
    assert (
        read(of(cell("a"), cell("text", kind="markdown"), cell("b", FORWARD))).fingerprint == first
    )
    ran = cell("a") | {"outputs": [{"output_type": "stream", "text": "1"}], "execution_count": 5}
    assert read(of(ran, cell("b", FORWARD))).fingerprint == first
    for other in (
        of(cell("a"), cell("c", FORWARD)),
        of(cell("b", FORWARD), cell("a")),
        of(cell("a"), cell("b", BACKWARD)),
        of(cell("a")),
    ):
        assert read(other).fingerprint != first


# What is refused

DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty; save the notebook again and submit it"),
        (b" \n\t ", "the file is empty"),
        (b"{", "the file is not valid JSON (line 1); download the notebook again"),
        (b'{"cells": [\n\n', "the file is not valid JSON (line 3)"),
        (b"PK\x03\x04", "the file is not valid JSON"),
        (b"\x89PNG", "the file is not UTF-8 text; save it again from Jupyter"),
        ('{"cells": []}'.encode("utf-16"), "the file is not UTF-8 text"),
        (DEEP, "the file is not valid JSON"),
        (b'{"nbformat": ' + DEEP + b"}", "the file is not valid JSON"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "the file is not valid JSON"),
        (b"[]", "the file holds no notebook"),
        (b"null", "the file holds no notebook"),
        (b"{}", "a notebook of format None; expected 4; open it in JupyterLab and save it"),
        (of(nbformat=2), "a notebook of format 2; expected 4"),
        (of(nbformat=5), "a notebook of format 5; expected 4"),
        (of(nbformat="4"), "a notebook of format '4'; expected 4"),
        (of(nbformat=[[[]]]), "a notebook of an unknown format; expected 4"),
        ({"nbformat": 4, "cells": {}}, "the notebook holds no list of cells"),
        ({"nbformat": 3, "worksheets": 5}, "has an old format (3) and cannot be upgraded"),
        (of("text"), "cell 1 of the notebook is not a cell"),
        (of(cell("x"), cell(5)), "cell 2 of the notebook has no source"),
        (of(cell(["x", None])), "cell 1 of the notebook has no source"),
        (of(cell("x", "rnn_forward")), "another assignment (it has rnn_forward); expected 02_conv"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_notebook_of_this_assignment_is_refused(read, content, reason) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(content)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_nested_almost_too_deeply_is_refused_or_read_but_never_an_error(read) -> None:
    for depth in (500, 900, 990, 1100, 5000, 20_000):
        nested = "[" * depth + "]" * depth
        for text in (
            f'{{"nbformat": {nested}, "cells": []}}',
            f'{{"nbformat": 3, "worksheets": {nested}}}',
            f'{{"nbformat": 4, "cells": [{{"cell_type": {nested}, "source": "x"}}]}}',
            f'{{"nbformat": 4, "cells": [{{"source": {nested}}}]}}',
        ):
            with contextlib.suppress(UnreadableError):
                assert read(text.encode()).code == ()


def test_a_file_or_notebook_that_is_too_large_is_refused_before_it_is_read(
    read, monkeypatch
) -> None:
    monkeypatch.setattr(submissions, "MOST_CELLS", 2)
    assert len(read(of(cell("a"), cell("b"))).code) == 2
    with pytest.raises(UnreadableError, match="the notebook has 3 cells; expected at most 2"):
        read(of(cell("a"), cell("b"), cell("c")))
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code"}] * 2}] * 2}
    monkeypatch.setattr(submissions, "_upgraded", lambda _: pytest.fail("it was upgraded"))
    with pytest.raises(UnreadableError, match="the notebook has 4 cells; expected at most 2"):
        read(old)
    monkeypatch.setattr(submissions, "LARGEST_FILE", 2_000_000)
    with pytest.raises(UnreadableError, match="3 MB; expected at most 2 MB; clear the outputs"):
        read(b" " * 3_000_000)


def test_a_small_file_that_would_fill_the_memory_is_refused_before_it_is_parsed(
    read, monkeypatch
) -> None:
    """Twelve million empty lists are 36 MB of text and more than a gigabyte of objects."""
    monkeypatch.setattr(submissions.json, "loads", lambda _: pytest.fail("it was parsed"))
    with pytest.raises(UnreadableError, match="has 12000003 lists and objects; expected at most"):
        read(b'{"x":[' + b"[]," * 12_000_000 + b'0],"nbformat":4,"cells":[]}')


def test_a_missing_notebook_is_told_with_what_is_there(read, folder) -> None:
    with pytest.raises(UnreadableError, match="found no notebook; expected 02_convolution"):
        read()
    for name in ("b.ipynb", "a\x1b[31m.ipynb", "c.ipynb", "d.ipynb", "x.pdf"):
        (folder / name).write_text("{}")
    with pytest.raises(UnreadableError) as refused:
        read()
    assert str(refused.value) == (
        "found a?[31m.ipynb, b.ipynb, c.ipynb; expected 02_convolution.ipynb; "
        "give the notebook that name and submit it again"
    )


def _link(path: Path) -> None:
    target = path.with_name("other")
    target.write_text("{}")
    path.symlink_to(target)


def _dangling(path: Path) -> None:
    path.symlink_to("/nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _socket(path: Path) -> None:
    # A socket's name has at most a hundred characters, whatever the folder.
    with socket.socket(socket.AF_UNIX) as bound:
        here = os.open(path.parent, os.O_RDONLY)
        try:
            bound.bind(f"/proc/self/fd/{here}/{path.name}")
        finally:
            os.close(here)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_link, "is a link; expected the notebook itself; submit a copy of the file"),
        (_dangling, "is a link; expected the notebook itself"),
        (_loop, "is a link; expected the notebook itself"),
        (os.mkfifo, "this is not a file; submit the notebook itself"),
        (Path.mkdir, "this is not a file; submit the notebook itself"),
        (_socket, "the file cannot be opened"),
    ],
    ids=["link", "dangling link", "link to itself", "pipe", "folder", "socket"],
)
def test_what_is_not_a_plain_file_is_refused(read, folder, make, reason) -> None:
    make(folder / f"{NAME}.ipynb")
    with pytest.raises(UnreadableError) as refused:
        read()
    assert reason in str(refused.value)


def test_a_folder_that_is_a_link_is_refused(course: Course, folder: Path) -> None:
    (folder / f"{NAME}.ipynb").write_text("{}")
    within = course.submitted / "bob" / NAME
    within.parent.mkdir()
    within.symlink_to(folder)
    whole = course.submitted / "eve"
    whole.symlink_to(folder.parent)
    for linked in (within, whole / NAME):
        with pytest.raises(UnreadableError, match="is a link; expected"):
            submission_file(linked, NAME)


# Who has handed something in


def test_every_student_with_anything_of_that_name_is_found(course: Course, folder: Path) -> None:
    submitted = course.submitted
    (submitted / "zoe").mkdir()
    (submitted / "bob" / NAME).mkdir(parents=True)
    (submitted / "cyd").mkdir()
    (submitted / "cyd" / NAME).write_text("a file instead of a folder")
    (submitted / "dan").mkdir()
    (submitted / "dan" / NAME).symlink_to("/nowhere")
    (submitted / ".trash" / NAME).mkdir(parents=True)
    (submitted / "notes.txt").write_text("")
    assert student_folders(submitted, NAME) == [
        (name, submitted / name / NAME) for name in ("ada", "bob", "cyd", "dan")
    ]
    for name in ("bob", "cyd", "dan"):
        with pytest.raises(UnreadableError):
            submission_file(submitted / name / NAME, NAME)


def test_a_name_that_is_no_text_can_be_told_and_stored(course: Course) -> None:
    (course.submitted / os.fsdecode(b"J\xfcrgen") / NAME).mkdir(parents=True)
    [(student, folder)] = student_folders(course.submitted, NAME)
    assert student == "J\\xfcrgen"
    assert student.encode()
    assert folder.is_dir()


def test_no_class_is_an_empty_class(course: Course) -> None:
    assert student_folders(course.submitted, NAME) == []
