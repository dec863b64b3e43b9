"""What a backward changes, keeps, and in what it collects."""

from autograder.misconceptions.variants.forms import ONE_TAP, TAP_DX, by_taps, rows_backward
from autograder.misconceptions.variants.rules import DOUBLE, READ_ONLY
from autograder.misconceptions.variants.rules import TAPS_ALIKE as TAP_RULE
from autograder.misconceptions.variants.statements import DX, RETURN

MISTAKES = (
    rows_backward(
        "D68",
        title="gradients are returned in another order",
        question="In which order does the docstring list them?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dw",
        edits=((RETURN, "return dx, db, dw"),),
    ),
    rows_backward(
        "D69",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((DX, DX + "\n                dout[n, f, i] = 0"),),
    ),
    rows_backward(
        "D70",
        title="the weights are updated inside the backward",
        question="What is in w after your function has run?",
        remedy="Updating parameters is the optimiser's work, after every gradient is known.",
        check="unchanged",
        edits=((RETURN, "w -= 0.01 * dw\n    return dx, dw, db"),),
    ),
    rows_backward(
        "D71",
        title="gradients of earlier calls are still in the accumulator",
        question="Where is your dw made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            ("def conv1d_backward(dout, cache):", "def conv1d_backward(dout, cache, kept={}):"),
            (
                "dw = np.zeros(w.shape)",
                "dw = kept.setdefault((x.shape, w.shape), np.zeros(w.shape))",
            ),
        ),
    ),
    rows_backward(
        "D72",
        title="dx is collected in float32",
        question="Which dtype has your buffer?",
        remedy="Gradients are float64 here: float32 keeps seven digits only.",
        check="dx",
        edits=(("np.zeros(x_pad.shape)", "np.zeros(x_pad.shape, dtype=np.float32)"),),
    ),
    rows_backward(
        "D73",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy=DOUBLE,
        check="integers",
        edits=(("np.zeros(x_pad.shape)", "np.zeros_like(x_pad)"),),
    ),
    by_taps(
        "D74",
        title="tap k starts one place too late",
        question="Where is tap 0 of window 0?",
        remedy=TAP_RULE,
        check="dw",
        edits=(
            (
                ONE_TAP,
                "here = (np.arange(L_out) * stride + k * dilation + 1) % x_pad.shape[2]",
            ),
            (
                TAP_DX,
                TAP_DX.replace(
                    "dx_pad[:, :, here] +=", "dx_pad[:, :, here] = dx_pad[:, :, here] +"
                ),
            ),
        ),
    ),
)
