"""Known wrong answers to ``rnn_step_forward``."""

from autograder.misconceptions.recurrent.forms import step_forward
from autograder.misconceptions.recurrent.rules import FLOAT_STATES, NEXT_STATE
from autograder.misconceptions.recurrent.statements import STATE, STEP_CACHE

_SUM = "x @ Wx + prev_h @ Wh + b"
_TERMS = "Which three terms does the sum have, and what is done to it?"
_CACHED = "The cache holds what the backward reads, in the order that the docstring names."
_READS = "Which numbers does the backward of this step read from the cache?"

MISTAKES = (
    step_forward(
        "RF01",
        title="the tanh is missing: the state is the sum itself",
        question=_TERMS,
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, f"next_h = {_SUM}"),),
    ),
    step_forward(
        "RF02",
        title="a sigmoid stands in the place of the tanh",
        question="Between which two numbers lie your states?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, f"next_h = 1 / (1 + np.exp(-({_SUM})))"),),
    ),
    step_forward(
        "RF03",
        title="the bias is missing",
        question=_TERMS,
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, STATE.replace(" + b)", ")")),),
    ),
    step_forward(
        "RF04",
        title="the state before is not used: the step remembers nothing",
        question=_TERMS,
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, STATE.replace(" + prev_h @ Wh", "")),),
    ),
    step_forward(
        "RF05",
        title="Wh is transposed, which runs because it is square",
        question="Over which index of Wh does the sum in the formula run?",
        remedy="h[n, j] meets Wh[j, k]: the sum runs over the first index, prev_h @ Wh.",
        check="next_h",
        edits=((STATE, STATE.replace("prev_h @ Wh", "prev_h @ Wh.T")),),
    ),
    step_forward(
        "RF06",
        title="the tanh is built from exponentials, which overflow: infinity by infinity is nan",
        question="What is np.exp(1000.0)?",
        remedy="np.tanh knows what the tanh of a large number is.",
        check="saturated",
        edits=(
            (
                STATE,
                f"a = {_SUM}\n    next_h = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))",
            ),
        ),
    ),
    step_forward(
        "RF07",
        title="only the input goes through the tanh; state and bias are added afterwards",
        question="What stands inside the tanh?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, "next_h = np.tanh(x @ Wx) + prev_h @ Wh + b"),),
    ),
    step_forward(
        "RF08",
        title="the bias is added outside the tanh",
        question="What stands inside the tanh?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, "next_h = np.tanh(x @ Wx + prev_h @ Wh) + b"),),
    ),
    step_forward(
        "RF09",
        title="a ReLU stands in the place of the tanh",
        question="Between which two numbers lie your states?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, f"next_h = np.maximum(0, {_SUM})"),),
    ),
    step_forward(
        "RF10",
        title="the sum is cut off at -1 and 1 instead of bent by a tanh",
        question="What is the tanh of 0.5?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, f"next_h = np.clip({_SUM}, -1, 1)"),),
    ),
    step_forward(
        "RF11",
        title="the bias is added to every sum twice",
        question=_TERMS,
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, STATE.replace("+ b)", "+ 2 * b)")),),
    ),
    step_forward(
        "RF12",
        title="the sum is that over all sequences",
        question="Does one sequence of the batch know of another?",
        remedy="Every sequence has a state of its own.",
        check="next_h",
        edits=((STATE, STATE.replace("x @ Wx", "x.sum(axis=0) @ Wx")),),
    ),
    step_forward(
        "RF13",
        title="the state before is added unweighted",
        question="What is prev_h multiplied by?",
        remedy=NEXT_STATE,
        check="next_h",
        edits=((STATE, STATE.replace("prev_h @ Wh", "prev_h")),),
    ),
    step_forward(
        "RF14",
        title="the factors of a product stand in the wrong order, which runs only for some sizes",
        question="Which shapes have x and Wx, and which of their axes must agree?",
        remedy="x (N, D) times Wx (D, H) is x @ Wx.",
        check="next_h",
        edits=((STATE, STATE.replace("x @ Wx", "Wx @ x")),),
    ),
    step_forward(
        "RF15",
        title="the state inherits the integer type of x",
        question="Which dtype has np.zeros_like(x) when x holds integers?",
        remedy=FLOAT_STATES,
        check="integers",
        edits=((STATE, f"next_h = np.tanh({_SUM})\n    next_h = next_h.astype(x.dtype)"),),
    ),
    step_forward(
        "RF16",
        title="the state is updated in place: prev_h is overwritten",
        question="What is in prev_h after your function has run?",
        remedy="Another step, or the backward, may still need the state before: make another array.",
        check="unchanged",
        edits=((STATE, STATE + "\n    prev_h[...] = next_h"),),
    ),
    step_forward(
        "RF17",
        title="something of earlier calls is still in the sum",
        question="Where does your function keep what it must not keep?",
        remedy="Nothing may survive from one call to the next: the state comes in as prev_h.",
        check="repeatable",
        edits=(
            (
                "def rnn_step_forward(x, prev_h, Wx, Wh, b):",
                "def rnn_step_forward(x, prev_h, Wx, Wh, b, kept={}):",
            ),
            (
                STATE,
                STATE.replace("+ b)", "+ b + kept.get(x.shape, 0))") + "\n    kept[x.shape] = b",
            ),
        ),
    ),
    step_forward(
        "RF18",
        title="the cache holds the sum in the place of the new state",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((STEP_CACHE, f"cache = (x, prev_h, Wx, Wh, {_SUM})"),),
    ),
    step_forward(
        "RF19",
        title="the cache holds the new state in the place of the one before",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((STEP_CACHE, "cache = (x, next_h, Wx, Wh, next_h)"),),
    ),
    step_forward(
        "RF20",
        title="the two weights are swapped in the cache",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((STEP_CACHE, "cache = (x, prev_h, Wh, Wx, next_h)"),),
    ),
    step_forward(
        "RF21",
        title="the state is computed in float32",
        question="Which dtype has your result?",
        remedy="Keep float64: float32 knows seven digits.",
        check="next_h",
        edits=((STATE, f"next_h = np.tanh(({_SUM}).astype(np.float32))"),),
    ),
)
