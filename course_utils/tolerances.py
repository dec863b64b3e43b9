"""Every tolerance of judging, each with where it comes from.  No other module writes one.

Errors of arrays are norm-wise: the largest absolute difference of an array, divided by the
largest absolute value that was expected.  Element-wise relative error punishes correct
work near zero: on correct convolutions it reached 2.7e-8, norm-wise never over 3e-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

#: How a forward depends on its arguments: ``quadratic`` is a polynomial of second degree in
#: all of them together, ``piecewise linear`` is linear until the order of two entries changes.
Dependence = Literal["smooth", "quadratic", "piecewise linear"]

#: Against the reference, float64.  A correct answer differs by the order of its sums,
#: about sqrt(terms) * 2.2e-16 (under 1e-13 here); a float32 buffer is off by 6e-8.
REFERENCE = 1e-9

#: The same where an input is float32: each of the (under 100) terms of a sum may be rounded
#: by 6e-8 of itself, and errors of either sign mostly cancel.
REFERENCE_SINGLE = 1e-5

#: Below this an expected array counts as zero, and the error is absolute: inputs are of
#: order one, so REFERENCE times one.
SMALLEST_SCALE = 1.0


@dataclass(frozen=True)
class CentralDifferences:
    """How central differences of one kind of forward are taken, and how far off they may be.

    ``step`` is that along a Gaussian direction; where it is ``scaled``, in units of the
    largest entry of each argument.  ``tolerance`` is relative to the sum of the sizes of
    all terms of a derivative; what rounding can add is allowed on top (ROUNDING_FLOOR).
    """

    step: float
    tolerance: float
    scaled: bool = False


DIFFERENCES: Final[Mapping[Dependence, CentralDifferences]] = {
    # For forwards of order one the rounding error eps / step (2e-11) and the truncation
    # error step**2 (1e-10) meet here.  Third derivatives may be a thousand times larger.
    "smooth": CentralDifferences(step=1e-5, tolerance=1e-6),
    # The third derivative is zero, so that differences are exact and only rounding is left:
    # the larger the step the better.  A convolution is such a polynomial in x, w and b.
    "quadratic": CentralDifferences(step=1.0, tolerance=1e-12, scaled=True),
    # Pooling of integers, whose gap is 1: exact while step * |direction| is below half the
    # gap.  Directions end at 4.
    "piecewise linear": CentralDifferences(step=2.0**-4, tolerance=1e-12),
}

#: The inner product of a pair that must be adjoint, relative to the sum of the sizes of its
#: terms: both sides are the same sum in another order, and only rounding is left.
ADJOINT = 1e-12

#: What rounding can add to a central difference, in units of eps * sum|f * dout| / step: the
#: sums inside f are of up to some dozen terms, which may be larger than f itself.  An inner
#: product of a pair is such a difference with a step of one.
ROUNDING_FLOOR = 20.0

#: Recorded answers against the same answers on another machine: floating-point sums
#: change in the last bits between processors, integers do not.
RECORDED = 1e-12

#: Factors are shown with six digits: one that is as close as this to -1 is shown as -1.
FACTOR = 1e-6

#: Errors below this look like those of float32, whose rounding error is 6e-8 an operation.
SINGLE_PRECISION = 1e-6
