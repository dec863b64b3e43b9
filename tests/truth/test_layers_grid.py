"""The recorded cases of the first notebook's layers show every known wrong value of them."""

import numpy as np
import pytest

from autograder.misconceptions.gradient_checking import affine, rectifier
from autograder.misconceptions.misconception import Misconception

#: Checks that look at values; the others are about behaviour, which torch says nothing of.
VALUES = {"out", "out_rows", "out_images", "dx", "dw", "db", "corner"}
WRONG = [
    row
    for row in (*affine.MISTAKES, *rectifier.MISTAKES)
    if row.check in VALUES and "float32" not in row.title
]
#: Whatever a wrong function raises for shapes that its author did not think of.
FAILS = (ValueError, IndexError, TypeError, AttributeError)


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row.id)
def test_a_known_wrong_value_is_seen_on_some_case(row: Misconception, operations, references):
    operation = operations[row.function.partition("_")[0]]
    functions = row.functions(references[operation.notebook])

    def is_seen(case):
        try:
            with np.errstate(all="ignore"):
                return bool(operation.unlike(functions, case))
        except FAILS:
            return True

    assert any(is_seen(case) for case in operation.cases)


def test_the_grid_holds_tables_that_are_square_and_some_that_are_not(operations):
    sizes = {
        (len(given["inputs"]["x"]), *given["inputs"]["w"].shape)
        for given in operations["affine"].cases.values()
    }
    assert any(d == m for _, d, m in sizes)
    assert any(n == m for n, _, m in sizes)
    assert any(len({n, d, m}) == 3 and min(n, d, m) > 1 for n, d, m in sizes)
    assert {x["inputs"]["x"].ndim for x in operations["affine"].cases.values()} == {2, 3, 4, 5}


def test_the_grid_holds_zeros_and_arrays_of_many_axes(operations):
    given = [case["inputs"]["x"] for case in operations["relu"].cases.values()]
    assert any((x == 0).any() and (x > 0).any() for x in given)
    assert {x.ndim for x in given} == {1, 2, 4, 5}
