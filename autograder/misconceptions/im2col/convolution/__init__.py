"""Known wrong answers to ``conv_forward_im2col`` and ``conv_backward_im2col``."""

from autograder.misconceptions.im2col.convolution import behaviour, forward, image, sums, weights

__all__ = ["MISTAKES"]

MISTAKES = (
    *forward.MISTAKES,
    *weights.MISTAKES,
    *image.MISTAKES,
    *sums.MISTAKES,
    *behaviour.MISTAKES,
)
