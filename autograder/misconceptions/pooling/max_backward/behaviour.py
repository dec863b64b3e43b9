"""What a backward changes, and number types."""

from autograder.misconceptions.pooling.forms import max_backward
from autograder.misconceptions.pooling.rules import READ_ONLY
from autograder.misconceptions.pooling.statements import BUFFER, CROP, SEND

MISTAKES = (
    max_backward(
        "P32",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((SEND, SEND + "\n                    dout[n, c, i, j] = 0"),),
    ),
    max_backward(
        "P33",
        title="x is used as a notepad: entries that were found are overwritten in it",
        question="What is in x after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (
                SEND,
                SEND
                + "\n                    x[n, c, min(top, H - 1), min(left, W - 1)] *= 1 + (i + j == 0)",
            ),
        ),
    ),
    max_backward(
        "P38",
        title="gradients of earlier calls are still in the buffer",
        question="Where is your dx made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def max_pool_backward_naive(dout, cache):",
                "def max_pool_backward_naive(dout, cache, kept={}):",
            ),
            (
                BUFFER,
                "dx_pad = kept.setdefault((x.shape, dout.shape, stride), np.zeros(x_pad.shape))",
            ),
            (CROP, CROP + ".copy()"),
        ),
    ),
    max_backward(
        "P34",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="dx is float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=((BUFFER, "dx_pad = np.zeros(x_pad.shape, dtype=x.dtype)"),),
    ),
)
