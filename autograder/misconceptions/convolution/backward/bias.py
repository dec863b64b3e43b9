"""The gradient with respect to the bias."""

from autograder.misconceptions.convolution.forms import backward
from autograder.misconceptions.convolution.rules import BIAS, SUMS
from autograder.misconceptions.convolution.statements import DB

MISTAKES = (
    backward(
        "C16",
        title="db is summed over filters instead of images",
        question="Which axis of dout is the filter's?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum(axis=(1, 2, 3))"),),
    ),
    backward(
        "C17",
        title="db still has one row per image",
        question="Do all images share b?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum(axis=(2, 3))"),),
    ),
    backward(
        "C18",
        title="db is one number for all filters",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum()"),),
    ),
    backward(
        "C19",
        title="db has shape (F, 1) instead of (F,)",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((DB, DB + ".reshape(F, 1)"),),
    ),
    backward(
        "C20",
        title="db is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="db",
        edits=((DB, "db = dout.sum(axis=(2, 3)).mean(axis=0)"),),
    ),
    backward(
        "C75",
        title="db is the sum over the first image only",
        question="Do all images share b?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout[0].sum(axis=(1, 2))"),),
    ),
)
