"""What a backward changes, keeps, and in what it collects."""

from autograder.misconceptions.variants.forms import stamps_backward
from autograder.misconceptions.variants.rules import AXES, DOUBLE, READ_ONLY
from autograder.misconceptions.variants.statements import CORNER, RETURN, ROWS

MISTAKES = (
    stamps_backward(
        "T53",
        title="gradients are returned in another order",
        question="In which order does the docstring list them?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dw",
        edits=((RETURN, "return dx, db, dw"),),
    ),
    stamps_backward(
        "T54",
        title="dx and dw are exchanged",
        question="Which of your arrays has the shape of x?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dx",
        edits=((RETURN, "return dw, dx, db"),),
    ),
    stamps_backward(
        "T55",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((RETURN, "dout *= 0\n    return dx, dw, db"),),
    ),
    stamps_backward(
        "T56",
        title="the weights are updated inside the backward",
        question="What is in w after your function has run?",
        remedy="Updating parameters is the optimiser's work, after every gradient is known.",
        check="unchanged",
        edits=((RETURN, "w -= 0.01 * dw\n    return dx, dw, db"),),
    ),
    stamps_backward(
        "T57",
        title="gradients of earlier calls are still in the accumulator",
        question="Where is your dw made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def conv_transpose_backward(dout, cache):",
                "def conv_transpose_backward(dout, cache, kept={}):",
            ),
            (
                "dw = np.zeros(w.shape)",
                "dw = kept.setdefault((x.shape, w.shape), np.zeros(w.shape))",
            ),
        ),
    ),
    stamps_backward(
        "T58",
        title="dx is collected in float32",
        question="Which dtype has your buffer?",
        remedy="Gradients are float64 here: float32 keeps seven digits only.",
        check="dx",
        edits=(("np.zeros(x.shape)", "np.zeros(x.shape, dtype=np.float32)"),),
    ),
    stamps_backward(
        "T59",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy=DOUBLE,
        check="integers",
        edits=(("np.zeros(x.shape)", "np.zeros_like(x)"),),
    ),
    stamps_backward(
        "T60",
        title="rows of a window are cut where its columns belong",
        question="Does top count rows or columns?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                CORNER,
                "left, top = min(i * stride, dwhole.shape[3] - wide), min(j * stride, dwhole.shape[2] - high)",
            ),
        ),
    ),
    stamps_backward(
        "T61",
        title="a window is one row too short",
        question="Is the row at top + HH - 1 in your slice?",
        remedy="A slice stops before its end: a window of HH rows is top : top + HH.",
        check="dx",
        edits=((ROWS, "rows = slice(top, top + high - 1, dilation)"),),
    ),
)
