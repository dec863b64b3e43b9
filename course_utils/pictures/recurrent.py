"""Pictures of recurrent networks: two gradients that meet, and what time does to them.

Those that measure something call the student's own functions, and draw a neutral panel while
these are not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from course_utils.pictures.figure import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    QUIET,
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

__all__ = ["norms", "remembered", "unrolled"]

#: The steps that ``unrolled`` draws, and the distance from one to the next.
STEPS, APART = 3, 2.9
#: Half the width of a step, the radius of a state, where layers above begin and inputs end.
WIDE, ROUND, SKY, GROUND = 0.55, 0.45, 1.5, -1.28

#: The spectral radii of ``norms``, and how the lines of both plots are drawn in this order.
RADII = (0.8, 1.0, 1.25)
LINES = ((ORANGE, "-"), (INK, "--"), (BLUE, "-."))
#: Steps, and sequences, inputs and states of the networks that ``norms`` measures.
LONG, BATCH, WIDTH = 30, 4, 8

#: The spectral radii from which ``remembered`` learns, and the rounds averaged in a point.
STARTS, AVERAGED = (0.3, 0.6, 0.9), 5

Point = tuple[float, float]
Function = Callable[..., Any]


def unrolled() -> Picture:
    """Draw three steps of a network: forward, then the way back, one step a frame."""
    return Picture(
        (_forward_frame(), *(_backward_frame(t) for t in reversed(range(STEPS)))),
        "Three steps, written out in time. Each state is read by the layers above and by the next "
        "step; on the way back their two gradients meet there and are added.",
    )


def _forward_frame() -> Frame:
    figure, _ = _network()
    return frame(
        figure,
        "Forward: h0 and x[:, 0] enter step 0, which makes h[:, 0]. From there one arrow leads up "
        "to the layers above and one on to step 1, together with x[:, 1]; and so on to h[:, 2].",
        "Forward. The same step, with the same Wx, Wh and b, is used three times.",
    )


def _backward_frame(t: int) -> Frame:
    last = t == STEPS - 1
    figure, panel = _network(active=t)
    state, box = _state(t), _box(t)
    _arrow(panel, (state, SKY), (state, ROUND), ORANGE)
    _label(panel, (state + 0.12, 1.05), f"dh[:, {t}]", ORANGE, "left")
    if last:
        _label(panel, (state, -0.68), "dh_carry = 0", BLUE)
    else:
        after = _box(t + 1) - WIDE
        _arrow(panel, (after, 0), (state + ROUND, 0), BLUE)
        _label(panel, ((state + ROUND + after) / 2, -0.68), "dh_carry", BLUE)
    _arrow(panel, (state - ROUND, 0), (box + WIDE, 0), INK)
    _arrow(panel, (box, -0.42), (box, GROUND), INK)
    _label(panel, (box - 0.12, -0.82), f"dx[:, {t}]", INK, "right")
    before = _state(t - 1) + ROUND
    _arrow(panel, (box - WIDE, 0), (before, 0), GREEN)
    _label(panel, ((before + box - WIDE) / 2, 0.62), "dh0" if t == 0 else "carried on", GREEN)
    meeting = f"dh[:, {t}] from above" + ("" if last else " and dh_carry from the next step")
    leaving = "dh0" if t == 0 else f"what is carried on to h[:, {t - 1}]"
    return frame(
        figure,
        f"Backward, step {t}: at h[:, {t}] arrives {meeting}. It goes through step {t}, out of "
        f"which come dx[:, {t}] and {leaving}.",
        f"Backward, step {t}. Whole gradient of h[:, {t}] = dh[:, {t}] + "
        f"{'0' if last else 'dh_carry'}; rnn_step_backward makes of it dx[:, {t}], {leaving}, and "
        "a share of dWx, dWh and db, which are added up.",
    )


def _box(t: int) -> float:
    """Where step t is drawn, from left to right."""
    return 1.5 + APART * t


def _state(t: int) -> float:
    """Where h[:, t] is drawn; h0 for t = -1."""
    return 1.5 + APART * (t + 0.5)


def _network(active: int | None = None) -> tuple[Figure, Axes]:
    """The steps with their inputs and states; without an ``active`` one the arrows forward."""
    figure, (panel,) = canvas([(7.4, 2.7)])
    panel.set(xlim=(-0.55, 9.85), ylim=(-1.65, 2.03), aspect="equal")
    _node(panel, _state(-1), "h0", TINT_GREY)
    panel.add_artist(Rectangle((2.4, SKY), 6.9, 0.45, facecolor=TINT_GREY, edgecolor=QUIET, lw=1.2))
    _label(panel, (5.85, SKY + 0.22), "the layers above", INK)
    for t in range(STEPS):
        box, state = _box(t), _state(t)
        tint = TINT_ORANGE if t == active else "white"
        panel.add_artist(
            Rectangle((box - WIDE, -0.42), 2 * WIDE, 0.84, facecolor=tint, edgecolor=INK, lw=1.2)
        )
        _label(panel, (box, 0), f"step {t}", INK)
        _node(panel, state, f"h[:, {t}]", TINT_BLUE if t == active else "white")
        _label(panel, (box, -1.5), f"x[:, {t}]", INK)
        if active is None:
            _arrow(panel, (_state(t - 1) + ROUND, 0), (box - WIDE, 0), INK)
            _arrow(panel, (box, GROUND), (box, -0.42), INK)
            _arrow(panel, (box + WIDE, 0), (state - ROUND, 0), INK)
            _arrow(panel, (state, ROUND), (state, SKY), INK)
    return figure, panel


def _node(panel: Axes, across: float, text: str, tint: str) -> None:
    panel.add_artist(Circle((across, 0), ROUND, facecolor=tint, edgecolor=INK, lw=1.2))
    _label(panel, (across, 0), text, INK)


def _arrow(panel: Axes, start: Point, end: Point, colour: str) -> None:
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=13, color=colour, lw=1.8, shrinkA=0, shrinkB=0
    )
    panel.add_artist(arrow)


def _label(panel: Axes, at: Point, text: str, colour: str, side: str = "center") -> None:
    panel.text(*at, text, size=9.5, color=colour, ha=side, va="center")


# Measured with the student's functions


class _NothingToDrawError(Exception):
    """What a student's functions do not give yet; the message is shown in the picture."""


def norms(forward: Function, backward: Function) -> Picture:
    """Draw how long a gradient is that arrives at the last step alone, at each step before.

    ``forward`` and ``backward`` are the student's rnn_forward and rnn_backward. Each is called
    once for each of three spectral radii and two kinds of input: zeros, and random numbers.
    """
    figure, (_, left, _, right) = canvas([(0.2, 1), (2.85, 2.3), (0.2, 1), (2.85, 2.3)], below=0.45)
    kinds = {"all inputs 0": (left, 0.0), "random inputs": (right, 1.0)}
    told = []
    try:
        for name, (panel, size) in kinds.items():
            lines = {f"radius {r:g}": _lengths(forward, backward, r, size) for r in RADII}
            _curves(panel, lines, "step t", "length of dx[:, t]")
            panel.set_title(name, size=11, color=INK)
            told.append(f"{name}: {_ends(lines, 'step 29', 'step 0', turned=True)}")
    except _NothingToDrawError as missing:
        return _empty([left, right], figure, str(missing))
    words = f"Lengths of gradients by step, on a logarithmic axis. {'. '.join(told)}."
    return Picture(
        (frame(figure, words),),
        "A gradient that arrives at step 29 is carried back to step 0 (read from right to left): "
        "it vanishes, stays, or explodes. Random inputs saturate the units and shorten it.",
    )


def _lengths(forward: Function, backward: Function, radius: float, size: float) -> Numbers:
    """The length of dx at every step, for a gradient of length 1 at the last one."""
    random = np.random.default_rng(4)
    rotation, _ = np.linalg.qr(random.normal(size=(WIDTH, WIDTH)))
    x = size * random.normal(size=(BATCH, LONG, WIDTH))
    dh = np.zeros((BATCH, LONG, WIDTH))
    dh[:, -1] = random.normal(size=(BATCH, WIDTH))
    dh /= np.linalg.norm(dh)
    # With Wx the identity, dx is the gradient inside the tanh.
    weights = np.eye(WIDTH), radius * rotation, np.zeros(WIDTH)

    def gradient() -> Numbers:
        _, cache = forward(x, np.zeros((BATCH, WIDTH)), *weights)
        return np.asarray(backward(dh, cache)[0], dtype=float)

    dx = _tried(gradient)
    if dx.shape != x.shape:
        raise _NothingToDrawError(f"dx has shape\n{dx.shape},\nexpected {x.shape}")
    lengths: Numbers = np.linalg.norm(dx, axis=(0, 2))
    if not (np.isfinite(lengths).all() and lengths.all()):
        raise _NothingToDrawError("dx is zero, inf or nan\nat some step: ask check")
    return lengths


def remembered(learn: Callable[[float], Sequence[float]]) -> Picture:
    """Draw how the losses fall that ``learn(radius)`` returns, for three spectral radii."""
    figure, (_, panel) = canvas([(0.2, 1), (4.6, 2.4)], below=0.45)
    try:
        losses = {f"radius {radius:g}": _losses(learn, radius) for radius in STARTS}
    except _NothingToDrawError as missing:
        return _empty([panel], figure, str(missing))
    _curves(panel, losses, "round of training", "mean square error", every=AVERAGED)
    told = _ends(losses, "the first rounds", "the last rounds", turned=False)
    words = f"Losses over the rounds of training, on a logarithmic axis. {told}."
    return Picture(
        (frame(figure, words),),
        "To say what was seen six steps ago, learned from three spectral radii of Wh.",
    )


def _tried(call: Callable[[], Any]) -> Any:
    """What ``call`` returns; whatever a student's function raises is something to show."""
    try:
        return call()
    except NotImplementedError:
        raise _NothingToDrawError("write rnn_forward\nand rnn_backward first") from None
    except Exception as error:
        raise _NothingToDrawError(f"your functions\nraised {type(error).__name__}") from error


def _empty(panels: Sequence[Axes], figure: Figure, missing: str) -> Picture:
    for panel in panels:
        panel.clear()
        say(panel, missing)
    words = missing.replace("\n", " ")
    return Picture((frame(figure, f"Nothing is drawn: {words}."),), f"Nothing yet: {words}.")


def _losses(learn: Callable[[float], Sequence[float]], radius: float) -> Numbers:
    """Means of so many losses in a row (``AVERAGED``)."""
    values = np.asarray(_tried(lambda: learn(radius)), dtype=float)
    if not np.isfinite(values).all():
        raise _NothingToDrawError("the losses are\nno numbers: ask check")
    whole = len(values) // AVERAGED * AVERAGED
    means: Numbers = values[:whole].reshape(-1, AVERAGED).mean(axis=1)
    return means


def _curves(
    panel: Axes, lines: Mapping[str, Numbers], across: str, up: str, *, every: int = 1
) -> None:
    """Lines that differ in colour and dashes, with a legend, on a logarithmic axis.

    A point stands for so many places across (``every``).
    """
    panel.set_axis_on()
    panel.set_facecolor(PAPER)
    for (name, line), (colour, dashes) in zip(lines.items(), LINES, strict=True):
        places = every * np.arange(len(line))
        panel.semilogy(places, line, color=colour, linestyle=dashes, lw=1.8, label=name)
    panel.set_xlabel(across, size=9, color=INK)
    panel.set_ylabel(up, size=9, color=INK)
    panel.tick_params(labelsize=8)
    panel.legend(fontsize=8, frameon=False)


def _ends(lines: Mapping[str, Numbers], begin: str, end: str, *, turned: bool) -> str:
    """From where to where each line goes, in words; if ``turned``, from its last point."""
    order = -1 if turned else 1
    return "; ".join(
        f"{name}, from {line[::order][0]:.2g} at {begin} to {line[::order][-1]:.2g} at {end}"
        for name, line in lines.items()
    )
