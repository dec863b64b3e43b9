"""Known wrong answers to ``03_pooling``, most of them found in public code.

Among rows with equal results the first is named.
"""

from functools import partial

from autograder.misconceptions.misconception import Change, Equivalent, Misconception

_CORNER = "top, left = i * stride, j * stride"
_WINDOW = "window = x_pad[n, c, top : top + pool_height, left : left + pool_width]"
_FIRST = "row, col = divmod(int(np.argmax(window)), pool_width)"
_SEND = "dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]"
_CROP = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
_HERE = "dx_pad[n, c, top : top + pool_height, left : left + pool_width]"
_BUFFER = "dx_pad = np.zeros(x_pad.shape)"
_MAX = "out[n, c, i, j] = np.max(window)"
_AVERAGE = "out[n, c, i, j] = np.sum(window) / (pool_height * pool_width)"
_SHARE = "share = dout[n, c, i, j] / (pool_height * pool_width)"
_SPREAD = _HERE + " += share"
_RETURN = "return dx"

_max_backward = partial(Misconception, function="max_pool_backward_naive")
_max_forward = partial(Misconception, function="max_pool_forward_naive")
_avg_backward = partial(Misconception, function="avg_pool_backward_naive")
_avg_forward = partial(Misconception, function="avg_pool_forward_naive")

_TIES = "Among equal maxima the first in row-major order gets the whole gradient."
_ONE = "Each window sends dout[n, c, i, j] to the one entry that was its maximum, and to no other."
_ADDING = "An entry that is the maximum of several windows gets the sum of their gradients."
_PLACE = "Window (i, j) starts at row i * stride and column j * stride."
_AXES = (
    "Height and width are two numbers: pool_height and H' belong to rows, the others to columns."
)
_INFINITY = "Padding never wins a maximum: it counts as minus infinity."
_CROPPING = (
    "dx is the part of the padded gradient where x stood: it starts at pad and has x's size."
)
_OWN = "Every image and every channel is pooled by itself."
_READ_ONLY = "A backward returns gradients and changes nothing it was given."
_EVEN = "Every entry of a window gets dout[n, c, i, j] / (pool_height * pool_width)."
_FIT = "H' = 1 + (H + 2 pad - pool_height) // stride, and the same for columns."

#: The matrix form: windows as columns, one per channel.
COLUMNS = """
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]
    stride, pad = pool_param["stride"], pool_param.get("pad", 0)
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    edges = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    x_pad = np.pad(x.astype(float), edges, constant_values=-np.inf)
    flat = x_pad.reshape(N * C, H + 2 * pad, W + 2 * pad)
    row = np.repeat(np.arange(pool_height), pool_width).reshape(-1, 1)
    col = np.tile(np.arange(pool_width), pool_height).reshape(-1, 1)
    row = row + stride * np.repeat(np.arange(H_out), W_out)
    col = col + stride * np.tile(np.arange(W_out), H_out)
    columns = flat[:, row, col].transpose(1, 2, 0).reshape(pool_height * pool_width, -1)
    largest = np.argmax(columns, axis=0)
    upstream = dout.transpose(2, 3, 0, 1).ravel()
    dcolumns = np.zeros(columns.shape)
    dcolumns[largest, np.arange(largest.size)] = upstream
    dflat = np.zeros(flat.shape)
    scattered = dcolumns.reshape(pool_height * pool_width, -1, N * C).transpose(2, 0, 1)
    np.add.at(dflat, (slice(None), row, col), scattered)
    dx_pad = dflat.reshape(x_pad.shape)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx
"""

#: Windows side by side only: a trick by reshaping that needs stride = window and no remainder.
RESHAPED = """
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // height, height, W // width, width)
    mask = windows == windows.max(axis=(3, 5), keepdims=True)
    dx = mask * dout[:, :, :, None, :, None]
    return dx.reshape(x.shape)
"""

_columns = partial(_max_backward, form=COLUMNS)

MISTAKES = (
    # Max pooling backward: adding up
    _max_backward(
        "P06",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="Can one entry be the maximum of two windows?",
        remedy=_ADDING,
        check="dx_overlap",
        edits=((_SEND, _SEND.replace("+=", "=")),),
    ),
    _columns(
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
    # Ties
    _max_backward(
        "P01",
        title="every one of several equal maxima gets the whole gradient",
        question="How many entries of the window does your mask select when two are equal?",
        remedy=_TIES,
        check="ties",
        edits=((_SEND, _HERE + " += dout[n, c, i, j] * (window == window.max())"),),
    ),
    _max_backward(
        "P02",
        title="the gradient is split among equal maxima",
        question="What does your function do with a window whose entries are all equal?",
        remedy=_TIES,
        check="ties",
        edits=(
            (_FIRST, "mask = window == window.max()"),
            (_SEND, _HERE + " += dout[n, c, i, j] * mask / mask.sum()"),
        ),
    ),
    _max_backward(
        "P03",
        title="the last of equal maxima gets the gradient",
        question="What does your function do with a window whose entries are all equal?",
        remedy=_TIES,
        check="ties",
        edits=(
            ("int(np.argmax(window))", "window.size - 1 - int(np.argmax(window.ravel()[::-1]))"),
        ),
    ),
    _max_backward(
        "P04",
        title="equal maxima are searched column by column",
        question="In which order does your function look through a window?",
        remedy=_TIES,
        check="ties",
        edits=(
            (
                _FIRST,
                "col, row = divmod(int(np.argmax(window.T)), pool_height)",
            ),
        ),
    ),
    _max_backward(
        "P05",
        title="nearly equal entries count as maxima too",
        question="How far apart may two numbers be for np.isclose?",
        remedy="Compare exactly, or better use the position that argmax finds.",
        check="dx_stride",
        edits=((_SEND, _HERE + " += dout[n, c, i, j] * np.isclose(window, window.max())"),),
    ),
    # Where the maximum is
    _max_backward(
        "P15",
        title="the window's place is forgotten: gradients land in the corner of dx",
        question="Where in dx does entry (0, 0) of window (i, j) stand?",
        remedy="Entry (r, q) of window (i, j) stands at row i * stride + r, column j * stride + q.",
        check="dx",
        edits=((_SEND, "dx_pad[n, c, row, col] += dout[n, c, i, j]"),),
    ),
    _max_backward(
        "P13",
        title="the position of the maximum is split by the window's height instead of its width",
        question="Entry 3 of a window with 2 rows and 3 columns: which row and column is it?",
        remedy="Counting row by row, entry k stands in row k // pool_width, column k % pool_width.",
        check="dx_stride",
        edits=(
            (
                _FIRST,
                "row, col = divmod(int(np.argmax(window)), pool_height)\n"
                "                    row, col = min(row, pool_height - 1), min(col, pool_width - 1)",
            ),
        ),
    ),
    _max_backward(
        "P16",
        title="row and column of the maximum are swapped",
        question="Which of the two indices moves down?",
        remedy=_AXES,
        check="dx",
        edits=(
            (
                _SEND,
                "dx_pad[n, c, min(top + col, H - 1), min(left + row, W - 1)] += dout[n, c, i, j]",
            ),
        ),
    ),
    _max_backward(
        "P14",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=_AXES,
        check="dx_stride",
        edits=(
            (_WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
            (_FIRST, "row, col = divmod(int(np.argmax(window)), window.shape[1])"),
        ),
    ),
    _max_backward(
        "P17",
        title="the entry with the largest absolute value gets the gradient",
        question="Which entry of (-5, 2) is the maximum?",
        remedy=_ONE,
        check="dx_stride",
        edits=(("np.argmax(window)", "np.argmax(np.abs(window))"),),
    ),
    _max_backward(
        "P25",
        title="the smallest entry gets the gradient",
        question="Which entry of the window did the forward pick?",
        remedy=_ONE,
        check="dx",
        edits=(("np.argmax(window)", "np.argmin(window)"),),
    ),
    _max_backward(
        "P18",
        title="negative maxima get no gradient, as if this were a ReLU",
        question="Can a maximum be negative?",
        remedy=_ONE,
        check="dx_stride",
        edits=((_SEND, _SEND + " * (window.max() > 0)"),),
    ),
    _max_backward(
        "P49",
        title="negative entries are taken for zero before the maximum is looked for",
        question="Can a maximum be negative?",
        remedy=_ONE,
        check="dx_stride",
        edits=(("np.argmax(window)", "np.argmax(np.maximum(window, 0))"),),
    ),
    _max_backward(
        "P29",
        title="only the largest entry of a whole channel gets gradient",
        question="How many maxima has a channel: one, or one per window?",
        remedy=_ONE,
        check="dx",
        edits=((_SEND, _HERE + " += dout[n, c, i, j] * (window == x_pad[n, c].max())"),),
    ),
    _max_backward(
        "P26",
        title="the maxima of image 0 are used for all images",
        question="Which image does your window come from?",
        remedy=_OWN,
        check="dx",
        edits=((_WINDOW, _WINDOW.replace("n, c", "0, c")),),
    ),
    _max_backward(
        "P27",
        title="the maxima of channel 0 are used for all channels",
        question="Which channel does your window come from?",
        remedy=_OWN,
        check="dx",
        edits=((_WINDOW, _WINDOW.replace("n, c", "n, 0")),),
    ),
    _max_backward(
        "P28",
        title="the maximum is taken over channels as well",
        question="How many channels has the output?",
        remedy=_OWN,
        check="dx",
        edits=(
            (
                _WINDOW,
                _WINDOW.replace("n, c", "n, :") + ".max(axis=0)",
            ),
        ),
    ),
    _max_backward(
        "P39",
        title="only channel 0 gets gradient",
        question="Which values does c take in your loop?",
        remedy=_OWN,
        check="dx",
        edits=(("for c in range(C):", "for c in range(1):"),),
    ),
    # What is sent
    _max_backward(
        "P20",
        title="the gradient is spread over the window, as in average pooling",
        question="Which entries of a window could you change a little without changing its maximum?",
        remedy=_ONE,
        check="dx",
        edits=((_SEND, _HERE + " += dout[n, c, i, j] / (pool_height * pool_width)"),),
    ),
    _max_backward(
        "P19",
        title="the gradient is multiplied by the maximum",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((_SEND, _SEND + " * window.max()"),),
    ),
    _max_backward(
        "P48",
        title="dx is multiplied by x",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((_RETURN, "return dx * x"),),
    ),
    _max_backward(
        "P21",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every window sends its dout[n, c, i, j].",
        check="dx",
        edits=((_SEND, _SEND.replace("dout[n, c, i, j]", "1")),),
    ),
    _max_backward(
        "P22",
        title="rows and columns of dout are swapped",
        question="Which index of dout belongs to rows?",
        remedy=_AXES,
        check="dx",
        edits=(
            (
                _SEND,
                _SEND.replace(
                    "dout[n, c, i, j]", "dout[n, c, min(j, H_out - 1), min(i, W_out - 1)]"
                ),
            ),
        ),
    ),
    _max_backward(
        "P30",
        title="dx is divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy="Nothing is averaged unless the forward averaged it.",
        check="dx",
        edits=((_RETURN, "return dx / N"),),
    ),
    _max_backward(
        "P31",
        title="dx is divided by the size of the window",
        question="How much does the output grow when its maximum grows by 1?",
        remedy="The derivative of a maximum with respect to its entry is 1.",
        check="dx",
        edits=((_SEND, _SEND + " / (pool_height * pool_width)"),),
    ),
    _max_backward(
        "P35",
        title="the buffer of dx starts with ones",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros.",
        check="dx",
        edits=((_BUFFER, "dx_pad = np.ones(x_pad.shape)"),),
    ),
    _columns(
        "P43",
        title="the gradient fills whole rows of the column matrix",
        question="Which one entry of column k should get its gradient?",
        remedy="Pair each maximum with its own column: index with both arrays.",
        check="dx",
        edits=(("dcolumns[largest, np.arange(largest.size)]", "dcolumns[largest]"),),
    ),
    _columns(
        "P44",
        title="dx is zero everywhere: nothing is sent back",
        question="Which line of your function puts dout anywhere?",
        remedy=_ONE,
        check="dx",
        edits=(("    dcolumns[largest, np.arange(largest.size)] = upstream\n", ""),),
    ),
    _columns(
        "P40",
        title="dout is flattened in another order than the columns",
        question="To which window does column 1 belong, in each of the two?",
        remedy="Transpose dout to the order in which the columns stand before flattening it.",
        check="dx",
        edits=(("dout.transpose(2, 3, 0, 1).ravel()", "dout.ravel()"),),
    ),
    _columns(
        "P45",
        title="images and channels are swapped where dout is flattened",
        question="Which runs faster in your columns, the image or the channel?",
        remedy="Transpose dout to the order in which the columns stand before flattening it.",
        check="dx",
        edits=(("dout.transpose(2, 3, 0, 1)", "dout.transpose(2, 3, 1, 0)"),),
    ),
    # Stride, sizes, loops
    _max_backward(
        "P11",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_PLACE,
        check="dx",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _max_backward(
        "P12",
        title="windows are placed side by side: the window's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=_PLACE,
        check="dx_overlap",
        edits=(
            (
                _CORNER,
                "top, left = min(i * pool_height, H + 2 * pad - pool_height), "
                "min(j * pool_width, W + 2 * pad - pool_width)",
            ),
        ),
    ),
    _max_backward(
        "P50",
        title="stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=_PLACE,
        check="dx",
        edits=((_CORNER, "top, left = i * stride, j"),),
    ),
    _max_backward(
        "P51",
        title="the window is taken to be 2 x 2, whatever pool_param says",
        question="Where does your function read pool_param['pool_height']?",
        remedy="The window has pool_height rows and pool_width columns.",
        check="dx_stride",
        edits=(
            (
                'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]',
                "pool_height, pool_width = 2, 2",
            ),
        ),
    ),
    _max_backward(
        "P23",
        title="the loop over columns runs over the output's height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=_AXES,
        check="dx_overlap",
        edits=(("for j in range(W_out):", "for j in range(min(H_out, W_out)):"),),
    ),
    _max_backward(
        "P24",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=_FIT,
        check="dx_overlap",
        edits=(
            (
                "_, _, H_out, W_out = dout.shape",
                "H_out = min(H // pool_height, dout.shape[2])\n"
                "    W_out = min(W // pool_width, dout.shape[3])",
            ),
        ),
    ),
    _max_backward(
        "P36",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dx",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    _max_backward(
        "P52",
        title="the last column of windows is left out",
        question="Which is the last value of j in your loop?",
        remedy="range(W') runs from 0 to W' - 1 already.",
        check="dx",
        edits=(("for j in range(W_out):", "for j in range(W_out - 1):"),),
    ),
    _max_backward(
        "P37",
        title="dx is sized from the output, so that the remainder of x is missing",
        question="Does every row of x belong to a window when the stride leaves a remainder?",
        remedy="dx has the shape of x; entries that no window reads have gradient 0.",
        check="dx_stride",
        edits=(
            (
                _BUFFER,
                "dx_pad = np.zeros((N, C, stride * (H_out - 1) + pool_height, "
                "stride * (W_out - 1) + pool_width))",
            ),
        ),
    ),
    _max_backward(
        "P46",
        title="the trick by reshaping works only where windows stand side by side",
        question="Does x.reshape(N, C, H // ph, ph, W // pw, pw) know the stride?",
        remedy="Windows may overlap, leave gaps, and leave a remainder: place each by the stride.",
        check="dx_overlap",
        form=RESHAPED,
    ),
    _max_backward(
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
    # Behaviour and number types
    _max_backward(
        "P32",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=_READ_ONLY,
        check="unchanged",
        edits=((_SEND, _SEND + "\n                    dout[n, c, i, j] = 0"),),
    ),
    _max_backward(
        "P33",
        title="x is used as a notepad: entries that were found are overwritten in it",
        question="What is in x after your function has run?",
        remedy=_READ_ONLY,
        check="unchanged",
        edits=(
            (
                _SEND,
                _SEND
                + "\n                    x[n, c, min(top, H - 1), min(left, W - 1)] *= 1 + (i + j == 0)",
            ),
        ),
    ),
    _max_backward(
        "P38",
        title="gradients of earlier calls are still in the buffer",
        question="Where is your dx made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def max_pool_backward_naive(dout, cache):",
                "def max_pool_backward_naive(dout, cache, kept={}):",
            ),
            (
                _BUFFER,
                "dx_pad = kept.setdefault((x.shape, dout.shape, stride), np.zeros(x_pad.shape))",
            ),
            (_CROP, _CROP + ".copy()"),
        ),
    ),
    _max_backward(
        "P34",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="dx is float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=((_BUFFER, "dx_pad = np.zeros(x_pad.shape, dtype=x.dtype)"),),
    ),
    # Padding (optional part)
    _max_backward(
        "P08",
        title="the padding counts as zeros, which beat negative entries",
        question="Can a zero of the padding be the maximum of a window of negative numbers?",
        remedy=_INFINITY,
        check="padding",
        edits=(("constant_values=-np.inf", "constant_values=0"),),
    ),
    _max_backward(
        "P07",
        title="windows are cut from x instead of the padded x",
        question="Where does window (0, 0) start when pad is 1?",
        remedy="Windows are cut from the padded x.",
        check="padding",
        edits=(
            (
                _WINDOW,
                "window = np.full((pool_height, pool_width), -np.inf)\n"
                "                    part = x[n, c, top : top + pool_height, left : left + pool_width]\n"
                "                    window[: part.shape[0], : part.shape[1]] = part",
            ),
        ),
    ),
    _max_backward(
        "P09",
        title="the padding was not cut off from dx",
        question="Which shape must dx have?",
        remedy=_CROPPING,
        check="padding",
        edits=((_CROP, "dx = dx_pad"),),
    ),
    _max_backward(
        "P10",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="What does the slice 0:-0 select?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    _max_backward(
        "P53",
        title="the crop of dx starts at 0 instead of at pad",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=_CROPPING,
        check="padding",
        edits=((_CROP, "dx = dx_pad[:, :, :H, :W]"),),
    ),
    # Max pooling forward
    _max_forward(
        "M01",
        title="the maximum is started at a large negative constant",
        question="What does your function return for a window of entries below that constant?",
        remedy="A maximum starts with minus infinity, or with the window's first entry.",
        check="out_stride",
        edits=((_MAX, "out[n, c, i, j] = max(-999999.0, np.max(window))"),),
    ),
    _max_forward(
        "M02",
        title="the maximum is started at zero",
        question="What does your function return for a window of negative entries?",
        remedy="A maximum starts with minus infinity, or with the window's first entry.",
        check="out_stride",
        edits=((_MAX, "out[n, c, i, j] = max(0.0, np.max(window))"),),
    ),
    _max_forward(
        "M03",
        title="the output's height is computed from the width",
        question="Which axis of out has H' entries?",
        remedy=_FIT,
        check="out",
        edits=(
            ("H_out = 1 + (H + 2 * pad - pool_height)", "H_out = 1 + (W + 2 * pad - pool_width)"),
        ),
    ),
    _max_forward(
        "M04",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=_FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "H // pool_height"),
            ("1 + (W + 2 * pad - pool_width) // stride", "W // pool_width"),
        ),
    ),
    _max_forward(
        "M05",
        title="the number of windows is computed as (H + 1) // stride",
        question="How many windows of height 2 fit into 4 rows when stride is 2?",
        remedy=_FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "(H + 1) // stride"),
            ("1 + (W + 2 * pad - pool_width) // stride", "(W + 1) // stride"),
            (
                _WINDOW,
                "window = x_pad[n, c, min(top, H - 1) : top + pool_height, min(left, W - 1) : left + pool_width]",
            ),
        ),
    ),
    _max_forward(
        "M06",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=_AXES,
        check="out_stride",
        edits=(
            (_WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
        ),
    ),
    _max_forward(
        "M07",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_PLACE,
        check="out",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _max_forward(
        "M08",
        title="windows are placed side by side: the window's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=_PLACE,
        check="out_stride",
        edits=(
            (
                _CORNER,
                "top, left = min(i * pool_height, H + 2 * pad - pool_height), "
                "min(j * pool_width, W + 2 * pad - pool_width)",
            ),
        ),
    ),
    _max_forward(
        "M09",
        title="the largest absolute value is returned",
        question="Which entry of (-5, 2) is the maximum?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out_stride",
        edits=((_MAX, "out[n, c, i, j] = np.max(np.abs(window))"),),
    ),
    _max_forward(
        "M10",
        title="the maximum is taken over channels as well",
        question="How many channels has the output?",
        remedy=_OWN,
        check="out",
        edits=((_WINDOW, _WINDOW.replace("n, c", "n, :")),),
    ),
    _max_forward(
        "M11",
        title="every image is image 0",
        question="Which image does your window come from?",
        remedy=_OWN,
        check="out",
        edits=((_WINDOW, _WINDOW.replace("n, c", "0, c")),),
    ),
    _max_forward(
        "M12",
        title="the average is returned instead of the maximum",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out",
        edits=((_MAX, "out[n, c, i, j] = np.mean(window)"),),
    ),
    _max_forward(
        "M13",
        title="the smallest entry is returned",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out",
        edits=((_MAX, "out[n, c, i, j] = np.min(window)"),),
    ),
    _max_forward(
        "M14",
        title="the cache holds the output instead of x",
        question="What does your backward read from the cache?",
        remedy="The cache holds x and pool_param as they were given.",
        check="cache",
        edits=(("cache = (x, pool_param)", "cache = (-x, pool_param)"),),
    ),
    _max_forward(
        "M15",
        title="the padding counts as zeros, which beat negative entries",
        question="Can a zero of the padding be the maximum of a window of negative numbers?",
        remedy=_INFINITY,
        check="padding",
        edits=(("constant_values=-np.inf", "constant_values=0"),),
    ),
    _max_forward(
        "M16",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy=_FIT,
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    _max_forward(
        "M17",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy="A forward reads its inputs and changes nothing.",
        check="unchanged",
        edits=(("cache = (x, pool_param)", "cache = (x.copy(), pool_param)\n    x *= 0"),),
    ),
    # Average pooling backward
    _avg_backward(
        "A01",
        title="the gradient is divided by the square of the window's height",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy=_EVEN,
        check="dx_stride",
        edits=((_SHARE, _SHARE.replace("pool_height * pool_width", "pool_height * pool_height")),),
    ),
    _avg_backward(
        "A02",
        title="the gradient is not divided by the window's size",
        question="How much does an average grow when one of its entries grows by 1?",
        remedy=_EVEN,
        check="dx",
        edits=((_SHARE, "share = dout[n, c, i, j]"),),
    ),
    _avg_backward(
        "A03",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="How many windows read the entry in the middle of x?",
        remedy="An entry gets the sum of the shares of all windows that cover it.",
        check="dx_overlap",
        edits=((_SPREAD, _SPREAD.replace("+=", "=")),),
    ),
    _avg_backward(
        "A04",
        title="padded zeros are left out of the count",
        question="By what did the forward divide a window that lies half in the padding?",
        remedy="Padded zeros count: the divisor is the window's size everywhere.",
        check="padding",
        edits=(
            (
                _SHARE,
                "rows = min(top + pool_height, pad + H) - max(top, pad)\n"
                "                    cols = min(left + pool_width, pad + W) - max(left, pad)\n"
                "                    share = dout[n, c, i, j] / (rows * cols)",
            ),
        ),
    ),
    _avg_backward(
        "A05",
        title="the gradient is divided by the number of windows",
        question="How many entries share one window?",
        remedy=_EVEN,
        check="dx",
        edits=((_SHARE, "share = dout[n, c, i, j] / (H_out * W_out)"),),
    ),
    _avg_backward(
        "A08",
        title="windows are placed side by side: the window's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=_PLACE,
        check="dx_overlap",
        edits=(
            (
                _CORNER,
                "top, left = min(i * pool_height, H + 2 * pad - pool_height), "
                "min(j * pool_width, W + 2 * pad - pool_width)",
            ),
        ),
    ),
    _avg_backward(
        "A09",
        title="the gradient is divided by the square of the stride",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy=_EVEN,
        check="dx_stride",
        edits=((_SHARE, "share = dout[n, c, i, j] / stride**2"),),
    ),
    _avg_backward(
        "A11",
        title="the division // cuts off the fraction",
        question="What is 5 // 6?",
        remedy="Gradients are real numbers: divide with /.",
        check="dx",
        edits=((_SHARE, _SHARE.replace(" / ", " // ")),),
    ),
    _avg_backward(
        "A12",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_PLACE,
        check="dx",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _avg_backward(
        "A13",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=_AXES,
        check="dx_stride",
        edits=(
            (_SPREAD, "dx_pad[n, c, top : top + pool_width, left : left + pool_height] += share"),
        ),
    ),
    _avg_backward(
        "A14",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every window spreads its dout[n, c, i, j].",
        check="dx",
        edits=((_SHARE, "share = 1 / (pool_height * pool_width)"),),
    ),
    _avg_backward(
        "A15",
        title="the whole gradient goes to the window's largest entry, as in max pooling",
        question="Which entries of a window change its average?",
        remedy=_EVEN,
        check="dx",
        edits=(
            (
                _SPREAD,
                "window = x[n, c, top : top + pool_height, left : left + pool_width]\n"
                "                    row, col = divmod(int(np.argmax(window)), window.shape[1])\n"
                "                    dx_pad[n, c, top + row, left + col] += dout[n, c, i, j]",
            ),
        ),
    ),
    _avg_backward(
        "A16",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy=_OWN,
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
    _avg_backward(
        "A17",
        title="the gradient is divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=_EVEN,
        check="dx",
        edits=((_RETURN, "return dx / N"),),
    ),
    _avg_backward(
        "A18",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dx",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    _avg_backward(
        "A19",
        title="the padding was not cut off from dx",
        question="Which shape must dx have?",
        remedy=_CROPPING,
        check="padding",
        edits=((_CROP, "dx = dx_pad"),),
    ),
    _avg_backward(
        "A20",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="What does the slice 0:-0 select?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    _avg_backward(
        "A21",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=_READ_ONLY,
        check="unchanged",
        edits=((_RETURN, "dout *= 0\n    return dx"),),
    ),
    _avg_backward(
        "A22",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="dx is float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=(("W + 2 * pad))", "W + 2 * pad), dtype=x.dtype)"),),
    ),
    # Average pooling forward
    _avg_forward(
        "V01",
        title="the sum is divided by the square of the window's height",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy="The divisor is pool_height * pool_width.",
        check="out_stride",
        edits=(
            (_AVERAGE, _AVERAGE.replace("pool_height * pool_width", "pool_height * pool_height")),
        ),
    ),
    _avg_forward(
        "V02",
        title="the sum is not divided by the window's size",
        question="What is the average of four ones?",
        remedy="The divisor is pool_height * pool_width.",
        check="out",
        edits=((_AVERAGE, "out[n, c, i, j] = np.sum(window)"),),
    ),
    _avg_forward(
        "V03",
        title="padded zeros are left out of the count",
        question="By what do you divide a window that lies half in the padding?",
        remedy="Padded zeros count: the divisor is the window's size everywhere.",
        check="padding",
        edits=(
            (
                _AVERAGE,
                "rows = min(top + pool_height, pad + H) - max(top, pad)\n"
                "                    cols = min(left + pool_width, pad + W) - max(left, pad)\n"
                "                    out[n, c, i, j] = np.sum(window) / (rows * cols)",
            ),
        ),
    ),
    _avg_forward(
        "V04",
        title="the division // cuts off the fraction",
        question="What is 5 // 6?",
        remedy="An average is a real number: divide with /.",
        check="out",
        edits=((_AVERAGE, _AVERAGE.replace(") / (", ") // (")),),
    ),
    _avg_forward(
        "V05",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_PLACE,
        check="out",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _avg_forward(
        "V06",
        title="the largest entry is returned instead of the average",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the sum of its window divided by pool_height * pool_width.",
        check="out",
        edits=((_AVERAGE, "out[n, c, i, j] = np.max(window)"),),
    ),
    _avg_forward(
        "V07",
        title="the average is taken over channels as well",
        question="How many channels has the output?",
        remedy=_OWN,
        check="out",
        edits=(
            (_WINDOW, _WINDOW.replace("n, c", "n, :")),
            (_AVERAGE, "out[n, c, i, j] = np.mean(window)"),
        ),
    ),
    _avg_forward(
        "V08",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=_FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "H // pool_height"),
            ("1 + (W + 2 * pad - pool_width) // stride", "W // pool_width"),
        ),
    ),
    _avg_forward(
        "V09",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy=_FIT,
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    _avg_forward(
        "V10",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=_AXES,
        check="out_stride",
        edits=(
            (_WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
        ),
    ),
    _avg_forward(
        "V11",
        title="out is collected in the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="The result is float64, whatever the dtype of x.",
        check="integers",
        edits=(
            ("np.zeros((N, C, H_out, W_out))", "np.zeros((N, C, H_out, W_out), dtype=x.dtype)"),
        ),
    ),
)

_POSITIONS = """out = np.zeros((N, C, H_out, W_out))
    where = np.zeros(out.shape, dtype=int)"""

EQUIVALENTS = (
    Equivalent(
        "columns",
        "max_pool_backward_naive",
        form=COLUMNS,
        reason="windows as columns of a matrix, scattered back with np.add.at",
    ),
    Equivalent(
        "argwhere",
        "max_pool_backward_naive",
        edits=((_FIRST, "row, col = np.argwhere(window == window.max())[0]"),),
        reason="argwhere lists positions in row-major order",
    ),
    Equivalent(
        "mean",
        "avg_pool_forward_naive",
        edits=((_AVERAGE, "out[n, c, i, j] = np.mean(window)"),),
        reason="the padded window always has pool_height * pool_width entries",
    ),
    Equivalent(
        "dx in Fortran order",
        "avg_pool_backward_naive",
        edits=((_RETURN, "return np.asfortranarray(dx)"),),
        reason="the order in memory is not part of an array's value",
    ),
    *(
        Equivalent(
            f"{kind}: {name}",
            f"{kind}_pool_forward_naive",
            edits=(("cache = (x, pool_param)", f"cache = {cache}"),),
            partner=Change(
                name,
                f"{kind}_pool_backward_naive",
                edits=(("x, pool_param = cache", unpack),),
            ),
            reason="forward and backward agree on a cache of their own",
        )
        for kind in ("max", "avg")
        for name, cache, unpack in (
            ("a dictionary", '{"x": x, "p": pool_param}', 'x, pool_param = cache["x"], cache["p"]'),
            ("another order", "(pool_param, x)", "pool_param, x = cache"),
            ("extra items", "(x, pool_param, out, H_out, W_out)", "x, pool_param, *_ = cache"),
            (
                "padded x",
                "(x_pad, pool_param)",
                'x, pool_param = cache\n    p = pool_param.get("pad", 0)\n'
                "    x = x[:, :, p : x.shape[2] - p, p : x.shape[3] - p]",
            ),
        )
    ),
    Equivalent(
        "the shape alone",
        "avg_pool_forward_naive",
        edits=(("cache = (x, pool_param)", "cache = (x.shape, pool_param)"),),
        partner=Change(
            "the shape alone",
            "avg_pool_backward_naive",
            edits=(
                ("x, pool_param = cache", "shape, pool_param = cache"),
                ("N, C, H, W = x.shape", "N, C, H, W = shape"),
            ),
        ),
        reason="the gradient of an average does not depend on x",
    ),
    Equivalent(
        "positions of the maxima",
        "max_pool_forward_naive",
        edits=(
            ("out = np.zeros((N, C, H_out, W_out))", _POSITIONS),
            (_MAX, f"where[n, c, i, j] = np.argmax(window)\n                    {_MAX}"),
            ("cache = (x, pool_param)", "cache = (x, pool_param, where)"),
        ),
        partner=Change(
            "positions of the maxima",
            "max_pool_backward_naive",
            edits=(
                ("x, pool_param = cache", "x, pool_param, where = cache"),
                ("int(np.argmax(window))", "int(where[n, c, i, j])"),
            ),
        ),
        reason="the forward has found the maxima already",
    ),
)
