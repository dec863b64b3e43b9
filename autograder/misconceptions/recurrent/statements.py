"""Statements of the reference solutions of ``06_recurrent`` that changes replace."""

# Of one step, forward.
STATE = "next_h = np.tanh(x @ Wx + prev_h @ Wh + b)"
STEP_CACHE = "cache = (x, prev_h, Wx, Wh, next_h)"

# Of one step, backward.
UNPACKED = "x, prev_h, Wx, Wh, next_h = cache"
DA = "da = dnext_h * (1 - next_h**2)"
DX = "dx = da @ Wx.T"
DPREV = "dprev_h = da @ Wh.T"
DWX = "dWx = x.T @ da"
DWH = "dWh = prev_h.T @ da"
DB = "db = np.sum(da, axis=0)"
RETURN_STEP = "return dx, dprev_h, dWx, dWh, db"

# Of sequences, forward.
BUFFER = "h = np.zeros((N, T, Wh.shape[0]))"
FIRST = "prev_h = h0"
EVERY = "for t in range(T):"
ONWARD = "prev_h, _ = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)"
KEEP = "h[:, t] = prev_h"
CACHE = "cache = (x, h0, Wx, Wh, h)"

# Of sequences, backward.
NOTHING = "dh_carry = np.zeros(h0.shape)"
LOOP = "for t in reversed(range(x.shape[1])):"
BEFORE = "prev_h = h[:, t - 1] if t > 0 else h0"
GATHERED = "step_cache = (x[:, t], prev_h, Wx, Wh, h[:, t])"
SHARES = "shares = rnn_step_backward(dh[:, t] + dh_carry, step_cache)"
SENT = "dx[:, t] = shares[0]"
CARRIED = "dh_carry = shares[1]"
SUM_WX, SUM_WH, SUM_B = "dWx += shares[2]", "dWh += shares[3]", "db += shares[4]"
SUMS = "dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])"
RETURN = "return dx, dh_carry, dWx, dWh, db"

# Of sequences, backward, in the form without the function of a step.
INLINE_DA = "da = whole * (1 - h[:, t] ** 2)"
INLINE_DX = "dx[:, t] = da @ Wx.T"
INLINE_CARRY = "dh_carry = da @ Wh.T"
INLINE_WX = "dWx += x[:, t].T @ da"
INLINE_WH = "dWh += prev_h.T @ da"
INLINE_B = "db += da.sum(axis=0)"
