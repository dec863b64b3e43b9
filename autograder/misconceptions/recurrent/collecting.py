"""Known wrong answers to ``rnn_backward``: gradients of the weights, and behaviour."""

from autograder.misconceptions.recurrent.forms import backward, inline, of_step_caches
from autograder.misconceptions.recurrent.rules import (
    COLLECTED,
    EXACT,
    EXACTLY,
    FLOATS,
    FRESH,
    HOW_OFTEN,
    IN_THE_ARGUMENTS,
    LEFT_OVER,
    NOT_AVERAGED,
    OUTER,
    READ_ONLY,
    READS_BEFORE,
    SUMMED,
    WHICH_STATE,
)
from autograder.misconceptions.recurrent.statements import (
    BEFORE,
    INLINE_B,
    INLINE_WH,
    INLINE_WX,
    NOTHING,
    RETURN,
    SHARES,
    SUM_B,
    SUM_WH,
    SUM_WX,
    SUMS,
)

_DEFINED = "def rnn_backward(dh, cache):"
_KEEPING = "def rnn_backward(dh, cache, kept={}):"
_AVERAGED = "Does the forward divide by anything?"
_INSIDE = "All five gradients go through the tanh: they are made of da."

MISTAKES = (
    backward(
        "R06",
        title="the gradients of weights and bias are assigned (=) instead of added up (+=)",
        question=HOW_OFTEN,
        remedy=COLLECTED,
        check="dWx",
        edits=tuple((line, line.replace("+=", "=")) for line in (SUM_WX, SUM_WH, SUM_B)),
    ),
    backward(
        "R07",
        title="dWh is assigned (=) instead of added up (+=)",
        question=HOW_OFTEN,
        remedy=COLLECTED,
        check="dWh",
        edits=((SUM_WH, SUM_WH.replace("+=", "=")),),
    ),
    backward(
        "R47",
        title="db is assigned (=) instead of added up (+=)",
        question=HOW_OFTEN,
        remedy=COLLECTED,
        check="db",
        edits=((SUM_B, SUM_B.replace("+=", "=")),),
    ),
    backward(
        "R48",
        title="dWx is assigned (=) instead of added up (+=)",
        question=HOW_OFTEN,
        remedy=COLLECTED,
        check="dWx",
        edits=((SUM_WX, SUM_WX.replace("+=", "=")),),
    ),
    backward(
        "R05",
        title="dWh is made with the state after the step instead of the one before",
        question=WHICH_STATE,
        remedy=READS_BEFORE,
        check="dWh",
        edits=((BEFORE, "prev_h = h[:, t]"),),
    ),
    backward(
        "R49",
        title="h[:, t - 1] is used in step 0, too, where it is the last state",
        question="What is h[:, t - 1] when t is 0?",
        remedy=READS_BEFORE,
        check="dWh",
        edits=((BEFORE, "prev_h = h[:, t - 1]"),),
    ),
    backward(
        "R19",
        title="the first state is taken to be zero",
        question=WHICH_STATE,
        remedy=READS_BEFORE,
        check="dWh",
        edits=((BEFORE, BEFORE.replace("else h0", "else np.zeros(h0.shape)")),),
    ),
    backward(
        "R50",
        title="dWh is made with h0 in every step",
        question=WHICH_STATE,
        remedy=READS_BEFORE,
        check="dWh",
        edits=((BEFORE, "prev_h = h0"),),
    ),
    inline(
        "R15",
        title="dWh is transposed, which shows in no shape",
        question="Which of the two indices of Wh belongs to the state before?",
        remedy=OUTER,
        check="dWh",
        edits=((INLINE_WH, "dWh += da.T @ prev_h"),),
    ),
    inline(
        "R51",
        title="dWx is transposed",
        question="Which shape has dWx, and which has Wx?",
        remedy=OUTER,
        check="dWx",
        edits=((RETURN, RETURN.replace("dWx", "dWx.T")),),
    ),
    inline(
        "R52",
        title="the slope of the tanh is missing in the gradients of the weights alone",
        question="On which way does a change of a weight reach h[:, t]?",
        remedy=_INSIDE,
        check="dWx",
        edits=(
            (INLINE_WX, "dWx += x[:, t].T @ whole"),
            (INLINE_WH, "dWh += prev_h.T @ whole"),
        ),
    ),
    inline(
        "R53",
        title="the weights see what comes from above alone, and not what is carried",
        question="Which gradient of h[:, t] does a weight of step t work on?",
        remedy="The whole gradient of a state, from above and from the next step, reaches the weights.",
        check="dWx",
        edits=(
            (
                INLINE_WX,
                "above = dh[:, t] * (1 - h[:, t] ** 2)\n        dWx += x[:, t].T @ above",
            ),
            (INLINE_WH, "dWh += prev_h.T @ above"),
            (INLINE_B, "db += above.sum(axis=0)"),
        ),
    ),
    inline(
        "R54",
        title="db is not summed over the sequences",
        question="How many biases are there, and to how many sequences was each added?",
        remedy=SUMMED,
        check="db",
        edits=((INLINE_B, "db = db + da"),),
    ),
    inline(
        "R55",
        title="db is a single number",
        question="How many biases are there?",
        remedy=SUMMED,
        check="db",
        edits=((RETURN, RETURN.replace(" db", " db.sum()")),),
    ),
    backward(
        "R18",
        title="the gradients of weights and bias are divided by the number of steps",
        question=_AVERAGED,
        remedy=NOT_AVERAGED,
        check="dWx",
        edits=(
            (
                RETURN,
                "T = x.shape[1]\n    return dx, dh_carry, dWx / T, dWh / T, db / T",
            ),
        ),
    ),
    backward(
        "R56",
        title="the gradients of weights and bias are divided by the number of sequences",
        question=_AVERAGED,
        remedy=NOT_AVERAGED,
        check="dWx",
        edits=(
            (
                RETURN,
                "N = len(x)\n    return dx, dh_carry, dWx / N, dWh / N, db / N",
            ),
        ),
    ),
    backward(
        "R65",
        title="all gradients are divided by the number of sequences",
        question=_AVERAGED,
        remedy=NOT_AVERAGED,
        check="dx",
        edits=((RETURN, "return tuple(d / len(x) for d in (dx, dh_carry, dWx, dWh, db))"),),
    ),
    backward(
        "R66",
        title="dWx and dWh are divided by the number of sequences",
        question=_AVERAGED,
        remedy=NOT_AVERAGED,
        check="dWx",
        edits=((RETURN, "return dx, dh_carry, dWx / len(x), dWh / len(x), db"),),
    ),
    backward(
        "R67",
        title="db is divided by the number of sequences",
        question=_AVERAGED,
        remedy=NOT_AVERAGED,
        check="db",
        edits=((RETURN, RETURN + " / len(x)"),),
    ),
    backward(
        "R57",
        title="the gradients of weights and bias are clipped at 5 inside the backward",
        question=EXACTLY,
        remedy=EXACT,
        check="dWx",
        edits=(
            (
                RETURN,
                "dWx, dWh, db = (np.clip(d, -5, 5) for d in (dWx, dWh, db))\n    " + RETURN,
            ),
        ),
    ),
    backward(
        "R58",
        title="the gradients of weights and bias are scaled down to length 5 inside the backward",
        question=EXACTLY,
        remedy=EXACT,
        check="dWx",
        edits=(
            (
                RETURN,
                "dWx, dWh, db = (d * min(1, 5 / np.linalg.norm(d)) for d in (dWx, dWh, db))\n    "
                + RETURN,
            ),
        ),
    ),
    backward(
        "R59",
        title="dWx and dWh are swapped",
        question="In which order does the docstring name the gradients?",
        remedy="The order is that of the inputs: dx, dh0, dWx, dWh, db.",
        check="dWx",
        edits=((RETURN, "return dx, dh_carry, dWh, dWx, db"),),
    ),
    backward(
        "R02",
        title="what is carried survives: the next call starts with it",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (_DEFINED, _KEEPING),
            (NOTHING, NOTHING + " + kept.get(h.shape, 0)"),
            (RETURN, "kept[h.shape] = dh_carry\n    " + RETURN),
        ),
    ),
    backward(
        "R63",
        title="what is carried begins with np.empty: with whatever the memory held before",
        question=LEFT_OVER,
        remedy="np.empty gives memory that nobody has written yet: begin with np.zeros.",
        check="repeatable",
        # Here it held what was carried last; what it holds elsewhere cannot be foreseen.
        edits=(
            (_DEFINED, _KEEPING),
            (NOTHING, "dh_carry = kept.get(h.shape, np.zeros(h0.shape))"),
            (RETURN, "kept[h.shape] = dh_carry\n    " + RETURN),
        ),
    ),
    of_step_caches(
        "R64",
        title="the cache is used up: after one backward pass its list is empty",
        question="What is left of the cache when your function has run?",
        remedy="The cache belongs to the caller: read the steps by their number, take none away.",
        check="repeatable",
        edits=(("cache[t]", "cache.pop()"),),
    ),
    backward(
        "R24",
        title="the sums of weights and bias survive: the next call adds to them",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (_DEFINED, _KEEPING),
            (
                SUMS,
                "dWx, dWh, db = kept.setdefault(h.shape, "
                "(np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])))",
            ),
            (RETURN, "return dx, dh_carry, dWx.copy(), dWh.copy(), db.copy()"),
        ),
    ),
    backward(
        "R25",
        title="what comes from the next step is added into dh",
        question=IN_THE_ARGUMENTS,
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (
                SHARES,
                "dh[:, t] += dh_carry\n        shares = rnn_step_backward(dh[:, t], step_cache)",
            ),
        ),
    ),
    backward(
        "R60",
        title="the weights are updated inside the backward",
        question=IN_THE_ARGUMENTS,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((RETURN, "Wx -= 0.01 * dWx\n    Wh -= 0.01 * dWh\n    " + RETURN),),
    ),
    backward(
        "R61",
        title="gradients inherit the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy=FLOATS,
        check="integers",
        edits=(("dx = np.zeros(x.shape)", "dx = np.zeros_like(x)"),),
    ),
    backward(
        "R62",
        title="the gradients of weights are collected in float32",
        question="Which dtype have your sums?",
        remedy="Keep float64: float32 knows seven digits.",
        check="dWx",
        edits=(
            (
                SUMS,
                SUMS.replace("Wx.shape)", "Wx.shape, np.float32)").replace(
                    "Wh.shape), ", "Wh.shape, np.float32), "
                ),
            ),
        ),
    ),
)
