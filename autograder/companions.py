"""Companion files: what a notebook needs of an earlier one, as a module beside it.

A notebook can be used alone.  What it needs of another (the naive convolution, to be
compared with a faster one) is made from that one's reference solutions by
``autograder build``, lies beside the released notebook, and is imported there by its name.
When submissions are graded, the module comes from the release, never from what was
handed in.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from autograder import reference
from autograder.course import Course

#: The functions of one module, by the notebook that they are the solutions of.
Contents = Mapping[str, Sequence[str]]

#: By notebook, its companion modules by name.
COMPANIONS: Final[Mapping[str, Mapping[str, Contents]]] = {
    "04_im2col": {
        "naive_layers": {
            "02_convolution": ("conv_forward_naive", "conv_backward_naive"),
            "03_pooling": ("max_pool_forward_naive", "max_pool_backward_naive"),
        },
    },
}

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
