"""Known wrong answers to ``embedding_backward`` and ``pad_ends_backward``: entries out of place."""

from functools import partial

from autograder.misconceptions.clinic.rules import (
    FRESH,
    IGNORED,
    IN_DOUT,
    LEFT_OVER,
    READ_ONLY,
    SHAPE,
    UPSTREAM,
    WHOLE,
)
from autograder.misconceptions.misconception import Misconception

embedding = partial(Misconception, function="embedding_backward")
pad_ends = partial(Misconception, function="pad_ends_backward")

_ADD = "np.add.at(dtable, ids, dout)"
_ZEROS = "dtable = np.zeros(table.shape)"
_DEF = "def embedding_backward(dout, cache):"
_CUT = "dx = dout[:, start : start + x.shape[1]]"
_START = 'start = pad_param["left"]'
_TWICE = "What does an index that occurs twice do in this statement?"
_WHERE = "In which columns of out did x stand?"
_SUM = "A row that was looked up several times gets the sum: np.add.at, or a loop with +=."
_LENGTH = "Say where the slice starts and how long it is: from left to left + L."

MISTAKES = (
    embedding(
        "H101",
        title="indices that repeat are counted once: dtable[ids] += dout",
        question=_TWICE,
        remedy=_SUM,
        check="dtable",
        edits=((_ADD, "dtable[ids] += dout"),),
    ),
    embedding(
        "H102",
        title="a row is overwritten by each further look-up",
        question=_TWICE,
        remedy=_SUM,
        check="dtable",
        edits=(
            (
                _ADD,
                "for n in range(ids.shape[0]):\n"
                "        for t in reversed(range(ids.shape[1])):\n"
                "            dtable[ids[n, t]] = dout[n, t]",
            ),
        ),
    ),
    embedding(
        "H103",
        title="the gradient of a row is divided by the number of its look-ups",
        question="A word occurs twice; by how much does the loss change if its row moves?",
        remedy=_SUM,
        check="dtable",
        edits=(
            (
                _ADD,
                _ADD + "\n    count = np.bincount(ids.ravel(), minlength=len(table))"
                "\n    dtable = dtable / np.maximum(count, 1)[:, None]",
            ),
        ),
    ),
    embedding(
        "H104",
        title="dout is ignored: rows count their look-ups",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dtable",
        edits=((_ADD, "np.add.at(dtable, ids, 1)"),),
    ),
    embedding(
        "H105",
        title="only the first text of the batch is used",
        question="Which rows of ids does your function look at?",
        remedy=_SUM,
        check="dtable",
        edits=((_ADD, "np.add.at(dtable, ids[0], dout[0])"),),
    ),
    embedding(
        "H106",
        title="the gradient is divided by the number of texts",
        question="Does the forward divide by anything?",
        remedy=WHOLE,
        check="dtable",
        edits=((_ADD, "np.add.at(dtable, ids, dout / len(ids))"),),
    ),
    embedding(
        "H107",
        title="the gradient starts from the table instead of from zeros",
        question="What is in your array before the first addition?",
        remedy=FRESH,
        check="dtable",
        edits=((_ZEROS, "dtable = table.copy()"),),
    ),
    embedding(
        "H108",
        title="the gradient is added to the table in the cache",
        question="What is in the table after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_ADD, _ADD + "\n    table += dtable"),),
    ),
    embedding(
        "H109",
        title="rows for the words of the text are returned, not rows of the table",
        question="Which shape has the table?",
        remedy=SHAPE,
        check="dtable",
        edits=((_ADD, _ADD + "\n    dtable = dtable[ids]"),),
    ),
    embedding(
        "H110",
        title="the buffer of dtable outlives the call",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (_DEF, "def embedding_backward(dout, cache, kept={}):"),
            (_ZEROS, "dtable = kept.setdefault((table.shape, ids.shape), np.zeros(table.shape))"),
            ("return dtable", "return dtable.copy()"),
        ),
    ),
    pad_ends(
        "H401",
        title="the crop dout[:, left:-right] is empty when right is 0",
        question="What does the slice 2:-0 select?",
        remedy=_LENGTH,
        check="dx",
        edits=((_CUT, 'dx = dout[:, start : -pad_param["right"]]'),),
    ),
    pad_ends(
        "H402",
        title="the padding was not cut off",
        question="Which shape must dx have?",
        remedy=SHAPE,
        check="dx",
        edits=((_CUT, "dx = dout"),),
    ),
    pad_ends(
        "H403",
        title="the crop starts at column 0 instead of at left",
        question=_WHERE,
        remedy=_LENGTH,
        check="dx",
        edits=((_CUT, "dx = dout[:, : x.shape[1]]"),),
    ),
    pad_ends(
        "H404",
        title="left and right are swapped",
        question=_WHERE,
        remedy=_LENGTH,
        check="dx",
        edits=((_START, 'start = pad_param["right"]'),),
    ),
    pad_ends(
        "H405",
        title="left is cut off on both sides",
        question="How many zeros are behind x?",
        remedy=_LENGTH,
        check="dx",
        edits=((_CUT, "dx = dout[:, start : dout.shape[1] - start]"),),
    ),
    pad_ends(
        "H406",
        title="only the zeros in front are cut off",
        question="How many zeros are behind x?",
        remedy=_LENGTH,
        check="dx",
        edits=((_CUT, "dx = dout[:, start:]"),),
    ),
    pad_ends(
        "H407",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_CUT, "dx = np.ones(x.shape)"),),
    ),
    pad_ends(
        "H408",
        title="the margins of dout are set to zero in place",
        question=IN_DOUT,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_CUT, _CUT + ".copy()\n    dout[:] = 0"),),
    ),
    pad_ends(
        "H409",
        title="the gradient is divided by the size of the batch",
        question="Does the forward divide by anything?",
        remedy=WHOLE,
        check="dx",
        edits=((_CUT, _CUT + " / len(x)"),),
    ),
)
