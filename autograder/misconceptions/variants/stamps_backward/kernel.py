"""The kernel: rotated, transposed, or of another channel."""

from autograder.misconceptions.variants.forms import (
    ROTATED_BACK,
    TENSOR_DW,
    TENSOR_DX,
    by_recipe,
    by_tensors,
    stamps_backward,
)
from autograder.misconceptions.variants.rules import AS_IS, AXES, LAYOUT
from autograder.misconceptions.variants.statements import TDW, TDX

MISTAKES = (
    stamps_backward(
        "T01",
        title="dx is computed with the rotated kernel",
        question="Which weight wrote to the corner of a stamp?",
        remedy=AS_IS,
        check="dx",
        edits=((TDX, TDX.replace("w[c]", "w[c][:, ::-1, ::-1]")),),
    ),
    stamps_backward(
        "T14",
        title="dw comes out rotated",
        question="Which entry of the window of dout belongs to w[c, f, 0, 0]?",
        remedy=AS_IS,
        check="dw",
        edits=((TDW, TDW.replace("* window", "* window[:, ::-1, ::-1]")),),
    ),
    by_recipe(
        "T06",
        title="the gradient of the rotated kernel was not rotated back",
        question="Of which kernel is what you computed the gradient: of w, or of the rotated one?",
        remedy="Who rotates on the way forward rotates back on the way back.",
        check="dw",
        edits=((ROTATED_BACK, ROTATED_BACK.replace("[:, :, ::-1, ::-1]", "")),),
    ),
    by_tensors(
        "T03",
        title="dw was computed as (F, C, HH, WW) and reshaped instead of transposed",
        question="Which entry of w does entry (0, 1) of your matrix belong to?",
        remedy="Reshape keeps the order of memory: exchange the axes with a transpose.",
        check="dw",
        edits=((TENSOR_DW, TENSOR_DW.replace("->cfuv", "->fcuv") + ".reshape(w.shape)"),),
    ),
    by_tensors(
        "T09",
        title="w is read as (F, C, HH, WW): output channel first",
        question="Which axis of w has as many entries as x has channels?",
        remedy=LAYOUT,
        check="dx",
        edits=(
            (
                TENSOR_DX,
                TENSOR_DX.replace(
                    ", w)", ", w.reshape(w.shape[1], w.shape[0], HH, WW).transpose(1, 0, 2, 3))"
                ),
            ),
        ),
    ),
    by_tensors(
        "T15",
        title="dw is returned as (F, C, HH, WW): output channel first",
        question="Which shape has w?",
        remedy=LAYOUT,
        check="dw",
        edits=((TENSOR_DW, TENSOR_DW.replace("->cfuv", "->fcuv")),),
    ),
    stamps_backward(
        "T16",
        title="the kernel is transposed: rows and columns of w are exchanged",
        question="Which axis of w[c, f] has HH entries?",
        remedy=AXES,
        check="dx",
        edits=((TDX, TDX.replace("w[c]", "w[c].transpose(0, 2, 1)")),),
    ),
    stamps_backward(
        "T17",
        title="every input channel uses the kernels of channel 0",
        question="Which kernels did input channel c stamp with?",
        remedy="Input channel c stamped with w[c].",
        check="dx",
        edits=((TDX, TDX.replace("w[c]", "w[0]")),),
    ),
    stamps_backward(
        "T18",
        title="only output channel 0 sends a gradient back",
        question="On how many channels did one input entry leave a stamp?",
        remedy="dx sums over the output channels: a stamp was left on each.",
        check="dx",
        edits=((TDX, TDX.replace("window * w[c]", "window[0] * w[c, 0]")),),
    ),
)
