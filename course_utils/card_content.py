"""What a report card says, in order and in words; how it looks is left to the renderers.

Texts are plain: the renderers escape them.  Everything here expects a card that has
passed ``card_safety.reduced``.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from course_utils.comparison import is_about_shape
from course_utils.exercise import VALUE_KINDS, CheckResult, ErrorMap, Status, Worst

if TYPE_CHECKING:
    from course_utils.report_card import ReportCard

#: A cell of an error map: right, wrong by 1 to 9 ninths of the largest error, not finite.
RIGHT = "·"
NOT_FINITE = "x"
LEVELS = "123456789"

NOT_STARTED = "Write the function, then run this cell again."
NOT_WRITTEN = "The function had not been written."
NOT_JUDGED = (
    "The checker could not come to a verdict. That is its fault, not your function's, "
    "and costs no points."
)

OPTIONAL = "This part is optional: it can only add points, and what is open here costs none."

#: How a status is shown: what is not right yet in an optional part is open, not failed.
Mark = Literal["passed", "failed", "open", "not started", "not judged"]

#: Statuses of single checks, in the order in which a headline counts them, and its words.
_COUNTED: Mapping[Status, str] = {
    "failed": "failed",
    "not judged": "not judged",
    "not started": "not tested yet",
}


@dataclass(frozen=True)
class Grid:
    """An error map as glyphs: one character per entry, all rows of the same length.

    ``marked`` is the row and column of the worst entry.  ``legend`` pairs glyphs with
    their meaning; a glyph is empty where the text says which are meant.
    ``rows_are_numbered`` is False for a slice of one dimension.
    """

    caption: str
    rows: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    marked: tuple[int, int] | None = None
    rows_are_numbered: bool = True


@dataclass(frozen=True)
class Section:
    """One block of a card; its parts are shown in the order of these fields.

    ``mark`` stands before the heading where the section is about checks that share
    it.  ``lines`` and ``closing`` are pairs (label, text), a label may be empty.
    ``folded`` code is for the reader to open.
    """

    heading: str
    mark: Mark | None = None
    lines: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    grid: Grid | None = None
    closing: tuple[tuple[str, str], ...] = ()
    code: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Content:
    """All that a card says: the headline is ``function: state``, then ``points`` if any."""

    function: str
    mark: Mark
    state: str
    points: str
    sections: tuple[Section, ...]


def content(card: "ReportCard") -> Content:
    """What the card says; below the headline the most useful comes first."""
    sections = (
        *_opening(card),
        *_wrong(card),
        *_example(card),
        *_not_looked_at(card),
        *_notes(card),
        *_passed(card),
        *_printed(card),
    )
    mark = _mark(card, card.status)
    return Content(card.function, mark, _state(card), _points(card), sections)


def in_brief(card: "ReportCard") -> str:
    """The state in one line, with what was found first: enough to act on without the card."""
    if card.status == "not started":
        return f"{card.function} is not written yet."
    if card.reason:
        return _sentence(about(card.function, card.reason))
    headline = f"{card.function}: {_state(card)}"
    failed = telling(card)
    if not failed:
        return _sentence(headline)
    if any(check.status != "failed" for check in card.checks):
        headline += f" ({'; '.join(map(_title, failed))})"
    found = [_message(card, failed[0])]
    if failed[0].worst is not None and failed[0].worst.index:
        found.append(_worst(failed[0].worst))
    if failed[0].case:
        found.append(f"found with {failed[0].case}")
    return f"{_sentence(headline)} {_sentence('; '.join(filter(None, found)))}".rstrip()


def about(name: str, text: str) -> str:
    """``name: text``, but for a text that names it already."""
    return text if name in text else f"{name}: {text}"


def telling(card: "ReportCard") -> list[CheckResult]:
    """The failed checks that say something of the function.

    How a function behaves counts as soon as one of its values is right; until then it says
    nothing.
    """
    failed = [check for check in card.checks if check.status == "failed"]
    values = [check for check in card.checks if check.kind in VALUE_KINDS]
    if values and all(check.status == "failed" for check in values):
        return [check for check in failed if check.kind in VALUE_KINDS]
    return sorted(failed, key=lambda check: check.kind != "repeatable")


#: That the whole of what was returned is none of what was expected.
_RETURNED = re.compile(r"returned [\w ,;:]+")


def no_answer(card: "ReportCard") -> str:
    """Why the function answered nothing at all: a limit, or what it did in every call.

    Empty where some check could look at an answer.
    """
    if card.status != "failed":
        return ""
    if card.reason:
        return card.reason
    values = [check for check in card.checks if check.kind in VALUE_KINDS]
    messages = {check.message for check in values if check.status == "failed"}
    if not values or len(messages) > 1 or any(check.status == "passed" for check in values):
        return ""
    [message] = messages
    # In words of our own: those of an exception, and its name, may be anything.
    raised = f"{card.function} raised "
    if message.startswith(raised):
        named = message.removeprefix(raised).partition(":")[0]
        return raised + (named if named.isidentifier() else "an exception")
    # An output that is there and wrong is told by its own name.
    return message if _RETURNED.fullmatch(message) else ""


def in_a_line(card: "ReportCard") -> str:
    """What is wrong: why there was no answer, or else which checks failed."""
    titles = "; ".join(check.title for check in telling(card))
    return card.reason or no_answer(card) or titles


def _mark(card: "ReportCard", status: Status) -> Mark:
    return "open" if card.optional and status == "failed" else status


def _state(card: "ReportCard") -> str:
    """What follows the function's name: ``2 of 6 checks failed``."""
    total = len(card.checks)
    if card.status == "passed" and total > 1:
        if untested := _count(card.checks, "not started"):
            return f"{total - untested} of {total} checks passed, {untested} not tested yet"
        return f"all {total} checks passed"
    if card.status == "failed" and card.optional:
        passed = f"{_count(card.checks, 'passed')} of {total} checks passed"
        return f"{passed if total > 1 else 'open'} (optional)"
    if card.status == "failed" and total > 1:
        counts = [(_count(card.checks, status), word) for status, word in _COUNTED.items()]
        told = [f"{number} of {total} checks {word}" for number, word in counts if number]
        return ", ".join(told) or "failed"
    return card.status


def _points(card: "ReportCard") -> str:
    """``3 of 5 points``, or nothing where no points are given."""
    if card.points is None:
        return ""
    earned, maximum = (text.removesuffix(".0") for text in two_numbers(*card.points))
    kind = "bonus " if card.optional else ""
    return f"{earned} of {maximum} {kind}{'point' if maximum == '1' else 'points'}"


def two_numbers(first: float, second: float) -> tuple[str, str]:
    """Both numbers, short, but with enough digits that different ones look different."""
    for digits in range(4, 18):
        a, b = _number(first, digits), _number(second, digits)
        if a != b or first == second or (math.isnan(first) and math.isnan(second)):
            break
    return a, b


def _number(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0.0"
    text = repr(float(value))
    if len(text) <= max(8, digits):
        return text
    text = f"{value:.{digits}g}"
    return text if "." in text or "e" in text else f"{text}.0"


def _count(checks: Sequence[CheckResult], status: Status) -> int:
    return sum(check.status == status for check in checks)


def _opening(card: "ReportCard") -> Iterator[Section]:
    lines = []
    if card.status == "not started":
        lines.append(("", NOT_STARTED if card.points is None else NOT_WRITTEN))
    if card.status == "not judged":
        lines.append(("", NOT_JUDGED))
    if card.status == "failed" and card.optional:
        lines.append(("", OPTIONAL))
    if card.reason:
        label = "Reason" if card.status == "not judged" else ""
        lines.append((label, _sentence(card.reason)))
    lines.extend(("", sentence) for sentence in card.diagnosis)
    if lines:
        yield Section("", lines=tuple(lines))


def _wrong(card: "ReportCard") -> Iterator[Section]:
    """The failed checks; those that found the very same thing are told once, together."""
    told: dict[object, list[CheckResult]] = {}
    said = telling(card)
    # What failed in a second call may be why values are wrong.
    for check in sorted(card.checks, key=lambda check: not _survives(check, said)):
        if check.status == "failed":
            # One crash on two cases is one finding.
            case = check.case if _was_compared(check) else ""
            found = (check.message, case, check.worst, check.error_map, check.notes)
            told.setdefault(found, []).append(check)
    for checks in told.values():
        yield _finding(card, checks)


def _survives(check: CheckResult, said: Sequence[CheckResult]) -> bool:
    """Tell whether this check found that something survives from call to call."""
    return check.kind == "repeatable" and check in said


def _was_compared(check: CheckResult) -> bool:
    """Tell whether a value came back that could be compared with the right one."""
    return check.worst is not None or is_about_shape(check.message)


def _finding(card: "ReportCard", checks: Sequence[CheckResult]) -> Section:
    """What was found by these checks, which all found the same."""
    check = checks[0]
    lines = []
    is_the_reason = bool(check.message) and check.message == card.reason
    if check.message and not is_the_reason:
        lines.append(("", _sentence(_message(card, check))))
    if check.worst is not None and check.worst.index:
        lines.append(("Worst entry", _worst(check.worst)))
    cases = {one.case for one in checks}
    if check.case and len(cases) == 1:
        lines.append(("Found with", check.case))
    together = f"{len(checks)} checks" + (", for the same reason" if check.message else "")
    items = (_with(_title(one), one.case if len(cases) > 1 else "") for one in checks)
    return Section(
        heading=_title(check) if len(checks) == 1 else together,
        mark=_mark(card, check.status),
        lines=tuple(lines),
        items=() if len(checks) == 1 else tuple(items),
        grid=_grid(check.error_map, check.worst) if check.error_map else None,
        closing=tuple(_closing(card, checks)),
    )


def _closing(card: "ReportCard", checks: Sequence[CheckResult]) -> Iterator[tuple[str, str]]:
    """The rule that was broken, and the notes.

    A crash, a limit or a missing value breaks no rule of the value.
    """
    check = checks[0]
    is_broken = _was_compared(check) if check.kind == "value" else check in telling(card)
    if check.rule and len(checks) == 1 and is_broken and check.message != card.reason:
        yield "Rule", check.rule
    for note in check.notes:
        yield "Note", note


def _message(card: "ReportCard", check: CheckResult) -> str:
    """What was found, as a whole sentence: it is the function that ``returned None``."""
    if check.worst is not None and not check.worst.index:
        # A single number has no worst entry: it is shown itself.
        return _worst(check.worst)
    is_short = check.message.startswith("returned ")
    return f"{card.function} {check.message}" if is_short else check.message


def _title(check: CheckResult) -> str:
    return check.title or check.name


def _worst(worst: Worst) -> str:
    got, expected = two_numbers(worst.got, worst.expected)
    place = ", ".join(str(number) for number in worst.index)
    name = f"{worst.output}[{place}]" if worst.index else worst.output
    return f"{name} is {got}, expected {expected}"


def _sentence(text: str) -> str:
    """``text`` with a stop at its end."""
    return text if text[-1:] in ".?:]" else f"{text}."


def _grid(error_map: ErrorMap, worst: Worst | None) -> Grid:
    values = error_map.values
    finite = [value for row in values for value in row if math.isfinite(value)]
    largest = max(finite, default=0.0)
    rows = tuple("".join(_glyph(value, largest) for value in row) for row in values)
    flat = error_map.label.count(":") < 2 and len(rows) == 1
    marked = None
    if worst is not None and worst.index:
        row, column = (0, worst.index[-1]) if flat else (*(0, *worst.index)[-2:],)
        if row < len(rows) and column < len(rows[0]):
            marked = (row, column)
    return Grid(
        caption=f"|yours - expected| in {error_map.label}",
        rows=rows,
        legend=_legend("".join(rows), largest),
        marked=marked,
        rows_are_numbered=not flat,
    )


def _glyph(value: float, largest: float) -> str:
    if not math.isfinite(value):
        return NOT_FINITE
    if value == 0:
        return RIGHT
    # A ninth and a rounding error is still a ninth.
    ninths = math.ceil(9 * (value / largest) - 1e-9)
    return LEVELS[min(max(ninths, 1), 9) - 1]


def _legend(glyphs: str, largest: float) -> tuple[tuple[str, str], ...]:
    legend = []
    if set(glyphs) & set(LEVELS):
        size = _number(largest, 3)
        legend.append(("", f"Digits: error in ninths of the largest (9 = {size})"))
    if RIGHT in glyphs:
        legend.append((RIGHT, "right"))
    if NOT_FINITE in glyphs:
        legend.append((NOT_FINITE, "not a finite number"))
    return tuple(legend)


def _example(card: "ReportCard") -> Iterator[Section]:
    if card.example:
        yield Section("The smallest case that shows it, to paste into a cell", code=card.example)


def _not_looked_at(card: "ReportCard") -> Iterator[Section]:
    if card.status == "not started":
        if card.checks:
            titles = tuple(_title(check) for check in card.checks)
            yield Section("What will be looked at", items=titles)
        return
    for status, heading in (("not judged", "Not judged"), ("not started", "Not tested yet")):
        found = [check for check in card.checks if check.status == status]
        items = tuple(_with(_title(check), check.message) for check in found)
        if items:
            yield Section(heading, items=items)


def _notes(card: "ReportCard") -> Iterator[Section]:
    items = tuple(
        _with(_title(check), note)
        for check in card.checks
        if check.status != "failed"
        for note in check.notes
    )
    if items:
        yield Section("Notes", items=items)


def _with(title: str, text: str) -> str:
    return f"{title}: {text}" if text else title


def _passed(card: "ReportCard") -> Iterator[Section]:
    titles = tuple(_title(check) for check in card.checks if check.status == "passed")
    if titles:
        yield Section("", mark="passed", items=titles)


def _printed(card: "ReportCard") -> Iterator[Section]:
    if card.printed:
        yield Section("What your function printed", code=card.printed, folded=True)
