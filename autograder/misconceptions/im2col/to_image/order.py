"""Known wrong answers to ``col2im_indices``: which entry of the matrix is which."""

from autograder.misconceptions.im2col.forms import BACK_PUT, back_indices, back_loops, col2im
from autograder.misconceptions.im2col.rules import BACK, ROWS
from autograder.misconceptions.im2col.to_image.statements import SHAPE

_SHARES = "cols.reshape(C * field_height * field_width, H_out * W_out, N).transpose(2, 0, 1)"
_WINDOW = "window = cols[:, column].reshape(C, field_height, field_width)"
_FIELD = "C * field_height * field_width"
_IJN = """\
    for i in range(H_out):
        for j in range(W_out):
            for n in range(N):
"""

MISTAKES = (
    col2im(
        "I206",
        title="columns are split into images first, as if they went image by image",
        question="Which image does the second column belong to?",
        remedy=BACK,
        check="x",
        edits=((_SHARES, f"cols.reshape({_FIELD}, N, H_out * W_out).transpose(1, 0, 2)"),),
    ),
    col2im(
        "I207",
        title="the matrix is reshaped with the image axis first, which scrambles it",
        question="In which order did im2col list rows, windows and images?",
        remedy=BACK,
        check="x",
        edits=((_SHARES, f"cols.reshape(N, {_FIELD}, H_out * W_out)"),),
    ),
    col2im(
        "I208",
        title="the matrix is read transposed: every row as a window",
        question="Is a window a row or a column of the matrix?",
        remedy="A window is a column: C * field_height * field_width rows, one column a window.",
        check="x",
        edits=((_SHARES, "cols.T" + _SHARES.removeprefix("cols")),),
    ),
    back_loops(
        "I209",
        title="a column is read as (row, column, channel): channels last",
        question="Of which channel is row 1 of the matrix?",
        remedy=ROWS,
        check="x",
        edits=(
            (
                _WINDOW,
                "window = cols[:, column].reshape(field_height, field_width, C).transpose(2, 0, 1)",
            ),
        ),
    ),
    back_loops(
        "I210",
        title="each window is read column by column",
        question="Which pixel does row 1 of the matrix belong to: right of the first, or below it?",
        remedy=ROWS,
        check="x",
        edits=(
            (
                _WINDOW,
                "window = cols[:, column].reshape(C, field_width, field_height).transpose(0, 2, 1)",
            ),
        ),
    ),
    back_loops(
        "I211",
        title="each window is put back rotated by 180 degrees",
        question="Which pixel does row 0 of the matrix belong to?",
        remedy=ROWS,
        check="x",
        edits=((_WINDOW, f"{_WINDOW}[:, ::-1, ::-1]"),),
    ),
    back_loops(
        "I212",
        title="windows are taken column by column: first all that stand below each other",
        question="Where does the second window stand: right of the first, or below it?",
        remedy=BACK,
        check="x",
        edits=(
            (
                _IJN,
                """\
    for j in range(W_out):
        for i in range(H_out):
            for n in range(N):
""",
            ),
        ),
    ),
    back_loops(
        "I213",
        title="images are the outermost loop, as if columns went image by image",
        question="Which image does the second column belong to?",
        remedy=BACK,
        check="x",
        edits=(
            (
                _IJN,
                """\
    for n in range(N):
        for j in range(W_out):
            for i in range(H_out):
""",
            ),
        ),
    ),
    col2im(
        "I230",
        title="images and channels are taken for each other",
        question="Which of the four numbers of x_shape is C?",
        remedy="x_shape is (N, C, H, W): images first, then channels.",
        check="x",
        edits=((SHAPE, "C, N, H, W = x_shape"),),
    ),
    back_indices(
        "I232",
        title="channels are tiled (0, 1, 0, 1) where they should be repeated (0, 0, 1, 1)",
        question="Of which channels are the first field_height * field_width rows?",
        remedy=ROWS,
        check="x",
        edits=(
            (
                "np.repeat(np.arange(C), field_height * field_width)",
                "np.tile(np.arange(C), field_height * field_width)",
            ),
        ),
    ),
    back_indices(
        "I233",
        title="rows inside the window are tiled (0, 1, 0, 1) where they should be repeated",
        question="Entries of a window go row by row: what is the row of its second entry?",
        remedy=ROWS,
        check="x",
        edits=(
            (
                "np.tile(np.repeat(np.arange(field_height), field_width), C)",
                "np.tile(np.arange(field_height), field_width * C)",
            ),
        ),
    ),
    back_indices(
        "I234",
        title="columns inside the window are repeated (0, 0, 1, 1) where they should be tiled",
        question="Entries of a window go row by row: what is the column of its second entry?",
        remedy=ROWS,
        check="x",
        edits=(
            (
                "np.tile(np.arange(field_width), field_height * C)",
                "np.tile(np.repeat(np.arange(field_width), field_height), C)",
            ),
        ),
    ),
    back_loops(
        "I238",
        title="every window is put into image 0",
        question="Into which image goes a window of image 1?",
        remedy=BACK,
        check="x",
        edits=((BACK_PUT, BACK_PUT.replace("x_pad[n", "x_pad[0")),),
    ),
    back_loops(
        "I239",
        title="every image gets the windows of all images",
        question="Into which image goes a window of image 1?",
        remedy=BACK,
        check="x",
        edits=((BACK_PUT, BACK_PUT.replace("x_pad[n", "x_pad[:")),),
    ),
    back_loops(
        "I240",
        title="a window is added to all channels at once",
        question="Which rows of the matrix belong to channel 1?",
        remedy=ROWS,
        check="x",
        edits=((BACK_PUT, BACK_PUT.replace("+= window", "+= window.sum(axis=0)")),),
    ),
)
