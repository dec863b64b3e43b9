"""What the drawings share: palette, grids of numbers, and the form a notebook shows.

A picture is shown as HTML with the image inside it, because JupyterLab takes alternative text
from an ``<img alt>`` only: it ignores the ``alt`` that an ``image/png`` output may carry. The
paper is opaque and light, so a drawing reads the same in a light and in a dark theme. Colours
are those of Okabe and Ito, which people with colour blindness can tell apart, and everything a
colour says is also said by a number, an outline or a hatch.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

__all__ = [
    "Cell",
    "Frame",
    "Numbers",
    "Picture",
    "canvas",
    "frame",
    "grid",
    "mark",
    "matrices",
    "rows_in_words",
    "say",
    "stacked",
]

Cell = tuple[int, int]
Numbers = NDArray[np.float64]

INK = "#1f1f1f"
QUIET = "#8a8a8a"
PAPER = "#fdfdfb"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
TINT_BLUE = "#d6e9f5"
TINT_ORANGE = "#fbe3cf"
TINT_GREY = "#ececea"
RULE = "#c4c4c4"

DOTS_PER_INCH = 110
# In inches: a matrix cell, the space between panels, above them for a title, and below them.
CELL = 0.42
GAP = 0.3
TITLE = 0.36
MARGIN = 0.08

# Shows one step at a time. Where scripts do not run (an untrusted notebook, a printed page)
# nothing is hidden and the steps stand one below the other. Nothing moves until Play is pressed.
_STEPPER = """
for (const figure of document.querySelectorAll("#%s:not([data-ready])")) {
  figure.dataset.ready = "yes";
  const steps = [...figure.querySelectorAll("section")];
  const bar = document.createElement("div");
  let at = 0;
  let timer = null;
  const show = (step) => {
    at = (step + steps.length) %% steps.length;
    steps.forEach((section, index) => { section.hidden = index !== at; });
  };
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
  const button = (label, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.style.margin = "0 0.4em 0.4em 0";
    made.onclick = action;
    bar.append(made);
    return made;
  };
  button("Back", () => { stop(); show(at - 1); });
  button("Next", () => { stop(); show(at + 1); });
  const play = button("Play", () => {
    if (timer !== null) { stop(); return; }
    timer = setInterval(() => { if (figure.isConnected) show(at + 1); else stop(); }, 1500);
    play.textContent = "Pause";
  });
  figure.prepend(bar);
  show(0);
}
"""


@dataclass(frozen=True)
class Frame:
    """One PNG image, what it shows in words, and the line beside it when it is one of several."""

    png: bytes
    alt: str
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A finished drawing: one frame, or several that the reader steps through.

    ``caption`` is the line shown under it.
    """

    frames: tuple[Frame, ...]
    caption: str

    def __repr__(self) -> str:
        return f"{self.caption} [{' / '.join(each.alt for each in self.frames)}]"

    def _repr_html_(self) -> str:
        caption = f"<figcaption><em>{html.escape(self.caption)}</em></figcaption>"
        style = 'style="margin: 0.5em 0"'
        if len(self.frames) == 1:
            return f"<figure {style}>{_image(self.frames[0])}{caption}</figure>"
        steps = "".join(
            f"<section>{_image(each)}<p>Step {number} of {len(self.frames)}. "
            f"{html.escape(each.note)}</p></section>"
            for number, each in enumerate(self.frames, 1)
        )
        name = f"steps-{hashlib.sha256(steps.encode()).hexdigest()[:12]}"
        return (
            f'<figure id="{name}" {style}><div aria-live="polite">{steps}</div>{caption}</figure>'
            f"<script>{_STEPPER % name}</script>"
        )


def _image(shown: Frame) -> str:
    data = base64.b64encode(shown.png).decode("ascii")
    alt = html.escape(shown.alt)
    return f'<img style="max-width: 100%" src="data:image/png;base64,{data}" alt="{alt}">'


def canvas(
    sizes: Sequence[tuple[float, float]], *, below: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels of these (width, height) side by side, in inches.

    There is room for a title above each, and ``below`` inches more under all of them. Places are
    set by hand: matplotlib's layout engines take longer than the drawing.
    """
    width = sum(size[0] for size in sizes) + GAP * (len(sizes) + 1)
    tallest = max(size[1] for size in sizes)
    height = tallest + TITLE + MARGIN + below
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER)
    panels = []
    left = GAP
    for across, high in sizes:
        bottom = MARGIN + below + (tallest - high) / 2
        panel = figure.add_axes((left / width, bottom / height, across / width, high / height))
        panel.set_axis_off()
        panels.append(panel)
        left += across + GAP
    return figure, panels


def stacked(
    sizes: Sequence[tuple[float, float]], *, below: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels of these (width, height) one below the other, in inches.

    There is room for a title above each, and ``below`` inches more under each of them.
    """
    width = max(size[0] for size in sizes) + 2 * GAP
    height = sum(size[1] + TITLE + below for size in sizes) + MARGIN
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER)
    panels = []
    top = height
    for across, high in sizes:
        bottom = top - TITLE - high
        panel = figure.add_axes((GAP / width, bottom / height, across / width, high / height))
        panel.set_axis_off()
        panels.append(panel)
        top = bottom - below
    return figure, panels


def rows_in_words(values: NDArray[Any]) -> str:
    """Write a matrix row by row, for people who hear it; cells without a value are ``empty``."""
    return "; ".join(", ".join(str(value) or "empty" for value in row) for row in values)


def matrices(*shapes: tuple[int, ...]) -> tuple[Figure, list[Axes]]:
    """Return a figure with one panel for each matrix shape; all cells are equally large."""
    return canvas([((columns + 0.2) * CELL, (rows + 0.2) * CELL) for rows, columns in shapes])


def frame(figure: Figure, alt: str, note: str = "") -> Frame:
    """Return the figure as a PNG with its description and the line shown beside it."""
    buffer = io.BytesIO()
    # Without its Software entry the file does not change with the version of matplotlib.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return Frame(buffer.getvalue(), alt, note)


def grid(
    panel: Axes,
    values: NDArray[Any],
    title: str,
    *,
    border: int = 0,
    size: float = 12,
) -> None:
    """Draw a matrix as cells with their values; cell (row, column) has its centre there.

    The outer ``border`` rows and columns are padding: grey, outside a line around the rest.
    """
    rows, columns = values.shape
    panel.set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6), aspect="equal")
    # With a place of its own the title is not moved, which would lay out axes nobody sees.
    panel.set_title(title, size=11, color=INK, y=1)
    for (row, column), value in np.ndenumerate(values):
        inside = border <= row < rows - border and border <= column < columns - border
        face = "white" if inside else TINT_GREY
        panel.add_artist(
            Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=RULE, lw=0.8)
        )
        write(panel, (row, column), value, INK if inside else QUIET, size)
    if border:
        mark(panel, (border, border), (rows - 2 * border, columns - 2 * border), INK, width=1.4)


def write(
    panel: Axes, cell: tuple[float, float], value: object, ink: str = INK, size: float = 12
) -> None:
    """Write one value into the middle of a cell."""
    row, column = cell
    text = f"{value:g}" if isinstance(value, float | np.number) else str(value)
    panel.text(column, row, text, ha="center", va="center", size=size, color=ink, zorder=4)


def mark(
    panel: Axes,
    corner: Cell,
    shape: Cell,
    colour: str,
    tint: str = "none",
    *,
    width: float = 2.6,
) -> None:
    """Outline (and tint) the cells of that shape whose first row and column are ``corner``.

    ``width`` is that of the line, in points.
    """
    (row, column), (height, length) = corner, shape
    at = (column - 0.5, row - 0.5)
    panel.add_artist(Rectangle(at, length, height, facecolor=tint, lw=0, zorder=2))
    panel.add_artist(
        Rectangle(at, length, height, fill=False, edgecolor=colour, lw=width, zorder=5)
    )


def say(panel: Axes, text: str) -> None:
    """Fill a panel that has nothing to show yet with a sentence."""
    panel.set_axis_off()
    panel.add_artist(
        Rectangle(
            (0.02, 0.02),
            0.96,
            0.96,
            transform=panel.transAxes,
            facecolor=TINT_GREY,
            edgecolor=QUIET,
            linestyle="--",
        )
    )
    panel.text(
        0.5,
        0.5,
        text,
        transform=panel.transAxes,
        ha="center",
        va="center",
        size=10,
        color=INK,
        wrap=True,
    )
