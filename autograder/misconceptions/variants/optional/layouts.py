"""Known wrong answers to ``conv1d_last_*``."""

from functools import partial

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.variants.rules import BIAS, READ_ONLY
from autograder.misconceptions.variants.statements import CACHE

last_forward = partial(Misconception, function="conv1d_last_forward")
last_backward = partial(Misconception, function="conv1d_last_backward")

_OURS = 'conv_param["gap"] + 1'
_DX_BACK, _DW_BACK = "dx.transpose(0, 2, 1)", "dw.transpose(2, 1, 0)"

MISTAKES = (
    last_forward(
        "DL01",
        title="the gap is taken for the dilation",
        question="How far apart are two taps with no entry between them?",
        remedy="A gap of g is a dilation of g + 1.",
        check="out",
        edits=((_OURS, 'max(1, conv_param["gap"])'),),
    ),
    last_forward(
        "DL02",
        title="a gap of 0 becomes a dilation of 0, which no slice can have",
        question="How far apart are two taps with no entry between them?",
        remedy="A gap of g is a dilation of g + 1.",
        check="out",
        edits=((_OURS, 'conv_param["gap"]'),),
    ),
    last_forward(
        "DL03",
        title="x is reshaped instead of transposed",
        question="Which entries stand in the first channel of x.reshape(N, C, L)?",
        remedy="Reshape keeps the order of memory: axes are exchanged by transpose.",
        check="out",
        edits=(("x.transpose(0, 2, 1)", "x.reshape(x.shape[0], x.shape[2], x.shape[1])"),),
    ),
    last_forward(
        "DL04",
        title="w is reshaped instead of transposed",
        question="Which entries stand in the first kernel of w.reshape(F, C, K)?",
        remedy="Reshape keeps the order of memory: axes are exchanged by transpose.",
        check="out",
        edits=(("w.transpose(2, 1, 0)", "w.reshape(w.shape[::-1])"),),
    ),
    last_forward(
        "DL05",
        title="the output still has its channels in the middle",
        question="Which axis of the output counts the places there?",
        remedy="out has the shape (N, L', F).",
        check="out",
        edits=(("return out.transpose(0, 2, 1)", "return out"),),
    ),
    last_forward(
        "DL06",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((CACHE, "cache = (x.copy(), w, b, conv_param)\n    x *= 0"),),
    ),
    last_forward(
        "DL07",
        title="the cache is missing something that the backward needs",
        question="What does your backward read from the cache?",
        remedy="The cache holds x, w, b and conv_param as they were given.",
        check="cache",
        edits=((CACHE, "cache = (x, w, b)"),),
    ),
    last_backward(
        "DL11",
        title="the gap is taken for the dilation",
        question="How far apart are two taps with no entry between them?",
        remedy="A gap of g is a dilation of g + 1.",
        check="dx",
        edits=((_OURS, 'max(1, conv_param["gap"])'),),
    ),
    last_backward(
        "DL12",
        title="dx still has its channels in the middle",
        question="Which shape has the x that was given?",
        remedy="Every gradient has the shape of what it belongs to.",
        check="dx",
        edits=((_DX_BACK, "dx"),),
    ),
    last_backward(
        "DL13",
        title="dx is reshaped back instead of transposed",
        question="Which entries stand in the first place of dx.reshape(x.shape)?",
        remedy="Reshape keeps the order of memory: axes are exchanged by transpose.",
        check="dx",
        edits=((_DX_BACK, "dx.reshape(x.shape)"),),
    ),
    last_backward(
        "DL14",
        title="dw still has its kernels first",
        question="Which shape has the w that was given?",
        remedy="Every gradient has the shape of what it belongs to.",
        check="dw",
        edits=((_DW_BACK, "dw"),),
    ),
    last_backward(
        "DL15",
        title="dw is reshaped back instead of transposed",
        question="Which entries stand at the first tap of dw.reshape(w.shape)?",
        remedy="Reshape keeps the order of memory: axes are exchanged by transpose.",
        check="dw",
        edits=((_DW_BACK, "dw.reshape(w.shape)"),),
    ),
    last_backward(
        "DL16",
        title="db has shape (F,) instead of (1, 1, F)",
        question="Which shape has the b that was given?",
        remedy=BIAS,
        check="db",
        edits=(("db.reshape(b.shape)", "db"),),
    ),
    last_backward(
        "DL17",
        title="dout is reshaped instead of transposed",
        question="Which entries stand in the first channel of dout.reshape(N, F, L')?",
        remedy="Reshape keeps the order of memory: axes are exchanged by transpose.",
        check="dx",
        edits=(
            (
                "dout.transpose(0, 2, 1)",
                "dout.reshape(dout.shape[0], dout.shape[2], dout.shape[1])",
            ),
        ),
    ),
    last_backward(
        "DL18",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=(("    return dx", "    dout *= 0\n    return dx"),),
    ),
)
