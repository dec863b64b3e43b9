"""Known wrong answers to ``truncated_gradients``: where a sequence is cut."""

from autograder.misconceptions.recurrent.forms import truncated
from autograder.misconceptions.recurrent.rules import COLLECTED, PIECES, READ_ONLY

_STARTS = "for start in range(0, x.shape[1], steps):"
_PIECE = "piece = slice(start, start + steps)"
_FORWARD = "h, cache = rnn_forward(x[:, piece], prev_h, Wx, Wh, b)"
_BACKWARD = "shares = rnn_backward(dh[:, piece], cache)"
_ONWARD = "prev_h = h[:, -1]"
_SENT = "dx[:, piece] = shares[0]"
_START = "if start == 0:\n            dh0 = shares[1]"
_SUMS = ("dWx += shares[2]", "dWh += shares[3]", "db += shares[4]")
_WHERE = "Which steps belong to the first piece, and which to the last?"
_WHOLE = "Does what arrives at the last step reach the first piece?"
_FIRST_STATE = "Which state did the first step of the second piece read?"
_GOES_ON = "The state goes on from piece to piece; it is the gradient that is cut."
_NO_CUT = "Within a piece what is carried goes on as ever; it ends where the piece begins."

MISTAKES = (
    truncated(
        "RK01",
        title="nothing is cut: what is carried goes through the whole sequence",
        question=_WHOLE,
        remedy=PIECES,
        check="pieces",
        edits=((_STARTS, "steps = x.shape[1]\n    " + _STARTS),),
    ),
    truncated(
        "RK02",
        title="pieces are counted from the end of the sequence",
        question=_WHERE,
        remedy=PIECES,
        check="pieces",
        edits=(
            (_STARTS, "for start in range(-(-x.shape[1] % steps), x.shape[1], steps):"),
            (_PIECE, "piece = slice(max(0, start), start + steps)"),
            (_START, _START.replace("start == 0", "start <= 0")),
        ),
    ),
    truncated(
        "RK03",
        title="only the last piece has gradients",
        question="Which steps have an input whose gradient is wanted?",
        remedy="Every piece has gradients: what arrives from above arrives at all of them.",
        check="pieces",
        edits=(
            (
                _BACKWARD,
                _BACKWARD
                + "\n        shares = [(start + steps >= x.shape[1]) * share for share in shares]",
            ),
        ),
    ),
    truncated(
        "RK04",
        title="every step is a piece of its own: nothing is carried at all",
        question="What is carried from step 1 to step 0, if both are in one piece?",
        remedy=_NO_CUT,
        check="pieces",
        edits=((_STARTS, "steps = 1\n    " + _STARTS),),
    ),
    truncated(
        "RK05",
        title="pieces are one step too long",
        question=_WHERE,
        remedy=PIECES,
        check="pieces",
        edits=((_STARTS, "steps = steps + 1\n    " + _STARTS),),
    ),
    truncated(
        "RK06",
        title="the gradients of weights and bias are those of the last piece alone",
        question="How many pieces use Wh?",
        remedy=COLLECTED,
        check="pieces",
        edits=tuple((line, line.replace("+=", "=")) for line in _SUMS),
    ),
    truncated(
        "RK07",
        title="every piece starts from h0: the state is cut, too",
        question=_FIRST_STATE,
        remedy=_GOES_ON,
        check="pieces",
        edits=((_ONWARD, "prev_h = h0"),),
    ),
    truncated(
        "RK08",
        title="every piece but the first starts from zeros: the state is cut, too",
        question=_FIRST_STATE,
        remedy=_GOES_ON,
        check="pieces",
        edits=((_ONWARD, "prev_h = np.zeros(h0.shape)"),),
    ),
    truncated(
        "RK09",
        title="a piece starts from the first state of the one before instead of the last",
        question=_FIRST_STATE,
        remedy=_GOES_ON,
        check="pieces",
        edits=((_ONWARD, "prev_h = h[:, 0]"),),
    ),
    truncated(
        "RK10",
        title="dh0 is that of the last piece",
        question="Which piece starts from h0?",
        remedy="dh0 is what is carried out of step 0: that of the first piece.",
        check="pieces",
        edits=((_START, "dh0 = shares[1]"),),
    ),
    truncated(
        "RK11",
        title="dh0 is added up over the pieces",
        question="Which piece starts from h0?",
        remedy="dh0 is what is carried out of step 0: that of the first piece.",
        check="pieces",
        edits=((_START, "dh0 = shares[1] + (dh0 if start else 0)"),),
    ),
    truncated(
        "RK12",
        title="a piece that is shorter than the others is left out",
        question=_WHERE,
        remedy="The last piece may be shorter: a slice ends where the array ends.",
        check="pieces",
        edits=((_STARTS, "for start in range(0, x.shape[1] - steps + 1, steps):"),),
    ),
    truncated(
        "RK13",
        title="the gradients of weights and bias are means over the pieces",
        question="How many pieces use Wh, and does the forward divide by their number?",
        remedy=COLLECTED,
        check="pieces",
        edits=tuple((line, f"{line} / -(-x.shape[1] // steps)") for line in _SUMS),
    ),
    truncated(
        "RK14",
        title="dh is changed",
        question="What is in dh after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_SENT, _SENT + "\n        dh[:, piece] = 0"),),
    ),
    truncated(
        "RK15",
        title="the sums survive: the next call adds to them",
        question="With which numbers do your sums start when the function is called again?",
        remedy="Each call begins with zeros: nothing survives from one call to the next.",
        check="repeatable",
        edits=(
            (
                "def truncated_gradients(x, h0, Wx, Wh, b, dh, steps):",
                "def truncated_gradients(x, h0, Wx, Wh, b, dh, steps, kept={}):",
            ),
            (_SUMS[2], f"{_SUMS[2]} + kept.get(x.shape, 0)"),
            ("return dx,", "kept[x.shape] = db\n    return dx,"),
        ),
    ),
)
