"""What was cut off on the way forward."""

from autograder.misconceptions.variants.forms import stamps_backward
from autograder.misconceptions.variants.rules import PUT_BACK
from autograder.misconceptions.variants.statements import DWHOLE, PARAMETERS

MISTAKES = (
    stamps_backward(
        "T04",
        title="the pad is ignored: windows are cut from dout as it is",
        question="Which size has the output before it is cut?",
        remedy=PUT_BACK,
        check="dx",
        edits=(
            (
                DWHOLE,
                "dwhole = np.zeros((*dout.shape[:2], (H - 1) * stride + high, (W - 1) * stride + wide))\n"
                "    dwhole[:, :, : dout.shape[2], : dout.shape[3]] = dout",
            ),
        ),
    ),
    stamps_backward(
        "T24",
        title="no zeros are put around dout, so that the last windows do not fit",
        question="Which size has the output before it is cut?",
        remedy=PUT_BACK,
        check="dx",
        edits=((DWHOLE, "dwhole = dout"),),
    ),
    stamps_backward(
        "T05",
        title="pad is cut off from dout, which is cut already",
        question="Was the output made larger or smaller by pad?",
        remedy=PUT_BACK,
        check="dx",
        edits=(
            (DWHOLE, "dwhole = dout[:, :, pad : dout.shape[2] - pad, pad : dout.shape[3] - pad]"),
        ),
    ),
    stamps_backward(
        "T25",
        title="zeros are put below and on the right only",
        question="Behind how many rows does dout begin in the output before it is cut?",
        remedy=PUT_BACK,
        check="dx",
        edits=((DWHOLE, DWHOLE.replace("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)")),),
    ),
    stamps_backward(
        "T26",
        title="dout is surrounded by its border values instead of zeros",
        question="What is the gradient of an entry that was cut off?",
        remedy=PUT_BACK,
        check="dx",
        edits=((DWHOLE, DWHOLE[:-1] + ', mode="edge")'),),
    ),
    stamps_backward(
        "T27",
        title="the pad is taken to be 1, whatever conv_param says",
        question="Where does your function read conv_param['pad']?",
        remedy=PUT_BACK,
        check="dx",
        edits=((PARAMETERS, 'stride, pad = conv_param["stride"], 1'),),
    ),
    stamps_backward(
        "T28",
        title="stride and pad are swapped",
        question="Which of the two values is conv_param['stride']?",
        remedy="A dictionary is read by its keys; the order of its entries means nothing.",
        check="dx",
        edits=((PARAMETERS, 'pad, stride = conv_param["stride"], conv_param["pad"]'),),
    ),
    stamps_backward(
        "T29",
        title="np.pad(dout, pad) pads images and channels, too",
        question="Which shape has np.pad(dout, 1)?",
        remedy="Only rows and columns are padded: np.pad takes a pair of widths for each axis.",
        check="dx",
        edits=((DWHOLE, "dwhole = np.pad(dout, pad)"),),
    ),
)
