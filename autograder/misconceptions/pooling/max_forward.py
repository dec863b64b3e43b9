"""Known wrong answers to ``max_pool_forward_naive``."""

from autograder.misconceptions.pooling.forms import max_forward
from autograder.misconceptions.pooling.rules import AXES, FIT, INFINITY, OWN, PLACE
from autograder.misconceptions.pooling.statements import CORNER, MAX, WINDOW

MISTAKES = (
    max_forward(
        "M01",
        title="the maximum is started at a large negative constant",
        question="What does your function return for a window of entries below that constant?",
        remedy="A maximum starts with minus infinity, or with the window's first entry.",
        check="out_stride",
        edits=((MAX, "out[n, c, i, j] = max(-999999.0, np.max(window))"),),
    ),
    max_forward(
        "M02",
        title="the maximum is started at zero",
        question="What does your function return for a window of negative entries?",
        remedy="A maximum starts with minus infinity, or with the window's first entry.",
        check="out_stride",
        edits=((MAX, "out[n, c, i, j] = max(0.0, np.max(window))"),),
    ),
    max_forward(
        "M03",
        title="the output's height is computed from the width",
        question="Which axis of out has H' entries?",
        remedy=FIT,
        check="out",
        edits=(
            ("H_out = 1 + (H + 2 * pad - pool_height)", "H_out = 1 + (W + 2 * pad - pool_width)"),
        ),
    ),
    max_forward(
        "M04",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "H // pool_height"),
            ("1 + (W + 2 * pad - pool_width) // stride", "W // pool_width"),
        ),
    ),
    max_forward(
        "M05",
        title="the number of windows is computed as (H + 1) // stride",
        question="How many windows of height 2 fit into 4 rows when stride is 2?",
        remedy=FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "(H + 1) // stride"),
            ("1 + (W + 2 * pad - pool_width) // stride", "(W + 1) // stride"),
            (
                WINDOW,
                "window = x_pad[n, c, min(top, H - 1) : top + pool_height, min(left, W - 1) : left + pool_width]",
            ),
        ),
    ),
    max_forward(
        "M06",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=AXES,
        check="out_stride",
        edits=(
            (WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
        ),
    ),
    max_forward(
        "M07",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=PLACE,
        check="out",
        edits=((CORNER, "top, left = i, j"),),
    ),
    max_forward(
        "M08",
        title="windows are placed side by side: the window's size is used for the stride",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=PLACE,
        check="out_stride",
        edits=(
            (
                CORNER,
                "top, left = min(i * pool_height, H + 2 * pad - pool_height), "
                "min(j * pool_width, W + 2 * pad - pool_width)",
            ),
        ),
    ),
    max_forward(
        "M09",
        title="the largest absolute value is returned",
        question="Which entry of (-5, 2) is the maximum?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out_stride",
        edits=((MAX, "out[n, c, i, j] = np.max(np.abs(window))"),),
    ),
    max_forward(
        "M10",
        title="the maximum is taken over channels as well",
        question="How many channels has the output?",
        remedy=OWN,
        check="out",
        edits=((WINDOW, WINDOW.replace("n, c", "n, :")),),
    ),
    max_forward(
        "M11",
        title="every image is image 0",
        question="Which image does your window come from?",
        remedy=OWN,
        check="out",
        edits=((WINDOW, WINDOW.replace("n, c", "0, c")),),
    ),
    max_forward(
        "M12",
        title="the average is returned instead of the maximum",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out",
        edits=((MAX, "out[n, c, i, j] = np.mean(window)"),),
    ),
    max_forward(
        "M13",
        title="the smallest entry is returned",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the largest entry of its window.",
        check="out",
        edits=((MAX, "out[n, c, i, j] = np.min(window)"),),
    ),
    max_forward(
        "M14",
        title="the cache holds the output instead of x",
        question="What does your backward read from the cache?",
        remedy="The cache holds x and pool_param as they were given.",
        check="cache",
        edits=(("cache = (x, pool_param)", "cache = (-x, pool_param)"),),
    ),
    max_forward(
        "M15",
        title="the padding counts as zeros, which beat negative entries",
        question="Can a zero of the padding be the maximum of a window of negative numbers?",
        remedy=INFINITY,
        check="padding",
        edits=(("constant_values=-np.inf", "constant_values=0"),),
    ),
    max_forward(
        "M16",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy=FIT,
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    max_forward(
        "M17",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy="A forward reads its inputs and changes nothing.",
        check="unchanged",
        edits=(("cache = (x, pool_param)", "cache = (x.copy(), pool_param)\n    x *= 0"),),
    ),
)
