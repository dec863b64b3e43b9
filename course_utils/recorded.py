"""Recorded exercises: the visible cases of every exercise and the right answers to them.

``course_utils/data/exercises/NAME.json`` is written by ``autograder build`` from the
exercise and the reference solution.  Inputs are integers or exact fractions, so that they
are the same on every machine and can be followed by hand.  Sums of them are exact, too;
a tanh is not, and may differ between processors in its last bits.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import tolerances
from course_utils.comparison import compare
from course_utils.exercise import Answer, Array, Case, Check, Exercise, Value
from course_utils.mistake import KnownMistake, Result, same_result
from course_utils.signature import Signature, signed
from course_utils.specimens import Specimen, specimen

#: What few checks have, and the others do not write down.
_RARE = ("after", "explains")
#: What are several names.
_NAMES = ("outputs", "cases", "after")

_DRIVER = re.compile(r'"driver": "(\w+)"}$')

FOLDER = Path(__file__).parent / "data" / "exercises"


@dataclass(frozen=True)
class Recorded:
    """An exercise with its visible cases and their answers, keyed by case name.

    The exercise's own cases are judged by; the ``tiny`` ones, smallest first, only
    illustrate a failure.  ``mistakes`` are the known wrong answers.
    """

    exercise: Exercise
    cases: Mapping[str, Case]
    answers: Mapping[str, Answer]
    tiny: tuple[str, ...] = ()
    mistakes: tuple[KnownMistake, ...] = ()

    @property
    def part(self) -> str:
        """Which optional part of its function this is (``padding``); empty for the whole."""
        return self.exercise.name.removeprefix(self.exercise.function).lstrip("_")

    @cached_property
    def right_results(self) -> Mapping[str, Result]:
        """The results of a right function."""
        return {
            name: signed(answer)
            for name, answer in self.answers.items()
            if name in self.exercise.cases
        }

    def only(self, case: str) -> "Recorded":
        """The same exercise judged on one case: each output, then how the function behaves.

        The check of an output has its name.
        """
        outputs = (
            Check(name, name, "", 1, outputs=(name,), cases=(case,))
            for name in self.exercise.outputs
        )
        behaviour = (check for check in self.exercise.checks if not check.cases)
        return replace(self, exercise=replace(self.exercise, checks=(*outputs, *behaviour)))

    def agrees(self, other: "Recorded") -> bool:
        """Tell whether both record the same, up to the last bits of what was computed.

        What was not computed (the exercise, inputs, upstream gradients, words) is equal.
        """
        return (
            (self.exercise, self.tiny) == (other.exercise, other.tiny)
            and list(self.cases) == list(other.cases)
            and all(_same_case(case, other.cases[name]) for name, case in self.cases.items())
            and all(_close(answer, other.answers[name]) for name, answer in self.answers.items())
            and len(self.mistakes) == len(other.mistakes)
            and all(map(_same_mistake, self.mistakes, other.mistakes))
        )

    def to_json(self) -> str:
        """The text of the file: one case or mistake a line, ends with a newline."""
        case_lines = ",\n".join(
            f"{_beginning(name, case.inputs)}{json.dumps(self._rest(name))[1:]}"
            for name, case in self.cases.items()
        )
        mistakes = ",\n".join(json.dumps(_told(mistake)) for mistake in self.mistakes)
        return (
            f"{_head(self.exercise)}{case_lines}\n}},\n"
            f"{_tiny(self.tiny)}"
            f'"mistakes": [\n{mistakes}\n]}}\n'
        )

    def _rest(self, name: str) -> dict[str, Any]:
        """What is written of a case behind its inputs."""
        case = self.cases[name]
        return {
            "dout": _encode(case.dout),
            "answer": {k: _encode(v) for k, v in self.answers[name].items()},
            **({"saved": saved} if (saved := _encode(case.saved)) else {}),
            **({"driver": case.driver} if case.driver else {}),
        }

    @classmethod
    def from_json(cls, text: str) -> "Recorded":
        """The inverse of ``to_json``."""
        data = json.loads(text)
        fields = data["exercise"]
        checks = tuple(
            Check(**{**c, **{key: tuple(c.get(key, ())) for key in _NAMES}})
            for c in fields["checks"]
        )
        exercise = Exercise(
            **{
                **fields,
                "checks": checks,
                "outputs": tuple(fields["outputs"]),
                "differentiate": tuple(fields["differentiate"]),
                "cache": tuple(fields["cache"]),
                "shared": tuple(fields["shared"]),
                "helpers": tuple(fields["helpers"]),
                "axes": {output: tuple(names) for output, names in fields["axes"].items()},
            }
        )
        cases = {}
        answers = {}
        for name, item in data["cases"].items():
            inputs = {k: _decode(v) for k, v in item["inputs"].items()}
            saved = _decode(item.get("saved", {}))
            driver = item.get("driver", "")
            cases[name] = Case(name, inputs, _decode(item["dout"]), saved, driver)
            answers[name] = {k: _decode(v) for k, v in item["answer"].items()}
        mistakes = tuple(_mistake(item) for item in data["mistakes"])
        return cls(exercise, cases, answers, tuple(data["tiny"]), mistakes)


def load(exercise: str) -> Recorded:
    """The recorded exercise of this name; KeyError when there is none, see ``names``."""
    return Recorded.from_json(text(exercise))


def text(exercise: str) -> str:
    """What the file of this exercise holds; KeyError when there is none."""
    file = FOLDER / f"{exercise}.json"
    if not exercise.isidentifier() or not file.is_file():
        raise KeyError(exercise)
    return file.read_text(encoding="utf-8")


def is_asked(
    recorded: str,
    exercise: Exercise,
    inputs: Mapping[str, Mapping[str, Value]],
    drivers: Mapping[str, str],
    tiny: Sequence[str],
) -> bool:
    """Tell whether a file's text ``recorded`` asks this: an exercise, and cases of these inputs.

    ``drivers`` are those of the cases that have one.  Nothing is read but where cases begin
    and end: answers and known mistakes are most of the file.
    """
    head, end = _head(exercise), f"\n}},\n{_tiny(tiny)}"
    if not recorded.startswith(head) or end not in recorded:
        return False
    lines = recorded[len(head) : recorded.index(end)].split(",\n")
    return len(lines) == len(inputs) and all(
        line.startswith(_beginning(name, given)) and _driver_in(line) == drivers.get(name, "")
        for line, (name, given) in zip(lines, inputs.items(), strict=True)
    )


def names() -> list[str]:
    """Names of all recorded exercises, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def parts() -> dict[str, list[str]]:
    """Every function that an exercise asks for, with the names of its optional parts, sorted."""
    found: dict[str, list[str]] = {}
    for asked in map(load, names()):
        others = found.setdefault(asked.exercise.function, [])
        if asked.part:
            others.append(asked.part)
    return found


def _head(exercise: Exercise) -> str:
    """What a file begins with, to its first case."""
    told = asdict(exercise)
    told["checks"] = [
        {key: value for key, value in check.items() if value or key not in _RARE}
        for check in told["checks"]
    ]
    return f'{{"exercise": {json.dumps(told, indent=1)},\n"cases": {{\n'


def _beginning(name: str, inputs: Mapping[str, Value]) -> str:
    """The line of a case, to the end of its inputs."""
    return f'{json.dumps(name)}: {{"inputs": {json.dumps(_encode(inputs))}, '


def _driver_in(line: str) -> str:
    """The driver that the line of a case ends with; empty if it has none."""
    found = _DRIVER.search(line)
    return found[1] if found else ""


def _tiny(names: Sequence[str]) -> str:
    return f'"tiny": {json.dumps(names)},\n'


def _same_case(a: Case, b: Case) -> bool:
    # As text: a number that is none differs from itself.
    given = [json.dumps([_encode(case.inputs), _encode(case.dout), case.driver]) for case in (a, b)]
    return given[0] == given[1] and _close(a.saved, b.saved)


def _close(a: Mapping[str, Array], b: Mapping[str, Array]) -> bool:
    """Tell whether arrays of the same names differ in their last bits only."""
    return list(a) == list(b) and all(
        array.dtype == b[name].dtype and compare(name, b[name], array, tolerances.RECORDED).right
        for name, array in a.items()
    )


def _same_mistake(a: KnownMistake, b: KnownMistake) -> bool:
    return replace(a, results={}) == replace(b, results={}) and (
        list(a.results) == list(b.results)
        and all(same_result(result, b.results[case]) for case, result in a.results.items())
    )


def _told(mistake: KnownMistake) -> dict[str, Any]:
    """A mistake as it is written; what few of them have is left out of the others."""
    told = asdict(mistake)
    return told if mistake.changed else {k: v for k, v in told.items() if k != "changed"}


def _mistake(data: dict[str, Any]) -> KnownMistake:
    results = {
        case: result
        if isinstance(result, str)
        else {
            output: Signature(tuple(item["shape"]), item["odd"], tuple(item["sums"]), item["size"])
            for output, item in result.items()
        }
        for case, result in data["results"].items()
    }
    return KnownMistake(**{**data, "failed": tuple(data["failed"]), "results": results})


def _encode(value: Value) -> Any:
    if isinstance(value, np.ndarray):
        flat = value.ravel().tolist()
        short = [int(v) if isinstance(v, float) and v.is_integer() else v for v in flat]
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": short}
    if isinstance(value, Specimen):
        return {"specimen": [value.name, *map(_encode, value.parameters)]}
    if isinstance(value, Mapping):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return {"tuple": [_encode(item) for item in value]}
    return [_encode(item) for item in value] if isinstance(value, list) else value


def _decode(data: Any) -> Value:
    if isinstance(data, dict) and data.keys() == {"dtype", "shape", "values"}:
        array: Array = np.array(data["values"], dtype=data["dtype"]).reshape(data["shape"])
        return array
    if isinstance(data, dict):
        if data.keys() == {"tuple"}:
            return tuple(_decode(item) for item in data["tuple"])
        if data.keys() == {"specimen"}:
            name, *parameters = data["specimen"]
            return specimen(name, *map(_decode, parameters))
        return {key: _decode(item) for key, item in data.items()}
    return [_decode(item) for item in data] if isinstance(data, list) else data
