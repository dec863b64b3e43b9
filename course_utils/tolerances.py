"""Every tolerance of judging, each with where it comes from.  No other module writes one.

Errors are norm-wise: the largest absolute difference of an array, divided by the
largest absolute value that was expected.  Element-wise relative error punishes correct
work near zero: on correct convolutions it reached 2.7e-8, norm-wise never over 3e-11.
"""

#: Against the reference, float64.  A correct answer differs by the order of its sums,
#: about sqrt(terms) * 2.2e-16 (under 1e-13 here); a float32 buffer is off by 6e-8.
REFERENCE = 1e-9

#: Below this an expected array counts as zero, and the error is absolute: inputs are of
#: order one, so REFERENCE times one.
SMALLEST_SCALE = 1.0

#: Step of central differences.  The rounding error eps/h (2e-11) and the truncation
#: error h**2 (1e-10) meet there for smooth functions of order one; exact where linear.
STEP = 1e-5

#: Against central differences at STEP.
FINITE_DIFFERENCE = 1e-6

#: Rounding floor of a central difference, in units of eps * sum|f * dout| / STEP.
ROUNDING_FLOOR = 20.0

#: Recorded answers against the same answers on another machine: floating-point sums
#: change in the last bits between processors, integers do not.
RECORDED = 1e-12
