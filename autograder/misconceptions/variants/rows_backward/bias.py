"""The gradient with respect to the bias."""

from autograder.misconceptions.variants.forms import rows_backward
from autograder.misconceptions.variants.rules import BIAS, SUMS
from autograder.misconceptions.variants.statements import DB, DW

MISTAKES = (
    rows_backward(
        "D62",
        title="db still has one row for each row of the batch",
        question="Do all rows share b?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum(axis=2)"),),
    ),
    rows_backward(
        "D63",
        title="db is summed over output channels instead of rows",
        question="Which axis of dout is the output channel's?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum(axis=(1, 2))"),),
    ),
    rows_backward(
        "D64",
        title="db is one number for all output channels",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum()"),),
    ),
    rows_backward(
        "D65",
        title="db has shape (1, F, 1) instead of (F,)",
        question="Which shape has b, and which has a sum with keepdims?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = dout.sum(axis=(0, 2), keepdims=True)"),),
    ),
    rows_backward(
        "D66",
        title="db is the mean of dout instead of its sum",
        question="Does the forward divide by the number of windows?",
        remedy=SUMS,
        check="db",
        edits=((DB, "db = dout.mean(axis=(0, 2))"),),
    ),
    rows_backward(
        "D79",
        title="db is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="db",
        edits=((DB, DB + " / N"),),
    ),
    rows_backward(
        "D67",
        title="db is assigned (=) instead of added (+=): only the last window counts",
        question="What is left of db[f] after the second window?",
        remedy=BIAS,
        check="db",
        edits=((DB, "db = np.zeros(F)"), (DW, DW + "\n                db[f] = dout[n, f, i]")),
    ),
)
