"""Check one function in this process, which has done nothing else, as a student does.

    python one_check.py FUNCTION PART < SOURCE

Prints JSON: milliseconds of processor time of the first ``check``, of the later ones, and
of making the card that a notebook shows.  Only ``course_utils`` is imported, as in a notebook.
"""

import contextlib
import io
import json
import sys
import time
from typing import Any

import numpy as np

from course_utils import check
from course_utils.checking import examine

#: Calls after the first.
LATER = 5


def main() -> None:
    """Define the function as a cell does, and measure."""
    name, part = sys.argv[1:3]
    namespace: dict[str, Any] = {"np": np, "__name__": "__main__"}
    exec(sys.stdin.read(), namespace)  # noqa: S102 - the course's own code
    function = namespace[name]
    calls = []
    for _ in range(1 + LATER):
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            check(function, part=part)
        calls.append(1000 * (time.process_time() - began))
    card = examine(function, f"{name}_{part}" if part else name)
    began = time.process_time()
    card._repr_mimebundle_()
    shown = 1000 * (time.process_time() - began)
    print(json.dumps({"first": calls[0], "later": calls[1:], "card": shown}))


if __name__ == "__main__":
    main()
