"""The recorded cases are a wide grid: each way in which sizes can meet, and what it exposes.

What a case has is read from the arrays, not from its name: a grid that is made thinner fails.
"""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Meeting:
    """How sizes, stride and padding meet on a case.  Pairs are (rows, columns)."""

    x: np.ndarray
    sizes: tuple[int, int]
    window: tuple[int, int]
    out: tuple[int, int]
    stride: int
    pad: int
    filters: int | None

    @property
    def left_over(self):
        return tuple(
            (size + 2 * self.pad - window) % self.stride
            for size, window in zip(self.sizes, self.window, strict=True)
        )

    def along_an_axis(self, holds):
        """Whether ``holds`` for the window on an axis that has more than one of them."""
        return any(
            count > 1 and holds(window) for window, count in zip(self.window, self.out, strict=True)
        )

    @property
    def ties(self):
        """Whether a window has its maximum twice."""
        border = ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad))
        wide = np.pad(self.x, border, constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(wide, self.window, axis=(2, 3))
        windows = windows[:, :, :: self.stride, :: self.stride]
        largest = windows.max(axis=(-2, -1), keepdims=True)
        return bool(np.any((windows == largest).sum(axis=(-2, -1)) > 1))

    @property
    def dimensions(self):
        images, channels = self.x.shape[:2]
        return [images, channels, self.filters, *self.window, self.stride, self.pad]


def meeting(case):
    x, dout = case["inputs"]["x"], case["inputs"]["dout"]
    parameters = case["parameters"]
    w = case["inputs"].get("w")
    window = (parameters["pool_height"], parameters["pool_width"]) if w is None else w.shape[2:]
    filters = None if w is None else len(w)
    return Meeting(
        x, x.shape[2:], window, dout.shape[2:], parameters["stride"], parameters["pad"], filters
    )


EVERYWHERE = {
    "stride 1": lambda m: m.stride == 1,
    "stride 2": lambda m: m.stride == 2,
    "stride over 2": lambda m: m.stride > 2,
    "no pad": lambda m: m.pad == 0,
    "pad 1": lambda m: m.pad == 1,
    "pad over 1": lambda m: m.pad > 1,
    "pad over half the window": lambda m: 2 * m.pad > min(m.window),
    "pad and stride over 1": lambda m: m.pad > 1 and m.stride > 1,
    "rows left over": lambda m: m.left_over[0] > 0 == m.left_over[1],
    "columns left over": lambda m: m.left_over[1] > 0 == m.left_over[0],
    "rows and columns left over": lambda m: min(m.left_over) > 0,
    "stride over 1 and nothing left over": lambda m: m.stride > 1 and max(m.left_over) == 0,
    "overlap": lambda m: m.along_an_axis(lambda window: window > m.stride),
    "overlap with stride over 1": lambda m: (
        m.stride > 1 and m.along_an_axis(lambda window: window > m.stride)
    ),
    "side by side": lambda m: m.along_an_axis(lambda window: window == m.stride > 1),
    "gaps": lambda m: m.along_an_axis(lambda window: window < m.stride),
    "gaps with pad": lambda m: m.pad > 0 and m.along_an_axis(lambda window: window < m.stride),
    "high image": lambda m: m.sizes[0] > m.sizes[1],
    "wide image": lambda m: m.sizes[0] < m.sizes[1],
    "square image": lambda m: m.sizes[0] == m.sizes[1],
    "high window": lambda m: m.window[0] > m.window[1],
    "wide window": lambda m: m.window[0] < m.window[1],
    "square window": lambda m: m.window[0] == m.window[1],
    "output not square": lambda m: m.out[0] != m.out[1],
    "window of one pixel": lambda m: m.window == (1, 1),
    "window larger than the image": lambda m: m.window[0] > m.sizes[0] or m.window[1] > m.sizes[1],
    "one window": lambda m: m.out == (1, 1),
    "one row or column": lambda m: min(m.sizes) == 1 < max(m.sizes),
    "one image": lambda m: len(m.x) == 1,
    "many images": lambda m: len(m.x) > 4,
    "one channel": lambda m: m.x.shape[1] == 1,
    "many channels": lambda m: m.x.shape[1] > 4,
    "several images and channels": lambda m: m.x.shape[0] != m.x.shape[1] != 1 != m.x.shape[0],
}
CONVOLUTION = EVERYWHERE | {
    "one filter": lambda m: m.filters == 1,
    "many filters": lambda m: m.filters > 4,
    "more filters than channels": lambda m: m.filters > m.x.shape[1] > 1,
    "fewer filters than channels": lambda m: 1 < m.filters < m.x.shape[1],
    "windows of padding alone": lambda m: m.pad >= max(m.window),
    "no two sizes the same": lambda m: len(set(m.dimensions)) == len(m.dimensions),
}
POOLING = EVERYWHERE | {
    "ties": lambda m: m.ties,
    "ties in overlapping windows": lambda m: (
        m.ties and m.along_an_axis(lambda window: window > m.stride)
    ),
    "ties with pad": lambda m: m.ties and m.pad > 0,
    "all negative": lambda m: np.all(m.x < 0),
    "all negative with pad": lambda m: m.pad > 0 and np.all(m.x < 0),
    "far below zero": lambda m: np.all(m.x < -(10**6)),
    "no ties": lambda m: not m.ties,
}
PROPERTIES = {"conv": CONVOLUTION, "max_pool": POOLING, "avg_pool": POOLING}


def having(operation, has):
    """Names of the cases with a property."""
    return {name for name, case in operation.cases.items() if has(meeting(case))}


@pytest.mark.parametrize(
    ("name", "has"), [(name, has) for name, group in PROPERTIES.items() for has in group]
)
def test_the_grid_has(name, has, operations):
    assert having(operations[name], PROPERTIES[name][has])


def test_the_grid_is_wide(operations):
    assert len(operations["conv"].cases) >= 26
    assert len(operations["max_pool"].cases) >= 20
    assert len(operations["avg_pool"].cases) >= 20


def test_no_input_or_upstream_gradient_hides_what_it_is_multiplied_with(operation):
    for case, given in operation.cases.items():
        for name, array in given["inputs"].items():
            # Whole numbers or parts of them, the same on every machine.
            assert np.array_equal(2**10 * array, np.round(2**10 * array)), (case, name)
        several = [a for n, a in given["inputs"].items() if n in {"w", "dout"} and a.size > 8]
        for array in (given["inputs"]["dout"], *several):
            assert np.all(array != 0), case
        for array in several:
            assert len(np.unique(array)) > 2, case


def differ_on(*properties):
    """That a wrong function is seen on some case, and on none without all these properties."""
    return properties


# Operation, its function, right text, wrong text, and what a case needs to tell them apart.
WRONG = {
    "the stride is forgotten on columns": (
        ("conv", "forward", "i * stride, j * stride", "i * stride, j"),
        differ_on(lambda m: m.stride > 1 and m.out[1] > 1),
    ),
    "the kernel is taken for square": (
        ("conv", "forward", "left : left + WW", "left : left + HH"),
        differ_on(lambda m: m.window[0] != m.window[1]),
    ),
    "the output has no remainder": (
        ("conv", "forward", "(H + 2 * pad - HH) // stride", "-(-(H + 2 * pad - HH) // stride)"),
        differ_on(lambda m: m.left_over[0] > 0),
    ),
    "the crop is empty without padding": (
        ("conv", "backward", "pad : pad + H, pad : pad + W", "pad:-pad, pad:-pad"),
        differ_on(lambda m: m.pad == 0),
    ),
    "the crop starts at the border": (
        ("conv", "backward", "pad : pad + H, pad : pad + W", ":H, :W"),
        differ_on(lambda m: m.pad > 0),
    ),
    "dw sees the last position only": (
        ("conv", "backward", "dw[f] += ", "dw[f] = "),
        differ_on(lambda m: len(m.x) * m.out[0] * m.out[1] > 1),
    ),
    "db sees the first image only": (
        ("conv", "backward", "dout.sum(axis=(0, 2, 3))", "dout[0].sum(axis=(1, 2))"),
        differ_on(lambda m: len(m.x) > 1),
    ),
    "the maximum starts at zero": (
        ("max_pool", "forward", "np.max(window)", "max(0.0, np.max(window))"),
        differ_on(lambda m: np.any(m.x < 0)),
    ),
    "the maximum starts at a number": (
        ("max_pool", "forward", "np.max(window)", "max(-1e6, np.max(window))"),
        differ_on(lambda m: np.any(m.x < -1e6)),
    ),
    "the border is zero": (
        ("max_pool", "forward", "constant_values=-np.inf", "constant_values=0.0"),
        differ_on(lambda m: m.pad > 0, lambda m: np.any(m.x < 0)),
    ),
    "a pixel keeps its last window's gradient": (
        ("max_pool", "backward", "+= dout", "= dout"),
        differ_on(EVERYWHERE["overlap"]),
    ),
    "the last of equal maxima wins": (
        (
            "max_pool",
            "backward",
            "int(np.argmax(window))",
            "window.size - 1 - int(np.argmax(window[::-1, ::-1]))",
        ),
        differ_on(lambda m: m.ties),
    ),
    "the first of equal maxima in a column wins": (
        (
            "max_pool",
            "backward",
            "divmod(int(np.argmax(window)), pool_width)",
            "divmod(int(np.argmax(window.T)), pool_height)[::-1]",
        ),
        differ_on(lambda m: m.ties),
    ),
    "the place is unravelled by the height": (
        (
            "max_pool",
            "backward",
            "int(np.argmax(window)), pool_width",
            "np.argmax(window), pool_height",
        ),
        differ_on(lambda m: m.window[0] != m.window[1]),
    ),
    "the mean is that of a square": (
        ("avg_pool", "forward", "(pool_height * pool_width)", "pool_height**2"),
        differ_on(lambda m: m.window[0] != m.window[1]),
    ),
    "shares are divided by the stride": (
        ("avg_pool", "backward", "(pool_height * pool_width)", "stride**2"),
        differ_on(lambda m: m.stride**2 != m.window[0] * m.window[1]),
    ),
    "a pixel keeps its last window's share": (
        ("avg_pool", "backward", "+= share", "= share"),
        differ_on(EVERYWHERE["overlap"]),
    ),
    "shares are rounded": (
        ("avg_pool", "backward", "/ (pool_height", "// (pool_height"),
        differ_on(lambda m: m.window != (1, 1)),
    ),
}


def is_seen(operation, functions, case):
    """Whether functions that may be wrong differ from torch, or fail, on this case."""
    try:
        return bool(operation.unlike(functions, case))
    except (IndexError, ValueError, KeyError):
        return True


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_function_is_seen_where_the_case_has_what_it_takes(mistake, operations, references):
    (name, direction, right, wrong), needed = WRONG[mistake]
    operation = operations[name]
    changed = references[operation.notebook].changed(
        getattr(operation, direction), [(right, wrong)]
    )
    seen = {case for case in operation.cases if is_seen(operation, changed.functions, case)}
    assert len(seen) >= 1
    for has in needed:
        assert seen <= having(operation, has)
