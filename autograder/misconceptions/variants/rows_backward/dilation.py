"""Dilation: how far apart taps are, and where windows end."""

from autograder.misconceptions.variants.forms import (
    ROW_PLACE,
    WIDE_DW,
    by_entries_back,
    by_wide_kernel,
    rows_backward,
)
from autograder.misconceptions.variants.rules import TAPS_ALIKE as TAP_RULE
from autograder.misconceptions.variants.statements import DX, FIRST, REACH, STEPS, TAPS

_NEIGHBOURS = "first : first + K"
_DILATED = "first : first + reach : dilation"
_STRIDED = "first : first + reach : stride"
_WHICH = "Which of the two belongs to the window, and which to the tap?"

MISTAKES = (
    rows_backward(
        "D01",
        title="the dilation is ignored in dx: the gradient goes to neighbours",
        question="Which entries of x did the taps of window 0 read when dilation is 2?",
        remedy=TAP_RULE,
        check="dx",
        edits=((DX, DX.replace(_DILATED, _NEIGHBOURS)),),
    ),
    rows_backward(
        "D02",
        title="the dilation is ignored in dw: windows hold neighbours",
        question="Which entries of x did the taps of window 0 read when dilation is 2?",
        remedy=TAP_RULE,
        check="dw",
        edits=((TAPS, TAPS.replace(_DILATED, _NEIGHBOURS)),),
    ),
    rows_backward(
        "D20",
        title="the dilation is ignored: dx and dw are those of a plain convolution",
        question="Where does your function use conv_param['dilation']?",
        remedy=TAP_RULE,
        check="dx",
        edits=((STEPS, 'stride, dilation = conv_param["stride"], 1'),),
    ),
    rows_backward(
        "D03",
        title="dilation is taken for the number of gaps: taps are dilation + 1 apart",
        question="How far apart are two taps when dilation is 1?",
        remedy="Here dilation 1 means no gaps: taps stand dilation apart.",
        check="dx",
        edits=((STEPS, 'stride, dilation = conv_param["stride"], conv_param["dilation"] + 1'),),
    ),
    rows_backward(
        "D19",
        title="taps are one less than dilation apart",
        question="How far apart are two taps when dilation is 2?",
        remedy="Here dilation 1 means no gaps: taps stand dilation apart.",
        check="dx",
        edits=(
            (STEPS, 'stride, dilation = conv_param["stride"], max(1, conv_param["dilation"] - 1)'),
        ),
    ),
    rows_backward(
        "D05",
        title="windows start stride * dilation apart",
        question="By how much does the window move: does that depend on the distance of its taps?",
        remedy=TAP_RULE,
        check="dx",
        edits=((FIRST, "first = min(i * stride * dilation, x_pad.shape[2] - reach)"),),
    ),
    rows_backward(
        "D21",
        title="windows start stride * dilation apart, beyond the padded x",
        question="By how much does the window move: does that depend on the distance of its taps?",
        remedy=TAP_RULE,
        check="dx",
        edits=((FIRST, "first = i * stride * dilation"),),
    ),
    rows_backward(
        "D22",
        title="stride and dilation are swapped",
        question=_WHICH,
        remedy=TAP_RULE,
        check="dx",
        edits=((STEPS, 'dilation, stride = conv_param["stride"], conv_param["dilation"]'),),
    ),
    by_entries_back(
        "D76",
        title="stride and dilation are swapped in the place of a tap: i * dilation + k * stride",
        question=_WHICH,
        remedy=TAP_RULE,
        check="dx",
        edits=((ROW_PLACE, "m = i * dilation + k * stride"),),
    ),
    rows_backward(
        "D77",
        title="the taps of a window stand stride apart, as windows do",
        question=_WHICH,
        remedy=TAP_RULE,
        check="dx",
        edits=(
            (TAPS, TAPS.replace(_DILATED, _STRIDED)),
            (DX, DX.replace(_DILATED, _STRIDED)),
        ),
    ),
    rows_backward(
        "D78",
        title="windows start dilation apart, as taps do",
        question=_WHICH,
        remedy=TAP_RULE,
        check="dx",
        edits=((FIRST, "first = i * dilation"),),
    ),
    rows_backward(
        "D23",
        title="the reach leaves out the last tap: (K - 1) * dilation entries",
        question="Is the entry at first + (K - 1) * dilation in your slice?",
        remedy="A slice stops before its end: a window covers (K - 1) * dilation + 1 entries.",
        check="dx",
        edits=((REACH, "reach = (K - 1) * dilation"),),
    ),
    by_wide_kernel(
        "D24",
        title="dw is that of the kernel with its zeros: it is too long",
        question="How many weights are there, and how many places has the dilated kernel?",
        remedy="The zeros between the taps are no weights: every dilation-th entry belongs to w.",
        check="dw",
        edits=((WIDE_DW, "dw = dwide"),),
    ),
    by_wide_kernel(
        "D25",
        title="of the dilated kernel's gradient the first K entries are taken",
        question="At which places of the dilated kernel do the weights stand?",
        remedy="The zeros between the taps are no weights: every dilation-th entry belongs to w.",
        check="dw",
        edits=((WIDE_DW, "dw = dwide[:, :, :K]"),),
    ),
)
