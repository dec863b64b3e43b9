"""Known wrong answers to ``softmax_cross_entropy``."""

from functools import partial

from autograder.misconceptions.convnet.rules import GRADIENT, MEAN, NO_LOG, READ_ONLY, STABLE
from autograder.misconceptions.misconception import Misconception

loss = partial(Misconception, function="softmax_cross_entropy")

_SHIFT = "scores - np.max(scores, axis=1, keepdims=True)"
_TOTALS = "totals = np.sum(exponentials, axis=1, keepdims=True)"
_LOSS = "loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])"
_PROBABILITIES = "dscores = exponentials / totals"
_ONE = "dscores[np.arange(N), y] -= 1"
_DIVIDED = "    dscores /= N\n"
_OF_PROBABILITY = "loss = np.mean(-np.log((exponentials / totals)[np.arange(N), y]))"

MISTAKES = (
    loss(
        "N101",
        title="the loss is the sum over the batch, the gradient that of the mean",
        question="A batch that holds every image twice: what should its loss be?",
        remedy=MEAN,
        check="loss",
        edits=((_LOSS, _LOSS.replace("np.mean", "np.sum")),),
    ),
    loss(
        "N102",
        title="dscores is not divided by N, though the loss is",
        question="Move one score by h: how much does the mean over the batch move?",
        remedy=MEAN,
        check="dscores",
        edits=((_DIVIDED, ""),),
    ),
    loss(
        "N103",
        title="loss and gradient are summed over the batch instead of averaged",
        question="A batch that holds every image twice: what should its loss be?",
        remedy=MEAN,
        check="loss",
        edits=((_LOSS, _LOSS.replace("np.mean", "np.sum")), (_DIVIDED, "")),
    ),
    loss(
        "N104",
        title="divided by the number of classes, too",
        question="How many losses are there: one for each image, or one for each score?",
        remedy=MEAN,
        check="dscores",
        edits=((_DIVIDED, "    dscores /= scores.size\n"),),
    ),
    loss(
        "N105",
        title="one loss for each image is returned instead of their mean",
        question="What is the shape of your loss?",
        remedy=MEAN,
        check="loss",
        edits=((_LOSS, _LOSS.replace("np.mean(", "(")),),
    ),
    loss(
        "N106",
        title="nothing is subtracted before np.exp, which overflows",
        question="What is np.exp(1000)?",
        remedy=STABLE,
        check="stable",
        edits=((_SHIFT, "scores.copy()"),),
    ),
    loss(
        "N107",
        title="the largest score of the whole batch is subtracted, so that low rows underflow",
        question="One row of scores is around 0, another around -5000: what are their exponentials?",
        remedy=STABLE,
        check="stable",
        edits=((_SHIFT, "scores - np.max(scores)"),),
    ),
    loss(
        "N108",
        title="the largest score of each class over the batch is subtracted",
        question="Over which axis is the largest score taken: of a row, or of a column?",
        remedy=STABLE,
        check="loss",
        edits=((_SHIFT, "scores - np.max(scores, axis=0, keepdims=True)"),),
    ),
    loss(
        "N109",
        title="the mean score is subtracted, which does not keep the largest one in range",
        question="What is the largest number that you give to np.exp?",
        remedy=STABLE,
        check="stable",
        edits=((_SHIFT, "scores - np.mean(scores, axis=1, keepdims=True)"),),
    ),
    loss(
        "N110",
        title="the logarithm of a probability that underflowed to 0",
        question="The right class is 1000 below the best: what is its probability in the computer?",
        remedy=NO_LOG,
        check="stable",
        edits=((_LOSS, _OF_PROBABILITY),),
    ),
    loss(
        "N111",
        title="a small number inside the logarithm hides the underflow: the loss ends at 27.6",
        question="How large can your loss become, and how large should it?",
        remedy=NO_LOG,
        check="stable",
        edits=((_LOSS, _OF_PROBABILITY.replace(", y])", ", y] + 1e-12)")),),
    ),
    loss(
        "N112",
        title="probabilities are clipped away from 0 before the logarithm",
        question="How large can your loss become, and how large should it?",
        remedy=NO_LOG,
        check="stable",
        edits=(
            (
                _LOSS,
                "loss = np.mean(-np.log(np.maximum(exponentials / totals, 1e-15)[np.arange(N), y]))",
            ),
        ),
    ),
    loss(
        "N113",
        title="softmax over the batch (axis 0) instead of over the classes",
        question="Which of your probabilities add up to 1: those of an image, or those of a class?",
        remedy="Softmax makes probabilities of the scores of one image: sum over axis 1.",
        check="loss",
        edits=((_TOTALS, _TOTALS.replace("axis=1", "axis=0")), ("totals[:, 0]", "totals[0, y]")),
    ),
    loss(
        "N114",
        title="one sum over the whole batch instead of one for each image",
        question="Which of your probabilities add up to 1: those of an image, or all of them?",
        remedy="Softmax makes probabilities of the scores of one image: sum over axis 1.",
        check="loss",
        edits=((_TOTALS, "totals = np.full((N, 1), np.sum(exponentials))"),),
    ),
    loss(
        "N115",
        title="the sign of the loss is wrong",
        question="A probability is below 1: which sign has its logarithm, and which the loss?",
        remedy="The loss is minus the logarithm of the right probability; it is never negative.",
        check="loss",
        edits=((_LOSS, _LOSS.replace("np.mean(", "-np.mean(")),),
    ),
    loss(
        "N116",
        title="the loss is minus the score of the right class: the logarithm of the sum is missing",
        question="Raise all scores by 1: does your loss change? Should it?",
        remedy=NO_LOG,
        check="loss",
        edits=((_LOSS, "loss = np.mean(-shifted[np.arange(N), y])"),),
    ),
    loss(
        "N117",
        title="dscores is the probabilities: nothing was subtracted at the right class",
        question="Do the entries of each row of dscores add up to 0?",
        remedy=GRADIENT,
        check="dscores",
        edits=((_ONE, "pass"),),
    ),
    loss(
        "N118",
        title="dscores[:, y] takes the right columns of all images from every row",
        question="How many entries does scores[:, y] have, and how many should change?",
        remedy="dscores[np.arange(N), y] takes one entry for each image.",
        check="dscores",
        edits=((_ONE, "dscores[:, y] -= 1"),),
    ),
    loss(
        "N119",
        title="the sign of dscores is wrong",
        question="If the right score grows, does the loss grow or fall?",
        remedy=GRADIENT,
        check="dscores",
        edits=((_DIVIDED, "    dscores /= -N\n"),),
    ),
    loss(
        "N120",
        title="multiplied by the slope of the softmax once more",
        question="The derivation needed no derivative of the softmax by itself. Where is yours from?",
        remedy=GRADIENT,
        check="dscores",
        edits=(
            (
                _DIVIDED,
                "    p = exponentials / totals\n    dscores = dscores * p * (1 - p) / N\n",
            ),
        ),
    ),
    loss(
        "N121",
        title="only the right class gets a gradient",
        question="Does the loss change when the score of a wrong class grows?",
        remedy=GRADIENT,
        check="dscores",
        edits=(
            (
                _DIVIDED,
                "    right = np.zeros(scores.shape)\n    right[np.arange(N), y] = 1\n"
                "    dscores *= right / N\n",
            ),
        ),
    ),
    loss(
        "N122",
        title="the class with the largest score is taken for the right one",
        question="Where does your code use y?",
        remedy="y says which class is right, whatever the network thinks.",
        check="loss",
        edits=(
            ("    N = len(scores)\n", "    N = len(scores)\n    y = np.argmax(scores, axis=1)\n"),
        ),
    ),
    loss(
        "N123",
        title="classes are counted from 1",
        question="What is the smallest label, and which column belongs to it?",
        remedy="Classes are 0 to C - 1: class c is column c.",
        check="loss",
        edits=(("    N = len(scores)\n", "    N = len(scores)\n    y = y - 1\n"),),
    ),
    loss(
        "N124",
        title="the logarithm to base 2",
        question="The loss of two equal scores is 0.693, and yours is 1. Which logarithm is it?",
        remedy="The natural logarithm belongs to np.exp: np.log.",
        check="loss",
        edits=((_LOSS, _LOSS.replace("np.log(", "np.log2(")),),
    ),
    loss(
        "N125",
        title="the largest scores are subtracted in place, which changes the caller's scores",
        question="What is in scores after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_SHIFT, "scores\n    shifted -= np.max(scores, axis=1, keepdims=True)"),),
    ),
    loss(
        "N126",
        title="only the first image of the batch is looked at",
        question="How many rows of dscores are not zero?",
        remedy=MEAN,
        check="dscores",
        edits=((_DIVIDED, "    dscores[1:] = 0\n"),),
    ),
    loss(
        "N127",
        title="the gradient of squared errors instead of that of the logarithm",
        question="Which loss does your gradient belong to?",
        remedy=GRADIENT,
        check="dscores",
        edits=((_DIVIDED, "    dscores *= 2 / N\n"),),
    ),
    loss(
        "N128",
        title="losses are collected in a list that outlives the call",
        question="What is left over in memory when your function is called a second time?",
        remedy="Every call starts from nothing.",
        check="repeatable",
        edits=(
            ("(scores, y):", "(scores, y, seen=[]):"),
            (
                "    return loss, dscores",
                "    seen.append(loss)\n    return np.mean(seen), dscores",
            ),
        ),
    ),
    loss(
        "N129",
        title="loss and dscores are returned in the other order",
        question="What do you return first?",
        remedy="The loss first, then dscores.",
        check="loss",
        edits=(("return loss, dscores", "return dscores, loss"),),
    ),
)
