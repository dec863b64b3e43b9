"""A report card as HTML that survives an untrusted notebook.

JupyterLab strips scripts, ``<style>``, ``<svg>``, ``role`` and ``aria-`` attributes, and
every style that is not on its list of plain properties with literal values, so a card is
made of divs, spans, lists and tables with inline styles, and says what it means in words
and in its structure (figure captions, scopes of table headings).  Text takes the colour
of the notebook's theme; where a background is set, so is the colour on it.  Attributes
are in single quotes, which JSON does not lengthen.
"""

from collections.abc import Sequence
from html import escape

from course_utils.card_content import LEVELS, NOT_FINITE, Content, Grid, Mark, Section

#: Background and text of a mark; each pair has a contrast above 5.
BADGES: dict[Mark, tuple[str, str]] = {
    "passed": ("#1b6e3c", "#fff"),
    "failed": ("#a8321e", "#fff"),
    "open": ("#5a6068", "#fff"),
    "not started": ("#5a6068", "#fff"),
    "not judged": ("#6b5300", "#fff"),
}
#: Backgrounds of the levels 1 to 9 of an error map, light to strong, for black glyphs.
HEAT = ("#ffc", "#fe9", "#fd7", "#fc5", "#fb4", "#f93", "#f73", "#f54", "#e44")
_MAP = "background:#fff;color:#000"
_CELL = "22px"
_NOT_FINITE_CELL = "background:#333;color:#fff"
_MARKED = ";outline:2px solid #000"
#: Seen beside the dark cells and beside the white ones.
_MARKED_NOT_FINITE = f";outline:2px solid {HEAT[-1]}"

_BORDER = "1px solid rgba(128,128,128,0.5)"
_CARD = (
    f"border:{_BORDER};border-radius:4px;padding:8px 12px;max-width:60em;line-height:1.5;"
    "overflow-wrap:break-word"
)
# The classes keep MathJax away from dollar signs in messages.
_CLASSES = "tex2jax_ignore mathjax_ignore"


def render(card: Content) -> str:
    """The card as one ``<div>``, without line breaks of its own."""
    earned = f" <span style='margin-left:1em'>{escape(card.points)}</span>" if card.points else ""
    # The name stands by itself: in a script that runs from right to left it would
    # otherwise reorder the numbers that follow it.
    headline = f"<b><bdi>{escape(card.function)}</bdi>: {escape(card.state)}</b>"
    body = "".join(_section(section) for section in card.sections)
    style = f"{_CARD};border-left:6px solid {BADGES[card.mark][0]}"
    return (
        f"<div class='{_CLASSES}' dir='ltr' style='{style}'>"
        f"<div style='font-size:115%'>{headline}{earned}</div>{body}</div>"
    )


def _badge(mark: Mark) -> str:
    background, colour = BADGES[mark]
    style = f"background:{background};color:{colour};border-radius:3px;padding:1px 6px"
    return f"<span style='{style};white-space:nowrap'>{mark}</span>"


def _section(section: Section) -> str:
    badge = f"{_badge(section.mark)} " if section.mark else ""
    heading = f"<b>{escape(section.heading)}</b>" if section.heading else ""
    if section.folded:
        inside = f"<summary>{heading}</summary>{_code(section)}"
        return f"<details style='margin-top:10px'>{inside}</details>"
    parts = [
        f"<div>{badge}{heading}</div>" if badge or heading else "",
        *(_line(label, text) for label, text in section.lines),
        _items(section.items),
        _grid(section.grid) if section.grid else "",
        *(_line(label, text) for label, text in section.closing),
        _code(section) if section.code else "",
    ]
    # A finding is set off by a line: several of them in a row are one page of text.
    style = f"margin-top:10px;border-top:{_BORDER};padding-top:8px" if badge else "margin-top:10px"
    return f"<div style='{style}'>{''.join(parts)}</div>"


def _line(label: str, text: str) -> str:
    before = f"<i>{escape(label)}:</i> " if label else ""
    return f"<div>{before}{escape(text)}</div>"


def _items(items: Sequence[str]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul style='margin:4px 0;padding-left:1.5em'>{rows}</ul>"


def _code(section: Section) -> str:
    style = f"white-space:pre-wrap;border:{_BORDER};padding:6px;margin:4px 0"
    return f"<pre style='{style}'>{escape(section.code)}</pre>"


def _grid(grid: Grid) -> str:
    """The error map as a table: a glyph in every cell, its background says it again."""
    columns = range(len(grid.rows[0]))
    cells_in_a_row = len(columns) + grid.rows_are_numbered
    corner = "<th></th>" if grid.rows_are_numbered else ""
    head = corner + "".join(f"<th scope='col'>{number}</th>" for number in columns)
    rows = [f"<tr style='{_MAP};height:{_CELL}'>{head}</tr>"]
    for number, row in enumerate(grid.rows):
        label = f"<th scope='row'>{number}</th>" if grid.rows_are_numbered else ""
        cells = (
            _cell(glyph, marked=grid.marked == (number, column)) for column, glyph in enumerate(row)
        )
        rows.append(f"<tr style='{_MAP};height:{_CELL}'>{label}{''.join(cells)}</tr>")
    # Sizes of columns and rows: stylesheets of pages differ in the padding of cells.
    table = (
        "<table style='margin:0;width:auto;font-family:monospace;text-align:center;"
        f"border-collapse:collapse'><colgroup><col span='{cells_in_a_row}' style='width:{_CELL}'>"
        f"</colgroup>{''.join(rows)}</table>"
    )
    return (
        "<figure style='margin:6px 0;overflow-x:auto'>"
        f"<figcaption>{escape(grid.caption)}</figcaption>{table}{_legend(grid)}</figure>"
    )


def _cell(glyph: str, *, marked: bool) -> str:
    if glyph == NOT_FINITE:
        outline = _MARKED_NOT_FINITE if marked else ""
        return f"<td style='{_NOT_FINITE_CELL}{outline}'>{glyph}</td>"
    outline = _MARKED if marked else ""
    if glyph in LEVELS:
        return f"<td style='background:{HEAT[LEVELS.index(glyph)]}{outline}'>{glyph}</td>"
    return f"<td>{glyph}</td>"


def _legend(grid: Grid) -> str:
    entries = [
        f"{_swatch(glyph)} = {escape(meaning)}" if glyph else escape(meaning)
        for glyph, meaning in grid.legend
    ]
    if grid.marked is not None:
        entries.append("outlined: the worst entry")
    return f"<div style='margin-top:4px'>{' &nbsp; '.join(entries)}</div>"


def _swatch(glyph: str) -> str:
    style = _NOT_FINITE_CELL if glyph == NOT_FINITE else _MAP
    return f"<span style='{style};font-family:monospace;padding:0 5px'>{escape(glyph)}</span>"
