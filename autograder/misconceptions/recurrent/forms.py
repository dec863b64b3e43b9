"""Ways to write the recurrent functions: what a row of the catalogue starts from."""

from functools import partial

from autograder.misconceptions.misconception import Change, Misconception
from autograder.misconceptions.recurrent.statements import BUFFER, CACHE, ONWARD

step_forward = partial(Misconception, function="rnn_step_forward")
step_backward = partial(Misconception, function="rnn_step_backward")
forward = partial(Misconception, function="rnn_forward")
backward = partial(Misconception, function="rnn_backward")
cell = partial(Misconception, function="RNNCell")
truncated = partial(Misconception, function="truncated_gradients")

#: Backpropagation through time without the function of a step.
INLINE = """
def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    N, T, _ = x.shape
    dx = np.zeros(x.shape)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])
    dh_carry = np.zeros(h0.shape)
    for t in reversed(range(T)):
        prev_h = h[:, t - 1] if t > 0 else h0
        whole = dh[:, t] + dh_carry
        da = whole * (1 - h[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dh_carry = da @ Wh.T
        dWx += x[:, t].T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
    return dx, dh_carry, dWx, dWh, db
"""

#: Gradients of inputs collected in a list, as the loop meets them.
LISTED = """
def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    states = [h0, *(h[:, t] for t in range(x.shape[1]))]
    carry, dx, das = 0.0, [], []
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + carry) * (1 - states[t + 1] ** 2)
        carry = np.dot(da, Wh.T)
        dx.append(np.dot(da, Wx.T))
        das.append(da)
    dx.reverse()
    das.reverse()
    dWx = sum(np.dot(x[:, t].T, da) for t, da in enumerate(das))
    dWh = sum(np.dot(states[t].T, da) for t, da in enumerate(das))
    db = sum(da.sum(axis=0) for da in das)
    return np.stack(dx, axis=1), carry, dWx, dWh, db
"""

#: The states of a forward that keeps the caches of its steps, and the backward of that.
KEEPS_STEP_CACHES = (
    (BUFFER, f"{BUFFER}\n    cache = []"),
    (ONWARD, ONWARD.replace("_ =", "kept =") + "\n        cache.append(kept)"),
    (CACHE, "pass"),
)
OF_STEP_CACHES = """
def rnn_backward(dh, cache):
    N, T, H = dh.shape
    dprev_h, dx = 0, []
    dWx = dWh = db = 0
    for t in range(T - 1, -1, -1):
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t, :] + dprev_h, cache[t])
        dx.insert(0, dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.array(dx).transpose(1, 0, 2), dprev_h, dWx, dWh, db
"""

#: The cell with a counter of steps instead of a list that shrinks.
COUNTING = """
class RNNCell:
    def __init__(self, Wx, Wh, bx, bh):
        self.Wx, self.Wh, self.bx, self.bh = Wx, Wh, bx, bh
        self.x, self.states = [], []

    def start(self, h0):
        self.x, self.states = [], [h0]
        self.step = 0
        self.dh_carry = np.zeros(h0.shape)
        self.dWx, self.dWh = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape)
        self.dbx, self.dbh = np.zeros(self.bx.shape), np.zeros(self.bh.shape)

    def forward(self, x):
        self.x.append(x)
        a = x @ self.Wx + self.bx + self.states[self.step] @ self.Wh + self.bh
        self.states.append(np.tanh(a))
        self.step += 1
        return self.states[self.step]

    def backward(self, dh_out):
        da = (dh_out + self.dh_carry) * (1 - self.states[self.step] ** 2)
        self.step -= 1
        self.dWx += self.x[self.step].T @ da
        self.dWh += self.states[self.step].T @ da
        self.dbx += da.sum(axis=0)
        self.dbh += da.sum(axis=0)
        self.dh_carry = da @ self.Wh.T
        return da @ self.Wx.T
"""

inline = partial(backward, form=INLINE)
listed = partial(backward, form=LISTED)
of_step_caches = partial(
    backward,
    form=OF_STEP_CACHES,
    partner=Change("a list of step caches", "rnn_forward", edits=KEEPS_STEP_CACHES),
)
counting = partial(cell, form=COUNTING)
