"""Known wrong answers to ``unit_rows_backward`` and ``leaky_sum_backward``: roads forgotten."""

from functools import partial

from autograder.misconceptions.clinic.rules import FRESH, IGNORED, IN_DOUT, READ_ONLY, UPSTREAM
from autograder.misconceptions.misconception import Misconception

unit = partial(Misconception, function="unit_rows_backward")
leaky = partial(Misconception, function="leaky_sum_backward")

_NORM = "norm = np.sqrt(np.sum(x**2, axis=1, keepdims=True))"
_ALONG = "along = np.sum(dout * out, axis=1, keepdims=True)"
_DX = "dx = (dout - along * out) / norm"
_ROADS = "On how many roads does one entry of x reach out?"
_TWO = (
    "An entry reaches its own output directly, and every output of its row through the norm: "
    "(dout - out * sum(dout * out)) / norm, row by row."
)
_ROW = "Every row has a norm of its own, and one number sum(dout * out)."

_STEPS = "for t in reversed(range(x.shape[1])):"
_CARRY = "carry = dout[:, t] + decay * carry"
_SEND = "dx[:, t] = carry"
_START = "carry = np.zeros(x.shape[0])"
_LATER = "Which outputs does x[:, 0] appear in, and which does the last x appear in?"
_BACKWARDS = "x[:, t] is in every out from t on: begin at the last step and carry on to the first."
_DECAY = "One step further back is one more factor of decay."

MISTAKES = (
    unit(
        "H701",
        title="the norm is taken for a constant",
        question=_ROADS,
        remedy=_TWO,
        check="dx",
        edits=((_DX, "dx = dout / norm"),),
    ),
    unit(
        "H702",
        title="the division by the norm is forgotten",
        question="How much does out change when a long row moves by 1?",
        remedy="The whole gradient is divided by the norm.",
        check="dx",
        edits=((_DX, "dx = dout - along * out"),),
    ),
    unit(
        "H703",
        title="only the second term is divided by the norm",
        question="Which of the two terms is divided by the norm?",
        remedy="The whole gradient is divided by the norm.",
        check="dx",
        edits=((_DX, "dx = dout - along * out / norm"),),
    ),
    unit(
        "H704",
        title="only the diagonal of the Jacobian: 1 - out**2",
        question=_ROADS,
        remedy=_TWO,
        check="dx",
        edits=((_DX, "dx = dout * (1 - out**2) / norm"),),
    ),
    unit(
        "H705",
        title="dout is missing in the path through the norm",
        question="What is multiplied and summed along a row: out with itself, or with dout?",
        remedy=_ROW,
        check="dx",
        edits=((_ALONG, _ALONG.replace("dout * out", "out")),),
    ),
    unit(
        "H706",
        title="the path through the norm is summed over columns instead of rows",
        question="Which entries share one norm?",
        remedy=_ROW,
        check="dx",
        edits=((_ALONG, _ALONG.replace("axis=1", "axis=0")),),
    ),
    unit(
        "H707",
        title="one norm for the whole array",
        question="How many norms does the forward compute?",
        remedy=_ROW,
        check="dx",
        edits=((_NORM, "norm = np.sqrt(np.sum(x**2))"),),
    ),
    unit(
        "H708",
        title="the path through the norm is added instead of subtracted",
        question="If an entry grows, the norm grows: do the outputs grow or shrink by that?",
        remedy="The norm stands in the denominator: its path is subtracted.",
        check="dx",
        edits=((_DX, _DX.replace("-", "+")),),
    ),
    unit(
        "H709",
        title="the sum over a row is replaced by a mean",
        question="Does the forward divide by the number of columns?",
        remedy=_ROW,
        check="dx",
        edits=((_ALONG, _ALONG.replace("sum", "mean")),),
    ),
    unit(
        "H710",
        title="the square root is forgotten: division by the sum of squares",
        question="By what does the forward divide?",
        remedy="The norm is the square root of the sum of squares.",
        check="dx",
        edits=((_NORM, "norm = np.sum(x**2, axis=1, keepdims=True)"),),
    ),
    unit(
        "H711",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_NORM, _NORM + "\n    dout = np.ones(dout.shape)"),),
    ),
    unit(
        "H712",
        title="dout is changed in place",
        question=IN_DOUT,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DX, "dout -= along * out\n    dx = dout / norm"),),
    ),
    unit(
        "H713",
        title="x is used in the place of out in the path through the norm",
        question="What is x divided by its norm called?",
        remedy=_TWO,
        check="dx",
        edits=((_DX, "dx = (dout - along * x) / norm"),),
    ),
    leaky(
        "H801",
        title="the sum runs from the first step to the last",
        question=_LATER,
        remedy=_BACKWARDS,
        check="dx",
        edits=((_STEPS, "for t in range(x.shape[1]):"),),
    ),
    leaky(
        "H802",
        title="only the diagonal: each step gets its own dout alone",
        question=_LATER,
        remedy=_BACKWARDS,
        check="dx",
        edits=((_CARRY, "carry = dout[:, t]"),),
    ),
    leaky(
        "H803",
        title="the decay is forgotten",
        question="By what is x[:, 0] multiplied in out[:, 1]?",
        remedy=_DECAY,
        check="dx",
        edits=((_CARRY, "carry = dout[:, t] + carry"),),
    ),
    leaky(
        "H804",
        title="only one step back is counted",
        question=_LATER,
        remedy=_BACKWARDS,
        check="dx",
        edits=((_SEND, "dx[:, t] = carry\n        carry = dout[:, t]"),),
    ),
    leaky(
        "H805",
        title="the decay multiplies the step's own dout, too",
        question="By what is x[:, 0] multiplied in out[:, 0]?",
        remedy=_DECAY,
        check="dx",
        edits=((_CARRY, "carry = decay * (dout[:, t] + carry)"),),
    ),
    leaky(
        "H806",
        title="the first step gets no gradient",
        question="Which values does t take in your loop?",
        remedy=_BACKWARDS,
        check="dx",
        edits=((_STEPS, "for t in reversed(range(1, x.shape[1])):"),),
    ),
    leaky(
        "H807",
        title="the last step gets no gradient",
        question="Which values does t take in your loop?",
        remedy=_BACKWARDS,
        check="dx",
        edits=((_STEPS, "for t in reversed(range(x.shape[1] - 1)):"),),
    ),
    leaky(
        "H808",
        title="what is carried between steps is summed over the rows",
        question="Does one row know of another?",
        remedy="Every row is a series of its own.",
        check="dx",
        edits=((_CARRY, "carry = dout[:, t] + decay * np.sum(carry)"),),
    ),
    leaky(
        "H809",
        title="what is carried survives from call to call",
        question="With which numbers does your loop start?",
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                "def leaky_sum_backward(dout, cache):",
                "def leaky_sum_backward(dout, cache, kept={}):",
            ),
            (_START, _START + " + kept.get(x.shape, 0)"),
            ("return dx", "kept[x.shape] = carry\n    return dx"),
        ),
    ),
    leaky(
        "H810",
        title="gradients are added up inside dout",
        question=IN_DOUT,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_SEND, "dx[:, t] = carry\n        dout[:, t] = carry"),),
    ),
    leaky(
        "H811",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_START, _START + "\n    dout = np.ones(dout.shape)"),),
    ),
)
