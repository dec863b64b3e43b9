"""A report card as plain text: at most 88 columns, readable in any terminal."""

import unicodedata
from collections.abc import Iterator

from course_utils.card_content import Content, Grid, Section

COLUMNS = 88
_INDENT = "  "


def render(card: Content) -> str:
    """The card; its lines end in a character, the last one without a line break."""
    lines = [*wrapped(", ".join(filter(None, (f"{card.function}: {card.state}", card.points))), "")]
    for section in card.sections:
        lines.append("")
        lines.extend(_section(section))
    return "\n".join(line.rstrip() for line in lines)


def _section(section: Section) -> Iterator[str]:
    title = [part for part in (section.mark, section.heading) if part]
    indent = _INDENT if title else ""
    if title:
        colon = "" if section.mark and section.heading else ":"
        yield from wrapped(": ".join(title) + colon, "", _INDENT)
    for label, text in section.lines:
        yield from wrapped(_labelled(label, text), indent)
    for item in section.items:
        yield from wrapped(item, f"{indent}- ", f"{indent}  ")
    if section.grid is not None:
        yield from _grid(section.grid)
    for label, text in section.closing:
        yield from wrapped(_labelled(label, text), indent)
    for line in section.code.split("\n") if section.code else ():
        # Code to paste is not broken; whatever else is too long was not meant to be.
        pieces = _broken(line, COLUMNS - len(_INDENT * 2)) if section.folded else [line]
        yield from (_INDENT * 2 + piece for piece in pieces)


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


def _grid(grid: Grid) -> Iterator[str]:
    """Glyphs three columns apart, the worst one in brackets, rows and columns numbered."""
    yield ""
    yield from wrapped(grid.caption, _INDENT)
    margin = _INDENT * 2 + ("   " if grid.rows_are_numbered else "")
    yield margin + "".join(f"{number:^3}" for number in range(len(grid.rows[0])))
    for number, row in enumerate(grid.rows):
        cells = [
            f"[{glyph}]" if grid.marked == (number, column) else f" {glyph} "
            for column, glyph in enumerate(row)
        ]
        label = f"{number:>2} " if grid.rows_are_numbered else ""
        yield f"{_INDENT * 2}{label}{''.join(cells)}"
    legend = [f"{glyph} = {meaning}" if glyph else meaning for glyph, meaning in grid.legend]
    if grid.marked is not None:
        legend.append("[ ] = the worst entry")
    yield from wrapped("; ".join(legend), _INDENT)
    yield ""


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal: East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def wrapped(text: str, first: str, following: str | None = None) -> Iterator[str]:
    """``text`` in lines of at most COLUMNS; ``first`` and ``following`` start the lines."""
    following = first if following is None else following
    line, used, is_empty = first, width(first), True
    for word in text.split(" "):
        for part in _broken(word, COLUMNS - width(following)):
            size = width(part)
            if not is_empty and used + 1 + size > COLUMNS:
                yield line
                line, used, is_empty = following, width(following), True
            gap = "" if is_empty else " "
            line += gap + part
            used += len(gap) + size
            is_empty = False
    yield line


def _broken(text: str, room: int) -> Iterator[str]:
    """``text`` in pieces of at most ``room`` columns, however long it is."""
    if width(text) <= room:
        yield text
        return
    start = used = 0
    for place, character in enumerate(text):
        size = width(character)
        if used + size > room:
            yield text[start:place]
            start, used = place, 0
        used += size
    yield text[start:]
