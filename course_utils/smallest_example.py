"""The smallest case on which a function fails, as code that a student can run.

The recorded tiny cases are tried, and the first that fails is told with what came back
and what should have.
"""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from course_utils import drivers
from course_utils.exercise import Case, Exercise, Session, Value
from course_utils.judgement import Judgement
from course_utils.judging import STUB, judge
from course_utils.recorded import Recorded
from course_utils.specimens import Specimen

#: Arrays with more entries than this are not printed.
LARGEST_PRINTED = 60
#: And of one that is to be pasted into a cell.
LARGEST_PASTED = 1000
#: Characters of an exception in the example.
LONGEST_COMMENT = 80
#: Further decimals that may be needed to tell a float32 from a float64.
_MORE_DECIMALS = 12


def smallest_example(recorded: Recorded, session: Session, settled: Collection[str] = ()) -> str:
    """Code that reproduces the smallest failing case, with both results where they fit.

    Tries the recorded tiny cases, smallest first.  A case with a wrong value goes before
    one where the function only behaves wrongly.  Empty when none fails, or when the
    function is stopped before one does.  Checks that are ``settled`` are not tried again.
    """
    behaving = ""
    for name in recorded.tiny:
        tried = recorded.only(name)
        asked = tried.exercise.without(settled)
        judgement = judge(asked, tried.cases, tried.answers, session, explained=False)
        if judgement.reason:
            break
        if judgement.status == "passed":
            continue
        text = "\n".join(
            [*as_code(tried.cases[name], tried.exercise), *_outcome(tried, name, judgement)]
        )
        if any(check.kind == "value" and check.status != "passed" for check in judgement.checks):
            return text
        behaving = behaving or text
    return behaving


def as_code(case: Case, exercise: Exercise) -> list[str]:
    """Lines of code that call the function with what the case gives it."""
    given = {**case.inputs, **case.saved}
    lines = [f"{name} = {_literal(value, LARGEST_PASTED)}" for name, value in given.items()]
    if any(isinstance(value, Specimen) for value in given.values()):
        lines.insert(0, "from course_utils.specimens import specimen")
    if driver := case.driver or exercise.driver:
        return [*lines, *drivers.statements(driver, exercise.outputs)]
    outputs = [*exercise.outputs, *(["cache"] if exercise.keeps else [])]
    if exercise.forward is None:
        return [*lines, f"{', '.join(outputs)} = {exercise.function}({', '.join(case.inputs)})"]
    names = exercise.cache or tuple(case.inputs)
    # A cache of one item is a tuple, too.
    cache = f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"
    return [
        *lines,
        f"{exercise.upstream} = {_literal(case.dout, LARGEST_PASTED)}",
        f"{', '.join(outputs)} = {exercise.function}({exercise.upstream}, {cache})",
    ]


def _outcome(tried: Recorded, name: str, judgement: Judgement) -> list[str]:
    """Comments that say what came back and what should; what all outputs share comes first."""
    function, got = tried.exercise.function, judgement.answers.get(name, {})
    failed = [check for check in judgement.checks if check.status != "passed"]
    wrong = [check for check in failed if check.kind == "value"]
    if not wrong:
        return [_comment(check.message) for check in failed]
    lines = []
    if name not in judgement.answers:
        # Nobody has judged a function that says it is not written on this case.
        what = wrong[0].message or f"raised {STUB}"
        lines.append(_comment(what if what.startswith(function) else f"{function} {what}"))
    for check in wrong:
        output = check.name
        expected, returned = tried.answers[name][output], got.get(output)
        decimals = _telling_decimals(expected, returned)
        lines.append(f"# {output} should be {_literal(expected, decimals=decimals)}")
        if returned is not None:
            lines.append(f"# {output} is        {_literal(returned, decimals=decimals)}")
        elif name in judgement.answers:
            lines.append(_comment(check.message))
    return lines


def _comment(text: str) -> str:
    """``text`` on one short line: an exception of a student's may be of any length."""
    line = " ".join(text.split())
    return (
        f"# {line}"
        if len(line) <= LONGEST_COMMENT
        else f"# {line[: LONGEST_COMMENT - 4].rstrip()} ..."
    )


def _decimals(value: np.ndarray[Any, Any]) -> int:
    """Four, or as many as show four digits of the largest entry (2.0**-40 is not 0)."""
    sizes = np.abs(value)
    largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    return 4 if largest == 0 else max(4, 3 - math.floor(math.log10(largest)))


def _telling_decimals(expected: Value, got: Value | None) -> int:
    """As many as tell two arrays from each other; 0 if those of each by itself do, or none."""
    if not all(isinstance(each, np.ndarray) and each.dtype.kind == "f" for each in (expected, got)):
        return 0
    a, b = np.asarray(expected, np.float64), np.asarray(got, np.float64)
    fewest = max(_decimals(a), _decimals(b))
    with np.errstate(all="ignore"):
        for decimals in range(fewest, fewest + _MORE_DECIMALS):
            if not np.array_equal(np.round(a, decimals), np.round(b, decimals), equal_nan=True):
                return decimals if decimals > fewest else 0
    return 0


def _literal(value: Value, largest: int = LARGEST_PRINTED, decimals: int = 0) -> str:
    """A value as code; that of an array of more entries than ``largest`` tells its shape only.

    Rounded to ``decimals``, or else to what shows four digits of its largest entry.
    """
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > largest:
        return f"an array of shape {value.shape}"
    if value.size == 0:
        return f"np.zeros({value.shape})"
    if value.dtype.kind != "f":
        return str(value.tolist()) if value.ndim == 0 else f"np.array({value.tolist()})"
    # What was returned may be anything that calls itself a number.
    with np.errstate(all="ignore"):
        # As float64: a rounded float32 is written with all the digits of its rounding error.
        precise = value.astype(np.float64)
        text = str(np.round(precise, decimals or _decimals(precise)).tolist())
    if value.ndim == 0:
        return text
    # 3.0 → 3. as NumPy prints it: short, and still a float.
    return f"np.array({text.replace('.0,', '.,').replace('.0]', '.]')})"
