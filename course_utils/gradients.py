"""Numerical gradients: central differences of a forward, along directions.

For L(x, w, ...) = sum(f(x, w, ...) * dout) and a direction d for each argument, the
derivative of L along all of them together is <dx, d_x> + <dw, d_w> + ..., and the central
difference (L(x + h d_x, ...) - L(x - h d_x, ...)) / 2h approaches it with error
O(h**2) + O(eps / h); where the third derivative is zero, O(eps / h) is all.  A Gaussian
direction sees a wrong entry anywhere with probability one, for the price of two forwards.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from course_utils import tolerances
from course_utils.comparison import scale
from course_utils.exercise import Array
from course_utils.tolerances import CentralDifferences

#: Gaussian directions are cut off here (see the kinds of ``tolerances.DIFFERENCES``).
LONGEST_DIRECTION = 4.0


@dataclass(frozen=True)
class Difference:
    """A derivative along a direction, and how far off right gradients may be.

    ``tolerance`` is relative to the size of the derivative's terms; ``floor``, absolute, is
    what rounding can add.
    """

    derivative: float
    floor: float
    tolerance: float

    def confirms(self, gradients: Mapping[str, Array], directions: Mapping[str, Array]) -> bool:
        """Tell whether the gradients have this derivative, as far as can be told.

        Both map argument names to arrays of the arguments' shapes.  A difference that
        overflowed confirms nothing.
        """
        return self.error(gradients, directions) <= self.tolerance

    def error(self, gradients: Mapping[str, Array], directions: Mapping[str, Array]) -> float:
        """How far the gradients are from this derivative, in units that make it comparable.

        The unit is the sum of the sizes of all terms, and so much more that the floor is
        ``tolerance`` times it.  Infinite where anything overflowed.
        """
        terms = [gradients[name] * direction for name, direction in directions.items()]
        size = max(sum(float(np.sum(np.abs(t))) for t in terms), tolerances.SMALLEST_SCALE)
        unit = size + self.floor / self.tolerance
        error = abs(sum(float(np.sum(t)) for t in terms) - self.derivative)
        return error / unit if np.isfinite(error) and np.isfinite(unit) else math.inf


def directions_for(
    arguments: Mapping[str, Array], random: np.random.Generator, how: CentralDifferences
) -> dict[str, Array]:
    """A Gaussian direction for each argument, of its shape."""
    return {
        name: (scale(value) if how.scaled else 1.0)
        * random.standard_normal(np.shape(value)).clip(-LONGEST_DIRECTION, LONGEST_DIRECTION)
        for name, value in arguments.items()
    }


def central_difference(
    f: Callable[[Mapping[str, Array]], Array],
    arguments: Mapping[str, Array],
    dout: Array,
    directions: Mapping[str, Array],
    how: CentralDifferences,
) -> Difference:
    """Central difference of sum(f(arguments) * dout) along all ``directions`` together.

    ``f`` takes float64 arguments by name and returns an array of the shape of ``dout``.
    """

    def moved(step: float) -> Array:
        return f({name: value + step * directions[name] for name, value in arguments.items()})

    ahead, behind = moved(how.step), moved(-how.step)
    size = float(np.sum(np.abs(ahead * dout)))
    return Difference(
        # Subtracted before they are summed: the difference is smaller, and so is its rounding.
        derivative=float(np.sum((ahead - behind) * dout)) / (2 * how.step),
        floor=tolerances.ROUNDING_FLOOR * float(np.finfo(np.float64).eps) * size / how.step,
        tolerance=how.tolerance,
    )
