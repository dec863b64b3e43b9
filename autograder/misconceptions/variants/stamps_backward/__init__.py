"""Known wrong answers to ``conv_transpose_backward``: one module per kind of mistake."""

from autograder.misconceptions.variants.stamps_backward import (
    adding,
    behaviour,
    bias,
    dilation,
    kernel,
    padding,
    stride,
)

MISTAKES = (
    *kernel.MISTAKES,
    *stride.MISTAKES,
    *padding.MISTAKES,
    *adding.MISTAKES,
    *dilation.MISTAKES,
    *bias.MISTAKES,
    *behaviour.MISTAKES,
)
