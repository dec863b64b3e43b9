"""Compare the grading of a class with stock nbgrader's, and see how it grows.

    python benchmarks/grading.py [--json] [--full] [--submissions N] [--growth N,N...]
    python benchmarks/grading.py --unlucky N [--json]

Writes a table and a plot into build/benchmarks.  See README.md beside this file.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import classes
import stock_course
import ways
from judging import ROOT, Row, table
from stock_course import ASSIGNMENT
from ways import LIMIT, STOCK, TIERS

from autograder import reference
from autograder.course import Course
from autograder.workers import usable_processors


def draw(found: dict[str, Any], path: Path) -> None:
    """A bar for every way to grade, and the growth beside them."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    names = [row["way"] for row in found["clock"]]
    for kind, place in (("right", -0.2), ("wrong", 0.2)):
        each = [row[f"{kind}, ms"] for row in found["clock"]]
        bars = left.barh([n + place for n in range(len(names))], each, height=0.4, label=kind)
        left.bar_label(bars, [f"{ms:.0f} ms" for ms in each], padding=3)
    left.set(xscale="log", xlabel="milliseconds on the clock for one submission")
    left.set_yticks(range(len(names)), names)
    left.margins(x=0.3)
    left.invert_yaxis()
    left.legend()
    sizes = [row["submissions"] for row in found["growth"]]
    for column, marker in (("seconds", "o"), ("parent, MiB", "s"), ("store, KiB", "^")):
        right.plot(sizes, [row[column] for row in found["growth"]], marker=marker, label=column)
    right.set(xscale="log", yscale="log", xlabel="submissions", title="growth")
    right.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def tables(found: dict[str, Any]) -> str:
    """What is printed for people."""
    side_by_side = f"{found['jobs']} side by side"
    return "\n\n".join(
        [
            table("Processor time for one submission", found["ways"]),
            table(f"Time on the clock for one submission, {side_by_side}", found["clock"]),
            table(f"A class, {side_by_side}", found["growth"]),
        ]
    )


def measure(count: int, times: int, rounds: int, sizes: Sequence[int]) -> dict[str, Any]:
    """All of it, in a folder that is removed.

    Stock nbgrader grades ``count`` submissions of each kind, this project so many ``times`` as
    many: they take little time each.
    """
    isolation = next(iter(ways.isolations().values()))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        stock_course.make(root, reference.load(Course(ROOT), ASSIGNMENT))
        few = classes.hand_in(root, root / "submitted", len(ways.KINDS) * count)
        course = Course(ROOT, root / "many")
        many = classes.hand_in(root, course.submitted, times * len(few))
        compared = ways.compare(root, few, many, rounds)
        clock = ways.on_the_clock(root, few, course, many, isolation, rounds)
        growth = list(classes.grow(root, sizes, isolation))
    by_way = {row["way"]: row for row in compared}
    return {
        "submissions": count,
        "jobs": usable_processors(),
        "processor": os.uname().machine,
        "ways": compared,
        "clock": clock,
        "ratio_to_nbgrader": {
            row["way"]: row["ratio to nbgrader"] for row in compared if row["way"] != STOCK
        },
        "isolation_overhead_ms": {
            tier: {
                kind: by_way[tier][f"{kind}, ms"] - by_way[LIMIT][f"{kind}, ms"]
                for kind in ways.KINDS
            }
            for tier in TIERS
            if tier in by_way
        },
        "growth": growth,
    }


def measure_unlucky(count: int) -> Row:
    """How much ``count`` submissions are held up, in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        stock_course.make(Path(folder), reference.load(Course(ROOT), ASSIGNMENT))
        return classes.bear(Path(folder), count, next(iter(ways.isolations().values())))


def main() -> None:
    """Measure, print, and write table and plot."""
    parser = argparse.ArgumentParser(description="Compare grading with stock nbgrader's.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--full", action="store_true", help="grow to 10,000 submissions")
    parser.add_argument("--submissions", type=int, default=6, metavar="N", help="of each kind")
    parser.add_argument(
        "--times", type=int, default=10, metavar="N", help="as many by this project (default: 10)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        metavar="N",
        help="turns of every way (default: 3)",
    )
    parser.add_argument("--growth", default="10,100,1000", metavar="N,N", help="sizes of a class")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "benchmarks", help="folder of table and plot"
    )
    parser.add_argument(
        "--unlucky", type=int, metavar="N", help="only: N submissions, loops and memory bombs"
    )
    options = parser.parse_args()
    if not ways.isolations():
        parser.exit(3, "nothing isolates here; run 'autograder doctor' to see what is missing\n")
    if options.unlucky:
        row = measure_unlucky(options.unlucky)
        print(json.dumps(row, indent=1) if options.json else table("Held up by others", [row]))
        return
    sizes = [int(size) for size in options.growth.split(",")]
    sizes += [10_000] if options.full else []
    found = measure(max(2, options.submissions), options.times, options.rounds, sizes)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "grading.txt").write_text(tables(found) + "\n", encoding="utf-8")
    draw(found, options.out / "grading.png")
    print(json.dumps(found, indent=1) if options.json else tables(found))


if __name__ == "__main__":
    main()
