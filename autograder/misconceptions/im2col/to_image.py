"""Known wrong answers to ``col2im_indices``."""

from autograder.misconceptions.im2col.forms import (
    BACK_PUT,
    back_indices,
    back_loops,
    back_places,
    col2im,
)
from autograder.misconceptions.im2col.rules import (
    ADDING,
    AXES,
    BACK,
    CROPPING,
    ROWS,
    SIZE,
    STRIDE,
)

_ADD = "np.add.at(x_pad, (slice(None), channel, row, col), shares)"
_PLACES = "window_indices(C, field_height, field_width, H_out, W_out, stride)"
_SHARES = "cols.reshape(C * field_height * field_width, H_out * W_out, N).transpose(2, 0, 1)"
_CROP = "return x_pad[:, :, padding : padding + H, padding : padding + W]"
_BUFFER = "np.zeros((N, C, H + 2 * padding, W + 2 * padding))"
_H_OUT = "H_out = 1 + (H + 2 * padding - field_height) // stride"
_W_OUT = "W_out = 1 + (W + 2 * padding - field_width) // stride"
_SHAPE = "N, C, H, W = x_shape"
_WINDOW = "window = cols[:, column].reshape(C, field_height, field_width)"
_FIELD = "C * field_height * field_width"
_IJN = """\
    for i in range(H_out):
        for j in range(W_out):
            for n in range(N):
"""

MISTAKES = (
    col2im(
        "I201",
        title="+= through index arrays keeps only one of several contributions",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="Adding through index arrays needs np.add.at, or one addition per window or place.",
        check="x",
        edits=((_ADD, "x_pad[:, channel, row, col] += shares"),),
    ),
    back_loops(
        "I203",
        title="windows are assigned (=) where they overlap, instead of added (+=)",
        question="In how many columns does the pixel in the middle of x stand?",
        remedy=ADDING,
        check="x",
        edits=((BACK_PUT, BACK_PUT.replace("+=", "=")),),
    ),
    back_places(
        "I204",
        title="for every place in the window pixels are assigned (=), instead of added (+=)",
        question="In how many columns does the pixel in the middle of x stand?",
        remedy=ADDING,
        check="x",
        edits=(("columns] += shares", "columns] = shares"),),
    ),
    col2im(
        "I205",
        title="pixels are averaged over their columns, so that col2im undoes im2col",
        question="The forward copied a pixel into 4 windows: what does each of the 4 send back?",
        remedy="col2im is the adjoint of im2col, not its inverse: it adds, and divides by nothing.",
        check="x",
        edits=(
            (
                _ADD,
                f"{_ADD}\n    counts = np.zeros(x_pad.shape)\n"
                "    np.add.at(counts, (slice(None), channel, row, col), 1.0)\n"
                "    x_pad /= np.maximum(counts, 1)",
            ),
        ),
    ),
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
        "I214",
        title="the crop [padding:-padding] is empty when padding is 0",
        question="What does the slice 0:-0 select?",
        remedy=CROPPING,
        check="x",
        edits=((_CROP, "return x_pad[:, :, padding:-padding, padding:-padding]"),),
    ),
    col2im(
        "I215",
        title="the padding is not cut off",
        question="Which shape must the result have, and which has the array that you return?",
        remedy=CROPPING,
        check="x_padding",
        edits=((_CROP, "return x_pad"),),
    ),
    col2im(
        "I216",
        title="the crop starts at 0 instead of at padding",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=CROPPING,
        check="x_padding",
        edits=((_CROP, "return x_pad[:, :, :H, :W]"),),
    ),
    col2im(
        "I217",
        title="height and width are swapped in the crop",
        question="Which axis has H entries?",
        remedy=AXES,
        check="x",
        edits=((_CROP, "return x_pad[:, :, padding : padding + W, padding : padding + H]"),),
    ),
    col2im(
        "I218",
        title="one row and column is cut off on each side, whatever the padding is",
        question="How many rows of the padded array belong to the padding when it is 0, or 2?",
        remedy=CROPPING,
        check="x",
        edits=((_CROP, "return x_pad[:, :, 1:-1, 1:-1]"),),
    ),
    col2im(
        "I219",
        title="padding 1 is hard-coded",
        question="Where does your function use its argument padding?",
        remedy=CROPPING,
        check="x_padding",
        edits=((_H_OUT, "padding = 1\n    " + _H_OUT),),
    ),
    col2im(
        "I220",
        title="padding 1 and stride 1 are hard-coded",
        question="Where does your function use its arguments padding and stride?",
        remedy=STRIDE,
        check="x_stride",
        edits=((_H_OUT, "padding, stride = 1, 1\n    " + _H_OUT),),
    ),
    col2im(
        "I221",
        title="the buffer has room for the padding of one side only",
        question="On how many sides of a row do zeros stand?",
        remedy="The padded image has H + 2 * padding rows and W + 2 * padding columns.",
        check="x_padding",
        edits=((_BUFFER, "np.zeros((N, C, H + padding, W + padding))"),),
    ),
    back_loops(
        "I222",
        title="windows are put into x without its padding",
        question="Where does window (0, 0) start in the image without padding?",
        remedy=CROPPING,
        check="x_padding",
        edits=((_BUFFER, "np.zeros((N, C, H, W))"), (_CROP, "return x_pad")),
    ),
    col2im(
        "I223",
        title="windows stand next to each other, whatever the stride",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="x_stride",
        edits=((_PLACES, _PLACES.replace("stride", "1")),),
    ),
    back_indices(
        "I224",
        title="the stride is used for rows only",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=STRIDE,
        check="x_stride",
        edits=(("j1 = stride * ", "j1 = "),),
    ),
    back_loops(
        "I225",
        title="windows are a window apart, as if the stride were the size of the field",
        question="Where does window (1, 1) start when stride is 1?",
        remedy=STRIDE,
        check="x",
        edits=(
            ("top, left = i * stride, j * stride", "top, left = i * field_height, j * field_width"),
        ),
    ),
    col2im(
        "I226",
        title="the buffer is as large as what the windows cover: rows that none reaches are missing",
        question="Which shape must the result have when the last row is in no window?",
        remedy="The result has the shape x_shape; what no window reaches is zero.",
        check="x_stride",
        edits=(
            (
                _BUFFER,
                "np.zeros((N, C, stride * (H_out - 1) + field_height, "
                "stride * (W_out - 1) + field_width))",
            ),
        ),
    ),
    col2im(
        "I227",
        title="the number of columns of windows is computed with the field's height",
        question="Is your field square in every case?",
        remedy=AXES,
        check="x",
        edits=((_W_OUT, _W_OUT.replace("field_width", "field_height")),),
    ),
    col2im(
        "I228",
        title="H' and W' are taken for each other",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="x",
        edits=((_PLACES, _PLACES.replace("H_out, W_out", "W_out, H_out")),),
    ),
    col2im(
        "I229",
        title="the field's height and width are taken for each other",
        question="Is your field square in every case?",
        remedy=AXES,
        check="x",
        edits=(
            (_PLACES, _PLACES.replace("field_height, field_width", "field_width, field_height")),
        ),
    ),
    col2im(
        "I230",
        title="images and channels are taken for each other",
        question="Which of the four numbers of x_shape is C?",
        remedy="x_shape is (N, C, H, W): images first, then channels.",
        check="x",
        edits=((_SHAPE, "C, N, H, W = x_shape"),),
    ),
    col2im(
        "I231",
        title="height and width of x are taken for each other",
        question="Which of the four numbers of x_shape is H?",
        remedy="x_shape is (N, C, H, W): rows first, then columns.",
        check="x",
        edits=((_SHAPE, "N, C, W, H = x_shape"),),
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
    col2im(
        "I235",
        title="a remainder is refused: the function insists that windows fill the image",
        question="What becomes of rows that no whole window reaches?",
        remedy=SIZE,
        check="x_stride",
        edits=((_H_OUT, "assert (H + 2 * padding - field_height) % stride == 0\n    " + _H_OUT),),
    ),
    back_loops(
        "I236",
        title="the number of windows is computed without the padding",
        question="How large is the image that the windows slide over?",
        remedy=SIZE,
        check="x_padding",
        edits=(
            (_H_OUT, _H_OUT.replace(" + 2 * padding", "")),
            (_W_OUT, _W_OUT.replace(" + 2 * padding", "")),
        ),
    ),
    back_loops(
        "I237",
        title="the last row and column of windows is left out",
        question="How many windows has a row that is as long as the field?",
        remedy=SIZE,
        check="x",
        edits=((_H_OUT, _H_OUT.replace("1 + ", "")), (_W_OUT, _W_OUT.replace("1 + ", ""))),
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
    col2im(
        "I241",
        title="nothing is added: the result is zero everywhere",
        question="Which line of your function adds to the image?",
        remedy=ADDING,
        check="x",
        edits=((_ADD, "pass"),),
    ),
    col2im(
        "I242",
        title="the buffer is float32",
        question="Which dtype has your buffer?",
        remedy="Numbers are float64 here: float32 keeps seven digits only.",
        check="x_stride",
        edits=((_BUFFER, _BUFFER[:-1] + ", dtype=np.float32)"),),
    ),
    col2im(
        "I243",
        title="what earlier calls have added is still in the buffer",
        question="Where is your buffer made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            ("padding, stride):", "padding, stride, kept={}):"),
            (f"x_pad = {_BUFFER}", f"x_pad = kept.setdefault((x_shape, stride), {_BUFFER})"),
            (_CROP, f"{_CROP}.copy()"),
        ),
    ),
    col2im(
        "I244",
        title="cols is changed: entries are set to zero once they were added",
        question="What is in cols after your function has run?",
        remedy="What a function is given it reads, and never writes to.",
        check="unchanged",
        edits=((_ADD, f"{_ADD}\n    cols *= 0"),),
    ),
    col2im(
        "I245",
        title="the mean of all contributions is taken: everything is divided by the window's size",
        question="Does im2col multiply by anything?",
        remedy="col2im is the adjoint of im2col, not its inverse: it adds, and divides by nothing.",
        check="x",
        edits=((_CROP, f"{_CROP} / (field_height * field_width)"),),
    ),
)
