"""Known wrong answers to ``07_bug_clinic``: each layer's own bug, and others that fit it.

Among rows with equal results the first is named.
"""

from autograder.misconceptions.clinic import lookups, own_test, products, roads, sharing
from autograder.misconceptions.clinic.equivalents import EQUIVALENTS

__all__ = ["EQUIVALENTS", "MISTAKES"]

MISTAKES = (
    *lookups.MISTAKES,
    *products.MISTAKES,
    *sharing.MISTAKES,
    *roads.MISTAKES,
    *own_test.MISTAKES,
)
