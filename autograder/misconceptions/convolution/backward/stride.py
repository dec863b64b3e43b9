"""The stride, and what it leaves over."""

from autograder.misconceptions.convolution.forms import backward, full
from autograder.misconceptions.convolution.rules import STRIDE
from autograder.misconceptions.convolution.statements import CORNER, DX, RETURN, WINDOW

MISTAKES = (
    backward(
        "C14",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dw",
        edits=((CORNER, "top, left = i, j"),),
    ),
    backward(
        "C12",
        title="the stride is ignored in dx",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dx",
        edits=((DX, DX.replace("top : top", "i : i").replace("left : left", "j : j")),),
    ),
    backward(
        "C13",
        title="the stride is ignored in dw",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dw",
        edits=((WINDOW, WINDOW.replace("top : top", "i : i").replace("left : left", "j : j")),),
    ),
    backward(
        "C15",
        title="the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dw",
        edits=((CORNER, "top, left = i * stride, j"),),
    ),
    backward(
        "C91",
        title="in dw the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) of x start when stride is 2?",
        remedy=STRIDE,
        check="dw",
        edits=((WINDOW, WINDOW.replace("left : left", "j : j")),),
    ),
    backward(
        "C92",
        title="in dx the stride is used for rows and forgotten for columns",
        question="Where in dx does window (0, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dx",
        edits=((DX, DX.replace("left : left", "j : j")),),
    ),
    full(
        "C67",
        title="windows are strided along rows only",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dw",
        edits=(
            (
                'np.einsum("nfij,ncijkl->fckl", dilated, windows)',
                'np.einsum("nfij,ncijkl->fckl", dout, windows[:, :, ::stride][:, :, :H_out])',
            ),
        ),
    ),
    backward(
        "C74",
        title="windows are placed side by side: the kernel's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the kernel is 3 x 3?",
        remedy=STRIDE,
        check="dw",
        edits=(
            (
                CORNER,
                "top, left = min(i * HH, x_pad.shape[2] - HH), min(j * WW, x_pad.shape[3] - WW)",
            ),
        ),
    ),
    backward(
        "C93",
        title="the kernel's size is used for the stride, so that windows reach beyond the padded x",
        question="Where does window (1, 1) start when stride is 1 and the kernel is 3 x 3?",
        remedy=STRIDE,
        check="dw",
        edits=((CORNER, "top, left = i * HH, j * WW"),),
    ),
    backward(
        "C44",
        title="dx is multiplied by the stride",
        question="Does a pixel count more when windows stand further apart?",
        remedy="The stride says where windows stand; it is no factor.",
        check="dx",
        edits=((RETURN, "return dx * stride, dw, db"),),
    ),
    full(
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
    backward(
        "C46",
        title="stride and pad are swapped",
        question="Which of the two values is conv_param['stride']?",
        remedy="A dictionary is read by its keys; the order of its entries means nothing.",
        check="dx",
        edits=(("stride, pad = conv_param[", "pad, stride = conv_param["),),
    ),
    full(
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
    full(
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
    backward(
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
    backward(
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
)
