"""Companion files: what a notebook needs of an earlier one, as a module beside it.

A notebook can be used alone.  What it needs of another (the naive convolution, to be
compared with a faster one) is made from that one's reference solutions by
``autograder build``, lies beside the released notebook, and is imported there by its name.
When submissions are graded, the module comes from the release, never from what was
handed in.
"""

from autograder import reference
from autograder.course import Course
from autograder.loans import COMPANIONS, Contents

__all__ = ["COMPANIONS", "companions"]

_HEAD = '''"""Functions of earlier notebooks, to be imported by {notebook}.

Made by `autograder build` from the solutions of {sources}.  Not to be edited.
"""

import numpy as np
'''


def companions(course: Course, notebook: str) -> dict[str, str]:
    """The text of each companion file of ``notebook``, by file name.

    Raises UsageError if a function that it names has no solution.
    """
    return {
        f"{module}.py": _text(course, notebook, contents)
        for module, contents in COMPANIONS.get(notebook, {}).items()
    }


def _text(course: Course, notebook: str, contents: Contents) -> str:
    parts = [_HEAD.format(notebook=notebook, sources=" and ".join(contents))]
    for source, functions in contents.items():
        solutions = reference.load(course, source)
        parts.extend(f"{solutions.source(function).strip()}\n" for function in functions)
    return "\n\n".join(parts)
