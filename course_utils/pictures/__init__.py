"""The drawings of the notebooks: one module per notebook topic.

Notebooks write ``pictures.convolution.sliding_window()``. The modules are loaded when first
named, so that importing ``course_utils`` never loads matplotlib.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = [
    "clinic",
    "convnet",
    "convolution",
    "gradient_checking",
    "im2col",
    "pooling",
    "recurrent",
    "variants",
]


def __getattr__(name: str) -> ModuleType:
    """Load the picture module ``name``; raises AttributeError for any other name."""
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
