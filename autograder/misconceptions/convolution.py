"""Known wrong answers to ``02_convolution``, most of them found in public code.

Rows with one symptom stand together; among rows with equal results the first is named.
"""

from functools import partial

from autograder.misconceptions.misconception import Change, Equivalent, Misconception

_DX = "dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]"
_DW = "dw[f] += dout[n, f, i, j] * window"
_WINDOW = "window = x_pad[n, :, top : top + HH, left : left + WW]"
_CROP = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
_PAD = "np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
_RETURN = "return dx, dw, db"
_CACHE = "cache = (x, w, b, conv_param)"
_UNPACK = "x, w, b, conv_param = cache"
_CORNER = "top, left = i * stride, j * stride"
_DB = "db = dout.sum(axis=(0, 2, 3))"

_backward = partial(Misconception, function="conv_backward_naive")
_forward = partial(Misconception, function="conv_forward_naive")

# Other right ways to write the backward; each is an equivalent, and the ground of mistakes.

MATRIX_PRODUCT = """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    channel = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    row = np.tile(np.repeat(np.arange(HH), WW), C).reshape(-1, 1)
    col = np.tile(np.arange(WW), HH * C).reshape(-1, 1)
    row = row + stride * np.repeat(np.arange(H_out), W_out)
    col = col + stride * np.tile(np.arange(W_out), H_out)
    columns = x_pad[:, channel, row, col].transpose(1, 2, 0).reshape(C * HH * WW, -1)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (flat @ columns.T).reshape(w.shape)
    db = flat.sum(axis=1)
    dcolumns = w.reshape(F, -1).T @ flat
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    scattered = dcolumns.reshape(C * HH * WW, -1, N).transpose(2, 0, 1)
    np.add.at(dx_pad, (slice(None), channel, row, col), scattered)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
"""

FULL_CONVOLUTION = """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    H_pad, W_pad = x_pad.shape[2:]
    dilated = np.zeros((N, F, H_pad - HH + 1, W_pad - WW + 1))
    dilated[:, :, ::stride, ::stride][:, :, :H_out, :W_out] = dout
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    dw = np.einsum("nfij,ncijkl->fckl", dilated, windows)
    db = dout.sum(axis=(0, 2, 3))
    around = np.pad(dilated, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (HH, WW), axis=(2, 3))
    dx_pad = np.einsum("nfijkl,fckl->ncij", windows, w[:, :, ::-1, ::-1])
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
"""

_matrix = partial(_backward, form=MATRIX_PRODUCT)
_full = partial(_backward, form=FULL_CONVOLUTION)

_CROPPING = (
    "dx is the part of the padded gradient where x stood: it starts at pad and has x's size."
)
_STRIDE = "Window (i, j) starts at row i * stride and column j * stride, in dx and in dw alike."
_SUMS = "A gradient of a sum is a sum: nothing is averaged unless the forward averaged it."
_ADDING = "What is used several times collects its gradients: they are added up."
_SCATTER = (
    "The scatter form adds dout[n, f, i, j] * w[f] as it stands; only the form that "
    "convolves dout needs the kernel rotated by 180 degrees."
)
_BIAS = "db has the shape of b, (F,): dout summed over images, rows and columns."
_AXES = "Height and width are two numbers: H, HH, H' belong to rows, W, WW, W' to columns."
_READ_ONLY = "A backward returns gradients and changes nothing it was given."

MISTAKES = (
    # The padding in dx
    _backward(
        "C02",
        title="the crop dx[:, :, pad:-pad, pad:-pad] is empty when pad is 0",
        question="What does the slice 0:-0 select?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, pad:-pad, pad:-pad]"),),
    ),
    _backward(
        "C01",
        title="the padding was not cut off from dx",
        question="Which shape must dx have, and which has the array that you return?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad"),),
    ),
    _backward(
        "C03",
        title="the crop of dx starts at 0 instead of at pad",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, :H, :W]"),),
    ),
    _backward(
        "C04",
        title="height and width are swapped in the crop of dx",
        question="Which axis of dx has H entries?",
        remedy=_AXES,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, pad : pad + W, pad : pad + H]"),),
    ),
    _backward(
        "C05",
        title="the crop of dx is right for rows but starts at 0 for columns",
        question="Are rows and columns padded alike?",
        remedy=_CROPPING,
        check="dx",
        edits=((_CROP, "dx = dx_pad[:, :, pad : pad + H, :W]"),),
    ),
    _backward(
        "C70",
        title="the padding is taken to be 1, whatever conv_param says",
        question="Where does your function read conv_param['pad']?",
        remedy=_CROPPING,
        check="dx",
        edits=(('conv_param["stride"], conv_param["pad"]', 'conv_param["stride"], 1'),),
    ),
    _backward(
        "C11",
        title="windows are cut from x instead of the padded x",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=(
            (_WINDOW, _WINDOW.replace("x_pad", "x")),
            (
                _DW,
                "part = w[f] * 0\n                    part[:, : window.shape[1], : window.shape[2]] = window\n                    dw[f] += dout[n, f, i, j] * part",
            ),
        ),
    ),
    _backward(
        "C71",
        title="windows are cut from x, which does not fit where x is smaller than its padding",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=((_WINDOW, _WINDOW.replace("x_pad", "x")),),
    ),
    _backward(
        "C40",
        title="x is padded with its border values instead of zeros",
        question="What did the forward put around x?",
        remedy="The backward pads as the forward did: with zeros.",
        check="dw",
        edits=((_PAD, _PAD[:-1] + ', mode="edge")'),),
    ),
    _backward(
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
    _full(
        "C72",
        title="dout is padded once too little, so that dx loses its last rows and columns",
        question="How many zeros must stand around dout for every pixel of x to have a window?",
        remedy="The full convolution pads dout by HH - 1 rows and WW - 1 columns on each side.",
        check="dx",
        edits=(("(HH - 1, HH - 1), (WW - 1, WW - 1)", "(HH - 1, HH - 2), (WW - 1, WW - 2)"),),
    ),
    # Adding up
    _backward(
        "C06",
        title="dx is assigned (=) where windows overlap, instead of added (+=)",
        question="How many windows read the pixel in the middle of x?",
        remedy=_ADDING,
        check="dx",
        edits=((_DX, _DX.replace("+=", "=")),),
    ),
    _backward(
        "C07",
        title="dw is assigned (=) instead of added (+=): only the last window counts",
        question="In how many windows is w[f] used?",
        remedy=_ADDING,
        check="dw",
        edits=((_DW, _DW.replace("+=", "=")),),
    ),
    _matrix(
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
    _backward(
        "C31",
        title="dw is set back to zero for every image",
        question="Do all images share w?",
        remedy=_ADDING,
        check="dw",
        edits=(("for n in range(N):", "for n in range(N):\n        dw = np.zeros(w.shape)"),),
    ),
    _backward(
        "C30",
        title="only the first image of the batch is used",
        question="Which values does n take in your loop?",
        remedy="Every image of the batch contributes.",
        check="dx",
        edits=(("for n in range(N):", "for n in range(1):"),),
    ),
    _backward(
        "C27",
        title="dx is collected in the padded x itself, which is neither zero nor a copy",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros of their own.",
        check="dx",
        edits=(("dx_pad = np.zeros(x_pad.shape)", "dx_pad = x_pad"),),
    ),
    _backward(
        "C73",
        title="the buffer of dx starts with x in it",
        question="What is in your buffer for dx before the first window?",
        remedy="Gradients are collected in an array of zeros of their own.",
        check="dx",
        edits=(("dx_pad = np.zeros(x_pad.shape)", "dx_pad = x_pad.astype(float)"),),
    ),
    # The kernel's orientation
    _backward(
        "C08",
        title="the kernel was rotated by 180 degrees although dx is scattered",
        question="Which weight multiplied x[n, c, top, left] in the forward?",
        remedy=_SCATTER,
        check="dx",
        edits=((_DX, _DX + "[:, ::-1, ::-1]"),),
    ),
    _backward(
        "C09",
        title="the kernel was flipped along one axis in dx",
        question="Which weight multiplied x[n, c, top, left] in the forward?",
        remedy=_SCATTER,
        check="dx",
        edits=((_DX, _DX + "[:, :, ::-1]"),),
    ),
    _backward(
        "C10",
        title="the kernel was transposed in dx",
        question="Is row r of the kernel still its row r where you add it to dx?",
        remedy=_SCATTER,
        check="dx",
        edits=((_DX, _DX + ".transpose(0, 2, 1)"),),
    ),
    _full(
        "C66",
        title="dout was convolved with the kernel as it stands, not rotated by 180 degrees",
        question="The first weight of a window belongs to the last window that reads a pixel: why?",
        remedy="dx is the full convolution of dout with the kernel rotated by 180 degrees.",
        check="dx",
        edits=(("w[:, :, ::-1, ::-1]", "w"),),
    ),
    _backward(
        "C38",
        title="windows were rotated by 180 degrees in dw",
        question="Which pixel did w[f, c, 0, 0] multiply?",
        remedy="dw[f] adds up the windows as they stand, each times its dout.",
        check="dw",
        edits=((_DW, _DW + "[:, ::-1, ::-1]"),),
    ),
    # Stride
    _backward(
        "C14",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_STRIDE,
        check="dw",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _backward(
        "C12",
        title="the stride is ignored in dx",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_STRIDE,
        check="dx",
        edits=((_DX, _DX.replace("top : top", "i : i").replace("left : left", "j : j")),),
    ),
    _backward(
        "C13",
        title="the stride is ignored in dw",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=_STRIDE,
        check="dw",
        edits=((_WINDOW, _WINDOW.replace("top : top", "i : i").replace("left : left", "j : j")),),
    ),
    _backward(
        "C15",
        title="the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=_STRIDE,
        check="dw",
        edits=((_CORNER, "top, left = i * stride, j"),),
    ),
    _backward(
        "C74",
        title="windows are placed side by side: the kernel's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the kernel is 3 x 3?",
        remedy=_STRIDE,
        check="dw",
        edits=(
            (
                _CORNER,
                "top, left = min(i * HH, x_pad.shape[2] - HH), min(j * WW, x_pad.shape[3] - WW)",
            ),
        ),
    ),
    _backward(
        "C44",
        title="dx is multiplied by the stride",
        question="Does a pixel count more when windows stand further apart?",
        remedy="The stride says where windows stand; it is no factor.",
        check="dx",
        edits=((_RETURN, "return dx * stride, dw, db"),),
    ),
    _full(
        "C69",
        title="dilated dout is divided by the square of the stride",
        question="Does a pixel count less when windows stand further apart?",
        remedy="The stride says where windows stand; it is no factor.",
        check="dx",
        edits=(
            (
                "windows = np.lib.stride_tricks.sliding_window_view(x_pad",
                "dilated /= stride**2\n    windows = np.lib.stride_tricks.sliding_window_view(x_pad",
            ),
        ),
    ),
    _backward(
        "C46",
        title="stride and pad are swapped",
        question="Which of the two values is conv_param['stride']?",
        remedy="A dictionary is read by its keys; the order of its entries means nothing.",
        check="dx",
        edits=(("stride, pad = conv_param[", "pad, stride = conv_param["),),
    ),
    _full(
        "C64",
        title="dout was not dilated by the stride before it was convolved",
        question="With stride 2, how far apart are two neighbours of dout in x?",
        remedy="Between neighbours of dout stand stride - 1 zeros, and the remainder behind the last.",
        check="dx",
        edits=(
            ("dilated = np.zeros((N, F, H_pad - HH + 1, W_pad - WW + 1))", "dilated = dout"),
            ("    dilated[:, :, ::stride, ::stride][:, :, :H_out, :W_out] = dout\n", ""),
            (
                '"nfij,ncijkl->fckl", dilated, windows)',
                '"nfij,ncijkl->fckl", dout, windows[:, :, ::stride, ::stride][:, :, :H_out, :W_out])',
            ),
        ),
    ),
    _full(
        "C65",
        title="the dilated dout lacks the rows and columns that no window reached",
        question="Does every row of x belong to a window when the stride leaves a remainder?",
        remedy="Between neighbours of dout stand stride - 1 zeros, and the remainder behind the last.",
        check="dx",
        edits=(
            (
                "dilated = np.zeros((N, F, H_pad - HH + 1, W_pad - WW + 1))",
                "dilated = np.zeros((N, F, stride * (H_out - 1) + 1, stride * (W_out - 1) + 1))",
            ),
            (
                '"nfij,ncijkl->fckl", dilated, windows)',
                '"nfij,ncijkl->fckl", dout, windows[:, :, ::stride, ::stride][:, :, :H_out, :W_out])',
            ),
        ),
    ),
    _backward(
        "C42",
        title="dx is sized from the output, so that the remainder of x is missing",
        question="Does every row of x belong to a window when the stride leaves a remainder?",
        remedy="dx has the shape of x; pixels that no window reads have gradient 0.",
        check="dx",
        edits=(
            (
                "dx_pad = np.zeros(x_pad.shape)",
                "dx_pad = np.zeros((N, C, stride * (H_out - 1) + HH, stride * (W_out - 1) + WW))",
            ),
        ),
    ),
    # db
    _backward(
        "C16",
        title="db is summed over filters instead of images",
        question="Which axis of dout is the filter's?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout.sum(axis=(1, 2, 3))"),),
    ),
    _backward(
        "C17",
        title="db still has one row per image",
        question="Do all images share b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout.sum(axis=(2, 3))"),),
    ),
    _backward(
        "C18",
        title="db is one number for all filters",
        question="Which shape has b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout.sum()"),),
    ),
    _backward(
        "C19",
        title="db has shape (F, 1) instead of (F,)",
        question="Which shape has b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, _DB + ".reshape(F, 1)"),),
    ),
    _backward(
        "C20",
        title="db is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=_SUMS,
        check="db",
        edits=((_DB, "db = dout.sum(axis=(2, 3)).mean(axis=0)"),),
    ),
    _backward(
        "C75",
        title="db is the sum over the first image only",
        question="Do all images share b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout[0].sum(axis=(1, 2))"),),
    ),
    # Averages
    _backward(
        "C21",
        title="dw is averaged over the batch",
        question="Does the forward divide by N?",
        remedy=_SUMS,
        check="dw",
        edits=((_RETURN, "return dx, dw / N, db"),),
    ),
    _backward(
        "C22",
        title="all gradients are divided by the size of the batch",
        question="Does the forward divide by N?",
        remedy=_SUMS,
        check="dx",
        edits=((_RETURN, "return dx / N, dw / N, db / N"),),
    ),
    _backward(
        "C23",
        title="dw and db are averaged over the positions",
        question="Does the forward divide by the number of windows?",
        remedy=_SUMS,
        check="dw",
        edits=((_RETURN, "return dx, dw / (H_out * W_out), db / (H_out * W_out)"),),
    ),
    # The upstream gradient
    _backward(
        "C24",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every contribution is multiplied by its dout[n, f, i, j].",
        check="dx",
        edits=((_DW, "dw[f] += window"), (_DX, _DX.replace("dout[n, f, i, j] * ", ""))),
    ),
    _backward(
        "C76",
        title="dx is zero everywhere",
        question="Which line of your function adds to dx?",
        remedy="Every window sends dout[n, f, i, j] * w[f] back to where it stood.",
        check="dx",
        edits=((_DX, "pass"),),
    ),
    _backward(
        "C33",
        title="rows and columns of dout are swapped",
        question="Which index of dout belongs to rows?",
        remedy=_AXES,
        check="dx",
        edits=(
            (
                _DW,
                "di, dj = min(j, H_out - 1), min(i, W_out - 1)\n                    dw[f] += dout[n, f, di, dj] * window",
            ),
            (_DX, _DX.replace("dout[n, f, i, j]", "dout[n, f, di, dj]")),
        ),
    ),
    _matrix(
        "C50",
        title="dout was reshaped to (F, -1) without bringing the filter axis to the front",
        question="Which entries stand in row 0 of dout.reshape(F, -1)?",
        remedy="Reshape keeps the order of memory: transpose to (F, H', W', N) first.",
        check="dw",
        edits=(("flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)", "flat = dout.reshape(F, -1)"),),
    ),
    _matrix(
        "C51",
        title="columns of dout and of x are in different orders",
        question="To which image and position does column 1 belong, in each of the two matrices?",
        remedy="Both matrices list their columns in the same order.",
        check="dw",
        edits=(("dout.transpose(1, 2, 3, 0)", "dout.transpose(1, 0, 2, 3)"),),
    ),
    _matrix(
        "C59",
        title="the columns of dx are reshaped with the image axis first",
        question="In which order did you list images and positions?",
        remedy="Going back from columns undoes the steps of going there, in reverse order.",
        check="dx",
        edits=(
            (
                "dcolumns.reshape(C * HH * WW, -1, N).transpose(2, 0, 1)",
                "dcolumns.reshape(N, C * HH * WW, -1)",
            ),
        ),
    ),
    # Axes and loops
    _backward(
        "C32",
        title="the filter's index is used for the channel in dw",
        question="Does a filter see one channel, or all of them?",
        remedy="Each filter has a kernel for every channel: dw[f] adds windows of all channels.",
        check="dw",
        edits=((_DW, "dw[f] += dout[n, f, i, j] * window[f % C]"),),
    ),
    _backward(
        "C39",
        title="filter and channel axes of w are swapped in dx",
        question="Which axis of w is the filter's?",
        remedy="w[f] is the kernel of filter f, with one slice per channel.",
        check="dx",
        edits=((_DX, _DX.replace("w[f]", "w.reshape(C, F, HH, WW)[:, f]")),),
    ),
    _backward(
        "C77",
        title="w is indexed by channel and then filter in dx, which fits only where F = C",
        question="Which axis of w is the filter's?",
        remedy="w[f] is the kernel of filter f, with one slice per channel.",
        check="dx",
        edits=((_DX, _DX.replace("w[f]", "w[:, f % C]")),),
    ),
    _backward(
        "C41",
        title="the loop runs over channels instead of filters",
        question="How many filters does w hold?",
        remedy="f runs over the F filters; channels are inside w[f].",
        check="dw",
        edits=(("for f in range(F):", "for f in range(min(C, F)):"),),
    ),
    _backward(
        "C47",
        title="kernels are summed over their channels in dx",
        question="Which weight multiplied channel c of x?",
        remedy="Channel c of dx collects channel c of the kernels.",
        check="dx",
        edits=((_DX, _DX + ".sum(axis=0)"),),
    ),
    _backward(
        "C34",
        title="the loop over columns runs over the output's height",
        question="How many windows stand side by side, and how many below each other?",
        remedy=_AXES,
        check="dw",
        edits=(("for j in range(W_out):", "for j in range(min(H_out, W_out)):"),),
    ),
    _backward(
        "C37",
        title="the last row of windows is left out",
        question="Which is the last value of i in your loop?",
        remedy="range(H') runs from 0 to H' - 1 already.",
        check="dw",
        edits=(("for i in range(H_out):", "for i in range(H_out - 1):"),),
    ),
    _backward(
        "C78",
        title="the last column of windows is left out",
        question="Which is the last value of j in your loop?",
        remedy="range(W') runs from 0 to W' - 1 already.",
        check="dw",
        edits=(("for j in range(W_out):", "for j in range(W_out - 1):"),),
    ),
    _backward(
        "C35",
        title="the kernel's height is used for its width too",
        question="Is your kernel square in every case?",
        remedy=_AXES,
        check="dx",
        edits=(("F, _, HH, WW = w.shape", "F, _, HH, WW = w.shape\n    WW = HH"),),
    ),
    _backward(
        "C79",
        title="the function insists on square images or kernels",
        question="Does anything in the formulas need H = W?",
        remedy=_AXES,
        check="dx",
        edits=(
            (
                "N, C, H, W = x.shape",
                'N, C, H, W = x.shape\n    assert H == W, "square images only"',
            ),
        ),
    ),
    _backward(
        "C80",
        title="loops run over the input's size instead of the output's",
        question="How many windows are there?",
        remedy="dout.shape tells how many windows there are in each direction.",
        check="dx",
        edits=(("_, _, H_out, W_out = dout.shape", "H_out, W_out = H, W"),),
    ),
    _backward(
        "C81",
        title="too strict a check of sizes rejects strides that leave a remainder",
        question="What does the forward do with rows that no whole window reaches?",
        remedy="Rows and columns that no whole window reaches are simply left out.",
        check="dx",
        edits=(
            (
                "F, _, HH, WW = w.shape",
                "F, _, HH, WW = w.shape\n    assert (H + 2 * pad - HH) % stride == 0\n    assert (W + 2 * pad - HH) % stride == 0",
            ),
        ),
    ),
    _matrix(
        "C57",
        title="the output's width is computed with the kernel's height",
        question="Is your kernel square in every case?",
        remedy=_AXES,
        check="dw",
        edits=(("(W + 2 * pad - WW)", "(W + 2 * pad - HH)"),),
    ),
    _full(
        "C68",
        title="dout is padded by the kernel's height on all sides",
        question="Is your kernel square in every case?",
        remedy=_AXES,
        check="dx",
        edits=(("(WW - 1, WW - 1)", "(HH - 1, HH - 1)"),),
    ),
    _matrix(
        "C52",
        title="dw is reshaped with the channel axis last",
        question="In which order are the rows of the column matrix: channel, row, column?",
        remedy="A matrix of weights has its rows in the order of w: channel, row, column.",
        check="dw",
        edits=(
            (
                "(flat @ columns.T).reshape(w.shape)",
                "(flat @ columns.T).reshape(F, HH, WW, -1).transpose(0, 3, 1, 2)",
            ),
        ),
    ),
    _matrix(
        "C53",
        title="the columns of dx are transposed",
        question="Which shape has the column matrix?",
        remedy="The gradient of a matrix has the shape of the matrix.",
        check="dx",
        edits=(("w.reshape(F, -1).T @ flat", "(w.reshape(F, -1).T @ flat).T"),),
    ),
    _matrix(
        "C56",
        title="the matrix of weights is not transposed for dx",
        question="Which shape has w.reshape(F, -1), and which has dout as a matrix?",
        remedy="The gradient of A in A @ B is dout @ B.T, the gradient of B is A.T @ dout.",
        check="dx",
        edits=(("w.reshape(F, -1).T @ flat", "w.reshape(F, -1) @ flat"),),
    ),
    _matrix(
        "C60",
        title="rows of the kernel are enumerated in the wrong order",
        question="Which kernel row belongs to entry k of a flattened kernel?",
        remedy="A flattened kernel runs through columns first: row k // WW, column k % WW.",
        check="dw",
        edits=(
            (
                "row = np.tile(np.repeat(np.arange(HH), WW), C)",
                "row = np.tile(np.arange(HH), WW * C)",
            ),
        ),
    ),
    _matrix(
        "C61",
        title="channels are enumerated in the wrong order",
        question="Which channel belongs to entry k of a flattened window?",
        remedy="A flattened window runs through all entries of one channel before the next.",
        check="dw",
        edits=(
            (
                "np.repeat(np.arange(C), HH * WW).reshape(-1, 1)",
                "np.tile(np.arange(C), HH * WW).reshape(-1, 1)",
            ),
        ),
    ),
    _matrix(
        "C62",
        title="the buffer of dx is padded once instead of on both sides",
        question="How many rows does padding add?",
        remedy="Padding adds pad rows above and pad rows below: H + 2 * pad.",
        check="dx",
        edits=(
            ("np.zeros((N, C, H + 2 * pad, W + 2 * pad))", "np.zeros((N, C, H + pad, W + pad))"),
        ),
    ),
    _matrix(
        "C63",
        title="the column matrix is built from x without its padding",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=(("columns = x_pad[", "columns = x["),),
    ),
    _matrix(
        "C55",
        title="pad 1 and stride 1 are hard-coded where columns are put back",
        question="Where does your function read conv_param?",
        remedy=_STRIDE,
        check="dx",
        edits=(
            (
                "np.add.at(",
                "H_one, W_one = 1 + H + 2 - HH, 1 + W + 2 - WW\n    row = np.tile(np.repeat(np.arange(HH), WW), C).reshape(-1, 1) + np.repeat(np.arange(H_one), W_one)\n    col = np.tile(np.arange(WW), HH * C).reshape(-1, 1) + np.tile(np.arange(W_one), H_one)\n    np.add.at(",
            ),
        ),
    ),
    _full(
        "C67",
        title="windows are strided along rows only",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=_STRIDE,
        check="dw",
        edits=(
            (
                'np.einsum("nfij,ncijkl->fckl", dilated, windows)',
                'np.einsum("nfij,ncijkl->fckl", dout, windows[:, :, ::stride][:, :, :H_out])',
            ),
        ),
    ),
    # What leaks in
    _backward(
        "C48",
        title="the bias leaks into dx",
        question="Does b multiply x anywhere in the forward?",
        remedy="b is only added: it appears in no gradient.",
        check="dx",
        edits=((_DX, _DX.replace("w[f]", "(w[f] + b[f])")),),
    ),
    _backward(
        "C49",
        title="the bias leaks into dw",
        question="Does b multiply w anywhere in the forward?",
        remedy="b is only added: it appears in no gradient.",
        check="dw",
        edits=((_DW, _DW.replace("window", "(window + b[f])")),),
    ),
    _backward(
        "C43",
        title="gradients are returned in another order",
        question="In which order does the docstring list them?",
        remedy="The function returns dx, dw, db, in this order.",
        check="dw",
        edits=((_RETURN, "return dx, db, dw"),),
    ),
    # Behaviour
    _backward(
        "C25",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=_READ_ONLY,
        check="unchanged",
        edits=((_DX, _DX + "\n                    dout[n, f, i, j] = 0"),),
    ),
    _backward(
        "C26",
        title="the weights are updated inside the backward",
        question="What is in w after your function has run?",
        remedy="Updating parameters is the optimiser's work, after every gradient is known.",
        check="unchanged",
        edits=((_RETURN, "w -= 0.01 * dw\n    return dx, dw, db"),),
    ),
    _backward(
        "C45",
        title="gradients of earlier calls are still in the accumulator",
        question="Where is your dw made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            (
                "def conv_backward_naive(dout, cache):",
                "def conv_backward_naive(dout, cache, kept={}):",
            ),
            (
                "dw = np.zeros(w.shape)",
                "dw = kept.setdefault((x.shape, w.shape), np.zeros(w.shape))",
            ),
        ),
    ),
    # Number types
    _backward(
        "C28",
        title="dx is collected in float32",
        question="Which dtype has your buffer?",
        remedy="Gradients are float64 here: float32 keeps seven digits only.",
        check="dx",
        edits=(("np.zeros(x_pad.shape)", "np.zeros(x_pad.shape, dtype=np.float32)"),),
    ),
    _backward(
        "C29",
        title="dx inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="Gradients are float64, whatever the dtype of x: np.zeros(x.shape).",
        check="integers",
        edits=(("np.zeros(x_pad.shape)", "np.zeros_like(x_pad)"),),
    ),
    # Forward
    _forward(
        "F01",
        title="the padding is taken to be 1, whatever conv_param says",
        question="Where does your function read conv_param['pad']?",
        remedy="pad may be 0, 1, 2 or more.",
        check="out_plain",
        edits=(('conv_param["stride"], conv_param["pad"]', 'conv_param["stride"], 1'),),
    ),
    _forward(
        "F02",
        title="the loops run over the input's size instead of the output's",
        question="How many windows are there?",
        remedy="There are 1 + (H + 2 pad - HH) // stride windows below each other.",
        check="out_plain",
        edits=(("for i in range(H_out):", "for i in range(H):"),),
    ),
    _forward(
        "F03",
        title="height and width of the output are swapped",
        question="Which axis of out has H' entries?",
        remedy=_AXES,
        check="out_plain",
        edits=(("np.zeros((N, F, H_out, W_out))", "np.zeros((N, F, W_out, H_out))"),),
    ),
    _forward(
        "F04",
        title="out is summed over the batch",
        question="Does image 1 see image 0?",
        remedy="Every image has an output of its own.",
        check="out_plain",
        edits=(("return out, cache", "return out.sum(axis=0, keepdims=True), cache"),),
    ),
    _forward(
        "F05",
        title="the cache holds rotated weights",
        question="Which w does your backward read?",
        remedy="The cache holds x, w, b and conv_param as they were given.",
        check="cache",
        edits=(
            ("cache = (x, w, b, conv_param)", "cache = (x, w[:, :, ::-1, ::-1], b, conv_param)"),
        ),
    ),
    _forward(
        "F06",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy="Window (i, j) starts at row i * stride and column j * stride.",
        check="out_stride",
        edits=((_CORNER, "top, left = i, j"),),
    ),
    _forward(
        "F07",
        title="the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy="Window (i, j) starts at row i * stride and column j * stride.",
        check="out_stride",
        edits=((_CORNER, "top, left = i * stride, j"),),
    ),
    _forward(
        "F08",
        title="the bias is forgotten",
        question="Which of the arguments does your function never read?",
        remedy="b[f] is added to every entry of filter f.",
        check="out_plain",
        edits=((" + b[f]", ""),),
    ),
    _forward(
        "F09",
        title="the bias is added once per window entry",
        question="How often is b[f] added to one entry of out?",
        remedy="b[f] is added once, after the sum.",
        check="out_plain",
        edits=(("np.sum(window * w[f]) + b[f]", "np.sum(window * w[f] + b[f])"),),
    ),
    _forward(
        "F10",
        title="the kernel is rotated by 180 degrees",
        question="Which weight multiplies the window's first pixel?",
        remedy='"Convolution" here is cross-correlation: the kernel is not rotated.',
        check="out_plain",
        edits=(("window * w[f]", "window * w[f][:, ::-1, ::-1]"),),
    ),
    _forward(
        "F11",
        title="only one channel is used",
        question="Does a filter see one channel, or all of them?",
        remedy="The sum runs over channels, rows and columns of the window.",
        check="out_plain",
        edits=(("np.sum(window * w[f])", "np.sum(window[0] * w[f, 0])"),),
    ),
    _forward(
        "F12",
        title="the output's size is computed without the padding",
        question="How many windows has the padded x?",
        remedy="There are 1 + (H + 2 pad - HH) // stride windows below each other.",
        check="out_padding",
        edits=(("(H + 2 * pad - HH)", "(H - HH)"), ("(W + 2 * pad - WW)", "(W - WW)")),
    ),
    _forward(
        "F13",
        title="windows are cut from x instead of the padded x",
        question="From which array do you cut the windows?",
        remedy="Windows are cut from the padded x.",
        check="out_padding",
        edits=(
            (_WINDOW, _WINDOW.replace("x_pad", "x")),
            (
                "np.sum(window * w[f])",
                "np.sum(window * w[f][:, : window.shape[1], : window.shape[2]])",
            ),
        ),
    ),
    _forward(
        "F14",
        title="x is padded with its border values instead of zeros",
        question="What stands around x?",
        remedy="x is surrounded by zeros.",
        check="out_padding",
        edits=((_PAD, _PAD[:-1] + ', mode="edge")'),),
    ),
    _forward(
        "F15",
        title="x is padded on one side only",
        question="How many rows does padding add?",
        remedy="Padding adds pad rows above and pad rows below.",
        check="out_padding",
        edits=((_PAD, "np.pad(x, ((0, 0), (0, 0), (2 * pad, 0), (2 * pad, 0)))"),),
    ),
    _forward(
        "F16",
        title="the output is one row and column short",
        question="How many windows of width 2 fit into a row of 3?",
        remedy="There are 1 + (H + 2 pad - HH) // stride windows below each other.",
        check="out_plain",
        edits=(("H_out = 1 + ", "H_out = "), ("W_out = 1 + ", "W_out = ")),
    ),
    _forward(
        "F17",
        title="the output's size is rounded up",
        question="What happens to rows that no whole window reaches?",
        remedy="Rows and columns that no whole window reaches are left out.",
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - HH) // stride", "1 - (HH - H - 2 * pad) // stride"),
            ("1 + (W + 2 * pad - WW) // stride", "1 - (WW - W - 2 * pad) // stride"),
            (
                "np.sum(window * w[f])",
                "np.sum(window * w[f][:, : window.shape[1], : window.shape[2]])",
            ),
        ),
    ),
    _forward(
        "F18",
        title="windows are placed side by side: the kernel's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the kernel is 3 x 3?",
        remedy="Window (i, j) starts at row i * stride and column j * stride.",
        check="out_plain",
        edits=(
            (
                _CORNER,
                "top, left = min(i * HH, x_pad.shape[2] - HH), min(j * WW, x_pad.shape[3] - WW)",
            ),
        ),
    ),
    _forward(
        "F19",
        title="a line that needs more than one image fails for a single one",
        question="Does your function work for N = 1?",
        remedy="Every size may be 1.",
        check="out_stride",
        edits=(("return out, cache", "out[1, 0]\n    return out, cache"),),
    ),
    _forward(
        "F20",
        title="out is collected in the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="The result is float64, whatever the dtype of x.",
        check="integers",
        edits=(
            ("np.zeros((N, F, H_out, W_out))", "np.zeros((N, F, H_out, W_out), dtype=x.dtype)"),
        ),
    ),
    _forward(
        "F21",
        title="out is collected in float32",
        question="Which dtype has your buffer?",
        remedy="Results are float64 here: float32 keeps seven digits only.",
        check="out_stride",
        edits=(
            ("np.zeros((N, F, H_out, W_out))", "np.zeros((N, F, H_out, W_out), dtype=np.float32)"),
        ),
    ),
    _forward(
        "F22",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy="A forward reads its inputs and changes nothing.",
        check="unchanged",
        edits=(("return out, cache", "x *= 0\n    return out, (x.copy(), w, b, conv_param)"),),
    ),
    _forward(
        "F23",
        title="every window is averaged instead of summed",
        question="Does a convolution divide by anything?",
        remedy="out[n, f, i, j] is a sum of products, plus b[f].",
        check="out_plain",
        edits=(("np.sum(window * w[f])", "np.mean(window * w[f])"),),
    ),
    _forward(
        "F24",
        title="every image is image 0",
        question="Which image does your window come from?",
        remedy="Every image has an output of its own.",
        check="out_plain",
        edits=(("x_pad[n, :,", "x_pad[0, :,"),),
    ),
    _forward(
        "F25",
        title="the cache is missing something the backward needs",
        question="What does your backward read from the cache?",
        remedy="The cache holds x, w, b and conv_param as they were given.",
        check="cache",
        edits=(("cache = (x, w, b, conv_param)", "cache = (x, w, b)"),),
    ),
    _forward(
        "F26",
        title="stride and pad are swapped",
        question="Which of the two values is conv_param['stride']?",
        remedy="A dictionary is read by its keys; the order of its entries means nothing.",
        check="out_plain",
        edits=(("stride, pad = conv_param[", "pad, stride = conv_param["),),
    ),
)

EQUIVALENTS = (
    Equivalent("matrix product", "conv_backward_naive", form=MATRIX_PRODUCT, reason="im2col form"),
    Equivalent(
        "full convolution",
        "conv_backward_naive",
        form=FULL_CONVOLUTION,
        reason="convolving the dilated dout with the rotated kernel is the same sum",
    ),
    Equivalent(
        "db from the padded dout",
        "conv_backward_naive",
        form=FULL_CONVOLUTION,
        edits=((_DB, "db = dilated.sum(axis=(0, 2, 3))"),),
        reason="zeros between the entries add nothing",
    ),
    Equivalent(
        "shorter slice",
        "conv_backward_naive",
        edits=(
            (_WINDOW, "window = x_pad[n, :, top : top + (HH - 1) + 1, left : left + (WW - 1) + 1]"),
        ),
        reason="both slices select the same rows and columns",
    ),
    Equivalent(
        "crop with None",
        "conv_backward_naive",
        edits=((_CROP, "end = -pad or None\n    dx = dx_pad[:, :, pad:end, pad:end]"),),
        reason="-0 or None is None, so the slice runs to the end",
    ),
    Equivalent(
        "gradients in Fortran order",
        "conv_backward_naive",
        edits=((_RETURN, "return np.asfortranarray(dx), np.asfortranarray(dw), db"),),
        reason="the order in memory is not part of an array's value",
    ),
    *(
        Equivalent(
            name,
            "conv_forward_naive",
            edits=((_CACHE, f"cache = {cache}"),),
            partner=Change(name, "conv_backward_naive", edits=((_UNPACK, unpack),)),
            reason="forward and backward agree on a cache of their own",
        )
        for name, cache, unpack in (
            (
                "a dictionary",
                '{"x": x, "w": w, "p": conv_param}',
                'x, w, conv_param = cache["x"], cache["w"], cache["p"]',
            ),
            ("another order", "[conv_param, w, x]", "conv_param, w, x = cache"),
            (
                "extra items",
                "(x, w, b, conv_param, x_pad, out.shape)",
                "x, w, b, conv_param, *_ = cache",
            ),
            (
                "padded x",
                "(x_pad, w, b, conv_param)",
                'x, w, b, conv_param = cache\n    p = conv_param["pad"]\n'
                "    x = x[:, :, p : x.shape[2] - p, p : x.shape[3] - p]",
            ),
            (
                "reshaped w",
                "(x, w.reshape(F, -1), w.shape, conv_param)",
                "x, w, shape, conv_param = cache\n    w = w.reshape(shape)",
            ),
        )
    ),
)
