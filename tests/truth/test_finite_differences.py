"""Finite differences of the reference forward, alone, judge as torch autograd does.

They never see a reference backward: what they confirm or refuse here are torch's gradients.
"""

import numpy as np
import pytest

from course_utils import gradients

DIRECTIONS = 3
#: Entries of all arguments together, up to which every single one is moved.
SMALL = 60


def names_of(judge):
    """Name of each differentiated argument and of its gradient."""
    return dict(zip(judge.differentiate, judge.outputs, strict=True))


def gradients_of(operation, case):
    """What torch says, by argument."""
    truth = operation.results(case)
    return {name: truth[output] for name, output in names_of(operation.judge).items()}


def differentiated(operation, case):
    """The arguments by name that gradients belong to, and those after them."""
    given, names = operation.arguments(case), operation.judge.differentiate
    return dict(zip(names, given, strict=False)), given[len(names) :]


def difference(operation, case, functions, directions):
    """Central difference of the forward along all ``directions`` together."""
    judge = operation.judge
    arguments, others = differentiated(operation, case)

    def out(moved):
        return functions[operation.forward](*moved.values(), *others)[0]

    return gradients.central_difference(
        out, arguments, operation.dout(case), directions, judge.differences
    )


def gaussian(operation, case):
    """Some Gaussian directions, the same at every run."""
    random = np.random.default_rng([ord(letter) for letter in f"{operation.name} {case}"])
    arguments, _ = differentiated(operation, case)
    how = operation.judge.differences
    return [gradients.directions_for(arguments, random, how) for _ in range(DIRECTIONS)]


def has_ties(operation, case):
    """Whether an entry that moves a little may change which one is the maximum (0 for ReLU)."""
    x = operation.cases[case]["inputs"]["x"]
    if operation.name == "relu":
        return not x.all()
    return operation.name == "max_pool" and len(np.unique(x)) < x.size


def test_torchs_gradients_are_confirmed_along_gaussian_directions(operation, case, functions):
    truth = gradients_of(operation, case)
    confirmed = [
        difference(operation, case, functions, directions).confirms(truth, directions)
        for directions in gaussian(operation, case)
    ]
    if has_ties(operation, case):
        # A tie has no derivative: which entry gets the gradient is a rule, and only the
        # comparison with the reference can judge it.
        assert not all(confirmed)
    else:
        assert all(confirmed)


def test_torchs_gradients_are_confirmed_entry_by_entry(operation, functions):
    looked_at = 0
    for case in operation.cases:
        truth = gradients_of(operation, case)
        if has_ties(operation, case) or sum(g.size for g in truth.values()) > SMALL:
            continue
        looked_at += 1
        for name, gradient in truth.items():
            for index in np.ndindex(gradient.shape):
                directions = {other: np.zeros(g.shape) for other, g in truth.items()}
                directions[name][index] = 1.0
                found = difference(operation, case, functions, directions)
                assert found.confirms(truth, directions), (case, name, index)
                if operation.name in {"conv", "max_pool"}:
                    # Whole numbers and a step that is a power of two: no rounding at all.
                    assert found.derivative == gradient[index], (case, name, index)
    assert looked_at >= 4


def test_one_wrong_entry_of_one_gradient_is_refused(operation, functions):
    for case in operation.cases:
        if has_ties(operation, case):
            continue
        directions = gaussian(operation, case)[0]
        found = difference(operation, case, functions, directions)
        for name, gradient in gradients_of(operation, case).items():
            wrong = {**gradients_of(operation, case), name: gradient.copy()}
            wrong[name].flat[gradient.size // 2] += np.max(np.abs(gradient)) / 10
            assert not found.confirms(wrong, directions), (case, name)


@pytest.mark.parametrize("factor", [0, -1, 2, 0.99])
def test_gradients_of_another_size_or_sign_are_refused(operation, functions, factor):
    for case in operation.cases:
        if has_ties(operation, case):
            continue
        directions = gaussian(operation, case)[0]
        changed = {name: factor * g for name, g in gradients_of(operation, case).items()}
        found = difference(operation, case, functions, directions)
        assert not found.confirms(changed, directions), case
