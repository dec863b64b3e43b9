"""The moving pictures of convolution: the window that slides, and what it sends back.

Both use one fixed example, small enough to follow with a pencil: an image of 3 by 5, a kernel of
2 by 3. Every size differs from every other, so nothing looks square by accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_utils.pictures.figure import (
    BLUE,
    GREEN,
    ORANGE,
    TINT_BLUE,
    TINT_ORANGE,
    Cell,
    Frame,
    Numbers,
    Picture,
    frame,
    grid,
    mark,
    matrices,
    rows_in_words,
)

__all__ = ["backward_scatter", "sliding_window"]

IMAGE = np.array([[1, 0, 2, 1, 3], [0, 2, 1, 0, 1], [2, 1, 0, 3, 1]])
KERNEL = np.array([[1, 0, -1], [2, 1, 0]])
UPSTREAM = np.array([[1, -1, 2], [3, 1, -2]])
MOST_STEPS = 16


@dataclass(frozen=True)
class _Step:
    """One position of the window: the output entry and the window's first row and column."""

    output: Cell
    corner: Cell

    @property
    def place(self) -> str:
        """The window in words, rows and columns counted in the padded image."""
        (row, column), (height, width) = self.corner, KERNEL.shape
        return f"rows {row} to {row + height - 1}, columns {column} to {column + width - 1}"


def sliding_window(stride: int = 1, pad: int = 0) -> Picture:
    """Draw, step by step, how the example's output is computed.

    Raises ValueError for a stride under 1, a pad under 0, or more than 16 positions.
    """
    shape, steps = _positions(stride, pad)
    padded = np.pad(IMAGE, pad)
    out = np.full(shape, "", dtype=object)
    frames = []
    for step in steps:
        (row, column), (height, width) = step.corner, KERNEL.shape
        window = padded[row : row + height, column : column + width]
        terms = [
            f"{_signed(a)}·{_signed(b)}" for a, b in zip(window.flat, KERNEL.flat, strict=True)
        ]
        total = int((window * KERNEL).sum())
        out[step.output] = total
        frames.append(
            _slide_frame(
                padded,
                out,
                step,
                pad,
                f"Window at {step.place}: {' + '.join(terms)} = {total}, "
                f"written to out[{step.output[0]}, {step.output[1]}].",
            )
        )
    return Picture(
        tuple(frames),
        f"Forward, stride {stride}, pad {pad}: each window is multiplied by w entry by entry and "
        "summed into one entry of out (bias left out).",
    )


def _slide_frame(padded: Numbers, out: Numbers, step: _Step, pad: int, words: str) -> Frame:
    figure, (left, middle, right) = matrices(padded.shape, KERNEL.shape, out.shape)
    grid(left, padded, "x, padded with zeros" if pad else "x", border=pad)
    grid(middle, KERNEL, "w")
    grid(right, out, "out")
    mark(left, step.corner, _shape(KERNEL), ORANGE, TINT_ORANGE)
    mark(middle, (0, 0), _shape(KERNEL), ORANGE, TINT_ORANGE)
    mark(right, step.output, (1, 1), ORANGE, TINT_ORANGE)
    for (row, column), factor in np.ndenumerate(KERNEL):
        left.text(
            step.corner[1] + column + 0.43,
            step.corner[0] + row + 0.45,
            f"·{_signed(factor)}",
            ha="right",
            va="bottom",
            size=7.5,
            color="#9c3f00",
            zorder=6,
        )
    spoken = f"x: {rows_in_words(padded)}. w: {rows_in_words(KERNEL)}. out: {rows_in_words(out)}."
    return frame(figure, f"{words} {spoken}", words)


def backward_scatter(stride: int = 1, pad: int = 0) -> Picture:
    """Draw, step by step, how each entry of dout adds its multiple of w to dx.

    Raises ValueError for a stride under 1, a pad under 0, or more than 16 positions.
    """
    shape, steps = _positions(stride, pad)
    rows, columns = np.pad(IMAGE, pad).shape
    dout = np.resize(UPSTREAM, shape)
    running = np.zeros((rows, columns), dtype=int)
    frames = []
    for step in steps:
        (row, column), (height, width) = step.corner, KERNEL.shape
        stamp = dout[step.output] * KERNEL
        # The stamp alone on a sheet of the size of dx; the sheets are summed.
        around = ((row, rows - row - height), (column, columns - column - width))
        running = running + np.pad(stamp, around)
        words = (
            f"dout[{step.output[0]}, {step.output[1]}] = {dout[step.output]}: that multiple of w "
            f"is added at {step.place}."
        )
        frames.append(_scatter_frame(dout, stamp, running, step, pad, words))
    if pad:
        frames.append(_border_frame(dout, running, pad))
    return Picture(
        tuple(frames),
        f"Backward, stride {stride}, pad {pad}: the same windows in the same order, but now each "
        "one receives. Where windows overlap, contributions add up.",
    )


def _scatter_frame(
    dout: Numbers, stamp: Numbers, running: Numbers, step: _Step, pad: int, words: str
) -> Frame:
    figure, (left, middle, right) = matrices(dout.shape, KERNEL.shape, running.shape)
    grid(left, dout, "dout")
    grid(middle, stamp, f"{dout[step.output]} · w")
    grid(right, running, "dx, with the border" if pad else "dx", border=pad)
    mark(left, step.output, (1, 1), BLUE, TINT_BLUE)
    mark(middle, (0, 0), _shape(stamp), BLUE, TINT_BLUE)
    mark(right, step.corner, _shape(stamp), BLUE, TINT_BLUE)
    spoken = f"dout: {rows_in_words(dout)}. dx so far: {rows_in_words(running)}."
    return frame(figure, f"{words} {spoken}", words)


def _border_frame(dout: Numbers, running: Numbers, pad: int) -> Frame:
    figure, (left, middle, right) = matrices(dout.shape, KERNEL.shape, running.shape)
    grid(left, dout, "dout")
    grid(middle, KERNEL, "w")
    grid(right, running, "dx is the part inside", border=pad)
    mark(right, (pad, pad), _shape(IMAGE), GREEN)
    words = (
        "The grey border received gradient too, but it is padding: no pixel of x stands there. "
        "dx is the part inside, with the shape of x."
    )
    return frame(figure, f"{words} With the border: {rows_in_words(running)}.", words)


def _positions(stride: int, pad: int) -> tuple[Cell, tuple[_Step, ...]]:
    """Return the shape of the example's output and its window positions, row by row."""
    if stride < 1 or pad < 0:
        raise ValueError(f"stride is 1 or more and pad 0 or more, found {stride} and {pad}")
    starts = [
        range(0, size + 2 * pad - extent + 1, stride)
        for size, extent in zip(IMAGE.shape, KERNEL.shape, strict=True)
    ]
    shape = (len(starts[0]), len(starts[1]))
    if shape[0] * shape[1] > MOST_STEPS:
        raise ValueError(
            f"stride {stride} and pad {pad} make {shape[0]} by {shape[1]} steps, more than "
            f"{MOST_STEPS}; take a larger stride or less padding"
        )

    def walk() -> Iterator[_Step]:
        for i, row in enumerate(starts[0]):
            for j, column in enumerate(starts[1]):
                yield _Step((i, j), (row, column))

    return shape, tuple(walk())


def _shape(values: Numbers) -> Cell:
    return (int(values.shape[0]), int(values.shape[1]))


def _signed(value: int) -> str:
    """Write a factor so that a product of two reads well: negative numbers in brackets."""
    return f"({value})" if value < 0 else str(value)
