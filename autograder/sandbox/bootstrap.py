"""The script from which children come: ``bootstrap.py PARENT CONTROL``.

PARENT is the process id of the grader, 0 where this process cannot see it.  CONTROL is the
descriptor on which the grader asks for children; or it is ``IN,OUT``, and this process is
itself the one child, with its requests and replies there.  The rules for children are a
JSON object on standard input.

The script loads the few modules that a child consists of by their paths, so that nothing
of ``autograder`` has to be importable, and gives each a private copy of the builtins
(student code may rebind ``builtins.len``; ours keeps the real one).
"""

import builtins
import json
import os
import sys
from functools import partial
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


def _load_beside(name: str) -> ModuleType:
    here = os.path.dirname(os.path.abspath(__file__))
    return load(name, os.path.join(here, f"{name}.py"))


def main() -> None:
    """Load the parts, get warm, and hand over to the server, or to the child's serving loop."""
    parent, control = sys.argv[1:]
    sys.argv = [""]
    # It has done its work when the interpreter started.
    os.environ.pop("PYTHONHASHSEED", None)
    lockdown, forkserver = _load_beside("lockdown"), _load_beside("forkserver")
    lockdown.die_with(int(parent))
    rules = json.load(sys.stdin)
    forkserver.place_descriptors(control)
    sys.meta_path.insert(0, _load_beside("packages").Packages(rules["packages"]))
    sys.path.append(rules["stand_in"])
    wire, child, plain = _load_beside("wire"), _load_beside("child"), load("plain", rules["plain"])
    forkserver.warm(rules["warm"])
    if rules["purpose"] == "show":
        notebook = _load_beside("shell").cells(child.add_module).begin
    else:
        child.rehearse(wire, plain)
        notebook = partial(child.Notebook, wire, plain)
    confinement = lockdown.Confinement(rules, _load_beside("landlock"))
    if "," not in control:
        forkserver.serve(in_namespaces=rules["in_namespaces"])
    child.main(wire, lockdown, confinement, notebook)


main()
