"""``08_convnet``: a loss, layers with memory, an optimiser, and a network that is trained.

The classes are judged by scenes (``course_utils.drivers.convnet``), each a short life of a
layer; the training by its result.
"""

from autograder.exercises.convnet import affine, conv, loss, optimiser, training

__all__ = ["QUESTIONS"]

QUESTIONS = (
    loss.QUESTION,
    affine.QUESTION,
    conv.QUESTION,
    optimiser.QUESTION,
    training.QUESTION,
    affine.LISTS,
    optimiser.MOMENTUM,
)
