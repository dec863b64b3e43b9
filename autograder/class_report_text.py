"""A class report as text for a terminal, at most 88 columns wide."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograder import pages

if TYPE_CHECKING:
    from autograder.class_report import AssignmentReport, ClassReport, Rate

WIDTH = 88
#: Columns of a bar.
_BAR = 20
#: Columns of a rate: ``1234 of 1234 (100 %)``.
_NUMBERS = 20


def text(report: "ClassReport") -> str:
    """All assignments, one below the other."""
    return "\n\n".join("\n".join(_assignment(one)) for one in report.assignments)


def _assignment(report: "AssignmentReport") -> Iterator[str]:
    yield report.assignment
    yield "=" * len(report.assignment)
    counts = [f"{number} {state}" for state, number in report.states.items() if number]
    yield from _wrapped(f"{report.submissions} submissions: {', '.join(counts) or 'none yet'}.")
    if report.left_out:
        yield from _wrapped(
            f"Statistics leave out the {report.left_out} without a score (unreadable or not "
            "judged)."
        )
    if not report.submissions:
        return
    yield from _titled("Needs attention", _attention(report))
    yield from _titled("What the class has not understood", _most_failed(report))
    yield from _titled("Mistakes that were recognised", _mistakes(report))
    yield from _titled("Exercises and checks: how many passed, of how many", _exercises(report))
    yield from _titled(
        f"Scores out of {pages.points(report.maximum)}, without bonus", _scores(report)
    )


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from found


def _wrapped(text: str, first: str = "", indent: str = "") -> Sequence[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _attention(report: "AssignmentReport") -> Iterator[str]:
    for one in report.attention:
        line = f"{pages.shown(one.student)} ({one.status}): {pages.shown(one.reason)}"
        yield from _wrapped(line, f"  {pages.SIGNS[one.status]} ", "    ")
    for question, points in report.manual:
        line = (
            f"Written answers to {question} ({pages.points(points)} points) are read by a "
            "person; they are in none of the numbers here."
        )
        yield from _wrapped(line, f"  {pages.SIGNS['pending']} ", "    ")


def _most_failed(report: "AssignmentReport") -> Iterator[str]:
    for check in report.most_failed:
        line = f"{check.rate.failed} of {check.rate.of} fail {check.exercise}: {check.title}"
        yield from _wrapped(line, "  ", "    ")
        yield from _wrapped(f"Rule: {check.rule}", "    ", "    ")


def _mistakes(report: "AssignmentReport") -> Iterator[str]:
    for mistake in report.mistakes:
        line = f"{mistake.number} in {mistake.exercise}: {pages.shown(mistake.name)}"
        yield from _wrapped(line, "  ", "    ")


def _exercises(report: "AssignmentReport") -> Iterator[str]:
    yield from _wrapped(pages.COUNTED, "  ", "  ")
    for exercise in report.exercises:
        name = f"{exercise.exercise} (bonus)" if exercise.bonus else exercise.exercise
        yield from _row(name, exercise.rate, "  ")
        yield from _wrapped(exercise.aside, "    ", "    ")
        for check in exercise.checks:
            yield from _row(check.title, check.rate, "    ")


def _row(name: str, rate: "Rate", indent: str) -> Iterator[str]:
    """The name, on as many lines as it takes, and the rate beside the first."""
    room = WIDTH - _BAR - _NUMBERS - 2
    first, *more = textwrap.wrap(
        name, room, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
    )
    yield f"{first:<{room}} {_bar(rate.share)} {rate}"
    yield from more


def _scores(report: "AssignmentReport") -> Iterator[str]:
    if report.middle is not None:
        mean, median = (pages.points(value) for value in report.middle)
        lowest, highest = pages.points(report.scores[0]), pages.points(report.scores[-1])
        yield f"  mean {mean}, median {median}, lowest {lowest}, highest {highest}"
    largest = max((number for _, number in report.distribution), default=0)
    for name, number in report.distribution:
        bar = _bar(number / largest) if largest else ""
        yield f"  {name:>8} {bar} {number}"


def _bar(share: float) -> str:
    full = round(share * _BAR)
    return "█" * full + "·" * (_BAR - full)
