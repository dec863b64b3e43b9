"""Gradients that are not added up, or that are divided or multiplied."""

from autograder.misconceptions.convolution.forms import backward, matrix
from autograder.misconceptions.convolution.rules import ADDING, SUMS
from autograder.misconceptions.convolution.statements import DW, DX, RETURN

MISTAKES = (
    backward(
        "C06",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="How many windows read the pixel in the middle of x?",
        remedy=ADDING,
        check="dx",
        edits=((DX, DX.replace("+=", "=")),),
    ),
    backward(
        "C07",
        title="dw is assigned (=) instead of added (+=): only the last window counts",
        question="In how many windows is w[f] used?",
        remedy=ADDING,
        check="dw",
        edits=((DW, DW.replace("+=", "=")),),
    ),
    matrix(
        "C54",
        title="+= through index arrays keeps only one of several contributions",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="Adding through index arrays needs np.add.at, or one addition per kernel position.",
        check="dx",
        edits=(
            (
                "np.add.at(dx_pad, (slice(None), channel, row, col), scattered)",
                "dx_pad[:, channel, row, col] += scattered",
            ),
        ),
    ),
    backward(
        "C31",
        title="dw is set back to zero for every image",
        question="Do all images share w?",
        remedy=ADDING,
        check="dw",
        edits=(("for n in range(N):", "for n in range(N):\n        dw = np.zeros(w.shape)"),),
    ),
    backward(
        "C30",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy="Every image of the batch contributes.",
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
    backward(
        "C27",
        title="dx is collected in the padded x itself, which is neither zero nor a copy",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros of their own.",
        check="dx",
        edits=(("dx_pad = np.zeros(x_pad.shape)", "dx_pad = x_pad"),),
    ),
    backward(
        "C73",
        title="the buffer of dx starts with x in it",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros of their own.",
        check="dx",
        edits=(("dx_pad = np.zeros(x_pad.shape)", "dx_pad = x_pad.astype(float)"),),
    ),
    backward(
        "C21",
        title="dw is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dw",
        edits=((RETURN, "return dx, dw / N, db"),),
    ),
    backward(
        "C22",
        title="all gradients are divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=SUMS,
        check="dx",
        edits=((RETURN, "return dx / N, dw / N, db / N"),),
    ),
    backward(
        "C23",
        title="dw and db are averaged over the positions",
        question="Does the forward divide by the number of windows?",
        remedy=SUMS,
        check="dw",
        edits=((RETURN, "return dx, dw / (H_out * W_out), db / (H_out * W_out)"),),
    ),
    backward(
        "C76",
        title="dx is zero everywhere",
        question="Which line of your function adds to dx?",
        remedy="Every window sends dout[n, f, i, j] * w[f] back to where it stood.",
        check="dx",
        edits=((DX, "pass"),),
    ),
)
