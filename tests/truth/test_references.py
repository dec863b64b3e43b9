"""The reference solutions compute what torch autograd computes."""

import numpy as np

import record_truth
from course_utils import tolerances


def test_output_and_gradients_are_those_of_torch(operation, case, functions):
    assert operation.unlike(functions, case) == []


def test_integer_inputs_have_the_same_output_and_gradients(operation, case, functions):
    integers = [array.astype(np.int64) for array in operation.arrays(case)]
    out, cache = functions[operation.forward](*integers, *operation.parameters(case))
    gradients = functions[operation.backward](operation.dout(case).astype(np.int64), cache)
    found = (out, *(gradients if isinstance(gradients, tuple) else (gradients,)))
    for array, truth in zip(found, operation.results(case).values(), strict=True):
        assert record_truth.agree(np.asarray(array, dtype=np.float64), truth)


def test_pooling_without_a_pad_is_pooling_with_a_pad_of_zero(operations, references):
    for operation in (operations["max_pool"], operations["avg_pool"]):
        functions = references[operation.notebook].functions
        unpadded = [c for c, given in operation.cases.items() if not given["parameters"]["pad"]]
        assert unpadded
        for case in unpadded:
            x, parameters = operation.arguments(case)
            del parameters["pad"]
            out, cache = functions[operation.forward](x, parameters)
            dx = functions[operation.backward](operation.dout(case), cache)
            assert record_truth.agree(out, operation.results(case)["out"])
            assert record_truth.agree(dx, operation.results(case)["dx"])


def test_convolution_and_maxima_of_integers_are_whole_so_they_are_compared_exactly(operations):
    for name in ("conv", "max_pool"):
        for case in operations[name].cases:
            for array in operations[name].results(case).values():
                assert np.array_equal(array, np.round(array))
                off = np.nextafter(array, np.inf)
                assert not record_truth.agree(off, array)


def test_the_script_compares_with_the_tolerance_of_all_recorded_answers():
    assert record_truth.TOLERANCE == tolerances.RECORDED
