"""Known wrong answers to ``avg_pool_backward_naive``."""

from autograder.misconceptions.pooling.forms import avg_backward, square_windows
from autograder.misconceptions.pooling.rules import AXES, CROPPING, EVEN, OWN, PLACE, READ_ONLY
from autograder.misconceptions.pooling.statements import CORNER, CROP, RETURN, SHARE, SIZE, SPREAD

MISTAKES = (
    avg_backward(
        "A01",
        title="the gradient is divided by the square of the window's height",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy=EVEN,
        check="dx_stride",
        edits=((SHARE, SHARE.replace("pool_height * pool_width", "pool_height * pool_height")),),
    ),
    avg_backward(
        "A02",
        title="the gradient is not divided by the window's size",
        question="How much does an average grow when one of its entries grows by 1?",
        remedy=EVEN,
        check="dx",
        edits=((SHARE, "share = dout[n, c, i, j]"),),
    ),
    avg_backward(
        "A23",
        title="the gradient is twice as large as it should be",
        question="How much does an average grow when one of its entries grows by 1?",
        remedy=EVEN,
        check="dx",
        edits=((RETURN, "return 2 * dx"),),
    ),
    avg_backward(
        "A03",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="How many windows read the entry in the middle of x?",
        remedy="An entry gets the sum of the shares of all windows that cover it.",
        check="dx_overlap",
        edits=((SPREAD, SPREAD.replace("+=", "=")),),
    ),
    avg_backward(
        "A04",
        title="padded zeros are left out of the count",
        question="By what did the forward divide a window that lies half in the padding?",
        remedy="Padded zeros count: the divisor is the window's size everywhere.",
        check="padding",
        edits=(
            (
                SHARE,
                "rows = min(top + pool_height, pad + H) - max(top, pad)\n"
                "                    cols = min(left + pool_width, pad + W) - max(left, pad)\n"
                "                    share = dout[n, c, i, j] / (rows * cols)",
            ),
        ),
    ),
    avg_backward(
        "A05",
        title="the gradient is divided by the number of windows",
        question="How many entries share one window?",
        remedy=EVEN,
        check="dx",
        edits=((SHARE, "share = dout[n, c, i, j] / (H_out * W_out)"),),
    ),
    avg_backward(
        "A08",
        title="windows are placed side by side: the window's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=PLACE,
        check="dx_overlap",
        edits=(
            (
                CORNER,
                "top, left = min(i * pool_height, H + 2 * pad - pool_height), "
                "min(j * pool_width, W + 2 * pad - pool_width)",
            ),
        ),
    ),
    avg_backward(
        "A24",
        title="the window's size is used for the stride, so that windows lie outside dx",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=PLACE,
        check="dx_overlap",
        edits=((CORNER, "top, left = i * pool_height, j * pool_width"),),
    ),
    avg_backward(
        "A09",
        title="the gradient is divided by the square of the stride",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy=EVEN,
        check="dx_stride",
        edits=((SHARE, "share = dout[n, c, i, j] / stride**2"),),
    ),
    avg_backward(
        "A11",
        title="the division // cuts off the fraction",
        question="What is 5 // 6?",
        remedy="Gradients are real numbers: divide with /.",
        check="dx",
        edits=((SHARE, SHARE.replace(" / ", " // ")),),
    ),
    avg_backward(
        "A12",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=PLACE,
        check="dx",
        edits=((CORNER, "top, left = i, j"),),
    ),
    avg_backward(
        "A25",
        title="the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=PLACE,
        check="dx",
        edits=((CORNER, "top, left = i * stride, j"),),
    ),
    avg_backward(
        "A26",
        title="the stride is taken to be 2, whatever pool_param says",
        question="Where does your function read pool_param['stride']?",
        remedy=PLACE,
        check="dx_overlap",
        edits=(('pool_param["stride"]', "2"),),
    ),
    avg_backward(
        "A13",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=AXES,
        check="dx_stride",
        edits=(
            (SPREAD, "dx_pad[n, c, top : top + pool_width, left : left + pool_height] += share"),
        ),
    ),
    avg_backward(
        "A27",
        title="the window is taken to be 2 x 2, whatever pool_param says",
        question="Where does your function read pool_param['pool_height']?",
        remedy="The window has pool_height rows and pool_width columns.",
        check="dx_stride",
        edits=((SIZE, "pool_height, pool_width = 2, 2"),),
    ),
    *square_windows(avg_backward, "A35", "A36", "dx_stride"),
    avg_backward(
        "A14",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every window spreads its dout[n, c, i, j].",
        check="dx",
        edits=((SHARE, "share = 1 / (pool_height * pool_width)"),),
    ),
    avg_backward(
        "A28",
        title="dout is indexed by column and then row, which fails where it is not square",
        question="Which index of dout belongs to rows?",
        remedy=AXES,
        check="dx",
        edits=((SHARE, SHARE.replace("i, j]", "j, i]")),),
    ),
    avg_backward(
        "A15",
        title="the whole gradient goes to the window's largest entry, as in max pooling",
        question="Which entries of a window change its average?",
        remedy=EVEN,
        check="dx",
        edits=(
            (
                SPREAD,
                "window = x[n, c, top : top + pool_height, left : left + pool_width]\n"
                "                    row, col = divmod(int(np.argmax(window)), window.shape[1])\n"
                "                    dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]",
            ),
        ),
    ),
    avg_backward(
        "A16",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy=OWN,
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
    avg_backward(
        "A29",
        title="only channel 0 gets gradient",
        question="Which values does c take in your loop?",
        remedy=OWN,
        check="dx",
        edits=(("for c in range(C):", "for c in range(1):"),),
    ),
    avg_backward(
        "A17",
        title="the gradient is divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=EVEN,
        check="dx",
        edits=((RETURN, "return dx / N"),),
    ),
    avg_backward(
        "A18",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dx",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    avg_backward(
        "A30",
        title="the last column of windows is left out",
        question="Which is the last value of j in your loop?",
        remedy="range(W') runs from 0 to W' - 1 already.",
        check="dx",
        edits=(("for j in range(W_out):", "for j in range(W_out - 1):"),),
    ),
    avg_backward(
        "A31",
        title="the number of windows is no whole number: / instead of //",
        question="Of which type is 4 / 2, and can range count to it?",
        remedy="Whole numbers are divided with //; dout.shape holds the sizes already.",
        check="dx",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "H_out = 1 + (H + 2 * pad - pool_height) / stride\n"
                "    W_out = 1 + (W + 2 * pad - pool_width) / stride",
            ),
        ),
    ),
    avg_backward(
        "A34",
        title="the number of windows in a row is computed from the height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="dx",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "_, _, H_out, _ = dout.shape\n"
                "    W_out = 1 + (H + 2 * pad - pool_height) // stride",
            ),
        ),
    ),
    avg_backward(
        "A19",
        title="the padding was not cut off from dx",
        question="Which shape must dx have?",
        remedy=CROPPING,
        check="padding",
        edits=((CROP, "dx = dx_pad"),),
    ),
    avg_backward(
        "A20",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="Which rows of the padded gradient does your crop keep when pad is 0?",
        remedy="-0 is 0, and the slice 0:0 holds nothing. " + CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    avg_backward(
        "A32",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy="Padded entries take their share, and are cut off at the end.",
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    avg_backward(
        "A21",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((RETURN, "dout *= 0\n    return dx"),),
    ),
    avg_backward(
        "A33",
        title="gradients of earlier calls are still in the buffer",
        question="Where is your dx made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def avg_pool_backward_naive(dout, cache):",
                "def avg_pool_backward_naive(dout, cache, kept={}):",
            ),
            (
                "dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))",
                "dx_pad = kept.setdefault(\n"
                "        (x.shape, dout.shape), np.zeros((N, C, H + 2 * pad, W + 2 * pad))\n"
                "    )",
            ),
            (CROP, CROP + ".copy()"),
        ),
    ),
    avg_backward(
        "A22",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="dx is float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=(("W + 2 * pad))", "W + 2 * pad), dtype=x.dtype)"),),
    ),
)
