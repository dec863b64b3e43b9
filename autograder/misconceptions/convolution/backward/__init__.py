"""Known wrong answers to ``conv_backward_naive``: one module per kind of mistake."""

from autograder.misconceptions.convolution.backward import (
    adding,
    behaviour,
    bias,
    columns,
    kernel,
    loops,
    padding,
    stride,
)

MISTAKES = (
    *padding.MISTAKES,
    *adding.MISTAKES,
    *kernel.MISTAKES,
    *stride.MISTAKES,
    *bias.MISTAKES,
    *loops.MISTAKES,
    *columns.MISTAKES,
    *behaviour.MISTAKES,
)
