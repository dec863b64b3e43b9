"""The instrument of the bug clinic: a map of the error of every gradient of a layer.

Right is what central differences of the forward say, entry by entry. The functions that are
looked at may be wrong in any way, so whatever they raise or return is something to be shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.pictures.figure import (
    INK,
    ORANGE,
    PAPER,
    QUIET,
    RULE,
    Frame,
    Numbers,
    Picture,
    canvas,
    frame,
    say,
    write,
)

__all__ = ["error_maps", "examine"]

#: Of a map, in inches.
CELL = 0.55
NARROWEST, SHORTEST = 2.4, 1.1
#: Of an array with more than two axes, in cells: between its blocks, and beside them for labels.
BETWEEN, BESIDE = 0.35, 0.9
#: Differences below this part of the largest entry come from rounding and from the step.
SMALL = 1e-6
STEP = 1e-5

#: A title, and a map or what there is to say instead of one.
Panel = tuple[str, "Numbers | str"]


def examine(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: Any,
    calls: int = 1,
    watch: bool = False,
) -> Picture:
    """Draw |given - right| for every gradient of ``backward(dout, cache)``.

    Gradients belong to the ``inputs`` that are float arrays, in their order. Right is what central
    differences of ``forward`` say, for a random ``dout``. Shown is the last of so many ``calls``;
    with ``watch`` also how much ``dout`` and the arrays in the cache were changed. A backward that
    fails raises nothing here, and ``inputs`` stay as they are.
    """
    panels = error_maps(forward, backward, inputs, calls, watch=watch)
    name = getattr(backward, "__name__", "backward")
    caption = f"{name}: |given - right|, white where right"
    if calls > 1:
        caption += f", call {calls} of {calls}"
    return Picture((_drawn(panels, name),), caption)


def error_maps(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any],
    calls: int = 1,
    *,
    watch: bool = False,
) -> list[Panel]:
    """What ``examine`` draws: for each gradient its name and its errors, or a sentence.

    Errors have the shape of the gradient.
    """
    kept = [_copy(value) for value in inputs]
    out, cache = forward(*map(_copy, kept))
    dout = np.random.default_rng(7).normal(size=np.shape(out))
    places = [place for place, value in enumerate(kept) if _is_float_array(value)]
    right = [_slopes(forward, kept, place, dout) for place in places]
    names = _argument_names(forward)
    lent, stored = dout.copy(), _arrays(cache)
    before = [array.copy() for array in stored]
    try:
        for call in range(calls):
            if call:
                lent[...] = dout
                for array, value in zip(stored, before, strict=True):
                    array[...] = value
            returned = backward(lent, cache)
    except Exception as error:  # noqa: BLE001 - whatever a broken backward raises is shown
        return [("no gradient", _reason(error))]
    gradients = list(returned) if isinstance(returned, tuple) else [returned]
    panels: list[Panel] = []
    for number, place in enumerate(places):
        given = gradients[number] if number < len(gradients) else None
        panels.append((f"d{names[place]}", _error(given, right[number])))
    if watch:
        panels.append(("dout, |after - before|", np.abs(lent - dout)))
        panels += [
            (f"cache[{number}], |after - before|", np.abs(array - value))
            for number, (array, value) in enumerate(zip(stored, before, strict=True))
        ]
    return panels


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _is_float_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _arrays(cache: Any) -> list[NDArray[Any]]:
    """The float arrays of a cache."""
    items = cache if isinstance(cache, tuple | list) else (cache,)
    return [item for item in items if _is_float_array(item)]


def _argument_names(forward: Callable[..., Any]) -> tuple[str, ...]:
    code = forward.__code__
    return tuple(code.co_varnames[: code.co_argcount])


def _slopes(
    forward: Callable[..., Any], inputs: Sequence[Any], place: int, dout: Numbers
) -> Numbers:
    """Central differences of sum(out * dout) by every entry of one input."""
    slopes = np.zeros(inputs[place].shape)
    for index in np.ndindex(slopes.shape):
        sums = []
        for step in (STEP, -STEP):
            moved = [_copy(value) for value in inputs]
            moved[place][index] += step
            sums.append(float(np.sum(forward(*moved)[0] * dout)))
        slopes[index] = (sums[0] - sums[1]) / (2 * STEP)
    return slopes


def _error(given: Any, right: Numbers) -> Numbers | str:
    """|given - right|, without what is explained by differences being no more exact."""
    if given is None:
        return "was not returned"
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        return "is no array of numbers"
    if values.shape != right.shape:
        return f"has shape {values.shape},\nexpected {right.shape}"
    with np.errstate(all="ignore"):
        error = np.abs(values - right)
    error[error <= SMALL * max(1.0, float(np.max(np.abs(right), initial=0)))] = 0
    return error


def _table(values: Numbers) -> Numbers:
    """Two axes: the last one across, all others down."""
    if values.ndim < 2:
        return values.reshape(1, -1)
    return values.reshape(-1, values.shape[-1])


def _reason(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        return "not written yet"
    text = textwrap.shorten(str(error), 56, placeholder="...")
    return "\n".join([type(error).__name__, *textwrap.wrap(text, 28)])


# Drawing


def _drawn(panels: Sequence[Panel], name: str) -> Frame:
    sizes = [_size(content) for _, content in panels]
    figure, axes = canvas(sizes)
    for axis, (title, content) in zip(axes, panels, strict=True):
        if isinstance(content, str):
            say(axis, f"{title}:\n{content}")
        else:
            _heat(axis, content, title)
    words = "; ".join(f"{title} {_words(content)}" for title, content in panels)
    return frame(figure, f"Errors of {name}: {words}.")


def _size(content: Numbers | str) -> tuple[float, float]:
    if isinstance(content, str):
        return NARROWEST, SHORTEST
    rows, columns = _table(content).shape
    beside = BESIDE if content.ndim > 2 else 0
    high = rows + BETWEEN * (rows // _block(content) - 1)
    return max(NARROWEST, (columns + beside) * CELL), max(SHORTEST, high * CELL)


def _block(values: Numbers) -> int:
    """How many rows of the table stand together: all, or those of one first index."""
    return max(1, values.shape[-2]) if values.ndim > 2 else max(1, len(_table(values)))


def _heat(panel: Axes, values: Numbers, title: str) -> None:
    """Cells with their errors, tinted by size; every colour says what a number says, too.

    Of an array with more than two axes each row bears all of its indices but the last.
    """
    table, block = _table(values), _block(values)
    heights = [row + BETWEEN * (row // block) for row in range(len(table))]
    left = -0.6 - (BESIDE if values.ndim > 2 else 0)
    lowest = max(heights, default=0)
    panel.set(xlim=(left, table.shape[1] - 0.4), ylim=(lowest + 0.6, -0.6), aspect="equal")
    if values.ndim > 2:
        for row, index in enumerate(np.ndindex(values.shape[:-1])):
            write(panel, (heights[row], -1), ", ".join(map(str, index)), QUIET, 9)
    panel.set_title(title, size=11, color=INK, y=1)
    finite = values[np.isfinite(values)]
    largest = float(np.max(finite, initial=0.0))
    for (row, column), value in np.ndenumerate(table):
        share = 1.0 if not np.isfinite(value) else value / largest if largest else 0.0
        face = _tint(share)
        panel.add_artist(
            Rectangle(
                (column - 0.5, heights[row] - 0.5), 1, 1, facecolor=face, edgecolor=RULE, lw=0.8
            )
        )
        write(
            panel, (heights[row], column), _number(float(value)), PAPER if share > 0.75 else INK, 10
        )


def _tint(share: float) -> tuple[float, float, float]:
    """From white (0) to orange (1); what is wrong at all is told from white."""
    strength = 0.0 if share == 0 else 0.15 + 0.85 * share
    red, green, blue = to_rgb(ORANGE)
    return (
        1 - strength * (1 - red),
        1 - strength * (1 - green),
        1 - strength * (1 - blue),
    )


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.2g}" if value >= 0.01 else f"{value:.0e}"


def _words(content: Numbers | str) -> str:
    if isinstance(content, str):
        return content.replace("\n", " ")
    wrong = int(np.count_nonzero(content))
    if not wrong:
        return f"is right in all {content.size} entries"
    rows = "; ".join(", ".join(map(_number, row)) for row in _table(content).tolist())
    return f"is off in {wrong} of {content.size} entries, row by row by {rows}"
