"""Known wrong answers to ``avg_pool_forward_naive``."""

from autograder.misconceptions.pooling.forms import avg_forward
from autograder.misconceptions.pooling.rules import AXES, FIT, OWN, PLACE
from autograder.misconceptions.pooling.statements import AVERAGE, CORNER, WINDOW

MISTAKES = (
    avg_forward(
        "V01",
        title="the sum is divided by the square of the window's height",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy="The divisor is pool_height * pool_width.",
        check="out_stride",
        edits=(
            (AVERAGE, AVERAGE.replace("pool_height * pool_width", "pool_height * pool_height")),
        ),
    ),
    avg_forward(
        "V02",
        title="the sum is not divided by the window's size",
        question="What is the average of four ones?",
        remedy="The divisor is pool_height * pool_width.",
        check="out",
        edits=((AVERAGE, "out[n, c, i, j] = np.sum(window)"),),
    ),
    avg_forward(
        "V03",
        title="padded zeros are left out of the count",
        question="By what do you divide a window that lies half in the padding?",
        remedy="Padded zeros count: the divisor is the window's size everywhere.",
        check="padding",
        edits=(
            (
                AVERAGE,
                "rows = min(top + pool_height, pad + H) - max(top, pad)\n"
                "                    cols = min(left + pool_width, pad + W) - max(left, pad)\n"
                "                    out[n, c, i, j] = np.sum(window) / (rows * cols)",
            ),
        ),
    ),
    avg_forward(
        "V04",
        title="the division // cuts off the fraction",
        question="What is 5 // 6?",
        remedy="An average is a real number: divide with /.",
        check="out",
        edits=((AVERAGE, AVERAGE.replace(") / (", ") // (")),),
    ),
    avg_forward(
        "V05",
        title="the stride is ignored",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=PLACE,
        check="out",
        edits=((CORNER, "top, left = i, j"),),
    ),
    avg_forward(
        "V06",
        title="the largest entry is returned instead of the average",
        question="Which number of the window should come out?",
        remedy="out[n, c, i, j] is the sum of its window divided by pool_height * pool_width.",
        check="out",
        edits=((AVERAGE, "out[n, c, i, j] = np.max(window)"),),
    ),
    avg_forward(
        "V07",
        title="the average is taken over channels as well",
        question="How many channels has the output?",
        remedy=OWN,
        check="out",
        edits=(
            (WINDOW, WINDOW.replace("n, c", "n, :")),
            (AVERAGE, "out[n, c, i, j] = np.mean(window)"),
        ),
    ),
    avg_forward(
        "V08",
        title="the number of windows is computed as H // pool_height",
        question="How many windows of height 3 fit into 5 rows when stride is 1?",
        remedy=FIT,
        check="out_stride",
        edits=(
            ("1 + (H + 2 * pad - pool_height) // stride", "H // pool_height"),
            ("1 + (W + 2 * pad - pool_width) // stride", "W // pool_width"),
        ),
    ),
    avg_forward(
        "V09",
        title="the padding is ignored",
        question="Where does your function read pool_param['pad']?",
        remedy=FIT,
        check="padding",
        edits=(('pool_param.get("pad", 0)', "0"),),
    ),
    avg_forward(
        "V10",
        title="the window's height and width are swapped",
        question="Is your window square in every case?",
        remedy=AXES,
        check="out_stride",
        edits=(
            (WINDOW, "window = x_pad[n, c, top : top + pool_width, left : left + pool_height]"),
        ),
    ),
    avg_forward(
        "V11",
        title="out is collected in the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy="The result is float64, whatever the dtype of x.",
        check="integers",
        edits=(
            ("np.zeros((N, C, H_out, W_out))", "np.zeros((N, C, H_out, W_out), dtype=x.dtype)"),
        ),
    ),
)
