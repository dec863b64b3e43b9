"""Known wrong answers to ``conv_backward_im2col``: flattening dout, and the product for dw."""

from autograder.misconceptions.im2col.convolution.statements import COLS, DW, FLAT, PARAM
from autograder.misconceptions.im2col.forms import conv_backward
from autograder.misconceptions.im2col.rules import (
    ARGUMENTS,
    PADDING,
    PRODUCT,
    STRIDE,
    TRANSPOSE,
    WEIGHTS,
)

MISTAKES = (
    conv_backward(
        "I401",
        title="dout was reshaped to (F, -1) without bringing the filter axis to the front",
        question="Which entries stand in row 0 of dout.reshape(F, -1)?",
        remedy=TRANSPOSE,
        check="dw",
        edits=((FLAT, "flat = dout.reshape(F, -1)"),),
    ),
    conv_backward(
        "I402",
        title="columns of dout go image by image, those of x window by window",
        question="To which image and window does column 1 belong, in each of the two matrices?",
        remedy=TRANSPOSE,
        check="dw",
        edits=((FLAT, FLAT.replace("(1, 2, 3, 0)", "(1, 0, 2, 3)")),),
    ),
    conv_backward(
        "I403",
        title="rows and columns of dout are swapped before it is flattened",
        question="In which order do the windows of your columns stand?",
        remedy=TRANSPOSE,
        check="dw",
        edits=((FLAT, FLAT.replace("(1, 2, 3, 0)", "(1, 3, 2, 0)")),),
    ),
    conv_backward(
        "I404",
        title="dw is read as (F, HH, WW, C): channels last",
        question="To which weight belongs the second entry of a row of dw?",
        remedy=WEIGHTS,
        check="dw",
        edits=((DW, "dw = (flat @ cols.T).reshape(F, HH, WW, C).transpose(0, 3, 1, 2)"),),
    ),
    conv_backward(
        "I405",
        title="the product for dw is the transposed one, (C * HH * WW, F), reshaped as it is",
        question="Which shape has your product, and which weights stand in its rows?",
        remedy=PRODUCT,
        check="dw",
        edits=((DW, "dw = (cols @ flat.T).reshape(w.shape)"),),
    ),
    conv_backward(
        "I406",
        title="the columns are not transposed in dw",
        question="Which sizes must the two matrices of a product have in common?",
        remedy=PRODUCT,
        check="dw",
        edits=((DW, DW.replace("cols.T", "cols")),),
    ),
    conv_backward(
        "I407",
        title="dw is left as a matrix",
        question="Which shape has w?",
        remedy="dw has the shape of w, (F, C, HH, WW).",
        check="dw",
        edits=((DW, "dw = flat @ cols.T"),),
    ),
    conv_backward(
        "I415",
        title="padding 1 and stride 1 are hard-coded",
        question="Where does your function read conv_param?",
        remedy=STRIDE,
        check="dw",
        edits=((PARAM, "stride, pad = 1, 1"),),
    ),
    conv_backward(
        "I417",
        title="stride and padding are handed to im2col in the wrong order",
        question="In which order does im2col_indices take its last two arguments?",
        remedy=ARGUMENTS,
        check="dw",
        edits=((COLS, COLS.replace("pad, stride", "stride, pad")),),
    ),
    conv_backward(
        "I419",
        title="the padding is not handed to im2col",
        question="How many columns has each of the two matrices?",
        remedy=PADDING,
        check="dw",
        edits=((COLS, COLS.replace("pad, stride", "0, stride")),),
    ),
)
