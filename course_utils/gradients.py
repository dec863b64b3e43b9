"""Numerical gradients: central differences of a forward, along directions.

For L(x, w, ...) = sum(f(x, w, ...) * dout) and a direction d for each argument, the
derivative of L along all of them together is <dx, d_x> + <dw, d_w> + ..., and the central
difference (L(x + h d_x, ...) - L(x - h d_x, ...)) / 2h approaches it with error
O(h**2) + O(eps / h).  A Gaussian direction sees a wrong entry anywhere with probability
one, for the price of two forwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.exercise import Array


@dataclass(frozen=True)
class Difference:
    """A derivative along a direction, and the rounding floor below which it means nothing."""

    derivative: float
    floor: float

    def confirms(self, gradients: Mapping[str, Array], directions: Mapping[str, Array]) -> bool:
        """Tell whether the gradients have this derivative, up to the rounding floor.

        Both map argument names to arrays of the arguments' shapes.  A difference that
        overflowed confirms nothing.
        """
        error, size = self.error(gradients, directions)
        slack = tolerances.FINITE_DIFFERENCE * size + self.floor
        return bool(np.isfinite(slack)) and error <= slack

    def error(
        self, gradients: Mapping[str, Array], directions: Mapping[str, Array]
    ) -> tuple[float, float]:
        """How far the gradients are from this derivative, and the size that it is measured by."""
        terms = [gradients[name] * direction for name, direction in directions.items()]
        size = max(sum(float(np.sum(np.abs(t))) for t in terms), tolerances.SMALLEST_SCALE)
        return abs(sum(float(np.sum(t)) for t in terms) - self.derivative), size


def directions_for(arguments: Mapping[str, Array], random: np.random.Generator) -> dict[str, Array]:
    """A Gaussian direction for each argument, cut off at 4 (see ``PIECEWISE_STEP``)."""
    return {
        name: np.clip(random.standard_normal(np.shape(value)), -4.0, 4.0)
        for name, value in arguments.items()
    }


def central_difference(
    f: Callable[[Mapping[str, Array]], Array],
    arguments: Mapping[str, Array],
    dout: Array,
    directions: Mapping[str, Array],
    step: float,
) -> Difference:
    """Central difference of sum(f(arguments) * dout) along all ``directions`` together.

    ``f`` takes float64 arguments by name and returns an array of the shape of ``dout``.
    """

    def loss_terms(signed: float) -> Array:
        moved = {name: value + signed * directions[name] for name, value in arguments.items()}
        terms: Array = f(moved) * dout
        return terms

    ahead, behind = loss_terms(step), loss_terms(-step)
    size = float(np.sum(np.abs(ahead)))
    return Difference(
        derivative=float(np.sum(ahead - behind)) / (2 * step),
        floor=tolerances.ROUNDING_FLOOR * np.finfo(np.float64).eps * size / step,
    )
