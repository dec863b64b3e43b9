"""The gradient with respect to the bias."""

from autograder.misconceptions.variants.forms import stamps_backward
from autograder.misconceptions.variants.rules import BIAS, SUMS
from autograder.misconceptions.variants.statements import TDB, TDW

MISTAKES = (
    stamps_backward(
        "T47",
        title="db still has one row per image",
        question="Do all images share b?",
        remedy=BIAS,
        check="db",
        edits=((TDB, "db = dout.sum(axis=(2, 3))"),),
    ),
    stamps_backward(
        "T48",
        title="db is summed over output channels instead of images",
        question="Which axis of dout is the output channel's?",
        remedy=BIAS,
        check="db",
        edits=((TDB, "db = dout.sum(axis=(1, 2, 3))"),),
    ),
    stamps_backward(
        "T49",
        title="db is one number for all output channels",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((TDB, "db = dout.sum()"),),
    ),
    stamps_backward(
        "T50",
        title="db has shape (1, F, 1, 1) instead of (F,)",
        question="Which shape has b, and which has a sum with keepdims?",
        remedy=BIAS,
        check="db",
        edits=((TDB, "db = dout.sum(axis=(0, 2, 3), keepdims=True)"),),
    ),
    stamps_backward(
        "T51",
        title="db is the mean of dout instead of its sum",
        question="Does the forward divide by the number of images or of entries?",
        remedy=SUMS,
        check="db",
        edits=((TDB, "db = dout.mean(axis=(0, 2, 3))"),),
    ),
    stamps_backward(
        "T68",
        title="db is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="db",
        edits=((TDB, TDB + " / N"),),
    ),
    stamps_backward(
        "T52",
        title="db is counted once for every stamp that wrote to an entry",
        question="How often was b[f] added to one entry of out?",
        remedy=BIAS,
        check="db",
        edits=(
            (TDB, "db = np.zeros(b.shape)"),
            (TDW, TDW + "\n                    db += window.sum(axis=(1, 2))"),
        ),
    ),
)
