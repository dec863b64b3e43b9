"""What ``01_gradient_checking`` asks of a complex step."""

# The function is the student's, and stands where the text is run.
# mypy: disable-error-code="name-defined, no-untyped-def, no-untyped-call"

from course_utils.drivers.registry import driver

__all__ = ["complex_step_of"]


@driver
def complex_step_of(kind, x, dout):
    """The student's ``complex_step_gradient`` of an analytic function, which is made here.

    A function that takes complex arrays cannot be lent: arrays that travel are real.
    """
    import numpy as np

    def cubic(z):
        return z * np.sum(z) ** 2

    def shares(z):
        grown = np.exp(z)
        return grown / np.sum(grown, axis=-1, keepdims=True)

    def cubes(z):
        return np.sum(z**3, axis=-1)

    functions = {"cubic": cubic, "shares": shares, "cubes": cubes}
    return complex_step_gradient(functions[kind], x, dout)
