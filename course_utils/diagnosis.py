"""Name the mistake behind wrong results, and find a case small enough to work by hand.

First the nearest known mistake: its recorded results are compared with what came back.
Else the pattern of the error.  A sentence says "matches exactly" or "looks like", so
that a guess is never shown as a certainty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.comparison import compare
from course_utils.exercise import Array, Case, Exercise, Session, Value
from course_utils.judgement import Judgement
from course_utils.judging import judge
from course_utils.mistake import KnownMistake, Result
from course_utils.patterns import pattern
from course_utils.recorded import Recorded
from course_utils.signature import Signature

#: The level of help from which each part is shown; the pattern always is.
HINT_QUESTION, HINT_EXAMPLE, HINT_NAME = 2, 3, 4

#: On so many cases a known mistake must agree where it differs from the right answer.
ENOUGH_CASES = 2
#: Arrays with more entries than this are not printed.
LARGEST_PRINTED = 60


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a mistake, as help that climbs.

    ``pattern`` says what the error looks like, ``question`` points to the place,
    ``example`` is code that reproduces the smallest failing case, ``name`` is the known
    mistake with the rule that holds instead.  Each may be empty.  ``mistakes`` are the
    ids of the catalogue's rows that fit, best first.
    """

    pattern: str = ""
    question: str = ""
    example: str = ""
    name: str = ""
    mistakes: tuple[str, ...] = ()

    def up_to(self, hint: int) -> "Diagnosis":
        """The part that is shown at this level: 1 pattern, 2 question, 3 example, 4 name."""
        return Diagnosis(
            pattern=self.pattern,
            question=self.question if hint >= HINT_QUESTION else "",
            example=self.example if hint >= HINT_EXAMPLE else "",
            name=self.name if hint >= HINT_NAME else "",
            mistakes=self.mistakes,
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The help in words, without the example."""
        return tuple(text for text in (self.pattern, self.question, self.name) if text)


def diagnose(recorded: Recorded, judgement: Judgement, session: Session) -> Diagnosis:
    """Diagnose a failed ``judgement`` of ``recorded``'s visible cases."""
    if judgement.status != "failed" or judgement.reason:
        return Diagnosis()
    found = nearest(judgement, recorded.mistakes, right_results(recorded))
    question = name = ""
    mistakes: tuple[str, ...] = ()
    if found is not None:
        exact, rows = found
        how = "This matches exactly a known mistake" if exact else "This looks like a known mistake"
        question = rows[0].question
        name = f"{how}: {rows[0].title}. {rows[0].remedy}"
        mistakes = tuple(row.id for row in rows)
    return Diagnosis(
        pattern=_common_pattern(recorded, judgement),
        question=question,
        example=smallest_example(recorded, session),
        name=name,
        mistakes=mistakes,
    )


def results_of(judgement: Judgement, cases: Sequence[str]) -> dict[str, Result]:
    """What a function did with each case, as it is recorded and compared."""
    return {
        name: (
            {output: Signature.of(array) for output, array in judgement.answers[name].items()}
            if name in judgement.answers
            else judgement.errors.get(name, "")
        )
        for name in cases
    }


def right_results(recorded: Recorded) -> dict[str, Result]:
    """The results of a right function."""
    return {
        name: {output: Signature.of(array) for output, array in answer.items()}
        for name, answer in recorded.answers.items()
        if name in recorded.exercise.cases
    }


def failed_checks(judgement: Judgement) -> tuple[str, ...]:
    """The names of the checks that failed."""
    return tuple(check.name for check in judgement.checks if check.status == "failed")


def nearest(
    judgement: Judgement, mistakes: Sequence[KnownMistake], right: Mapping[str, Result]
) -> tuple[bool, list[KnownMistake]] | None:
    """The known mistakes that explain the results, and whether they match exactly.

    Exactly: the same result on every case, and the same checks failed; where results
    differ from the right ones, at least one must be an array, for two mistakes may raise
    the same error.  Otherwise a mistake must agree on at least two cases where it differs
    from the right answer.
    """
    results = results_of(judgement, list(right))
    failed = failed_checks(judgement)
    exact: list[KnownMistake] = []
    near: list[tuple[int, KnownMistake]] = []
    for mistake in mistakes:
        agreeing = [name for name in right if _agree(results[name], mistake.results[name])]
        telling = [name for name in agreeing if not _agree(right[name], mistake.results[name])]
        arrays = [name for name in telling if not isinstance(results[name], str)]
        same = len(agreeing) == len(right) and mistake.failed == failed
        if same and (arrays or not telling):
            exact.append(mistake)
        elif same or len(arrays) >= ENOUGH_CASES:
            near.append((len(agreeing), mistake))
    if exact:
        return True, exact
    if near:
        near.sort(key=lambda item: -item[0])
        return False, [mistake for _, mistake in near]
    return None


def _agree(a: Result, b: Result) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return a.keys() == b.keys() and all(a[output].matches(b[output]) for output in a)


def _common_pattern(recorded: Recorded, judgement: Judgement) -> str:
    """The pattern that every wrong case of an output shows; empty when they disagree.

    What fits one case by accident does not fit them all.
    """
    for output in recorded.exercise.outputs:
        seen = set()
        for name, answer in judgement.answers.items():
            expected = recorded.answers[name][output]
            got = answer.get(output)
            if got is None or expected.size == 1 or compare(output, got, expected).right:
                continue
            seen.add(pattern(output, got, expected, recorded.cases[name].inputs))
        if len(seen) == 1 and (sentence := seen.pop()):
            return sentence
    return ""


def smallest_example(recorded: Recorded, session: Session) -> str:
    """Code that reproduces the smallest failing case, with both results where they fit.

    Tries the recorded tiny cases, smallest first; empty when none of them fails, or when
    the function is stopped in one.
    """
    exercise = recorded.exercise
    for name in recorded.tiny:
        tried = recorded.only(name)
        judgement = judge(tried.exercise, tried.cases, tried.answers, session)
        if judgement.reason:
            return ""
        if judgement.status == "failed":
            got = judgement.answers.get(name, {})
            wrong = [
                _outcome(output, got.get(output), expected, judgement.errors.get(name, ""))
                for output, expected in tried.answers[name].items()
            ]
            setup = _setup(tried.cases[name], exercise)
            return "\n".join([*setup, *(line for line in wrong if line)])
    return ""


def _setup(case: Case, exercise: Exercise) -> list[str]:
    lines = [f"{name} = {_literal(value)}" for name, value in {**case.inputs, **case.saved}.items()]
    outputs = [*exercise.outputs, *(["cache"] if exercise.keeps else [])]
    if exercise.forward is None:
        return [*lines, f"{', '.join(outputs)} = {exercise.function}({', '.join(case.inputs)})"]
    names = exercise.cache or tuple(case.inputs)
    # A cache of one item is a tuple, too.
    cache = f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"
    return [
        *lines,
        f"{exercise.upstream} = {_literal(case.dout)}",
        f"{', '.join(outputs)} = {exercise.function}({exercise.upstream}, {cache})",
    ]


def _outcome(output: str, got: Array | None, expected: Array, error: str) -> str:
    if got is None:
        return f"# {output}: {error}" if error else ""
    if compare(output, got, expected).right:
        return ""
    return f"# {output} should be {_literal(expected)}\n# {output} is        {_literal(got)}"


def _literal(value: Value) -> str:
    """A value as code; the text of a large array gives its shape only."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > LARGEST_PRINTED:
        return f"an array of shape {value.shape}"
    if value.size == 0:
        return f"np.zeros({value.shape})"
    text = str(np.round(value, 4).tolist())
    if value.dtype.kind == "f":
        # 3.0 → 3. as NumPy prints it: short, and still a float.
        text = text.replace(".0,", ".,").replace(".0]", ".]")
    return f"np.array({text})"
