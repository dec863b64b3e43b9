"""Known wrong answers to ``conv_backward_im2col``: sums over dout, and what is divided."""

from autograder.misconceptions.im2col.convolution.statements import FLAT, RETURN
from autograder.misconceptions.im2col.forms import conv_backward
from autograder.misconceptions.im2col.rules import BIAS, PRODUCT, SUMS

_DB = "db = flat.sum(axis=1)"

MISTAKES = (
    conv_backward(
        "I421",
        title="db is summed over filters",
        question="Which axis of the flattened dout is the filter's?",
        remedy=BIAS,
        check="db",
        edits=((_DB, "db = flat.sum(axis=0)"),),
    ),
    conv_backward(
        "I422",
        title="db has shape (F, 1) instead of (F,)",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((_DB, "db = flat.sum(axis=1, keepdims=True)"),),
    ),
    conv_backward(
        "I423",
        title="db is the mean of dout instead of its sum",
        question="Does the forward divide by the number of columns?",
        remedy=SUMS,
        check="db",
        edits=((_DB, "db = flat.mean(axis=1)"),),
    ),
    conv_backward(
        "I424",
        title="db is one number for all filters",
        question="Which shape has b?",
        remedy=BIAS,
        check="db",
        edits=((_DB, "db = flat.sum()"),),
    ),
    conv_backward(
        "I425",
        title="dw is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dw",
        edits=((RETURN, "return dx, dw / len(x), db"),),
    ),
    conv_backward(
        "I426",
        title="all gradients are divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dx",
        edits=((RETURN, "return dx / len(x), dw / len(x), db / len(x)"),),
    ),
    conv_backward(
        "I427",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule dout is a factor of both products.",
        check="dx",
        edits=((FLAT, f"{FLAT} * 0 + 1"),),
    ),
    conv_backward(
        "I428",
        title="all gradients are zero",
        question="Which lines of your function use dout?",
        remedy=PRODUCT,
        check="dx",
        edits=((FLAT, f"{FLAT} * 0"),),
    ),
)
