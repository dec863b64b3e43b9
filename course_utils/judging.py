"""Try a student's function on cases and say, check by check, what was found.

The same code judges in a student's notebook (recorded cases, function in the same
process) and in final grading (fresh cases, function in a sandbox): only the session
and the answers differ.

A backward is tried twice: with the standard cache (the tuple of the forward's inputs),
and with the cache of the student's own forward, calls interleaved (every forward before
any backward).  It is right if either is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from course_utils import gradients
from course_utils.comparison import Comparison, compare
from course_utils.exercise import (
    Answer,
    Array,
    CallStoppedError,
    Case,
    Check,
    CheckResult,
    Exercise,
    Kept,
    Raised,
    Returned,
    Session,
    Status,
    Value,
)

#: Status of a function that nobody has written yet.
STUB = "NotImplementedError"

#: So many cases must confirm that a gradient belongs to the student's own forward.
OWN_FORWARD_CASES = 2

EXACT_GRADIENT_OF_WRONG_FORWARD = (
    "Your backward is the exact gradient of your forward; the forward is what is wrong."
)
CACHE_IS_WRONG = (
    "The backward is right with the standard cache, but not with the cache that your "
    "forward returns: the forward caches something else than what it was given."
)


@dataclass(frozen=True)
class Judgement:
    """What judging one exercise found.

    ``answers`` are the arrays that came back, by case and output, and ``errors`` the type
    of exception (or why nothing could be read) of the other cases: for diagnosis.
    ``cache_serves`` is, for a backward, whether the student's own forward's cache
    does as well as the standard one (None: it could not be tried).  ``out_of_time``:
    the calls ended because one used up its processor time.
    """

    status: Status
    checks: tuple[CheckResult, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    printed: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    cache_serves: bool | None = None
    out_of_time: bool = False

    @property
    def earned(self) -> float:
        """The share of the weights that was earned, from 0 to 1."""
        total = sum(check.weight for check in self.checks)
        passed = sum(check.weight for check in self.checks if check.status == "passed")
        return passed / total if total else 0.0

    def with_cache(self, *, serves: bool | None) -> "Judgement":
        """This judgement of a forward, with what its backward showed of its cache."""
        if serves is not False or self.status not in ("passed", "failed"):
            return self
        checks = tuple(
            replace(c, status="failed", message=CACHE_IS_WRONG) if c.kind == "cache" else c
            for c in self.checks
        )
        status: Status = "passed" if all(c.status == "passed" for c in checks) else "failed"
        return replace(self, checks=checks, status=status)


@dataclass(frozen=True)
class Attempt:
    """One way of calling a function on every case: what came back, and whether it is right."""

    returned: Mapping[str, Returned]
    compared: Mapping[tuple[str, str], Comparison]

    def passes(self, check: Check) -> bool:
        """Tell whether every case and output of a value check is right."""
        return all(self.compared[case, out].right for case in check.cases for out in check.outputs)


def judge(
    exercise: Exercise,
    cases: Mapping[str, Case],
    answers: Mapping[str, Answer],
    session: Session,
) -> Judgement:
    """Judge one function.  ``cases`` and ``answers`` are keyed by the exercise's case names."""
    if not session.has(exercise.function):
        reason = f"there is no function named {exercise.function}"
        return Judgement("failed", _all_failed(exercise, reason), reason=reason)
    trial = _Trial(exercise, cases, answers, session)
    try:
        return trial.judgement()
    except CallStoppedError as stopped:
        return Judgement(
            "failed",
            trial.results_when_stopped(stopped.reason),
            reason=stopped.reason,
            out_of_time=stopped.out_of_time,
        )


def _all_failed(exercise: Exercise, reason: str) -> tuple[CheckResult, ...]:
    return tuple(_result(check, "failed", message=reason) for check in exercise.checks)


def _result(check: Check, status: Status, message: str = "") -> CheckResult:
    return CheckResult(
        name=check.name,
        title=check.title,
        rule=check.rule,
        weight=check.weight,
        kind=check.kind,
        status=status,
        message=message,
    )


class _Trial:
    """The state of judging one function: what has been called, and what is already known."""

    def __init__(
        self,
        exercise: Exercise,
        cases: Mapping[str, Case],
        answers: Mapping[str, Answer],
        session: Session,
    ) -> None:
        self.exercise = exercise
        self.cases = [cases[name] for name in exercise.cases]
        self.answers = answers
        self.session = session
        self.results: dict[str, CheckResult] = {}
        self.calls: list[tuple[Case, Sequence[Value], Returned]] = []

    def judgement(self) -> Judgement:
        """Run everything, in the order that stands here."""
        first = self._attempt(own_cache=False)
        if all(_is_stub(returned) for returned in first.returned.values()):
            checks = tuple(_result(check, "not started") for check in self.exercise.checks)
            return Judgement("not started", checks)
        attempts = [first]
        own = self._attempt(own_cache=True) if self._forward_is_there() else None
        if own is not None:
            attempts.append(own)
        self._value_checks(attempts)
        self._behaviour_checks(first)
        checks = tuple(self.results[check.name] for check in self.exercise.checks)
        status: Status = "passed" if all(c.status == "passed" for c in checks) else "failed"
        cache_serves = self._cache_serves(first, own)
        notes = self._notes(status, own, cache_serves=cache_serves)
        return Judgement(
            status,
            checks,
            notes=notes,
            printed=next((r.printed for _, _, r in self.calls if r.printed), ""),
            answers=self._returned_answers(first),
            errors={
                name: r.raised.type if r.raised else r.problem
                for name, r in first.returned.items()
                if r.outputs is None
            },
            cache_serves=cache_serves,
        )

    def results_when_stopped(self, reason: str) -> tuple[CheckResult, ...]:
        """The checks decided so far; the others fail for the reason that stopped the calls."""
        return tuple(
            self.results.get(check.name, _result(check, "failed", message=reason))
            for check in self.exercise.checks
        )

    # Calling

    def _attempt(self, *, own_cache: bool) -> Attempt:
        caches: dict[str, Value] = {}
        if own_cache:
            for case in self.cases:
                caches[case.name] = self._forward(case).kept
        returned = {}
        for case in self.cases:
            if own_cache and caches[case.name] is None:
                returned[case.name] = Returned(problem="your forward returned no cache")
            else:
                returned[case.name] = self._call(case, caches.get(case.name))
        return Attempt(returned, self._compare(returned))

    def _call(self, case: Case, own_cache: Kept | None = None) -> Returned:
        exercise = self.exercise
        arguments: Sequence[Value]
        if exercise.forward is None:
            arguments = tuple(case.inputs.values())
        else:
            arguments = (case.dout, own_cache or tuple(case.inputs.values()))
        keep = exercise.forward is None
        returned = self.session.call(exercise.function, arguments, exercise.outputs, keep=keep)
        self.calls.append((case, arguments, returned))
        return returned

    def _forward(self, case: Case, **replaced: Array) -> Returned:
        assert self.exercise.forward is not None
        inputs = {**case.inputs, **replaced}
        return self.session.call(self.exercise.forward, tuple(inputs.values()), ("out",), keep=True)

    def _forward_is_there(self) -> bool:
        return self.exercise.forward is not None and self.session.has(self.exercise.forward)

    # Comparing

    def _compare(self, returned: Mapping[str, Returned]) -> dict[tuple[str, str], Comparison]:
        return {
            (case.name, output): self._compare_one(returned[case.name], case, place)
            for case in self.cases
            for place, output in enumerate(self.exercise.outputs)
        }

    def _compare_one(self, returned: Returned, case: Case, place: int) -> Comparison:
        output = self.exercise.outputs[place]
        if returned.raised is not None:
            return Comparison(
                right=False, message=f"{self.exercise.function} raised {returned.raised}"
            )
        if returned.outputs is None:
            return Comparison(right=False, message=returned.problem)
        got = returned.outputs[place]
        if isinstance(got, str):
            return Comparison(right=False, message=got)
        return compare(output, got, self.answers[case.name][output])

    def _value_checks(self, attempts: Sequence[Attempt]) -> None:
        for check in self.exercise.checks:
            if check.kind != "value":
                continue
            if any(attempt.passes(check) for attempt in attempts):
                self.results[check.name] = _result(check, "passed")
            else:
                self.results[check.name] = self._failed_value(check, attempts[0])

    def _failed_value(self, check: Check, attempt: Attempt) -> CheckResult:
        """The failure on the smallest case: cases stand in the order of their size."""
        for case in sorted(self.cases, key=_size):
            if case.name not in check.cases:
                continue
            for output in check.outputs:
                compared = attempt.compared[case.name, output]
                if not compared.right:
                    return replace(
                        _result(check, "failed", compared.message),
                        case=case.title,
                        worst=compared.worst,
                        error_map=compared.error_map,
                    )
        raise AssertionError("a failed check has a failed case")

    # Behaviour: it counts only for a function that gets some value right.

    def _behaviour_checks(self, attempt: Attempt) -> None:
        useful = any(result.status == "passed" for result in self.results.values())
        for check in self.exercise.checks:
            if check.kind == "value":
                continue
            if not useful:
                message = "counted as soon as one of the values is right"
            elif check.kind == "unchanged":
                message = self._changed_arguments()
            elif check.kind == "repeatable":
                message = self._second_call(attempt)
            else:
                message = ""
            self.results[check.name] = _result(check, "failed" if message else "passed", message)

    def _changed_arguments(self) -> str:
        for case, arguments, returned in self.calls:
            names = list(case.inputs) if self.exercise.forward is None else ["dout", "the cache"]
            for name, before, after in zip(names, arguments, returned.arguments, strict=False):
                changed = _changed(name, before, after)
                if changed:
                    return f"{self.exercise.function} modified {changed} ({case.title})"
        return ""

    def _second_call(self, attempt: Attempt) -> str:
        """Call each case again: the answers must be those of the first time."""
        for case in self.cases:
            first, again = attempt.returned[case.name], self._call(case)
            if first.outputs is None:
                continue
            if again.outputs is None:
                return f"the second call failed: {again.raised or again.problem} ({case.title})"
            for output, a, b in zip(
                self.exercise.outputs, first.outputs, again.outputs, strict=True
            ):
                if isinstance(a, str) or isinstance(b, str):
                    continue
                compared = compare(output, b, a)
                if not compared.right:
                    return (
                        f"a second call with the same arguments gave another {output} "
                        f"({case.title}): something survives from call to call"
                    )
        return ""

    # Words

    def _cache_serves(self, standard: Attempt, own: Attempt | None) -> bool | None:
        if own is None:
            return None
        right = [key for key, compared in standard.compared.items() if compared.right]
        whole = [
            key
            for key in right
            if all(standard.compared[key[0], o].right for o in self.exercise.outputs)
        ]
        if not whole:
            return None
        return all(own.compared[key].right for key in whole)

    def _notes(
        self, status: Status, own: Attempt | None, *, cache_serves: bool | None
    ) -> tuple[str, ...]:
        notes = []
        if cache_serves is False:
            notes.append(CACHE_IS_WRONG)
        if status == "failed" and own is not None and self._is_gradient_of_own_forward(own):
            notes.append(EXACT_GRADIENT_OF_WRONG_FORWARD)
        return tuple(notes)

    def _is_gradient_of_own_forward(self, own: Attempt) -> bool:
        """Check wrong gradients against central differences of the student's own forward."""
        wrong = [
            case
            for case in sorted(self.cases, key=_size)
            if not all(own.compared[case.name, o].right for o in self.exercise.outputs)
        ]
        return bool(wrong) and all(
            self._confirmed_by_own_forward(case, own.returned[case.name])
            for case in wrong[:OWN_FORWARD_CASES]
        )

    def _confirmed_by_own_forward(self, case: Case, returned: Returned) -> bool:
        exercise = self.exercise
        arguments = {name: case.inputs[name] for name in exercise.differentiate}
        if returned.outputs is None or any(x.dtype.kind != "f" for x in arguments.values()):
            return False
        found = {
            name: gradient
            for name, gradient in zip(exercise.differentiate, returned.outputs, strict=True)
            if not isinstance(gradient, str) and gradient.shape == arguments[name].shape
        }
        if len(found) < len(arguments):
            return False
        directions = gradients.directions_for(arguments, np.random.default_rng(0))

        def out(moved: Mapping[str, Array]) -> Array:
            again = self._forward(case, **moved)
            if again.outputs is None or isinstance(again.outputs[0], str):
                raise _NoForwardError
            return again.outputs[0]

        try:
            difference = gradients.central_difference(
                out, arguments, case.dout, directions, exercise.step
            )
        except (_NoForwardError, ValueError):
            # The forward gives nothing that could be multiplied by dout.
            return False
        return difference.confirms(found, directions)

    def _returned_answers(self, attempt: Attempt) -> dict[str, dict[str, Array]]:
        answers: dict[str, dict[str, Array]] = {}
        for name, returned in attempt.returned.items():
            if returned.outputs is not None:
                answers[name] = {
                    output: got
                    for output, got in zip(self.exercise.outputs, returned.outputs, strict=True)
                    if not isinstance(got, str)
                }
        return answers


class _NoForwardError(Exception):
    """The student's forward gave no array to differentiate."""


def _is_stub(returned: Returned) -> bool:
    return isinstance(returned.raised, Raised) and returned.raised.type == STUB


def _size(case: Case) -> int:
    """The number of entries of all arrays of a case."""
    return sum(v.size for v in case.inputs.values() if isinstance(v, np.ndarray))


def _changed(name: str, before: Value, after: Value) -> str:
    """Name the array inside ``before`` that is no longer the same in ``after``."""
    if isinstance(before, np.ndarray):
        same = (
            isinstance(after, np.ndarray)
            and after.shape == before.shape
            and np.array_equal(after, before, equal_nan=True)
        )
        return "" if same else name
    if isinstance(before, tuple | list) and isinstance(after, tuple | list):
        for place, (b, a) in enumerate(zip(before, after, strict=False)):
            changed = _changed(f"item {place} of {name}", b, a)
            if changed:
                return changed
    return ""
