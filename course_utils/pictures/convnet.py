"""Pictures of ``08_convnet``: digits, the network, a layer's memory, and what was learned.

What depends on the student's work is given as plain numbers, or as a function to be called:
while that is not written, or fails, the picture says so instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from course_utils.pictures.figure import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    QUIET,
    RULE,
    TINT_BLUE,
    TINT_GREY,
    TINT_ORANGE,
    Frame,
    Numbers,
    Picture,
    canvas,
    frame,
    say,
)

__all__ = [
    "confusion",
    "curves",
    "filters",
    "loss_of_one",
    "memory",
    "roads",
    "saliency",
    "samples",
]

_INK_ON_PAPER: Final = LinearSegmentedColormap.from_list("ink", [PAPER, INK])
_SIGNED: Final = LinearSegmentedColormap.from_list("signed", [ORANGE, PAPER, BLUE])

#: The layers of the network with 16 filters: name, and the shape of what comes out.
LAYERS: Final = (
    ("images", "N, 1, 8, 8"),
    ("Conv", "N, 16, 8, 8"),
    ("ReLU", "N, 16, 8, 8"),
    ("MaxPool", "N, 16, 4, 4"),
    ("Flatten", "N, 256"),
    ("Affine", "N, 10"),
    ("loss", "one number"),
)

#: The windows of the layers that have some.
WINDOWS: Final = {"Conv": "3 by 3, pad 1", "MaxPool": "2 by 2"}

#: What happens to the layer with w = 2 and b = 1: the call, what it returns, the memory and
#: both gradients after it, and why.
SCENES: Final = (
    ("layer = Affine(2, 1)", "", (), (0, 0), "Nothing waits, and gradients are zero."),
    ("layer.forward(3)", "7", (3,), (0, 0), "x = 3 waits for its backward."),
    ("layer.forward(5)", "11", (3, 5), (0, 0), "x = 5 goes on top. Now two wait."),
    ("layer.backward(10)", "20", (3,), (50, 10), "The top one is taken: dw is 10 * 5."),
    ("layer.backward(-1)", "-2", (), (47, 9), "Then the one below: -1 * 3 is added to 50."),
    ("layer.zero_grads()", "", (), (0, 0), "Both gradients start anew."),
)


def samples(images: Numbers, labels: NDArray[Any]) -> Picture:
    """Draw two images (N, 1, H, W) of each class 0 to 9, with their labels (N,)."""
    figure, panels = canvas([(0.62, 1.5)] * 10)
    for digit, panel in enumerate(panels):
        first, second = np.flatnonzero(labels == digit)[:2]
        gap = np.zeros((1, images.shape[-1]))
        _show(panel, np.vstack([images[first, 0], gap, images[second, 0]]))
        panel.set_title(str(digit), size=11, color=INK, y=1)
    alt = (
        "Ten pairs of small grey images of handwritten digits, one pair for each class from 0 to "
        "9. They are coarse, and no two of a pair are alike."
    )
    return Picture(
        (frame(figure, alt),), "Two of each: 8 by 8 pixels, 17 levels from paper to ink."
    )


def roads() -> Picture:
    """Draw the layers of the network, with the forward road above and the backward road below."""
    figure, (panel,) = canvas([(8.2, 1.9)])
    panel.set(xlim=(0, len(LAYERS)), ylim=(-1.05, 1.05))
    for place, (name, shape) in enumerate(LAYERS):
        learns, ends = name in ("Conv", "Affine"), name in ("images", "loss")
        tint = TINT_GREY if ends else TINT_ORANGE if learns else TINT_BLUE
        panel.add_artist(
            Rectangle((place + 0.12, -0.3), 0.72, 0.6, facecolor=tint, edgecolor=INK, lw=1)
        )
        style = "bold" if learns else "normal"
        height = 0.08 if name in WINDOWS else 0
        panel.text(place + 0.48, height, name, ha="center", va="center", size=10, weight=style)
        small = WINDOWS.get(name, "")
        panel.text(place + 0.48, -0.16, small, ha="center", va="center", size=7, color=INK)
        panel.text(place + 0.48, 0.86, shape, ha="center", va="center", size=8, color=INK)
        if place:
            _arrow(panel, (place - 0.16, 0.45), (place + 0.12, 0.45), BLUE)
            _arrow(panel, (place + 0.12, -0.45), (place - 0.16, -0.45), ORANGE)
    panel.text(0.48, -0.75, "dx", ha="center", va="center", size=10, color=ORANGE)
    panel.text(6.0, -0.75, "dscores", ha="center", va="center", size=10, color=ORANGE)
    panel.text(3.2, -0.9, "backward: from right to left", ha="center", size=9, color=ORANGE)
    chain = ", ".join(f"{name} ({shape})" for name, shape in LAYERS)
    alt = (
        f"A row of boxes from left to right with the shape of what each returns: {chain}. Arrows "
        "above lead from left to right, arrows below from right to left, beginning with dscores "
        "at the loss and ending with dx at the images. Conv and Affine are bold: they learn. "
        f"Windows: {', '.join(f'{name} {size}' for name, size in WINDOWS.items())}."
    )
    return Picture((frame(figure, alt),), "Bold layers have parameters. Shapes are those of out.")


def loss_of_one(scores: Sequence[float], y: int) -> Picture:
    """Draw probabilities and gradient for the ``scores`` of one image whose right class is y."""
    powers = np.exp(np.asarray(scores) - np.max(scores))
    p = powers / powers.sum()
    gradient = p - (np.arange(p.size) == y)
    figure, panels = canvas([(2.6, 1.7)] * 2, below=0.35)
    names = [f"{c}{' (right)' if c == y else ''}" for c in range(p.size)]
    for panel, values, title in zip(
        panels, (p, gradient), ("p: what it says", "dscores: p minus what is right"), strict=True
    ):
        _bars(panel, values, names)
        panel.set_title(title, size=10, color=INK, y=1)
    alt = (
        f"Two bar charts over classes. Probabilities: {_listed(p)}. Gradient: {_listed(gradient)}, "
        f"negative only for the right class {y}."
    )
    return Picture(
        (frame(figure, alt),),
        f"One image, right class {y}: a step against the "
        "gradient raises the right score and lowers the others.",
    )


def memory() -> Picture:
    """Step through the life of an affine layer with w = 2 and b = 1: memory and gradients."""
    frames = tuple(_scene(place) for place in range(len(SCENES)))
    return Picture(frames, "Last in, first out; gradients are added until zero_grads.")


def _scene(place: int) -> Frame:
    call, returned, waiting, (dw, db), note = SCENES[place]
    figure, (panel,) = canvas([(5.4, 1.9)])
    panel.set(xlim=(0, 5.4), ylim=(0, 1.9))
    text = f"{call}{f'   returns {returned}' if returned else ''}"
    panel.text(0.1, 1.7, text, size=12, color=INK, family="monospace", va="center")
    panel.text(0.75, 0.08, "memory", size=10, color=QUIET, ha="center", va="center")
    panel.plot([0.25, 0.25, 1.25, 1.25], [1.35, 0.25, 0.25, 1.35], color=INK, lw=1.4)
    for height, x in enumerate(waiting):
        low = 0.32 + 0.5 * height
        panel.add_artist(
            Rectangle((0.35, low), 0.8, 0.42, facecolor=TINT_BLUE, edgecolor=BLUE, lw=1.4)
        )
        panel.text(0.75, low + 0.21, f"x = {x}", ha="center", va="center", size=11, color=INK)
    for row, (name, value) in enumerate((("w", dw), ("b", db))):
        line = f'grads["{name}"] = {value}'
        panel.text(2.0, 1.0 - 0.4 * row, line, size=12, color=INK, family="monospace", va="center")
    held = "holds " + ", ".join(f"x = {x}" for x in waiting) if waiting else "is empty"
    says = f" returns {returned}" if returned else ""
    alt = f"{call}{says}. The memory {held}; grads are {dw} for w and {db} for b."
    return frame(figure, alt, note)


def curves(history: Mapping[str, Sequence[float]]) -> Picture:
    """Draw the losses and the shares of right answers after each epoch.

    ``history`` maps "loss", "train" and "held out" to a number for each epoch; it may be
    empty.
    """
    losses = history.get("loss", ())
    # The narrow panels leave room for the numbers beside an axis.
    figure, (_, left, _, right) = canvas([(0.1, 2.2), (3.2, 2.2)] * 2, below=0.45)
    if not len(losses) or not np.isfinite(losses).all():
        words = "the loss is not a number" if len(losses) else "nothing was trained yet"
        for panel in (left, right):
            say(panel, words)
        return Picture(
            (frame(figure, f"Two empty panels: {words}."),), "Loss and share of right answers."
        )
    epochs = np.arange(1, len(losses) + 1)
    _plot(left, epochs, {"loss": losses}, "loss, mean of the batches")
    left.axhline(np.log(10), color=QUIET, lw=1, ls=":")
    left.text(
        epochs[-1], np.log(10), "guessing: 2.303 ", ha="right", va="bottom", size=8, color=QUIET
    )
    left.set_ylim(0, max(2.6, 1.05 * max(losses)))
    shares = {name: history[name] for name in ("train", "held out") if len(history.get(name, ()))}
    _plot(right, epochs, shares, "share of right answers")
    last = ", ".join(f"{name} {values[-1]:.1%}" for name, values in shares.items())
    alt = (
        f"Left: the loss falls from {losses[0]:.2f} in the first epoch to {losses[-1]:.3f} in the "
        f"last of {len(losses)}. Right: the share of right answers, at the end {last}."
    )
    return Picture((frame(figure, alt),), f"After {len(losses)} epochs: {last}.")


def filters(w: Numbers) -> Picture:
    """Draw filters (F, 1, HH, WW), each on a scale of its own: blue positive, orange negative."""
    across = min(8, len(w))
    rows = -(-len(w) // across)
    figure, panels = canvas([(0.75, 0.95 * rows)] * across)
    for column, panel in enumerate(panels):
        stack: list[Numbers] = []
        for kernel in w[column::across, 0]:
            gap = np.full((1, kernel.shape[1]), np.nan)
            scaled = kernel / max(float(np.abs(kernel).max()), 1e-12)
            stack += [scaled, gap]
        values = np.vstack(stack[:-1])
        panel.imshow(values, cmap=_SIGNED, vmin=-1, vmax=1)
        for (row, place), value in np.ndenumerate(values):
            if np.isfinite(value):
                sign = "+" if value > 0.3 else "\u2212" if value < -0.3 else ""
                panel.text(place, row, sign, ha="center", va="center", size=8, color=INK)
    means = [float(kernel.mean()) for kernel in w[:, 0]]
    alt = (
        f"{len(w)} filters of {w.shape[2]} by {w.shape[3]}, each entry tinted blue with a plus or "
        f"orange with a minus. The mean entry of {sum(m > 0 for m in means)} of them is positive."
    )
    return Picture(
        (frame(figure, alt),),
        "Filters: where + (blue), ink raises what comes out; where \u2212 (orange), lowers it.",
    )


def confusion(predict: Callable[[], NDArray[Any]], labels: NDArray[Any]) -> Picture:
    """Draw how often each right class of ``labels`` (N,) was read as each class.

    ``predict`` is called without arguments and returns classes 0 to 9, (N,).
    """
    figure, (panel,) = canvas([(3.6, 3.6)], below=0.3)
    caption = "Row: what was written. Column: what was read."
    got, problem = _tried(predict, labels.shape)
    if problem:
        say(panel, problem)
        return Picture((frame(figure, f"An empty panel: {problem}."),), caption)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, np.clip(got, 0, 9).astype(int)), 1)
    off = counts - np.diag(np.diag(counts))
    panel.set_axis_on()
    panel.set(xticks=range(10), yticks=range(10), xlim=(-0.5, 9.5), ylim=(9.5, -0.5))
    panel.tick_params(length=0, labelsize=9, colors=INK)
    for (row, column), count in np.ndenumerate(counts):
        tint = TINT_BLUE if row == column else TINT_ORANGE if count else PAPER
        panel.add_artist(
            Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=tint, edgecolor=RULE, lw=0.6)
        )
        if count:
            weight = "bold" if row != column else "normal"
            panel.text(column, row, str(count), ha="center", va="center", size=9, weight=weight)
    pairs = [f"{row} read as {column}: {off[row, column]}" for row, column in np.argwhere(off)]
    alt = (
        f"A 10 by 10 table of counts; {np.trace(counts)} of {labels.size} are on the diagonal. "
        f"Off it: {'; '.join(pairs) or 'nothing'}."
    )
    return Picture((frame(figure, alt),), caption)


def saliency(gradients: Callable[[], Numbers], images: Numbers) -> Picture:
    """Draw images (N, 1, H, W), each beside the gradient of its class's score.

    ``gradients`` is called without arguments and returns dx, of the shape of ``images``.
    """
    figure, panels = canvas([(0.95, 0.95)] * (2 * len(images)))
    caption = "Image, and dx: blue, ink here speaks for this digit; orange, against it."
    dx, problem = _tried(gradients, images.shape)
    for number, image in enumerate(images[:, 0]):
        left, right = panels[2 * number : 2 * number + 2]
        _show(left, image)
        if problem:
            say(right, "")
            continue
        largest = max(float(np.abs(dx[number]).max()), 1e-12)
        right.imshow(dx[number, 0], cmap=_SIGNED, vmin=-largest, vmax=largest)
        # The image's own outline, so that both can be laid over each other.
        right.contour(image, levels=[0.5], colors=[INK], linewidths=0.9)
        right.set_title("dx", size=10, color=INK, y=1)
    if problem:
        return Picture(
            (frame(figure, f"{len(images)} digits, without gradients: {problem}."),),
            f"{caption} ({problem})",
        )
    against = [float(np.mean(d[i < 0.5] < 0)) for d, i in zip(dx[:, 0], images[:, 0], strict=True)]
    alt = (
        f"{len(images)} digits, each beside a map of dx with the outline of its ink. The share of "
        f"pixels outside the ink where dx is negative: {_listed(np.array(against))}."
    )
    return Picture((frame(figure, alt),), caption)


def _tried(function: Callable[[], Any], shape: tuple[int, ...]) -> tuple[Numbers, str]:
    """What the student's code returns, or in words why that cannot be drawn."""
    nothing = np.zeros(shape)
    try:
        found = np.asarray(function(), dtype=np.float64)
    except NotImplementedError:
        return nothing, "not written yet"
    except Exception as error:  # noqa: BLE001 - whatever unfinished code raises is shown
        return nothing, f"raised {type(error).__name__}"
    if found.shape != shape:
        return nothing, f"returned shape {found.shape}, expected {shape}"
    return (found, "") if np.isfinite(found).all() else (nothing, "returned inf or nan")


def _show(panel: Axes, image: Numbers) -> None:
    panel.imshow(image, cmap=_INK_ON_PAPER, vmin=0, vmax=1)


def _arrow(panel: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    panel.add_artist(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=colour))


def _bars(panel: Axes, values: Numbers, names: Sequence[str]) -> None:
    """Bars with their values written at their ends."""
    panel.set(xlim=(-0.6, values.size - 0.4), ylim=(min(0, values.min()) - 0.25, 1.15))
    panel.axhline(0, color=INK, lw=0.8)
    for place, value in enumerate(values):
        colour = BLUE if value >= 0 else ORANGE
        panel.add_artist(Rectangle((place - 0.3, 0), 0.6, value, facecolor=colour))
        below = value < 0
        panel.text(
            place,
            value + (-0.05 if below else 0.05),
            f"{value:.3f}",
            ha="center",
            va="top" if below else "bottom",
            size=9,
            color=INK,
        )
        panel.text(
            place,
            panel.get_ylim()[0] - 0.03,
            names[place],
            ha="center",
            va="top",
            size=9,
            color=INK,
        )


def _plot(
    panel: Axes, epochs: NDArray[Any], lines: Mapping[str, Sequence[float]], title: str
) -> None:
    """Lines over epochs, each named at its end, and told by its dashes as well as its colour."""
    panel.set_axis_on()
    for (name, values), colour, dashes in zip(
        lines.items(), (BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=False
    ):
        panel.plot(epochs, values, color=colour, ls=dashes, lw=1.8, label=name)
    panel.set_title(title, size=10, color=INK, y=1)
    panel.set_xlabel("epoch", size=9, color=INK)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.tick_params(labelsize=8, colors=INK)
    panel.set_facecolor(PAPER)
    if len(lines) > 1:
        panel.legend(loc="lower right", fontsize=8, frameon=False)


def _listed(values: Numbers) -> str:
    return ", ".join(f"{value:.3g}" for value in values)
