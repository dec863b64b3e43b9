"""The handwritten digits that ``08_convnet`` learns to read."""

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["digits"]


def digits() -> tuple[
    np.ndarray[tuple[int, int, int, int], Any], np.ndarray[tuple[int], np.dtype[np.int64]]
]:
    """Return fresh arrays of images and of their labels.

    The images are float64 of shape (1797, 1, 8, 8), 0 paper to 1 ink; the labels int64 of
    shape (1797,), 0 to 9.  Source and licence (CC BY 4.0) are in
    ``course_utils/data/README.md``.
    """
    with np.load(Path(__file__).with_name("data") / "digits.npz") as stored:
        images, labels = stored["images"], stored["labels"]
    # Sixteenths, so that they are exact in any floating-point format.
    return images[:, np.newaxis] / 16, labels.astype(np.int64)
