"""Right answers to the exercises, notebooks made of them, and what judging finds there.

The answers are written for these tests, apart from the reference solutions: nothing in
here needs the grader, as on a student's machine.
"""

import linecache
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest

from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.exercise import Session
from course_utils.judgement import Judgement
from course_utils.judging import judge

CONVOLUTION = """\
import numpy as np

def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum("ncijkl,fckl->nfij", windows, w) + b[:, None, None]
    cache = (x, w, b, conv_param)
    return out, cache

def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    H, W, HH, WW = *x.shape[2:], *w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dout.shape[2:]):
        rows, columns = slice(i * s, i * s + HH), slice(j * s, j * s + WW)
        dw += np.einsum("nf,nckl->fckl", dout[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
    dx = dxp[:, :, p : p + H, p : p + W]
    return dx, dw, db
"""

POOLING = """\
import numpy as np

def geometry(pool_param):
    kh, kw, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    return kh, kw, s, pool_param.get("pad", 0)

def around(x, p, value):
    return np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=value)

def windows_of(x, kh, kw, s):
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]

def max_pool_forward_naive(x, pool_param):
    kh, kw, s, p = geometry(pool_param)
    out = windows_of(around(x, p, -np.inf), kh, kw, s).max(axis=(4, 5))
    cache = (x, pool_param)
    return out, cache

def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    kh, kw, s, p = geometry(pool_param)
    xp = around(x, p, -np.inf)
    dxp = np.zeros(xp.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = xp[n, c, i * s : i * s + kh, j * s : j * s + kw]
        row, column = divmod(int(np.argmax(window)), kw)
        dxp[n, c, i * s + row, j * s + column] += dout[n, c, i, j]
    dx = dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    return dx

def avg_pool_forward_naive(x, pool_param):
    kh, kw, s, p = geometry(pool_param)
    out = windows_of(around(x, p, 0), kh, kw, s).mean(axis=(4, 5))
    cache = (x, pool_param)
    return out, cache

def avg_pool_backward_naive(dout, cache):
    x, pool_param = cache
    kh, kw, s, p = geometry(pool_param)
    dxp = around(x, p, 0) * 0
    for i, j in np.ndindex(dout.shape[2:]):
        share = dout[:, :, i, j, None, None] / (kh * kw)
        dxp[:, :, i * s : i * s + kh, j * s : j * s + kw] += share
    dx = dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    return dx
"""

Functions = Mapping[str, Callable[..., Any]]
_numbers = count(1)


def _notebook(source: str, *edits: tuple[str, str]) -> dict[str, Any]:
    """The names that ``source`` defines, each old text replaced by the new one everywhere."""
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    filename = f"<notebook {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, filename, "exec"), names)  # noqa: S102
    return names


@pytest.fixture
def convolution() -> Callable[..., Functions]:
    """A function that makes a right notebook of convolution, with (old, new) edits."""
    return lambda *edits: _notebook(CONVOLUTION, *edits)


@pytest.fixture
def convolution_source() -> str:
    """The source of a right notebook of convolution."""
    return CONVOLUTION


@pytest.fixture
def pooling() -> Callable[..., Functions]:
    """A function that makes a right notebook of pooling, with (old, new) edits."""
    return lambda *edits: _notebook(POOLING, *edits)


@pytest.fixture
def notebook() -> Callable[..., Functions]:
    """A function that runs any source as a notebook would, and returns its names."""
    return _notebook


def judged(functions: Functions, exercise: str, session: Session | None = None) -> Judgement:
    """What judging finds of ``functions`` on the recorded cases of ``exercise``."""
    asked = recorded.load(exercise)
    name = asked.exercise.function
    with quiet_numpy():
        return judge(
            asked.exercise,
            asked.cases,
            asked.answers,
            session or LocalSession(functions[name], name),
        )


@pytest.fixture(name="judged")
def _judged() -> Callable[..., Judgement]:
    """A function that judges one function of a notebook on the recorded cases."""
    return judged
