"""Known wrong answers to the optional functions: padding by name, activations, layouts."""

from collections.abc import Iterator
from functools import partial

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.variants.rules import BIAS, CUT, READ_ONLY, SLOPE
from autograder.misconceptions.variants.statements import CACHE

widths = partial(Misconception, function="pad_widths")
sides = partial(Misconception, function="pad_sides")
last_forward = partial(Misconception, function="conv1d_last_forward")
last_backward = partial(Misconception, function="conv1d_last_backward")

_MISSING = "missing = max(0, (outputs - 1) * stride + reach - length)"
_HALVES = "return missing // 2, missing - missing // 2"
_SAME = "same: ceil(length / stride) windows need (outputs - 1) * stride + reach entries."
_ODD = "What is missing goes half to each side, and an odd one to the end."
_CAUSAL = "Causal: (taps - 1) * dilation zeros on the left, none on the right."

PADDING = (
    widths(
        "DP01",
        title="same puts the odd zero on the left",
        question="On which side does the zero stand that has no partner?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing - missing // 2, missing // 2"),),
    ),
    widths(
        "DP02",
        title="same puts equally many zeros on both sides, one too few or too many",
        question="How do you share out 3 zeros?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing // 2, missing // 2"),),
    ),
    widths(
        "DP03",
        title="same divides with /, so that a number of zeros may be no whole number",
        question="What is 3 / 2?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing / 2, missing / 2"),),
    ),
    widths(
        "DP04",
        title="same ignores the stride: as many outputs as entries, one step apart",
        question="How many outputs has a row of 7 with stride 2?",
        remedy=_SAME,
        check="same",
        edits=(
            ("outputs = -(-length // stride)", "outputs = length"),
            (_MISSING, _MISSING.replace("* stride", "* 1")),
        ),
    ),
    widths(
        "DP05",
        title="same keeps as many outputs as entries, whatever the stride",
        question="How many outputs has a row of 7 with stride 2, in this course?",
        remedy=_SAME,
        check="same",
        edits=(("outputs = -(-length // stride)", "outputs = length"),),
    ),
    widths(
        "DP06",
        title="same rounds the number of outputs down",
        question="Is 7 / 2 rounded up or down?",
        remedy=_SAME,
        check="same",
        edits=(("outputs = -(-length // stride)", "outputs = length // stride"),),
    ),
    widths(
        "DP07",
        title="same asks for a negative number of zeros where nothing is missing",
        question="What is missing to a row that is longer than its windows need?",
        remedy="Where nothing is missing, same puts no zeros.",
        check="same",
        edits=((_MISSING, "missing = (outputs - 1) * stride + reach - length"),),
    ),
    widths(
        "DP08",
        title="the dilation is forgotten in the reach",
        question="How many entries does a window of 4 taps cover when dilation is 3?",
        remedy="The reach is (taps - 1) * dilation + 1.",
        check="same",
        edits=(("reach = (taps - 1) * dilation + 1", "reach = taps"),),
    ),
    widths(
        "DP09",
        title="the reach is taps * dilation",
        question="Does a window go on behind its last tap?",
        remedy="The reach is (taps - 1) * dilation + 1.",
        check="causal",
        edits=(("reach = (taps - 1) * dilation + 1", "reach = taps * dilation"),),
    ),
    widths(
        "DP10",
        title="causal puts one zero too many",
        question="Which entry does the last tap of output 0 read?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return reach, 0"),),
    ),
    widths(
        "DP11",
        title="causal looks ahead: the zeros stand on the right",
        question="May output 0 depend on x[1]?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return 0, reach - 1"),),
    ),
    widths(
        "DP12",
        title="causal is the same as same",
        question="May output 0 depend on x[1]?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return (reach - 1) // 2, reach - 1 - (reach - 1) // 2"),),
    ),
    widths(
        "DP13",
        title="a number is put on the left only",
        question="What does one number mean?",
        remedy="A number p means p on the left and p on the right.",
        check="numbers",
        edits=(("return pad, pad", "return pad, 0"),),
    ),
    widths(
        "DP14",
        title="a number is shared out between the sides",
        question="What does one number mean?",
        remedy="A number p means p on the left and p on the right.",
        check="numbers",
        edits=(("return pad, pad", "return pad // 2, pad - pad // 2"),),
    ),
    widths(
        "DP15",
        title="a pair is returned in the other order",
        question="Which number of a pair is the left one?",
        remedy="A pair means itself: left, right.",
        check="numbers",
        edits=(("return left, right", "return right, left"),),
    ),
    sides(
        "DP16",
        title="a pair is taken for top and left",
        question="Which sides does the first number of a pair belong to?",
        remedy="A pair (p, q) means p above and below, q left and right.",
        check="numbers",
        edits=(("rows, columns = pad\n", "return pad[0], 0, pad[1], 0\n"),),
    ),
    sides(
        "DP17",
        title="a pair is taken for columns and rows",
        question="Which sides does the first number of a pair belong to?",
        remedy="A pair (p, q) means p above and below, q left and right.",
        check="numbers",
        edits=(("rows, columns = pad\n", "columns, rows = pad\n"),),
    ),
    sides(
        "DP18",
        title="four numbers are taken for left, right, top, bottom, as some pad functions want them",
        question="In which order does the notebook list the four sides?",
        remedy="Four numbers are top, bottom, left, right.",
        check="numbers",
        edits=(
            (
                "        top, bottom, left, right = pad\n",
                "        left, right, top, bottom = pad\n",
            ),
        ),
    ),
    sides(
        "DP19",
        title="four numbers are taken for top, right, bottom, left, as style sheets do",
        question="In which order does the notebook list the four sides?",
        remedy="Four numbers are top, bottom, left, right.",
        check="numbers",
        edits=(
            (
                "        top, bottom, left, right = pad\n",
                "        top, right, bottom, left = pad\n",
            ),
        ),
    ),
    sides(
        "DP20",
        title="same uses the kernel's height for its width, too",
        question="Is the kernel square?",
        remedy="Rows and columns are worked out apart, each with its own sizes.",
        check="same",
        edits=(("size[1], kernel[1]", "size[1], kernel[0]"),),
    ),
    sides(
        "DP21",
        title="same uses the image's height for its width, too",
        question="Is the image square?",
        remedy="Rows and columns are worked out apart, each with its own sizes.",
        check="same",
        edits=(("size[1], kernel[1]", "size[0], kernel[1]"),),
    ),
    sides(
        "DP22",
        title="the sides are returned as left, right, top, bottom",
        question="In which order does the notebook list the four sides?",
        remedy="The function returns top, bottom, left, right.",
        check="same",
        edits=(
            (
                "kernel[1], stride, dilation)\n    return top, bottom, left, right",
                "kernel[1], stride, dilation)\n    return left, right, top, bottom",
            ),
        ),
    ),
)

_ACTIVATED = 'out = np.tanh(z) if conv_param["activation"] == "tanh" else np.maximum(z, 0)'
_SLOPES = 'slope = 1 - np.tanh(z) ** 2 if conv_param["activation"] == "tanh" else z > 0'
_DZ = "dz = dout * slope"


def _fused(layer: str, prefix: str, backward: str) -> Iterator[Misconception]:
    """Mistakes about the activation of a layer; ``backward`` is its last line."""
    ahead = partial(Misconception, function=f"{layer}_fused_forward", check="out")
    back = partial(Misconception, function=f"{layer}_fused_backward", remedy=SLOPE, check="dx")
    yield ahead(
        f"{prefix}01",
        title="the activation is forgotten",
        question="What stands between z and out?",
        remedy="out is the activation of z.",
        edits=((_ACTIVATED, "out = z"),),
    )
    yield ahead(
        f"{prefix}02",
        title="the activation is tanh, whatever conv_param says",
        question="Where does your function read conv_param['activation']?",
        remedy='conv_param["activation"] is "tanh" or "relu".',
        edits=((_ACTIVATED, "out = np.tanh(z)"),),
    )
    yield ahead(
        f"{prefix}03",
        title="ReLU takes the absolute value",
        question="What is ReLU of -1?",
        remedy="ReLU is the larger of z and 0.",
        edits=((_ACTIVATED, _ACTIVATED.replace("np.maximum(z, 0)", "np.abs(z)")),),
    )
    yield ahead(
        f"{prefix}04",
        title="the activation is applied to x, before the layer",
        question="Does the activation come before or behind the layer?",
        remedy="z is the layer's output for x, and out the activation of z.",
        edits=(
            (
                "z, _ = conv1d_forward(x, w"
                if layer == "conv1d"
                else "whole, _ = conv_transpose_forward(x, w",
                "z, _ = conv1d_forward(np.tanh(x), w"
                if layer == "conv1d"
                else "whole, _ = conv_transpose_forward(np.tanh(x), w",
            ),
            (_ACTIVATED, "out = z"),
        ),
    )
    yield ahead(
        f"{prefix}05",
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
    )
    yield ahead(
        f"{prefix}06",
        title="the cache is missing something that the backward needs",
        question="What does your backward read from the cache?",
        remedy="The cache holds x, w, b and conv_param as they were given.",
        check="cache",
        edits=((CACHE, "cache = (x, w, b)"),),
    )
    yield back(
        f"{prefix}12",
        title="the slope of tanh is taken at the output instead of at z",
        question="Is the number that you square tanh of z, or tanh of tanh of z?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z)", "np.tanh(np.tanh(z))")),),
    )
    yield back(
        f"{prefix}13",
        title="the slope of the activation is forgotten",
        question="What stands between z and out, and what is its slope?",
        edits=((_DZ, "dz = dout"),),
    )
    yield back(
        f"{prefix}14",
        title="db is summed from dout instead of from dz",
        question="Is b added before or behind the activation?",
        check="db",
        remedy="b is a part of z: db sums dz.",
        edits=(
            (
                f"return {backward}",
                f"dx, dw, _ = {backward}\n"
                f"    return dx, dw, dout.sum(axis={'(0, 2)' if layer == 'conv1d' else '(0, 2, 3)'})",
            ),
        ),
    )
    yield back(
        f"{prefix}15",
        title="the slope of tanh is 1 - z**2: the square of z instead of that of tanh z",
        question="What is the slope of tanh at 0, and what far from 0?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z) ** 2", "z**2")),),
    )
    yield back(
        f"{prefix}16",
        title="the slope of tanh is 1 - tanh z: the square is missing",
        question="Can the slope of tanh be larger than 1?",
        edits=((_SLOPES, _SLOPES.replace("np.tanh(z) ** 2", "np.tanh(z)")),),
    )
    yield back(
        f"{prefix}17",
        title="the gradient is multiplied by the activation instead of its slope",
        question="What is the slope of ReLU at z = 3: 3, or 1?",
        edits=((_SLOPES, _ACTIVATED.replace("out =", "slope =")),),
    )
    yield back(
        f"{prefix}18",
        title="ReLU lets every gradient pass",
        question="How much does ReLU of z change where z is negative?",
        edits=((_SLOPES, _SLOPES.replace("else z > 0", "else 1.0")),),
    )
    yield back(
        f"{prefix}19",
        title="ReLU passes gradients where dout is positive instead of where z is",
        question="Which number decides whether ReLU passes something on?",
        edits=((_SLOPES, _SLOPES.replace("else z > 0", "else dout > 0")),),
    )
    yield back(
        f"{prefix}20",
        title="the slope is that of tanh, whatever conv_param says",
        question="Where does your function read conv_param['activation']?",
        remedy='conv_param["activation"] is "tanh" or "relu".',
        edits=((_SLOPES, "slope = 1 - np.tanh(z) ** 2"),),
    )
    yield back(
        f"{prefix}21",
        title="dout is multiplied in place",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DZ, "dout *= slope\n    dz = dout"),),
    )


_WIDTHS_CALL = 'pad = pad_widths(conv_param["pad"], x.shape[2], w.shape[2], stride, dilation)'
_WHOLE_CUT = "whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]"

ACTIVATIONS = (
    *_fused("conv1d", "DA", "conv1d_backward(dz, kept)"),
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
    *_fused("conv_transpose", "TA", "conv_transpose_backward(dwhole, kept)"),
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
        remedy=CUT,
        check="dx",
        edits=(("(top, bottom), (left, right)", "(bottom, top), (right, left)"),),
    ),
)

_OURS = 'conv_param["gap"] + 1'
_DX_BACK, _DW_BACK = "dx.transpose(0, 2, 1)", "dw.transpose(2, 1, 0)"

LAYOUTS = (
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

MISTAKES = (*PADDING, *ACTIVATIONS, *LAYOUTS)
