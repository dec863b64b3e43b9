"""Known wrong answers to ``conv_backward_im2col``: caches, changed arguments, dtypes."""

from autograder.misconceptions.im2col.convolution.statements import DCOLS, DW, PUT_BACK, RETURN
from autograder.misconceptions.im2col.forms import conv_backward
from autograder.misconceptions.im2col.rules import READ_ONLY

MISTAKES = (
    conv_backward(
        "I429",
        title="gradients are returned in another order",
        question="In which order does the docstring list them?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dw",
        edits=((RETURN, "return dx, db, dw"),),
    ),
    conv_backward(
        "I430",
        title="the columns are taken from the cache of another forward, which has none",
        question="What stands in the cache: x, or its columns?",
        remedy="What the forward of this notebook keeps is x, w, b and conv_param.",
        check="dw",
        edits=(("x, w, b, conv_param = cache", "x, w, b, conv_param, cols = cache"),),
    ),
    conv_backward(
        "I440",
        title="names of the notebook are handed to col2im instead of what the cache holds",
        question="Would your function run in another notebook, with nothing but its arguments?",
        remedy="Stride and padding come from conv_param, which is in the cache.",
        check="dx",
        edits=((PUT_BACK, PUT_BACK.replace("pad, stride", "padding, stride")),),
    ),
    conv_backward(
        "I431",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((RETURN, f"dout *= 0\n    {RETURN}"),),
    ),
    conv_backward(
        "I432",
        title="the weights are updated inside the backward",
        question="What is in w after your function has run?",
        remedy="Updating parameters is the optimiser's work, after every gradient is known.",
        check="unchanged",
        edits=((RETURN, f"w -= 0.01 * dw\n    {RETURN}"),),
    ),
    conv_backward(
        "I433",
        title="gradients of earlier calls are still in dw",
        question="Where is your dw made: anew in each call, or once?",
        remedy="Each call starts anew.",
        check="repeatable",
        edits=(
            ("(dout, cache):", "(dout, cache, kept={}):"),
            (
                DW,
                f"{DW}\n    key = (x.shape, w.shape)\n    dw = kept[key] = kept.get(key, 0) + dw",
            ),
        ),
    ),
    conv_backward(
        "I434",
        title="dx is turned into the integer type of x",
        question="Which dtype has dx when x holds integers?",
        remedy="Gradients are float64, whatever the dtype of x.",
        check="integers",
        edits=((PUT_BACK, f"{PUT_BACK}.astype(x.dtype)"),),
    ),
    conv_backward(
        "I435",
        title="gradients are computed in float32",
        question="Which dtype have your matrices?",
        remedy="Gradients are float64 here: float32 keeps seven digits only.",
        check="dx",
        edits=((DCOLS, f"dcols = ({DCOLS.removeprefix('dcols = ')}).astype(np.float32)"),),
    ),
)
