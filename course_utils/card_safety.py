"""Make what a report card shows safe to show and short enough to keep in a notebook.

Function names, messages and printed text come from submitted code and may hold
anything: HTML, terminal escapes, characters that reverse the line or stack over it,
megabytes.  Every text passes ``one_line`` or ``block`` here before it is rendered, and
HTML is escaped where it is written.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from course_utils.comparison import LARGEST_MAP
from course_utils.exercise import CheckResult, ErrorMap

if TYPE_CHECKING:
    from course_utils.report_card import ReportCard

#: Colours, cursor movements, window titles: whole sequences say nothing on a card.
_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
_UNUSUAL = re.compile(r"[^\n -~]")
#: Control, format (bidirectional overrides, zero width) and surrogate code points, and
#: the two exotic line breaks: shown by their number.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: More marks than this on one letter climb over the neighbouring lines.
_STACKED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)

_CUT = " [...]"
_CUT_BLOCK = "\n[... the rest is left out]"


@dataclass(frozen=True)
class Detail:
    """How much a card shows.

    ``findings``: checks that tell what they found, the others have their title only;
    ``line``: characters of a line; ``block`` and ``lines``: characters and lines of code
    or output; ``items``: notes or sentences in a list; ``cells``: of all error maps.
    """

    findings: int
    line: int
    block: int
    lines: int
    items: int
    cells: int


#: From everything to almost nothing; a card takes the first that fits its size.
DETAILS = (
    Detail(findings=24, line=600, block=2000, lines=40, items=8, cells=math.prod(LARGEST_MAP)),
    Detail(findings=12, line=300, block=1000, lines=20, items=4, cells=150),
    Detail(findings=6, line=100, block=400, lines=10, items=2, cells=50),
    Detail(findings=1, line=24, block=80, lines=4, items=1, cells=0),
)


def clean(text: str) -> str:
    """``text`` without terminal sequences; whatever else is invisible becomes its number.

    Line breaks stay, tabs become four spaces.  Cleaning twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        # Nearly all texts: there is nothing in them to look for.
        return text
    text = _TERMINAL.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    text = _UNUSUAL.sub(_visible, text)
    return _STACKED.sub(r"\1", text)


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def one_line(text: str, limit: int) -> str:
    """``text`` cleaned, on one line, in at most ``limit`` characters."""
    line = " ".join(clean(text[: 2 * limit]).split())
    if len(line) <= limit and len(text) <= 2 * limit:
        return line
    return (line[: limit - len(_CUT)].rstrip() + _CUT).lstrip()


def block(text: str, limit: int, lines: int) -> str:
    """``text`` cleaned, in at most ``limit`` characters and ``lines`` lines."""
    whole = clean(text[: 2 * limit]).rstrip().lstrip("\n")
    if len(whole) <= limit and len(text) <= 2 * limit and whole.count("\n") < lines:
        return whole
    kept = "\n".join(whole[: limit - len(_CUT_BLOCK)].split("\n")[: lines - 1])
    return (kept.rstrip() + _CUT_BLOCK).lstrip("\n")


def reduced(card: "ReportCard", detail: Detail) -> "ReportCard":
    """The card with every text safe and no longer than ``detail`` allows.

    Reducing a reduced card to the same detail, or to more, changes nothing.
    """
    checks = []
    findings, cells = detail.findings, detail.cells
    for check in card.checks:
        told = check if findings > 0 else _only_title(check)
        findings -= bool(told.message or told.notes)
        error_map = _reduced_map(told.error_map, cells)
        cells -= sum(len(row) for row in error_map.values) if error_map else 0
        checks.append(_reduced_check(told, error_map, detail))
    return replace(
        card,
        function=one_line(card.function, min(detail.line, 120)),
        checks=tuple(checks),
        reason=one_line(card.reason, detail.line),
        diagnosis=_reduced_list(card.diagnosis, detail),
        example=block(card.example, detail.block, detail.lines),
        printed=block(card.printed, min(detail.block, 800), min(detail.lines, 20)),
    )


def _only_title(check: CheckResult) -> CheckResult:
    return replace(check, rule="", message="", case="", worst=None, error_map=None, notes=())


def _reduced_check(check: CheckResult, error_map: ErrorMap | None, detail: Detail) -> CheckResult:
    worst = check.worst
    if worst is not None:
        worst = replace(worst, output=one_line(worst.output, 24), index=worst.index[:8])
    return replace(
        check,
        name=one_line(check.name, min(detail.line, 80)),
        title=one_line(check.title, min(detail.line, 200)),
        rule=one_line(check.rule, detail.line),
        message=one_line(check.message, detail.line),
        case=one_line(check.case, min(detail.line, 300)),
        worst=worst,
        error_map=error_map,
        notes=_reduced_list(check.notes, detail),
    )


def _reduced_list(texts: Sequence[str], detail: Detail) -> tuple[str, ...]:
    return tuple(one_line(text, detail.line) for text in texts[: detail.items])


def _reduced_map(error_map: ErrorMap | None, room: int) -> ErrorMap | None:
    """The map at three digits (it is looked at, not computed with), or None if too large."""
    if error_map is None:
        return None
    rows = error_map.values
    columns = len(rows[0]) if rows else 0
    fits = 0 < len(rows) <= LARGEST_MAP[0] and 0 < columns <= LARGEST_MAP[1]
    if not fits or any(len(row) != columns for row in rows) or len(rows) * columns > room:
        return None
    return ErrorMap(
        label=one_line(error_map.label, 48),
        values=tuple(tuple(float(f"{value:.3g}") for value in row) for row in rows),
    )
