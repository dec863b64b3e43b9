"""Mutants of ``06_recurrent`` that leave it right."""

from autograder.equivalent_mutants.harmless import SAME_SHAPE, Harmless

_EVERY_STEP = "every step of the array is assigned"
_WIDTH = "the number of states by another name"
_SUMS = "dWx, dWh, db = (np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1]))"

HARMLESS = (
    Harmless(
        ["rnn_forward"], "h = np.zeros((N, T, Wh.shape[0]))", [("zeros", "ones")], _EVERY_STEP
    ),
    Harmless(
        ["rnn_forward"],
        "h = np.zeros((N, T, Wh.shape[0]))",
        [("Wh.shape[0]", width) for width in ("Wh.shape[1]", "Wh.shape[-1]", "b.shape[0]")],
        _WIDTH,
    ),
    Harmless(["rnn_backward"], "dx = np.zeros(x.shape)", [("zeros", "ones")], _EVERY_STEP),
    Harmless(
        ["rnn_backward"],
        _SUMS,
        [("Wh.shape[1]", width) for width in ("Wh.shape[0]", "Wx.shape[1]", "h0.shape[1]")],
        _WIDTH,
    ),
    Harmless(
        ["rnn_backward"],
        "dh_carry = np.zeros(h0.shape)",
        [("h0", "db")],
        "zeros for one sequence are broadcast to all",
    ),
    Harmless(
        ["rnn_backward"],
        "for t in reversed(range(x.shape[1])):",
        [("x.", "dh."), ("x.", "dx."), ("x.", "h.")],
        SAME_SHAPE,
    ),
    Harmless(
        ["truncated_gradients"],
        "dx, prev_h = (np.zeros(x.shape), h0)",
        [("zeros", "ones")],
        _EVERY_STEP,
    ),
    Harmless(
        ["truncated_gradients"],
        "for start in range(0, x.shape[1], steps):",
        [("x.", "dh."), ("x.", "dx.")],
        SAME_SHAPE,
    ),
    Harmless(
        ["truncated_gradients"],
        "if start == 0:",
        [("==", "<=")],
        "no piece starts before step 0",
    ),
    Harmless(
        ["RNNCell"],
        "self.Wx, self.Wh, self.bx, self.bh = (Wx, Wh, bx, bh)",
        [("self.bx, self.bh", "self.bh, self.bx"), ("bx, bh)", "bh, bx)")],
        "the two biases are only ever added to each other",
    ),
    Harmless(
        ["RNNCell"],
        "self.dbx, self.dbh = (np.zeros(self.bx.shape), np.zeros(self.bh.shape))",
        [
            ("self.dbx, self.dbh", "self.dbh, self.dbx"),
            (
                "np.zeros(self.bx.shape), np.zeros(self.bh.shape)",
                "np.zeros(self.bh.shape), np.zeros(self.bx.shape)",
            ),
        ],
        SAME_SHAPE,
    ),
)
