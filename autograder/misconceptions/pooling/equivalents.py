"""Changes that leave the functions of ``03_pooling`` right, and must pass."""

from autograder.misconceptions.misconception import Change, Equivalent
from autograder.misconceptions.pooling.forms import COLUMNS
from autograder.misconceptions.pooling.statements import (
    AVERAGE,
    FIRST,
    MAX,
    RETURN,
)

_POSITIONS = """out = np.zeros((N, C, H_out, W_out))
    where = np.zeros(out.shape, dtype=int)"""

EQUIVALENTS = (
    Equivalent(
        "columns",
        "max_pool_backward_naive",
        form=COLUMNS,
        reason="windows as columns of a matrix, scattered back with np.add.at",
    ),
    Equivalent(
        "argwhere",
        "max_pool_backward_naive",
        edits=((FIRST, "row, col = np.argwhere(window == window.max())[0]"),),
        reason="argwhere lists positions in row-major order",
    ),
    Equivalent(
        "mean",
        "avg_pool_forward_naive",
        edits=((AVERAGE, "out[n, c, i, j] = np.mean(window)"),),
        reason="the padded window always has pool_height * pool_width entries",
    ),
    Equivalent(
        "dx in Fortran order",
        "avg_pool_backward_naive",
        edits=((RETURN, "return np.asfortranarray(dx)"),),
        reason="the order in memory is not part of an array's value",
    ),
    *(
        Equivalent(
            f"{kind}: {name}",
            f"{kind}_pool_forward_naive",
            edits=(("cache = (x, pool_param)", f"cache = {cache}"),),
            partner=Change(
                name,
                f"{kind}_pool_backward_naive",
                edits=(("x, pool_param = cache", unpack),),
            ),
            reason="forward and backward agree on a cache of their own",
        )
        for kind in ("max", "avg")
        for name, cache, unpack in (
            ("a dictionary", '{"x": x, "p": pool_param}', 'x, pool_param = cache["x"], cache["p"]'),
            ("another order", "(pool_param, x)", "pool_param, x = cache"),
            ("extra items", "(x, pool_param, out, H_out, W_out)", "x, pool_param, *_ = cache"),
            (
                "padded x",
                "(x_pad, pool_param)",
                'x, pool_param = cache\n    p = pool_param.get("pad", 0)\n'
                "    x = x[:, :, p : x.shape[2] - p, p : x.shape[3] - p]",
            ),
        )
    ),
    Equivalent(
        "the shape alone",
        "avg_pool_forward_naive",
        edits=(("cache = (x, pool_param)", "cache = (x.shape, pool_param)"),),
        partner=Change(
            "the shape alone",
            "avg_pool_backward_naive",
            edits=(
                ("x, pool_param = cache", "shape, pool_param = cache"),
                ("N, C, H, W = x.shape", "N, C, H, W = shape"),
            ),
        ),
        reason="the gradient of an average does not depend on x",
    ),
    Equivalent(
        "positions of the maxima",
        "max_pool_forward_naive",
        edits=(
            ("out = np.zeros((N, C, H_out, W_out))", _POSITIONS),
            (MAX, f"where[n, c, i, j] = np.argmax(window)\n                    {MAX}"),
            ("cache = (x, pool_param)", "cache = (x, pool_param, where)"),
        ),
        partner=Change(
            "positions of the maxima",
            "max_pool_backward_naive",
            edits=(
                ("x, pool_param = cache", "x, pool_param, where = cache"),
                ("int(np.argmax(window))", "int(where[n, c, i, j])"),
            ),
        ),
        reason="the forward has found the maxima already",
    ),
)
