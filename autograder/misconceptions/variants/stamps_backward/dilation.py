"""Dilated stamps, and their size."""

from autograder.misconceptions.variants.forms import stamps_backward
from autograder.misconceptions.variants.rules import (
    AXES,
)
from autograder.misconceptions.variants.rules import (
    STAMP as STAMP_RULE,
)
from autograder.misconceptions.variants.rules import (
    STAMP_SIZE as SIZE_RULE,
)
from autograder.misconceptions.variants.statements import COLUMNS, CORNER, DILATION, STAMP_SIZE

MISTAKES = (
    stamps_backward(
        "T41",
        title="the dilation is ignored",
        question="Where does your function use conv_param['dilation']?",
        remedy=SIZE_RULE,
        check="dilation",
        edits=((DILATION, "dilation = 1"),),
    ),
    stamps_backward(
        "T42",
        title="the dilation is used for rows and forgotten for columns",
        question="Which columns of a stamp hold something when dilation is 2?",
        remedy=SIZE_RULE,
        check="dilation",
        edits=((COLUMNS, "columns = slice(left, left + WW)"),),
    ),
    stamps_backward(
        "T43",
        title="dilation is taken for the number of gaps: entries are dilation + 1 apart",
        question="How far apart are two entries of a stamp when dilation is 1?",
        remedy="Here dilation 1 means no gaps: entries stand dilation apart.",
        check="dilation",
        edits=((DILATION, 'dilation = conv_param.get("dilation", 0) + 1'),),
    ),
    stamps_backward(
        "T44",
        title="stamps begin stride * dilation apart",
        question="Does the place of a stamp depend on the distance of its entries?",
        remedy=STAMP_RULE,
        check="dilation",
        edits=(
            (
                CORNER,
                "top = min(i * stride * dilation, dwhole.shape[2] - high)\n"
                "                    left = min(j * stride * dilation, dwhole.shape[3] - wide)",
            ),
        ),
    ),
    stamps_backward(
        "T45",
        title="a stamp's size is computed without the last entry",
        question="How many rows has a stamp of 2 rows that stand 2 apart?",
        remedy=SIZE_RULE,
        check="dilation",
        edits=((STAMP_SIZE, "high, wide = (HH - 1) * dilation, (WW - 1) * dilation"),),
    ),
    stamps_backward(
        "T46",
        title="the kernel's height is used for its width, too",
        question="Is your kernel square in every case?",
        remedy=AXES,
        check="dx",
        edits=((STAMP_SIZE, STAMP_SIZE.replace("(WW - 1)", "(HH - 1)")),),
    ),
)
