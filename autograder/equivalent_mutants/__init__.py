"""Mutants that leave the reference right: what was changed, and why nothing is lost.

Known by function, old line and new line in normal form (see ``mutation``).  Each must
pass: one that is caught, or that no longer arises, is a stale entry.

One module per notebook, named after it.
"""

from collections.abc import Mapping

from autograder.equivalent_mutants import (
    clinic,
    convnet,
    convolution,
    gradient_checking,
    im2col,
    pooling,
    recurrent,
    variants,
)

#: The reason of every harmless change, by function and change.
REASONS: Mapping[tuple[str, str], str] = {
    key: reason
    for module in (
        gradient_checking,
        convolution,
        pooling,
        im2col,
        variants,
        recurrent,
        clinic,
        convnet,
    )
    for harmless in module.HARMLESS
    for key, reason in harmless.reasons()
}
