"""Text that a student wrote as markdown, made fit for the pages that nbgrader shows.

Formgrader and ``nbgrader generate_feedback`` render markdown with nbconvert, which passes
HTML on, follows ``javascript:`` links and writes mermaid blocks unescaped.  So the source
itself has to be harmless:

1. No ``<`` begins a tag (a space is put behind it: ``x<y`` stays readable).
2. The text is rendered once, as those pages will, and everything that comes out must be on
   a list of harmless tags, attributes and addresses.
3. What is not is shown as it was typed, in a block of code.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from typing import Any

#: Characters of one cell that are shown.  Rendering takes time that grows with the square.
LONGEST_TEXT = 20_000
#: The pictures pasted into one cell, in characters of base64.
LARGEST_PICTURES = 8_000_000

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: MathJax commands that make links, load code or set attributes.
_ACTIVE_TEX = re.compile(r"\\(?:href|url|require|mmlToken|style|cssId|class|data)(?![A-Za-z])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$^=:@])")
_ADDRESS = re.compile(r"(?:https?://|mailto:|#)[^\s]*", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*")
_PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_PICTURE_NAME = re.compile(r"[A-Za-z0-9 _.()-]{1,100}")
_CLASS = re.compile(r"[\w -]*")
_ALIGNMENT = re.compile(r"text-align: ?(?:left|right|center);?")

_HARMLESS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("p", "br", "em", "strong", "del", "hr", "blockquote"), frozenset()),
    **dict.fromkeys(("table", "thead", "tbody", "tr", "dl", "dt", "dd"), frozenset()),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), frozenset({"id"})),
    **dict.fromkeys(("pre", "div", "span", "ul", "li", "code"), frozenset({"class"})),
    "ol": frozenset({"start", "class"}),
    "th": frozenset({"style"}),
    "td": frozenset({"style"}),
    "input": frozenset({"class", "type", "disabled", "checked"}),
    "a": frozenset({"class", "href", "title"}),
    "img": frozenset({"src", "alt", "title"}),
}

Attachments = Mapping[str, Mapping[str, str]]


def harmless(
    source: str, attachments: Attachments | None = None, reserved: Collection[str] = ()
) -> str:
    """``source`` as markdown in which nothing is active, at most a little over LONGEST_TEXT.

    ``attachments`` are the pictures that the cell holds, as ``pictures`` returned them.
    ``reserved`` are ids of elements that the page looks up: a heading of that name would
    stand in front of the field for the score.
    """
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", source)
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\n\n[... {len(text) - LONGEST_TEXT} characters left out]"
    shown = _TAG.sub("< ", text)
    if not _ACTIVE_TEX.search(shown) and _renders_harmless(shown, attachments or {}, reserved):
        return shown
    shown = literal(text)
    if _renders_harmless(shown, {}, reserved):
        return shown
    return "This text cannot be shown safely; see the submitted file."


def literal(text: str) -> str:
    """``text`` as a block of code: shown as typed, whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def inline(text: str) -> str:
    """One line of plain text as markdown that shows just that."""
    line = " ".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).split())[:600]
    escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _PUNCTUATION.sub(r"\\\1", escaped)


def pictures(found: object) -> dict[str, dict[str, str]]:
    """Of a cell's ``attachments``, as submitted, the ones that are pictures and whole."""
    kept: dict[str, dict[str, str]] = {}
    room = LARGEST_PICTURES
    for name, bundle in found.items() if isinstance(found, dict) else ():
        if not isinstance(name, str) or not _PICTURE_NAME.fullmatch(name):
            continue
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            if kind in _PICTURE_TYPES and isinstance(data, str) and len(data) <= room:
                packed = "".join(data.split())
                if _is_base64(packed):
                    kept[name] = {kind: packed}
                    room -= len(packed)
                    break
    return kept


def _is_base64(data: str) -> bool:
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _renders_harmless(source: str, attachments: Attachments, reserved: Collection[str]) -> bool:
    # A stand-in of the right form: decoding megabytes of pictures proves nothing more.
    held = {name: dict.fromkeys(bundle, "AAAA") for name, bundle in attachments.items()}
    # A third of a second to import, and where nothing has changed nobody needs it.
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, attachments=held)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
        reader = _Reader(reserved)
        reader.feed(html)
        reader.close()
    except _ActiveError:
        return False
    except Exception:  # noqa: BLE001 - a text that cannot be rendered must not be left to render
        return False
    return True


class _ActiveError(Exception):
    """Something that is not on the list of harmless things."""


class _Reader(HTMLParser):
    """Reads rendered markdown and raises _ActiveError at the first thing not allowed."""

    def __init__(self, reserved: Collection[str]) -> None:
        super().__init__()
        self._reserved = reserved

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = _HARMLESS.get(tag)
        if allowed is None:
            raise _ActiveError(tag)
        for name, value in attrs:
            if name not in allowed or not _value_is_harmless(name, value or ""):
                raise _ActiveError(f"{tag} {name}")
            if (name, value) == ("class", "mermaid") or (name == "id" and value in self._reserved):
                raise _ActiveError(f"{name} {value}")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        raise _ActiveError("comment")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        raise _ActiveError("declaration")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        raise _ActiveError("processing instruction")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        raise _ActiveError("declaration")


def _value_is_harmless(name: str, value: str) -> bool:
    pattern: Any = {
        "href": _ADDRESS,
        "src": _PICTURE,
        "class": _CLASS,
        "style": _ALIGNMENT,
    }.get(name)
    return pattern is None or pattern.fullmatch(value) is not None
