"""Known wrong answers to ``conv1d_backward``: one module per kind of mistake."""

from autograder.misconceptions.variants.rows_backward import (
    adding,
    behaviour,
    bias,
    dilation,
    padding,
    stride,
)

MISTAKES = (
    *dilation.MISTAKES,
    *stride.MISTAKES,
    *padding.MISTAKES,
    *adding.MISTAKES,
    *bias.MISTAKES,
    *behaviour.MISTAKES,
)
