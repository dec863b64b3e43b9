"""Pictures of pooling: where the gradient of a window goes, overlap, spread, padding.

The fixed examples are written out as numbers, not computed, so that this module contains no
pooling of its own. Pictures that need pooled values call the student's functions and draw a
neutral panel while those are not written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from course_utils.pictures.figure import Picture, frame

__all__ = ["border", "gradient_map", "overlap", "pooled", "routes", "shares"]

Cell = tuple[int, int]
Numbers = NDArray[np.float64]

INK = "#222222"
QUIET = "#9a9a9a"
PAPER = "#ffffff"
TINTS = ("#dcebf7", "#f7ecd9")
WINNER = "#b3470b"
DOTS_PER_INCH = 100

#: The example of ``routes``: 2 by 2 windows, stride 2, named A to F row by row.
ROUTES_X = (
    (3, 8, 1, 5, 2, 0),
    (6, 4, 9, 7, 11, 10),
    (5, 1, 4, 6, 3, 14),
    (12, 2, 13, 0, 7, 8),
)
ROUTES_OUT = ((8, 9, 11), (12, 13, 14))
ROUTES_WINNERS: tuple[Cell, ...] = ((0, 1), (1, 2), (1, 4), (3, 0), (3, 2), (2, 5))
ROUTES_DOUT = ((2, -1, 3), (5, 4, -2))
ROUTES_WORDS = {
    "forward": (
        "Forward: the largest entry of each window becomes one entry of out.",
        (
            "In a 4 by 6 image the largest entry of each 2 by 2 window A to F is ringed, and an "
            "arrow leads from it into a 2 by 3 output: A 8, B 9, C 11, D 12, E 13, F 14."
        ),
    ),
    "backward": (
        "Backward: each entry of dout travels to the pixel that won; the others get 0.",
        (
            "Arrows lead back from a 2 by 3 array dout (A 2, B -1, C 3, D 5, E 4, F -2) to the "
            "ringed winners of the six windows in a 4 by 6 array dx. All other entries are 0."
        ),
    ),
}

#: The paper example of the notebook: 2 by 2 windows, stride 1, so that windows overlap.
PAPER_X = ((1, 4, 2, 3), (0, 9, 5, 8), (7, 6, 11, 10))
PAPER_COVERED = ((1, 2, 2, 1), (2, 4, 4, 2), (1, 2, 2, 1))
PAPER_MAX_SUMS = {(1, 1): "1+2+4\n= 7", (1, 3): "-3", (2, 2): "5+6\n= 11"}
PAPER_SHARES = ((1, 2, -1), (3, 4, 5))
PAPER_AVERAGE_SUMS = (
    ("1", "1+2\n= 3", "2-1\n= 1", "-1"),
    ("1+3\n= 4", "1+2+3+4\n= 10", "2-1+4+5\n= 10", "-1+5\n= 4"),
    ("3", "3+4\n= 7", "4+5\n= 9", "5"),
)

#: The example of ``border``: 3 by 3 windows, stride 2, pad 1, every pixel negative.
BORDER_X = ((-3, -7, -2), (-8, -5, -9), (-1, -6, -4))
BORDER_WINNERS: tuple[Cell, ...] = ((0, 0), (0, 2), (2, 0), (2, 2))
BORDER_ZERO_WINNERS: tuple[Cell, ...] = ((-1, -1), (-1, 1), (1, -1), (1, 3))


def routes(direction: str) -> Picture:
    """Draw the winner of each window and what travels between it and its output.

    ``direction`` is "forward" (values travel to ``out``) or "backward" (gradients travel from
    ``dout``); raises ValueError for anything else.
    """
    if direction not in ROUTES_WORDS:
        raise ValueError(f'direction is "forward" or "backward", found {direction!r}')
    forward = direction == "forward"
    figure, (image, result) = _canvas([(4, 6), (2, 3)], cell=0.56, gap=0.9, foot=0.2)
    left, right = _texts(ROUTES_X), _texts(ROUTES_OUT)
    quiet: set[Cell] = set()
    if not forward:
        right = _texts(ROUTES_DOUT)
        quiet = set(left) - set(ROUTES_WINNERS)
        left = dict.fromkeys(left, "0") | dict(zip(ROUTES_WINNERS, right.values(), strict=True))
    _cells(image, left, _faces((4, 6), lambda r, c: TINTS[(r // 2 + c // 2) % 2]), quiet=quiet)
    _cells(result, right, _faces((2, 3), lambda r, c: TINTS[(r + c) % 2]))
    for number, winner in enumerate(ROUTES_WINNERS):
        row, col = divmod(number, 3)
        _ring(image, winner)
        _corner(image, (2 * row, 2 * col), "ABCDEF"[number])
        _corner(result, (row, col), "ABCDEF"[number])
        _travel((image, winner), (result, (row, col)), to_output=forward)
    image.set_title("x" if forward else "dx", family="monospace")
    name = "out" if forward else "dout"
    result.text(-0.65, 0.5, name, ha="right", va="center", size=12, family="monospace")
    return _finish(figure, *ROUTES_WORDS[direction])


def overlap() -> Picture:
    """Draw the paper example: winners, how many windows cover each pixel, and the sums in dx."""
    figure, (winners, covered, gradient) = _canvas([(3, 4)] * 3, cell=0.62)
    _cells(winners, _texts(PAPER_X))
    for pixel, windows in {(1, 1): "ABD", (1, 3): "C", (2, 2): "EF"}.items():
        # Three letters need more room in the corner than one.
        _ring(winners, pixel, radius=0.3)
        _corner(winners, pixel, windows)
    _heat(covered, np.array(PAPER_COVERED, dtype=float), "Blues", size=12)
    sums = _texts([[0] * 4] * 3) | PAPER_MAX_SUMS
    hit = _faces((3, 4), lambda r, c: TINTS[1] if (r, c) in PAPER_MAX_SUMS else PAPER)
    _cells(gradient, sums, hit, quiet=set(sums) - set(PAPER_MAX_SUMS), size=9)
    winners.set_title("x, and who wins which window", fontsize=10)
    covered.set_title("windows that cover a pixel", fontsize=10)
    gradient.set_title("dx: contributions add up", fontsize=10)
    return _finish(
        figure,
        "2 by 2 windows with stride 1: a pixel may win several windows, and then it gets the sum.",
        "Three 3 by 4 grids. In x, the entry 9 wins windows A, B and D, the entry 8 wins C, the "
        "entry 11 wins E and F. Corner pixels are covered by 1 window, edge pixels by 2, the two "
        "inner pixels by 4. In dx the entry 9 receives 1+2+4 = 7, the entry 8 receives -3, the "
        "entry 11 receives 5+6 = 11, all others 0.",
    )


def shares() -> Picture:
    """Draw average pooling's backward: a share for each window, and the shares added in dx."""
    figure, (share, first, gradient) = _canvas([(2, 3), (3, 4), (3, 4)], cell=0.68)
    _cells(share, _texts(PAPER_SHARES))
    for number in range(6):
        _corner(share, divmod(number, 3), "ABCDEF"[number])
    spread = {(row, col): "3" for row in (1, 2) for col in (0, 1)}
    _cells(first, spread, _faces((3, 4), lambda r, c: TINTS[0] if (r, c) in spread else PAPER))
    _cells(gradient, _texts(PAPER_AVERAGE_SUMS), size=8)
    share.set_title("dout / 4, per window", fontsize=10)
    first.set_title("window D alone", fontsize=10)
    gradient.set_title("dx: all six windows added", fontsize=10)
    return _finish(
        figure,
        "Average pooling: every pixel of a window gets the same share, and shares add up.",
        "Left, the shares of six windows A to F: 1, 2, -1, 3, 4, 5. Middle, window D puts its "
        "share 3 on its four pixels in the lower left of a 3 by 4 grid. Right, dx after all "
        "windows: first row 1, 3, 1, -1; second row 4, 10, 10, 4; third row 3, 7, 9, 5.",
    )


def border() -> Picture:
    """Draw max pooling of an all-negative image with a border of zeros and of minus infinity."""
    figure, axes = _canvas([(5, 5)] * 2, cell=0.56)
    pixels = {(row + 1, col + 1): text for (row, col), text in _texts(BORDER_X).items()}
    faces = _faces((5, 5), lambda r, c: TINTS[0] if (r, c) in pixels else "#eeeeee")
    sides = (("0", BORDER_ZERO_WINNERS), ("-inf", BORDER_WINNERS))
    for panel, (edge, winners) in zip(axes, sides, strict=True):
        _cells(panel, _texts([[edge] * 5] * 5) | pixels, faces, size=10)
        for row, col in winners:
            _ring(panel, (row + 1, col + 1))
    axes[0].set_title("border of zeros: out is all 0", fontsize=10)
    axes[1].set_title("border of -inf: out is -3, -2, -1, -4", fontsize=10)
    return _finish(
        figure,
        "3 by 3 windows, stride 2, pad 1, negative pixels: a border of zeros wins every window.",
        "A 3 by 3 image of negative numbers inside a border one pixel wide. With a border of "
        "zeros the ringed winner of all four windows lies in the border. With a border of minus "
        "infinity the winners are the four corner pixels -3, -2, -1 and -4.",
    )


def pooled(forward: Callable[..., Any]) -> Picture:
    """Draw a 24 by 36 image and what the student's ``forward`` makes of it at two window sizes."""
    name = _name(forward)
    scene = _scene()
    figure, axes = _canvas([scene.shape] * 3, cell=0.072)
    axes[0].imshow(scene, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title("x: 24 by 36", fontsize=10)
    words = []
    for panel, size in zip(axes[1:], (2, 4), strict=True):
        found = _answer([forward], scene, size, size)
        if isinstance(found, str):
            _say(panel, found)
            words.append(found)
            continue
        panel.imshow(found, cmap="gray", vmin=0, vmax=1)
        rows, cols = found.shape
        panel.set_title(f"{size} by {size}, stride {size}: {rows} by {cols}", fontsize=10)
        words.append(f"{rows} by {cols} pixels with mean brightness {found.mean():.2f}")
    for panel in axes:
        panel.set(xticks=[], yticks=[])
    return _finish(
        figure,
        f"A drawing of thin bright lines, and what {name} keeps of it.",
        f"A dark 24 by 36 image with a bright ring, a diagonal line and a dot (mean brightness "
        f"{scene.mean():.2f}), beside two results of {name}: {'; '.join(words)}.",
    )


def gradient_map(forward: Callable[..., Any], backward: Callable[..., Any]) -> Picture:
    """Draw dx of the student's ``backward`` on a hilly image with an upstream gradient of ones.

    With ones as ``dout`` each number is the weight of all windows that a pixel answers for.
    """
    name = _name(backward)
    hills = _hills()
    figure, axes = _canvas([hills.shape] * 3, cell=0.29, gap=0.25)
    _heat(axes[0], hills, "Greys")
    axes[0].set_title("x", fontsize=10, family="monospace")
    words = []
    for panel, (size, stride) in zip(axes[1:], ((2, 2), (3, 1)), strict=True):
        found = _answer([forward, backward], hills, size, stride)
        setting = f"{size} by {size} windows, stride {stride}"
        if isinstance(found, str):
            _say(panel, found)
            words.append(f"{setting}: {found}")
            continue
        _heat(panel, found, "Oranges")
        panel.set_title(f"dx: {setting}", fontsize=10)
        row, col = np.unravel_index(int(np.argmax(found)), found.shape)
        words.append(
            f"{setting}: {np.count_nonzero(found)} of 63 entries are not zero, the largest is "
            f"{_short(found.max())} at row {row}, column {col}, and all add up to {found.sum():g}"
        )
    return _finish(
        figure,
        f"dx of {name} for dout = 1 everywhere: how much of the windows each pixel answers for.",
        f"A 7 by 9 image with three hills, and heat maps of dx. {'. '.join(words)}.",
    )


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", "your function"))


def _answer(
    functions: Sequence[Callable[..., Any]], image: Numbers, size: int, stride: int
) -> Numbers | str:
    """Return what the last of (forward, backward) makes of ``image``, or in words why nothing.

    A backward gets ones as its upstream gradient and the cache of the forward before it.
    """
    forward, *backwards = functions
    param = {"pool_height": size, "pool_width": size, "stride": stride}
    name = _name(forward)
    try:
        result, cache = forward(image[np.newaxis, np.newaxis].copy(), param)
        for backward in backwards:
            name = _name(backward)
            result = backward(np.ones(np.shape(result)), cache)
        found: Numbers = np.asarray(result, dtype=float)
    except NotImplementedError:
        return f"write {name} first"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"{name} raised {type(error).__name__}"
    misfit = found.shape != (1, 1, *image.shape) if backwards else found.size > image.size
    if misfit or found.ndim != image.ndim + 2 or found.shape[:2] != (1, 1):
        return f"{name} returned shape {found.shape}"
    plane: Numbers = found[0, 0]
    return plane if np.isfinite(plane).all() else f"{name} returned inf or nan"


def _scene() -> Numbers:
    """Return a (24, 36) image in [0, 1]: a ring, a diagonal line and a dot on dark ground."""
    row, col = np.mgrid[0:24, 0:36].astype(float)
    ring = np.exp(-((np.hypot(row - 12, col - 11) - 7) ** 2) / 0.6)
    line = np.exp(-((row + col - 41) ** 2) / 1.2) * (col > 18)
    dot = np.exp(-((row - 12) ** 2 + (col - 11) ** 2) / 1.5)
    scene: Numbers = np.clip(0.08 + ring + line + dot, 0, 1)
    return scene


def _hills() -> Numbers:
    """Return a (7, 9) image with the values 0 to 62 once each (no ties) and three hills."""
    row, col = np.mgrid[0:7, 0:9].astype(float)
    height = np.zeros((7, 9))
    for top, left, wide in ((1.1, 2.05, 3.0), (4.2, 6.1, 4.0), (5.3, 1.2, 2.0)):
        height += np.exp(-((row - top) ** 2 + (col - left) ** 2) / wide)
    ranks: Numbers = np.argsort(np.argsort(height, axis=None)).reshape(7, 9).astype(float)
    return ranks


def _canvas(
    shapes: Sequence[tuple[int, ...]], *, cell: float, gap: float = 0.35, foot: float = 0.08
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a row of panels for arrays of these shapes.

    ``cell`` is the width of one array entry, ``gap`` the space between panels and ``foot`` the
    space under them, in inches.
    """
    margin, head = 0.08, 0.36
    tallest = max(shape[0] for shape in shapes) * cell
    width = sum(shape[1] for shape in shapes) * cell + gap * (len(shapes) - 1) + 2 * margin
    height = tallest + head + foot
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER)
    axes, left = [], margin
    for rows, cols in shapes:
        bottom = foot + (tallest - rows * cell) / 2
        box = (left / width, bottom / height, cols * cell / width, rows * cell / height)
        axes.append(figure.add_axes(box))
        left += cols * cell + gap
    return figure, axes


def _finish(figure: Figure, caption: str, alt: str) -> Picture:
    return Picture((frame(figure, alt),), caption)


def _texts(rows: Sequence[Sequence[object]]) -> dict[Cell, str]:
    return {(r, c): str(value) for r, line in enumerate(rows) for c, value in enumerate(line)}


def _short(value: float) -> str:
    """Write a number for a small cell: 3, .25, 0."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.removeprefix("0") if text.startswith("0.") else text


def _faces(shape: tuple[int, int], paint: Callable[[int, int], str]) -> Numbers:
    """Return the colours (rows, cols, 4) that ``paint(row, col)`` names."""
    rows, cols = shape
    return np.array([[to_rgba(paint(row, col)) for col in range(cols)] for row in range(rows)])


def _cells(
    axes: Axes,
    texts: dict[Cell, str],
    faces: Numbers | None = None,
    *,
    quiet: Collection[Cell] = (),
    size: float = 12,
) -> None:
    """Draw a grid of coloured cells with texts; cell (row, col) has its centre at (col, row).

    Without ``faces`` (rows, cols, 4) every cell that has a text is white.
    """
    if faces is None:
        faces = _faces((max(texts)[0] + 1, max(texts)[1] + 1), lambda *_: PAPER)
    rows, cols = faces.shape[:2]
    axes.imshow(faces, aspect="auto")
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, cols - 0.5, QUIET, lw=0.8, clip_on=False)
    axes.vlines(np.arange(cols + 1) - 0.5, -0.5, rows - 0.5, QUIET, lw=0.8, clip_on=False)
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_axis_off()
    for cell, text in texts.items():
        ink = QUIET if cell in quiet else INK
        axes.text(cell[1], cell[0], text, ha="center", va="center", size=size, color=ink, zorder=4)


def _heat(axes: Axes, values: Numbers, cmap: str, size: float = 8) -> None:
    """Draw an array as coloured cells that also carry their numbers."""
    # Only the lighter part of a map is used, so that dark numbers stay readable on it.
    scale = Normalize(min(0.0, float(values.min())), max(float(values.max()), 1e-12) * 1.8)
    texts = {(row, col): _short(float(value)) for (row, col), value in np.ndenumerate(values)}
    zeros = {cell for cell in texts if values[cell] == 0}
    _cells(axes, texts, np.asarray(colormaps[cmap](scale(values))), quiet=zeros, size=size)


def _ring(axes: Axes, cell: Cell, radius: float = 0.37) -> None:
    row, col = cell
    axes.add_patch(Circle((col, row), radius, fill=False, edgecolor=WINNER, lw=2, zorder=3))


def _corner(axes: Axes, cell: Cell, text: str) -> None:
    row, col = cell
    axes.text(
        col - 0.46, row - 0.46, text, ha="left", va="top", size=7, color=WINNER, weight="bold"
    )


def _travel(pixel: tuple[Axes, Cell], output: tuple[Axes, Cell], *, to_output: bool) -> None:
    """Draw an arrow between a pixel and its output cell, in the direction of travel."""
    (image, (row, col)), (result, (i, j)) = pixel, output
    # Arrows meet the first row of outputs from above and the second from below, off the numbers.
    side = -1 if i == 0 else 1
    ends = [(image, (col + 0.27, row + 0.28 * side)), (result, (j, i + 0.3 * side))]
    (axes_a, start), (axes_b, end) = ends if to_output else ends[::-1]
    bend = 0.22 * side if to_output else -0.22 * side
    curve = {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={bend}", "mutation_scale": 11}
    curve |= {"color": WINNER, "alpha": 0.6, "shrinkA": 0, "shrinkB": 0}
    result.annotate("", end, start, axes_b.transData, axes_a.transData, arrowprops=curve)


def _say(axes: Axes, text: str) -> None:
    """Draw a neutral panel with a line of text instead of a picture."""
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[], facecolor="#f3f3f3")
    axes.text(0.5, 0.5, text, ha="center", va="center", size=9, color="#555555", wrap=True)
    axes.spines[:].set_color(QUIET)
