"""Name the mistake behind wrong results.

First the nearest known mistake: its recorded results are compared with what came back.
Else the pattern of the error.  A sentence says "matches exactly" or "looks like", so
that a guess is never shown as a certainty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from course_utils.acceptance import is_verdict
from course_utils.behaviour import changed_by
from course_utils.comparison import compare
from course_utils.crash import wrong_call
from course_utils.exercise import VALUE_KINDS, Session
from course_utils.judgement import Judgement
from course_utils.judging import NOT_COUNTED
from course_utils.mistake import KnownMistake, Result, same_result
from course_utils.patterns import Wrong, order_pattern, pattern
from course_utils.recorded import Recorded
from course_utils.signature import signed
from course_utils.smallest_example import smallest_example

#: The level of help from which each part is shown; the pattern always is.
HINT_QUESTION, HINT_EXAMPLE, HINT_NAME = 2, 3, 4

#: What is said of the small case where nothing else is known, and where there is none.
SEE_EXAMPLE = "The smallest case that shows it is below: small enough to work it out by hand."
SEE_CRASH = "The smallest case that shows it is below, to be run in a cell."
NO_EXAMPLE = "No small case shows it; start from the case that is named with what failed."
NO_CASE = "No small case shows it; start from what is said of what failed."

#: How a mistake is named that has been made beyond doubt.
EXACTLY = "This matches exactly a known mistake"
#: What is said first where a second call gave another answer than the first.
LEFT_BEHIND = (
    "Numbers may be off by what earlier calls (earlier checks, too) left behind; run the cell of "
    "the function again."
)
#: On so many cases a known mistake must agree where it differs from the right answer.
ENOUGH_CASES = 2
#: So many mistakes with the same results are named.
MOST_NAMED = 2


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a mistake, as help that climbs.

    ``helper`` names the helpers that are wrong themselves, ``pattern`` says what the error
    looks like, ``question`` points to the place, ``example`` is code that reproduces the
    smallest failing case, ``name`` is the known mistake with the rule that holds instead.
    ``unknown`` says that there is no known mistake that fits, ``remark`` something about
    the example.  Each may be empty.  ``mistakes`` are the ids of the catalogue's rows that
    fit, best first.
    """

    pattern: str = ""
    question: str = ""
    example: str = ""
    name: str = ""
    mistakes: tuple[str, ...] = ()
    unknown: str = ""
    remark: str = ""
    helper: str = ""

    def up_to(self, hint: int) -> "Diagnosis":
        """The part that is shown at this level: 1 pattern, 2 question, 3 example, 4 name.

        Where no known mistake fits, level 2 says so and shows the example: nothing else
        is to come.
        """
        asked = hint >= HINT_QUESTION
        with_example = hint >= HINT_EXAMPLE or bool(asked and self.unknown)
        return Diagnosis(
            pattern=self.pattern,
            question=self.question if asked else "",
            example=self.example if with_example else "",
            name=self.name if hint >= HINT_NAME else "",
            mistakes=self.mistakes,
            unknown=self.unknown if asked else "",
            remark=self.remark if with_example else "",
            helper=self.helper,
        )

    def beside(self, helpers: Sequence[str]) -> "Diagnosis":
        """The same beside wrong ``helpers``: only what matches exactly is a mistake made here."""
        if not helpers:
            return self
        wrong = " and ".join(helpers)
        are, them = ("is", "it") if len(helpers) == 1 else ("are", "them")
        told = f"{wrong} {are} not right yet: if this calls {them}, mend {them} first."
        if self.name.startswith(EXACTLY):
            return replace(self, helper=told)
        return replace(self, helper=told, question="", name="", mistakes=(), unknown="")

    def levels(self) -> tuple[int, ...]:
        """The levels of help that show something which the level before does not."""
        return tuple(
            hint
            for hint in range(HINT_QUESTION, HINT_NAME + 1)
            if self.up_to(hint) != self.up_to(hint - 1)
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The help in words, without the example."""
        told = (self.helper, self.pattern, self.unknown, self.question, self.name, self.remark)
        return tuple(text for text in told if text)


def diagnose(recorded: Recorded, judgement: Judgement, session: Session) -> Diagnosis:
    """Diagnose a failed ``judgement`` of ``recorded``'s visible cases."""
    if judgement.status != "failed" or judgement.reason:
        return Diagnosis()
    found = nearest(
        judgement, recorded.mistakes, recorded.right_results, _explaining(recorded, judgement)
    )
    call = wrong_call(recorded.exercise, next(iter(recorded.cases.values())), judgement.errors)
    # What is wrong with all outputs at once is all that is wrong with them.
    whole = call or _order(recorded, judgement)
    pattern = whole or _common_pattern(recorded, judgement)
    if survives(judgement):
        pattern = LEFT_BEHIND
    example = smallest_example(recorded, session, {check.name for check in judgement.settled})
    if found is None:
        remark = _remark(judgement) if example else _without_example(recorded, judgement)
        unknown = "" if whole else _unknown(judgement)
        return Diagnosis(pattern, example=example, unknown=unknown, remark=remark)
    exact, rows = found
    vague = bool(recorded.exercise.by_share) or _is_right(rows[0], recorded.right_results)
    alike = _alike(rows, vague=vague)
    return Diagnosis(
        pattern=pattern,
        question=" ".join(dict.fromkeys(row.question for row in alike)),
        example=example,
        name=_name(alike, exact=exact, vague=vague),
        mistakes=tuple(row.id for row in rows),
        remark="" if example else _without_example(recorded, judgement),
    )


def survives(judgement: Judgement) -> bool:
    """Tell whether a second call was found to give another answer than the first."""
    return any(
        check.kind == "repeatable" and check.status == "failed" and check.message != NOT_COUNTED
        for check in judgement.checks
    )


def _explaining(recorded: Recorded, judgement: Judgement) -> dict[str, tuple[str, ...]]:
    """The failed checks that make other values wrong in ways that nobody has recorded.

    With each the cases that it is about: it says nothing where one of them crashes.
    """
    failed = failed_checks(judgement)
    return {
        check.name: check.cases
        for check in recorded.exercise.checks
        if check.name in failed
        and (check.explains or (check.kind == "repeatable" and survives(judgement)))
        and judgement.errors.keys().isdisjoint(check.cases)
    }


def _alike(rows: Sequence[KnownMistake], *, vague: bool) -> list[KnownMistake]:
    """The first row, and those that no visible case tells from it.

    ``vague``: all that is known of a row is a word for what became of its predictions, or
    which check of its behaviour failed.  It fits many, and each as well as another.
    """
    first = rows[0]
    same = [row for row in rows if alike(row, first)]
    return same if vague else same[:MOST_NAMED]


def _is_right(row: KnownMistake, right: Mapping[str, Result]) -> bool:
    """Tell whether a known mistake gives no wrong result: another check finds it."""
    return all(same_result(result, row.results[case]) for case, result in right.items())


def _name(alike: Sequence[KnownMistake], *, exact: bool, vague: bool) -> str:
    """The first known mistake with its rule; of the others that would do as well, the same."""
    first, *others = alike
    if others and vague:
        titles = "; ".join(row.title for row in alike)
        remedy = first.remedy if all(row.remedy == first.remedy for row in others) else ""
        return f"This looks like one of these known mistakes: {titles}. {remedy}".rstrip()
    how = EXACTLY if exact else "This looks like a known mistake"
    sentences = [f"{how}: {first.title}. {first.remedy}"]
    for other in others:
        sentences.append(f"Or, with the same results: {other.title}.")
        if other.remedy != first.remedy:
            sentences.append(other.remedy)
    return " ".join(sentences)


def _unknown(judgement: Judgement) -> str:
    """That no known mistake fits, in words that fit what came back."""
    failed = [check for check in judgement.checks if check.status == "failed"]
    if all(check.kind not in VALUE_KINDS for check in failed):
        return "No known mistake behaves like this."
    if any(check.worst is not None for check in failed):
        return "No known mistake gives these numbers."
    return "No known mistake fails in this way."


def _remark(judgement: Judgement) -> str:
    """That there is a small case; by hand can be worked out what has an answer."""
    return SEE_EXAMPLE if judgement.answers else SEE_CRASH


def _without_example(recorded: Recorded, judgement: Judgement) -> str:
    """Where to start instead of a small case."""
    titles = [case.title for case in recorded.cases.values()]
    failed = [check for check in judgement.checks if check.status == "failed"]
    named = any(c.case or any(title in c.message for title in titles) for c in failed)
    return NO_EXAMPLE if named else NO_CASE


def results_of(judgement: Judgement, cases: Sequence[str]) -> dict[str, Result]:
    """What a function did with each case, as it is recorded and compared."""
    return {
        name: (
            signed(judgement.answers[name])
            if name in judgement.answers
            else judgement.errors.get(name, "")
        )
        for name in cases
    }


def failed_checks(judgement: Judgement) -> tuple[str, ...]:
    """The names of the checks that failed."""
    return tuple(check.name for check in judgement.checks if check.status == "failed")


def changed_argument(judgement: Judgement) -> str:
    """The argument that the function wrote to; empty if it left all as they were."""
    told = (changed_by(check.message) for check in judgement.checks if check.kind == "unchanged")
    return next(filter(None, told), "")


def alike(a: KnownMistake, b: KnownMistake) -> bool:
    """Tell whether no visible case tells one from the other."""
    return (a.results, a.failed, a.changed) == (b.results, b.failed, b.changed)


def nearest(
    judgement: Judgement,
    mistakes: Sequence[KnownMistake],
    right: Mapping[str, Result],
    explaining: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[bool, list[KnownMistake]] | None:
    """The known mistakes that explain the results, and whether they match exactly.

    Exactly: the same result on every case, the same checks failed, the same argument
    changed, and on at least ENOUGH_CASES cases arrays that are not the right ones.  Two
    mistakes may raise the same error, or change the same argument, so agreement in these
    alone is only likely; so is agreement in that many wrong arrays where other cases differ.  Where
    nothing agrees, a check in ``explaining`` that failed tells enough: of the mistakes that
    fail it, too, and by no crash, those that fail most of the same checks.
    """
    results = results_of(judgement, list(right))
    behaved = failed_checks(judgement), changed_argument(judgement)
    exact: list[KnownMistake] = []
    near: list[tuple[int, KnownMistake]] = []
    for mistake in mistakes:
        agreeing = [name for name in right if same_result(results[name], mistake.results[name])]
        telling = [
            name
            for name in agreeing
            if not isinstance(results[name], str)
            and not same_result(right[name], mistake.results[name])
        ]
        same = len(agreeing) == len(right) and (mistake.failed, mistake.changed) == behaved
        enough = len(telling) >= ENOUGH_CASES
        if same and enough:
            exact.append(mistake)
        elif same or enough:
            near.append((len(agreeing), mistake))
    if exact:
        return True, exact
    if not near:
        near = [
            (-len(set(mistake.failed) ^ set(behaved[0])), mistake)
            for mistake in mistakes
            if any(_fails(mistake, check, cases) for check, cases in explaining.items())
        ]
    near.sort(key=lambda item: item[0], reverse=True)
    return (False, [mistake for _, mistake in near]) if near else None


def _fails(mistake: KnownMistake, check: str, cases: Sequence[str]) -> bool:
    """Tell whether a mistake fails a check of these cases (or of all), and not by a crash."""
    crashed = [isinstance(mistake.results[case], str) for case in cases or mistake.results]
    return check in mistake.failed and not (any(crashed) if cases else all(crashed))


def _order(recorded: Recorded, judgement: Judgement) -> str:
    """That the outputs came in another order; a tool's word about a function has none."""
    exercise = recorded.exercise
    expected = {name: recorded.answers[name] for name in judgement.answers}
    if exercise.by_share or any(
        is_verdict(a) for answer in expected.values() for a in answer.values()
    ):
        return ""
    return order_pattern([(judgement.answers[name], answer) for name, answer in expected.items()])


def _common_pattern(recorded: Recorded, judgement: Judgement) -> str:
    """The pattern of the first output whose wrong arrays, in all cases, have one.

    What a tool says of functions is no array: it has none.
    """
    for output in recorded.exercise.outputs:
        wrong = []
        for name, answer in judgement.answers.items():
            expected = recorded.answers[name][output]
            if is_verdict(expected):
                continue
            got = answer.get(output)
            if got is not None and not compare(output, got, expected).right:
                wrong.append(Wrong(got, expected, recorded.cases[name].inputs))
        if sentence := pattern(output, wrong, recorded.exercise.axes.get(output, ())):
            return sentence
    return ""
