"""Windows as columns are those of torch, and so are the layers that are made of them."""

import numpy as np
import pytest

import record_truth

NOTEBOOK = "04_im2col"
CASES = record_truth.read()[NOTEBOOK]
EVERY_CASE = pytest.mark.parametrize("name", CASES)
#: Layers by columns, the recorded operation that is the same, and where it can be asked.
LAYERS = {
    "conv": ("conv_forward_im2col", "conv_backward_im2col", lambda _: True),
    "max_pool": (
        "max_pool_forward_im2col",
        "max_pool_backward_im2col",
        lambda parameters: parameters["pad"] == 0,
    ),
}


@pytest.fixture
def im2col(references):
    return references[NOTEBOOK].functions


@EVERY_CASE
def test_columns_are_those_of_torch_exactly(name, im2col) -> None:
    case = CASES[name]
    cols = im2col["im2col_indices"](case["inputs"]["x"].copy(), **case["parameters"])
    assert np.array_equal(cols, case["results"]["im2col"]["out"])


@EVERY_CASE
def test_the_way_back_is_the_gradient_that_autograd_finds(name, im2col) -> None:
    case = CASES[name]
    x, dout = case["inputs"]["x"], case["inputs"]["dout"]
    back = im2col["col2im_indices"](dout.copy(), x.shape, **case["parameters"])
    assert np.array_equal(back, case["results"]["im2col"]["dx"])


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_by_columns_is_the_layer_of_torch(layer, operations, im2col) -> None:
    forward, backward, asked = LAYERS[layer]
    recorded = operations[layer]
    cases = [c for c, given in recorded.cases.items() if asked(given["parameters"])]
    assert len(cases) >= 12
    for case in cases:
        out, cache = im2col[forward](*recorded.arguments(case))
        gradients = im2col[backward](recorded.dout(case), cache)
        found = (out, *(gradients if isinstance(gradients, tuple) else (gradients,)))
        for array, truth in zip(found, recorded.results(case).values(), strict=True):
            assert record_truth.agree(array, truth), case


def test_the_grid_has_a_remainder_gaps_padding_and_windows_that_are_all_padding() -> None:
    given = [case["parameters"] for case in CASES.values()]
    assert any(p["padding"] >= max(p["field_height"], p["field_width"]) for p in given)
    assert any(p["stride"] > p["field_height"] for p in given)
    assert any(p["padding"] == 0 < p["stride"] - 1 for p in given)
    assert len(CASES) >= 26
