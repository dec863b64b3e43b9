"""Where windows stand, how many there are, and the padding."""

from autograder.misconceptions.pooling.forms import RESHAPED, max_backward, square_windows
from autograder.misconceptions.pooling.rules import AXES, CROPPING, FIT, INFINITY, PLACE
from autograder.misconceptions.pooling.statements import BUFFER, CORNER, CROP, SIZE, WINDOW

MISTAKES = (
    max_backward(
        "P11",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=PLACE,
        check="dx",
        edits=((CORNER, "top, left = i, j"),),
    ),
    max_backward(
        "P12",
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
    max_backward(
        "P61",
        title="the window's size is used for the stride, so that windows lie outside x",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=PLACE,
        check="dx_overlap",
        edits=((CORNER, "top, left = i * pool_height, j * pool_width"),),
    ),
    max_backward(
        "P62",
        title="the stride is taken to be 2, whatever pool_param says",
        question="Where does your function read pool_param['stride']?",
        remedy=PLACE,
        check="dx_overlap",
        edits=(('pool_param["stride"]', "2"),),
    ),
    max_backward(
        "P50",
        title="stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=PLACE,
        check="dx",
        edits=((CORNER, "top, left = i * stride, j"),),
    ),
    max_backward(
        "P51",
        title="the window is taken to be 2 x 2, whatever pool_param says",
        question="Where does your function read pool_param['pool_height']?",
        remedy="The window has pool_height rows and pool_width columns.",
        check="dx_stride",
        edits=((SIZE, "pool_height, pool_width = 2, 2"),),
    ),
    *square_windows(max_backward, "P71", "P72", "dx_stride"),
    max_backward(
        "P23",
        title="the loop over columns runs over the output's height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="dx_overlap",
        edits=(("for j in range(W_out):", "for j in range(min(H_out, W_out)):"),),
    ),
    max_backward(
        "P63",
        title="both loops over windows run to H', which fails where H' is above W'",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="dx_stride",
        edits=(("for j in range(W_out):", "for j in range(H_out):"),),
    ),
    max_backward(
        "P24",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=FIT,
        check="dx_overlap",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "H_out = min(H // pool_height, dout.shape[2])\n"
                "    W_out = min(W // pool_width, dout.shape[3])",
            ),
        ),
    ),
    max_backward(
        "P64",
        title="the number of windows is computed as H // pool_height, more than dout has",
        question="How many windows of height 1 fit into 8 rows when stride is 3?",
        remedy=FIT,
        check="dx_overlap",
        edits=(
            ("_, _, H_out, W_out = dout.shape", "H_out, W_out = H // pool_height, W // pool_width"),
        ),
    ),
    max_backward(
        "P65",
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
    max_backward(
        "P70",
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
    max_backward(
        "P36",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dx",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    max_backward(
        "P52",
        title="the last column of windows is left out",
        question="Which is the last value of j in your loop?",
        remedy="range(W') runs from 0 to W' - 1 already.",
        check="dx",
        edits=(("for j in range(W_out):", "for j in range(W_out - 1):"),),
    ),
    max_backward(
        "P37",
        title="dx is sized from the output, so that the remainder of x is missing",
        question="Does every row of x belong to a window when the stride leaves a remainder?",
        remedy="dx has the shape of x; entries that no window reads have gradient 0.",
        check="dx_stride",
        edits=(
            (
                BUFFER,
                "dx_pad = np.zeros((N, C, stride * (H_out - 1) + pool_height, "
                "stride * (W_out - 1) + pool_width))",
            ),
        ),
    ),
    max_backward(
        "P46",
        title="the trick by reshaping works only where windows stand side by side",
        question="Does x.reshape(N, C, H // ph, ph, W // pw, pw) know the stride?",
        remedy="Windows may overlap, leave gaps, and leave a remainder: place each by the stride.",
        check="dx_overlap",
        form=RESHAPED,
    ),
    max_backward(
        "P47",
        title="the trick by reshaping, with the gradient split among equal maxima",
        question="Does x.reshape(N, C, H // ph, ph, W // pw, pw) know the stride?",
        remedy="Windows may overlap, leave gaps, and leave a remainder: place each by the stride.",
        check="ties",
        form=RESHAPED,
        edits=(
            (
                "mask * dout[:, :, :, None, :, None]",
                "mask * dout[:, :, :, None, :, None] / mask.sum(axis=(3, 5), keepdims=True)",
            ),
        ),
    ),
    max_backward(
        "P08",
        title="the padding counts as zeros, which beat negative entries",
        question="Can a zero of the padding be the maximum of a window of negative numbers?",
        remedy=INFINITY,
        check="padding",
        edits=(("constant_values=-np.inf", "constant_values=0"),),
    ),
    max_backward(
        "P07",
        title="windows are cut from x instead of the padded x",
        question="Where does window (0, 0) start when pad is 1?",
        remedy="Windows are cut from the padded x.",
        check="padding",
        edits=(
            (
                WINDOW,
                "window = np.full((pool_height, pool_width), -np.inf)\n"
                "                    part = x[n, c, top : top + pool_height, left : left + pool_width]\n"
                "                    window[: part.shape[0], : part.shape[1]] = part",
            ),
        ),
    ),
    max_backward(
        "P66",
        title="windows are cut from x, where those of the padding's far side are empty",
        question="Where does the last window start, and how many rows has x?",
        remedy="Windows are cut from the padded x.",
        check="padding",
        edits=((WINDOW, WINDOW.replace("x_pad", "x")),),
    ),
    max_backward(
        "P67",
        title="np.pad is given one width for all axes: it pads images and channels, too",
        question="Which shape has np.pad(x, 1)?",
        remedy="Only rows and columns are padded: np.pad takes a pair of widths for each axis.",
        check="padding",
        edits=(("((0, 0), (0, 0), (pad, pad), (pad, pad))", "pad"),),
    ),
    max_backward(
        "P68",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy="The maximum is looked for in the padded x, and the padding is cut off at the end.",
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    max_backward(
        "P09",
        title="the padding was not cut off from dx",
        question="Which shape must dx have?",
        remedy=CROPPING,
        check="padding",
        edits=((CROP, "dx = dx_pad"),),
    ),
    max_backward(
        "P10",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="Which rows of the padded gradient does your crop keep when pad is 0?",
        remedy="-0 is 0, and the slice 0:0 holds nothing. " + CROPPING,
        check="dx",
        edits=((CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    max_backward(
        "P53",
        title="the crop of dx starts at 0 instead of at pad",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=CROPPING,
        check="padding",
        edits=((CROP, "dx = dx_pad[:, :, :H, :W]"),),
    ),
)
