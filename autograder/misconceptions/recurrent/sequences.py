"""Known wrong answers to ``rnn_forward``."""

from autograder.misconceptions.recurrent.forms import forward
from autograder.misconceptions.recurrent.rules import FLOAT_STATES, ONE_AFTER_THE_OTHER
from autograder.misconceptions.recurrent.statements import (
    BUFFER,
    CACHE,
    EVERY,
    FIRST,
    KEEP,
    ONWARD,
)

_STARTS = "From which state does step 0 start, and from which step 1?"
_AXES = "Which of the three axes of x is time?"
_SHAPE = "h has shape (N, T, H): a state for every sequence and every step."
_READS = "Which states does the backward need, and does your cache hold them as they were?"
_CACHED = "The cache holds x, h0, Wx, Wh and all states, or what your own backward makes of them."

MISTAKES = (
    forward(
        "RT01",
        title="the first step starts from zeros instead of h0",
        question=_STARTS,
        remedy=ONE_AFTER_THE_OTHER,
        check="h",
        edits=((FIRST, "prev_h = np.zeros(h0.shape)"),),
    ),
    forward(
        "RT02",
        title="every step starts from h0: nothing is remembered",
        question=_STARTS,
        remedy=ONE_AFTER_THE_OTHER,
        check="h",
        edits=((ONWARD, ONWARD.replace("prev_h, Wx", "h0, Wx")),),
    ),
    forward(
        "RT03",
        title="the sequence is read from its end to its beginning",
        question="Which step is computed first, and from which state?",
        remedy=ONE_AFTER_THE_OTHER,
        check="h",
        edits=((EVERY, "for t in reversed(range(T)):"),),
    ),
    forward(
        "RT04",
        title="every step reads the first input",
        question="What changes in your loop from one step to the next?",
        remedy=ONE_AFTER_THE_OTHER,
        check="h",
        edits=((ONWARD, ONWARD.replace("x[:, t]", "x[:, 0]")),),
    ),
    forward(
        "RT05",
        title="states are shifted by a step: h[:, 0] is h0 and the last state is missing",
        question="Which state belongs into h[:, 0]: that before or that after step 0?",
        remedy="h[:, t] is the state after step t.",
        check="h",
        edits=(
            (KEEP + "\n", "\n"),
            (ONWARD, f"{KEEP}\n        {ONWARD}"),
        ),
    ),
    forward(
        "RT06",
        title="only the last state is returned",
        question="How many states does a sequence of T steps have?",
        remedy=_SHAPE,
        check="h",
        edits=(("return h, cache", "return prev_h, cache"),),
    ),
    forward(
        "RT07",
        title="the axes of h are (T, N, H) instead of (N, T, H)",
        question=_AXES,
        remedy=_SHAPE,
        check="h",
        edits=(("return h, cache", "return h.transpose(1, 0, 2), cache"),),
    ),
    forward(
        "RT08",
        title="h has a step too many: h0 stands in front",
        question="How many states does a sequence of T steps have?",
        remedy=_SHAPE,
        check="h",
        edits=(
            ("return h, cache", "return np.concatenate([h0[:, np.newaxis], h], axis=1), cache"),
        ),
    ),
    forward(
        "RT09",
        title="x[t] is read for x[:, t]: a sequence instead of a step",
        question=_AXES,
        remedy="Step t of all sequences is x[:, t], of shape (N, D).",
        check="h",
        edits=((ONWARD, ONWARD.replace("x[:, t]", "x[t]")),),
    ),
    forward(
        "RT10",
        title="the last step is left out",
        question="Which is the last value of t in your loop?",
        remedy="range(T) runs from 0 to T - 1 already.",
        check="h",
        edits=((EVERY, "for t in range(T - 1):"),),
    ),
    forward(
        "RT11",
        title="the first step is left out",
        question="Which is the first value of t in your loop?",
        remedy="range(T) runs from 0 to T - 1 already.",
        check="h",
        edits=((EVERY, "for t in range(1, T):"),),
    ),
    forward(
        "RT12",
        title="the loop runs over the sequences instead of the steps",
        question=_AXES,
        remedy="The loop runs over the T steps; a step does all sequences at once.",
        check="h",
        edits=((EVERY, "for t in range(N):"),),
    ),
    forward(
        "RT13",
        title="the number of steps is written into the code",
        question="Where does your function learn how long the sequences are?",
        remedy="T is the second size of x.",
        check="h",
        edits=((EVERY, "for t in range(5):"),),
    ),
    forward(
        "RT14",
        title="states are added up from step to step",
        question="What does rnn_step_forward return: the next state, or what is added to it?",
        remedy=ONE_AFTER_THE_OTHER,
        check="h",
        edits=(
            (
                ONWARD,
                ONWARD.replace("prev_h, _", "step_h, _") + "\n        prev_h = prev_h + step_h",
            ),
        ),
    ),
    forward(
        "RT15",
        title="the buffer of h inherits the integer type of x",
        question="Which dtype has np.zeros(..., dtype=x.dtype) when x holds integers?",
        remedy=FLOAT_STATES,
        check="integers",
        edits=((BUFFER, "h = np.zeros((N, T, Wh.shape[0]), dtype=x.dtype)"),),
    ),
    forward(
        "RT16",
        title="h0 is overwritten by the last state",
        question="What is in h0 after your function has run?",
        remedy="h0 belongs to the caller: make other arrays for the states.",
        check="unchanged",
        edits=((CACHE, CACHE + "\n    h0[...] = prev_h"),),
    ),
    forward(
        "RT17",
        title="the last state survives: the next call starts from it",
        question="From which state does the first step of the next call start?",
        remedy="Two sequences in a row must not influence each other: each starts from its h0.",
        check="repeatable",
        edits=(
            ("def rnn_forward(x, h0, Wx, Wh, b):", "def rnn_forward(x, h0, Wx, Wh, b, kept={}):"),
            (FIRST, "prev_h = kept.get(h0.shape, h0)"),
            (CACHE, CACHE + "\n    kept[h0.shape] = prev_h"),
        ),
    ),
    forward(
        "RT18",
        title="the cache holds the last state in the place of h0",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((CACHE, "cache = (x, prev_h, Wx, Wh, h)"),),
    ),
    forward(
        "RT19",
        title="the cache holds zeros in the place of h0",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((CACHE, "cache = (x, np.zeros(h0.shape), Wx, Wh, h)"),),
    ),
    forward(
        "RT20",
        title="the cache holds the last state alone",
        question=_READS,
        remedy=_CACHED,
        check="cache",
        edits=((CACHE, "cache = (x, h0, Wx, Wh, prev_h)"),),
    ),
)
