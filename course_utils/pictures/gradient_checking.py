"""Pictures of slopes: one weight and all that it meets, secants, steps, the corner of ReLU.

``own_steps`` draws what a student's functions return, and says what is missing while they are
not written. Nothing here differentiates an array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.pictures.figure import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    QUIET,
    RULE,
    TINT_BLUE,
    TINT_ORANGE,
    Numbers,
    Picture,
    canvas,
    frame,
    grid,
    mark,
    matrices,
    say,
)

__all__ = ["corner", "one_weight", "own_steps", "secants", "step_sizes"]

#: The example that the notebook works on paper.
PAPER_X = ((1, 2), (3, -1))
PAPER_W = ((2, 0, 1), (1, -1, 3))
PAPER_OUT = ((14, 18, 37), (15, 21, 30))
PAPER_DOUT = ((1, 0, 2), (-1, 1, 0))

#: Where secants are drawn: x**3 at 1, with a step that can be seen.
SECANT_AT, SECANT_STEP = 1.0, 0.6

#: Errors are drawn down to here: 0 has no logarithm.
LOWEST = 1e-17
#: Steps of ``own_steps``.
OWN_STEPS: Numbers = 10.0 ** -np.arange(0.0, 15.0)
#: Of a panel, in inches.
PANEL = (3.0, 2.6)
LEFT, BELOW = 0.55, 0.5


@dataclass(frozen=True)
class Line:
    """A curve with its name, where that is written, and a marker and stroke of its own."""

    name: str
    x: Numbers
    y: Numbers
    colour: str
    marker: str
    stroke: str = "-"


def one_weight() -> Picture:
    """Draw the paper example: one weight, what it multiplies, what it is in, and its dout."""
    figure, (x, w, out, dout) = matrices((2, 2), (2, 3), (2, 3), (2, 3))
    grid(x, np.array(PAPER_X), "x (N, D)")
    grid(w, np.array(PAPER_W), "w (D, M)")
    grid(out, np.array(PAPER_OUT), "out (N, M), with b")
    grid(dout, np.array(PAPER_DOUT), "dout (N, M)")
    mark(x, (0, 1), (2, 1), BLUE, TINT_BLUE)
    mark(w, (1, 2), (1, 1), ORANGE, TINT_ORANGE)
    for each in (out, dout):
        mark(each, (0, 2), (2, 1), BLUE, TINT_BLUE)
    alt = (
        "Four tables. x has rows 1, 2 and 3, -1; its column 1, with 2 and -1, is outlined. w "
        "has rows 2, 0, 1 and 1, -1, 3; its entry in row 1 and column 2, a 3, is outlined. out "
        "has rows 14, 18, 37 and 15, 21, 30; its column 2, with 37 and 30, is outlined. "
        "dout has rows 1, 0, 2 and -1, 1, 0; its column 2, with 2 and 0, is outlined."
    )
    caption = (
        "The weight w[1, 2] multiplies column 1 of x and is in column 2 of out, in every row. What "
        "it gets back comes from column 2 of dout."
    )
    return Picture((frame(figure, alt),), caption)


def secants() -> Picture:
    """Draw the tangent of x**3 at 1 beside the secants of a forward and a central difference."""
    at, h = SECANT_AT, SECANT_STEP
    figure, panels = _plots(2)
    ends = {"forward difference": (at, at + h), "central difference": (at - h, at + h)}
    words = []
    for panel, (name, (a, b)) in zip(panels, ends.items(), strict=True):
        slope = (b**3 - a**3) / (b - a)
        x = np.linspace(0.2, 1.8, 60)
        panel.plot(x, x**3, color=INK, lw=2)
        panel.plot(x, at**3 + 3 * at**2 * (x - at), color=QUIET, ls="--", lw=1.5)
        panel.plot(x, a**3 + slope * (x - a), color=ORANGE, lw=1.5)
        panel.plot([a, b], [a**3, b**3], "o", color=ORANGE, ms=8)
        panel.plot([at], [at**3], "s", color=INK, ms=6)
        panel.set(xlim=(0.2, 1.8), ylim=(-1.6, 5.2))
        panel.set_title(f"{name}: slope {slope:.2f}", size=11, color=INK)
        words.append(f"the {name} joins the points at {a:g} and {b:g} and has slope {slope:.2f}")
    panels[0].text(0.75, -1.3, "dashed: the tangent, slope 3", color=INK, size=9)
    panels[0].text(1.24, 1.3, "f(x) = x³", color=INK, size=10)
    alt = f"The graph of x cubed with its tangent at 1, of slope 3: {'; '.join(words)}."
    return Picture(
        (frame(figure, alt),), "Two ways to measure a slope, with the same step h = 0.6."
    )


def corner() -> Picture:
    """Draw ReLU at its corner, and what a central difference says of points nearby."""
    figure, (graph, slopes) = _plots(2)
    x = np.array([-2.0, 0.0, 2.0])
    graph.plot(x, np.maximum(x, 0), color=INK, lw=2.5)
    graph.plot([-1, 1], [0, 1], "o-", color=ORANGE, ms=8, lw=1.5)
    graph.plot([0], [0], "s", color=INK, ms=7)
    graph.text(-1.9, 0.12, "slope 0", color=INK, size=10)
    graph.text(1.02, 1.6, "slope 1", color=INK, size=10, ha="right")
    graph.text(-1.0, 0.7, "central: slope 1/2", color=ORANGE, size=10, ha="center")
    graph.set(xlim=(-2, 2), ylim=(-0.5, 2))
    graph.set_xticks([-1, 0, 1], ["-h", "0", "h"])
    graph.set_title("ReLU, and one step to either side", size=11, color=INK)
    slopes.plot([-2, 0, 0, 2], [0, 0, 1, 1], color=INK, lw=2.5)
    slopes.plot([-2, -1, 1, 2], [0, 0, 1, 1], color=ORANGE, ls="--", lw=2)
    slopes.text(0.1, 1.06, "the slope", color=INK, size=10)
    slopes.text(-0.85, 0.42, "central\ndifference", color=ORANGE, size=10, ha="right")
    slopes.set(xlim=(-2, 2), ylim=(-0.15, 1.2))
    slopes.set_xticks([-1, 0, 1], ["-h", "0", "h"])
    slopes.set_title("slopes by place", size=11, color=INK)
    alt = (
        "Left: the graph of ReLU, flat on the left of 0 and rising with slope 1 on the right. A "
        "line joins the points at -h and h and has slope one half. Right: the slope jumps from 0 "
        "to 1 at 0; the central difference climbs from 0 at -h to 1 at h, and is one half at 0."
    )
    caption = "Closer to a corner than h, a central difference mixes the slopes of both sides."
    return Picture((frame(figure, alt),), caption)


def step_sizes() -> Picture:
    """Draw the error of three ways to measure a slope against the step, in two precisions."""
    figure, panels = _plots(2)
    words = []
    kinds: tuple[tuple[Any, Any, str], ...] = (
        (np.float64, np.complex128, "float64"),
        (np.float32, np.complex64, "float32"),
    )
    for panel, (real, imaginary, name) in zip(panels, kinds, strict=True):
        lines = _errors_by_step(real, imaginary)
        _log_log(panel, lines, name, legend=name == "float64")
        best = {line.name: (float(line.x[np.argmin(line.y)]), line.y.min()) for line in lines}
        words += [
            f"in {name}, {way} is best at a step of {step:.0e}, with an error of {error:.0e}"
            for way, (step, error) in best.items()
        ]
    alt = (
        "Relative errors against the step, both on logarithmic scales. From right to left the "
        "error of the forward difference falls with slope 1, that of the central one with slope 2; "
        "then both rise again. That of the complex step falls with slope 2 and stays down: "
        f"{'; '.join(words)}."
    )
    caption = "How far a measured slope of exp(x) sin(x) at x = 1 is off, by step."
    return Picture((frame(figure, alt),), caption)


def own_steps(
    numerical_gradient: Callable[..., Any], affine_forward: Callable[..., Any]
) -> Picture:
    """Draw the error of a student's ``numerical_gradient`` against the step, for two layers.

    The layers are the student's own ``affine_forward``, as a function of its weights, and tanh.
    Whatever the two functions raise or return is shown, never raised.
    """
    caption = "Errors of your numerical_gradient, by step."
    try:
        lines = _own_lines(numerical_gradient, affine_forward)
    except NotImplementedError:
        lines, why = [], "write affine_forward and\nnumerical_gradient first"
    except Exception as error:  # noqa: BLE001 - whatever a student's function does is shown
        lines, why = [], f"there is no gradient yet:\n{type(error).__name__}"
    if not lines:
        figure, (panel,) = canvas([PANEL])
        say(panel, why)
        return Picture((frame(figure, why.replace("\n", " ")),), caption)
    figure, (panel,) = _plots(1)
    _log_log(panel, lines, "your differences")
    ends = [
        f"{line.name}: {line.y[0]:.0e} at a step of 1, {line.y.min():.0e} at best, "
        f"{line.y[-1]:.0e} at a step of 1e-14"
        for line in lines
    ]
    alt = f"Relative errors against the step, both on logarithmic scales. {'; '.join(ends)}."
    return Picture((frame(figure, alt),), caption)


# What is drawn


def _wave(x: Any) -> Any:
    return np.exp(x) * np.sin(x)


def _errors_by_step(real: Any, imaginary: Any) -> list[Line]:
    """Errors of slopes of ``_wave`` at 1, computed in these two dtypes."""
    steps = 10.0 ** -np.arange(0, 16.5 if real is np.float64 else 10.5, 0.5)
    right = np.exp(1.0) * (np.sin(1.0) + np.cos(1.0))
    ways: Mapping[str, Callable[[Any], Any]] = {
        "forward": lambda h: (_wave(real(1) + h) - _wave(real(1))) / h,
        "central": lambda h: (_wave(real(1) + h) - _wave(real(1) - h)) / (2 * h),
        "complex": lambda h: _wave(imaginary(1 + 1j * h)).imag / h,
    }
    looks = (BLUE, "o", ":"), (ORANGE, "s", "-"), (GREEN, "^", "--")
    return [
        Line(name, steps, _shown([abs(float(way(real(h))) / right - 1) for h in steps]), *look)
        for (name, way), look in zip(ways.items(), looks, strict=True)
    ]


def _own_lines(
    numerical_gradient: Callable[..., Any], affine_forward: Callable[..., Any]
) -> list[Line]:
    """Errors of the student's differences; raises whatever the two functions raise."""
    random = np.random.default_rng(3)
    x, w, b = random.normal(size=(3, 4)), random.normal(size=(4, 2)), random.normal(size=2)
    dout = random.normal(size=(3, 2))

    def layer(weights: Numbers) -> Any:
        return affine_forward(x, weights, b)[0]

    # A linear function: its slopes are those from 0 to the units.
    units = np.eye(w.size).reshape(-1, *w.shape)
    slopes = np.array([np.sum((layer(unit) - layer(0 * unit)) * dout) for unit in units])
    curved = dout * (1 - np.tanh(x[:, :2]) ** 2)
    tried = (
        ("affine layer", layer, w, slopes.reshape(w.shape), (BLUE, "o", ":")),
        ("tanh", np.tanh, x[:, :2], curved, (ORANGE, "s", "-")),
    )
    return [
        Line(
            name,
            OWN_STEPS,
            _shown([_error(numerical_gradient(f, at.copy(), dout, h), right) for h in OWN_STEPS]),
            *look,
        )
        for name, f, at, right, look in tried
    ]


def _error(found: Any, right: Numbers) -> float:
    """The largest difference, over the largest right entry; raises ValueError for no gradient."""
    found = np.asarray(found, dtype=np.float64)
    if found.shape != right.shape or not np.isfinite(found).all():
        raise ValueError
    return float(np.max(np.abs(found - right)) / np.max(np.abs(right)))


def _shown(errors: Sequence[float]) -> Numbers:
    return np.maximum(np.array(errors, dtype=np.float64), LOWEST)


# Drawing


def _plots(number: int) -> tuple[Figure, list[Axes]]:
    """Panels for curves, with room for the numbers on their axes."""
    figure, panels = canvas([(PANEL[0] + LEFT, PANEL[1])] * number, below=BELOW)
    for panel in panels:
        box = panel.get_position()
        inset = LEFT * box.width / (PANEL[0] + LEFT)
        panel.set_position((box.x0 + inset, box.y0, box.width - inset, box.height))
        panel.set_axis_on()
        panel.tick_params(labelsize=9, colors=INK)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    return figure, panels


def _log_log(panel: Axes, lines: Sequence[Line], title: str, *, legend: bool = True) -> None:
    """Curves on logarithmic scales, told apart by marker and stroke as well as by colour."""
    for line in lines:
        panel.loglog(
            line.x,
            line.y,
            line.stroke,
            marker=line.marker,
            color=line.colour,
            ms=4,
            lw=1.5,
            label=line.name,
        )
    # Every fourth power of ten: all of them would run into each other.
    panel.set_xticks(10.0 ** -np.arange(0, -np.log10(lines[0].x.min()) + 1, 4))
    panel.grid(color=RULE, lw=0.5)
    panel.set_ylim(LOWEST / 3, 30)
    panel.set_title(title, size=11, color=INK)
    panel.set_xlabel("step h", size=10, color=INK)
    panel.set_ylabel("relative error", size=10, color=INK)
    if legend:
        panel.legend(fontsize=9, loc="upper center", framealpha=0.9)
