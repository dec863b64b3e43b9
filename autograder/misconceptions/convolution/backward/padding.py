"""The padding in the gradients of a convolution."""

from autograder.misconceptions.convolution.forms import backward, full
from autograder.misconceptions.convolution.rules import AXES, CROPPING
from autograder.misconceptions.convolution.statements import CROP, DW, PAD, WINDOW

MISTAKES = (
    backward(
        "C02",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="Which rows of the padded gradient does your crop keep when pad is 0?",
        remedy="-0 is 0, and the slice 0:0 holds nothing. " + CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    backward(
        "C01",
        title="the padding was not cut off from dx",
        question="Which shape must dx have, and which has the array that you return?",
        remedy=CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad"),),
    ),
    backward(
        "C03",
        title="the crop of dx starts at 0 instead of at pad",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, :H, :W]"),),
    ),
    backward(
        "C04",
        title="height and width are swapped in the crop of dx",
        question="Which axis of dx has H entries?",
        remedy=AXES,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, pad : pad + W, pad : pad + H]"),),
    ),
    backward(
        "C05",
        title="the crop of dx is right for rows but starts at 0 for columns",
        question="Are rows and columns padded alike?",
        remedy=CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, pad : pad + H, :W]"),),
    ),
    backward(
        "C70",
        title="the padding is taken to be 1, whatever conv_param says",
        question="Where does your function read conv_param['pad']?",
        remedy=CROPPING,
        check="dx",
        edits=(('conv_param["stride"], conv_param["pad"]', 'conv_param["stride"], 1'),),
    ),
    backward(
        "C82",
        title="one row and column is cut off from dx on each side, whatever pad is",
        question="How many rows of the padded gradient belong to the padding when pad is 0, or 2?",
        remedy=CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, 1:-1, 1:-1]"),),
    ),
    backward(
        "C11",
        title="windows are cut from x instead of the padded x",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=(
            (WINDOW, WINDOW.replace("x_pad", "x")),
            (
                DW,
                "part = w[f] * 0\n                    part[:, : window.shape[1], : window.shape[2]] = window\n                    dw[f] += dout[n, f, i, j] * part",
            ),
        ),
    ),
    backward(
        "C71",
        title="windows are cut from x, which does not fit where x is smaller than its padding",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=((WINDOW, WINDOW.replace("x_pad", "x")),),
    ),
    backward(
        "C40",
        title="x is padded with its border values instead of zeros",
        question="What did the forward put around x?",
        remedy="The backward pads as the forward did: with zeros.",
        check="dw",
        edits=((PAD, PAD[:-1] + ', mode="edge")'),),
    ),
    backward(
        "C36",
        title="the output's size is computed without the padding",
        question="How many windows has the forward, with padding?",
        remedy="dout.shape tells how many windows there are in each direction.",
        check="dx",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "H_out, W_out = (H - HH) // stride + 1, (W - WW) // stride + 1",
            ),
        ),
    ),
    full(
        "C72",
        title="dout is padded once too little, so that dx loses its last rows and columns",
        question="How many zeros must stand around dout for every pixel of x to have a window?",
        remedy="The full convolution pads dout by HH - 1 rows and WW - 1 columns on each side.",
        check="dx",
        edits=(("(HH - 1, HH - 1), (WW - 1, WW - 1)", "(HH - 1, HH - 2), (WW - 1, WW - 2)"),),
    ),
    full(
        "C83",
        title="dout is padded by HH - 1 - pad, which is negative where the padding is wide",
        question="What is HH - 1 - pad for a kernel of 3 rows and pad 4?",
        remedy="Pad dout by HH - 1 rows and WW - 1 columns on each side, then cut pad off dx.",
        check="dx",
        edits=(
            (
                "(HH - 1, HH - 1), (WW - 1, WW - 1)",
                "(HH - 1 - pad, HH - 1 - pad), (WW - 1 - pad, WW - 1 - pad)",
            ),
            (CROP, "dx = dx_pad"),
        ),
    ),
    full(
        "C68",
        title="dout is padded by the kernel's height on all sides",
        question="Is your kernel square in every case?",
        remedy=AXES,
        check="dx",
        edits=(("(WW - 1, WW - 1)", "(HH - 1, HH - 1)"),),
    ),
)
