"""HTML pages that need nothing but themselves, written whole or not at all.

A page holds no script, asks the network for nothing and forbids both by a content
security policy of its own, so that nothing in a submission runs where it is read.
Templates are in ``templates/``; they escape every value, and ``shown`` and ``block``
make text from outside readable: control characters and text that reverses the line
become visible, what is endless is cut.
"""

import base64
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.errors import JudgingUnfitError
from course_utils import card_safety

#: The longest text on one line of a page, in characters: no reason of ours is cut.
LONGEST_LINE = 1_000
#: The longest block of code or prose on a page, in characters and in lines.
LONGEST_BLOCK = (20_000, 600)

#: Whom the rates of a class report are of.
COUNTED = (
    "Of an exercise, those count who started it; of a check, those whose function gave an answer "
    "that the check could look at."
)

#: What a status looks like: a sign that says it without colour, before the word.
SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "open": "○",
    "not started": "–",
    "not judged": "?",
    "unreadable": "!",
    "pending": "…",
    "graded": "✓",
}


def render(template: str, **values: Any) -> str:
    """The page that ``templates/TEMPLATE.html.j2`` makes of ``values``."""
    return _environment().get_template(f"{template}.html.j2").render(values)


def write(path: Path, text: str) -> None:
    """Write ``text`` (UTF-8, LF) so that ``path`` is the old page or the new one, never a half.

    Folders are made as needed.  Raises JudgingUnfitError when the disk does not take it.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise JudgingUnfitError(
            f"the page {path} cannot be written ({error.strerror}); an older one was left as it "
            "was; free the disk or mend the folder, then run the command again"
        ) from error


def shown(text: str) -> str:
    """A name or a sentence from outside, on one line, safe to show anywhere."""
    return card_safety.one_line(text, LONGEST_LINE)


def block(text: str) -> str:
    """Code or prose from outside, with its line breaks, safe to show anywhere."""
    return card_safety.block(text, *LONGEST_BLOCK)


def in_base64(data: bytes) -> str:
    """``data`` as the end of a data: address."""
    return base64.b64encode(data).decode("ascii")


def points(value: float) -> str:
    """Points to a hundredth, without zeros at the end: ``3``, ``2.5``."""
    return f"{round(value, 2):g}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(shown=shown, block=block, points=points, base64=in_base64)
    environment.globals.update(signs=SIGNS, counted=COUNTED)
    return environment
