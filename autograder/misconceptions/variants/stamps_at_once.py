"""Known wrong answers to the transposed pair, written with whole arrays instead of loops."""

from autograder.misconceptions.variants.forms import (
    ENTRY,
    ENTRY_COLUMNS,
    ENTRY_ROWS,
    PIXELS,
    SHARES,
    STAMPED,
    STAMPS,
    STAMPS_ADDED,
    WINDOWS_CORNER,
    WINDOWS_DW,
    WINDOWS_DX,
    by_matrix,
    by_stamp_places,
    by_stamps,
    by_stamps_back,
)
from autograder.misconceptions.variants.rules import ADDING, AXES, OVERLAP
from autograder.misconceptions.variants.rules import STAMP as STAMP_RULE

_PAIRED = "Which kernels does the entry x[n, c, i, j] meet: those of channel c, or of all channels?"
_OWN_KERNELS = "Channel c of x meets w[c] alone; after that the products are summed over c."
_ORDER = "In which order does your matrix product put its axes, and in which do you read them?"
_NO_RESHAPE = (
    "Reshape keeps the order of memory: name the axes in the order in which they were "
    "flattened, and exchange them with a transpose."
)

FORWARD = (
    by_stamps(
        "TF41",
        title="stamps of all images at once are assigned (=) where they overlap, not added (+=)",
        question="What is left of an earlier stamp where a later one lies over it?",
        remedy=OVERLAP,
        check="out_plain",
        edits=((STAMPED, STAMPED.replace("+=", "=")),),
    ),
    by_stamp_places(
        "TF42",
        title="+= through index arrays keeps only one of several stamps",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="Adding through index arrays needs np.add.at, or one addition per stamp.",
        check="out_plain",
        edits=((STAMPS_ADDED, "whole[:, :, rows, columns] += stamps"),),
    ),
    by_matrix(
        "TF43",
        title="one entry of the kernel after the other is assigned (=) instead of added (+=)",
        question="Which places of the output do two entries of the kernel write to?",
        remedy=OVERLAP,
        check="out_plain",
        edits=((ENTRY, ENTRY.replace("+=", "=")),),
    ),
    by_matrix(
        "TF44",
        title="stride and dilation are swapped: entries of a stamp stand stride apart",
        question="What stands stride apart: two stamps, or two entries of one stamp?",
        remedy=STAMP_RULE,
        check="out_stride",
        edits=(
            (ENTRY_ROWS, "rows = slice(u * stride, u * stride + (H - 1) * dilation + 1, dilation)"),
            (
                ENTRY_COLUMNS,
                "columns = slice(v * stride, v * stride + (W - 1) * dilation + 1, dilation)",
            ),
        ),
    ),
    by_matrix(
        "TF45",
        title="the product of pixels and kernels is reshaped as if images and channels came first",
        question=_ORDER,
        remedy=_NO_RESHAPE,
        check="out_plain",
        edits=(
            (SHARES, SHARES.replace("N, H, W, F, HH, WW", "N, F, H, W, HH, WW")),
            (ENTRY, ENTRY.replace(".transpose(0, 3, 1, 2)", "")),
        ),
    ),
    by_matrix(
        "TF46",
        title="x is reshaped to (pixels, channels) without a transpose",
        question="Which entries of x stand in row 0 of x.reshape(-1, C)?",
        remedy=_NO_RESHAPE,
        check="out_plain",
        edits=((PIXELS, "pixels = x.reshape(-1, C)"),),
    ),
    by_matrix(
        "TF47",
        title="x.reshape(C, -1) mixes the channels of several images",
        question="Which entries of x stand in row 0 of x.reshape(C, -1) when there are two images?",
        remedy=_NO_RESHAPE,
        check="out_plain",
        edits=((PIXELS, "pixels = x.reshape(C, -1).T"),),
    ),
    by_stamps(
        "TF48",
        title="stamps are reshaped as if the output channel came last",
        question=_ORDER,
        remedy=_NO_RESHAPE,
        check="out_plain",
        edits=(
            (
                STAMPS,
                "stamps = (x[:, :, i, j] @ w.reshape(C, -1)).reshape(N, HH, WW, F)\n"
                "            stamps = stamps.transpose(0, 3, 1, 2)",
            ),
        ),
    ),
    by_stamps(
        "TF49",
        title="x and w are each summed over the input channels before they are multiplied",
        question=_PAIRED,
        remedy=_OWN_KERNELS,
        check="out_plain",
        edits=(
            (
                STAMPS,
                'stamps = np.einsum("n,fuv->nfuv", x[:, :, i, j].sum(axis=1), w.sum(axis=0))',
            ),
        ),
    ),
    by_stamps(
        "TF50",
        title="the products are summed over the output channels instead of the input channels",
        question=_PAIRED,
        remedy=_OWN_KERNELS,
        check="out_plain",
        edits=(
            (
                STAMPS,
                "stamps = (x[:, :, i, j, np.newaxis, np.newaxis, np.newaxis] * w).sum(axis=2)",
            ),
        ),
    ),
    by_stamps(
        "TF51",
        title="the products are summed over the images instead of the input channels",
        question="Which axis of x[:, :, i, j, None, None, None] * w is the input channel's?",
        remedy=_OWN_KERNELS,
        check="out_plain",
        edits=(
            (
                STAMPS,
                "stamps = (x[:, :, i, j, np.newaxis, np.newaxis, np.newaxis] * w).sum(axis=0)",
            ),
        ),
    ),
    by_stamps(
        "TF52",
        title="the products are averaged over the input channels instead of summed",
        question="Does a transposed convolution divide by anything?",
        remedy="Every input channel stamps onto every output channel: stamps are added up.",
        check="out_plain",
        edits=((STAMPS, STAMPS + " / C"),),
    ),
    by_stamps(
        "TF53",
        title="the bias is added with every stamp, and once more at the end",
        question="How often is b[f] added to one entry of out?",
        remedy="b[f] is added once to every entry of channel f, after all stamps.",
        check="out_plain",
        edits=((STAMPED, STAMPED + " + b[:, np.newaxis, np.newaxis]"),),
    ),
    by_matrix(
        "TF54",
        title="the bias is added with every entry of the kernel, and once more at the end",
        question="How often is b[f] added to one entry of out?",
        remedy="b[f] is added once to every entry of channel f, after all stamps.",
        check="out_plain",
        edits=((ENTRY, ENTRY + " + b[:, np.newaxis, np.newaxis]"),),
    ),
)

BACKWARD = (
    by_stamps_back(
        "T62",
        title="dw is assigned (=) window by window, instead of added (+=)",
        question="In how many stamps is w used?",
        remedy=ADDING,
        check="dw",
        edits=((WINDOWS_DW, WINDOWS_DW.replace("+=", "=")),),
    ),
    by_stamps_back(
        "T63",
        title="dw was computed with the input channel last and reshaped instead of transposed",
        question="Which entry of w does entry (0, 1) of your matrix belong to?",
        remedy="Reshape keeps the order of memory: exchange the axes with a transpose.",
        check="dw",
        edits=(
            (
                WINDOWS_DW,
                "dw += (window.reshape(N, -1).T @ x[:, :, i, j]).reshape(dw.shape)",
            ),
        ),
    ),
    by_stamps_back(
        "T64",
        title="w was reshaped to (F * HH * WW, C) instead of transposed",
        question="Which weights stand in column 0 of w.reshape(-1, C)?",
        remedy="Reshape keeps the order of memory: it is w.reshape(C, -1) that is transposed.",
        check="dx",
        edits=((WINDOWS_DX, "dx[:, :, i, j] = window.reshape(N, -1) @ w.reshape(-1, C)"),),
    ),
    by_stamps_back(
        "T65",
        title="dout and w are each summed over the output channels before they are multiplied",
        question="Which kernels does channel f of dout meet?",
        remedy="Channel f of dout meets w[:, f] alone; after that the products are summed over f.",
        check="dx",
        edits=(
            (
                WINDOWS_DX,
                'dx[:, :, i, j] = np.einsum("nuv,cuv->nc", window.sum(axis=1), w.sum(axis=1))',
            ),
        ),
    ),
    by_stamps_back(
        "T66",
        title="x and dout are each summed over the images before they are multiplied",
        question="Which image of dout does image n of x meet in dw?",
        remedy="Image n of x meets image n of dout alone; after that the products are summed over n.",
        check="dw",
        edits=(
            (
                WINDOWS_DW,
                'dw += np.einsum("c,fuv->cfuv", x[:, :, i, j].sum(axis=0), window.sum(axis=0))',
            ),
        ),
    ),
    by_stamps_back(
        "T67",
        title="windows begin j * stride down and i * stride to the right",
        question="Does top count rows or columns?",
        remedy=AXES,
        check="dx",
        edits=((WINDOWS_CORNER, "left, top = i * stride, j * stride"),),
    ),
)
