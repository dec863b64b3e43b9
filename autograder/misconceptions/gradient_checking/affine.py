"""Known wrong answers to ``affine_forward`` and ``affine_backward``."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import (
    FLOATS,
    FRESH,
    IGNORED,
    LEFT_OVER,
    READ_ONLY,
    SHAPE,
    UPSTREAM,
    WHOLE,
)
from autograder.misconceptions.misconception import Misconception

forward = partial(Misconception, function="affine_forward")
backward = partial(Misconception, function="affine_backward")

_ROWS = "rows = x.reshape(x.shape[0], -1)"
_OUT = "out = rows @ w + b"
_CACHE = "cache = (x, w, b)"
_UNPACK = "x, w, b = cache"
_DX = "dx = (dout @ w.T).reshape(x.shape)"
_DW = "dw = rows.T @ dout"
_DB = "db = np.sum(dout, axis=0)"
_RETURN = "return dx, dw, db"

_SUM = "out[n, m] sums x[n, d] * w[d, m] over d, and b[m] is added once."
_FLAT = "x[n] is read as one row, the last axis running fastest: reshape(N, -1)."
_BIAS = "db[m] is dout[:, m] summed over the rows; its shape is (M,)."
_FEATURES = "dx[n, d] sums dout[n, m] * w[d, m] over m: dout @ w.T."
_WEIGHTS = "dw[d, m] sums x[n, d] * dout[n, m] over n: x.T @ dout."
_KEEP = "The cache holds x, w and b as they were given."

_FORWARD = (
    forward(
        "AF01",
        title="x is not flattened, so that only two axes work",
        question="What is the shape of x times w if x has four axes?",
        remedy=_FLAT,
        check="out_images",
        edits=((_ROWS, "rows = x"),),
    ),
    forward(
        "AF02",
        title="the bias is forgotten",
        question="What should come out where all of x is 0?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w"),),
    ),
    forward(
        "AF03",
        title="w is transposed",
        question="What are the rows of w, features or units?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w.T + b"),),
    ),
    forward(
        "AF04",
        title="x is flattened with its first axis running fastest",
        question="In which order do the entries of x[n] stand in their row?",
        remedy=_FLAT,
        check="out_images",
        edits=((_ROWS, 'rows = x.reshape(x.shape[0], -1, order="F")'),),
    ),
    forward(
        "AF05",
        title="x is reshaped so that rows are mixed",
        question="Which entries of x stand in the first row that you make?",
        remedy=_FLAT,
        check="out_rows",
        edits=((_ROWS, "rows = x.reshape(-1, x.shape[0]).T"),),
    ),
    forward(
        "AF06",
        title="the sum is averaged over the features",
        question="What is divided by what?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w / rows.shape[1] + b"),),
    ),
    forward(
        "AF07",
        title="the bias is subtracted",
        question="What should come out where all of x is 0?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w - b"),),
    ),
    forward(
        "AF08",
        title="the bias is added once for every feature",
        question="How often is b[m] in one output?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w + rows.shape[1] * b"),),
    ),
    forward(
        "AF09",
        title="negative outputs are cut off, as if the layer had an activation",
        question="Can an output of this layer be negative?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = np.maximum(rows @ w + b, 0)"),),
    ),
    forward(
        "AF10",
        title="the result is computed in float32",
        question="How many digits of your result are right?",
        remedy="Everything is float64.",
        check="out_images",
        edits=((_OUT, "out = (rows @ w + b).astype(np.float32)"),),
    ),
    forward(
        "AF11",
        title="x itself is scaled or shifted on the way",
        question="What is in x after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_CACHE, "cache = (x.copy(), w, b)\n    x *= 2"),),
    ),
    forward(
        "AF12",
        title="the flattened x is put into the cache",
        question="Which shape does your backward give to dx?",
        remedy=_KEEP,
        check="cache",
        edits=((_CACHE, "cache = (rows, w, b)"),),
    ),
    forward(
        "AF13",
        title="the cache holds w transposed",
        question="Which array does your backward take for w?",
        remedy=_KEEP,
        check="cache",
        edits=((_CACHE, "cache = (x, w.T, b)"),),
    ),
    forward(
        "AF14",
        title="only the first row is computed",
        question="For which rows is your result right?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = np.tile(rows[:1] @ w + b, (len(rows), 1))"),),
    ),
    forward(
        "AF15",
        title="the result is a column longer: ones were appended to x",
        question="How many units has the layer?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = np.hstack([rows @ w + b, np.ones((len(rows), 1))])"),),
    ),
    forward(
        "AF17",
        title="the result holds whole numbers only, if x does",
        question="What happens to a half that is stored in a buffer of whole numbers?",
        remedy="The result is float64, whatever the dtype of x.",
        check="integers",
        edits=((_OUT, "out = np.zeros((len(rows), len(b)), x.dtype)\n    out[:] = rows @ w + b"),),
    ),
    forward(
        "AF18",
        title="results of earlier calls are added",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                _OUT,
                "out = rows @ w + b\n    kept = affine_forward.__dict__\n"
                "    out = out + kept.get(out.shape, 0)\n    kept[out.shape] = out",
            ),
        ),
    ),
    forward(
        "AF19",
        title="the weights are flipped",
        question="Which weight does the first feature meet?",
        remedy=_SUM,
        check="out_rows",
        edits=((_OUT, "out = rows @ w[::-1] + b"),),
    ),
)

_BACKWARD = (
    backward(
        "AB01",
        title="dx is not given the shape of x",
        question="Which shape has x, and which has your dx?",
        remedy=SHAPE,
        check="dx",
        edits=((_DX, "dx = dout @ w.T"),),
    ),
    backward(
        "AB02",
        title="w is not transposed in dx",
        question="Over which index of w do you sum for dx, and over which should it be?",
        remedy=_FEATURES,
        check="dx",
        edits=((_DX, "dx = (dout @ w).reshape(x.shape)"),),
    ),
    backward(
        "AB03",
        title="x is not transposed in dw",
        question="Over which index of x do you sum for dw, and over which should it be?",
        remedy=_WEIGHTS,
        check="dw",
        edits=((_DW, "dw = rows @ dout"),),
    ),
    backward(
        "AB04",
        title="dw is transposed",
        question="Which shape has w?",
        remedy=_WEIGHTS,
        check="dw",
        edits=((_DW, "dw = dout.T @ rows"),),
    ),
    backward(
        "AB05",
        title="db keeps the rows",
        question="How many numbers has b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout"),),
    ),
    backward(
        "AB06",
        title="db is summed over the units instead of the rows",
        question="Which axis of dout stands for the rows?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = np.sum(dout, axis=1)"),),
    ),
    backward(
        "AB07",
        title="db is a single number",
        question="How many numbers has b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = np.sum(dout)"),),
    ),
    backward(
        "AB08",
        title="db is a row with two axes",
        question="Which shape has b?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = np.sum(dout, axis=0, keepdims=True)"),),
    ),
    backward(
        "AB09",
        title="db is averaged over the rows",
        question="Is anything divided in the forward?",
        remedy=WHOLE,
        check="db",
        edits=((_DB, "db = np.mean(dout, axis=0)"),),
    ),
    backward(
        "AB10",
        title="dw is averaged over the rows",
        question="Is anything divided in the forward?",
        remedy=WHOLE,
        check="dw",
        edits=((_DW, "dw = rows.T @ dout / len(rows)"),),
    ),
    backward(
        "AB11",
        title="all gradients are averaged over the rows",
        question="Is anything divided in the forward?",
        remedy=WHOLE,
        check="dx",
        edits=((_UNPACK, _UNPACK + "\n    dout = dout / len(x)"),),
    ),
    backward(
        "AB12",
        title="dout is ignored",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_UNPACK, _UNPACK + "\n    dout = np.ones_like(dout)"),),
    ),
    backward(
        "AB13",
        title="db ignores dout: it counts the rows",
        question=IGNORED,
        remedy=UPSTREAM,
        check="db",
        edits=((_DB, "db = np.full(b.shape, float(len(rows)))"),),
    ),
    backward(
        "AB14",
        title="db takes the first row only",
        question="In how many rows was b[m] added?",
        remedy=_BIAS,
        check="db",
        edits=((_DB, "db = dout[0]"),),
    ),
    backward(
        "AB15",
        title="dw takes the first row only",
        question="In how many rows was w[d, m] used?",
        remedy=_WEIGHTS,
        check="dw",
        edits=((_DW, "dw = np.outer(rows[0], dout[0])"),),
    ),
    backward(
        "AB16",
        title="dw takes the last row only: it is assigned where it should be added",
        question="In how many rows was w[d, m] used?",
        remedy=_WEIGHTS,
        check="dw",
        edits=((_DW, "dw = np.outer(rows[-1], dout[-1])"),),
    ),
    backward(
        "AB17",
        title="dx and dw are exchanged",
        question="In which order are the gradients returned?",
        remedy="Gradients come in the order of the inputs: dx, dw, db.",
        check="dx",
        edits=((_RETURN, "return dw, dx, db"),),
    ),
    backward(
        "AB18",
        title="dx is reshaped with its first axis running fastest",
        question="Where in dx does the second feature of the row stand?",
        remedy="The way back is the way there: the same reshape.",
        check="dx",
        edits=((_DX, 'dx = (dout @ w.T).reshape(x.shape, order="F")'),),
    ),
    backward(
        "AB19",
        title="the bias is added to w in dx",
        question="Which factor stands before x[n, d] in the forward?",
        remedy=_FEATURES,
        check="dx",
        edits=((_DX, "dx = (dout @ (w + b).T).reshape(x.shape)"),),
    ),
    backward(
        "AB20",
        title="dout is scaled in place",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_RETURN, "dout *= 0.5\n    " + _RETURN),),
    ),
    backward(
        "AB21",
        title="w is updated inside the backward",
        question="What is in w after your function has run?",
        remedy="A backward returns gradients. To learn is its caller's decision.",
        check="unchanged",
        edits=((_RETURN, "w -= 0.1 * dw\n    " + _RETURN),),
    ),
    backward(
        "AB22",
        title="gradients of earlier calls are added",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                _DW,
                _DW + "\n    kept = affine_backward.__dict__\n"
                "    kept[dw.shape] = dw = dw + kept.get(dw.shape, 0)",
            ),
        ),
    ),
    backward(
        "AB23",
        title="gradients are computed in float32",
        question="How many digits of your result are right?",
        remedy=FLOATS,
        check="dw",
        edits=((_DW, "dw = (rows.T @ dout).astype(np.float32)"),),
    ),
    backward(
        "AB24",
        title="dx is cut off to whole numbers, as x holds them",
        question="What happens to a half that is stored in a buffer of whole numbers?",
        remedy=FLOATS,
        check="integers",
        edits=((_DX, "dx = np.zeros_like(x)\n    dx[...] = (dout @ w.T).reshape(x.shape)"),),
    ),
    backward(
        "AB25",
        title="all gradients have the wrong sign",
        question="Does the loss grow or fall when b grows?",
        remedy="A gradient points uphill. To go downhill is its caller's business.",
        check="dx",
        edits=((_UNPACK, _UNPACK + "\n    dout = -dout"),),
    ),
    backward(
        "AB26",
        title="db is missing",
        question="How many inputs has the layer?",
        remedy="There are three gradients: dx, dw, db.",
        check="db",
        edits=((_RETURN, "return dx, dw"),),
    ),
    backward(
        "AB27",
        title="x is flattened with its first axis running fastest in dw",
        question="Which row of dw belongs to the second entry of x[n]?",
        remedy=_FLAT,
        check="dw",
        edits=((_ROWS, 'rows = x.reshape(x.shape[0], -1, order="F")'),),
    ),
    backward(
        "AB28",
        title="only two axes work: x is not flattened",
        question="What is the transpose of an array with four axes?",
        remedy=_FLAT,
        check="dw",
        edits=((_ROWS, "rows = x"),),
    ),
)

MISTAKES = (*_FORWARD, *_BACKWARD)
