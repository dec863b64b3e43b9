"""Measure what an isolated child costs: its life, without anything asked of it.

    python benchmarks/children.py [--children N] [--rounds N] [--json]

See README.md beside this file for how to read the table.
"""

import argparse
import json
import resource
import time
from collections.abc import Mapping

from judging import Row, medians, table
from ways import isolations

from autograder import sandbox
from autograder.sandbox import Child, Isolation, Limits, servers

BARE = "not isolated"


def measure(tiers: Mapping[str, Isolation], children: int, rounds: int) -> list[Row]:
    """A row for a fork alone and for every tier; each takes its turn so many times."""
    ways = {BARE: sandbox.UNISOLATED, **tiers}
    spent: dict[str, list[Row]] = {way: [] for way in ways}
    for _ in range(rounds):
        lives = {way: _life(isolation, children) for way, isolation in ways.items()}
        for way, life in lives.items():
            layers = life["child"] - lives[BARE]["child"]
            spent[way].append({**life, "layers": layers})
    return [{"way": way, **medians(lives)} for way, lives in spent.items()]


def _life(isolation: Isolation, children: int) -> Row:
    """Milliseconds for each of so many children, that start and end one after the other."""
    servers.end()
    one, many = (_lives(isolation, count) for count in (1, 1 + children))
    # What starting the server takes is in both.
    return {what: 1000 * (many[what] - one[what]) / children for what in many}


def _lives(isolation: Isolation, count: int) -> dict[str, float]:
    """Seconds, a server's included: of processor time on both sides, and on the clock."""
    began, here, there = time.perf_counter(), time.process_time(), _ended()
    for _ in range(count):
        with Child.start(isolation, Limits()):
            pass
    servers.end()
    return {
        "child": _ended() - there,
        "grader": time.process_time() - here,
        "on the clock": time.perf_counter() - began,
    }


def _ended() -> float:
    """Processor time of all processes that have ended: servers, with their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what an isolated child costs.")
    parser.add_argument("--children", type=int, default=100, help="(default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    rows = measure(isolations(), options.children, options.rounds)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        print("Milliseconds of processor time for each child (and on the clock), medians.\n")
        print(table("A child from its start to its end", rows))


if __name__ == "__main__":
    main()
