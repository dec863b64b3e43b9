"""Try a student's function on cases and say, check by check, what was found.

The same code judges in a student's notebook (recorded cases, function in the same
process) and in final grading (fresh cases, function in a sandbox): only the session
and the answers differ.

A backward is tried twice: with the standard cache (the tuple of the forward's inputs),
and with the cache of the student's own forward, calls interleaved (every forward before
any backward).  It is right if either is right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from course_utils import behaviour
from course_utils.acceptance import is_verdict
from course_utils.adjoint import pair_of
from course_utils.answered import Answered
from course_utils.attempt import Attempt
from course_utils.behaviour import as_float
from course_utils.comparison import overflowed
from course_utils.exercise import (
    VALUE_KINDS,
    Answer,
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
from course_utils.follow_through import is_gradient_of_own_forward
from course_utils.judgement import (
    CACHE_IS_WRONG,
    CACHED_RESULT_IS_WRONG,
    OF_THE_FORWARD,
    Judgement,
)

#: Status of a function that nobody has written yet.
STUB = "NotImplementedError"

NO_FUNCTION = "there is no function named {}"

EXACT_GRADIENT_OF_WRONG_FORWARD = (
    "Your backward is the exact gradient of your forward; the forward is what is wrong."
)
PROBABLY = "Probably for the same reason as this check"
NOT_COUNTED = "Not looked at before one of the values is right"
NOT_TRIED = "The backward could not be tried with the cache that your forward returns"


def judge(
    exercise: Exercise,
    cases: Mapping[str, Case],
    answers: Mapping[str, Answer],
    session: Session,
    *,
    explained: bool = True,
) -> Judgement:
    """Judge one function.  ``cases`` and ``answers`` are keyed by the exercise's case names.

    ``explained``: look for an explanation of what failed, where that takes further calls.
    """
    trial = _Trial(exercise, cases, answers, session, explained=explained)
    try:
        if not session.has(exercise.function):
            reason = NO_FUNCTION.format(exercise.function)
            return Judgement("failed", trial.results_when_stopped(reason), reason=reason)
        # What a wrong function returns may overflow wherever it is looked at.
        with np.errstate(all="ignore"):
            return trial.judgement()
    except CallStoppedError as stopped:
        return Judgement(
            "failed",
            trial.results_when_stopped(stopped.reason),
            reason=stopped.reason,
            out_of_time=stopped.out_of_time,
            grounds=tuple(trial.grounds),
        )


def _result(check: Check, status: Status, message: str = "") -> CheckResult:
    return CheckResult(
        name=check.name,
        title=check.title,
        rule=check.rule,
        weight=float(check.weight),
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
        *,
        explained: bool,
    ) -> None:
        self.exercise = exercise
        self.explained = explained
        self.cases = [cases[name] for name in exercise.cases]
        # Asked in the order in which they were made: to know the exercise's must not help.
        self.asked = [case for name, case in cases.items() if name in exercise.cases]
        self.answers = answers
        self.answered = Answered(exercise, self.cases, answers)
        self.session = session
        self.results: dict[str, CheckResult] = {}
        self.calls: list[tuple[Case, Sequence[Value], Returned]] = []
        #: Why no answer counts: one came another way in a second call.  See ``_ask_again``.
        self.unsteady = ""
        self.stopped: CallStoppedError | None = None
        #: A second call gave another answer than the first.
        self.remembers = False
        #: See ``Judgement``.
        self.grounds: list[frozenset[str]] = []

    def judgement(self) -> Judgement:
        """Run everything, in the order that stands here."""
        standard = self._attempt(None)
        if all(_is_stub(returned) for returned in standard.returned.values()):
            checks = tuple(_result(check, "not started") for check in self.exercise.checks)
            return Judgement("not started", checks)
        own = self._own_attempt()
        attempts = [standard, own] if own else [standard]
        # What is shown is the better attempt; of two that are equal, the standard one.
        best = max(attempts, key=lambda attempt: attempt.merit)
        self._value_checks(attempts, best)
        self._behaviour_checks(attempts, best)
        self._pair_checks(best)
        checks = tuple(map(self._explained, self.exercise.checks))
        status: Status = "passed" if all(c.status == "passed" for c in checks) else "failed"
        fault = self._cache_fault(standard, own) if own else None
        return Judgement(
            status,
            checks,
            notes=self._notes(status, own, fault or ""),
            printed=next((r.printed for _, _, r in self.calls if r.printed), ""),
            answers=best.arrays(self.exercise),
            errors=best.errors(self.exercise, self.answers),
            cache_serves=None if fault is None else not fault,
            cache_fault=fault or "",
            out_of_time=status == "failed"
            and self.stopped is not None
            and self.stopped.out_of_time,
            grounds=tuple(self.grounds),
        )

    def results_when_stopped(self, reason: str) -> tuple[CheckResult, ...]:
        """The checks decided so far; the others fail for the reason that stopped the calls."""
        return tuple(
            self.results.get(check.name, _result(check, "failed", message=reason))
            for check in self.exercise.checks
        )

    # Calling

    def _attempt(self, caches: Mapping[str, Kept] | None) -> Attempt:
        missing = Returned(problem="your forward returned no cache")
        able = [case for case in self.asked if caches is None or case.name in caches]
        returned = {case.name: missing for case in self.asked}
        returned |= zip((case.name for case in able), self._calls(able, caches), strict=True)
        if self.exercise.specimens:
            self.unsteady = self._ask_again(returned)
        return Attempt(caches, returned, self.answered.compare(returned, self.unsteady))

    def _ask_again(self, returned: Mapping[str, Returned]) -> str:
        """Call a second time, in another order that is as unknown as the first.

        What a function says of those it is lent can be guessed, for it says little.  So
        nothing counts of one that says another thing of the same function.
        """
        places = [self.cases.index(case) for case in self.asked]
        return self._differs([self.asked[place] for place in places], returned)

    def _own_attempt(self) -> Attempt | None:
        """Try the backward with the own forward's caches, every forward before any backward.

        None if there are no such caches, or if a call was stopped: a forward that never
        ends is judged by itself, and costs the backward nothing.
        """
        try:
            if self.exercise.forward is None or not self.session.has(self.exercise.forward):
                return None
            asked = self.exercise.forward
            forwards = [(asked, tuple(case.inputs.values())) for case in self.cases]
            found = self.session.call_each(forwards, ("out",), keep=True)
            made = {case.name: one for case, one in zip(self.cases, found, strict=True)}
            caches = {name: one.kept for name, one in made.items() if one.kept is not None}
            wrong = {c.name for c in self.cases if not self.answered.saves(made[c.name], c)}
            return (
                replace(self._attempt(caches), wrong_results=frozenset(wrong)) if caches else None
            )
        except CallStoppedError as stopped:
            self.stopped = stopped
            return None

    def _calls(
        self, cases: Sequence[Case], caches: Mapping[str, Kept] | None = None
    ) -> list[Returned]:
        """One call for each case, with the standard caches or with these."""
        exercise = self.exercise
        calls = [
            (exercise.called(case), exercise.arguments(case, caches[case.name] if caches else None))
            for case in cases
        ]
        found = self.session.call_each(calls, exercise.outputs, keep=exercise.keeps)
        for case, (_, arguments), returned in zip(cases, calls, found, strict=True):
            self.calls.append((case, arguments, returned))
        return found

    def _cache_fault(self, standard: Attempt, own: Attempt) -> str | None:
        """What is wrong with the own forward's caches; empty if they serve.

        None if nothing shows it.  Only cases that are right with the standard cache, before
        and after, and have a cache of their own, tell: what survives from the calls before
        spoils a later one, whatever the cache.
        """
        telling = [name for name in own.caches or () if standard.right(name)]
        wrong = [case for case in self.cases if case.name in telling and not own.right(case.name)]
        if not wrong:
            return "" if telling else None
        if self.remembers or not self._right_again(wrong[0]):
            return None
        self.grounds.append(frozenset({wrong[0].name}))
        is_result = all(case.name in own.wrong_results for case in wrong)
        return CACHED_RESULT_IS_WRONG if is_result else CACHE_IS_WRONG

    def _right_again(self, case: Case) -> bool:
        """Tell whether another call with the standard cache gives the right answer."""
        try:
            [returned] = self._calls([case])
        except CallStoppedError:
            return False
        return self.answered.right(returned, case)

    # Values

    def _value_checks(self, attempts: Sequence[Attempt], best: Attempt) -> None:
        for check in self.exercise.checks:
            if check.kind not in VALUE_KINDS:
                continue
            if any(attempt.passes(check) for attempt in attempts):
                self.results[check.name] = _result(check, "passed")
            else:
                self.results[check.name] = self._failed_value(check, best)
                self.grounds += [attempt.missed(check) for attempt in attempts]

    def _failed_value(self, check: Check, attempt: Attempt) -> CheckResult:
        """The failure on an ordinary case, if any with a map of the error, and small.

        What overflowed goes first: it has a reason of its own, whatever else is wrong.
        """
        wrong = [
            (compared, case)
            for case in sorted(self.cases, key=_size)
            if case.name in check.cases
            for output in check.outputs
            if not (compared := attempt.compared[case.name, output]).right
        ]
        # The first of several minima: the smallest case.
        compared, case = min(
            wrong,
            key=lambda found: (
                found[1].is_extreme,
                not overflowed(found[0].worst),
                found[0].error_map is None,
            ),
        )
        # A sentence about a verdict names what was tried.
        judged = any(is_verdict(self.answers[case.name][output]) for output in check.outputs)
        message = compared.message
        others = set(self.exercise.outputs).difference(check.outputs)
        # It may be another output that the function failed at.
        if attempt.returned[case.name].raised and others and attempt.right_somewhere(check):
            message += f", before {' and '.join(check.outputs)} could be returned"
        return replace(
            _result(check, "failed", message),
            case="" if judged else case.title,
            worst=compared.worst,
            error_map=compared.error_map,
        )

    # Behaviour: it counts only for a function that gets some value right.

    def _behaviour_checks(self, attempts: Sequence[Attempt], best: Attempt) -> None:
        useful = any(result.status == "passed" for result in self.results.values())
        for check in self.exercise.checks:
            if check.kind in VALUE_KINDS or check.kind == "adjoint":
                continue
            if not useful:
                message = NOT_COUNTED
            elif check.kind == "dtype":
                message = self._other_dtype(check, attempts[0])
            elif check.kind == "unchanged":
                message = self._changed_arguments()
            elif check.kind == "repeatable":
                message = self._second_call(attempts, best)
                self.remembers = bool(message)
            else:
                message = ""
            self.results[check.name] = _result(check, "failed" if message else "passed", message)

    def _other_dtype(self, check: Check, standard: Attempt) -> str:
        """Integers are tried with the standard cache: a forward would turn them into floats."""
        cases = [case for case in self.cases if case.name in check.cases]
        given = [standard.returned[case.name] for case in cases]
        if not self._differs_by_dtype(check, cases, given):
            return ""
        # That was long ago, and a function that remembers is another check's matter.
        return self._differs_by_dtype(check, cases, self._calls(cases))

    def _differs_by_dtype(
        self, check: Check, cases: Sequence[Case], given: Sequence[Returned]
    ) -> str:
        as_floats = self._calls([as_float(case) for case in cases])
        return _first(
            behaviour.differs_by_dtype(self.exercise, check, *found)
            for found in zip(cases, given, as_floats, strict=True)
        )

    def _changed_arguments(self) -> str:
        return _first(
            behaviour.changes_an_argument(self.exercise, case, arguments, returned)
            for case, arguments, returned in self.calls
        )

    def _second_call(self, attempts: Sequence[Attempt], best: Attempt) -> str:
        if self.exercise.specimens:
            return self.unsteady
        # The attempt with the own forward's caches was a second call, if it gave the same.
        again = attempts[1].returned if len(attempts) > 1 else {}
        first = attempts[0].returned
        if again and all(behaviour.is_same(first[name], again[name]) for name in first):
            return ""
        return self._differs(self.cases, best.returned, best.caches)

    def _differs(
        self,
        cases: Sequence[Case],
        returned: Mapping[str, Returned],
        caches: Mapping[str, Kept] | None = None,
    ) -> str:
        """What is different in a second call, for cases whose first brought something."""
        useful = [case for case in cases if returned[case.name].outputs is not None]
        pairs = zip(useful, self._calls(useful, caches), strict=True)
        return _first(
            self._difference(case, returned[case.name], again, own=caches is not None)
            for case, again in pairs
        )

    def _difference(self, case: Case, first: Returned, again: Returned, *, own: bool) -> str:
        """What is different in ``again``, and why; ``own``: both had the own forward's cache."""
        told = behaviour.differs_on_second_call(self.exercise, case, first, again)
        if not told or not own or self.exercise.forward is None:
            return told
        # Is it the function that remembers, or the cache that is not what it was?
        inputs = tuple(case.inputs.values())
        kept = self.session.call(self.exercise.forward, inputs, ("out",), keep=True).kept
        renewed = self._calls([case], {case.name: kept})[0] if kept is not None else again
        if behaviour.differs_on_second_call(self.exercise, case, first, renewed):
            return told
        used_up = behaviour.USED_UP
        return behaviour.differs_on_second_call(self.exercise, case, first, again, used_up)

    # Adjoint pairs: last, since the other function of the pair may be endless.

    def _pair_checks(self, attempt: Attempt) -> None:
        for check in self.exercise.checks:
            if check.kind == "adjoint":
                self.results[check.name] = self._pair_check(check, attempt)

    def _pair_check(self, check: Check, attempt: Attempt) -> CheckResult:
        """It fails on the smallest case that is wrong; of a right function's partner it is told."""
        note = ""
        for case in sorted(self.cases, key=_size):
            if case.name not in check.cases:
                continue
            compared = attempt.compared[case.name, self.exercise.outputs[0]]
            returned, answer = attempt.returned[case.name], self.answers[case.name]
            told = pair_of(self.exercise, case, answer, returned, self.session).told(compared)
            if not compared.right:
                self.grounds.append(frozenset({case.name}))
                return replace(_result(check, "failed", told), case=case.title)
            note = note or told
        return replace(_result(check, "passed"), notes=(note,) if note else ())

    # Words

    def _explained(self, check: Check) -> CheckResult:
        """The result; its rule gives way to a simpler check of the same that failed, too.

        But what is nan or infinite here is not so because finite values are wrong there.
        """
        result = self.results[check.name]
        failed = [
            r
            for name in check.after
            if (r := self.results[name]).status == "failed"
            and (r.worst is None or overflowed(r.worst) or not overflowed(result.worst))
        ]
        if result.status != "failed" or not failed:
            return result
        note = f"{PROBABLY}: {failed[0].title}."
        return replace(result, rule="", notes=(*result.notes, note))

    def _notes(self, status: Status, own: Attempt | None, cache_fault: str) -> tuple[str, ...]:
        notes = [cache_fault] if cache_fault else []
        if status == "passed" and notes:
            notes.insert(0, OF_THE_FORWARD)
        if status == "failed" and self.stopped is not None:
            notes.append(f"{NOT_TRIED}: {self.stopped.reason}.")
        if status == "failed" and own is not None and self.explained:
            wrong = [c for c in sorted(self.cases, key=_size) if not own.right(c.name)]
            if is_gradient_of_own_forward(self.exercise, wrong, self.answers, self.session):
                notes.append(EXACT_GRADIENT_OF_WRONG_FORWARD)
        return tuple(notes)


def _is_stub(returned: Returned) -> bool:
    return isinstance(returned.raised, Raised) and returned.raised.type == STUB


def _size(case: Case) -> int:
    """The number of entries of all arrays of a case."""
    return sum(v.size for v in case.inputs.values() if isinstance(v, np.ndarray))


def _first(sentences: Iterable[str]) -> str:
    """The first sentence that says something; what is not needed is not tried."""
    return next(filter(None, sentences), "")
