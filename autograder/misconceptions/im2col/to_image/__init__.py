"""Known wrong answers to ``col2im_indices``."""

from autograder.misconceptions.im2col.to_image import adding, order, places

__all__ = ["MISTAKES"]

MISTAKES = (*adding.MISTAKES, *order.MISTAKES, *places.MISTAKES)
