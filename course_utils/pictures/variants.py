"""Pictures of dilation: the taps of a window, how far a stack sees, and the roads to an output.

Those of the transposed convolution are in ``stamping``. Fixed examples are computed here by plain
sums, never with a student's function; what calls the student's functions draws a neutral panel
while they are not written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.pictures.figure import (
    BLUE,
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
    frame,
    grid,
    mark,
    matrices,
    rows_in_words,
    say,
    stacked,
)
from course_utils.pictures.stamping import adjoint, checkerboard, recipe, stamps

__all__ = [
    "adjoint",
    "checkerboard",
    "receptive_field",
    "recipe",
    "roads",
    "stamps",
    "taps",
]

#: The example of ``taps``: a row of 7 with a pad of 2 zeros and 1, three taps.
ROW = (1, 0, 2, -1, 3, 1, 2)
ROW_PAD = (2, 1)
ROW_KERNEL = (1, 2, -1)

#: Dilations of three layers of three taps, bottom first, and the length of their input.
STACKS: tuple[tuple[int, ...], ...] = ((1, 1, 1), (1, 2, 4), (2, 2, 2))
PLACES = 15


def taps(stride: int = 2, dilation: int = 2) -> Picture:
    """Draw, step by step, which entries of a padded row each window of three taps reads.

    Raises ValueError for a stride or a dilation under 1, or where no window fits.
    """
    left, right = ROW_PAD
    padded = np.pad(np.array(ROW), ROW_PAD)
    reach = (len(ROW_KERNEL) - 1) * dilation + 1
    if stride < 1 or dilation < 1 or reach > padded.size:
        raise ValueError(
            f"stride and dilation are 1 or more, and the reach at most {padded.size}; found "
            f"{stride} and {dilation}"
        )
    count = 1 + (padded.size - reach) // stride
    out = np.full((1, count), "", dtype=object)
    frames = []
    for i in range(count):
        places = [i * stride + k * dilation for k in range(len(ROW_KERNEL))]
        out[0, i] = int(sum(padded[m] * w for m, w in zip(places, ROW_KERNEL, strict=True)))
        words = (
            f"Window {i} starts at place {i * stride} and reads places "
            f"{', '.join(map(str, places))}: out[{i}] = {out[0, i]}."
        )
        frames.append(_taps_frame(padded, places, out, i, words))
    return Picture(
        tuple(frames),
        f"Stride {stride}, dilation {dilation}, pad ({left}, {right}): the stride moves the "
        "window, the dilation spreads its taps.",
    )


def _taps_frame(padded: Numbers, places: Sequence[int], out: Numbers, i: int, words: str) -> Frame:
    left, right = ROW_PAD
    figure, (row, result) = matrices((2, padded.size), (1, out.shape[1]))
    below = np.full(padded.size, "", dtype=object)
    below[list(places)] = [f"·{w}" if w >= 0 else f"·({w})" for w in ROW_KERNEL]
    grid(row, np.stack([padded.astype(object), below]), "x with its zeros; below, the taps")
    for column in (*range(left), *range(padded.size - right, padded.size)):
        row.add_artist(
            Rectangle((column - 0.5, -0.5), 1, 1, facecolor=TINT_GREY, edgecolor=RULE, zorder=1)
        )
    mark(row, (0, left), (1, len(ROW)), INK, width=1.4)
    for place in places:
        mark(row, (0, place), (2, 1), ORANGE, TINT_ORANGE)
    grid(result, out, "out")
    mark(result, (0, i), (1, 1), ORANGE, TINT_ORANGE)
    spoken = f"x with its zeros: {rows_in_words(padded[np.newaxis])}. out: {rows_in_words(out)}."
    return frame(figure, f"{words} {spoken}", words)


def receptive_field() -> Picture:
    """Draw which inputs the last output of three layers depends on, for some dilations."""
    figure, panels = stacked([(6.6, 1.3)] * len(STACKS))
    words = []
    for panel, dilations in zip(panels, STACKS, strict=True):
        seen = _draw_stack(panel, dilations)
        named = ", ".join(map(str, dilations))
        panel.set_title(
            f"dilations {named}: span {PLACES - min(seen)}, reads {len(seen)} inputs", size=10, y=1
        )
        words.append(
            f"With dilations {named} the last output spans {PLACES - min(seen)} inputs and depends "
            f"on {len(seen)} of them: places {', '.join(map(str, sorted(seen)))}"
        )
    return Picture(
        (frame(figure, f"Three stacks of three causal layers of 3 taps. {'. '.join(words)}."),),
        "Three layers of three taps, causal. Bottom row: the input; top row: the last layer. What "
        "the last output depends on is filled.",
    )


def _draw_stack(panel: Axes, dilations: Sequence[int]) -> set[int]:
    """Draw the layers and the roads to the last output; return the inputs that it sees."""
    panel.set(xlim=(-1, PLACES), ylim=(-0.5, len(dilations) + 0.4))
    used = {PLACES - 1}
    layers = [used]
    for level in range(len(dilations), 0, -1):
        dilation = dilations[level - 1]
        below = set()
        for place in used:
            for k in range(3):
                source = place - k * dilation
                below.add(source)
                panel.plot([source, place], [level - 1, level], color=BLUE, lw=1, zorder=1)
        used = below
        layers.append(used)
    for level, filled in enumerate(reversed(layers)):
        for place in range(PLACES):
            inside = place in filled
            panel.plot(
                place,
                level,
                marker="s" if level == 0 else "o",
                markersize=9,
                color=ORANGE if inside else PAPER,
                markeredgecolor=ORANGE if inside else QUIET,
                zorder=2,
            )
    return {place for place in used if place >= 0}


def roads(forward: Callable[..., Any], backward: Callable[..., Any]) -> Picture:
    """Draw what arrives at the input when a gradient of 1 is sent into the last output only.

    Three causal layers, all weights 1, with the student's ``forward`` and ``backward``.
    """
    figure, panels = stacked([(6.4, 0.85)] * len(STACKS), below=0.25)
    words = []
    for panel, dilations in zip(panels, STACKS, strict=True):
        found = _roads(forward, backward, dilations)
        named = ", ".join(map(str, dilations))
        panel.set_title(f"dilations {named}", size=10, color=INK)
        if isinstance(found, str):
            say(panel, found)
            words.append(f"Dilations {named}: {found}")
            continue
        panel.set_axis_on()
        panel.set_facecolor(PAPER)
        bars = panel.bar(range(PLACES), found, color=TINT_BLUE, edgecolor=BLUE)
        panel.bar_label(bars, [f"{value:g}" for value in found], size=8, padding=1)
        panel.set(xticks=range(PLACES), yticks=[], ylim=(0, max(1.0, float(found.max())) * 1.35))
        panel.tick_params(labelsize=8, length=0)
        for side in ("top", "left", "right"):
            panel.spines[side].set_visible(False)
        words.append(f"Dilations {named}: {', '.join(f'{value:g}' for value in found)}")
    return Picture(
        (
            frame(
                figure,
                f"The gradient at each of {PLACES} inputs, for a gradient of 1 at the last output. "
                f"{'. '.join(words)}.",
            ),
        ),
        "The gradient at each input is the number of roads to the last output; where it is 0, the "
        "output cannot see.",
    )


def _roads(
    forward: Callable[..., Any], backward: Callable[..., Any], dilations: Sequence[int]
) -> Numbers | str:
    """The gradient of the last output with respect to a row of ``PLACES``, or why there is none."""
    out: Any = np.zeros((1, 1, PLACES))
    caches = []
    try:
        for dilation in dilations:
            param = {"stride": 1, "dilation": dilation, "pad": (2 * dilation, 0)}
            out, cache = forward(out, np.ones((1, 1, 3)), np.zeros(1), param)
            caches.append(cache)
        gradient: Any = np.zeros(np.shape(out))
        gradient[..., -1] = 1.0
        for cache in reversed(caches):
            gradient, _, _ = backward(gradient, cache)
        found: Numbers = np.asarray(gradient, dtype=float)
    except NotImplementedError:
        return f"write {_name(forward)} and {_name(backward)} first"
    except Exception as error:  # noqa: BLE001 - a picture never stops a notebook
        return f"not yet: {type(error).__name__}; ask check"
    if found.shape != (1, 1, PLACES):
        return f"not yet: dx has shape {found.shape}; ask check"
    if not np.isfinite(found).all():
        return "not yet: dx holds inf or nan; ask check"
    row: Numbers = found[0, 0]
    return row


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", "your function"))
