"""What a student's tool said of a backward is told as that, not as a number."""

import numpy as np
import pytest

from course_utils import recorded
from course_utils.checking import CheckFailed, check
from course_utils.diagnosis import _literal
from course_utils.said import compare_verdict

CASES = recorded.load("gradient_check").cases


@pytest.mark.parametrize(
    ("case", "said", "told"),
    [
        ("blend in loops", 0.0, "gradient_check said False to a right backward: blend in loops"),
        (
            "blend, da missing",
            1.0,
            "gradient_check said True to a wrong backward: blend, da missing",
        ),
    ],
)
def test_a_wrong_answer_names_what_it_was_said_to(case, said, told) -> None:
    found = compare_verdict("gradient_check", CASES[case], np.array(said), np.array(1 - said))
    assert (found.right, found.message) == (False, told)


def test_what_is_neither_true_nor_false_is_compared_as_a_number() -> None:
    found = compare_verdict("f", CASES["blend in loops"], np.array(0.5), np.array(1.0))
    assert found.message == "verdict: its only entry is wrong"
    assert compare_verdict("f", CASES["blend in loops"], np.array(1.0), np.array(1.0)).right


def test_a_checker_that_rejects_everything_is_told_so_first(capsys) -> None:
    def gradient_check(forward, backward, *inputs):
        return False

    with pytest.raises(CheckFailed, match="said False to a right backward: blend at once"):
        check(gradient_check, hint=4)
    card = " ".join(capsys.readouterr().out.split())
    assert "known mistake: everything is rejected, right ones too." in card
    assert "zero everywhere" not in card


def test_numbers_far_below_one_are_not_printed_as_zeros() -> None:
    assert _literal(np.array([2.0**-40, 0.0])) == "np.array([9.095e-13, 0.])"
    assert _literal(np.array([1 / 3, 2.0])) == "np.array([0.3333, 2.])"
