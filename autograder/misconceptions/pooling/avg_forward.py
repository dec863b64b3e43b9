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
        "V12",
        title="the sum is divided by the square of the stride",
        question="How many entries has a window of 2 rows and 3 columns?",
        remedy="The divisor is pool_height * pool_width.",
        check="out_stride",
        edits=((AVERAGE, "out[n, c, i, j] = np.sum(window) / stride**2"),),
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
        "V26",
        title="the window is taken to be as high as it is wide",
        question="Is your window square in every case?",
        remedy=AXES,
        check="out_stride",
        edits=(
            (
                'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]',
                'pool_height = pool_width = pool_param["pool_width"]',
            ),
        ),
    ),
    avg_forward(
        "V27",
        title="the window is taken to be as wide as it is high",
        question="Is your window square in every case?",
        remedy=AXES,
        check="out_stride",
        edits=(
            (
                'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]',
                'pool_height = pool_width = pool_param["pool_height"]',
            ),
        ),
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
        "V13",
        title="the stride is used for rows and forgotten for columns",
        question="Where does window (0, 1) start when stride is 2?",
        remedy=PLACE,
        check="out",
        edits=((CORNER, "top, left = i * stride, j"),),
    ),
    avg_forward(
        "V14",
        title="the window's size is used for the stride, so that windows lie outside x",
        question="Where does window (1, 1) start when stride is 1 and the window is 3 x 2?",
        remedy=PLACE,
        check="out_stride",
        edits=((CORNER, "top, left = i * pool_height, j * pool_width"),),
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
        "V15",
        title="every image is image 0",
        question="Which image does your window come from?",
        remedy=OWN,
        check="out",
        edits=((WINDOW, WINDOW.replace("n, c", "0, c")),),
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
        "V16",
        title="the output's height is computed from the width",
        question="Which axis of out has H' entries?",
        remedy=FIT,
        check="out",
        edits=(
            ("H_out = 1 + (H + 2 * pad - pool_height)", "H_out = 1 + (W + 2 * pad - pool_width)"),
        ),
    ),
    avg_forward(
        "V25",
        title="the output's width is computed from the height",
        question="Which axis of out has W' entries?",
        remedy=AXES,
        check="out",
        edits=(
            ("W_out = 1 + (W + 2 * pad - pool_width)", "W_out = 1 + (H + 2 * pad - pool_height)"),
        ),
    ),
    avg_forward(
        "V17",
        title="the number of windows is no whole number: / instead of //",
        question="Of which type is 4 / 2, and can range count to it?",
        remedy="Whole numbers are divided with //.",
        check="out",
        edits=(
            ("(H + 2 * pad - pool_height) // stride", "(H + 2 * pad - pool_height) / stride"),
            ("(W + 2 * pad - pool_width) // stride", "(W + 2 * pad - pool_width) / stride"),
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
        "V23",
        title="windows are cut from x instead of the padded x",
        question="From which array do you cut the windows?",
        remedy="Windows are cut from the padded x.",
        check="padding",
        edits=((WINDOW, WINDOW.replace("x_pad", "x")),),
    ),
    avg_forward(
        "V24",
        title="windows are averaged over the entries that are left of them in x",
        question="By what do you divide a window that lies half in the padding?",
        remedy="Padded zeros count: the divisor is the window's size everywhere.",
        check="padding",
        edits=(
            (WINDOW, WINDOW.replace("x_pad", "x")),
            (AVERAGE, "out[n, c, i, j] = np.mean(window)"),
        ),
    ),
    avg_forward(
        "V18",
        title="np.pad is given one width for all axes: it pads images and channels, too",
        question="Which shape has np.pad(x, 1)?",
        remedy="Only rows and columns are padded: np.pad takes a pair of widths for each axis.",
        check="padding",
        edits=(("((0, 0), (0, 0), (pad, pad), (pad, pad))", "pad"),),
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
        "V22",
        title="pool_height and pool_width are taken for each other",
        question="Is your window square in every case?",
        remedy=AXES,
        check="out_stride",
        edits=(("pool_height, pool_width = ", "pool_width, pool_height = "),),
    ),
    avg_forward(
        "V19",
        title="the window is taken to be 2 x 2, whatever pool_param says",
        question="Where does your function read pool_param['pool_height']?",
        remedy="The window has pool_height rows and pool_width columns.",
        check="out_stride",
        edits=(
            (
                'pool_height, pool_width = pool_param["pool_height"], pool_param["pool_width"]',
                "pool_height, pool_width = 2, 2",
            ),
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
    avg_forward(
        "V20",
        title="the cache lacks what the backward needs",
        question="What does your backward read from the cache?",
        remedy="The cache holds x and pool_param as they were given.",
        check="cache",
        edits=(("cache = (x, pool_param)", "cache = (out, pool_param)"),),
    ),
    avg_forward(
        "V21",
        title="x is changed",
        question="What is in x after your function has run?",
        remedy="A forward reads its inputs and changes nothing.",
        check="unchanged",
        edits=(("cache = (x, pool_param)", "cache = (x.copy(), pool_param)\n    x *= 0"),),
    ),
)
