"""Known wrong answers to ``pad_widths`` and ``pad_sides``."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

widths = partial(Misconception, function="pad_widths")
sides = partial(Misconception, function="pad_sides")

_MISSING = "missing = max(0, (outputs - 1) * stride + reach - length)"
_HALVES = "return missing // 2, missing - missing // 2"
_SAME = "same: ceil(length / stride) windows need (outputs - 1) * stride + reach entries."
_ODD = "What is missing goes half to each side, and an odd one to the end."
_CAUSAL = "Causal: (taps - 1) * dilation zeros on the left, none on the right."

MISTAKES = (
    widths(
        "DP01",
        title="same puts the odd zero on the left",
        question="On which side does the zero stand that has no partner?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing - missing // 2, missing // 2"),),
    ),
    widths(
        "DP02",
        title="same puts equally many zeros on both sides, one too few or too many",
        question="How do you share out 3 zeros?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing // 2, missing // 2"),),
    ),
    widths(
        "DP03",
        title="same divides with /, so that a number of zeros may be no whole number",
        question="What is 3 / 2?",
        remedy=_ODD,
        check="same",
        edits=((_HALVES, "return missing / 2, missing / 2"),),
    ),
    widths(
        "DP04",
        title="same ignores the stride: as many outputs as entries, one step apart",
        question="How many outputs has a row of 7 with stride 2?",
        remedy=_SAME,
        check="same",
        edits=(
            ("outputs = -(-length // stride)", "outputs = length"),
            (_MISSING, _MISSING.replace("* stride", "* 1")),
        ),
    ),
    widths(
        "DP05",
        title="same keeps as many outputs as entries, whatever the stride",
        question="How many outputs has a row of 7 with stride 2, in this course?",
        remedy=_SAME,
        check="same",
        edits=(("outputs = -(-length // stride)", "outputs = length"),),
    ),
    widths(
        "DP06",
        title="same rounds the number of outputs down",
        question="Is 7 / 2 rounded up or down?",
        remedy=_SAME,
        check="same",
        edits=(("outputs = -(-length // stride)", "outputs = length // stride"),),
    ),
    widths(
        "DP07",
        title="same asks for a negative number of zeros where nothing is missing",
        question="What is missing to a row that is longer than its windows need?",
        remedy="Where nothing is missing, same puts no zeros.",
        check="same",
        edits=((_MISSING, "missing = (outputs - 1) * stride + reach - length"),),
    ),
    widths(
        "DP08",
        title="the dilation is forgotten in the reach",
        question="How many entries does a window of 4 taps cover when dilation is 3?",
        remedy="The reach is (taps - 1) * dilation + 1.",
        check="same",
        edits=(("reach = (taps - 1) * dilation + 1", "reach = taps"),),
    ),
    widths(
        "DP09",
        title="the reach is taps * dilation",
        question="Does a window go on behind its last tap?",
        remedy="The reach is (taps - 1) * dilation + 1.",
        check="causal",
        edits=(("reach = (taps - 1) * dilation + 1", "reach = taps * dilation"),),
    ),
    widths(
        "DP10",
        title="causal puts one zero too many",
        question="Which entry does the last tap of output 0 read?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return reach, 0"),),
    ),
    widths(
        "DP11",
        title="causal looks ahead: the zeros stand on the right",
        question="May output 0 depend on x[1]?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return 0, reach - 1"),),
    ),
    widths(
        "DP12",
        title="causal is the same as same",
        question="May output 0 depend on x[1]?",
        remedy=_CAUSAL,
        check="causal",
        edits=(("return reach - 1, 0", "return (reach - 1) // 2, reach - 1 - (reach - 1) // 2"),),
    ),
    widths(
        "DP13",
        title="a number is put on the left only",
        question="What does one number mean?",
        remedy="A number p means p on the left and p on the right.",
        check="numbers",
        edits=(("return pad, pad", "return pad, 0"),),
    ),
    widths(
        "DP14",
        title="a number is shared out between the sides",
        question="What does one number mean?",
        remedy="A number p means p on the left and p on the right.",
        check="numbers",
        edits=(("return pad, pad", "return pad // 2, pad - pad // 2"),),
    ),
    widths(
        "DP15",
        title="a pair is returned in the other order",
        question="Which number of a pair is the left one?",
        remedy="A pair means itself: left, right.",
        check="numbers",
        edits=(("return left, right", "return right, left"),),
    ),
    sides(
        "DP16",
        title="a pair is taken for top and left",
        question="Which sides does the first number of a pair belong to?",
        remedy="A pair (p, q) means p above and below, q left and right.",
        check="numbers",
        edits=(("rows, columns = pad\n", "return pad[0], 0, pad[1], 0\n"),),
    ),
    sides(
        "DP17",
        title="a pair is taken for columns and rows",
        question="Which sides does the first number of a pair belong to?",
        remedy="A pair (p, q) means p above and below, q left and right.",
        check="numbers",
        edits=(("rows, columns = pad\n", "columns, rows = pad\n"),),
    ),
    sides(
        "DP18",
        title="four numbers are taken for left, right, top, bottom, as some pad functions want them",
        question="In which order does the notebook list the four sides?",
        remedy="Four numbers are top, bottom, left, right.",
        check="numbers",
        edits=(
            (
                "        top, bottom, left, right = pad\n",
                "        left, right, top, bottom = pad\n",
            ),
        ),
    ),
    sides(
        "DP19",
        title="four numbers are taken for top, right, bottom, left, as style sheets do",
        question="In which order does the notebook list the four sides?",
        remedy="Four numbers are top, bottom, left, right.",
        check="numbers",
        edits=(
            (
                "        top, bottom, left, right = pad\n",
                "        top, right, bottom, left = pad\n",
            ),
        ),
    ),
    sides(
        "DP20",
        title="same uses the kernel's height for its width, too",
        question="Is the kernel square?",
        remedy="Rows and columns are worked out apart, each with its own sizes.",
        check="same",
        edits=(("size[1], kernel[1]", "size[1], kernel[0]"),),
    ),
    sides(
        "DP21",
        title="same uses the image's height for its width, too",
        question="Is the image square?",
        remedy="Rows and columns are worked out apart, each with its own sizes.",
        check="same",
        edits=(("size[1], kernel[1]", "size[0], kernel[1]"),),
    ),
    sides(
        "DP22",
        title="the sides are returned as left, right, top, bottom",
        question="In which order does the notebook list the four sides?",
        remedy="The function returns top, bottom, left, right.",
        check="same",
        edits=(
            (
                "kernel[1], stride, dilation)\n    return top, bottom, left, right",
                "kernel[1], stride, dilation)\n    return left, right, top, bottom",
            ),
        ),
    ),
)
