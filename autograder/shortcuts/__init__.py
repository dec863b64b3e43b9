"""Shortcuts: what reference functions return, computed without their loops.

The references are the solution cells, written for clarity; answers to fresh cases are
needed for every submission.  A shortcut has the name, the arguments and the results of
its reference, takes a fraction of the time, and is no second opinion: it must agree with
the reference on every case, and no point is lost by it (see ``grading``).

A notebook needs none.  Functions without a shortcut are the references themselves.
"""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.shortcuts import (
    clinic,
    convolution,
    gradient_checking,
    im2col,
    pooling,
    recurrent,
    variants,
)

#: Every notebook's shortcuts, by the name of the function.
SHORTCUTS: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "01_gradient_checking": gradient_checking.SHORTCUTS,
    "02_convolution": convolution.SHORTCUTS,
    "03_pooling": pooling.SHORTCUTS,
    "04_im2col": im2col.SHORTCUTS,
    "05_convolution_variants": variants.SHORTCUTS,
    "06_recurrent": recurrent.SHORTCUTS,
    "07_bug_clinic": clinic.SHORTCUTS,
}
