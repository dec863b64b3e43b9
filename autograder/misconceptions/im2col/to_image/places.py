"""Known wrong answers to ``col2im_indices``: padding, stride, and how many windows there are."""

from autograder.misconceptions.im2col.forms import back_indices, back_loops, col2im
from autograder.misconceptions.im2col.rules import AXES, CROPPING, SIZE, STRIDE
from autograder.misconceptions.im2col.to_image.statements import BUFFER, CROP, SHAPE

_PLACES = "window_indices(C, field_height, field_width, H_out, W_out, stride)"
_H_OUT = "H_out = 1 + (H + 2 * padding - field_height) // stride"
_W_OUT = "W_out = 1 + (W + 2 * padding - field_width) // stride"

MISTAKES = (
    col2im(
        "I214",
        title="the crop [padding:-padding] is empty when padding is 0",
        question="What does the slice 0:-0 select?",
        remedy=CROPPING,
        check="x",
        edits=((CROP, "return x_pad[:, :, padding:-padding, padding:-padding]"),),
    ),
    col2im(
        "I215",
        title="the padding is not cut off",
        question="Which shape must the result have, and which has the array that you return?",
        remedy=CROPPING,
        check="x_padding",
        edits=((CROP, "return x_pad"),),
    ),
    col2im(
        "I216",
        title="the crop starts at 0 instead of at padding",
        question="Where in the padded array does x[0, 0, 0, 0] stand?",
        remedy=CROPPING,
        check="x_padding",
        edits=((CROP, "return x_pad[:, :, :H, :W]"),),
    ),
    col2im(
        "I217",
        title="height and width are swapped in the crop",
        question="Which axis has H entries?",
        remedy=AXES,
        check="x",
        edits=((CROP, "return x_pad[:, :, padding : padding + W, padding : padding + H]"),),
    ),
    col2im(
        "I218",
        title="one row and column is cut off on each side, whatever the padding is",
        question="How many rows of the padded array belong to the padding when it is 0, or 2?",
        remedy=CROPPING,
        check="x",
        edits=((CROP, "return x_pad[:, :, 1:-1, 1:-1]"),),
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
        edits=((BUFFER, "np.zeros((N, C, H + padding, W + padding))"),),
    ),
    back_loops(
        "I222",
        title="windows are put into x without its padding",
        question="Where does window (0, 0) start in the image without padding?",
        remedy=CROPPING,
        check="x_padding",
        edits=((BUFFER, "np.zeros((N, C, H, W))"), (CROP, "return x_pad")),
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
                BUFFER,
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
        "I231",
        title="height and width of x are taken for each other",
        question="Which of the four numbers of x_shape is H?",
        remedy="x_shape is (N, C, H, W): rows first, then columns.",
        check="x",
        edits=((SHAPE, "N, C, W, H = x_shape"),),
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
)
