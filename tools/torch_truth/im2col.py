"""``04_im2col``: windows as columns, on the grid of images and windows of ``02_convolution``.

What the notebook asks of convolution and pooling by columns is the same as what is asked of
the naive ones, and is compared with what torch says there.
"""

from typing import Any

from torch_truth import convolution
from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, distinct, nonzero, numbers, outputs

NOTEBOOK = "04_im2col"
#: im2col has no cache, and its way back takes other arguments than a backward.
OPERATIONS = ()


def cases() -> Cases:
    """The grid, without results: ``dout`` are columns that go back."""
    return {size.name: _inputs(size) for size in convolution.GRID}


def _inputs(size: convolution.Size) -> Case:
    """The case without results: x (N, C, H, W), dout (C * HH * WW, H' * W' * N)."""
    N, C, H, W = size.images
    _, HH, WW = size.filters
    windows = outputs(H, HH, size.stride, size.pad) * outputs(W, WW, size.stride, size.pad)
    return {
        "parameters": {
            "field_height": HH,
            "field_width": WW,
            "padding": size.pad,
            "stride": size.stride,
        },
        "inputs": {
            "x": distinct(numbers(NOTEBOOK, size.name, "x"), size.images, 1),
            "dout": nonzero(numbers(NOTEBOOK, size.name, "dout"), (C * HH * WW, windows * N), 9),
        },
    }


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``im2col``: the columns as ``out``, and as ``dx`` what autograd makes of ``dout``."""
    import torch

    given = case["parameters"]

    def im2col(x: Any) -> Any:
        columns = torch.nn.functional.unfold(
            x,
            (given["field_height"], given["field_width"]),
            padding=given["padding"],
            stride=given["stride"],
        )
        # torch has a matrix for each image: (N, rows, windows).
        return columns.permute(1, 2, 0).reshape(columns.shape[1], -1)

    return {"im2col": differentiated(im2col, case["inputs"])}
