"""Backward passes of one layer, corner differences, that a student's oracle test is tried on.

The layer slides a window over images and puts out 0.7 times the bottom right entry minus
0.3 times the top left one.  ``slow corners`` is its backward with plain loops, ``right
corners`` a fast one in one of the ``STYLES``, ``wrong corners`` a fast one with one of the
``FLAWS``, most of which show on some sizes only.  All are pure: a test that sees them
through a wire sees what one sees that holds them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from course_utils.exercise import Array, Value
from course_utils.specimens.registry import named

#: The largest number of a parameter, and of entries of a padded batch.
LARGEST_PARAMETER: Final = 64
LARGEST_BATCH: Final = 2**17


@dataclass(frozen=True)
class Geometry:
    """Where the windows stand: the shape of x (N, C, H, W), and the layer's parameters."""

    shape: tuple[int, int, int, int]
    height: int
    width: int
    stride: int
    pad: int

    @property
    def padded(self) -> tuple[int, int, int, int]:
        """The shape of the images with their border."""
        images, channels, *size = self.shape
        rows, columns = (extent + 2 * self.pad for extent in size)
        return images, channels, rows, columns

    @property
    def windows(self) -> tuple[int, int]:
        """Rows and columns of windows."""
        _, _, rows, columns = self.padded
        return 1 + (rows - self.height) // self.stride, 1 + (columns - self.width) // self.stride

    def first(self) -> tuple[slice, slice]:
        """The top left entries of all windows."""
        high, wide = self.windows
        return slice(0, high * self.stride, self.stride), slice(0, wide * self.stride, self.stride)

    def last(self, *, square: bool = False) -> tuple[slice, slice]:
        """Their bottom right entries; ``square``: as if their width were their height."""
        rows, columns = self.first()
        width = self.height if square else self.width
        return _moved(rows, self.height - 1), _moved(columns, width - 1)

    def cropped(self, x_pad: Array) -> Array:
        """The images without their border."""
        _, _, rows, columns = self.shape
        pad = self.pad
        return x_pad[:, :, pad : pad + rows, pad : pad + columns]


def _moved(places: slice, by: int) -> slice:
    return slice(places.start + by, places.stop + by, places.step)


def _geometry(x: Array, param: Value) -> Geometry:
    """The geometry; ValueError for what is none, or is too large to be computed for anybody."""
    numbers = {name: int(param[name]) for name in ("height", "width", "stride", "pad")}
    found = Geometry(x.shape, **numbers)
    if x.ndim != 4 or max(numbers.values()) > LARGEST_PARAMETER or found.pad < 0:
        raise ValueError(f"x has shape {x.shape} and the parameters are {numbers}")
    if min(found.height, found.width, found.stride) < 1 or np.prod(found.padded) > LARGEST_BATCH:
        raise ValueError(f"x has shape {x.shape} and the parameters are {numbers}")
    if min(found.windows) < 1:
        raise ValueError(f"no window fits: x has shape {x.shape} and the parameters are {numbers}")
    return found


def _array(value: Value) -> Array:
    array: Array = np.asarray(value, dtype=np.float64)
    return array


@named("corner differences")
def _forward(x: Value, param: Value) -> tuple[Array, tuple[Array, Value]]:
    """For x (N, C, H, W): 0.7 last minus 0.3 first entry of each window, and (x, param)."""
    x = _array(x)
    at = _geometry(x, param)
    x_pad = np.pad(x, ((0, 0), (0, 0), (at.pad, at.pad), (at.pad, at.pad)))
    return 0.7 * x_pad[(..., *at.last())] - 0.3 * x_pad[(..., *at.first())], (x, param)


def _scattered(dout: Array, at: Geometry) -> Array:
    x_pad = np.zeros(at.padded)
    x_pad[(..., *at.last())] += 0.7 * dout
    x_pad[(..., *at.first())] -= 0.3 * dout
    return x_pad


def _slices(dout: Array, at: Geometry) -> Array:
    return at.cropped(_scattered(dout, at))


def _loops(dout: Array, at: Geometry, last: float = 0.7, first: float = 0.3) -> Array:
    x_pad = np.zeros(at.padded)
    for i, j in np.ndindex(*at.windows):
        top, left = i * at.stride, j * at.stride
        x_pad[:, :, top + at.height - 1, left + at.width - 1] += last * dout[:, :, i, j]
        x_pad[:, :, top, left] -= first * dout[:, :, i, j]
    return at.cropped(x_pad)


#: Right ways to write the fast backward.  The second one rounds otherwise than the slow one.
STYLES: Final[Mapping[str, Callable[[Array, Geometry], Array]]] = {
    "by slices": _slices,
    "divided at the end": lambda dout, at: _loops(dout, at, 7, 3) / 10,
}


def _assigned(dout: Array, at: Geometry) -> Array:
    x_pad = np.zeros(at.padded)
    x_pad[(..., *at.last())] = 0.7 * dout
    x_pad[(..., *at.first())] = -0.3 * dout
    return at.cropped(x_pad)


def _without_stride(dout: Array, at: Geometry) -> Array:
    x_pad = np.zeros(at.padded)
    high, wide = at.windows
    x_pad[:, :, at.height - 1 :, at.width - 1 :][:, :, :high, :wide] += 0.7 * dout
    x_pad[:, :, :high, :wide] -= 0.3 * dout
    return at.cropped(x_pad)


def _square(dout: Array, at: Geometry) -> Array:
    """The width of a window is taken to be its height."""
    _, _, _, columns = at.padded
    wide = np.zeros((*at.padded[:3], columns + at.height))
    wide[(..., *at.last(square=True))] += 0.7 * dout
    wide[(..., *at.first())] -= 0.3 * dout
    return at.cropped(wide)


def _covered(dout: Array, at: Geometry) -> Array:
    """No larger than what the windows cover."""
    high, wide = at.windows
    rows = at.stride * (high - 1) + at.height
    columns = at.stride * (wide - 1) + at.width
    return at.cropped(_scattered(dout, at)[:, :, :rows, :columns])


def _image_by_image(dout: Array, at: Geometry) -> Array:
    """Columns of one order are read in the other."""
    flat = dout.reshape(dout.shape[0], -1).T
    return _slices(flat.reshape(dout.shape), at)


def _changed(change: Callable[[Array], Array]) -> Callable[[Array, Geometry], Array]:
    """The right gradient, changed afterwards."""
    return lambda dout, at: change(_slices(dout, at))


def _one_entry(dx: Array) -> Array:
    changed = dx.copy()
    changed.flat[-1:] += 1
    return changed


def _nan(dx: Array) -> Array:
    changed = dx.copy()
    changed.flat[:1] = np.nan
    return changed


#: Wrong ways to write it.
FLAWS: Final[Mapping[str, Callable[[Array, Geometry], Array]]] = {
    "stride 1 only": _without_stride,
    "padding 0 only": lambda dout, at: _scattered(dout, at)[:, :, : at.shape[2], : at.shape[3]],
    "padding above 0 only": lambda dout, at: _scattered(dout, at)[
        :, :, at.pad : -at.pad, at.pad : -at.pad
    ],
    "padding 1 only": lambda dout, at: _scattered(dout, at)[:, :, 1:-1, 1:-1],
    "square windows only": _square,
    "no remainder only": _covered,
    "no overlap only": _assigned,
    "one channel only": lambda dout, at: _slices(dout[:, :1] + 0 * dout, at),
    "images in another order": _image_by_image,
    "dout without signs": lambda dout, at: _slices(np.abs(dout), at),
    "one entry wrong": _changed(_one_entry),
    "images in reverse order": _changed(lambda dx: dx[::-1]),
    "rows of pixels flattened": _changed(lambda dx: dx.reshape(*dx.shape[:2], -1)),
    "off by 1e-4": _changed(lambda dx: dx + 1e-4),
    "1 percent too large": _changed(lambda dx: 1.01 * dx),
    "one entry nan": _changed(_nan),
}


@named("slow corners")
def _slow(dout: Value, cache: Value) -> Array:
    """The backward with plain loops, which is right."""
    x, param = cache
    x, dout = _array(x), _array(dout)
    return _of(_loops, dout, _geometry(x, param))


@named("right corners")
def _right(dout: Value, cache: Value, style: str) -> Array:
    """A right fast backward."""
    x, param = cache
    return _of(STYLES[style], _array(dout), _geometry(_array(x), param))


@named("wrong corners")
def _wrong(dout: Value, cache: Value, flaw: str) -> Array:
    """A wrong fast backward."""
    x, param = cache
    return _of(FLAWS[flaw], _array(dout), _geometry(_array(x), param))


def _of(backward: Callable[..., Any], dout: Array, at: Geometry) -> Array:
    expected = (*at.shape[:2], *at.windows)
    if dout.shape != expected:
        raise ValueError(f"dout has shape {dout.shape}, expected {expected}")
    found: Array = backward(dout, at)
    return found
