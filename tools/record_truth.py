# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=2", "torch==2.13.0"]
# ///
"""Record what torch autograd says about the exercises, as data that the tests compare with.

    python tools/record_truth.py           writes tests/truth/recorded/
    python tools/record_truth.py --check   computes it anew, compares, writes nothing

Both need an environment of their own with the dependencies above.  Nothing of the project
is imported here, so that the data are independent of what they judge.

The inputs are integers, so convolution and maxima are exact on every machine; averages agree
to the last bits.  The same torch, numpy and machine write the same bytes.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from torch_truth import NOTEBOOKS
from torch_truth.inputs import SEED, Array, Case, Cases, Truth

FOLDER = Path(__file__).parents[1] / "tests" / "truth" / "recorded"
MANIFEST = "manifest.json"

#: Recorded results against results computed anew, on another machine or with another torch:
#: the order of a sum may differ, which costs a few units in the 16th place.
TOLERANCE = 1e-12


def make_inputs() -> Truth:
    """All cases, without results."""
    return {notebook: module.cases() for notebook, module in NOTEBOOKS.items()}


def record() -> Truth:
    """All cases, with results."""
    import torch

    torch.set_num_threads(1)
    return {
        notebook: {
            name: {**case, "results": NOTEBOOKS[notebook].results(case)}
            for name, case in cases.items()
        }
        for notebook, cases in make_inputs().items()
    }


# How it is written


def to_text(cases: Cases) -> str:
    """A notebook's cases as JSON, one array a line."""
    parts = []
    for name, case in cases.items():
        groups = {"inputs": case["inputs"], **case["results"]}
        lines = [f'"parameters": {json.dumps(case["parameters"])}']
        for group, arrays in groups.items():
            written = ",\n".join(f"  {json.dumps(k)}: {encoded(v)}" for k, v in arrays.items())
            lines.append(f"{json.dumps(group)}: {{\n{written}}}")
        parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def encoded(array: Array) -> str:
    """Shape and values in row-major order; whole numbers without a point."""
    values = [int(value) if value.is_integer() else value for value in array.ravel().tolist()]
    data = {"shape": list(array.shape), "values": values}
    return json.dumps(data, separators=(",", ":"))


def from_text(text: str) -> Cases:
    """The inverse of ``to_text``."""
    cases = {}
    for name, groups in json.loads(text).items():
        parameters = groups.pop("parameters")
        arrays = {
            group: {key: decoded(value) for key, value in items.items()}
            for group, items in groups.items()
        }
        inputs = arrays.pop("inputs")
        cases[name] = {"parameters": parameters, "inputs": inputs, "results": arrays}
    return cases


def decoded(data: Mapping[str, Any]) -> Array:
    """The inverse of ``encoded``: a float64 array."""
    return np.array(data["values"], dtype=np.float64).reshape(data["shape"])


def manifest(truth: Truth, versions: Mapping[str, str]) -> str:
    """What was recorded, by what and from what: without a date, so that a rerun is the same."""
    notebooks = {
        notebook: {
            "sha256": hashlib.sha256(to_text(cases).encode()).hexdigest(),
            "cases": {name: title(case) for name, case in cases.items()},
        }
        for notebook, cases in truth.items()
    }
    head = {"versions": dict(versions), "seed": SEED, "dtype": "float64"}
    return json.dumps({**head, "notebooks": notebooks}, indent=1) + "\n"


def title(case: Case) -> str:
    """Shapes and parameters in one line: ``x (1, 2, 3, 5), dout (1, 2, 2, 4), stride 1, pad 0``."""
    given = {name: array.shape for name, array in case["inputs"].items()} | case["parameters"]
    return ", ".join(f"{name} {value}" for name, value in given.items())


def files(truth: Truth, versions: Mapping[str, str]) -> dict[str, str]:
    """The text of each file of ``FOLDER``, by name."""
    texts = {f"{notebook}.json": to_text(cases) for notebook, cases in truth.items()}
    return {MANIFEST: manifest(truth, versions), **texts}


def read(folder: Path = FOLDER) -> Truth:
    """What was recorded."""
    return {
        notebook: from_text((folder / f"{notebook}.json").read_text(encoding="utf-8"))
        for notebook in NOTEBOOKS
    }


# Recorded against fresh


def differences(recorded: Truth, fresh: Truth) -> list[str]:
    """Where the two say something else, one line each; empty if nowhere."""
    old, new = _flat(recorded), _flat(fresh)
    changed = [where for where in old.keys() & new.keys() if not _same(new[where], old[where])]
    return sorted(
        [f"{where}: only recorded" for where in old.keys() - new.keys()]
        + [f"{where}: only fresh" for where in new.keys() - old.keys()]
        + [f"{where}: differs" for where in changed]
    )


def _flat(truth: Truth) -> dict[str, Array | str]:
    """Every array and parameter (as JSON) of every case, by a name that says where it stands."""
    flat: dict[str, Array | str] = {}
    for notebook, cases in truth.items():
        for name, case in cases.items():
            for group, values in {"inputs": case["inputs"], **case["results"]}.items():
                flat |= {f"{notebook}, {name}, {group} {k}": v for k, v in values.items()}
            for key, value in case["parameters"].items():
                flat[f"{notebook}, {name}, {key}"] = json.dumps(value)
    return flat


def _same(found: Array | str, recorded: Array | str) -> bool:
    if isinstance(found, str) or isinstance(recorded, str):
        return isinstance(found, str) and isinstance(recorded, str) and found == recorded
    return agree(found, recorded)


def agree(found: Array, recorded: Array) -> bool:
    """Same shape and dtype; equal if the record is whole numbers, else within ``TOLERANCE``.

    The error is the largest difference over the largest recorded value: an entry in which
    thirds cancel has no digits of its own.
    """
    if found.shape != recorded.shape or found.dtype != recorded.dtype:
        return False
    if np.array_equal(recorded, np.round(recorded)):
        return bool(np.array_equal(found, recorded))
    return bool(np.max(np.abs(found - recorded)) <= TOLERANCE * np.max(np.abs(recorded)))


def main(arguments: list[str] | None = None) -> int:
    """Record, or compare with ``--check``; return the exit code."""
    parser = argparse.ArgumentParser(description="Record torch autograd's results for the tests.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    try:
        import torch
    except ImportError:
        sys.stderr.write(
            "torch is not installed in this environment; use one made for this script, with "
            "the dependencies that its first lines name\n"
        )
        return 3
    versions = {"torch": str(torch.__version__), "numpy": np.__version__}
    truth = record()
    if options.check:
        found = differences(read(), truth)
        told = "".join(f"{line}\n" for line in found)
        sys.stdout.write(told or f"{FOLDER} agrees with torch {versions['torch']}\n")
        return 1 if found else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files(truth, versions).items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{FOLDER / name}: {len(text.encode())} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
