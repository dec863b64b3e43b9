"""Words that put a forward in the wrong are said only where it is."""

import numpy as np
import pytest

from course_utils import recorded
from course_utils.checking import LocalSession, quiet_numpy
from course_utils.exercise import CallStoppedError
from course_utils.follow_through import is_gradient_of_own_forward

BACKWARD = "conv_backward_naive"
RETURNED = "return dx, dw, db"
#: Window (i, j) starts at i, j whatever the stride: forward and backward agree on it.
NO_STRIDE = ('s, p = conv_param["stride"], conv_param["pad"]', 's, p = 1, conv_param["pad"]')
#: The output is doubled, and so are its gradients.
DOUBLED = (
    ("out = np.einsum", "out = 2 * np.einsum"),
    (" + b[:, None, None]", " + 2 * b[:, None, None]"),
    (RETURNED, "return 2 * dx, 2 * dw, 2 * db"),
)


def told(functions, cases, session=None):
    asked = recorded.load(BACKWARD)
    session = session or LocalSession(functions[BACKWARD], BACKWARD)
    with quiet_numpy():
        return is_gradient_of_own_forward(
            asked.exercise, [asked.cases[name] for name in cases], asked.answers, session
        )


def test_a_shared_mistake_is_told(convolution):
    assert told(convolution(*DOUBLED), ["plain", "padded"])
    assert told(convolution(*DOUBLED), ["integers", "plain"])


def test_a_forward_with_an_output_of_another_size_is_told(convolution):
    assert told(convolution(NO_STRIDE), ["strided", "large numbers"])


@pytest.mark.parametrize("cases", [[], ["plain"]])
def test_one_case_is_not_enough(convolution, cases):
    assert not told(convolution(*DOUBLED), cases)


def test_every_one_of_the_cases_must_confirm_it(convolution):
    only_plain = (RETURNED, "return (2 - p) * dx, (2 - p) * dw, (2 - p) * db")
    assert not told(convolution(*DOUBLED[:2], only_plain), ["plain", "padded"])


@pytest.mark.parametrize(
    "returned", ["dx, dw, db", "dx * (1 + 1e-8), dw, db", "dx.astype(np.float32), dw, db"]
)
def test_a_right_forward_is_never_put_in_the_wrong(convolution, returned):
    """Differences are less exact than the comparison with the reference."""
    assert not told(convolution((RETURNED, f"return {returned}")), ["plain", "padded"])


@pytest.mark.parametrize(
    "edit",
    [
        (RETURNED, "return 2 * dx, 2 * dw"),
        (RETURNED, "return 2 * dx, None, 2 * db"),
        (RETURNED, "return 2 * dx[:1], 2 * dw, 2 * db"),
        (RETURNED, "raise ValueError"),
        ("return out, cache", "return out"),
        ("return out, cache", "return None, cache"),
        ("return out, cache", "return out[: 1 + (x.sum() > 0)], cache"),
        ("return out, cache", "return out * np.inf, cache"),
    ],
)
def test_what_cannot_be_differentiated_tells_nothing(convolution, edit):
    edits = [e for e in DOUBLED if e[0] != edit[0]]
    assert not told(convolution(*edits, edit), ["plain", "padded"])


def test_a_call_that_is_stopped_tells_nothing(convolution):
    class Stopping(LocalSession):
        def call(self, *_, **__):
            raise CallStoppedError("too long", out_of_time=True)

    functions = convolution(*DOUBLED)
    assert not told(functions, ["plain", "padded"], Stopping(functions[BACKWARD], BACKWARD))
    assert np.geterr()["over"] == "warn"
