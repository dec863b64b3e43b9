"""Known wrong answers to ``channel_scale_backward`` and ``mix_rows_backward``: which axes to sum."""

from functools import partial

from autograder.misconceptions.clinic.rules import (
    FRESH,
    IGNORED,
    IN_DOUT,
    LEFT_OVER,
    READ_ONLY,
    SHAPE,
    UPSTREAM,
    WHOLE,
)
from autograder.misconceptions.misconception import Misconception

scale = partial(Misconception, function="channel_scale_backward")
mix = partial(Misconception, function="mix_rows_backward")

_DX = "dx = dout * gain[:, None]"
_GAIN = "dgain = np.sum(dout * x, axis=(0, 2))"
_SHIFT = "dshift = np.sum(dout, axis=(0, 2))"
_MIXED = "dx = w.T @ dout"
_W = "dw = np.sum(dout @ x.transpose(0, 2, 1), axis=0)"
_REPEATED = "Over which axes did the forward repeat these numbers?"
_SUMMED = "What is broadcast forward is summed backward, over images and over places."
_BY_W = "w[p, r] met x[n, r, c]: multiply with dout[n, p, c], and sum over n and c."
_BY_X = "x[n, r, c] reaches out[n, p, c] with factor w[p, r]: sum over p, the first index of w."

MISTAKES = (
    scale(
        "H201",
        title="sums of gain and shift run over the images and not over the places",
        question=_REPEATED,
        remedy=_SUMMED,
        check="dgain",
        edits=((_GAIN, _GAIN.replace("(0, 2)", "0")), (_SHIFT, _SHIFT.replace("(0, 2)", "0"))),
    ),
    scale(
        "H202",
        title="sums of gain and shift run over the places and not over the images",
        question=_REPEATED,
        remedy=_SUMMED,
        check="dgain",
        edits=((_GAIN, _GAIN.replace("(0, 2)", "2")), (_SHIFT, _SHIFT.replace("(0, 2)", "2"))),
    ),
    scale(
        "H203",
        title="dgain and dshift are not summed at all",
        question=_REPEATED,
        remedy=_SUMMED,
        check="dgain",
        edits=((_GAIN, "dgain = dout * x"), (_SHIFT, "dshift = dout")),
    ),
    scale(
        "H204",
        title="dgain and dshift are means instead of sums",
        question="A shift moves by 1; how many entries of out move?",
        remedy=_SUMMED,
        check="dgain",
        edits=((_GAIN, _GAIN.replace("sum", "mean")), (_SHIFT, _SHIFT.replace("sum", "mean"))),
    ),
    scale(
        "H205",
        title="dshift is one number for all channels",
        question="How many shifts are there?",
        remedy=SHAPE,
        check="dshift",
        edits=((_SHIFT, "dshift = np.sum(dout)"),),
    ),
    scale(
        "H206",
        title="x is missing in dgain",
        question="By what did the forward multiply the gain?",
        remedy="The slope of gain * x with respect to the gain is x.",
        check="dgain",
        edits=((_GAIN, "dgain = np.sum(dout, axis=(0, 2))"),),
    ),
    scale(
        "H207",
        title="the gain is missing in dx",
        question="By what did the forward multiply x?",
        remedy="The slope of gain * x with respect to x is the gain of its channel.",
        check="dx",
        edits=((_DX, "dx = dout.copy()"),),
    ),
    scale(
        "H208",
        title="gain and shift get each other's gradient",
        question="In which order does the docstring name the gradients?",
        remedy="The order is that of the inputs: dx, dgain, dshift.",
        check="dgain",
        edits=(("return dx, dgain, dshift", "return dx, dshift, dgain"),),
    ),
    scale(
        "H209",
        title="dout is multiplied in place",
        question=IN_DOUT,
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (_DX + "\n", "\n"),
            (_SHIFT, _SHIFT + "\n    dout *= gain[:, None]\n    dx = dout"),
        ),
    ),
    scale(
        "H210",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dshift",
        edits=((_DX, "dout = np.ones(dout.shape)\n    " + _DX),),
    ),
    mix(
        "H301",
        title="dx lacks the transpose of w, which runs only where w is square",
        question="Over which index of w does the sum run, the first or the second?",
        remedy=_BY_X,
        check="dx",
        edits=((_MIXED, "dx = w @ dout"),),
    ),
    mix(
        "H302",
        title="dw is transposed",
        question="Which shape has w, and which index of dw belongs to dout?",
        remedy=_BY_W,
        check="dw",
        edits=(("return dx, dw", "return dx, dw.T"),),
    ),
    mix(
        "H303",
        title="dw is not summed over the images",
        question="How many images does one w mix?",
        remedy=_BY_W,
        check="dw",
        edits=((_W, "dw = dout @ x.transpose(0, 2, 1)"),),
    ),
    mix(
        "H304",
        title="dw is the mean over the images instead of the sum",
        question="Does the forward divide by anything?",
        remedy=WHOLE,
        check="dw",
        edits=((_W, _W.replace("sum", "mean")),),
    ),
    mix(
        "H305",
        title="dw holds the last image alone",
        question="What happens to the gradient of one image when the next one comes?",
        remedy=_BY_W,
        check="dw",
        edits=((_W, "for n in range(len(x)):\n        dw = dout[n] @ x[n].T"),),
    ),
    mix(
        "H306",
        title="x enters dw without being transposed",
        question="Over which index do dout[n] and x[n] have to be summed?",
        remedy=_BY_W,
        check="dw",
        edits=((_W, "dw = np.sum(dout @ x, axis=0)"),),
    ),
    mix(
        "H307",
        title="w is updated inside the backward",
        question="What is in w after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_W, _W + "\n    w -= 0.01 * dw"),),
    ),
    mix(
        "H308",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_MIXED, "dout = np.ones(dout.shape)\n    " + _MIXED),),
    ),
    mix(
        "H309",
        title="dw of earlier calls is still in the sum",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            ("def mix_rows_backward(dout, cache):", "def mix_rows_backward(dout, cache, kept={}):"),
            (_W, _W + "\n    dw = kept[x.shape] = kept.get(x.shape, 0) + dw"),
        ),
    ),
)
