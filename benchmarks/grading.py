"""Compare the grading of a class with stock nbgrader's, and see how it grows.

    python benchmarks/grading.py [--json] [--full] [--submissions N] [--growth N,N...]
    python benchmarks/grading.py --unlucky N [--json]

Writes a table and a plot into build/benchmarks.  See README.md beside this file.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import stock_course
from judging import ROOT, Row, grader_of, table
from stock_course import ASSIGNMENT

from autograder import batch, reference, sandbox
from autograder.course import Course
from autograder.grading import Grader
from autograder.sandbox import Isolation, Limits, servers
from autograder.store import VerdictStore
from autograder.submission import Submission
from autograder.workers import usable_processors
from course_utils.checking import LocalSession, quiet_numpy

TIERS = ("kernel", "namespaces")
STOCK, LIMIT = "stock nbgrader", "in this process, not isolated"
#: Every way of grading takes its turn so many times.
ROUNDS = 3

Folders = Sequence[tuple[str, Path]]


class CellsRun(LocalSession):
    """What ``NotebookRun`` does, without isolation: runs cells and calls functions here."""

    def __init__(self, submission: Submission, limits: Limits) -> None:
        super().__init__(stock_course.make, "")
        self._sources = [cell.source for cell in submission.code]
        self._position = 0
        self._defined: dict[str, Any] = {"check": lambda *_: None}
        self.call_cpu_seconds = limits.call_cpu_seconds

    @property
    def cells(self) -> int:
        """See ``NotebookRun``."""
        return len(self._sources)

    def advance(self, position: int) -> None:
        """See ``NotebookRun``."""
        for source in self._sources[self._position : position]:
            exec(compile(source, "a cell", "exec"), self._defined)  # noqa: S102 - our own
        self._position = max(self._position, position)

    def why_missing(self, _function: str) -> str:
        """See ``NotebookRun``."""
        return ""

    def _function(self, name: str) -> object:
        return self._defined.get(name)


class InProcess(Grader):
    """A grader that trusts what it grades."""

    @contextmanager
    def run(self, submission: Submission, **_: bool) -> Iterator[Any]:  # type: ignore[override]
        """In this process."""
        with quiet_numpy():
            yield CellsRun(submission, self.limits)


def isolations() -> dict[str, Isolation]:
    """The tiers that this machine has, by name."""
    found = {tier: sandbox.probe(tier=tier) for tier in TIERS}
    return {name: isolation for name, isolation in found.items() if isolation.tier == name}


# One submission, on one processor


def compare(root: Path, count: int) -> list[Row]:
    """A row for every way to grade the same ``count`` submissions, one after the other."""
    right = reference.load(Course(ROOT), ASSIGNMENT)
    stock_course.make(root, right)
    folders = _handed_in(root, root / "submitted", count)
    ways: dict[str, Callable[[Folders], None]] = {STOCK: partial(_stock, root)}
    for tier, isolation in isolations().items():
        grader = grader_of(ASSIGNMENT, isolation)
        ways[tier] = partial(_graded, grader, root / f"{tier}.sqlite")
    grader = grader_of(ASSIGNMENT, sandbox.UNISOLATED)
    trusting = InProcess(**{f.name: getattr(grader, f.name) for f in fields(grader) if f.init})
    ways[LIMIT] = partial(_graded, trusting, root / "trusting.sqlite")
    for way in list(ways)[1:]:
        # Each grader proves itself once, before it judges anybody.
        ways[way](folders[:1])
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, grade in ways.items():
            one, all_of_them = (_processor_time(grade, some) for some in (folders[:1], folders))
            # What starting a command or a server takes is in both.
            spent[way].append(1000 * (all_of_them - one) / (count - 1))
    return [_row(way, times, spent[STOCK]) for way, times in spent.items()]


def _processor_time(grade: Callable[[Folders], None], folders: Folders) -> float:
    """Seconds of this process and of all that it started, which have ended by then."""
    began = _used()
    grade(folders)
    servers.end()
    return _used() - began


def _used() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _row(way: str, times: Sequence[float], stock: Sequence[float]) -> Row:
    ratios = [slow / quick for slow, quick in zip(stock, times, strict=True)]
    return {"way": way, "milliseconds": median(times), "ratio to nbgrader": median(ratios)}


def _handed_in(root: Path, submitted: Path, count: int) -> list[tuple[str, Path]]:
    right = reference.load(Course(ROOT), ASSIGNMENT)
    found = []
    for number, functions in enumerate(stock_course.submissions(right, count)):
        student = f"s{number:05d}"
        folder = submitted / student / ASSIGNMENT
        stock_course.hand_in(root, folder, functions, number)
        found.append((student, folder))
    return found


def _stock(root: Path, folders: Folders) -> None:
    command = ["autograde", ASSIGNMENT, "--create", "--force"]
    if len(folders) == 1:
        command.append(f"--student={folders[0][0]}")
    stock_course.nbgrader(root, *command)


def _graded(grader: Grader, store: Path, folders: Folders) -> None:
    verdicts = VerdictStore(store)
    for student, folder in folders:
        verdict = batch.grade_one(grader, student, folder, verdicts, force=True)
        assert verdict.status == "judged", verdict.reason


# Growth


def grow(root: Path, sizes: Sequence[int], isolation: Isolation) -> Iterator[Row]:
    """A row for every size of class, each graded by a process of its own."""
    for size in sizes:
        place = root / f"class of {size}"
        _handed_in(root, place / "submitted", size)
        command = [sys.executable, __file__, "--class", str(place), "--tier", isolation.tier]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        yield {"submissions": size, **json.loads(done.stdout)}


def grade_class(place: Path, tier: str) -> Row:
    """Grade a class in this process and its workers, and tell what that took."""
    course = Course(ROOT, place)
    before = _peak()
    found = arrivals(place, tier)
    judged, seconds = len(found), max(found.values())
    again = max(arrivals(place, tier).values())
    files = course.verdicts.parent.glob(f"{course.verdicts.name}*")
    return {
        "seconds": seconds,
        "milliseconds each": 1000 * seconds / judged,
        "again, seconds": again,
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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# Endless loops and memory bombs

LOOP = "def {name}(*arguments):\n    while True:\n        pass"
BOMB = "def {name}(*arguments):\n    kept = []\n    while True:\n        kept.append(b'x' * 2**24)"


def bear(root: Path, count: int, isolation: Isolation) -> Row:
    """How much later ``count`` verdicts come where one in a hundred loops, and one takes memory."""
    alone, among = root / "alone", root / "among others"
    for place in (alone, among):
        _handed_in(root, place / "submitted", count)
    each = max(1, count // 100)
    for number in range(each):
        for place, body in ((0.25, LOOP), (0.75, BOMB)):
            # They stand between the others, as far apart as can be.
            before = int((number + place) * count / each)
            _hand_in_unlucky(root, among / "submitted", before, body)
    found = []
    for place in (alone, among):
        command = [sys.executable, __file__, "--arrivals", str(place), "--tier", isolation.tier]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        came = json.loads(done.stdout)
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
    folder = submitted / f"s{before:05d}{UNLUCKY}" / ASSIGNMENT
    stock_course.hand_in(root, folder, functions, before)


# Tables and plot


def draw(found: dict[str, Any], path: Path) -> None:
    """A bar for every way to grade, and the growth beside them."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    ways = found["ways"]
    bars = left.barh([row["way"] for row in ways], [row["milliseconds"] for row in ways])
    left.bar_label(bars, [f"{row['milliseconds']:.0f} ms" for row in ways], padding=3)
    left.set(xscale="log", xlabel="milliseconds of processor time for one submission")
    left.margins(x=0.3)
    left.invert_yaxis()
    sizes = [row["submissions"] for row in found["growth"]]
    for column, marker in (("seconds", "o"), ("parent, MiB", "s"), ("store, KiB", "^")):
        right.plot(sizes, [row[column] for row in found["growth"]], marker=marker, label=column)
    right.set(xscale="log", yscale="log", xlabel="submissions", title="growth")
    right.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def tables(found: dict[str, Any]) -> str:
    """What is printed for people."""
    return "\n\n".join(
        [
            table("Grading the same submissions, one after the other", found["ways"]),
            table(f"A class, {found['jobs']} side by side", found["growth"]),
        ]
    )


def measure(count: int, sizes: Sequence[int]) -> dict[str, Any]:
    """All of it, in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        ways = compare(Path(folder), count)
        isolation = next(iter(isolations().values()))
        growth = list(grow(Path(folder), sizes, isolation))
    by_way = {row["way"]: row for row in ways}
    return {
        "submissions": count,
        "jobs": usable_processors(),
        "processor": os.uname().machine,
        "ways": ways,
        "ratio_to_nbgrader": {
            name: by_way[name]["ratio to nbgrader"] for name in by_way if name != STOCK
        },
        "isolation_overhead_ms": {
            tier: by_way[tier]["milliseconds"] - by_way[LIMIT]["milliseconds"]
            for tier in TIERS
            if tier in by_way
        },
        "growth": growth,
    }


def measure_unlucky(count: int) -> Row:
    """How much ``count`` submissions are held up, in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        stock_course.make(Path(folder), reference.load(Course(ROOT), ASSIGNMENT))
        return bear(Path(folder), count, next(iter(isolations().values())))


def main() -> None:
    """Measure, print, and write table and plot."""
    parser = argparse.ArgumentParser(description="Compare grading with stock nbgrader's.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--full", action="store_true", help="grow to 10,000 submissions")
    parser.add_argument("--submissions", type=int, default=10, metavar="N", help="to compare with")
    parser.add_argument("--growth", default="10,100,1000", metavar="N,N", help="sizes of a class")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument(
        "--unlucky", type=int, metavar="N", help="only: N submissions, loops and memory bombs"
    )
    parser.add_argument("--arrivals", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--class", type=Path, dest="place", help=argparse.SUPPRESS)
    parser.add_argument("--tier", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.place:
        print(json.dumps(grade_class(options.place, options.tier)))
        return
    if options.arrivals:
        print(json.dumps(arrivals(options.arrivals, options.tier)))
        return
    if not isolations():
        parser.exit(3, "nothing isolates here; run 'autograder doctor' to see what is missing\n")
    if options.unlucky:
        row = measure_unlucky(options.unlucky)
        print(json.dumps(row, indent=1) if options.json else table("Held up by others", [row]))
        return
    sizes = [int(size) for size in options.growth.split(",")]
    found = measure(max(2, options.submissions), [*sizes, *([10_000] if options.full else [])])
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "grading.txt").write_text(tables(found) + "\n", encoding="utf-8")
    draw(found, options.out / "grading.png")
    print(json.dumps(found, indent=1) if options.json else tables(found))


if __name__ == "__main__":
    main()
