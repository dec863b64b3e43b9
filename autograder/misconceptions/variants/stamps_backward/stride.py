"""The stride: where stamps stand."""

from autograder.misconceptions.variants.forms import SUBSAMPLED, by_recipe, stamps_backward
from autograder.misconceptions.variants.rules import STAMP as STAMP_RULE
from autograder.misconceptions.variants.statements import CORNER, RETURN

MISTAKES = (
    stamps_backward(
        "T02",
        title="the stride is ignored",
        question="Where did stamp (1, 1) begin when stride is 2?",
        remedy=STAMP_RULE,
        check="dx",
        edits=((CORNER, "top, left = i, j"),),
    ),
    stamps_backward(
        "T19",
        title="the stride is used for rows and forgotten for columns",
        question="Where did stamp (0, 1) begin when stride is 2?",
        remedy=STAMP_RULE,
        check="dx",
        edits=((CORNER, "top, left = i * stride, j"),),
    ),
    stamps_backward(
        "T20",
        title="windows are placed side by side: the kernel's size is used for the stride",
        question="Where did stamp (1, 1) begin when stride is 1 and the kernel is 3 x 3?",
        remedy=STAMP_RULE,
        check="dx",
        edits=(
            (
                CORNER,
                "top, left = min(i * HH, dwhole.shape[2] - high), min(j * WW, dwhole.shape[3] - wide)",
            ),
        ),
    ),
    by_recipe(
        "T21",
        title="dx was not subsampled: it has the size of the dilated input",
        question="Which entries of the dilated input are entries of x?",
        remedy="Every stride-th entry of the dilated input is an entry of x.",
        check="dx",
        edits=((SUBSAMPLED, "dx = ddilated"),),
    ),
    by_recipe(
        "T22",
        title="dx is the corner of the dilated gradient instead of every stride-th entry",
        question="Which entries of the dilated input are entries of x?",
        remedy="Every stride-th entry of the dilated input is an entry of x.",
        check="dx",
        edits=((SUBSAMPLED, "dx = ddilated[:, :, :H, :W]"),),
    ),
    stamps_backward(
        "T23",
        title="dx is divided by the stride",
        question="Does an entry count less when stamps stand further apart?",
        remedy="The stride says where stamps stand; it is no factor.",
        check="dx",
        edits=((RETURN, "return dx / stride, dw, db"),),
    ),
)
