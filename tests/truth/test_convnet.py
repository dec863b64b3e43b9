"""The loss and the layers of ``08_convnet`` say what torch autograd says."""

import numpy as np
import pytest

import record_truth
from torch_truth import convnet

CASES = record_truth.read()[convnet.NOTEBOOK]
LOSSES = [scores.name for scores in convnet.LOSSES]
NETWORKS = [network.name for network in convnet.NETWORKS]


@pytest.fixture(scope="module")
def functions(references):
    return references[convnet.NOTEBOOK].functions


def agree(found, truth) -> bool:
    return record_truth.agree(np.asarray(found, dtype=np.float64), truth)


def test_every_case_of_the_grid_is_recorded() -> None:
    assert list(CASES) == LOSSES + NETWORKS


@pytest.mark.parametrize("made", LOSSES)
def test_loss_and_gradient_are_those_of_torch(made, functions) -> None:
    given, (truth,) = CASES[made]["inputs"], CASES[made]["results"].values()
    loss, dscores = functions["softmax_cross_entropy"](given["scores"], given["y"].astype(int))
    assert agree(loss, truth["loss"])
    assert agree(dscores, truth["dscores"])


@pytest.mark.parametrize("made", NETWORKS)
def test_a_network_used_twice_has_the_gradients_of_torch(made, functions) -> None:
    given, (truth,) = CASES[made]["inputs"], CASES[made]["results"].values()
    conv = functions["Conv"](given["w"], given["b"], pad=1)
    affine = functions["Affine"](given["v"], given["c"])
    layers = [conv, functions["ReLU"](), functions["MaxPool"](), functions["Flatten"](), affine]
    dscores = {}
    for x, y, loss in (("x", "y", "loss"), ("x2", "y2", "loss2")):
        scores = functions["forward_through"](layers, given[x])
        labels = given[y].astype(int)
        found, dscores[x] = functions["softmax_cross_entropy"](scores, labels)
        assert agree(found, truth[loss])
    # Last in, first out.
    for x in ("x2", "x"):
        assert agree(functions["backward_through"](layers, dscores[x]), truth[f"d{x}"])
    for layer, names in ((conv, ("dw", "db")), (affine, ("dv", "dc"))):
        for grad, name in zip(layer.grads.values(), names, strict=True):
            assert agree(grad, truth[name])
