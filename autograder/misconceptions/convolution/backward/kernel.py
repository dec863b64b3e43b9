"""The kernel in the gradients: its orientation and its axes."""

from autograder.misconceptions.convolution.forms import backward, full
from autograder.misconceptions.convolution.rules import SCATTER
from autograder.misconceptions.convolution.statements import DW, DX

MISTAKES = (
    backward(
        "C08",
        title="the kernel was rotated by 180 degrees although dx is scattered",
        question="Which weight multiplied x[n, c, top, left] in the forward?",
        remedy=SCATTER,
        check="dx",
        edits=((DX, DX + "[:, ::-1, ::-1]"),),
    ),
    backward(
        "C09",
        title="the kernel was flipped along one axis in dx",
        question="Which weight multiplied x[n, c, top, left] in the forward?",
        remedy=SCATTER,
        check="dx",
        edits=((DX, DX + "[:, :, ::-1]"),),
    ),
    backward(
        "C10",
        title="the kernel was transposed in dx",
        question="Is row r of the kernel still its row r where you add it to dx?",
        remedy=SCATTER,
        check="dx",
        edits=((DX, DX + ".transpose(0, 2, 1)"),),
    ),
    full(
        "C66",
        title="dout was convolved with the kernel as it stands, not rotated by 180 degrees",
        question="The first weight of a window belongs to the last window that reads a pixel: why?",
        remedy="dx is the full convolution of dout with the kernel rotated by 180 degrees.",
        check="dx",
        edits=(("w[:, :, ::-1, ::-1]", "w"),),
    ),
    backward(
        "C38",
        title="windows were rotated by 180 degrees in dw",
        question="Which pixel did w[f, c, 0, 0] multiply?",
        remedy="dw[f] adds up the windows as they stand, each times its dout.",
        check="dw",
        edits=((DW, DW + "[:, ::-1, ::-1]"),),
    ),
    backward(
        "C32",
        title="the filter's index is used for the channel in dw",
        question="Does a filter see one channel, or all of them?",
        remedy="Each filter has a kernel for every channel: dw[f] adds windows of all channels.",
        check="dw",
        edits=((DW, "dw[f] += dout[n, f, i, j] * window[f % C]"),),
    ),
    backward(
        "C101",
        title="the filter's index is used for the channel in dw, which fails where F is above C",
        question="Does a filter see one channel, or all of them?",
        remedy="Each filter has a kernel for every channel: dw[f] adds windows of all channels.",
        check="dw",
        edits=((DW, DW.replace("window", "window[f]")),),
    ),
    backward(
        "C39",
        title="filter and channel axes of w are swapped in dx",
        question="Which axis of w is the filter's?",
        remedy="w[f] is the kernel of filter f, with one slice per channel.",
        check="dx",
        edits=((DX, DX.replace("w[f]", "w.reshape(C, F, HH, WW)[:, f]")),),
    ),
    backward(
        "C77",
        title="w is indexed by channel and then filter in dx, which fits only where F = C",
        question="Which axis of w is the filter's?",
        remedy="w[f] is the kernel of filter f, with one slice per channel.",
        check="dx",
        edits=((DX, DX.replace("w[f]", "w[:, f % C]")),),
    ),
    backward(
        "C47",
        title="kernels are summed over their channels in dx",
        question="Which weight multiplied channel c of x?",
        remedy="Channel c of dx collects channel c of the kernels.",
        check="dx",
        edits=((DX, DX + ".sum(axis=0)"),),
    ),
)
