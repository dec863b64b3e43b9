"""Which windows the loops reach, and which entry of dout belongs to each."""

from autograder.misconceptions.convolution.forms import backward
from autograder.misconceptions.convolution.rules import AXES
from autograder.misconceptions.convolution.statements import DW, DX, WINDOW

MISTAKES = (
    backward(
        "C24",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every contribution is multiplied by its dout[n, f, i, j].",
        check="dx",
        edits=((DW, "dw[f] += window"), (DX, DX.replace("dout[n, f, i, j] * ", ""))),
    ),
    backward(
        "C33",
        title="rows and columns of dout are swapped",
        question="Which index of dout belongs to rows?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                DW,
                "di, dj = min(j, H_out - 1), min(i, W_out - 1)\n                    dw[f] += dout[n, f, di, dj] * window",
            ),
            (DX, DX.replace("dout[n, f, i, j]", "dout[n, f, di, dj]")),
        ),
    ),
    backward(
        "C103",
        title="dout is indexed by column and then row, which fails where it is not square",
        question="Which index of dout belongs to rows?",
        remedy=AXES,
        check="dx",
        edits=(
            (DW, DW.replace("i, j]", "j, i]")),
            (DX, DX.replace("i, j]", "j, i]")),
        ),
    ),
    backward(
        "C104",
        title="height and width of dout are taken for each other",
        question="Which of the four numbers of dout.shape is H'?",
        remedy=AXES,
        check="dx",
        edits=(("_, _, H_out, W_out = dout.shape", "_, _, W_out, H_out = dout.shape"),),
    ),
    backward(
        "C105",
        title="the number of windows is no whole number: / instead of //",
        question="Of which type is 4 / 2, and can range count to it?",
        remedy="Whole numbers are divided with //; dout.shape holds the sizes already.",
        check="dx",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "H_out, W_out = 1 + (H + 2 * pad - HH) / stride, 1 + (W + 2 * pad - WW) / stride",
            ),
        ),
    ),
    backward(
        "C102",
        title="in dw the windows of image 0 are used for all images",
        question="Which image does your window come from?",
        remedy="dw meets the same windows as the forward: image n goes with dout[n].",
        check="dw",
        edits=((WINDOW, WINDOW.replace("x_pad[n", "x_pad[0")),),
    ),
    backward(
        "C41",
        title="the loop runs over channels instead of filters",
        question="How many filters does w hold?",
        remedy="f runs over the F filters; channels are inside w[f].",
        check="dw",
        edits=(("for f in range(F):", "for f in range(min(C, F)):"),),
    ),
    backward(
        "C106",
        title="the loop over filters runs to C, which fails where C is above F",
        question="How many filters does w hold?",
        remedy="f runs over the F filters; channels are inside w[f].",
        check="dw",
        edits=(("for f in range(F):", "for f in range(C):"),),
    ),
    backward(
        "C34",
        title="the loop over columns runs over the output's height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="dw",
        edits=(("for j in range(W_out):", "for j in range(min(H_out, W_out)):"),),
    ),
    backward(
        "C37",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dw",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    backward(
        "C78",
        title="the last column of windows is left out",
        question="Which is the last value of j in your loop?",
        remedy="range(W') runs from 0 to W' - 1 already.",
        check="dw",
        edits=(("for j in range(W_out):", "for j in range(W_out - 1):"),),
    ),
    backward(
        "C35",
        title="the kernel's height is used for its width too",
        question="Is your kernel square in every case?",
        remedy=AXES,
        check="dx",
        edits=(("F, _, HH, WW = w.shape", "F, _, HH, WW = w.shape\n    WW = HH"),),
    ),
    backward(
        "C79",
        title="the function insists on square images or kernels",
        question="Does anything in the formulas need H = W?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                "N, C, H, W = x.shape",
                'N, C, H, W = x.shape\n    assert H == W, "square images only"',
            ),
        ),
    ),
    backward(
        "C108",
        title="the number of windows in a row is computed from the height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "_, _, H_out, _ = dout.shape\n    W_out = 1 + (H + 2 * pad - HH) // stride",
            ),
        ),
    ),
    backward(
        "C80",
        title="loops run over the input's size instead of the output's",
        question="How many windows are there?",
        remedy="dout.shape tells how many windows there are in each direction.",
        check="dx",
        edits=(("_, _, H_out, W_out = dout.shape", "H_out, W_out = H, W"),),
    ),
)
