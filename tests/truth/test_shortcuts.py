"""Shortcuts compute what torch autograd computes, as the references do."""

import numpy as np

from autograder.shortcuts import SHORTCUTS


def quick(operation, functions):
    """The functions of the notebook, by shortcuts as far as there are some."""
    return {**functions, **SHORTCUTS.get(operation.notebook, {})}


def test_output_and_gradients_are_those_of_torch(operation, case, functions):
    assert operation.unlike(quick(operation, functions), case) == []


def test_a_cache_serves_reference_and_shortcut_alike(operation, case, functions):
    shortcuts = quick(operation, functions)
    for forward, backward in ((functions, shortcuts), (shortcuts, functions)):
        mixed = {
            operation.forward: forward[operation.forward],
            operation.backward: backward[operation.backward],
        }
        assert operation.unlike(mixed, case) == []


def test_arguments_are_left_as_they_were(operation, case, functions):
    shortcuts = quick(operation, functions)
    given, dout = operation.arguments(case), operation.dout(case)
    _, cache = shortcuts[operation.forward](*given)
    shortcuts[operation.backward](dout, cache)
    for before, after in zip(operation.arguments(case), given, strict=True):
        assert np.array_equal(before, after)
    assert np.array_equal(operation.dout(case), dout)
