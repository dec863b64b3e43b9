"""Known wrong answers to ``truncated_backward``: where a sequence is cut."""

from autograder.misconceptions.recurrent.forms import truncated
from autograder.misconceptions.recurrent.rules import COLLECTED, PIECES, READ_ONLY, READS_BEFORE

_STARTS = "for start in reversed(range(0, x.shape[1], steps)):"
_PIECE = "piece = slice(start, start + steps)"
_BEFORE = "before = h[:, start - 1] if start > 0 else h0"
_SHARES = "shares = rnn_backward(dh[:, piece], piece_cache)"
_SENT = "dx[:, piece] = shares[0]"
_SUMS = ("dWx += shares[2]", "dWh += shares[3]", "db += shares[4]")
_WHERE = "Which steps belong to the first piece, and which to the last?"
_NO_CUT = "Within a piece what is carried goes on as ever; it ends where the piece begins."

MISTAKES = (
    truncated(
        "RK01",
        title="nothing is cut: what is carried goes through the whole sequence",
        question="Does what arrives at the last step reach the first piece?",
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
            (_STARTS, "for start in reversed(range(-(-x.shape[1] % steps), x.shape[1], steps)):"),
            (_PIECE, "piece = slice(max(0, start), start + steps)"),
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
                _SHARES,
                "if start + steps < x.shape[1]:\n            dh0 = np.zeros(h0.shape)\n"
                "            continue\n        " + _SHARES,
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
        title="the gradients of weights and bias are those of the first piece alone",
        question="How many pieces use Wh?",
        remedy=COLLECTED,
        check="pieces",
        edits=tuple((line, line.replace("+=", "=")) for line in _SUMS),
    ),
    truncated(
        "RK07",
        title="every piece is taken to start from h0",
        question="Which state did the first step of the second piece read?",
        remedy=READS_BEFORE,
        check="pieces",
        edits=((_BEFORE, "before = h0"),),
    ),
    truncated(
        "RK08",
        title="every piece is taken to start from zeros",
        question="Which state did the first step of the second piece read?",
        remedy="The state goes on from piece to piece; it is the gradient that is cut.",
        check="pieces",
        edits=((_BEFORE, "before = np.zeros(h0.shape)"),),
    ),
    truncated(
        "RK09",
        title="what is carried is added to the piece before: nothing is cut",
        question="Does what arrives at the last step reach the first piece?",
        remedy=PIECES,
        check="pieces",
        edits=(
            (_STARTS, "dh0 = 0\n    " + _STARTS),
            (
                _SHARES,
                "whole = dh[:, piece].copy()\n        whole[:, -1] += dh0\n"
                "        shares = rnn_backward(whole, piece_cache)",
            ),
        ),
    ),
    truncated(
        "RK10",
        title="dh0 is that of the last piece",
        question="Which piece starts from h0?",
        remedy="dh0 is what is carried out of step 0: that of the first piece.",
        check="pieces",
        edits=(("dh0 = shares[1]", "dh0 = shares[1] if start + steps >= x.shape[1] else dh0"),),
    ),
    truncated(
        "RK11",
        title="a piece that is shorter than the others is left out",
        question=_WHERE,
        remedy="The last piece may be shorter: a slice ends where the array ends.",
        check="pieces",
        edits=(
            ("dx = np.zeros(x.shape)", "dx, dh0 = np.zeros(x.shape), np.zeros(h0.shape)"),
            (_STARTS, "for start in reversed(range(0, x.shape[1] - steps + 1, steps)):"),
        ),
    ),
    truncated(
        "RK12",
        title="dh is changed",
        question="What is in dh after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_SENT, _SENT + "\n        dh[:, piece] = 0"),),
    ),
)
