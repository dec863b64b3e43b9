"""Gradients that are not added up, or of the wrong things."""

from autograder.misconceptions.variants.forms import stamps_backward
from autograder.misconceptions.variants.rules import ADDING, AXES, SUMS
from autograder.misconceptions.variants.statements import RETURN, TDW, TDX, WINDOW

MISTAKES = (
    stamps_backward(
        "T30",
        title="dw is assigned (=) instead of added (+=): only the last stamp counts",
        question="In how many stamps is w[c] used?",
        remedy=ADDING,
        check="dw",
        edits=((TDW, TDW.replace("+=", "=")),),
    ),
    stamps_backward(
        "T31",
        title="dw += instead of dw[c] +=: every input channel gets the contributions of all",
        question="To which kernels does one line of your loop add?",
        remedy="dw[c] collects what the stamps of input channel c wrote to.",
        check="dw",
        edits=((TDW, TDW.replace("dw[c]", "dw")),),
    ),
    stamps_backward(
        "T32",
        title="x is ignored in dw: windows of dout are summed as they are",
        question="Which stamps are stronger than others, and by what factor?",
        remedy="dw[c] adds up x[n, c, i, j] times the window of dout.",
        check="dw",
        edits=((TDW, TDW.replace("x[n, c, i, j] * ", "")),),
    ),
    stamps_backward(
        "T33",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy="Every image of the batch contributes.",
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
    stamps_backward(
        "T34",
        title="windows of image 0 are used for all images",
        question="From which image of dout does your window come?",
        remedy="dx[n] and dw meet the windows of dout[n].",
        check="dx",
        edits=((WINDOW, WINDOW.replace("dwhole[n", "dwhole[0")),),
    ),
    stamps_backward(
        "T35",
        title="dw is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dw",
        edits=((RETURN, "return dx, dw / N, db"),),
    ),
    stamps_backward(
        "T69",
        title="dw and db are averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="db",
        edits=((RETURN, "return dx, dw / N, db / N"),),
    ),
    stamps_backward(
        "T36",
        title="all gradients are divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dx",
        edits=((RETURN, "return dx / N, dw / N, db / N"),),
    ),
    stamps_backward(
        "T37",
        title="dx holds the mean of the products instead of their sum",
        question="Does the forward divide by the size of the kernel?",
        remedy=SUMS,
        check="dx",
        edits=((TDX, TDX.replace("np.sum", "np.mean")),),
    ),
    stamps_backward(
        "T38",
        title="the loop over columns runs over the rows of x",
        question="How many stamps stand side by side, and how many below each other?",
        remedy=AXES,
        check="dx",
        edits=(("for j in range(W):", "for j in range(min(H, W)):"),),
    ),
    stamps_backward(
        "T39",
        title="the last row of stamps is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H) runs from 0 to H - 1 already.",
        check="dx",
        edits=(("for i in range(H):", "for i in range(H - 1):"),),
    ),
    stamps_backward(
        "T40",
        title="dx is zero everywhere",
        question="Which line of your function writes to dx?",
        remedy="dx[n, c, i, j] is the window of dout times w[c], summed.",
        check="dx",
        edits=((TDX, "pass"),),
    ),
)
