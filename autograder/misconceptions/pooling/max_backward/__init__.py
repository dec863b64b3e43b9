"""Known wrong answers to ``max_pool_backward_naive``: one module per kind of mistake."""

from autograder.misconceptions.pooling.max_backward import behaviour, maxima, sending, windows

MISTAKES = (
    *sending.MISTAKES,
    *maxima.MISTAKES,
    *windows.MISTAKES,
    *behaviour.MISTAKES,
)
