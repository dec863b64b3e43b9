"""The matrix form: windows as columns."""

from autograder.misconceptions.convolution.forms import matrix
from autograder.misconceptions.convolution.rules import AXES, STRIDE

MISTAKES = (
    matrix(
        "C50",
        title="dout was reshaped to (F, -1) without bringing the filter axis to the front",
        question="Which entries stand in row 0 of dout.reshape(F, -1)?",
        remedy="Reshape keeps the order of memory: transpose to (F, H', W', N) first.",
        check="dw",
        edits=(("flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)", "flat = dout.reshape(F, -1)"),),
    ),
    matrix(
        "C51",
        title="columns of dout and of x are in different orders",
        question="To which image and position does column 1 belong, in each of the two matrices?",
        remedy="Both matrices list their columns in the same order.",
        check="dw",
        edits=(("dout.transpose(1, 2, 3, 0)", "dout.transpose(1, 0, 2, 3)"),),
    ),
    matrix(
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
    matrix(
        "C57",
        title="the output's width is computed with the kernel's height",
        question="Is your kernel square in every case?",
        remedy=AXES,
        check="dw",
        edits=(("(W + 2 * pad - WW)", "(W + 2 * pad - HH)"),),
    ),
    matrix(
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
    matrix(
        "C53",
        title="the columns of dx are transposed",
        question="Which shape has the column matrix?",
        remedy="The gradient of a matrix has the shape of the matrix.",
        check="dx",
        edits=(("w.reshape(F, -1).T @ flat", "(w.reshape(F, -1).T @ flat).T"),),
    ),
    matrix(
        "C56",
        title="the matrix of weights is not transposed for dx",
        question="Which shape has w.reshape(F, -1), and which has dout as a matrix?",
        remedy="The gradient of A in A @ B is dout @ B.T, the gradient of B is A.T @ dout.",
        check="dx",
        edits=(("w.reshape(F, -1).T @ flat", "w.reshape(F, -1) @ flat"),),
    ),
    matrix(
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
    matrix(
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
    matrix(
        "C62",
        title="the buffer of dx is padded once instead of on both sides",
        question="How many rows does padding add?",
        remedy="Padding adds pad rows above and pad rows below: H + 2 * pad.",
        check="dx",
        edits=(
            ("np.zeros((N, C, H + 2 * pad, W + 2 * pad))", "np.zeros((N, C, H + pad, W + pad))"),
        ),
    ),
    matrix(
        "C63",
        title="the column matrix is built from x without its padding",
        question="From which array did the forward cut its windows?",
        remedy="dw meets the same windows as the forward: those of the padded x.",
        check="dw",
        edits=(("columns = x_pad[", "columns = x["),),
    ),
    matrix(
        "C55",
        title="pad 1 and stride 1 are hard-coded where columns are put back",
        question="Where does your function read conv_param?",
        remedy=STRIDE,
        check="dx",
        edits=(
            (
                "np.add.at(",
                "H_one, W_one = 1 + H + 2 - HH, 1 + W + 2 - WW\n    row = np.tile(np.repeat(np.arange(HH), WW), C).reshape(-1, 1) + np.repeat(np.arange(H_one), W_one)\n    col = np.tile(np.arange(WW), HH * C).reshape(-1, 1) + np.tile(np.arange(W_one), H_one)\n    np.add.at(",
            ),
        ),
    ),
)
