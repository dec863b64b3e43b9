"""What each window sends back, and how it is added up."""

from autograder.misconceptions.pooling.forms import columns, max_backward
from autograder.misconceptions.pooling.rules import ADDING, AXES, ONE, PLACE
from autograder.misconceptions.pooling.statements import BUFFER, HERE, RETURN, SEND

MISTAKES = (
    max_backward(
        "P06",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="Can one entry be the maximum of two windows?",
        remedy=ADDING,
        check="dx_overlap",
        edits=((SEND, SEND.replace("+=", "=")),),
    ),
    columns(
        "P41",
        title="+= through index arrays keeps only one of several contributions",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="Adding through index arrays needs np.add.at, or one addition per window position.",
        check="dx_overlap",
        edits=(
            (
                "np.add.at(dflat, (slice(None), row, col), scattered)",
                "dflat[:, row, col] += scattered",
            ),
        ),
    ),
    max_backward(
        "P20",
        title="the gradient is spread over the window, as in average pooling",
        question="Which entries of a window could you change a little without changing its maximum?",
        remedy=ONE,
        check="dx",
        edits=((SEND, HERE + " += dout[n, c, i, j] / (pool_height * pool_width)"),),
    ),
    max_backward(
        "P19",
        title="the gradient is multiplied by the maximum",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((SEND, SEND + " * window.max()"),),
    ),
    max_backward(
        "P48",
        title="dx is multiplied by x",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((RETURN, "return dx * x"),),
    ),
    max_backward(
        "P21",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every window sends its dout[n, c, i, j].",
        check="dx",
        edits=((SEND, SEND.replace("dout[n, c, i, j]", "1")),),
    ),
    max_backward(
        "P69",
        title="the gradient is sent to row i * pool_height, although the window began at i * stride",
        question="At which row of dx does the window begin that the maximum was found in?",
        remedy=PLACE,
        check="dx_stride",
        edits=(
            (
                SEND,
                SEND.replace(
                    "top + row, left + col", "i * pool_height + row, j * pool_width + col"
                ),
            ),
        ),
    ),
    max_backward(
        "P22",
        title="rows and columns of dout are swapped",
        question="Which index of dout belongs to rows?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                SEND,
                SEND.replace(
                    "dout[n, c, i, j]", "dout[n, c, min(j, H_out - 1), min(i, W_out - 1)]"
                ),
            ),
        ),
    ),
    max_backward(
        "P54",
        title="dout is indexed by column and then row, which fails where it is not square",
        question="Which index of dout belongs to rows?",
        remedy=AXES,
        check="dx",
        edits=((SEND, SEND.replace("i, j]", "j, i]")),),
    ),
    max_backward(
        "P30",
        title="dx is divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy="Nothing is averaged unless the forward averaged it.",
        check="dx",
        edits=((RETURN, "return dx / N"),),
    ),
    max_backward(
        "P31",
        title="dx is divided by the size of the window",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((SEND, SEND + " / (pool_height * pool_width)"),),
    ),
    max_backward(
        "P55",
        title="dx is twice as large as it should be",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((RETURN, "return 2 * dx"),),
    ),
    max_backward(
        "P35",
        title="the buffer of dx starts with ones",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros.",
        check="dx",
        edits=((BUFFER, "dx_pad = np.ones(x_pad.shape)"),),
    ),
    columns(
        "P43",
        title="the gradient fills whole rows of the column matrix",
        question="Which one entry of column k should get its gradient?",
        remedy="Pair each maximum with its own column: index with both arrays.",
        check="dx",
        edits=(("dcolumns[largest, np.arange(largest.size)]", "dcolumns[largest]"),),
    ),
    columns(
        "P44",
        title="dx is zero everywhere: nothing is sent back",
        question="Which line of your function puts dout anywhere?",
        remedy=ONE,
        check="dx",
        edits=(("    dcolumns[largest, np.arange(largest.size)] = upstream\n", ""),),
    ),
    columns(
        "P40",
        title="dout is flattened in another order than the columns",
        question="To which window does column 1 belong, in each of the two?",
        remedy="Transpose dout to the order in which the columns stand before flattening it.",
        check="dx",
        edits=(("dout.transpose(2, 3, 0, 1).ravel()", "dout.ravel()"),),
    ),
    columns(
        "P45",
        title="images and channels are swapped where dout is flattened",
        question="Which runs faster in your columns, the image or the channel?",
        remedy="Transpose dout to the order in which the columns stand before flattening it.",
        check="dx",
        edits=(("dout.transpose(2, 3, 0, 1)", "dout.transpose(2, 3, 1, 0)"),),
    ),
)
