"""Changes that leave the functions of ``01_gradient_checking`` right, and must pass."""

from autograder.misconceptions.misconception import Change, Equivalent

_AFFINE_LOOPS = """
def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros((len(x), len(w))), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(len(x)):
        row = x[n].ravel()
        for m in range(w.shape[1]):
            dx[n] += dout[n, m] * w[:, m]
            dw[:, m] += dout[n, m] * row
            db[m] += dout[n, m]
    return [dx.reshape(x.shape), dw, db]
"""
_AFFINE_EINSUM = """
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(len(x), len(w))
    dx = np.einsum("nm,dm->nd", dout, w)
    return dx.reshape(x.shape), np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)
"""
_FORWARD_LOOPS = """
def affine_forward(x, w, b):
    out = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        for m in range(len(b)):
            out[n, m] = b[m] + sum(x[n].ravel() * w[:, m])
    return out, [x, w, b]
"""
_RELU_ENTRIES = """
def relu_backward(dout, cache):
    x = cache[0]
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx
"""
_UNITS = """
def numerical_gradient(f, x, dout, h):
    flat = np.asarray(x, dtype=float)
    slopes = []
    for i in range(flat.size):
        step = np.zeros(flat.size)
        step[i] = h
        step = step.reshape(flat.shape)
        up = np.copy(f(flat + step))
        down = f(flat - step)
        slopes.append(((up - down) * dout).sum() / (2 * h))
    return np.array(slopes).reshape(flat.shape)
"""
_NDITER = """
def numerical_gradient(f, x, dout, h):
    x = x.astype(np.float64)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        pos = f(x).copy()
        x[ix] = old - h
        neg = f(x).copy()
        x[ix] = old
        grad[ix] = np.sum((pos - neg) * dout) / (2 * h)
        it.iternext()
    return grad
"""
_AT_ONCE = """
def gradient_check(forward, backward, *inputs):
    random = np.random.RandomState(0)
    inputs = [np.array(x, dtype=float) for x in inputs]
    out, cache = forward(*inputs)
    dout = random.standard_normal(np.shape(out))
    noise = 20 * 2.2e-16 * np.abs(out * dout).sum() / 1e-5
    grads = backward(dout, cache)
    if len(grads) != len(inputs):
        return False
    for k, (x, g) in enumerate(zip(inputs, grads)):
        g = np.asarray(g)
        if g.shape != x.shape:
            return False
        slack = max(noise, 1e-6 * np.abs(g).max())
        for i in range(x.size):
            def change(step):
                moved = x.copy()
                moved.ravel()[i] += step
                moved_out = forward(*inputs[:k], moved, *inputs[k + 1 :])[0]
                return np.sum((moved_out - out) * dout) / step

            left, right = change(-1e-5), change(1e-5)
            if abs(g.ravel()[i] - (left + right) / 2) <= slack:
                continue
            still = abs(change(1e-6) - change(-1e-6)) > 0.5 * abs(right - left)
            if not (still and min(left, right) - slack <= g.ravel()[i] <= max(left, right) + slack):
                return False
    return True
"""
_RELU_CACHE = Change("relu, x itself", "relu_backward", edits=(("(x,) = cache", "x = cache"),))
_RELU_OUT = Change("relu, out", "relu_backward", edits=(("(x,) = cache", "x = cache"),))
_RELU_MASK = Change(
    "relu, mask",
    "relu_backward",
    edits=(("(x,) = cache", "mask = cache"), ("dx = np.where(x > 0, dout, 0)", "dx = dout * mask")),
)
_FLAT_CACHE = Change(
    "affine, flat",
    "affine_backward",
    edits=(
        ("x, w, b = cache", "x, shape, w = cache"),
        (".reshape(x.shape)", ".reshape(shape)"),
    ),
)

EQUIVALENTS = (
    Equivalent(
        "affine backward, loops",
        "affine_backward",
        form=_AFFINE_LOOPS,
        reason="one row and unit at a time",
    ),
    Equivalent(
        "affine backward, einsum",
        "affine_backward",
        form=_AFFINE_EINSUM,
        reason="the indices of the derivation",
    ),
    Equivalent(
        "affine forward, loops",
        "affine_forward",
        form=_FORWARD_LOOPS,
        reason="one output at a time",
    ),
    Equivalent(
        "affine, ones appended",
        "affine_forward",
        edits=(
            (
                "out = rows @ w + b",
                "out = np.hstack([rows, np.ones((len(rows), 1))]) @ np.vstack([w, b])",
            ),
        ),
        reason="the bias is the weight of a feature that is always 1",
    ),
    Equivalent(
        "affine, flat x in the cache",
        "affine_forward",
        edits=(("cache = (x, w, b)", "cache = (rows, x.shape, w)"),),
        partner=_FLAT_CACHE,
        reason="forward and backward agree on a cache of their own",
    ),
    Equivalent(
        "affine, product turned round",
        "affine_backward",
        edits=(("dw = rows.T @ dout", "dw = (dout.T @ rows).T"),),
        reason="the transpose of a product is the product of the transposes, in the other order",
    ),
    Equivalent(
        "relu, product with a mask",
        "relu_forward",
        edits=(("out = np.maximum(x, 0)", "out = x * (x > 0)"),),
        reason="true counts as 1",
    ),
    Equivalent(
        "relu, half of a sum",
        "relu_forward",
        edits=(("out = np.maximum(x, 0)", "out = (x + np.abs(x)) / 2"),),
        reason="x and |x| are equal or opposite",
    ),
    Equivalent(
        "relu backward, entry by entry",
        "relu_backward",
        form=_RELU_ENTRIES,
        reason="loops over all indices",
    ),
    Equivalent(
        "relu backward, a copy masked",
        "relu_backward",
        edits=(("dx = np.where(x > 0, dout, 0)", "dx = np.array(dout)\n    dx[x <= 0] = 0"),),
        reason="the copy is changed, not dout",
    ),
    Equivalent(
        "relu, x itself is the cache",
        "relu_forward",
        edits=(("cache = (x,)", "cache = x"),),
        partner=_RELU_CACHE,
        reason="forward and backward agree on a cache of their own",
    ),
    Equivalent(
        "relu, out is the cache",
        "relu_forward",
        edits=(("cache = (x,)", "cache = out"),),
        partner=_RELU_OUT,
        reason="out is positive where x is",
    ),
    Equivalent(
        "relu, the mask is the cache",
        "relu_forward",
        edits=(("cache = (x,)", "cache = x > 0"),),
        partner=_RELU_MASK,
        reason="the mask is all that the backward needs",
    ),
    Equivalent(
        "differences, whole arrays of steps",
        "numerical_gradient",
        form=_UNITS,
        reason="x + step instead of an entry that moves",
    ),
    Equivalent(
        "differences, an iterator",
        "numerical_gradient",
        form=_NDITER,
        reason="another way to count through the indices",
    ),
    Equivalent(
        "differences, half a step twice",
        "numerical_gradient",
        edits=(("(above - below) / (2 * h)", "0.5 * (above - below) / h"),),
        reason="the same quotient",
    ),
    Equivalent(
        "error, flat",
        "relative_error",
        edits=(
            ("difference = np.max(np.abs(x - y))", "difference = abs(x.ravel() - y.ravel()).max()"),
            (
                "return difference / size if size != 0 else 0.0",
                "return float(difference / max(size, 1e-30))",
            ),
        ),
        reason="0 over anything is 0",
    ),
    Equivalent(
        "check, in one function",
        "gradient_check",
        form=_AT_ONCE,
        reason="differences of one entry after the other, and a second look where they disagree",
    ),
    Equivalent(
        "check, answers of NumPy",
        "gradient_check",
        edits=(("    return True", "    return np.bool_(True)"),),
        reason="a truth value is a truth value",
    ),
    Equivalent(
        "direction, of length one",
        "directional_check",
        edits=(
            (
                "    steps = [",
                "    ways = [way / np.sqrt(np.sum(way**2)) for way in ways]\n    steps = [",
            ),
        ),
        reason="a Gaussian direction whose length is changed",
    ),
    Equivalent(
        "complex step, of another size",
        "complex_step_gradient",
        edits=(("h = 1e-30", "h = 1e-20"),),
        reason="nothing is subtracted, so any small step does",
    ),
)
