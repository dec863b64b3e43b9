"""The report card: the verdict on one exercise, made to be read by people.

A card is shown as HTML where a notebook can show it and as text everywhere else, and it
carries its own content as JSON, so that a stored verdict can be shown again.  What it
says is in ``card_content``, how it looks in ``card_text`` and ``card_html``; everything
passes ``card_safety`` first.
"""

import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar, get_args

from course_utils import card_html, card_safety, card_text
from course_utils.card_content import content, in_brief
from course_utils.exercise import CheckKind, CheckResult, ErrorMap, Status, Worst

MIME = "application/vnd.backprop-by-hand.card+json"
#: Layout of ``data()``; a card with another number is refused.
VERSION = 1

#: A card, its three representations together, takes less than this many bytes.
LARGEST_CARD = 30_000
#: More checks than this are more than one exercise should ask.
MOST_CHECKS = 24

T = TypeVar("T")


@dataclass(frozen=True)
class ReportCard:
    """The verdict on one exercise.

    ``reason`` says why it was not judged, or what ended it.  ``diagnosis`` are sentences
    about the mistake as a whole; ``example`` is code of the smallest failing case;
    ``printed`` is what the function printed; ``points`` are (earned, maximum), given in
    final grading only; ``optional``: they come on top, so that nothing can fail here.
    Texts may be anything: they are made safe and short where they are shown.  Raises
    ValueError for more than MOST_CHECKS checks.
    """

    function: str
    status: Status
    checks: tuple[CheckResult, ...]
    reason: str = ""
    diagnosis: tuple[str, ...] = ()
    example: str = ""
    printed: str = ""
    points: tuple[float, float] | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        if len(self.checks) > MOST_CHECKS:
            found = len(self.checks)
            raise ValueError(f"a card shows at most {MOST_CHECKS} checks, found {found}")

    def __str__(self) -> str:
        return self.text()

    def in_brief(self) -> str:
        """The state and what was found first, in one line."""
        return in_brief(card_safety.reduced(self, card_safety.DETAILS[0]))

    def text(self) -> str:
        """The card as plain text, at most 88 columns wide (but for code to paste)."""
        return str(self._shown()["text/plain"])

    def html(self) -> str:
        """The card as HTML: inline styles only, escaped, readable in light and dark."""
        return str(self._shown()["text/html"])

    def data(self) -> dict[str, Any]:
        """The card as plain JSON values; infinities and NaN are the texts ``repr`` gives them.

        Texts and error maps are those that the card shows, so they may be shortened.
        """
        return dict(self._shown()[MIME])

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """The three representations by MIME type, as IPython asks for them."""
        return {
            mime: shown
            for mime, shown in self._shown().items()
            if (not include or mime in include) and mime not in (exclude or ())
        }

    def _shown(self) -> dict[str, Any]:
        """The representations, in the fullest detail that fits into LARGEST_CARD."""
        card, bundle = self, dict[str, Any]()
        for detail in card_safety.DETAILS:
            card = card_safety.reduced(card, detail)
            bundle = _bundle(card)
            if len(json.dumps(bundle, ensure_ascii=False).encode()) < LARGEST_CARD:
                break
        return bundle


def _bundle(card: ReportCard) -> dict[str, Any]:
    return {"text/plain": _text(card), "text/html": _html(card), MIME: _data(card)}


def _text(card: ReportCard) -> str:
    return card_text.render(content(card))


def _html(card: ReportCard) -> str:
    return card_html.render(content(card))


def _data(card: ReportCard) -> dict[str, Any]:
    # By hand: dataclasses.asdict copies everything, which takes twice as long as the rest.
    return {"version": VERSION, **{name: _plain(value) for name, value in vars(card).items()}}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if is_dataclass(value):
        return {name: _plain(item) for name, item in vars(value).items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def from_data(data: Mapping[str, Any]) -> ReportCard:
    """The card whose ``data()`` this is.

    Fields that ReportCard has a default for may be missing.  Raises ValueError, with the
    place and what was found there, for anything else that ``data()`` does not write.
    """
    fields = _Fields(data, "card")
    version = fields.take("version", _integer)
    if version != VERSION:
        raise ValueError(f"card.version: expected {VERSION}, found {version}")
    card = ReportCard(
        function=fields.take("function", _string),
        status=fields.take("status", _status),
        checks=fields.take("checks", _tuple_of(_check)),
        reason=fields.take("reason", _string, ""),
        diagnosis=fields.take("diagnosis", _tuple_of(_string), ()),
        example=fields.take("example", _string, ""),
        printed=fields.take("printed", _string, ""),
        points=fields.take("points", _optional(_points), None),
        optional=fields.take("optional", _truth, False),  # noqa: FBT003 - a default
    )
    fields.nothing_left()
    return card


Read = Callable[[Any, str], T]


class _Fields:
    """The fields of one JSON object, each taken once; ``place`` names it in errors."""

    def __init__(self, data: Any, place: str) -> None:
        if not isinstance(data, Mapping):
            raise _unexpected(place, "an object", data)
        self._left = dict(data)
        self._place = place

    def take(self, name: str, read: Read[T], *default: T) -> T:
        """Read a field; without it, return the default, or complain if there is none."""
        if name in self._left:
            return read(self._left.pop(name), f"{self._place}.{name}")
        if default:
            return default[0]
        raise ValueError(f"{self._place}: the field {name!r} is missing")

    def nothing_left(self) -> None:
        if self._left:
            names = ", ".join(repr(str(name)[:40]) for name in list(self._left)[:5])
            raise ValueError(f"{self._place}: unknown fields {names}")


def _unexpected(place: str, expected: str, found: object) -> ValueError:
    return ValueError(f"{place}: expected {expected}, found {repr(found)[:60]}")


def _string(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _unexpected(place, "a text", value)
    return value


def _integer(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unexpected(place, "a whole number", value)
    return value


def _truth(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise _unexpected(place, "true or false", value)
    return value


def _number(value: Any, place: str) -> float:
    if value in ("nan", "inf", "-inf"):
        return float(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _unexpected(place, "a number", value)
    return float(value)


def _status(value: Any, place: str) -> Status:
    return _one_of(get_args(Status), value, place)


def _kind(value: Any, place: str) -> CheckKind:
    return _one_of(get_args(CheckKind), value, place)


def _one_of(allowed: Collection[T], value: Any, place: str) -> T:
    for item in allowed:
        if item == value:
            return item
    raise _unexpected(place, f"one of {', '.join(map(repr, allowed))}", value)


def _tuple_of(read: Read[T]) -> Read[tuple[T, ...]]:
    def items(value: Any, place: str) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise _unexpected(place, "a list", value)
        return tuple(read(item, f"{place}[{number}]") for number, item in enumerate(value))

    return items


def _optional(read: Read[T]) -> Read[T | None]:
    return lambda value, place: None if value is None else read(value, place)


def _points(value: Any, place: str) -> tuple[float, float]:
    numbers = _tuple_of(_number)(value, place)
    if len(numbers) != 2:
        raise _unexpected(place, "two numbers", value)
    return numbers[0], numbers[1]


def _check(value: Any, place: str) -> CheckResult:
    fields = _Fields(value, place)
    check = CheckResult(
        name=fields.take("name", _string),
        title=fields.take("title", _string),
        rule=fields.take("rule", _string),
        weight=fields.take("weight", _number),
        kind=fields.take("kind", _kind),
        status=fields.take("status", _status),
        message=fields.take("message", _string, ""),
        case=fields.take("case", _string, ""),
        worst=fields.take("worst", _optional(_worst), None),
        error_map=fields.take("error_map", _optional(_error_map), None),
        notes=fields.take("notes", _tuple_of(_string), ()),
    )
    fields.nothing_left()
    return check


def _worst(value: Any, place: str) -> Worst:
    fields = _Fields(value, place)
    worst = Worst(
        output=fields.take("output", _string),
        index=fields.take("index", _tuple_of(_integer)),
        got=fields.take("got", _number),
        expected=fields.take("expected", _number),
    )
    fields.nothing_left()
    return worst


def _error_map(value: Any, place: str) -> ErrorMap:
    fields = _Fields(value, place)
    error_map = ErrorMap(
        label=fields.take("label", _string),
        values=fields.take("values", _tuple_of(_tuple_of(_number))),
    )
    fields.nothing_left()
    return error_map
