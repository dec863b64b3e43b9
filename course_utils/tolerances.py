"""Every tolerance of judging, each with where it comes from.  No other module writes one.

Errors are norm-wise: the largest absolute difference of an array, divided by the
largest absolute value that was expected.  Element-wise relative error punishes correct
work near zero: on correct convolutions it reached 2.7e-8, norm-wise never over 3e-11.
"""

#: Against the reference, float64.  A correct answer differs by the order of its sums,
#: about sqrt(terms) * 2.2e-16 (under 1e-13 here); a float32 buffer is off by 6e-8.
REFERENCE = 1e-9

#: The same where an input is float32: each of the (under 100) terms of a sum may be rounded
#: by 6e-8 of itself, and errors of either sign mostly cancel.
REFERENCE_SINGLE = 1e-5

#: Below this an expected array counts as zero, and the error is absolute: inputs are of
#: order one, so REFERENCE times one.
SMALLEST_SCALE = 1.0

#: Step of central differences for smooth forwards of order one: the rounding error eps/h
#: (2e-11) and the truncation error h**2 (1e-10) meet there.
SMOOTH_STEP = 1e-5

#: Step where the forward is a polynomial of second degree in all its arguments together
#: (a convolution is linear in x, w and b): central differences are exact, so large is best.
QUADRATIC_STEP = 1.0

#: Step where the forward is linear until the order of two entries changes (pooling of
#: integers, whose gap is 1): exact while step * |direction| stays below half the gap.
PIECEWISE_STEP = 2.0**-4

#: Against central differences.
FINITE_DIFFERENCE = 1e-6

#: Rounding floor of a central difference, in units of eps * sum|f * dout| / step.
ROUNDING_FLOOR = 20.0

#: Recorded answers against the same answers on another machine: floating-point sums
#: change in the last bits between processors, integers do not.
RECORDED = 1e-12

#: Errors below this look like those of float32, whose rounding error is 6e-8 an operation.
SINGLE_PRECISION = 1e-6
