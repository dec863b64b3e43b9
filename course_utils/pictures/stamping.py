"""Pictures of the transposed convolution: stamps, its matrix, its recipe, the checkerboard.

Fixed examples are computed here by plain sums of stamps, never with a student's function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_utils.pictures.figure import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    TINT_BLUE,
    TINT_ORANGE,
    Cell,
    Frame,
    Numbers,
    Picture,
    canvas,
    frame,
    grid,
    mark,
    matrices,
    rows_in_words,
    say,
    stacked,
)

__all__ = ["adjoint", "checkerboard", "recipe", "stamps"]

#: The example on paper of the notebook, without its bias.
IMAGE = np.array([[1, 2], [0, -1]])
KERNEL = np.array([[1, 0, 2], [3, 1, -1]])
STRIDE, PAD = 2, 1

#: The example of ``recipe``.
RECIPE_ROW, RECIPE_KERNEL = (1, 2, -1), (1, 0, 2)

#: Settings of ``checkerboard``, kernel and stride, and the size of its image of ones.
BOARDS = ((3, 2), (4, 2), (2, 3))
BOARD_SIZE = 4


def stamps() -> Picture:
    """Draw, step by step, how the example on paper is stamped, and what is cut off."""
    (rows, columns), (height, width) = IMAGE.shape, KERNEL.shape
    whole = np.zeros(((rows - 1) * STRIDE + height, (columns - 1) * STRIDE + width), dtype=int)
    frames = []
    for (i, j), value in np.ndenumerate(IMAGE):
        top, left = i * STRIDE, j * STRIDE
        # The stamp alone on a sheet of the size of out; the sheets are summed.
        around = ((top, whole.shape[0] - top - height), (left, whole.shape[1] - left - width))
        whole = whole + np.pad(value * KERNEL, around)
        words = (
            f"x[{i}, {j}] = {value} stamps its multiple of w at rows {top} to {top + height - 1}, "
            f"columns {left} to {left + width - 1}."
        )
        frames.append(_stamp_frame(whole, (i, j), (top, left), words))
    frames.append(_cut_frame(whole, (whole.shape[0] - 2 * PAD, whole.shape[1] - 2 * PAD)))
    return Picture(
        tuple(frames),
        f"Transposed convolution, stride {STRIDE}: stamps add up where they overlap. Last step: "
        f"pad {PAD} cuts the outer rows and columns off (bias left out).",
    )


def _stamp_frame(whole: Numbers, at: Cell, corner: Cell, words: str) -> Frame:
    figure, (left, middle, right) = matrices(IMAGE.shape, KERNEL.shape, whole.shape)
    shape = (KERNEL.shape[0], KERNEL.shape[1])
    grid(left, IMAGE, "x")
    grid(middle, IMAGE[at] * KERNEL, f"{IMAGE[at]} · w")
    grid(right, whole, "out so far")
    mark(left, at, (1, 1), ORANGE, TINT_ORANGE)
    mark(middle, (0, 0), shape, ORANGE, TINT_ORANGE)
    mark(right, corner, shape, ORANGE, TINT_ORANGE)
    return frame(figure, f"{words} out so far: {rows_in_words(whole)}.", words)


def _cut_frame(whole: Numbers, inside: Cell) -> Frame:
    figure, (left, middle, right) = matrices(IMAGE.shape, KERNEL.shape, whole.shape)
    grid(left, IMAGE, "x")
    grid(middle, KERNEL, "w")
    grid(right, whole, f"pad {PAD}: the part inside", border=PAD)
    mark(right, (PAD, PAD), inside, GREEN)
    words = f"With pad {PAD} the outer rows and columns are cut off; the part inside is out."
    kept = whole[PAD : PAD + inside[0], PAD : PAD + inside[1]]
    return frame(figure, f"{words} It is {rows_in_words(kept)}.", words)


def matrix(length: int, taps: int, stride: int) -> NDArray[Any]:
    """The matrix of a convolution of a row, as names of weights; empty cells are zeros."""
    outputs = 1 + (length - taps) // stride
    names = np.full((outputs, length), "", dtype=object)
    for i in range(outputs):
        for k in range(taps):
            names[i, i * stride + k] = f"w{k}"
    return names


def adjoint() -> Picture:
    """Draw the matrix of a convolution (5 inputs, 3 taps, stride 2) and its transpose."""
    names = matrix(5, 3, 2)
    figure, (left, right) = matrices(names.shape, names.T.shape)
    for panel, shown, title in ((left, names, "A"), (right, names.T, "Aᵀ")):
        grid(panel, shown, title, size=11)
        for (row, column), name in np.ndenumerate(shown):
            if name:
                mark(panel, (row, column), (1, 1), BLUE, TINT_BLUE, width=1)
    return Picture(
        (
            frame(
                figure,
                "Two matrices, row by row; empty cells are zeros. A, the convolution of 5 entries "
                f"with 3 taps and stride 2: {rows_in_words(names)}. Its transpose, which makes 5 "
                f"entries from 2: {rows_in_words(names.T)}.",
            ),
        ),
        "A makes 2 entries from 5 (3 taps, stride 2): row i says what output i reads. The "
        "transpose makes 5 from 2: column i says where input i writes.",
    )


def recipe() -> Picture:
    """Draw the three steps of a transposed convolution of a row: dilate, put zeros, rotate."""
    around = len(RECIPE_KERNEL) - 1
    dilated = np.zeros((len(RECIPE_ROW) - 1) * STRIDE + 1, dtype=int)
    dilated[::STRIDE] = RECIPE_ROW
    wide = np.pad(dilated, around)
    rotated = np.array(RECIPE_KERNEL)[::-1]
    rows = {
        "x": np.array(RECIPE_ROW),
        f"1. dilated: {STRIDE - 1} zero between neighbours": dilated,
        f"2. {around} zeros around": wide,
        f"3. w = {', '.join(map(str, RECIPE_KERNEL))} rotated ...": rotated,
        "... and slid over it with stride 1": np.correlate(wide, rotated, "valid"),
    }
    figure, panels = stacked([((wide.size + 0.2) * 0.42, 0.5)] * len(rows))
    for panel, (title, values) in zip(panels, rows.items(), strict=True):
        grid(panel, values[np.newaxis], "")
        panel.set_title(title, loc="left", size=11, color=INK, y=1)
        panel.set(xlim=(-0.6, wide.size - 0.4))
    words = ". ".join(f"{title}: {rows_in_words(row[np.newaxis])}" for title, row in rows.items())
    return Picture(
        (frame(figure, f"Five rows of numbers, one below the other. {words}."),),
        f"Stride {STRIDE}, by recipe: the last row is what three stamps of w, {STRIDE} apart, add "
        "up to.",
    )


def checkerboard(forward: Callable[..., Any]) -> Picture:
    """Draw what the student's transposed convolution makes of ones with a kernel of ones."""
    figure, panels = canvas([(2.45, 2.45)] * len(BOARDS))
    words = []
    for panel, (kernel, stride) in zip(panels, BOARDS, strict=True):
        setting = f"{kernel} by {kernel}, stride {stride}"
        panel.set_title(setting, size=10, color=INK)
        found = _board(forward, kernel, stride)
        if isinstance(found, str):
            say(panel, found)
            words.append(f"{setting}: {found}".replace("\n", " "))
            continue
        _draw_counts(panel, found)
        words.append(f"{setting}: {_fullest(found)} in the fullest row")
    return Picture(
        (
            frame(
                figure,
                f"A {BOARD_SIZE} by {BOARD_SIZE} image of ones through {_name(forward)} with "
                f"kernels of ones. {'. '.join(words)}.",
            ),
        ),
        "How many stamps each output collects. Even inside where the kernel is a multiple of the "
        "stride; a regular pattern where it is not.",
    )


def _draw_counts(panel: Axes, counts: Numbers) -> None:
    """Draw a table of counts, darker where they are larger."""
    rows, columns = counts.shape
    panel.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal")
    panel.imshow(counts, cmap="Blues", vmin=0, vmax=max(6.0, float(counts.max()) * 1.5))
    for (row, column), count in np.ndenumerate(counts):
        panel.text(column, row, f"{count:g}", ha="center", va="center", size=7, color=INK)


def _fullest(counts: Numbers) -> str:
    """The row of a table with the largest sum, in words."""
    return ", ".join(f"{count:g}" for count in counts[counts.sum(axis=1).argmax()])


def _board(forward: Callable[..., Any], kernel: int, stride: int) -> Numbers | str:
    """The uncut output for ones, or in words why there is none."""
    size = (BOARD_SIZE - 1) * stride + kernel
    try:
        out, _ = forward(
            np.ones((1, 1, BOARD_SIZE, BOARD_SIZE)),
            np.ones((1, 1, kernel, kernel)),
            np.zeros(1),
            {"stride": stride, "pad": 0},
        )
        found: Numbers = np.asarray(out, dtype=float)
    except NotImplementedError:
        return f"write\n{_name(forward)}\nfirst"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"{_name(forward)}\nraised {type(error).__name__}"
    if found.shape != (1, 1, size, size):
        return f"{_name(forward)}\nreturned shape\n{found.shape};\nexpected\n{(1, 1, size, size)}"
    if not np.isfinite(found).all():
        return f"{_name(forward)}\nreturned inf or nan"
    plane: Numbers = found[0, 0]
    return plane


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", "your function"))
