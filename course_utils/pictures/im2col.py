"""Pictures of im2col: the matrix beside its image, its order, the way back, and the time.

The fixed examples are small enough to follow with a pencil. Pictures that need the student's
functions call them, and draw a neutral panel while they are not written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.pictures.figure import (
    BLUE,
    CELL,
    GREEN,
    INK,
    ORANGE,
    RULE,
    TINT_BLUE,
    TINT_GREY,
    TINT_ORANGE,
    Cell,
    Numbers,
    Picture,
    canvas,
    frame,
    grid,
    mark,
    matrices,
    rows_in_words,
    say,
)

__all__ = ["order", "product", "race", "round_trip", "to_columns", "to_image"]

#: The example of the moving pictures: an image whose pixels are numbered, under 2 by 3 windows.
IMAGE = np.arange(12).reshape(3, 4)
FIELD = (2, 3)
CORNERS: tuple[Cell, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))

#: Columns that ``to_image`` puts back: a number for each entry of the matrix.
GRADIENT = np.array(
    [
        [1, 2, 0, -1],
        [0, 1, 3, 1],
        [2, -1, 1, 0],
        [1, 0, -2, 2],
        [3, 1, 1, 1],
        [-1, 2, 0, 1],
    ]
)

#: The image sides of ``race``, and the layer: images, channels, filters, side of the kernel.
SIDES = (8, 12, 18, 27, 40)
LAYER = (2, 3, 4, 3)
#: Each version is run so often, and the quickest run counts.
RUNS = 2

Layer = tuple[Callable[..., Any], Callable[..., Any]]


def to_columns() -> Picture:
    """Draw, window by window, how an image of 3 by 4 becomes a matrix of 6 by 4."""
    shown = np.full((FIELD[0] * FIELD[1], len(CORNERS)), "", dtype=object)
    frames = []
    for column, corner in enumerate(CORNERS):
        shown[:, column] = _window(IMAGE, corner).ravel()
        words = (
            f"Window ({corner[0]}, {corner[1]}) is copied into column {column}: its first row, "
            f"{_listed(shown[:3, column])}, then its second row, {_listed(shown[3:, column])}."
        )
        figure, (left, right) = matrices(IMAGE.shape, shown.shape)
        grid(left, IMAGE, "x: pixels by number")
        grid(right, shown, "cols")
        mark(left, corner, FIELD, ORANGE, TINT_ORANGE)
        mark(right, (0, column), (len(shown), 1), ORANGE, TINT_ORANGE)
        spoken = f"x: {rows_in_words(IMAGE)}. cols: {rows_in_words(shown)}."
        frames.append(frame(figure, f"{words} {spoken}", words))
    return Picture(
        tuple(frames),
        "im2col with a field of 2 by 3, stride 1, no padding: each window becomes a column.",
    )


def to_image() -> Picture:
    """Draw, column by column, how a matrix of 6 by 4 is added back into an image of 3 by 4."""
    running = np.zeros(IMAGE.shape, dtype=int)
    frames = []
    for column, corner in enumerate(CORNERS):
        (row, first), (height, width) = corner, FIELD
        running = running.copy()
        running[row : row + height, first : first + width] += GRADIENT[:, column].reshape(FIELD)
        words = (
            f"Column {column}, {_listed(GRADIENT[:, column])}, is added where window "
            f"({row}, {first}) stood."
        )
        figure, (left, right) = matrices(GRADIENT.shape, IMAGE.shape)
        grid(left, GRADIENT, "G, the gradient of cols")
        grid(right, running, "dx so far")
        mark(left, (0, column), (len(GRADIENT), 1), BLUE, TINT_BLUE)
        mark(right, corner, FIELD, BLUE, TINT_BLUE)
        spoken = f"G: {rows_in_words(GRADIENT)}. dx so far: {rows_in_words(running)}."
        frames.append(frame(figure, f"{words} {spoken}", words))
    return Picture(
        tuple(frames),
        "col2im: each column goes back to where its window stood. Where windows overlap, "
        "contributions add up.",
    )


def order() -> Picture:
    """Draw which rows belong to which channel, and which columns to which window and image."""
    images = np.arange(12).reshape(2, 1, 2, 3) + np.array([0, 20]).reshape(1, 2, 1, 1)
    windows = np.stack([images[..., :2], images[..., 1:]])
    cols = windows.transpose(2, 3, 4, 0, 1).reshape(8, 4)
    figure, (left, right) = canvas([(3.5, 2.7), (4.0, 4.2)], below=0.1)
    _planes(left, images)
    right.set(xlim=(-5.2, 4.2), ylim=(7.7, -2.2), aspect="equal")
    for (row, column), value in np.ndenumerate(cols):
        face = TINT_ORANGE if column % 2 else TINT_BLUE
        _box(right, (row, column), str(value), face)
    for window in range(2):
        right.text(2 * window + 0.5, -1.8, f"(0, {window})", **_words(10))
        for image in range(2):
            right.text(2 * window + image, -0.95, str(image), **_words(10))
    right.text(-0.8, -1.8, "window (i, j)", ha="right", va="center", size=10, color=INK)
    right.text(-0.8, -0.95, "image", ha="right", va="center", size=10, color=INK)
    for channel in range(2):
        middle = 4 * channel + 1.5
        right.text(-3.6, middle, f"channel {channel},\nentry (u, v)", **_words(10))
        right.add_artist(
            Rectangle((-0.5, 4 * channel - 0.5), 4, 4, fill=False, edgecolor=INK, lw=2)
        )
        for place in range(4):
            name = f"({place // 2}, {place % 2})"
            right.text(-1.25, 4 * channel + place, name, **_words(9))
    return Picture(
        (
            frame(
                figure,
                "Two images of two channels, 2 by 3 pixels: image 0 has 0 to 5 in channel 0 and "
                "20 to 25 in channel 1; image 1 has 6 to 11 and 26 to 31. Beside them the matrix "
                "for a 2 by 2 field. Its columns are window (0, 0) of image 0, window (0, 0) of "
                "image 1, window (0, 1) of image 0, window (0, 1) of image 1. Its rows are the "
                f"four places of channel 0, then those of channel 1: {rows_in_words(cols)}.",
            ),
        ),
        "Two images with two channels under a 2 by 2 field: rows go channel by channel, columns "
        "window by window, and for each window image by image.",
    )


def product() -> Picture:
    """Draw the product of the flattened filters with the matrix of columns, as blocks."""
    figure, (panel,) = canvas([(8.2, 2.3)])
    panel.set(xlim=(-1.6, 21.2), ylim=(5.8, -0.6), aspect="equal")
    blocks: tuple[tuple[Cell, Cell, str, str, str, str], ...] = (
        ((2, 0), (2, 4), TINT_ORANGE, "w.reshape(F, -1)", "K = C · HH · WW", "F"),
        ((1, 6), (4, 6), TINT_BLUE, "cols", "P = H' · W' · N", "K"),
        ((2, 15), (2, 6), "white", "product", "P = H' · W' · N", "F"),
    )
    for (top, left), (rows, columns), face, name, across, down in blocks:
        for row in range(rows):
            for column in range(columns):
                _box(panel, (top + row, left + column), "", face)
        middle = left + (columns - 1) / 2
        panel.text(middle, top - 1.1, name, **_words(11), family="monospace")
        panel.text(middle, top + rows + 0.1, across, **_words(10))
        panel.text(left - 0.85, top + (rows - 1) / 2, down, **_words(10))
    for (row, column), shape, colour in (
        ((2, 0), (1, 4), ORANGE),
        ((1, 9), (4, 1), BLUE),
        ((2, 18), (1, 1), GREEN),
    ):
        mark(panel, (row, column), shape, colour)
    panel.text(4.0, 2.5, "@", **_words(14))
    panel.text(13.0, 2.5, "=", **_words(14))
    return Picture(
        (
            frame(
                figure,
                "A block of F rows and K = C times HH times WW columns, the flattened filters, "
                "times a block of K rows and P columns, the windows, gives a block of F rows and "
                "P = H' times W' times N columns. One row of the first and one column of the "
                "second are outlined; they make one outlined entry of the third.",
            ),
        ),
        "All outputs of all images at once: a filter is a row, a window is a column, and each pair "
        "of them makes one number. The bias is added to every entry of its row.",
    )


def round_trip(im2col: Callable[..., Any], col2im: Callable[..., Any]) -> Picture:
    """Draw an image of ones, and what the student's two functions make of it one after the other.

    The field is 3 by 3, padding 1, stride 1.
    """
    ones = np.ones((1, 1, 4, 5))
    size = ((5 + 0.2) * CELL, (4 + 0.2) * CELL)
    figure, (left, right) = canvas([size, (size[0] + 0.3, size[1])])
    grid(left, np.ones((4, 5), dtype=int), "x")
    found = _there_and_back(im2col, col2im, ones)
    if isinstance(found, str):
        say(right, found)
        flat = " ".join(found.split())
        return Picture(
            (frame(figure, f"A 4 by 5 image of ones, beside an empty panel: {flat}."),),
            f"Nothing to see yet: {flat}.",
        )
    grid(right, found, "col2im(im2col(x))")
    return Picture(
        (
            frame(
                figure,
                "A 4 by 5 image of ones, and the image that comes back, row by row: "
                f"{rows_in_words(found.round(3))}.",
            ),
        ),
        "A 3 by 3 field, padding 1, stride 1: every pixel comes back as often as it was copied.",
    )


def race(
    layers: Mapping[str, Layer],
    sides: Sequence[int] = SIDES,
    clock: Callable[[], float] = time.perf_counter,
) -> Picture:
    """Measure forward and backward of convolution layers on square images, and draw the times.

    ``layers`` maps a name to (forward, backward) of notebook 2's signatures. ``clock`` tells
    seconds. A layer that is not written, or raises, is left out and named.
    """
    times, missing = {}, []
    for name, layer in layers.items():
        found = _times(layer, sides, clock)
        if isinstance(found, str):
            missing.append(f"{name}: {found}")
        else:
            times[name] = found
    # The first panel is room for the labels of the second one's axis.
    figure, (_, panel) = canvas([(0.3, 3.2), (5.4, 3.2)], below=0.55)
    if not times:
        say(panel, "\n".join(missing))
        words = "; ".join(missing)
        return Picture(
            (frame(figure, f"An empty panel: {words}."),), f"Nothing to see yet: {words}."
        )
    _lines(panel, times, sides)
    told = [
        f"{name}: "
        + ", ".join(f"{_duration(t)} at {side}" for side, t in zip(sides, taken, strict=True))
        for name, taken in times.items()
    ]
    return Picture(
        (
            frame(
                figure,
                "A chart of measured time against the side of the image, both logarithmic. "
                f"{'. '.join([*told, *missing])}.",
            ),
        ),
        _verdict(times, sides) + "".join(f" Not measured: {each}." for each in missing),
    )


def _window(image: NDArray[Any], corner: Cell) -> NDArray[Any]:
    (row, column), (height, width) = corner, FIELD
    return image[row : row + height, column : column + width]


def _listed(values: NDArray[Any]) -> str:
    return ", ".join(map(str, values))


def _words(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "size": size, "color": INK}


def _box(panel: Axes, cell: Cell, text: str, face: str) -> None:
    row, column = cell
    panel.add_artist(
        Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=RULE, lw=0.8)
    )
    panel.text(column, row, text, **_words(11))


def _planes(panel: Axes, images: Numbers) -> None:
    """Draw images (2, 2, 2, 3) as planes: a row for each channel, a column for each image."""
    panel.set(xlim=(-2.6, 7.2), ylim=(5.7, -1.8), aspect="equal")
    for image, channels in enumerate(images):
        panel.text(1 + 4 * image, -1.2, f"image {image}", **_words(11))
        for channel, plane in enumerate(channels):
            for (row, column), value in np.ndenumerate(plane):
                face = TINT_ORANGE if image else TINT_BLUE
                _box(panel, (row + 3 * channel, column + 4 * image), str(value), face)
    for channel in range(2):
        panel.text(-1.6, 3 * channel + 0.5, f"channel {channel}", **_words(10))


def _there_and_back(
    im2col: Callable[..., Any], col2im: Callable[..., Any], images: Numbers
) -> Numbers | str:
    """Return the one plane that comes back, or in words why none does."""
    name = "im2col_indices"
    try:
        cols = im2col(images.copy(), 3, 3, 1, 1)
        name = "col2im_indices"
        found: Numbers = np.asarray(col2im(cols, images.shape, 3, 3, 1, 1), dtype=float)
    except NotImplementedError:
        return f"write {name}\nfirst"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"{name}\nraised {type(error).__name__}"
    if found.shape != images.shape:
        return f"{name}\nreturned shape\n{found.shape}"
    plane: Numbers = found[0, 0]
    return plane if np.isfinite(plane).all() else f"{name}\nreturned inf or nan"


def _times(layer: Layer, sides: Sequence[int], clock: Callable[[], float]) -> list[float] | str:
    """Return the seconds of forward and backward for each side, or in words why there are none."""
    forward, backward = layer
    images, channels, filters, field = LAYER
    random = np.random.default_rng(0)
    w = random.standard_normal((filters, channels, field, field))
    taken = []
    try:
        for side in sides:
            x = random.standard_normal((images, channels, side, side))
            dout = random.standard_normal((images, filters, side, side))
            runs = []
            for _ in range(RUNS):
                start = clock()
                _, cache = forward(x, w, np.zeros(filters), {"stride": 1, "pad": 1})
                backward(dout, cache)
                runs.append(clock() - start)
            taken.append(min(runs))
    except NotImplementedError:
        return "not written yet"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"raised {type(error).__name__}"
    return taken


def _lines(panel: Axes, times: Mapping[str, list[float]], sides: Sequence[int]) -> None:
    panel.set_axis_on()
    panel.set_xscale("log")
    panel.set_yscale("log")
    styles = ((ORANGE, "o", "-"), (BLUE, "s", "--"), (GREEN, "^", ":"), (INK, "D", "-."))
    for (name, taken), (colour, marker, line) in zip(times.items(), styles, strict=False):
        panel.plot(sides, taken, color=colour, marker=marker, linestyle=line, lw=2, label=name)
    panel.set_xticks(list(sides), [str(side) for side in sides])
    panel.minorticks_off()
    low, high = panel.get_ylim()
    ticks = [10.0**k for k in range(-6, 3) if low <= 10.0**k <= high]
    panel.set_yticks(ticks, [_duration(tick) for tick in ticks])
    panel.tick_params(labelsize=9, colors=INK)
    panel.grid(visible=True, color=RULE, lw=0.6)
    panel.set_facecolor("white")
    panel.set_xlabel("rows and columns of the image", size=10, color=INK)
    panel.set_title("time for forward and backward", size=11, color=INK, y=1)
    panel.legend(fontsize=10, facecolor=TINT_GREY, edgecolor=RULE)


def _verdict(times: Mapping[str, list[float]], sides: Sequence[int]) -> str:
    """How much faster the quickest is at the largest size."""
    last = {name: taken[-1] for name, taken in times.items()}
    slow, quick = max(last, key=lambda name: last[name]), min(last, key=lambda name: last[name])
    if slow == quick:
        return f"{quick} takes {_duration(last[quick])} at {sides[-1]} by {sides[-1]} pixels."
    factor = last[slow] / max(last[quick], 1e-9)
    return (
        f"At {sides[-1]} by {sides[-1]} pixels {slow} takes {_duration(last[slow])}, {quick} "
        f"{_duration(last[quick])}: {factor:.0f} times less."
    )


def _duration(seconds: float) -> str:
    """A time with two digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):g} {unit}"
    return f"{seconds / 1e-6:.2g} µs"
