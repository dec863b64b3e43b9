"""Classes of submissions: how grading grows with them, and how one of them holds up others."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import stock_course
from judging import ROOT, Row
from stock_course import ASSIGNMENT

from autograder import batch, reference, sandbox, session
from autograder.course import Course
from autograder.sandbox import Isolation
from autograder.store import VerdictStore

#: Students and the folders in which they hand in.
Folders = Sequence[tuple[str, Path]]
#: Those who hand in by turns; a student is named after it.
KINDS = ("right", "wrong")


def hand_in(root: Path, submitted: Path, count: int) -> list[tuple[str, Path]]:
    """Have ``count`` students hand in, by turns of each kind."""
    right = reference.load(Course(ROOT), ASSIGNMENT)
    found = []
    for number, functions in enumerate(stock_course.submissions(right, count)):
        student = f"{KINDS[number % 2]}-{number:05d}"
        folder = submitted / student / ASSIGNMENT
        stock_course.hand_in(root, folder, functions, number)
        found.append((student, folder))
    return found


def grow(root: Path, sizes: Sequence[int], isolation: Isolation) -> Iterator[Row]:
    """A row for every size of class, each graded by a process of its own."""
    for size in sizes:
        place = root / f"class of {size}"
        hand_in(root, place / "submitted", size)
        yield {"submissions": size, **_in_a_process("growth", place, isolation)}


def grade_class(place: Path, tier: str) -> Row:
    """Grade a class as ``autograder grade`` does, twice, and tell what that took."""
    course, isolation = Course(ROOT, place), sandbox.probe(tier=tier)  # type: ignore[arg-type]
    before, seconds = _peak(), list[float]()
    for _ in ("anew", "unchanged"):
        began = time.perf_counter()
        outcome = session.grade(course, ASSIGNMENT, isolation=isolation, quiet=True)
        seconds.append(time.perf_counter() - began)
    judged = len(outcome.lines)
    assert outcome.unchanged == judged
    files = course.verdicts.parent.glob(f"{course.verdicts.name}*")
    return {
        "seconds": seconds[0],
        "milliseconds each": 1000 * seconds[0] / judged,
        "again, seconds": seconds[1],
        "parent before, MiB": before,
        "parent, MiB": _peak(),
        "store, KiB": sum(file.stat().st_size for file in files) / 1024,
    }


def arrivals(place: Path, tier: str) -> dict[str, float]:
    """When the verdict on each student of a class was there, in seconds from the beginning."""
    course = Course(ROOT, place)
    make = partial(batch.make_grader, course, ASSIGNMENT, sandbox.probe(tier=tier))  # type: ignore[arg-type]
    found = batch.find_submissions(course, ASSIGNMENT)
    began = time.perf_counter()
    came = {}
    for graded in batch.grade_class(make, found, VerdictStore(course.verdicts)):
        assert graded.verdict.status == "judged", graded.verdict.reason
        came[graded.verdict.student] = time.perf_counter() - began
    assert len(came) == len(found)
    return came


def _peak() -> float:
    """The most memory that this program ever had, MiB; what started it does not count."""
    status = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    [kilobytes] = [line.split()[1] for line in status if line.startswith("VmHWM:")]
    return int(kilobytes) / 1024


# Endless loops and memory bombs

LOOP = "def {name}(*arguments):\n    while True:\n        pass"
BOMB = "def {name}(*arguments):\n    kept = []\n    while True:\n        kept.append(b'x' * 2**24)"


def bear(root: Path, count: int, isolation: Isolation) -> Row:
    """How much later ``count`` verdicts come where one in a hundred loops, and one takes memory."""
    alone, among = root / "alone", root / "among others"
    for place in (alone, among):
        hand_in(root, place / "submitted", count)
    each = max(1, count // 100)
    for number in range(each):
        for place, body in ((0.25, LOOP), (0.75, BOMB)):
            # They stand between the others, as far apart as can be.
            before = int((number + place) * count / each)
            _hand_in_unlucky(root, among / "submitted", before, body)
    found = []
    for place in (alone, among):
        came = _in_a_process("arrivals", place, isolation)
        found.append(sorted(s for student, s in came.items() if not student.endswith(UNLUCKY)))
    ratios = [late / early for early, late in zip(*found, strict=True)]
    return {
        "submissions": count,
        "endless loops": each,
        "memory bombs": each,
        "last without them, s": found[0][-1],
        "last with them, s": found[1][-1],
        "ratio of the last": ratios[-1],
        "largest ratio": max(ratios),
    }


#: How the names of those end.
UNLUCKY = "-unlucky"


def _hand_in_unlucky(root: Path, submitted: Path, before: int, body: str) -> None:
    """Hand in a function that does not come back, as somebody behind student ``before``."""
    functions = dict(stock_course.submissions(reference.load(Course(ROOT), ASSIGNMENT), 1)[0])
    name = next(name for name in functions if name.endswith("forward_naive"))
    functions[name] = body.format(name=name)
    folder = submitted / f"{KINDS[before % 2]}-{before:05d}{UNLUCKY}" / ASSIGNMENT
    stock_course.hand_in(root, folder, functions, before)


def _in_a_process(what: str, place: Path, isolation: Isolation) -> Row:
    """What a process of its own measures with the class at ``place``."""
    command = [sys.executable, __file__, what, str(place), isolation.tier]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row: Row = json.loads(done.stdout)
    return row


if __name__ == "__main__":
    what, place, tier = sys.argv[1:]
    print(json.dumps({"growth": grade_class, "arrivals": arrivals}[what](Path(place), tier)))
