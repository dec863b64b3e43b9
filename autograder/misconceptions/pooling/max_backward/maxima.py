"""Where the maximum is, and what becomes of ties."""

from autograder.misconceptions.pooling.forms import max_backward
from autograder.misconceptions.pooling.rules import AXES, ONE, OWN, TIES
from autograder.misconceptions.pooling.statements import FIRST, HERE, SEND, WINDOW

MISTAKES = (
    max_backward(
        "P01",
        title="every one of several equal maxima gets the whole gradient",
        question="How many entries of the window does your mask select when two are equal?",
        remedy=TIES,
        check="ties",
        edits=((SEND, HERE + " += dout[n, c, i, j] * (window == window.max())"),),
    ),
    max_backward(
        "P02",
        title="the gradient is split among equal maxima",
        question="What does your function do with a window whose entries are all equal?",
        remedy=TIES,
        check="ties",
        edits=(
            (FIRST, "mask = window == window.max()"),
            (SEND, HERE + " += dout[n, c, i, j] * mask / mask.sum()"),
        ),
    ),
    max_backward(
        "P03",
        title="the last of equal maxima gets the gradient",
        question="What does your function do with a window whose entries are all equal?",
        remedy=TIES,
        check="ties",
        edits=(
            ("int(np.argmax(window))", "window.size - 1 - int(np.argmax(window.ravel()[::-1]))"),
        ),
    ),
    max_backward(
        "P04",
        title="equal maxima are searched column by column",
        question="In which order does your function look through a window?",
        remedy=TIES,
        check="ties",
        edits=(
            (
                FIRST,
                "col, row = divmod(int(np.argmax(window.T)), pool_height)",
            ),
        ),
    ),
    max_backward(
        "P05",
        title="nearly equal entries count as maxima too",
        question="How far apart may two numbers be for np.isclose?",
        remedy="Compare exactly, or better use the position that argmax finds.",
        check="dx_stride",
        edits=((SEND, HERE + " += dout[n, c, i, j] * np.isclose(window, window.max())"),),
    ),
    max_backward(
        "P15",
        title="the window's place is forgotten: gradients land in the corner of dx",
        question="Where in dx does entry (0, 0) of window (i, j) stand?",
        remedy="Place (u, v) of window (i, j) is row i * stride + u, column j * stride + v of x.",
        check="dx",
        edits=((SEND, "dx_pad[n, c, row, col] += dout[n, c, i, j]"),),
    ),
    max_backward(
        "P13",
        title="the position of the maximum is split by the window's height instead of its width",
        question="Entry 3 of a window with 2 rows and 3 columns: which row and column is it?",
        remedy="Counting row by row, entry m stands in row m // pool_width, column m % pool_width.",
        check="dx_stride",
        edits=(
            (
                FIRST,
                "row, col = divmod(int(np.argmax(window)), pool_height)\n"
                "                    row, col = min(row, pool_height - 1), min(col, pool_width - 1)",
            ),
        ),
    ),
    max_backward(
        "P56",
        title="the position of the maximum is split by pool_height, and lands outside its window",
        question="Entry 3 of a window with 2 rows and 3 columns: which row and column is it?",
        remedy="Counting row by row, entry m stands in row m // pool_width, column m % pool_width.",
        check="dx_overlap",
        edits=((FIRST, "row, col = divmod(int(np.argmax(window)), pool_height)"),),
    ),
    max_backward(
        "P16",
        title="row and column of the maximum are swapped",
        question="Which of the two indices moves down?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                SEND,
                "dx_pad[n, c, min(top + col, H - 1), min(left + row, W - 1)] += dout[n, c, i, j]",
            ),
        ),
    ),
    max_backward(
        "P57",
        title="row and column of the maximum are swapped, and it lands outside its window",
        question="Which of the two indices moves down?",
        remedy=AXES,
        check="dx",
        edits=((SEND, SEND.replace("top + row, left + col", "top + col, left + row")),),
    ),
    max_backward(
        "P58",
        title="the maximum's row and column have the names of the loops over windows",
        question="Which values have i and j when dout[n, c, i, j] is read?",
        remedy="A name that a loop counts with is used for nothing else inside the loop.",
        check="dx",
        edits=(
            (FIRST, FIRST.replace("row, col", "i, j")),
            (SEND, SEND.replace("top + row, left + col", "top + i, left + j")),
        ),
    ),
    max_backward(
        "P14",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=AXES,
        check="dx_stride",
        edits=(
            (WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
            (FIRST, "row, col = divmod(int(np.argmax(window)), window.shape[1])"),
        ),
    ),
    max_backward(
        "P59",
        title="pool_height and pool_width are taken for each other",
        question="Is your window square in every case?",
        remedy=AXES,
        check="dx_overlap",
        edits=(("pool_height, pool_width = ", "pool_width, pool_height = "),),
    ),
    max_backward(
        "P17",
        title="the entry with the largest absolute value gets the gradient",
        question="Which entry of (-5, 2) is the maximum?",
        remedy=ONE,
        check="dx_negative",
        edits=(("np.argmax(window)", "np.argmax(np.abs(window))"),),
    ),
    max_backward(
        "P25",
        title="the smallest entry gets the gradient",
        question="Which entry of the window did the forward pick?",
        remedy=ONE,
        check="dx",
        edits=(("np.argmax(window)", "np.argmin(window)"),),
    ),
    max_backward(
        "P18",
        title="negative maxima get no gradient, as if this were a ReLU",
        question="Can a maximum be negative?",
        remedy=ONE,
        check="dx_negative",
        edits=((SEND, SEND + " * (window.max() > 0)"),),
    ),
    max_backward(
        "P49",
        title="negative entries are taken for zero before the maximum is looked for",
        question="Can a maximum be negative?",
        remedy=ONE,
        check="dx_negative",
        edits=(("np.argmax(window)", "np.argmax(np.maximum(window, 0))"),),
    ),
    max_backward(
        "P29",
        title="only the largest entry of a whole channel gets gradient",
        question="How many maxima has a channel: one, or one per window?",
        remedy=ONE,
        check="dx",
        edits=((SEND, HERE + " += dout[n, c, i, j] * (window == x_pad[n, c].max())"),),
    ),
    max_backward(
        "P26",
        title="the maxima of image 0 are used for all images",
        question="Which image does your window come from?",
        remedy=OWN,
        check="dx",
        edits=((WINDOW, WINDOW.replace("n, c", "0, c")),),
    ),
    max_backward(
        "P27",
        title="the maxima of channel 0 are used for all channels",
        question="Which channel does your window come from?",
        remedy=OWN,
        check="dx",
        edits=((WINDOW, WINDOW.replace("n, c", "n, 0")),),
    ),
    max_backward(
        "P28",
        title="the maximum is taken over channels as well",
        question="How many channels has the output?",
        remedy=OWN,
        check="dx",
        edits=(
            (
                WINDOW,
                WINDOW.replace("n, c", "n, :") + ".max(axis=0)",
            ),
        ),
    ),
    max_backward(
        "P39",
        title="only channel 0 gets gradient",
        question="Which values does c take in your loop?",
        remedy=OWN,
        check="dx",
        edits=(("for c in range(C):", "for c in range(1):"),),
    ),
    max_backward(
        "P60",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy=OWN,
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
)
