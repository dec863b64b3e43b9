"""Known wrong answers to ``im2col_indices``."""

from autograder.misconceptions.im2col.forms import WINDOW, im2col, indices, loops, places
from autograder.misconceptions.im2col.rules import AXES, ORDER, PADDING, ROWS, SIZE, STRIDE

_PAD = "np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))"
_PLACES = "window_indices(C, field_height, field_width, H_out, W_out, stride)"
_FLAT = "return cols.transpose(1, 2, 0).reshape(C * field_height * field_width, -1)"
_H_OUT = "H_out = 1 + (H + 2 * padding - field_height) // stride"
_W_OUT = "W_out = 1 + (W + 2 * padding - field_width) // stride"
_IJN = """\
    for i in range(H_out):
        for j in range(W_out):
            for n in range(N):
"""
_FLOAT64 = "np.zeros((C * field_height * field_width, H_out * W_out * N))"

MISTAKES = (
    im2col(
        "I101",
        title="columns go image by image: first all windows of image 0, then of image 1",
        question="Which image does the second column belong to?",
        remedy=ORDER,
        check="cols",
        edits=((_FLAT, _FLAT.replace("(1, 2, 0)", "(1, 0, 2)")),),
    ),
    im2col(
        "I102",
        title="the array is reshaped while the image axis stands in front",
        question="Which entries stand in row 0 of an array (N, K, P) after reshape(K, -1)?",
        remedy="Reshape keeps the order of memory: bring the axes into order first, (K, P, N).",
        check="cols",
        edits=((_FLAT, _FLAT.replace(".transpose(1, 2, 0)", "")),),
    ),
    im2col(
        "I143",
        title="all three axes are turned round, which puts windows in front of rows",
        question="Which of the axes (N, rows, windows) must come first, and which last?",
        remedy=ORDER,
        check="cols",
        edits=((_FLAT, _FLAT.replace("(1, 2, 0)", "(2, 1, 0)")),),
    ),
    im2col(
        "I103",
        title="the matrix is transposed: every row is a window",
        question="Is a window a row or a column of your matrix?",
        remedy="A window is a column: C * field_height * field_width rows, one column a window.",
        check="cols",
        edits=((_FLAT, _FLAT + ".T"),),
    ),
    im2col(
        "I104",
        title="the three axes (N, rows, windows) are returned as they are",
        question="How many axes has a matrix?",
        remedy=ORDER,
        check="cols",
        edits=((_FLAT, "return cols"),),
    ),
    im2col(
        "I105",
        title="images and windows still have an axis each",
        question="How many axes has a matrix?",
        remedy=ORDER,
        check="cols",
        edits=((_FLAT, "return cols.transpose(1, 2, 0)"),),
    ),
    loops(
        "I106",
        title="a column is flattened as (row, column, channel): channels last",
        question="Which pixel stands in row 1 of your matrix, and of which channel is it?",
        remedy=ROWS,
        check="cols",
        edits=(("window.ravel()", "window.transpose(1, 2, 0).ravel()"),),
    ),
    loops(
        "I107",
        title="each window is read column by column",
        question="Which pixel stands in row 1 of your matrix: right of the first, or below it?",
        remedy=ROWS,
        check="cols",
        edits=(("window.ravel()", "window.transpose(0, 2, 1).ravel()"),),
    ),
    loops(
        "I108",
        title="each window is read from its last entry to its first",
        question="Which pixel stands in row 0 of your matrix?",
        remedy=ROWS,
        check="cols",
        edits=(("window.ravel()", "window[:, ::-1, ::-1].ravel()"),),
    ),
    loops(
        "I109",
        title="windows go column by column: first all that stand below each other",
        question="Where does the second window stand: right of the first, or below it?",
        remedy=ORDER,
        check="cols",
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
    loops(
        "I110",
        title="images are the outermost loop, so that columns go image by image",
        question="Which image does the second column belong to?",
        remedy=ORDER,
        check="cols",
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
    im2col(
        "I111",
        title="windows are cut from x instead of the padded x",
        question="From which array do your indices read?",
        remedy=PADDING,
        check="cols_padding",
        edits=(("x_pad[:, channel, row, col]", "x[:, channel, row, col]"),),
    ),
    im2col(
        "I112",
        title="padding 1 is hard-coded",
        question="Where does your function use its argument padding?",
        remedy=PADDING,
        check="cols_padding",
        edits=((_H_OUT, "padding = 1\n    " + _H_OUT),),
    ),
    im2col(
        "I113",
        title="the padding is left out",
        question="Where does your function use its argument padding?",
        remedy=PADDING,
        check="cols_padding",
        edits=((_H_OUT, "padding = 0\n    " + _H_OUT),),
    ),
    im2col(
        "I114",
        title="all of the padding stands below and on the right",
        question="How many rows of zeros stand above the image?",
        remedy=PADDING,
        check="cols_padding",
        edits=((_PAD, _PAD.replace("(padding, padding)", "(0, 2 * padding)")),),
    ),
    im2col(
        "I115",
        title="x is surrounded by its border values instead of zeros",
        question="What stands around your image?",
        remedy=PADDING,
        check="cols_padding",
        edits=((_PAD, _PAD[:-1] + ', mode="edge")'),),
    ),
    im2col(
        "I116",
        title="the number of windows is computed without the padding",
        question="How large is the image that the windows slide over?",
        remedy=SIZE,
        check="cols_padding",
        edits=(
            (_H_OUT, _H_OUT.replace(" + 2 * padding", "")),
            (_W_OUT, _W_OUT.replace(" + 2 * padding", "")),
        ),
    ),
    im2col(
        "I117",
        title="the number of windows is computed with the padding of one side only",
        question="On how many sides of a row do zeros stand?",
        remedy=SIZE,
        check="cols_padding",
        edits=(
            (_H_OUT, _H_OUT.replace("2 * ", "")),
            (_W_OUT, _W_OUT.replace("2 * ", "")),
        ),
    ),
    im2col(
        "I118",
        title="windows stand next to each other, whatever the stride",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="cols_stride",
        edits=((_PLACES, _PLACES.replace("stride", "1")),),
    ),
    im2col(
        "I119",
        title="stride 1 is hard-coded",
        question="Where does your function use its argument stride?",
        remedy=STRIDE,
        check="cols_stride",
        edits=((_H_OUT, "stride = 1\n    " + _H_OUT),),
    ),
    im2col(
        "I120",
        title="padding 1 and stride 1 are hard-coded",
        question="Where does your function use its arguments padding and stride?",
        remedy=STRIDE,
        check="cols_stride",
        edits=((_H_OUT, "padding, stride = 1, 1\n    " + _H_OUT),),
    ),
    indices(
        "I121",
        title="the stride is used for rows only",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=STRIDE,
        check="cols_stride",
        edits=(("j1 = stride * ", "j1 = "),),
    ),
    loops(
        "I122",
        title="windows are a window apart, as if the stride were the size of the field",
        question="Where does window (1, 1) start when stride is 1?",
        remedy=STRIDE,
        check="cols",
        edits=(
            ("top, left = i * stride, j * stride", "top, left = i * field_height, j * field_width"),
        ),
    ),
    im2col(
        "I123",
        title="the number of columns of windows is computed with the field's height",
        question="Is your field square in every case?",
        remedy=AXES,
        check="cols",
        edits=((_W_OUT, _W_OUT.replace("field_width", "field_height")),),
    ),
    im2col(
        "I124",
        title="H' and W' are taken for each other",
        question="How many windows stand side by side, and how many below each other?",
        remedy=AXES,
        check="cols",
        edits=((_PLACES, _PLACES.replace("H_out, W_out", "W_out, H_out")),),
    ),
    im2col(
        "I125",
        title="the field's height and width are taken for each other",
        question="Is your field square in every case?",
        remedy=AXES,
        check="cols",
        edits=(
            (_PLACES, _PLACES.replace("field_height, field_width", "field_width, field_height")),
        ),
    ),
    im2col(
        "I126",
        title="height and width of x are taken for each other",
        question="Which of the four numbers of x.shape is H?",
        remedy=AXES,
        check="cols",
        edits=(("N, C, H, W = x.shape", "N, C, W, H = x.shape"),),
    ),
    im2col(
        "I127",
        title="images and channels are taken for each other",
        question="Which of the four numbers of x.shape is C?",
        remedy="x is (N, C, H, W): images first, then channels.",
        check="cols",
        edits=(("N, C, H, W = x.shape", "C, N, H, W = x.shape"),),
    ),
    indices(
        "I128",
        title="channels are tiled (0, 1, 0, 1) where they should be repeated (0, 0, 1, 1)",
        question="Of which channels are the first field_height * field_width rows?",
        remedy=ROWS,
        check="cols",
        edits=(
            (
                "np.repeat(np.arange(C), field_height * field_width)",
                "np.tile(np.arange(C), field_height * field_width)",
            ),
        ),
    ),
    indices(
        "I129",
        title="rows inside the window are tiled (0, 1, 0, 1) where they should be repeated",
        question="Entries of a window go row by row: what is the row of its second entry?",
        remedy=ROWS,
        check="cols",
        edits=(
            (
                "np.tile(np.repeat(np.arange(field_height), field_width), C)",
                "np.tile(np.arange(field_height), field_width * C)",
            ),
        ),
    ),
    indices(
        "I130",
        title="columns inside the window are repeated (0, 0, 1, 1) where they should be tiled",
        question="Entries of a window go row by row: what is the column of its second entry?",
        remedy=ROWS,
        check="cols",
        edits=(
            (
                "np.tile(np.arange(field_width), field_height * C)",
                "np.tile(np.repeat(np.arange(field_width), field_height), C)",
            ),
        ),
    ),
    indices(
        "I142",
        title="columns inside the window are repeated for all rows and channels at once",
        question="Entries of a window go row by row: what is the column of its second entry?",
        remedy=ROWS,
        check="cols",
        edits=(
            (
                "np.tile(np.arange(field_width), field_height * C)",
                "np.repeat(np.arange(field_width), field_height * C)",
            ),
        ),
    ),
    im2col(
        "I131",
        title="a remainder is refused: the function insists that windows fill the image",
        question="What becomes of rows that no whole window reaches?",
        remedy=SIZE,
        check="cols_stride",
        edits=((_H_OUT, "assert (H + 2 * padding - field_height) % stride == 0\n    " + _H_OUT),),
    ),
    im2col(
        "I132",
        title="the width is tested against the field's height: a sound size is refused",
        question="Which of the two sizes of the field belongs to W?",
        remedy=AXES,
        check="cols_stride",
        edits=((_H_OUT, "assert (W + 2 * padding - field_height) % stride == 0\n    " + _H_OUT),),
    ),
    im2col(
        "I133",
        title="the number of windows is rounded up",
        question="Does a window count that sticks out of the padded image?",
        remedy=SIZE,
        check="cols_stride",
        edits=(
            (_H_OUT, "H_out = 1 - (field_height - H - 2 * padding) // stride"),
            (_W_OUT, "W_out = 1 - (field_width - W - 2 * padding) // stride"),
        ),
    ),
    im2col(
        "I134",
        title="the last row and column of windows is left out",
        question="How many windows has a row that is as long as the field?",
        remedy=SIZE,
        check="cols",
        edits=((_H_OUT, _H_OUT.replace("1 + ", "")), (_W_OUT, _W_OUT.replace("1 + ", ""))),
    ),
    loops(
        "I135",
        title="the number of windows is no whole number: / instead of //",
        question="Of which type is 4 / 2, and can range count to it?",
        remedy="Whole numbers are divided with //.",
        check="cols",
        edits=((_H_OUT, _H_OUT.replace("//", "/")), (_W_OUT, _W_OUT.replace("//", "/"))),
    ),
    loops(
        "I136",
        title="columns are collected in float32",
        question="Which dtype has your buffer?",
        remedy="Numbers are float64 here: float32 keeps seven digits only.",
        check="cols_stride",
        edits=((_FLOAT64, _FLOAT64[:-1] + ", dtype=np.float32)"),),
    ),
    im2col(
        "I137",
        title="only the first image gets columns",
        question="How many columns does your matrix have for two images?",
        remedy=ORDER,
        check="cols",
        edits=(("x_pad[:, channel, row, col]", "x_pad[:1, channel, row, col]"),),
    ),
    loops(
        "I138",
        title="every column is a window of image 0",
        question="Which image does your window come from?",
        remedy=ORDER,
        check="cols",
        edits=((WINDOW, WINDOW.replace("x_pad[n", "x_pad[0")),),
    ),
    loops(
        "I139",
        title="the loop counts windows before images, but writes at window * N instead of adding n",
        question="Into which column goes window 0 of image 1?",
        remedy=ORDER,
        check="cols",
        edits=(("cols[:, column]", "cols[:, column // N * N]"),),
    ),
    places(
        "I140",
        title="slices for a place in the window begin at 0, not at that place",
        question="Which pixels does the bottom right entry of a window see?",
        remedy=ROWS,
        check="cols",
        edits=(
            ("slice(u, u + stride * H_out, stride)", "slice(0, stride * H_out, stride)"),
            ("slice(v, v + stride * W_out, stride)", "slice(0, stride * W_out, stride)"),
        ),
    ),
    im2col(
        "I141",
        title="a name is used that is neither in the function nor among its arguments",
        question="Would your function run in another notebook, with nothing but its arguments?",
        remedy="Sizes come from x.shape and from the arguments, not from the notebook.",
        check="cols",
        edits=((f"    {_H_OUT}\n", ""), (_FLAT, _FLAT.replace("-1", "H_out * W_out * N"))),
    ),
)
