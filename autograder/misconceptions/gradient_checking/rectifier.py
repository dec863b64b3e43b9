"""Known wrong answers to ``relu_forward`` and ``relu_backward``."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import (
    FLOATS,
    FRESH,
    IGNORED,
    IN_X,
    LEFT_OVER,
    READ_ONLY,
    UPSTREAM,
)
from autograder.misconceptions.misconception import Misconception

forward = partial(Misconception, function="relu_forward")
backward = partial(Misconception, function="relu_backward")

_OUT = "out = np.maximum(x, 0)"
_CACHE = "cache = (x,)"
_UNPACK = "(x,) = cache"
_DX = "dx = np.where(x > 0, dout, 0)"
_RETURN = "return dx"

_KEEP = "Positive entries stay as they are; all others become 0."
_MASK = "dout passes where x was positive; the sign of dout plays no part."
_ALONE = "Where x was positive the slope is 1, whatever the size of x."
_CORNER = "At exactly 0 the gradient is 0: the slope on the left."

MISTAKES = (
    forward(
        "ZF01",
        title="the size of x is returned",
        question="What becomes of -3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.abs(x)"),),
    ),
    forward(
        "ZF02",
        title="what is negative is kept, and the rest replaced by 0",
        question="What becomes of -3, and of 3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.minimum(x, 0)"),),
    ),
    forward(
        "ZF03",
        title="every positive entry becomes 1",
        question="What becomes of 3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = (x > 0) * 1.0"),),
    ),
    forward(
        "ZF04",
        title="entries above 6 are cut off",
        question="What becomes of 9?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.clip(x, 0, 6)"),),
    ),
    forward(
        "ZF06",
        title="negative entries are made small instead of 0",
        question="What becomes of -3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.where(x > 0, x, 0.01 * x)"),),
    ),
    forward(
        "ZF07",
        title="negative entries of x itself are replaced",
        question=IN_X,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_OUT, "x[x < 0] = 0\n    out = x"),),
    ),
    forward(
        "ZF08",
        title="one number is returned, the largest",
        question="How do np.max and np.maximum differ?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.max(x)"),),
    ),
    forward(
        "ZF09",
        title="negative entries are left out, so that the shape is lost",
        question="Which shape has your result?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = x[x > 0]"),),
    ),
    forward(
        "ZF10",
        title="x is returned as it is",
        question="What becomes of -3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = x.copy()"),),
    ),
    forward(
        "ZF11",
        title="the cache holds the size of x, without signs",
        question="Can your backward still see where x was negative?",
        remedy="The cache holds x as it was given.",
        check="cache",
        edits=((_CACHE, "cache = (np.abs(x),)"),),
    ),
    forward(
        "ZF12",
        title="results of earlier calls are added",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                _OUT,
                _OUT + "\n    kept = relu_forward.__dict__\n"
                "    kept[x.shape] = out = out + kept.get(x.shape, 0)",
            ),
        ),
    ),
    forward(
        "ZF13",
        title="the sign is turned round first",
        question="What becomes of -3, and of 3?",
        remedy=_KEEP,
        check="out",
        edits=((_OUT, "out = np.maximum(-x, 0)"),),
    ),
    backward(
        "ZB01",
        title="dout is ignored: the mask alone is returned",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_DX, "dx = (x > 0) * 1.0"),),
    ),
    backward(
        "ZB02",
        title="dout is rectified instead of being masked by x",
        question="Which array decides whether a gradient passes?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = np.maximum(dout, 0)"),),
    ),
    backward(
        "ZB03",
        title="at exactly 0 everything passes",
        question="What does your function return where x is 0?",
        remedy=_CORNER,
        check="corner",
        edits=((_DX, "dx = np.where(x >= 0, dout, 0)"),),
    ),
    backward(
        "ZB04",
        title="at exactly 0 half of it passes",
        question="What does your function return where x is 0?",
        remedy=_CORNER,
        check="corner",
        edits=((_DX, "dx = dout * np.heaviside(x, 0.5)"),),
    ),
    backward(
        "ZB05",
        title="dout is multiplied by x instead of by the slope",
        question="What is the slope of ReLU at 3, and at 9?",
        remedy=_ALONE,
        check="dx",
        edits=((_DX, "dx = dout * np.maximum(x, 0)"),),
    ),
    backward(
        "ZB06",
        title="everything passes",
        question="How much does the loss change where x was -3 and grows a little?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = dout.copy()"),),
    ),
    backward(
        "ZB07",
        title="what should pass is stopped, and the other way round",
        question="Where was x negative, and what is your gradient there?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = np.where(x > 0, 0, dout)"),),
    ),
    backward(
        "ZB08",
        title="negative entries send the negative of dout, as those of |x| do",
        question="What is the slope of ReLU at -3?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = dout * np.sign(x)"),),
    ),
    backward(
        "ZB09",
        title="only positive gradients pass",
        question="What becomes of a dout of -4 where x is 3?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = np.where((x > 0) & (dout > 0), dout, 0)"),),
    ),
    backward(
        "ZB10",
        title="a little of dout passes where x was negative",
        question="What is the slope of ReLU at -3?",
        remedy=_MASK,
        check="dx",
        edits=((_DX, "dx = np.where(x > 0, dout, 0.01 * dout)"),),
    ),
    backward(
        "ZB11",
        title="dout itself is masked",
        question="What is in dout after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DX, "dout[x <= 0] = 0\n    dx = dout"),),
    ),
    backward(
        "ZB12",
        title="x itself is overwritten",
        question=IN_X,
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DX, _DX + "\n    x[x <= 0] = 0"),),
    ),
    backward(
        "ZB13",
        title="dx is cut off to whole numbers, as x holds them",
        question="What happens to a half that is stored in a buffer of whole numbers?",
        remedy=FLOATS,
        check="integers",
        edits=((_DX, "dx = np.zeros_like(x)\n    dx[x > 0] = dout[x > 0]"),),
    ),
    backward(
        "ZB14",
        title="gradients of earlier calls are added",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                _DX,
                _DX + "\n    kept = relu_backward.__dict__\n"
                "    kept[x.shape] = dx = dx + kept.get(x.shape, 0)",
            ),
        ),
    ),
    backward(
        "ZB15",
        title="the shape is lost: only what passes is returned",
        question="Which shape has x?",
        remedy="A gradient has the shape of what it belongs to.",
        check="dx",
        edits=((_DX, "dx = dout[x > 0]"),),
    ),
    backward(
        "ZB16",
        title="entries up to 1 are stopped, too",
        question="What is the slope of ReLU at 1?",
        remedy=_ALONE,
        check="dx",
        edits=((_DX, "dx = np.where(x > 1, dout, 0)"),),
    ),
    backward(
        "ZB17",
        title="loops over two axes only",
        question="Which of the axes of x do you loop over?",
        remedy="x may have any number of axes: let NumPy work on whole arrays.",
        check="dx",
        edits=(
            (
                _DX,
                "dx = np.zeros(x.shape)\n    for n in range(x.shape[0]):\n"
                "        for d in range(x.shape[1]):\n"
                "            dx[n, d] = dout[n, d] if np.max(x[n, d]) > 0 else 0",
            ),
        ),
    ),
    backward(
        "ZB18",
        title="nan where x is 0: out / x is taken for the slope",
        question="What is 0 / 0?",
        remedy=_CORNER,
        check="corner",
        edits=((_DX, "dx = dout * np.maximum(x, 0) / x"),),
    ),
)
