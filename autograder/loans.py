"""What notebooks borrow of earlier ones: the functions of their companion files."""

from collections.abc import Mapping, Sequence
from typing import Final

#: The functions of one module, by the notebook that they are the solutions of.
Contents = Mapping[str, Sequence[str]]

#: By notebook, its companion modules by name.
COMPANIONS: Final[Mapping[str, Mapping[str, Contents]]] = {
    "04_im2col": {
        "naive_layers": {
            "02_convolution": ("conv_forward_naive", "conv_backward_naive"),
            "03_pooling": ("max_pool_forward_naive", "max_pool_backward_naive"),
        },
    },
    "08_convnet": {
        "fast_layers": {
            "04_im2col": (
                "window_indices",
                "im2col_indices",
                "col2im_indices",
                "conv_forward_im2col",
                "conv_backward_im2col",
                "max_pool_forward_im2col",
                "max_pool_backward_im2col",
            ),
        },
    },
}
