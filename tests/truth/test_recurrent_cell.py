"""A cell that reads step by step does what torch's recurrent layer does with whole sequences."""

from itertools import permutations

import numpy as np
import pytest

import record_truth

NAME = "06_recurrent"
TRUTH = record_truth.read()[NAME]
#: Pairs of sequences that one network can read.
ALIKE = list(permutations(["three steps", "usual"], 2))


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_a_sequence_is_read_as_torch_reads_it_after_one_that_was_left_half_way(
    first, second, references
) -> None:
    """The two biases add up to torch's one."""
    given, left = TRUTH[second]["inputs"], TRUTH[first]["inputs"]
    bx = given["b"] / 4
    cell = references[NAME].functions["RNNCell"](given["Wx"], given["Wh"], bx, given["b"] - bx)
    cell.start(left["h0"])
    for t in range(left["x"].shape[1]):
        cell.forward(left["x"][:, t])
    cell.backward(left["dout"][:, -1])
    cell.start(given["h0"])
    steps = range(given["x"].shape[1])
    h = np.stack([cell.forward(given["x"][:, t]) for t in steps], axis=1)
    dx = np.stack([cell.backward(given["dout"][:, t]) for t in steps[::-1]][::-1], axis=1)
    weights = {"dWx": cell.dWx, "dWh": cell.dWh, "db": cell.dbx}
    found = {"out": h, "dx": dx, "dh0": cell.dh_carry, **weights}
    told = TRUTH[second]["results"]["rnn"]
    assert [
        name for name, array in told.items() if not record_truth.agree(found[name], array)
    ] == []
    np.testing.assert_array_equal(cell.dbx, cell.dbh)
