"""The photograph that the notebooks work on."""

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["photograph"]


def photograph() -> np.ndarray[tuple[int, int], Any]:
    """Return the photograph as a fresh (128, 128) float64 array, 0 black to 1 white.

    Source and licence (CC0) are in ``course_utils/data/README.md``.
    """
    # Here, so that importing this module does not load matplotlib.
    from matplotlib.image import imread

    pixels = imread(Path(__file__).with_name("data") / "photograph.png")
    # matplotlib gives float32 multiples of 1/255; the exact quotients are nicer in float64.
    return np.rint(np.asarray(pixels, dtype=np.float64) * 255) / 255
