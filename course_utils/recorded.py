"""Recorded exercises: the visible cases of every exercise and the right answers to them.

``course_utils/data/exercises/NAME.json`` is written by ``autograder build`` from the
exercise and the reference solution.  Inputs are integers, so that the file is the same
on every machine and its numbers can be followed by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from course_utils.exercise import Answer, Array, Case, Check, Exercise, Value

FOLDER = "data/exercises"


@dataclass(frozen=True)
class Recorded:
    """An exercise with its visible cases and their answers, keyed by case name."""

    exercise: Exercise
    cases: Mapping[str, Case]
    answers: Mapping[str, Answer]

    def to_json(self) -> str:
        """The text of the file: keys sorted, one case a line, ends with a newline."""
        data = {
            "exercise": asdict(self.exercise),
            "cases": {
                name: {
                    "inputs": {k: _encode(v) for k, v in case.inputs.items()},
                    "dout": _encode(case.dout),
                    "answer": {k: _encode(v) for k, v in self.answers[name].items()},
                }
                for name, case in self.cases.items()
            },
        }
        exercise = json.dumps(data["exercise"], indent=1)
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in data["cases"].items())
        return f'{{"exercise": {exercise},\n"cases": {{\n{lines}\n}}}}\n'

    @classmethod
    def from_json(cls, text: str) -> "Recorded":
        """The inverse of ``to_json``."""
        data = json.loads(text)
        fields = data["exercise"]
        checks = tuple(
            Check(**{**c, "outputs": tuple(c["outputs"]), "cases": tuple(c["cases"])})
            for c in fields["checks"]
        )
        exercise = Exercise(
            **{
                **fields,
                "checks": checks,
                "outputs": tuple(fields["outputs"]),
                "differentiate": tuple(fields["differentiate"]),
            }
        )
        cases = {}
        answers = {}
        for name, item in data["cases"].items():
            inputs = {k: _decode(v) for k, v in item["inputs"].items()}
            cases[name] = Case(name, inputs, _decode(item["dout"]))
            answers[name] = {k: _decode(v) for k, v in item["answer"].items()}
        return cls(exercise, cases, answers)


def load(exercise: str) -> Recorded:
    """The recorded exercise of this name; KeyError with the known names when there is none."""
    folder = files("course_utils").joinpath(FOLDER)
    file = folder.joinpath(f"{exercise}.json")
    if not exercise.isidentifier() or not file.is_file():
        raise KeyError(exercise)
    return Recorded.from_json(file.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Names of all recorded exercises, sorted."""
    folder = files("course_utils").joinpath(FOLDER)
    if not folder.is_dir():
        return []
    return sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))


def _encode(value: Value) -> Any:
    if isinstance(value, np.ndarray):
        flat = value.ravel().tolist()
        short = [int(v) if isinstance(v, float) and v == int(v) else v for v in flat]
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": short}
    return value


def _decode(data: Any) -> Value:
    if isinstance(data, dict) and data.keys() == {"dtype", "shape", "values"}:
        array: Array = np.array(data["values"], dtype=data["dtype"]).reshape(data["shape"])
        return array
    return data
