"""Known wrong answers to ``max_pool_backward_im2col``."""

from autograder.misconceptions.im2col.forms import POOL_SCATTER, pool_backward, pool_direct
from autograder.misconceptions.im2col.rules import MAXIMUM, READ_ONLY, STRIDE

_PLANES = "x.reshape(N * C, 1, H, W)"
_COLS = f"im2col_indices({_PLANES}, height, width, 0, stride)"
_WINNERS = "winners = cols.argmax(axis=0)"
_BUFFER = "dcols = np.zeros(cols.shape)"
_FLAT = "dout.transpose(2, 3, 0, 1).ravel()"
_PUT = f"dcols[winners, np.arange(winners.size)] = {_FLAT}"
_BACK = "col2im_indices(dcols, (N * C, 1, H, W), height, width, 0, stride)"
_RETURN = "return dx.reshape(x.shape)"
_TIES = "Among equal maxima the first in row-major order gets the whole gradient."
_ORDER = (
    "Columns go window by window, and for each window plane by plane: (H', W', N, C) flattened."
)
_PLANE = "Channels are pooled apart: every plane x[n, c] becomes an image of one channel."

MISTAKES = (
    pool_backward(
        "I501",
        title="dout is flattened as it stands, image by image",
        question="To which image and channel belongs column 1 of the matrix?",
        remedy=_ORDER,
        check="dx",
        edits=((_FLAT, "dout.ravel()"),),
    ),
    pool_backward(
        "I502",
        title="images and channels are swapped where dout is flattened",
        question="In which order do the planes x[n, c] stand after x.reshape(N * C, 1, H, W)?",
        remedy=_ORDER,
        check="dx",
        edits=((_FLAT, _FLAT.replace("0, 1", "1, 0")),),
    ),
    pool_backward(
        "I503",
        title="rows and columns of dout are swapped where it is flattened",
        question="In which order do the windows of your columns stand?",
        remedy=_ORDER,
        check="dx",
        edits=((_FLAT, _FLAT.replace("2, 3", "3, 2")),),
    ),
    pool_backward(
        "I504",
        title="whole rows of the matrix are assigned: the index of the columns is missing",
        question="Which entries does a[rows] = d select, and which a[rows, columns] = d?",
        remedy="One entry of each column is set: its row is the winner's, its column goes 0, 1, 2 ...",
        check="dx",
        edits=((_PUT, _PUT.replace("winners, np.arange(winners.size)", "winners")),),
    ),
    pool_backward(
        "I505",
        title="nothing is written into the matrix: dx is zero everywhere",
        question="Which line of your function uses dout?",
        remedy=MAXIMUM,
        check="dx",
        edits=((_PUT, "pass"),),
    ),
    pool_backward(
        "I506",
        title="the matrix inherits the integer type of x",
        question="Which dtype has np.zeros_like(cols) when x holds integers?",
        remedy="dx is float64, whatever the dtype of x: np.zeros(cols.shape).",
        check="integers",
        edits=((_BUFFER, "dcols = np.zeros_like(cols)"),),
    ),
    pool_backward(
        "I507",
        title="every one of several equal maxima gets the whole gradient",
        question="How many entries of a column does your mask select when two are equal?",
        remedy=_TIES,
        check="ties",
        edits=((_PUT, f"dcols = (cols == cols.max(axis=0)) * {_FLAT}"),),
    ),
    pool_backward(
        "I508",
        title="the gradient is split among equal maxima",
        question="What does your function do with a window whose entries are all equal?",
        remedy=_TIES,
        check="ties",
        edits=(
            (
                _PUT,
                f"mask = cols == cols.max(axis=0)\n    dcols = mask / mask.sum(axis=0) * {_FLAT}",
            ),
        ),
    ),
    pool_backward(
        "I509",
        title="the last of equal maxima gets the gradient",
        question="What does your function do with a window whose entries are all equal?",
        remedy=_TIES,
        check="ties",
        edits=((_WINNERS, "winners = len(cols) - 1 - cols[::-1].argmax(axis=0)"),),
    ),
    pool_backward(
        "I510",
        title="nearly equal entries count as maxima too",
        question="How far apart may two numbers be for np.isclose?",
        remedy="Compare exactly, or better use the position that argmax finds.",
        check="dx_stride",
        edits=((_PUT, f"dcols = np.isclose(cols, cols.max(axis=0)) * {_FLAT}"),),
    ),
    pool_backward(
        "I511",
        title="the smallest entry gets the gradient",
        question="Which entry of a window is the output?",
        remedy=MAXIMUM,
        check="dx",
        edits=((_WINNERS, _WINNERS.replace("argmax", "argmin")),),
    ),
    pool_backward(
        "I512",
        title="the entry that is largest in absolute value gets the gradient",
        question="Is -9 larger than 2?",
        remedy=MAXIMUM,
        check="dx_negative",
        edits=((_WINNERS, "winners = np.abs(cols).argmax(axis=0)"),),
    ),
    pool_backward(
        "I513",
        title="the maximum of each row of the matrix is looked for, not of each column",
        question="Is a window a row or a column of the matrix?",
        remedy="A window is a column: argmax along axis 0.",
        check="dx",
        edits=((_WINNERS, _WINNERS.replace("axis=0", "axis=1")),),
    ),
    pool_backward(
        "I514",
        title="the gradient is spread evenly, as in average pooling",
        question="Which entries of a window does its maximum depend on?",
        remedy=MAXIMUM,
        check="dx",
        edits=((_PUT, f"dcols = np.ones(cols.shape) / len(cols) * {_FLAT}"),),
    ),
    pool_backward(
        "I515",
        title="the winners are multiplied by their value",
        question="By how much does the maximum grow when the winner grows by 1?",
        remedy=MAXIMUM,
        check="dx",
        edits=((_PUT, f"{_PUT} * cols.max(axis=0)"),),
    ),
    pool_backward(
        "I516",
        title="dout is ignored, as if it were 1 everywhere",
        question="What would dx be if dout were twice as large?",
        remedy=MAXIMUM,
        check="dx",
        edits=((_PUT, _PUT.replace(_FLAT, "1.0")),),
    ),
    pool_backward(
        "I517",
        title="channels are not taken apart: one maximum is looked for in all of them",
        question="How many maxima has a window of an image with 3 channels?",
        remedy=_PLANE,
        check="dx",
        edits=(
            (_COLS, "im2col_indices(x, height, width, 0, stride)"),
            (_BACK, "col2im_indices(dcols, x.shape, height, width, 0, stride)"),
        ),
    ),
    pool_backward(
        "I518",
        title="images are taken for channels: the planes are reshaped to (1, N * C, H, W)",
        question="How many maxima has a window of an image with 3 channels?",
        remedy=_PLANE,
        check="dx",
        edits=((_COLS, _COLS.replace("N * C, 1", "1, N * C")),),
    ),
    pool_backward(
        "I519",
        title="dx is returned as planes, (N * C, 1, H, W)",
        question="Which shape has x?",
        remedy="dx has the shape of x: the planes are reshaped back.",
        check="dx",
        edits=((_RETURN, "return dx"),),
    ),
    pool_backward(
        "I520",
        title="the planes are reshaped back as if channels stood before images",
        question="In which order do the planes x[n, c] stand after x.reshape(N * C, 1, H, W)?",
        remedy="Going back undoes the steps of going there: reshape to (N, C, H, W).",
        check="dx",
        edits=((_RETURN, "return dx.reshape(C, N, H, W).transpose(1, 0, 2, 3)"),),
    ),
    pool_backward(
        "I521",
        title="the stride is taken to be the window's height",
        question="Where does your function read pool_param['stride']?",
        remedy=STRIDE,
        check="dx_stride",
        edits=(('stride = pool_param["stride"]', "stride = height"),),
    ),
    pool_backward(
        "I522",
        title="stride 1 is hard-coded where columns are put back",
        question="Where does window (1, 1) start when stride is 2?",
        remedy=STRIDE,
        check="dx",
        edits=((_BACK, _BACK.replace("0, stride", "0, 1")),),
    ),
    pool_backward(
        "I523",
        title="the window's height and width are taken for each other",
        question="Is your window square in every case?",
        remedy="pool_height belongs to rows, pool_width to columns.",
        check="dx_overlap",
        edits=(
            (
                'height, width = pool_param["pool_height"], pool_param["pool_width"]',
                'width, height = pool_param["pool_height"], pool_param["pool_width"]',
            ),
        ),
    ),
    pool_backward(
        "I524",
        title="height and width are handed to col2im in the wrong order",
        question="In which order does col2im_indices take the two sizes of the field?",
        remedy="The order is field_height, field_width, padding, stride.",
        check="dx_overlap",
        edits=((_BACK, _BACK.replace("height, width", "width, height")),),
    ),
    pool_direct(
        "I525",
        title="winners are added through index arrays with +=, which keeps one of several",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="A pixel that wins several windows gets the sum: np.add.at, or col2im.",
        check="dx_overlap",
        edits=((POOL_SCATTER, "dx[n, c, row, col] += dout"),),
    ),
    pool_direct(
        "I526",
        title="the place of the winner in its window is forgotten",
        question="Where in the image is entry m of window (i, j)?",
        remedy=MAXIMUM,
        check="dx",
        edits=(
            (
                "i * stride + winners // width, j * stride + winners % width",
                "i * stride, j * stride",
            ),
        ),
    ),
    pool_direct(
        "I527",
        title="the winner's row and column are split by the window's height",
        question="How many entries has one row of a window?",
        remedy="Entry m of a window stands in row m // pool_width and column m % pool_width.",
        check="dx_overlap",
        edits=(
            (
                "i * stride + winners // width, j * stride + winners % width",
                "i * stride + winners // height, j * stride + winners % height",
            ),
        ),
    ),
    pool_backward(
        "I528",
        title="dout is changed",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_RETURN, f"dout *= 0\n    {_RETURN}"),),
    ),
    pool_backward(
        "I529",
        title="gradients of earlier calls are still in the matrix",
        question="Where is your matrix made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            ("(dout, cache):", "(dout, cache, kept={}):"),
            (
                _PUT,
                "dcols = kept.setdefault((x.shape, height, stride), dcols)\n    "
                + _PUT.replace("] =", "] +="),
            ),
        ),
    ),
)
