"""``05_convolution_variants``: dilated, padded by pairs, transposed; more of it as a bonus.

Sizes are chosen so that no two of them are equal in every case: where two always agree,
code that mixes them up passes.  Values are integers where they can be, so that answers
are exact and can be followed by hand.
"""

from autograder.exercises.variants import dilated, fused, layouts, padding, transposed

#: In the order of their grade cells.
QUESTIONS = (
    *dilated.QUESTIONS,
    *transposed.QUESTIONS,
    *padding.QUESTIONS,
    *fused.QUESTIONS,
    *layouts.QUESTIONS,
)
