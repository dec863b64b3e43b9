"""Pictures of convolution.

The moving ones are in ``sliding``. Those that need a real convolution call the student's own
function, and draw a neutral panel while it is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import NDArray

from course_utils.photograph import photograph
from course_utils.pictures.figure import (
    BLUE,
    INK,
    ORANGE,
    PAPER,
    QUIET,
    RULE,
    TINT_BLUE,
    TINT_ORANGE,
    Cell,
    Numbers,
    Picture,
    canvas,
    frame,
    grid,
    matrices,
    rows_in_words,
    say,
    write,
)
from course_utils.pictures.sliding import backward_scatter, sliding_window

__all__ = [
    "backward_scatter",
    "channels",
    "coverage",
    "learned_filter",
    "one_pixel",
    "photograph_edges",
    "sliding_window",
]


def one_pixel() -> Picture:
    """Draw the three outputs of a 1-D convolution that use the pixel x[2]."""
    figure, (panel,) = canvas([(5.6, 2.35)])
    panel.set(xlim=(-2.2, 8.8), ylim=(3.75, -0.6), aspect="equal")
    for column in range(5):
        _box(panel, (0, column), f"x[{column}]", ORANGE if column == 2 else None)
    for start in range(3):
        for tap in range(3):
            _box(
                panel, (start + 1.15, start + tap), f"w[{tap}]", BLUE if start + tap == 2 else None
            )
        panel.text(-0.8, start + 1.15, f"out[{start}]", ha="right", va="center", size=11, color=INK)
        panel.text(
            5.0, start + 1.15, f"uses x[2] with w[{2 - start}]", va="center", size=11, color=BLUE
        )
    return Picture(
        (
            frame(
                figure,
                "Five cells x[0] to x[4] in a row, x[2] outlined. Below, the kernel w[0], w[1], "
                "w[2] is drawn three times, starting under x[0], x[1] and x[2]. Under x[2] stand "
                "w[2] for out[0], w[1] for out[1] and w[0] for out[2].",
            ),
        ),
        "One pixel, three windows: as the window moves right, the pixel meets the kernel's "
        "entries in reverse order.",
    )


def coverage() -> Picture:
    """Draw how many windows hold each pixel of a 5 by 6 image, for three settings."""
    settings = (((3, 3), 1), ((3, 3), 2), ((2, 2), 3))
    figure, panels = matrices((5, 6), (5, 6), (5, 6))
    words = []
    for panel, (kernel, stride) in zip(panels, settings, strict=True):
        counts = np.outer(*(_counts(n, k, stride) for n, k in zip((5, 6), kernel, strict=True)))
        name = f"{kernel[0]} by {kernel[1]} kernel, stride {stride}"
        grid(panel, np.full(counts.shape, ""), name)
        for cell, count in np.ndenumerate(counts):
            # Light to dark blue; the numbers turn white where the cells are dark.
            depth = min(int(count), 9) / 9
            _shade(panel, (cell[0], cell[1]), depth)
            write(panel, (cell[0], cell[1]), int(count), "white" if depth > 0.6 else INK)
        words.append(f"{name}: {rows_in_words(counts)}")
    return Picture(
        (frame(figure, f"Three 5 by 6 tables of counts, row by row. {'. '.join(words)}."),),
        "How many windows contain each pixel (no padding). With dout and w all ones this is dx.",
    )


def channels() -> Picture:
    """Draw one output entry as the sum over a window through all channels."""
    figure, (panel,) = canvas([(6.9, 2.6)])
    panel.set(xlim=(0, 19.4), ylim=(7.0, -0.3), aspect="equal")
    _stack(panel, (0.4, 0.9), (4, 5), window=(1, 2), title="x[n]", note="C = 3 channels")
    panel.text(7.8, 3.6, "·", size=26, ha="center", va="center", color=INK)
    _stack(panel, (8.6, 1.9), (2, 3), window=(0, 0), title="w[f]", note="one filter, C slices")
    panel.add_artist(
        FancyArrowPatch((13.6, 3.6), (15.8, 3.6), arrowstyle="-|>", mutation_scale=16, color=INK)
    )
    panel.text(14.6, 3.2, "sum", size=10, ha="center", color=INK)
    panel.text(14.6, 4.5, "+ b[f]", size=10, ha="center", color=INK)
    panel.add_artist(Rectangle((16.2, 3.1), 1, 1, facecolor=TINT_ORANGE, edgecolor=ORANGE, lw=2.4))
    panel.text(16.7, 2.5, "out[n, f, i, j]", size=10, ha="center", color=INK, family="monospace")
    panel.text(16.7, 5.0, "one number", size=10, ha="center", color=INK)
    return Picture(
        (
            frame(
                figure,
                "Three stacked channels of one image, each with the same 2 by 3 window outlined; "
                "three stacked 2 by 3 slices of one filter. Multiplied entry by entry, summed "
                "over all three, plus b[f], they give one number, out[n, f, i, j].",
            ),
        ),
        "A window goes through all channels; so does a filter. Together they give one number. "
        "There are F filters, so out has F channels.",
    )


def photograph_edges(
    forward: Callable[..., Any], filters: Mapping[str, Sequence[Sequence[float]]]
) -> Picture:
    """Draw a photograph and what the student's ``forward`` makes of it, one panel per filter.

    ``filters`` maps a name to a kernel; all kernels have one shape. ``forward`` is called once,
    with x (1, 1, 128, 128), stride 1 and a pad that keeps the size if the kernel's is odd.
    """
    image = photograph()
    kernels = np.array([np.asarray(kernel, dtype=float) for kernel in filters.values()])
    result = _convolved(forward, image, kernels)
    figure, panels = canvas([(1.95, 1.95)] * (len(filters) + 1))
    panels[0].imshow(image, cmap="gray", vmin=0, vmax=1)
    panels[0].set_title("the photograph", size=10, color=INK)
    if isinstance(result, str):
        for panel in panels[1:]:
            say(panel, result)
        caption = result.replace("\n", " ")
        words = f"Beside a photograph of a man at a camera stand empty panels: {caption}"
        return Picture((frame(figure, words),), f"Nothing to see yet: {caption}")
    for panel, name, response in zip(panels[1:], filters, result, strict=True):
        panel.imshow(response, cmap="gray", vmin=response.min(), vmax=response.max())
        panel.set_title(name, size=10, color=INK)
    ranges = "; ".join(
        f"{name}, from {response.min():.2f} to {response.max():.2f}"
        for name, response in zip(filters, result, strict=True)
    )
    return Picture(
        (
            frame(
                figure,
                "A photograph of a man at a camera on a tripod, beside the results of "
                f"{_name(forward)} for these filters: {ranges}.",
            ),
        ),
        f"The photograph through {_name(forward)}: dark is the smallest value of a panel, "
        "white the largest.",
    )


def learned_filter(losses: Sequence[float], found: Numbers, secret: Numbers) -> Picture:
    """Draw the filter that was found beside the hidden one, and the losses (log scale).

    ``found`` and ``secret`` are (HH, WW). Without losses, or if what was found is no such filter
    of finite numbers, the panels say so.
    """
    # The third panel stays empty: room for the numbers left of the curve.
    figure, (left, right, _, curve) = canvas(
        [(1.6, 1.6), (1.6, 1.6), (0.2, 1), (2.7, 1.5)], below=0.4
    )
    missing = ""
    if not losses:
        missing = "write both functions\nfirst"
    elif np.shape(found) != secret.shape or not np.isfinite([*losses, *np.ravel(found)]).all():
        missing = "this went astray:\nask check"
    if missing:
        for panel in (left, right, curve):
            say(panel, missing)
        words = missing.replace("\n", " ")
        return Picture(
            (frame(figure, f"Three empty panels: {words}."),), "No filter was found yet."
        )
    curve.set_axis_on()
    curve.semilogy(losses, color=BLUE, marker="o", markersize=3)
    curve.set(xlabel="step", ylabel="loss")
    curve.set_facecolor(PAPER)
    # Plus zero: what was rounded to -0 is 0.
    grid(left, np.round(found, 2) + 0.0, "filter found", size=10)
    grid(right, np.round(secret, 2), "filter hidden", size=10)
    gap = float(np.abs(found - secret).max())
    return Picture(
        (
            frame(
                figure,
                f"The loss falls from {losses[0]:.2g} to {losses[-1]:.2g} in {len(losses)} steps; "
                f"the filter found differs from the hidden one by at most {gap:.2g}.",
            ),
        ),
        "Gradient descent with your dw: the filter it found, the hidden one, and the falling loss.",
    )


def _convolved(forward: Callable[..., Any], image: Numbers, kernels: Numbers) -> Numbers | str:
    """Return (number of kernels, rows, columns), or in words why there is no result."""
    count, height, width = kernels.shape
    pad = (min(height, width) - 1) // 2
    shape = (1, count, image.shape[0] + 2 * pad - height + 1, image.shape[1] + 2 * pad - width + 1)
    try:
        out, _ = forward(
            image[np.newaxis, np.newaxis].copy(),
            kernels[:, np.newaxis].copy(),
            np.zeros(count),
            {"stride": 1, "pad": pad},
        )
        found: Numbers = np.asarray(out, dtype=float)
    except NotImplementedError:
        return f"write {_name(forward)}\nfirst"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"{_name(forward)}\nraised {type(error).__name__}"
    if found.shape != shape:
        return f"{_name(forward)}\nreturned shape\n{found.shape};\nexpected\n{shape}"
    if not np.isfinite(found).all():
        return f"{_name(forward)}\nreturned inf or nan"
    only: Numbers = found[0]
    return only


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", "your function"))


def _counts(size: int, extent: int, stride: int) -> NDArray[np.int64]:
    """Return, for each of ``size`` pixels in a row, the number of windows that hold it."""
    starts = range(0, size - extent + 1, stride)
    return np.array([sum(start <= at < start + extent for start in starts) for at in range(size)])


def _box(panel: Axes, cell: tuple[float, float], text: str, colour: str | None) -> None:
    """Draw one cell with its name, outlined in ``colour`` if there is one."""
    row, column = cell
    face = {ORANGE: TINT_ORANGE, BLUE: TINT_BLUE}.get(colour or "", "white")
    panel.add_artist(
        Rectangle(
            (column - 0.48, row - 0.48),
            0.96,
            0.96,
            facecolor=face,
            edgecolor=colour or QUIET,
            lw=2.2 if colour else 0.8,
        )
    )
    panel.text(column, row, text, ha="center", va="center", size=9.5, color=INK)


def _shade(panel: Axes, cell: Cell, depth: float) -> None:
    row, column = cell
    white, blue = np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.3, 0.52])
    face = tuple(white + depth * (blue - white))
    panel.add_artist(
        Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=RULE, lw=0.8)
    )


def _stack(
    panel: Axes, at: tuple[float, float], shape: Cell, *, window: Cell, title: str, note: str
) -> None:
    """Draw three planes of cells, one behind the other, each with a 2 by 3 window outlined."""
    left, top = at
    for depth in (2, 1, 0):
        x, y = left + 0.7 * depth, top - 0.7 * depth + 0.7
        for row in range(shape[0]):
            for column in range(shape[1]):
                panel.add_artist(
                    Rectangle(
                        (x + column, y + row), 1, 1, facecolor="white", edgecolor=RULE, lw=0.7
                    )
                )
        panel.add_artist(
            Rectangle(
                (x + window[1], y + window[0]), 3, 2, facecolor=TINT_ORANGE, edgecolor=ORANGE, lw=2
            )
        )
    middle = left + shape[1] / 2
    panel.text(middle + 1.4, top - 0.95, title, size=11, ha="center", color=INK, family="monospace")
    panel.text(middle, top + shape[0] + 1.3, note, size=10, ha="center", va="center", color=INK)
