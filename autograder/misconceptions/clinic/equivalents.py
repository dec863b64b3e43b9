"""Changes that leave the functions of ``07_bug_clinic`` right, and must pass."""

from autograder.misconceptions.misconception import Equivalent

_LOOPS = """
def embedding_backward(dout, cache):
    table, ids = cache
    dtable = np.zeros(table.shape)
    for n in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            dtable[ids[n, t]] += dout[n, t]
    return dtable
"""
_ONE_HOT = """
def embedding_backward(dout, cache):
    table, ids = cache
    onehot = np.eye(len(table))[ids]
    return np.einsum("ntv,ntd->vd", onehot, dout)
"""
_SCALE = """
def channel_scale_backward(dout, cache):
    x, gain, shift = cache
    dx = np.empty(x.shape)
    dgain, dshift = np.zeros(gain.shape), np.zeros(shift.shape)
    for c in range(len(gain)):
        dx[:, c] = gain[c] * dout[:, c]
        dgain[c] = (x[:, c] * dout[:, c]).sum()
        dshift[c] = dout[:, c].sum()
    return [dx, dgain, dshift]
"""
_MIX = """
def mix_rows_backward(dout, cache):
    x, w = cache
    return np.einsum("pr,npc->nrc", w, dout), np.einsum("npc,nrc->pr", dout, x)
"""
_POLYNOMIAL = """
def polynomial_backward(dout, cache):
    x, coefficients = cache
    powers = x[:, None] ** np.arange(len(coefficients))
    slopes = np.arange(1, len(coefficients)) * coefficients[1:]
    return dout * (powers[:, :-1] @ slopes), dout @ powers
"""
_SWISH = """
def swish_backward(dout, cache):
    x, beta = cache
    s = 0.5 * (1 + np.tanh(0.5 * beta * x))
    out = x * s
    return dout * (beta * out + s * (1 - beta * out)), (dout * out * (x - out)).sum(0)
"""
_UNIT = """
def unit_rows_backward(dout, cache):
    x, out = cache
    dx = np.zeros(x.shape)
    for n in range(len(x)):
        jacobian = (np.eye(x.shape[1]) - np.outer(out[n], out[n])) / np.linalg.norm(x[n])
        dx[n] = jacobian.T @ dout[n]
    return dx
"""
_LEAKY = """
def leaky_sum_backward(dout, cache):
    x, decay = cache
    steps = np.arange(x.shape[1])
    apart = steps[:, None] - steps
    return dout @ np.where(apart >= 0, decay ** np.maximum(apart, 0), 0.0)
"""
_BY_FORMULA = """
def my_test(forward, backward):
    rng = np.random.default_rng(1)
    x, centers = rng.normal(size=(4, 3)), rng.normal(size=(2, 3))
    out, cache = forward(x, centers)
    dout = rng.normal(size=out.shape)
    given = dout.copy(), tuple(array.copy() for array in cache)
    try:
        dx, dcenters = backward(dout, cache)
        dx_again, dcenters_again = backward(dout, cache)
    except ValueError:
        return False
    if dx.shape != x.shape or dcenters.shape != centers.shape:
        return False
    same = np.allclose(dx, dx_again) and np.allclose(dcenters, dcenters_again)
    kept = np.all(dout == given[0]) and all((a == b).all() for a, b in zip(cache, given[1]))
    apart = x[:, None] - centers
    right_dx = 2 * (given[0][:, :, None] * apart).sum(1)
    right_dcenters = -2 * (given[0][:, :, None] * apart).sum(0)
    right = np.allclose(dx, right_dx) and np.allclose(dcenters, right_dcenters)
    return bool(right and same and kept)
"""

EQUIVALENTS = (
    Equivalent("H1 loops", "embedding_backward", form=_LOOPS, reason="one place after the other"),
    Equivalent("H1 one hot", "embedding_backward", form=_ONE_HOT, reason="a matrix product"),
    Equivalent("H2 loops", "channel_scale_backward", form=_SCALE, reason="channel by channel"),
    Equivalent("H3 einsum", "mix_rows_backward", form=_MIX, reason="the indices of the derivation"),
    Equivalent(
        "H4 from the end",
        "pad_ends_backward",
        edits=(
            (
                "dx = dout[:, start : start + x.shape[1]]",
                'dx = dout[:, start : dout.shape[1] - pad_param["right"]].copy()',
            ),
        ),
        reason="the same end, counted from the other side",
    ),
    Equivalent("H5 powers", "polynomial_backward", form=_POLYNOMIAL, reason="a matrix of powers"),
    Equivalent("H6 by out", "swish_backward", form=_SWISH, reason="the same in terms of out"),
    Equivalent("H7 Jacobian", "unit_rows_backward", form=_UNIT, reason="the Jacobian, row by row"),
    Equivalent("H8 matrix", "leaky_sum_backward", form=_LEAKY, reason="the Jacobian as a matrix"),
    Equivalent(
        "Y by formula",
        "my_test",
        form=_BY_FORMULA,
        reason="a test against the formula instead of differences, with other sizes",
    ),
)
