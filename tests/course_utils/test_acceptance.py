"""What a student's own tool said of right and wrong functions is told in words."""

import numpy as np
import pytest

from course_utils.checking import CheckFailed, check, examine

TOOLS = ["my_test", "oracle_test", "gradient_check"]


def findings(tool, name: str = "my_test") -> list[str]:
    return [c.message for c in examine(tool, name).checks if c.status == "failed"]


def test_a_wrong_function_that_was_accepted_is_named() -> None:
    def my_test(forward, backward):
        random = np.random.default_rng(0)
        out, cache = forward(random.normal(size=(3, 2)), random.normal(size=(4, 2)))
        dout = random.normal(size=out.shape)
        x, centers = cache
        dx = np.sum(2 * dout[:, :, None] * (x[:, None] - centers), axis=1)
        return np.shape(backward(dout, cache)[0]) == dx.shape and bool(
            np.allclose(backward(dout, cache)[0], dx)
        )

    assert "my_test said True to a wrong backward: sign of dcenters" in findings(my_test)
    card = examine(my_test, "my_test")
    assert not any(check.worst or check.case for check in card.checks)


def test_a_right_function_that_was_rejected_is_named() -> None:
    def my_test(forward, backward):
        _, cache = forward(np.ones((3, 2)), np.zeros((4, 2)))
        return backward(np.ones((3, 4)), cache)[1].flags.f_contiguous

    assert "my_test said False to a right backward: by broadcasting" in findings(my_test)


@pytest.mark.parametrize("name", TOOLS)
def test_to_reject_every_right_function_is_one_finding(name) -> None:
    messages = findings(lambda *_: False, name)
    assert any("said False to every right" in message for message in messages)
    assert "zero everywhere" not in examine(lambda *_: False, name).text()


@pytest.mark.parametrize("name", TOOLS)
def test_to_accept_every_wrong_function_is_one_finding(name) -> None:
    assert any("it has never said no" in message for message in findings(lambda *_: True, name))


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, "returned None; expected True or False"),
        (np.ones(1), "returned an array of shape (1,); expected True or False"),
        (0.5, "returned 0.5; expected True or False"),
        ("no", "returned a str; expected True or False"),
        (np.nan, "returned nan; expected True or False"),
    ],
)
def test_what_is_no_verdict_is_told_as_that(returned, said) -> None:
    assert said in findings(lambda *_: returned)


def test_a_checker_that_rejects_everything_is_told_so_first(capsys) -> None:
    def gradient_check(forward, backward, *inputs):
        return False

    with pytest.raises(CheckFailed, match="said False to every right backward"):
        check(gradient_check, hint=4)
    card = " ".join(capsys.readouterr().out.split())
    assert "known mistake: everything is rejected, right ones too." in card
    assert "zero everywhere" not in card
