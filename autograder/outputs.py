"""What a student's own cells display, for the feedback page: text, tables, pictures, errors.

A submission is run once more for it, in an isolated child of a kind of its own (see
``sandbox``), and nothing of it is judged: no score depends on anything here.  All code cells
run, in order, but the grade cells, whose cards are on the page.  How a cell that takes too
long is left out is told in ``cells``.

What was displayed is kept beside the page, with a hash of all that it was made from, and a
submission that has not changed is not run again.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder import pages
from autograder.cells import CellRun, graded_places
from autograder.release import Release
from autograder.sandbox import Display, Isolation, Limits, ShowingChild
from autograder.sandbox.replies import is_png
from autograder.submission import Submission

#: Characters of text and bytes of pictures that one notebook may display on a page.
MOST_TEXT = 256 * 2**10
MOST_PICTURES = 4 * 2**20
#: A minute for a whole notebook; pictures and training take their time.
LIMITS = Limits(
    cell_cpu_seconds=10.0,
    cell_wall_seconds=20.0,
    total_wall_seconds=60.0,
    reply_bytes=MOST_PICTURES,
)
#: To be counted up when what is displayed, or how it is kept, changes for the same notebook.
_FORM = 1
_FULL = "There was more than this page has room for; the rest is left out."


@dataclass(frozen=True)
class ShownCell:
    """A cell that displayed something, or was left out.

    ``number`` counts the code cells of the notebook from 1; ``remark`` is a sentence about
    what is lacking, or empty.
    """

    number: int
    source: str
    displays: tuple[Display, ...] = ()
    remark: str = ""


def displayed(
    submission: Submission, release: Release, isolation: Isolation, limits: Limits = LIMITS
) -> tuple[ShownCell, ...]:
    """Run the cells, and return those that have something to show.

    Raises SandboxError if that is not possible here.
    """
    with _ShowingRun(submission, release, isolation, limits) as run:
        run.advance(run.cells)
        return tuple(run.shown())


def displayed_or_kept(
    path: Path, submission: Submission, release: Release, isolation: Isolation
) -> tuple[ShownCell, ...]:
    """As ``displayed``, but without running what was run before: the file ``path`` has that.

    Raises JudgingUnfitError when the disk does not take the file.
    """
    key = _key(submission, release)
    kept = _read(path, key)
    if kept is None:
        kept = displayed(submission, release, isolation)
        data = {"key": key, "cells": [_data(cell) for cell in kept]}
        pages.write(path, json.dumps(data, indent=1) + "\n")
    return kept


class _ShowingRun(CellRun[ShowingChild]):
    """A notebook that is run to see what it displays."""

    def __init__(
        self, submission: Submission, release: Release, isolation: Isolation, limits: Limits
    ) -> None:
        sources = [cell.source for cell in submission.code]
        self._graded = frozenset(graded_places(submission, release))
        super().__init__(sources, dict.fromkeys(self._graded, ""), release.companions, limits)
        self._isolation = isolation
        self._shown: dict[int, ShownCell] = {}
        self._text, self._pictures = MOST_TEXT, MOST_PICTURES

    def _start(self) -> ShowingChild:
        # What is left of an earlier process is displayed again.
        self._shown.clear()
        self._text, self._pictures = MOST_TEXT, MOST_PICTURES
        return ShowingChild.start(self._isolation, self._limits)

    def _run_cell(self, child: ShowingChild, place: int) -> None:
        source = self._sources[place]
        text = min(self._limits.output_bytes, self._text)
        found = child.show_cell(source, place + 1, text, self._pictures)
        self._text -= sum(len(display.text) for display in found.displays)
        self._pictures -= sum(len(display.png or b"") for display in found.displays)
        if found.displays or found.cut:
            remark = _FULL if found.cut else ""
            self._shown[place] = ShownCell(place + 1, source, found.displays, remark)

    def shown(self) -> Sequence[ShownCell]:
        """What has been displayed, and what was left out, in the order of the cells."""
        found = dict(self._shown)
        told = ""
        for place, reason in sorted(self._skipped.items()):
            # That the rest was not run is said once.
            if place not in self._graded and reason != told:
                remark = f"It was left out: {reason}."
                found[place] = ShownCell(place + 1, self._sources[place], remark=remark)
                told = reason
        return [cell for _, cell in sorted(found.items())]


def _key(submission: Submission, release: Release) -> str:
    """A hash of what decides what is displayed (SHA-256, hexadecimal)."""
    graded = sorted(graded_places(submission, release))
    told = [_FORM, [cell.source for cell in submission.code], graded, release.companions]
    text = json.dumps([*told, asdict(LIMITS), MOST_TEXT, MOST_PICTURES])
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path, key: str) -> tuple[ShownCell, ...] | None:
    """What is kept in the file, if it is there, whole, and of that key."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["key"] != key:
            return None
        return tuple(map(_cell, data["cells"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _data(cell: ShownCell) -> dict[str, Any]:
    displays = [
        {"kind": one.kind, "text": one.text, "png": one.png and base64.b64encode(one.png).decode()}
        for one in cell.displays
    ]
    return {**asdict(cell), "displays": displays}


def _cell(data: dict[str, Any]) -> ShownCell:
    return ShownCell(**{**data, "displays": tuple(map(_display, data["displays"]))})


def _display(data: dict[str, Any]) -> Display:
    png = data["png"] and base64.b64decode(data["png"], validate=True)
    return Display(data["kind"], data["text"], png if png and is_png(png) else None)
