"""What children allow themselves to read covers all that the server kept, and no scratch."""

import pytest

from autograder.sandbox import lockdown
from autograder.sandbox.library import library


@pytest.mark.parametrize(
    ("hidden", "path", "above"),
    [
        ("/space/scratches", "/usr/lib/python3.11/os.py", "/usr"),
        ("/space/scratches", "/space/course/.venv/lib", "/space/course"),
        ("/space/scratches", "/space/scratches.old/lib", "/space/scratches.old"),
        ("/usr/lib/scratches", "/usr/lib/python3.11/os.py", "/usr/lib/python3.11"),
        ("/usr/lib/scratches", "/usr/lib", "/usr/lib"),
        ("/space/scratches", "/space/scratches/mine", "/space/scratches/mine"),
    ],
)
def test_a_child_reads_beneath_the_highest_directory_that_does_not_hold_the_scratches(
    hidden, path, above
):
    assert lockdown._beside(hidden, path) == above


def test_few_directories_cover_all_that_may_be_read(tmp_path):
    wide = {lockdown._beside(str(tmp_path), path) for path in library("judge").readable}
    assert len(wide) < 20
    assert not any(str(tmp_path).startswith(f"{path.rstrip('/')}/") for path in wide)
