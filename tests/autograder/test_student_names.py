"""A name that would run on nbgrader's pages, or end its search for the others, is no student."""

import pytest

from autograder.student_names import is_plain, require_plain
from autograder.submission import UnreadableError


@pytest.mark.parametrize(
    "name", ["ada", "ada.l@uni-x.org", "Zoë O'Hara", "27 & 3", "李", "[x]", "a_b-c+d", "100%"]
)
def test_ordinary_names_stand_for_a_student(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>", "< >"),
        ('x" onmouseover="alert(1)', '"'),
        ("two\nlines", r"\n"),
        ("bell\a\x1b[31m", r"\x07 \x1b"),
        ("\u202egnp.exe", r"\u202e"),
        ("J\\xfcrgen", "\\"),
    ],
)
def test_names_that_pages_would_take_for_more_are_refused_with_what_is_odd(
    name: str, shown: str
) -> None:
    assert not is_plain(name)
    with pytest.raises(UnreadableError) as refused:
        require_plain(name)
    assert str(refused.value) == (
        f"the name of the student's folder has {shown} in it; expected letters, digits and signs "
        "such as . _ - @; rename the folder"
    )


def test_a_name_that_nbgraders_columns_cannot_hold_is_refused_with_its_length() -> None:
    assert is_plain("é" * 128)
    with pytest.raises(UnreadableError, match="has 129 characters; expected at most 128"):
        require_plain("é" * 129)
