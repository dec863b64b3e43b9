"""Stands in for the digits: arrays of the same shapes and ranges, at no cost."""

import numpy as np


def digits() -> "tuple[np.ndarray, np.ndarray]":
    """Return fresh images, (1797, 1, 8, 8) float64 between 0 and 1, and labels, (1797,) int64."""
    labels = np.arange(1797) % 10
    rows, columns = np.indices((8, 8))
    images = (labels[:, None, None] + rows * 2 + columns * 3) % 17 / 16
    return images[:, np.newaxis], labels
