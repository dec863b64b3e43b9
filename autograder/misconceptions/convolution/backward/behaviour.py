"""What leaks into gradients, what a backward changes, and number types."""

from autograder.misconceptions.convolution.forms import backward
from autograder.misconceptions.convolution.rules import READ_ONLY
from autograder.misconceptions.convolution.statements import DW, DX, RETURN

MISTAKES = (
    backward(
        "C48",
        title="the bias leaks into dx",
        question="Does b multiply x anywhere in the forward?",
        remedy="b is only added: it appears in no gradient.",
        check="dx",
        edits=((DX, DX.replace("w[f]", "(w[f] + b[f])")),),
    ),
    backward(
        "C49",
        title="the bias leaks into dw",
        question="Does b multiply w anywhere in the forward?",
        remedy="b is only added: it appears in no gradient.",
        check="dw",
        edits=((DW, DW.replace("window", "(window + b[f])")),),
    ),
    backward(
        "C43",
        title="gradients are returned in another order",
        question="In which order does the docstring list them?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dw",
        edits=((RETURN, "return dx, db, dw"),),
    ),
    backward(
        "C107",
        title="a name is used that is neither in the function nor in its cache",
        question="Would your function run in another notebook, with nothing but its arguments?",
        remedy="All that a backward needs comes from dout and the cache.",
        check="dx",
        edits=(('    stride, pad = conv_param["stride"], conv_param["pad"]\n', ""),),
    ),
    backward(
        "C25",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((DX, DX + "\n                    dout[n, f, i, j] = 0"),),
    ),
    backward(
        "C26",
        title="the weights are updated inside the backward",
        question="What is in w after your function has run?",
        remedy="Updating parameters is the optimiser's work, after every gradient is known.",
        check="unchanged",
        edits=((RETURN, "w -= 0.01 * dw\n    return dx, dw, db"),),
    ),
    backward(
        "C45",
        title="gradients of earlier calls are still in the accumulator",
        question="Where is your dw made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def conv_backward_naive(dout, cache):",
                "def conv_backward_naive(dout, cache, kept={}):",
            ),
            (
                "dw = np.zeros(w.shape)",
                "dw = kept.setdefault((x.shape, w.shape), np.zeros(w.shape))",
            ),
        ),
    ),
    backward(
        "C28",
        title="dx is collected in float32",
        question="Which dtype has your buffer?",
        remedy="Gradients are float64 here: float32 keeps seven digits only.",
        check="dx",
        edits=(("np.zeros(x_pad.shape)", "np.zeros(x_pad.shape, dtype=np.float32)"),),
    ),
    backward(
        "C29",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="Gradients are float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=(("np.zeros(x_pad.shape)", "np.zeros_like(x_pad)"),),
    ),
)
