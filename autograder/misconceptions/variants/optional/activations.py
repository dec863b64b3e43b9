"""Known wrong answers to ``conv1d_fused_*`` and ``conv_transpose_fused_*``."""

from typing import Any

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.variants.rules import PUT_BACK, READ_ONLY, SLOPE
from autograder.misconceptions.variants.statements import CACHE

_ACTIVATED = 'out = np.tanh(z) if conv_param["activation"] == "tanh" else np.maximum(z, 0)'
_SLOPES = 'slope = 1 - np.tanh(z) ** 2 if conv_param["activation"] == "tanh" else z > 0'
_DZ = "dz = dout * slope"
_WIDTHS_CALL = 'pad = pad_widths(conv_param["pad"], x.shape[2], w.shape[2], stride, dilation)'
_WHOLE_CUT = "whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]"

#: Their prefixes in names of rows.
_LAYERS = {"conv1d": "DA", "conv_transpose": "TA"}


def _forwards(number: str, check: str = "out", **words: Any) -> tuple[Misconception, ...]:
    """The same mistake in the forward of both layers."""
    return tuple(
        Misconception(f"{prefix}{number}", f"{layer}_fused_forward", check=check, **words)
        for layer, prefix in _LAYERS.items()
    )


def _backwards(
    number: str, check: str = "dx", remedy: str = SLOPE, **words: Any
) -> tuple[Misconception, ...]:
    """The same mistake in the backward of both layers."""
    return tuple(
        Misconception(
            f"{prefix}{number}", f"{layer}_fused_backward", check=check, remedy=remedy, **words
        )
        for layer, prefix in _LAYERS.items()
    )


MISTAKES = (
    *_forwards(
        "01",
        title="the activation is forgotten",
        question="What stands between z and out?",
        remedy="out is the activation of z.",
        edits=((_ACTIVATED, "out = z"),),
    ),
    *_forwards(
        "02",
        title="the activation is tanh, whatever conv_param says",
        question="Where does your function read conv_param['activation']?",
        remedy='conv_param["activation"] is "tanh" or "relu".',
        edits=((_ACTIVATED, "out = np.tanh(z)"),),
    ),
    *_forwards(
        "03",
        title="ReLU takes the absolute value",
        question="What is ReLU of -1?",
        remedy="ReLU is the larger of z and 0.",
        edits=((_ACTIVATED, _ACTIVATED.replace("np.maximum(z, 0)", "np.abs(z)")),),
    ),
    *_forwards(
        "05",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (
                "return out, cache",
                "kept = x.copy()\n    x *= 0\n    return out, (kept, w, b, conv_param)",
            ),
        ),
    ),
    *_forwards(
        "06",
        title="the cache is missing something that the backward needs",
        question="What does your backward read from the cache?",
        remedy="The cache holds x, w, b and conv_param as they were given.",
        check="cache",
        edits=((CACHE, "cache = (x, w, b)"),),
    ),
    *_backwards(
        "12",
        title="the slope of tanh is taken at the output instead of at z",
        question="Is the number that you square tanh of z, or tanh of tanh of z?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z)", "np.tanh(np.tanh(z))")),),
    ),
    *_backwards(
        "13",
        title="the slope of the activation is forgotten",
        question="What stands between z and out, and what is its slope?",
        edits=((_DZ, "dz = dout"),),
    ),
    *_backwards(
        "15",
        title="the slope of tanh is 1 - z**2: the square of z instead of that of tanh z",
        question="What is the slope of tanh at 0, and what far from 0?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z) ** 2", "z**2")),),
    ),
    *_backwards(
        "16",
        title="the slope of tanh is 1 - tanh z: the square is missing",
        question="Can the slope of tanh be larger than 1?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z) ** 2", "np.tanh(z)")),),
    ),
    *_backwards(
        "17",
        title="the gradient is multiplied by the activation instead of its slope",
        question="What is the slope of ReLU at z = 3: 3, or 1?",
        edits=((_SLOPES, _ACTIVATED.replace("out =", "slope =")),),
    ),
    *_backwards(
        "18",
        title="ReLU lets every gradient pass",
        question="How much does ReLU of z change where z is negative?",
        edits=((_SLOPES, _SLOPES.replace("else z > 0", "else 1.0")),),
    ),
    *_backwards(
        "19",
        title="ReLU passes gradients where dout is positive instead of where z is",
        question="Which number decides whether ReLU passes something on?",
        edits=((_SLOPES, _SLOPES.replace("else z > 0", "else dout > 0")),),
    ),
    *_backwards(
        "20",
        title="the slope is that of tanh, whatever conv_param says",
        question="Where does your function read conv_param['activation']?",
        remedy='conv_param["activation"] is "tanh" or "relu".',
        edits=((_SLOPES, "slope = 1 - np.tanh(z) ** 2"),),
    ),
    *_backwards(
        "21",
        title="dout is multiplied in place",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DZ, "dout *= slope\n    dz = dout"),),
    ),
    *(
        Misconception(
            f"{_LAYERS[layer]}04",
            f"{layer}_fused_forward",
            title="the activation is applied to x, before the layer",
            question="Does the activation come before or behind the layer?",
            remedy="z is the layer's output for x, and out the activation of z.",
            check="out",
            edits=((call, call.replace("(x,", "(np.tanh(x),")), (_ACTIVATED, "out = z")),
        )
        for layer, call in (
            ("conv1d", "z, _ = conv1d_forward(x, w"),
            ("conv_transpose", "whole, _ = conv_transpose_forward(x, w"),
        )
    ),
    *(
        Misconception(
            f"{_LAYERS[layer]}14",
            f"{layer}_fused_backward",
            title="db is summed from dout instead of from dz",
            question="Is b added before or behind the activation?",
            remedy="b is a part of z: db sums dz.",
            check="db",
            edits=((f"return {last}", f"dx, dw, _ = {last}\n    return dx, dw, {db}"),),
        )
        for layer, last, db in (
            ("conv1d", "conv1d_backward(dz, kept)", "dout.sum(axis=(0, 2))"),
            (
                "conv_transpose",
                "conv_transpose_backward(dwhole, kept)",
                "dout.sum(axis=(0, 2, 3))",
            ),
        )
    ),
    Misconception(
        "DA30",
        "conv1d_fused_forward",
        title="the numbers of taps and of kernels are confused when the padding is worked out",
        question="Which axis of w counts the taps?",
        remedy="w has the shape (F, C, K): taps stand last.",
        check="out",
        edits=((_WIDTHS_CALL, _WIDTHS_CALL.replace("w.shape[2]", "w.shape[0]")),),
    ),
    Misconception(
        "DA31",
        "conv1d_fused_backward",
        title="the backward pads by 0, whatever the name of the padding means",
        question="How many zeros did the forward put around x?",
        remedy="The backward pads as the forward did.",
        check="dx",
        edits=((_WIDTHS_CALL, "pad = (0, 0)"),),
    ),
    Misconception(
        "TA30",
        "conv_transpose_fused_forward",
        title="the cuts of rows and columns are exchanged",
        question="Which of the four cuts belong to rows?",
        remedy="Four numbers are top, bottom, left, right.",
        check="out",
        edits=(("top, bottom, left, right = conv", "left, right, top, bottom = conv"),),
    ),
    Misconception(
        "TA31",
        "conv_transpose_fused_forward",
        title="the cut ends at -bottom, which is empty where nothing is cut off",
        question="What does the slice 1:-0 select?",
        remedy="The end of a cut is counted from the size.",
        check="out",
        edits=((_WHOLE_CUT, "whole[:, :, top:-bottom, left:-right]"),),
    ),
    Misconception(
        "TA32",
        "conv_transpose_fused_backward",
        title="zeros are put on the opposite sides of what was cut off",
        question="Which rows of the gradient of the uncut output are zeros?",
        remedy=PUT_BACK,
        check="dx",
        edits=(("(top, bottom), (left, right)", "(bottom, top), (right, left)"),),
    ),
)
