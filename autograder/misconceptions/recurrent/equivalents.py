"""Changes that leave the functions of ``06_recurrent`` right, and must pass."""

from autograder.misconceptions.misconception import Change, Equivalent
from autograder.misconceptions.recurrent.forms import (
    COUNTING,
    INLINE,
    KEEPS_STEP_CACHES,
    LISTED,
    OF_STEP_CACHES,
)
from autograder.misconceptions.recurrent.statements import (
    DA,
    STATE,
    STEP_CACHE,
    UNPACKED,
)

_ONE_SUM = """
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = np.multiply(dnext_h, (1 - next_h) * (1 + next_h))
    both = np.concatenate([x, prev_h], axis=1)
    dboth = np.einsum("nk,ik->ni", da, np.concatenate([Wx, Wh]))
    dweights = np.einsum("ni,nk->ik", both, da)
    width = x.shape[1]
    return (
        dboth[:, :width], dboth[:, width:], dweights[:width], dweights[width:],
        np.ones(len(x)) @ da,
    )
"""
_STEP_LOOPS = """
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    N, D = x.shape
    H = Wh.shape[0]
    dx, dprev_h = np.zeros((N, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for k in range(H):
            da = dnext_h[n, k] * (1.0 - next_h[n, k] * next_h[n, k])
            db[k] += da
            for d in range(D):
                dx[n, d] += da * Wx[d, k]
                dWx[d, k] += da * x[n, d]
            for j in range(H):
                dprev_h[n, j] += da * Wh[j, k]
                dWh[j, k] += da * prev_h[n, j]
    return [dx, dprev_h, dWx, dWh, db]
"""
_ALL_AT_ONCE = """
def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    before = np.concatenate([h0[:, np.newaxis], h[:, :-1]], axis=1)
    slopes = 1 - h * h
    da = np.empty(h.shape)
    following = np.zeros(h0.shape)
    for t in range(h.shape[1])[::-1]:
        da[:, t] = slopes[:, t] * (dh[:, t] + following)
        following = da[:, t] @ Wh.T
    return (
        da @ Wx.T,
        following,
        np.einsum("ntd,ntk->dk", x, da),
        np.tensordot(before, da, axes=([0, 1], [0, 1])),
        da.sum(axis=(0, 1)),
    )
"""
_EACH_SEQUENCE = """
def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    N, T, D = x.shape
    dx, dh0 = np.zeros((N, T, D)), np.zeros(h0.shape)
    dWx, dWh, db = 0 * Wx, 0 * Wh, 0 * Wh[0]
    for n in range(N):
        carry = np.zeros(Wh.shape[0])
        t = T - 1
        while t >= 0:
            da = np.diag(1 - h[n, t] ** 2) @ (dh[n, t] + carry)
            dx[n, t] = Wx @ da
            carry = Wh @ da
            dWx = dWx + np.outer(x[n, t], da)
            dWh = dWh + np.outer(h[n, t - 1] if t else h0[n], da)
            db = db + da
            t -= 1
        dh0[n] = carry
    return dx, dh0, dWx, dWh, db
"""
_ALL_STATES = """
def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    states = np.zeros((T + 1, N, h0.shape[1]))
    states[0] = h0
    for t, x_t in enumerate(x.transpose(1, 0, 2)):
        states[t + 1] = np.tanh(np.dot(x_t, Wx) + np.dot(states[t], Wh) + b)
    return states[1:].transpose(1, 0, 2), {"x": x, "states": states, "weights": (Wx, Wh)}
"""
_OF_ALL_STATES = """
def rnn_backward(dh, cache):
    x, states, (Wx, Wh) = cache["x"], cache["states"], cache["weights"]
    T, dx, dh_carry = len(states) - 1, np.zeros(x.shape), 0
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    for t in range(T, 0, -1):
        da = (dh[:, t - 1] + dh_carry) * (1 - states[t] ** 2)
        dx[:, t - 1], dh_carry = da @ Wx.T, da @ Wh.T
        dWx += x[:, t - 1].T @ da
        dWh += states[t - 1].T @ da
        db += da.sum(0)
    return dx, dh_carry, dWx, dWh, db
"""
_ONE_LOOP = """
def truncated_gradients(x, h0, Wx, Wh, b, dh, steps):
    T, dx, dh_carry = x.shape[1], np.zeros(x.shape), np.zeros(h0.shape)
    h = [h0]
    for t in range(T):
        h.append(np.tanh(x[:, t] @ Wx + h[-1] @ Wh + b))
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    for t in reversed(range(T)):
        if (t + 1) % steps == 0:
            dh_carry = np.zeros(h0.shape)
        da = (dh[:, t] + dh_carry) * (1 - h[t + 1] ** 2)
        dx[:, t], dh_carry = da @ Wx.T, da @ Wh.T
        dWx += x[:, t].T @ da
        dWh += h[t].T @ da
        db += da.sum(axis=0)
    return dx, dh_carry, dWx, dWh, db
"""

_OWN = "forward and backward agree on a cache of their own"

EQUIVALENTS = (
    Equivalent(
        "one product",
        "rnn_step_forward",
        edits=(
            (
                STATE,
                "both = np.concatenate([x, prev_h], axis=1)\n"
                "    next_h = np.tanh(both @ np.concatenate([Wx, Wh]) + b)",
            ),
        ),
        reason="input and state side by side, the weights below each other",
    ),
    Equivalent(
        "a sigmoid of twice the sum",
        "rnn_step_forward",
        edits=(
            (
                STATE,
                "a = x @ Wx + prev_h @ Wh + b\n"
                "    grown = np.expm1(-2 * np.abs(a))\n"
                "    next_h = -np.sign(a) * grown / (grown + 2)",
            ),
        ),
        reason="an exponential of what is never positive does not overflow",
    ),
    Equivalent(
        "step: a dictionary",
        "rnn_step_forward",
        edits=(
            (STATE, "a = x @ Wx + prev_h @ Wh + b\n    next_h = np.tanh(a)"),
            (STEP_CACHE, "cache = {'in': (x, prev_h), 'w': (Wx, Wh), 'a': a}"),
        ),
        partner=Change(
            "step: a dictionary",
            "rnn_step_backward",
            edits=(
                (
                    UNPACKED,
                    "(x, prev_h), (Wx, Wh), a = cache['in'], cache['w'], cache['a']",
                ),
                (DA, "da = dnext_h / np.cosh(a) ** 2"),
            ),
        ),
        reason=_OWN,
    ),
    Equivalent(
        "step: another order",
        "rnn_step_forward",
        edits=((STEP_CACHE, "cache = (next_h, Wh, Wx, prev_h, x, b)"),),
        partner=Change(
            "step: another order",
            "rnn_step_backward",
            edits=(
                (
                    UNPACKED,
                    "next_h, Wh, Wx, prev_h, x, _ = cache",
                ),
            ),
        ),
        reason=_OWN,
    ),
    Equivalent(
        "step: extra items",
        "rnn_step_forward",
        edits=((STEP_CACHE, "cache = (x, prev_h, Wx, Wh, b, next_h, x.shape)"),),
        partner=Change(
            "step: extra items",
            "rnn_step_backward",
            edits=((UNPACKED, "x, prev_h, Wx, Wh, _, next_h, _ = cache"),),
        ),
        reason=_OWN,
    ),
    Equivalent("one sum", "rnn_step_backward", form=_ONE_SUM, reason="both products as one"),
    Equivalent("step in loops", "rnn_step_backward", form=_STEP_LOOPS, reason="entry by entry"),
    Equivalent("without a step", "rnn_backward", form=INLINE, reason="the step's lines in place"),
    Equivalent("lists", "rnn_backward", form=LISTED, reason="shares in lists, reversed in the end"),
    Equivalent(
        "all at once",
        "rnn_backward",
        form=_ALL_AT_ONCE,
        reason="only the carry needs a loop; the sums are products of everything",
    ),
    Equivalent(
        "each sequence by itself",
        "rnn_backward",
        form=_EACH_SEQUENCE,
        reason="column vectors and outer products",
    ),
    Equivalent(
        "a list of step caches",
        "rnn_forward",
        edits=KEEPS_STEP_CACHES,
        partner=Change("a list of step caches", "rnn_backward", form=OF_STEP_CACHES),
        reason=_OWN,
    ),
    Equivalent(
        "all states, time first",
        "rnn_forward",
        form=_ALL_STATES,
        partner=Change("all states, time first", "rnn_backward", form=_OF_ALL_STATES),
        reason=_OWN,
    ),
    Equivalent("a counter", "RNNCell", form=COUNTING, reason="a counter instead of a shorter list"),
    Equivalent(
        "one loop",
        "truncated_gradients",
        form=_ONE_LOOP,
        reason="the carry is zero where a piece ends",
    ),
)
