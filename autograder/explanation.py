"""Why a mark is what it is: a verdict is replayed from its seed, for whoever must explain it.

It shows what no student may see: the hidden cases and what came back for them.
"""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import UsageError
from autograder.exercises import QUESTIONS, Question
from autograder.grading import Grader
from autograder.preparation import make
from autograder.release import released_cells
from autograder.store import VerdictStore
from autograder.submission import (
    UnreadableError,
    read_submission,
    student_folders,
    submission_file,
)
from autograder.verdict import ExerciseVerdict, Verdict
from course_utils.card_text import wrapped
from course_utils.diagnosis import SEE_CRASH, SEE_EXAMPLE
from course_utils.exercise import CheckResult
from course_utils.judgement import Judgement
from course_utils.smallest_example import as_code


@dataclass(frozen=True)
class Explanation:
    """One exercise of one student: the kept verdict, and what judging it again finds.

    ``code`` calls the function with the hidden case that the first failed check shows.
    ``changed`` says why the outcome may be another one than the kept; it is empty where
    nothing has changed.
    """

    verdict: Verdict
    exercise: ExerciseVerdict
    maximum: float
    judgement: Judgement
    code: tuple[str, ...]
    changed: str = ""

    @property
    def same(self) -> bool:
        """Whether judging again earns the same share of the points."""
        return self.exercise.share == self.judgement.earned

    def text(self) -> str:
        """What a teaching assistant reads."""
        score = self.exercise.score(self.maximum)
        shown = "no score" if score is None else f"{score:g} of {self.maximum:g} points"
        again = f"{self.judgement.earned * self.maximum:g} of {self.maximum:g} points"
        lines = [
            f"{self.verdict.student}, {self.exercise.exercise}: {shown}",
            f"Judged again with the seed of that verdict: {'the same' if self.same else again}",
            *([f"  {self.changed}"] if self.changed else []),
            "",
        ]
        whole = sum(check.weight for check in self.judgement.checks)
        for check in self.judgement.checks:
            worth = f"{check.weight / whole * self.maximum:.2f} points"
            lines.append(f"{check.status}: {check.title} ({worth})")
            lines += self._found(check)
        if self.judgement.reason:
            lines += wrapped(self.judgement.reason, "The reason: ", "  ")
        for note in (*self.judgement.notes, *self._diagnosis()):
            lines += ["", *wrapped(note, "")]
        if self.code:
            lines += ["", "A hidden case that fails:"]
            lines += [f"    {line}" for line in self.code]
        return "\n".join(lines)

    def _diagnosis(self) -> tuple[str, ...]:
        """What was told with the verdict, but for the small case, if it is about the same."""
        if self.changed or not self.same:
            return ()
        told = self.exercise.card.diagnosis
        return tuple(sentence for sentence in told if sentence not in (SEE_EXAMPLE, SEE_CRASH))

    def _found(self, check: CheckResult) -> list[str]:
        if check.status != "failed":
            return []
        found = [*wrapped(check.message, "  ")] if check.message else []
        if check.worst is not None:
            place = ", ".join(map(str, check.worst.index))
            found.append(
                f"  worst: {check.worst.output}[{place}] is {check.worst.got:.6g}, "
                f"expected {check.worst.expected:.6g}"
            )
        return [*found, f"  with {check.case}"] if check.case else found

    def data(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "student": self.verdict.student,
            "assignment": self.verdict.assignment,
            "exercise": self.exercise.exercise,
            "seed": self.verdict.seed,
            "score": self.exercise.score(self.maximum),
            "maximum": self.maximum,
            "same": self.same,
            "changed": self.changed,
            "checks": [
                {
                    "name": check.name,
                    "status": check.status,
                    "weight": check.weight,
                    "message": check.message,
                    "case": check.case,
                }
                for check in self.judgement.checks
            ],
            "code": list(self.code),
        }


def assignment_of(course: Course, exercise: str) -> str:
    """The assignment that asks for an exercise.

    Raises UsageError if none does, with what the name may have been meant for.
    """
    names = {a: [q.exercise.name for q in questions] for a, questions in QUESTIONS.items()}
    for assignment, known in names.items():
        if exercise in known:
            return assignment
    if exercise in names:
        listed = ", ".join(names[exercise])
        raise UsageError(
            f"{exercise} is an assignment; expected one of its exercises: {listed}; name that one"
        )
    for assignment in course.notebooks:
        cells = released_cells(course, assignment)
        if any((cell.grade_id, cell.kind) == (exercise, "manual") for cell in cells):
            raise UsageError(
                f"{exercise} is a written answer of {assignment}; a person reads it, so there is "
                "no verdict to explain; see it in formgrader or on the feedback page"
            )
    every = [name for known in names.values() for name in known]
    close = get_close_matches(exercise, every, n=3)
    advice = f"the closest are {', '.join(close)}" if close else f"there are {', '.join(every)}"
    raise UsageError(f"no exercise {exercise!r}; {advice}")


def explain(
    grader: Grader, store: VerdictStore, folder: Path, student: str, exercise: str
) -> Explanation:
    """Judge what lies in ``folder`` again, with the seed of the verdict that is kept.

    Raises UsageError if there is no verdict on the exercise, or the file cannot be read;
    SandboxError if the sandbox fails.
    """
    assignment = grader.release.assignment
    verdict = store.get(student, assignment)
    if verdict is None:
        raise _not_graded(store, folder, student, assignment)
    found = verdict.exercise(exercise)
    if found is None:
        raise UsageError(f"{student!r} has no score for {assignment}: {verdict.reason}")
    try:
        submission = read_submission(submission_file(folder, assignment), student, grader.release)
    except UnreadableError as error:
        raise UsageError(f"what {student!r} handed in can no longer be read: {error}") from error
    seed = bytes.fromhex(verdict.seed)
    judgement = grader.replay(submission, seed)[exercise]
    (question,) = (q for q in grader.questions if q.exercise.name == exercise)
    return Explanation(
        verdict,
        found,
        grader.release.cell(exercise).maximum,
        judgement,
        tuple(_failing_case(grader, question, seed, judgement)),
        _what_changed(grader, verdict, grader.key(submission)),
    )


def _not_graded(store: VerdictStore, folder: Path, student: str, assignment: str) -> UsageError:
    """Why there is no verdict: not graded yet, or nobody of that name has handed in."""
    what = f"no verdict on {student!r} for {assignment}"
    if os.path.lexists(folder):
        return UsageError(f"{what}; run 'autograder grade {assignment}' first")
    if folder.parent.is_dir():
        return UsageError(f"{what}: {student!r} has handed in nothing for it")
    submitted = folder.parents[1]
    handed_in = {name for name, _ in student_folders(submitted, assignment)}
    known = {name.casefold(): name for name in sorted(store.students(assignment) | handed_in)}
    close = [known[name] for name in get_close_matches(student.casefold(), known, n=3)]
    advice = f"the closest are {', '.join(close)}" if close else "no name is close to it"
    return UsageError(
        f"{what}; nobody of that name is in {submitted}, and {advice}; give the name of a folder "
        "there"
    )


def _failing_case(
    grader: Grader, question: Question, seed: bytes, judgement: Judgement
) -> list[str]:
    """Code for the first case that a failed check names; empty if none does."""
    titles = [check.case for check in judgement.checks if check.status == "failed" and check.case]
    made = make(question, grader.reference.functions, seed)
    for case in made.cases.values():
        if case.title in titles[:1]:
            return as_code(case, question.exercise)
    return []


def _what_changed(grader: Grader, verdict: Verdict, key: str) -> str:
    if verdict.tier != grader.isolation.tier:
        return f"It was isolated by {verdict.tier} then, and by {grader.isolation.tier} now."
    if verdict.key != key:
        return "The submission or the exercises have changed since; 'autograder grade' judges anew."
    return ""
