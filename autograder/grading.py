"""Submission × questions → Verdict.

The parent judges: hidden inputs, answers, comparisons and scores exist in this process
only.  The child runs the student's cells and computes.
"""

import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from autograder.exercises import Question
from autograder.exercises.question import stream
from autograder.preparation import Functions, confirm, deciding, make
from autograder.reference import Reference
from autograder.release import Release
from autograder.running import NotebookRun, SlowError
from autograder.sandbox import Isolation, Limits, SandboxError
from autograder.submission import Submission
from autograder.verdict import ExerciseVerdict, Verdict, digest
from course_utils import recorded
from course_utils.diagnosis import Diagnosis, diagnose
from course_utils.exercise import Case, CheckResult, Session, Status
from course_utils.judgement import Judgement
from course_utils.judging import NO_FUNCTION, judge
from course_utils.report_card import ReportCard

log = logging.getLogger(__name__)

#: A function that used up its time is tried once more with this many times as much,
#: once per submission: a busy machine must not cost points.
RETRY_FACTOR = 5.0

ONLY_VISIBLE_CASES = (
    "The function is right on the cases that check shows, and wrong on fresh ones of the "
    "same sizes: it knows the shown numbers, or is right on them by luck."
)
ONLY_FRESH = "right on the numbers that check shows, wrong on fresh ones of the same sizes"


@dataclass(frozen=True)
class Grader:
    """All that grading the submissions of one assignment needs."""

    release: Release
    questions: Sequence[Question]
    reference: Reference
    secret: bytes
    isolation: Isolation
    limits: Limits = field(default_factory=Limits)
    #: Take the place of reference functions where time counts, see ``judge``.
    shortcuts: Functions = field(default_factory=dict)
    #: Exercises whose judges were found to agree.
    _proved: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    @cached_property
    def _asked(self) -> str:
        """A hash of what is asked.  The visible cases stand for the recipes that made them."""
        parts = [
            *(recorded.text(q.exercise.name) for q in self.questions),
            *(self.reference.source(name) for name in sorted(self.reference.functions)),
            repr(self.release),
            self.isolation.tier,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def key(self, submission: Submission) -> str:
        """Identifies what a verdict depends on: submission, exercises, reference, tier."""
        said = json.dumps([submission.fingerprint, sorted(_written(submission).items())])
        return hashlib.sha256(f"{said}\0{self._asked}".encode()).hexdigest()

    def content(self, handed_in: bytes) -> str:
        """Identifies what was handed in, byte by byte, and what it is judged by."""
        digest = hashlib.sha256(self._asked.encode())
        digest.update(handed_in)
        return digest.hexdigest()

    def seed(self, submission: Submission) -> bytes:
        """The seed of the hidden cases, fresh for every student and every version of the code."""
        text = f"{submission.student}\0{submission.assignment}\0{submission.fingerprint}"
        return hmac.new(self.secret, text.encode("utf-8", "replace"), hashlib.sha256).digest()

    def run(self, submission: Submission, **patience: bool) -> NotebookRun:
        """Where the submission's cells run and its functions are called.

        ``patience`` is what ``NotebookRun`` is told of kills and of hurry.
        """
        return NotebookRun(submission, self.release, self.isolation, self.limits, **patience)

    def judge(self, question: Question, seed: bytes, session: Session) -> Judgement:
        """Judge one function, on the cases of ``seed``.

        Answers come from shortcuts where there are some.  But no function is judged before
        shortcuts, references and finite differences agree on cases of the grader's own,
        and none loses a point before they agree on a case that it lost it for.  Raises
        ReferenceDisagreesError where they do not.
        """
        functions = {**self.reference.functions, **self.shortcuts}
        name = question.exercise.name
        if name not in self._proved:
            own = hmac.new(self.secret, name.encode(), hashlib.sha256).digest()
            confirm(question, self.reference, own, make(question, functions, own))
            self._proved.add(name)
        made = make(question, functions, seed)
        cases = _shuffled(question, seed, made.cases)
        judgement = judge(question.exercise, cases, made.answers, session)
        if judgement.grounds:
            lost_for = deciding(question, made, judgement.grounds)
            confirm(question, self.reference, seed, made, lost_for)
        return judgement

    def replay(self, submission: Submission, seed: bytes) -> Mapping[str, Judgement]:
        """What judging finds on the cases of ``seed``, by exercise.

        It tells of hidden cases: not for students.  Raises SandboxError if the sandbox fails.
        """
        with self.run(submission) as run:
            return _Judging(self, submission, run, seed).all()

    def grade(self, submission: Submission, *, hurried: bool = False) -> Verdict:
        """Judge every exercise of the assignment.  Never raises for anything submitted.

        But if ``hurried``: then SlowError says that a limit of time was reached, and that
        all is to be done again without hurry.
        """
        seed = self.seed(submission)
        try:
            judging, judgements = self._judged(submission, seed, hurried=hurried)
        except SlowError:
            raise
        except SandboxError as error:
            return self.not_judged(submission, f"the sandbox failed: {error}")
        except Exception as error:
            # Whatever goes wrong in our own code is not the student's zero.
            log.exception("grading %s", submission.student)
            return self.not_judged(submission, f"the grader failed: {error!r}")
        faults = [j.reason for j in judgements.values() if j.status == "not judged"]
        return Verdict(
            student=submission.student,
            assignment=submission.assignment,
            status="not judged" if faults else "judged",
            exercises=tuple(
                _verdict(q, judgements[q.exercise.name], judging.shown(q.exercise.name))
                for q in self.questions
            ),
            reason=faults[0] if faults else "",
            key=self.key(submission),
            seed=seed.hex(),
            tier=self.isolation.tier,
            written=_written(submission),
        )

    def _judged(
        self, submission: Submission, seed: bytes, *, hurried: bool
    ) -> tuple["_Judging", Mapping[str, Judgement]]:
        """Judge everything; once more if the sandbox fails, or the system kills a process of it.

        That may be chance: the memory of the machine, or a hand.  The second time it counts:
        a failure is raised as SandboxError, and a process that is killed is the submission's.
        """
        for chance in (True, False):
            try:
                with self.run(submission, kill_is_chance=chance, hurried=hurried) as run:
                    judging = _Judging(self, submission, run, seed)
                    return judging, judging.all()
            except SandboxError:
                if not chance:
                    raise
        raise AssertionError

    def not_judged(self, submission: Submission, reason: str) -> Verdict:
        """The verdict when the fault is ours."""
        return Verdict(
            submission.student,
            submission.assignment,
            "not judged",
            reason=reason,
            key=self.key(submission),
            seed=self.seed(submission).hex(),
            tier=self.isolation.tier,
            written=_written(submission),
        )


@dataclass(frozen=True)
class _Shown:
    """What may be told of a failure: what the visible cases say, which anybody can repeat."""

    judgement: Judgement | None = None
    diagnosis: Diagnosis = field(default_factory=Diagnosis)


class _Judging:
    """Judging one submission: each exercise when its grade cell is reached."""

    def __init__(
        self, grader: Grader, submission: Submission, run: NotebookRun, seed: bytes
    ) -> None:
        self.grader = grader
        self.submission = submission
        self.run = run
        self.seed = seed
        self.retried = False
        self._shown: dict[str, _Shown] = {}

    def shown(self, name: str) -> _Shown:
        """What the visible cases say of the exercise; nothing if they were not asked."""
        return self._shown.get(name, _Shown())

    def all(self) -> Mapping[str, Judgement]:
        """Judgements by exercise name."""
        found: dict[str, Judgement] = {}
        for position, question in self._in_order():
            if question.exercise.specimens:
                self.run.fresh(position)
            else:
                self.run.advance(position)
            found[question.exercise.name] = self._one(question)
            self._diagnose(question, found)
            self._tell_caches(found)
        return found

    def _tell_caches(self, found: dict[str, Judgement]) -> None:
        """What a backward showed of its forward's cache counts for the forward."""
        for question in self.grader.questions:
            name, backward = question.exercise.name, found.get(question.exercise.consumer)
            if name in found and backward is not None:
                told = found[name].with_cache(backward)
                if told.checks != found[name].checks:
                    found[name] = told
                    self._diagnose(question, found, backward)

    def _in_order(self) -> list[tuple[int, Question]]:
        """Where each exercise is judged: at its grade cell, or at the end if that is gone.

        Those whose functions are lent others come last, whatever their place.
        """
        places = []
        for question in self.grader.questions:
            position = self.submission.position(question.exercise.name)
            places.append((self.run.cells if position is None else position, question))
        return sorted(places, key=lambda place: (place[1].exercise.specimens, place[0]))

    def _one(self, question: Question) -> Judgement:
        try:
            with self._allowed(question):
                judgement = self.grader.judge(question, self.seed, self.run)
            if judgement.out_of_time and not self.retried:
                self.retried = True
                with self._allowed(question, RETRY_FACTOR):
                    judgement = self.grader.judge(question, self.seed, self.run)
        except (SandboxError, SlowError):
            raise
        except Exception as error:
            log.exception("judging %s of %s", question.exercise.name, self.submission.student)
            return Judgement("not judged", (), reason=f"the grader failed: {error!r}")
        function = question.exercise.function
        why = self.run.why_missing(function)
        if why and judgement.reason == NO_FUNCTION.format(function):
            return replace(judgement, reason=f"{judgement.reason}; {why}")
        return judgement

    @contextlib.contextmanager
    def _allowed(self, question: Question, factor: float = 1.0) -> Iterator[None]:
        """Let calls take the processor time of this exercise, or so many times as much."""
        usual = self.run.call_cpu_seconds
        self.run.call_cpu_seconds = factor * max(usual, question.exercise.cpu_seconds)
        try:
            yield
        finally:
            self.run.call_cpu_seconds = usual

    def _diagnose(
        self,
        question: Question,
        judged: Mapping[str, Judgement],
        backward: Judgement | None = None,
    ) -> None:
        """Name the mistake by the visible cases, as the student's own ``check`` does.

        ``judged`` is what was found so far, by exercise; ``backward`` is what showed a
        forward's cache to be wrong.  A diagnosis is words: when it cannot be had, the
        judgement stands without it.
        """
        judgement = judged[question.exercise.name]
        if judgement.status != "failed" or judgement.reason:
            return
        helpers = [
            name
            for name in question.exercise.helpers
            if name in judged and judged[name].status == "failed"
        ]
        try:
            visible = _visible(question.exercise.name)
            with self._allowed(question):
                settled = judgement.settled
                asked = visible.exercise.without({check.name for check in settled})
                # What explains the failure has been looked for on the hidden cases.
                local = judge(asked, visible.cases, visible.answers, self.run, explained=False)
                local = replace(local, checks=(*local.checks, *settled))
                local = local.with_cache(backward) if backward else local
                found = diagnose(visible, local, self.run).beside(helpers)
        except (SandboxError, SlowError):
            raise
        except Exception:
            log.exception("diagnosing %s of %s", question.exercise.name, self.submission.student)
            return
        if local.status == "passed":
            found = Diagnosis(pattern=ONLY_VISIBLE_CASES)
        self._shown[question.exercise.name] = _Shown(local, found)


@cache
def _visible(exercise: str) -> recorded.Recorded:
    """The recorded exercise.  Submissions get copies, so nothing changes it."""
    return recorded.load(exercise)


def _written(submission: Submission) -> dict[str, str]:
    return {grade_id: digest(text) for grade_id, text in submission.written}


def _shuffled(question: Question, seed: bytes, cases: Mapping[str, Case]) -> Mapping[str, Case]:
    """The cases in the order in which they are asked: where functions are lent, the seed's.

    Each of those is right or wrong, so a test that only counts its calls would know which.
    """
    if not question.exercise.specimens:
        return cases
    order = stream(seed, question.exercise.name, "order").permutation(len(cases))
    items = list(cases.items())
    return dict(items[place] for place in order)


def _verdict(question: Question, judgement: Judgement, shown: _Shown) -> ExerciseVerdict:
    status: Status = judgement.status
    return ExerciseVerdict(
        exercise=question.exercise.name,
        share=None if status == "not judged" else judgement.earned,
        card=ReportCard(
            function=question.exercise.function,
            status=status,
            checks=_without_hidden(judgement, shown.judgement),
            reason=judgement.reason,
            diagnosis=(*judgement.notes, *shown.diagnosis.sentences),
            example=shown.diagnosis.example,
            printed=shown.judgement.printed if shown.judgement else "",
        ),
    )


def _without_hidden(judgement: Judgement, visible: Judgement | None) -> tuple[CheckResult, ...]:
    """The checks, with what the visible cases say of each failure instead of the hidden ones.

    Of a hidden case no number may reach a page, nor words of the submission, which could
    hold its numbers: a message of an exception, something printed, the name of a type.
    """
    seen = {check.name: check for check in visible.checks} if visible else {}
    checks = []
    for check in judgement.checks:
        same = seen.get(check.name)
        if check.status != "failed" or check.kind == "cache":
            checks.append(check)
        elif same is not None and same.status == "failed":
            checks.append(same)
        elif judgement.reason and check.message == judgement.reason:
            checks.append(check)
        else:
            message = ONLY_FRESH if same else ""
            checks.append(replace(check, message=message, worst=None, error_map=None))
    return tuple(checks)
