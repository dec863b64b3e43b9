"""The stride: where windows start."""

from autograder.misconceptions.variants.forms import ONE_PLACE, by_places, rows_backward
from autograder.misconceptions.variants.rules import TAPS_ALIKE as TAP_RULE
from autograder.misconceptions.variants.statements import DX, FIRST, TAPS

MISTAKES = (
    rows_backward(
        "D26",
        title="the stride is ignored",
        question="Where does window 1 start when stride is 2?",
        remedy=TAP_RULE,
        check="dx",
        edits=((FIRST, "first = i"),),
    ),
    rows_backward(
        "D27",
        title="the stride is ignored in dx only",
        question="Where in dx does window 1 start when stride is 2?",
        remedy=TAP_RULE,
        check="dx",
        edits=((DX, DX.replace("first : first", "i : i")),),
    ),
    rows_backward(
        "D28",
        title="the stride is ignored in dw only",
        question="Where in x does window 1 start when stride is 2?",
        remedy=TAP_RULE,
        check="dw",
        edits=((TAPS, TAPS.replace("first : first", "i : i")),),
    ),
    rows_backward(
        "D29",
        title="windows are placed side by side: their reach is used for the stride",
        question="Where does window 1 start when stride is 1 and the kernel has 3 taps?",
        remedy=TAP_RULE,
        check="dx",
        edits=((FIRST, "first = min(i * reach, x_pad.shape[2] - reach)"),),
    ),
    by_places(
        "D30",
        title="the stride is counted in taps and the dilation in windows",
        question="In i * stride + k * dilation, which of i and k counts windows?",
        remedy=TAP_RULE,
        check="dx",
        edits=(
            (
                ONE_PLACE,
                "places = (dilation * np.arange(L_out)[:, np.newaxis] + stride * np.arange(K)) % x_pad.shape[2]",
            ),
        ),
    ),
    rows_backward(
        "D31",
        title="dx is sized from the windows, so that the remainder of x is missing",
        question="Does every entry of x belong to a window when the stride leaves a remainder?",
        remedy="dx has the shape of x; entries that no tap reads have gradient 0.",
        check="dx",
        edits=(
            (
                "dx_pad = np.zeros(x_pad.shape)",
                "dx_pad = np.zeros((N, C, (L_out - 1) * stride + reach))",
            ),
        ),
    ),
)
