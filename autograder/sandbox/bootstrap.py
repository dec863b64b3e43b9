"""The script that a child process runs first: ``bootstrap.py IN OUT PLAIN PACKAGES``.

IN and OUT are the descriptors on which requests come and replies go, PLAIN is the path of
course_utils/plain.py, PACKAGES a JSON object: the allowed packages and where each is.

The script loads the few modules that the child consists of by their paths, so that nothing
of ``autograder`` has to be importable, gives each a private copy of the builtins (student
code may rebind ``builtins.len``; ours keeps the real one), and starts serving.
"""

import builtins
import fcntl
import json
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType


def load(name: str, path: str) -> ModuleType:
    """Load one of our modules without making it importable for anyone else."""
    module = ModuleType(name)
    module.__dict__["__builtins__"] = dict(vars(builtins))
    code = SourceFileLoader(name, path).get_code(name)
    assert code is not None
    exec(code, module.__dict__)  # noqa: S102 - our own file
    return module


def _place_descriptors(requests: int, replies: int) -> None:
    """Move the two pipes to descriptors 3 and 4, wherever they are."""
    high = [fcntl.fcntl(number, fcntl.F_DUPFD, 16) for number in (requests, replies)]
    for source, target in zip(high, (3, 4), strict=True):
        os.dup2(source, target, inheritable=False)


def main() -> None:
    """Load the parts and hand over to the child's serving loop."""
    requests, replies, plain_path, packages = sys.argv[1:]
    _place_descriptors(int(requests), int(replies))
    here = os.path.dirname(os.path.abspath(__file__))
    finder = load("packages", os.path.join(here, "packages.py"))
    sys.meta_path.insert(0, finder.Packages(json.loads(packages)))
    parts = {
        name: load(name, os.path.join(here, f"{name}.py"))
        for name in ("wire", "landlock", "lockdown", "child")
    }
    plain = load("plain", plain_path)
    parts["child"].main(parts["wire"], plain, parts["lockdown"], parts["landlock"])


main()
