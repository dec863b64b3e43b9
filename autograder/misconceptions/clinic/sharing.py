"""Known wrong answers to ``polynomial_backward`` and ``swish_backward``: memory and meddling."""

from functools import partial

from autograder.misconceptions.clinic.rules import (
    FRESH,
    IGNORED,
    IN_DOUT,
    LEFT_OVER,
    READ_ONLY,
    UPSTREAM,
    WHOLE,
)
from autograder.misconceptions.misconception import Misconception

polynomial = partial(Misconception, function="polynomial_backward")
swish = partial(Misconception, function="swish_backward")

_BUFFERS = "dx, dcoefficients = np.zeros(x.shape), np.zeros(coefficients.shape)"
_POWERS = "dcoefficients[k] = np.sum(dout * x**k)"
_SLOPE = "dx += dout * k * coefficients[k] * x ** (k - 1)"
_BACK = "return dx, dcoefficients"
_KEPT = (
    "def polynomial_backward(dout, cache):",
    "def polynomial_backward(dout, cache, kept={}):",
)
_POWER = "The slope of x**k is k * x**(k - 1)."
_BY_POWER = "What is the slope of x**3 at x = 2?"

_GATE = "s = 1 / (1 + np.exp(-beta * x))"
_BEND = "slope = s * (1 - s)"
_DX = "dx = dout * (s + beta * x * slope)"
_BETA = "dbeta = np.sum(dout * x**2 * slope, axis=0)"
_PRODUCT = "Both factors depend on x: s + x * beta * s * (1 - s)."
_BY_BETA = "x stands outside the gate and inside it: the slope by beta is x * x * s * (1 - s)."

MISTAKES = (
    polynomial(
        "H501",
        title="the gradients of earlier calls are still in dcoefficients",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            _KEPT,
            (
                _BUFFERS,
                _BUFFERS
                + "\n    dcoefficients = kept.setdefault(coefficients.shape, dcoefficients)",
            ),
            (_POWERS, _POWERS.replace("=", "+=", 1)),
        ),
    ),
    polynomial(
        "H502",
        title="the gradients of earlier calls are still in dx",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            _KEPT,
            (_BUFFERS, _BUFFERS + "\n    dx = kept.setdefault(x.shape, dx)"),
        ),
    ),
    polynomial(
        "H503",
        title="the coefficients are updated inside the backward",
        question="What is in coefficients after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_BACK, "coefficients -= 0.1 * dcoefficients\n    " + _BACK),),
    ),
    polynomial(
        "H504",
        title="the exponent is missing as a factor in dx",
        question=_BY_POWER,
        remedy=_POWER,
        check="dx",
        edits=((_SLOPE, _SLOPE.replace("* k *", "*")),),
    ),
    polynomial(
        "H505",
        title="the exponent is not lowered by one in dx",
        question=_BY_POWER,
        remedy=_POWER,
        check="dx",
        edits=((_SLOPE, _SLOPE.replace("(k - 1)", "k")),),
    ),
    polynomial(
        "H506",
        title="only the last power is left in dx: = instead of +=",
        question="How many terms of the polynomial does x appear in?",
        remedy="Each term adds its slope.",
        check="dx",
        edits=((_SLOPE, _SLOPE.replace("+=", "=")),),
    ),
    polynomial(
        "H507",
        title="the coefficients are missing in dx",
        question="Which number multiplies x**k in the forward?",
        remedy="The slope of coefficients[k] * x**k keeps its coefficient.",
        check="dx",
        edits=((_SLOPE, _SLOPE.replace("coefficients[k] * ", "")),),
    ),
    polynomial(
        "H508",
        title="dcoefficients are means over the points instead of sums",
        question="One coefficient moves by 1; how many entries of out move?",
        remedy=WHOLE,
        check="dcoefficients",
        edits=((_POWERS, _POWERS.replace("sum", "mean")),),
    ),
    polynomial(
        "H509",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_BUFFERS, _BUFFERS + "\n    dout = np.ones(dout.shape)"),),
    ),
    polynomial(
        "H510",
        title="the highest power first: dcoefficients are in reverse order",
        question="Which power does coefficients[0] belong to?",
        remedy="coefficients[k] belongs to x**k; the constant is first.",
        check="dcoefficients",
        edits=((_BACK, "return dx, dcoefficients[::-1]"),),
    ),
    polynomial(
        "H511",
        title="x**(k - 1) for the constant, too, which is nan at x = 0",
        question="What is 0 * 0.0**-1 in NumPy?",
        remedy="The constant has no slope: begin at k = 1.",
        check="dx",
        edits=(("for k in range(1, len(coefficients)):", "for k in range(0, len(coefficients)):"),),
    ),
    swish(
        "H601",
        title="dout is multiplied in place and returned as dx",
        question=IN_DOUT,
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (_DX + "\n", "\n"),
            (_BETA, _BETA + "\n    dout *= s + beta * x * slope\n    dx = dout"),
        ),
    ),
    swish(
        "H602",
        title="beta is updated inside the backward",
        question="What is in beta after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_BETA, _BETA + "\n    beta -= 0.1 * dbeta"),),
    ),
    swish(
        "H604",
        title="the slope of the gate is forgotten in dx",
        question="Which of the two factors of out depend on x?",
        remedy=_PRODUCT,
        check="dx",
        edits=((_DX, "dx = dout * s"),),
    ),
    swish(
        "H605",
        title="beta, the inner derivative, is missing in dx",
        question="What is the derivative of s(beta * x) with respect to x?",
        remedy=_PRODUCT,
        check="dx",
        edits=((_DX, "dx = dout * (s + x * slope)"),),
    ),
    swish(
        "H606",
        title="the slope of the gate is taken for 1 - s**2, as of tanh",
        question="What is the derivative of 1 / (1 + exp(-z))?",
        remedy="The derivative of s is s * (1 - s).",
        check="dx",
        edits=((_BEND, "slope = 1 - s**2"),),
    ),
    swish(
        "H607",
        title="dbeta has x once instead of squared",
        question="Where does x stand in out, and where in the gate?",
        remedy=_BY_BETA,
        check="dbeta",
        edits=((_BETA, _BETA.replace("x**2", "x")),),
    ),
    swish(
        "H608",
        title="dbeta is not summed over the rows",
        question="How many rows share one beta?",
        remedy="What is broadcast forward is summed backward.",
        check="dbeta",
        edits=((_BETA, "dbeta = dout * x**2 * slope"),),
    ),
    swish(
        "H609",
        title="dbeta is summed over the columns instead of over the rows",
        question="How many rows share one beta?",
        remedy="What is broadcast forward is summed backward: over the rows.",
        check="dbeta",
        edits=((_BETA, _BETA.replace("axis=0", "axis=1")),),
    ),
    swish(
        "H610",
        title="dout is ignored, as if it were 1 everywhere",
        question=IGNORED,
        remedy=UPSTREAM,
        check="dx",
        edits=((_GATE, _GATE + "\n    dout = np.ones(dout.shape)"),),
    ),
    swish(
        "H611",
        title="beta is missing inside the gate",
        question="What does the forward hand to exp?",
        remedy="The gate is s(beta * x), in the backward as in the forward.",
        check="dx",
        edits=((_GATE, "s = 1 / (1 + np.exp(-x))"),),
    ),
)
