"""Numerical gradients: central differences of a forward, along directions.

For L = sum(f(x) * dout) and a direction d, the derivative of L along d is
<backward(dout), d>, and the central difference (L(x + h d) - L(x - h d)) / 2h
approaches it with error O(h**2) + O(eps / h).  One Gaussian direction sees a wrong
entry anywhere with probability one, for the price of two forwards.
"""

from collections.abc import Callable

import numpy as np

from course_utils import tolerances
from course_utils.exercise import Array


def directional_difference(
    f: Callable[[Array], Array],
    x: Array,
    dout: Array,
    direction: Array,
    step: float = tolerances.STEP,
) -> tuple[float, float]:
    """Central difference of sum(f(x) * dout) along ``direction`` (same shape as ``x``).

    Returns the derivative and the rounding floor below which it means nothing.
    """
    ahead = f(x + step * direction) * dout
    behind = f(x - step * direction) * dout
    derivative = float(np.sum(ahead - behind)) / (2 * step)
    size = float(np.sum(np.abs(ahead)))
    floor = tolerances.ROUNDING_FLOOR * np.finfo(np.float64).eps * size / step
    return derivative, floor


def agrees(gradient: Array, direction: Array, derivative: float, floor: float) -> bool:
    """Tell whether <gradient, direction> is ``derivative``, up to its rounding floor."""
    terms = gradient * direction
    size = max(float(np.sum(np.abs(terms))), tolerances.SMALLEST_SCALE)
    error = abs(float(np.sum(terms)) - derivative)
    return error <= tolerances.FINITE_DIFFERENCE * size + floor
