"""Functions that use what a student wrote, step by step: one module per notebook."""

from course_utils.drivers import convnet, gradient_checking, recurrent
from course_utils.drivers.registry import DRIVERS, bound, driver, source, statements

__all__ = [
    "DRIVERS",
    "bound",
    "convnet",
    "driver",
    "gradient_checking",
    "recurrent",
    "source",
    "statements",
]
