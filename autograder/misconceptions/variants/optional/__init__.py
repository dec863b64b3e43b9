"""Known wrong answers to the optional functions: one module per subject."""

from autograder.misconceptions.variants.optional import activations, layouts, padding

MISTAKES = (*padding.MISTAKES, *activations.MISTAKES, *layouts.MISTAKES)
