"""``02_convolution``: images under filters, in every way that sizes, stride and pad can meet."""

from dataclasses import dataclass
from typing import Any

from torch_truth.autograd import differentiated
from torch_truth.inputs import Array, Case, Cases, Operation, nonzero, numbers, outputs

NOTEBOOK = "02_convolution"
OPERATIONS = (Operation("conv", "conv_forward_naive", "conv_backward_naive"),)


@dataclass(frozen=True)
class Size:
    """Images (N, C, H, W) under filters (F, HH, WW)."""

    name: str
    images: tuple[int, int, int, int]
    filters: tuple[int, int, int]
    stride: int = 1
    pad: int = 0


GRID = (
    Size("one pixel", (1, 1, 1, 1), (1, 1, 1)),
    Size("usual, same size", (4, 3, 5, 5), (2, 3, 3), pad=1),
    Size("usual, one image and channel", (1, 1, 5, 5), (1, 3, 3)),
    Size("usual, large kernel", (2, 3, 4, 4), (3, 4, 4), stride=2, pad=1),
    Size("nothing square", (2, 3, 5, 7), (4, 2, 3)),
    Size("all sizes differ", (2, 3, 8, 11), (4, 5, 7), stride=1, pad=0),
    Size("all sizes differ, stride", (1, 3, 10, 13), (4, 5, 6), stride=2, pad=0),
    Size("all sizes differ, stride and pad", (3, 4, 7, 9), (5, 6, 7), stride=2, pad=1),
    Size("kernel of one", (2, 4, 3, 5), (3, 1, 1)),
    Size("kernel of one, gaps", (1, 2, 5, 4), (3, 1, 1), stride=2),
    Size("stride, nothing left over", (2, 1, 6, 7), (3, 2, 3), stride=2),
    Size("rows and columns left over", (1, 3, 6, 8), (2, 3, 3), stride=2),
    Size("rows left over", (2, 2, 6, 7), (1, 3, 3), stride=2),
    Size("columns left over", (1, 2, 7, 6), (4, 3, 3), stride=2),
    Size("two columns left over", (1, 2, 4, 9), (2, 1, 4), stride=3),
    Size("stride 3, pad 1", (2, 2, 5, 7), (3, 3, 3), stride=3, pad=1),
    Size("columns left over in the padding", (1, 2, 6, 5), (3, 2, 2), stride=2, pad=1),
    Size("gaps", (2, 3, 7, 9), (2, 2, 2), stride=3),
    Size("gaps, padded", (1, 2, 8, 6), (3, 2, 1), stride=4, pad=1),
    Size("wide kernel", (3, 2, 4, 9), (5, 1, 4)),
    Size("high kernel", (1, 4, 9, 4), (2, 4, 1), stride=2),
    Size("kernel as large as the image", (3, 2, 4, 5), (6, 4, 5)),
    Size("kernel larger than the image", (2, 2, 2, 3), (3, 5, 4), pad=2),
    Size("pad 2", (2, 1, 6, 5), (2, 5, 5), pad=2),
    Size("pad over half the kernel", (1, 2, 4, 5), (3, 3, 3), stride=2, pad=2),
    Size("windows of padding alone", (2, 1, 3, 4), (2, 2, 2), pad=3),
    Size("one row", (2, 3, 1, 8), (2, 1, 3), stride=2),
    Size("one column, padded", (2, 2, 7, 1), (3, 3, 2), pad=1),
    Size("many images", (7, 1, 3, 4), (1, 2, 2)),
    Size("many channels", (1, 8, 4, 3), (2, 3, 2)),
    Size("many filters", (1, 1, 4, 5), (9, 3, 2), pad=1),
)


def cases() -> Cases:
    """The grid, without results."""
    return {size.name: _inputs(size) for size in GRID}


def _inputs(size: Size) -> Case:
    """The case without results: x (N, C, H, W), w (F, C, HH, WW), b (F,), dout (N, F, H', W')."""
    N, C, H, W = size.images
    F, HH, WW = size.filters
    stride, pad = size.stride, size.pad
    shapes = {
        "x": (N, C, H, W),
        "w": (F, C, HH, WW),
        "b": (F,),
        "dout": (N, F, outputs(H, HH, stride, pad), outputs(W, WW, stride, pad)),
    }
    return {
        "parameters": {"stride": stride, "pad": pad},
        "inputs": {
            name: nonzero(numbers(NOTEBOOK, size.name, name), shape, 9)
            for name, shape in shapes.items()
        },
    }


def results(case: Case) -> dict[str, dict[str, Array]]:
    """``conv``: out, and the gradients dx, dw and db."""
    import torch

    def conv(x: Any, w: Any, b: Any) -> Any:
        parameters = case["parameters"]
        return torch.nn.functional.conv2d(
            x, w, b, stride=parameters["stride"], padding=parameters["pad"]
        )

    return {"conv": differentiated(conv, case["inputs"])}
