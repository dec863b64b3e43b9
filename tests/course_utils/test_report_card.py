"""The report card: what it says, that it is safe to show, and that it stays small."""

import json
import math
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from course_utils.card_content import two_numbers
from course_utils.card_html import BADGES, HEAT
from course_utils.card_text import COLUMNS, width, wrapped
from course_utils.comparison import compare
from course_utils.exercise import CheckResult, ErrorMap, Status, Worst
from course_utils.report_card import LARGEST_CARD, MIME, MOST_CHECKS, ReportCard, from_data

NAME = "conv_backward_naive"

#: Whatever a student can make appear in a message.
HOSTILE = (
    "<script>alert('x')</script><img src=x onerror=\"alert(1)\">&lt;b&gt;"
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J \u202egnp.exe\u202c \u2066\u200b\x00\x07\x85"
    "\u2028Z\u0300\u0301\u0302\u0303\u0304\u0305a\ud800\r\n</div></table>'>"
)


def result(status: Status = "passed", name: str = "dx", **found: object) -> CheckResult:
    check = CheckResult(name, f"{name} has the right values", "Crop it.", 1.0, "value", status)
    return replace(check, **found)  # type: ignore[arg-type]


def card(*checks: CheckResult, status: Status = "failed", **more: object) -> ReportCard:
    return replace(ReportCard("conv_backward_naive", status, checks), **more)  # type: ignore[arg-type]


def uncropped(dx: np.ndarray, pad: int) -> np.ndarray:
    """A wrong dx, as crop of the padded gradient from its corner instead of its middle."""
    padded = np.pad(dx, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return padded[:, :, : dx.shape[2], : dx.shape[3]]


def failing(got: np.ndarray, expected: np.ndarray) -> CheckResult:
    found = compare("dx", got, expected)
    assert not found.right
    return result(
        "failed",
        message=found.message,
        case="x (2, 1, 3, 4), w (1, 1, 3, 3), stride 1, pad 1",
        worst=found.worst,
        error_map=found.error_map,
    )


@pytest.fixture
def failed() -> ReportCard:
    """The card of a dx that was cropped at the wrong place, and a dw that is right."""
    dx = np.arange(1.0, 25.0).reshape(2, 1, 3, 4)
    return card(failing(uncropped(dx, 1), dx), result(name="dw"))


class Page(HTMLParser):
    """The tags, attributes and visible text of a card, and whether its tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.cells: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag != "col":
            self.open.append(tag)
        if tag == "td":
            self.cells.append((dict(attrs).get("style") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] == "td":
            self.cells[-1] = (self.cells[-1][0], data)


def everything(shown: ReportCard) -> str:
    return shown.text() + Page(shown.html()).text + json.dumps(shown.data(), ensure_ascii=False)


# What it says


def test_the_first_line_names_the_function_and_its_state(failed: ReportCard) -> None:
    assert failed.text().splitlines()[0] == "conv_backward_naive: 1 of 2 checks failed"
    assert Page(failed.html()).text.startswith("conv_backward_naive: 1 of 2 checks failed")


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (card(result(), result(name="dw"), status="passed"), "all 2 checks passed"),
        (card(result(), status="passed"), "passed"),
        (
            card(result(), result("not started", "dw"), status="passed"),
            "1 of 2 checks passed, 1 not tested yet",
        ),
        (card(result("failed")), "failed"),
        (card(), "failed"),
        (
            card(result("failed"), result("not judged", "dw"), result(name="db")),
            "1 of 3 checks failed, 1 of 3 checks not judged",
        ),
        (card(result("not started"), status="not started"), "not started"),
        (card(status="not judged"), "not judged"),
    ],
)
def test_every_state_has_its_headline(shown: ReportCard, state: str) -> None:
    assert shown.text().splitlines()[0] == f"conv_backward_naive: {state}"
    assert Page(shown.html()).text.startswith(f"conv_backward_naive: {state}")


def test_a_failed_check_says_what_was_found_where_and_which_rule_was_broken(
    failed: ReportCard,
) -> None:
    for shown in (failed.text(), Page(failed.html()).text):
        assert "dx: 24 of 24 entries are wrong" in shown
        assert "x (2, 1, 3, 4), w (1, 1, 3, 3), stride 1, pad 1" in shown
        assert "dx[1, 0, 2, 0] is 0.0, expected 21.0" in shown
        assert "Rule: Crop it." in shown


def test_the_text_draws_the_map_with_rows_columns_and_the_worst_entry_marked() -> None:
    expected = np.zeros((1, 1, 2, 3))
    got = expected.copy()
    got[0, 0, 1] = [4.5, 0.0, 9.0]
    assert (
        card(failing(got, expected)).text().split("\n\n")[2]
        == """\
  |yours - expected| in dx[0, 0, :, :]
        0  1  2
     0  ·  ·  ·
     1  5  · [9]
  Digits: error in ninths of the largest (9 = 9.0); · = right; [ ] = the worst entry"""
    )


def test_every_cell_of_the_map_says_in_a_glyph_what_its_colour_says() -> None:
    expected = np.zeros((1, 1, 2, 6))
    got = expected.copy()
    got[0, 0] = [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 1e-12, np.nan]]
    cells = Page(card(failing(got, expected)).html()).cells
    assert "".join(glyph for _, glyph in cells) == "·123456789·x"
    styles = [style.split(";outline")[0] for style, _ in cells]
    assert styles[0] == styles[10] == ""
    assert styles[1:10] == [f"background:{colour}" for colour in HEAT]
    assert "outline" in cells[11][0]


def test_rounding_noise_beside_a_real_error_is_shown_as_right() -> None:
    got = np.array([[1.0 + 1e-15, 2.0], [3.0, 5.0]])
    cells = Page(card(failing(got, np.array([[1.0, 2.0], [3.0, 4.0]]))).html()).cells
    assert [glyph for _, glyph in cells] == ["·", "·", "·", "9"]


def test_a_vector_is_drawn_as_one_row_without_a_row_number() -> None:
    shown = card(failing(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])))
    assert "     ·  · [9]" in shown.text().splitlines()
    assert "scope='row'" not in shown.html()


def test_entries_that_are_not_finite_are_marked_and_explained() -> None:
    got = np.array([[np.nan, 2.0], [3.0, np.inf]])
    shown = card(failing(got, np.array([[1.0, 2.0], [3.0, 4.0]])))
    assert "dx[0, 0] is nan, expected 1.0" in shown.text()
    assert "     0 [x] ·" in shown.text().splitlines()
    assert "x = not a finite number" in shown.text()


def test_what_failed_comes_before_the_notes_and_they_before_what_passed() -> None:
    noted = result(name="db", notes=("close to the limit",))
    shown = card(noted, result("failed", message="bad dx"), result(name="dw"))
    for form in (shown.text(), Page(shown.html()).text):
        parts = ("bad dx", "close to the limit", "dw has the right values")
        places = [form.index(part) for part in parts]
        assert places == sorted(places)


def test_the_named_mistake_stands_right_below_the_headline(failed: ReportCard) -> None:
    named = replace(failed, diagnosis=("It looks like the crop starts at the corner.",))
    assert named.text().splitlines()[2] == "It looks like the crop starts at the corner."


def test_checks_that_found_the_very_same_thing_are_told_once() -> None:
    crash = "conv_backward_naive raised ValueError: shapes (3,) (4,)"
    shown = card(*(result("failed", name, message=crash) for name in ("dx", "dw", "db")))
    for form in (shown.text(), Page(shown.html()).text):
        assert form.count("raised ValueError") == 1
        assert all(f"{name} has the right values" in form for name in ("dx", "dw", "db"))
        assert "Rule" not in form


def test_one_crash_on_several_cases_is_told_once_with_every_case() -> None:
    crash = "conv_backward_naive raised ValueError: shapes (3,) (4,) (at: x @ w)"
    checks = [
        result("failed", name, message=crash, case=f"x ({size}, {size})")
        for name, size in (("dx", 3), ("dw", 4))
    ]
    for form in (card(*checks).text(), Page(card(*checks).html()).text):
        assert form.count("raised ValueError: shapes (3,) (4,) (at: x @ w)") == 1
        assert "dx has the right values: x (3, 3)" in form
        assert "dw has the right values: x (4, 4)" in form


@pytest.mark.parametrize(
    "message",
    [
        "conv_backward_naive raised ValueError: dx has shape (3,), expected (4,)",
        "returned None; expected 3 values: dx, dw, db",
        "dx is None; expected a NumPy array",
        "dx has dtype complex128; expected real numbers",
    ],
)
def test_no_rule_of_a_value_stands_beside_a_value_that_did_not_come(message: str) -> None:
    shown = card(result("failed", message=message, case="x (3, 3)"))
    for form in (shown.text(), Page(shown.html()).text):
        assert message in form
        assert "Found with: x (3, 3)" in form
        assert "Rule" not in form


def test_no_rule_stands_beside_a_behaviour_that_was_not_looked_at() -> None:
    crash = result("failed", message="conv_backward_naive raised ValueError")
    later = result("failed", "cache", kind="cache", message="Counted later")
    assert "Rule" not in card(crash, later).text()
    assert "Rule" in card(result(name="db"), crash, later).text()


def test_the_rule_stands_beside_a_wrong_shape_and_a_wrong_behaviour() -> None:
    shape = failing(np.zeros((2, 3)), np.zeros((2, 4)))
    behaviour = result("failed", kind="unchanged", message="conv_backward_naive modified dout")
    for check in (shape, behaviour):
        assert "Rule: Crop it." in card(check).text()


def test_a_function_that_returned_too_little_is_the_subject_of_the_sentence() -> None:
    shown = card(result("failed", message="returned None; expected 3 values: dx, dw, db"))
    assert "conv_backward_naive returned None; expected 3 values" in shown.text()
    assert "conv_backward_naive returned None; expected 3 values" in shown.in_brief()


def test_what_is_open_in_an_optional_part_does_not_read_like_a_failure() -> None:
    checks = (result("failed", message="dx has shape (3,), expected (4,)"), result(name="dw"))
    shown = card(*checks, optional=True, points=(1.0, 2.0))
    text, page = shown.text(), Page(shown.html())
    assert text.splitlines()[0] == (
        "conv_backward_naive: 1 of 2 checks passed (optional), 1 of 2 bonus points"
    )
    assert page.text.startswith("conv_backward_naive: 1 of 2 checks passed (optional)")
    for form in (text, page.text, shown.in_brief()):
        assert "fail" not in form
        assert "dx has shape (3,), expected (4,)" in form
    assert "This part is optional" in text
    assert BADGES["failed"][0] not in shown.html()
    assert from_data(shown.data()).html() == shown.html()
    alone = card(result("failed"), optional=True)
    assert alone.text().startswith("conv_backward_naive: open (optional)\n")


def test_an_optional_part_that_passed_is_passed() -> None:
    shown = card(result(), result(name="dw"), status="passed", optional=True)
    assert shown.text().startswith("conv_backward_naive: all 2 checks passed\n")
    assert "optional" not in shown.text()


def test_the_state_in_brief_says_what_was_found_first_and_where(failed: ReportCard) -> None:
    assert failed.in_brief() == (
        "conv_backward_naive: 1 of 2 checks failed (dx has the right values). "
        "dx: 24 of 24 entries are wrong; dx[1, 0, 2, 0] is 0.0, expected 21.0; "
        "found with x (2, 1, 3, 4), w (1, 1, 3, 3), stride 1, pad 1."
    )


@pytest.mark.parametrize(
    ("shown", "brief"),
    [
        (card(result(), status="passed"), f"{NAME}: passed."),
        (card(result("not started"), status="not started"), f"{NAME} is not written yet."),
        (card(result("failed"), reason="the process ended"), f"{NAME}: the process ended."),
        (card(result("failed"), reason=f"{NAME} never returns"), f"{NAME} never returns."),
        (card(result("failed")), f"{NAME}: failed."),
    ],
)
def test_the_state_in_brief_names_the_function_once(shown: ReportCard, brief: str) -> None:
    assert shown.in_brief() == brief


def test_checks_that_say_nothing_of_the_function_are_not_listed_in_brief() -> None:
    nothing = result("failed", "same", kind="repeatable", message="Counted later")
    crash = result("failed", message="f raised ValueError (at: x + 1)")
    brief = card(crash, nothing, result("not judged", "dw", kind="unchanged")).in_brief()
    assert "same has" not in brief
    assert "(dx has the right values). f raised ValueError (at: x + 1)." in brief


def test_the_reason_that_ended_everything_is_told_once() -> None:
    reason = "the call was ended after 1 second"
    shown = card(result(), result("failed", "dw", message=reason), reason=reason)
    assert shown.text().count(reason) == 1
    assert Page(shown.html()).text.count(reason) == 1


def test_not_started_is_neutral_and_says_what_to_do() -> None:
    shown = card(result("not started"), status="not started")
    assert "Write the function, then run this cell again." in shown.text()
    assert "failed" not in shown.text()
    assert BADGES["failed"][0] not in shown.html()
    assert "dx has the right values" in shown.text()


def test_not_started_in_final_grading_does_not_ask_to_run_a_cell() -> None:
    shown = card(result("not started"), status="not started", points=(0.0, 5.0))
    assert "run this cell" not in shown.text()
    assert "0 of 5 points" in shown.text()


def test_not_judged_says_that_it_is_not_the_students_fault() -> None:
    shown = card(status="not judged", reason="the reference could not be loaded")
    assert "not your function's" in shown.text()
    assert "Reason: the reference could not be loaded." in shown.text()
    assert BADGES["failed"][0] not in shown.html()


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((3.0, 5.0), "3 of 5 points"),
        ((0.0, 1.0), "0 of 1 point"),
        ((2.5, 5.0), "2.5 of 5 points"),
        ((4.999999, 5.0), "4.999999 of 5 points"),
    ],
)
def test_points_are_shown_where_there_are_any(points: tuple[float, float], words: str) -> None:
    shown = card(result("failed"), points=points)
    assert shown.text().splitlines()[0].endswith(f", {words}")
    assert words in Page(shown.html()).text
    assert "point" not in replace(shown, points=None).text()


def test_code_to_paste_keeps_its_lines_and_what_was_printed_is_folded_and_cut(
    failed: ReportCard,
) -> None:
    example = "import numpy as np\nx = np.array([[1.0, 2.0]])\nif True:\n    f(x)"
    shown = replace(failed, example=example, printed="n = 0\n" * 500)
    indented = "\n".join(f"    {line}" for line in example.split("\n"))
    assert indented in shown.text()
    assert example in Page(shown.html()).text
    assert 2 < shown.text().count("n = 0") < 25
    assert "the rest is left out" in shown.text()
    assert shown.html().index("<details") < shown.html().index("n = 0")


def test_our_own_words_have_no_exclamation_mark(failed: ReportCard) -> None:
    cards = [failed, *(card(status=status) for status in get_args(Status))]
    assert not any("!" in shown.text() + Page(shown.html()).text for shown in cards)


@given(st.floats(), st.floats())
@settings(max_examples=300, deadline=None)
def test_two_different_numbers_never_print_alike(a: float, b: float) -> None:
    first, second = two_numbers(a, b)
    assert (first == second) == (a == b or (math.isnan(a) and math.isnan(b)))


@pytest.mark.parametrize(
    ("a", "b", "shown"),
    [
        (0.0, 2.0, ("0.0", "2.0")),
        (-0.0, 0.0, ("0.0", "0.0")),
        (1 / 3, 2 / 3, ("0.3333", "0.6667")),
        (0.12345678912, 0.12345678999, ("0.123456789", "0.12345679")),
        (1.0, 1.0 + 2**-52, ("1.0", "1.0000000000000002")),
        (10000003.0, 10000004.0, ("10000003.0", "10000004.0")),
        (math.nan, -math.inf, ("nan", "-inf")),
    ],
)
def test_numbers_are_as_short_as_telling_them_apart_allows(
    a: float, b: float, shown: tuple[str, str]
) -> None:
    assert two_numbers(a, b) == shown


# Safe to show


def hostile_card() -> ReportCard:
    found = result(
        "failed",
        HOSTILE,
        title=HOSTILE,
        rule=HOSTILE,
        message=HOSTILE,
        case=HOSTILE,
        notes=(HOSTILE,),
        worst=Worst(HOSTILE, (0, 1), 0.0, math.nan),
        error_map=ErrorMap(HOSTILE, ((0.0, math.inf),)),
    )
    others = result(name=HOSTILE, notes=(HOSTILE,)), result("not judged", message=HOSTILE)
    return ReportCard(
        HOSTILE, "failed", (found, *others), HOSTILE, (HOSTILE,), HOSTILE, HOSTILE * 9, (1.0, 2.0)
    )


def test_hostile_text_opens_no_tag_and_no_attribute() -> None:
    page = Page(hostile_card().html())
    expected = "div span b i bdi ul li figure figcaption table colgroup col tr th td details"
    assert page.tags <= {*expected.split(), "summary", "pre"}
    allowed = {"style", "scope", "span", "class", "dir"}
    assert {name for _, name, _ in page.attributes} <= allowed
    assert not any(re.search(r"alert|red|url", value) for *_, value in page.attributes)
    assert "<script>alert('x')</script>" in page.text


def test_no_invisible_character_reaches_a_reader() -> None:
    shown = everything(hostile_card())
    invisible = {unicodedata.category(c) for c in shown if c != "\n"} & {"Cc", "Cf", "Cs", "Zl"}
    assert invisible == set()
    assert "\\u202egnp.exe" in shown
    assert "31m" not in shown
    assert "title" not in hostile_card().text()


def test_no_pile_of_accents_climbs_over_the_neighbouring_lines() -> None:
    shown = everything(hostile_card())
    assert not re.search(r"[\u0300-\u036f]{4}", shown)


def test_the_state_in_brief_is_one_short_line_whatever_was_raised() -> None:
    brief = replace(hostile_card(), reason="").in_brief()
    assert brief.isprintable()
    assert len(enormous("word ").in_brief()) < 2000


def test_a_surrogate_does_not_break_the_output_in_utf_8() -> None:
    assert everything(hostile_card()).encode()


def test_dollar_signs_are_not_typeset() -> None:
    shown = card(result("failed", message="found $x^2$")).html()
    assert shown.startswith("<div class='tex2jax_ignore mathjax_ignore'")


texts = st.text(st.characters(exclude_categories=()), max_size=60)
numbers = st.floats(allow_nan=False)
results = st.builds(
    CheckResult,
    name=texts,
    title=texts,
    rule=texts,
    weight=st.floats(0, 9),
    kind=st.sampled_from(["value", "unchanged"]),
    status=st.sampled_from(get_args(Status)),
    message=texts,
    case=texts,
    worst=st.none()
    | st.builds(Worst, texts, st.tuples(st.integers(0, 9), st.integers(0, 9)), numbers, numbers),
    error_map=st.none()
    | st.builds(ErrorMap, texts, st.tuples(*[st.tuples(*[st.floats(0, allow_nan=False)] * 3)] * 2)),
    notes=st.tuples(texts),
)
cards = st.builds(
    ReportCard,
    function=texts,
    status=st.sampled_from(get_args(Status)),
    checks=st.lists(results, max_size=4).map(tuple),
    reason=texts,
    diagnosis=st.tuples(texts),
    example=st.just(""),
    printed=texts,
    points=st.none() | st.tuples(st.floats(0, 9), st.floats(0, 9)),
    optional=st.booleans(),
)


@given(cards)
@settings(max_examples=60, deadline=None)
def test_any_card_is_balanced_html_and_text_of_88_columns(shown: ReportCard) -> None:
    Page(shown.html())
    assert max(width(line) for line in shown.text().split("\n")) <= COLUMNS


@given(st.text("ab 漢", max_size=400), st.sampled_from(["", "  ", "  - "]))
def test_lines_are_broken_between_words_at_88_columns(text: str, indent: str) -> None:
    lines = list(wrapped(text, indent, " " * len(indent)))
    assert max(map(width, lines)) <= COLUMNS
    assert "".join("".join(lines).split()) == "".join((indent + text).split())
    for line, following in pairwise(lines):
        first = following.split(" ")[len(indent)]
        assert width(f"{line} {first}") > COLUMNS


@given(cards)
@settings(max_examples=60, deadline=None)
def test_a_stored_card_is_shown_again_as_it_was(shown: ReportCard) -> None:
    stored = json.dumps(shown.data(), allow_nan=False)
    again = from_data(json.loads(stored))
    assert (again.text(), again.html(), again.data()) == (shown.text(), shown.html(), shown.data())


# Small


def size(shown: ReportCard) -> int:
    return len(json.dumps(shown._repr_mimebundle_(), ensure_ascii=False).encode())


def enormous(unit: str) -> ReportCard:
    """A card with all that it can hold, each text thousands of ``unit`` long."""
    long = unit * 5_000
    rows = tuple(tuple(map(float, range(r + 1, r + 25))) for r in range(16))
    checks = tuple(
        result(
            "failed",
            f"{number}{long}",
            title=f"{number}{long}",
            rule=long,
            message=f"{number}{long}",
            case=long,
            notes=(long,) * 20,
            worst=Worst(long, (1, 2, 3), 1e-300, -1e300),
            error_map=ErrorMap(long, rows),
        )
        for number in range(MOST_CHECKS)
    )
    return ReportCard(long, "failed", checks, long, (long,) * 20, long, long, (1.0, 2.0))


@pytest.mark.parametrize("unit", ["a", "&", '"', "\\", "\n", "\U0001f600", "\x1b", "漢"])
def test_a_card_stays_small_whatever_it_is_given(unit: str) -> None:
    assert size(enormous(unit)) < LARGEST_CARD


def test_a_shortened_card_is_shown_again_as_it_was() -> None:
    shown = enormous("a word ")
    assert "[...]" in shown.text()
    assert from_data(shown.data()).html() == shown.html()


def test_the_largest_map_of_a_comparison_is_shown_whole() -> None:
    wrong = np.random.default_rng(0).standard_normal((16, 24))
    shown = card(failing(wrong, np.zeros((16, 24))))
    assert size(shown) < LARGEST_CARD
    assert len(Page(shown.html()).cells) == 16 * 24
    assert max(width(line) for line in shown.text().split("\n")) <= COLUMNS


def test_of_a_single_number_both_values_are_told_once() -> None:
    found = compare("left", np.array(5), np.array(4))
    shown = card(result("failed", "left", message=found.message, worst=found.worst))
    assert "  left is 5.0, expected 4.0.\n" in shown.text()
    assert "Worst entry" not in shown.text()
    assert shown.text().count("left is ") == shown.in_brief().count("left is ") == 1


def test_a_map_too_large_or_ragged_is_left_out_and_the_worst_entry_stays(
    failed: ReportCard,
) -> None:
    for values in (((1.0,) * 40,), ((1.0,), (1.0, 2.0)), (), ((),)):
        shown = card(replace(failed.checks[0], error_map=ErrorMap("dx[:, :]", values)))
        assert "<table" not in shown.html()
        assert "expected 21.0" in shown.text()


def test_more_checks_than_a_card_can_show_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 24 checks, found 25"):
        card(*[result()] * 25)


# For machines


def test_a_card_goes_through_json_and_back_unchanged(failed: ReportCard) -> None:
    full = replace(
        failed, reason="r", diagnosis=("d",), example="e", printed="p", points=(1.5, 4.0)
    )
    assert from_data(json.loads(json.dumps(full.data(), allow_nan=False))) == full


def test_numbers_that_json_lacks_survive() -> None:
    shown = card(failing(np.array([np.nan, np.inf]), np.array([1.0, 2.0])))
    again = from_data(json.loads(json.dumps(shown.data(), allow_nan=False)))
    assert again.text() == shown.text()
    assert again.checks[0].error_map == shown.checks[0].error_map


def test_what_an_older_card_did_not_store_takes_its_default() -> None:
    assert from_data({"version": 1, "function": "f", "status": "passed", "checks": []}) == (
        ReportCard("f", "passed", ())
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 2}, r"card\.version: expected 1, found 2"),
        ({"function": 3}, r"card\.function: expected a text, found 3"),
        ({"status": "great"}, r"card\.status: expected one of 'passed', .*, found 'great'"),
        ({"checks": None}, r"card\.checks: expected a list, found None"),
        ({"checks": [{}]}, r"card\.checks\[0\]: the field 'name' is missing"),
        ({"checks": ["dx"]}, r"card\.checks\[0\]: expected an object, found 'dx'"),
        ({"points": [1]}, r"card\.points: expected two numbers, found \[1\]"),
        ({"points": [1, "2"]}, r"card\.points\[1\]: expected a number, found '2'"),
        ({"optional": 1}, r"card\.optional: expected true or false, found 1"),
        ({"score": 5}, r"card: unknown fields 'score'"),
    ],
)
def test_data_that_no_card_wrote_is_refused_with_its_place(
    failed: ReportCard, change: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_data({**failed.data(), **change})


def test_a_damaged_entry_deep_inside_is_named(failed: ReportCard) -> None:
    data = failed.data()
    data["checks"][0]["error_map"]["values"][1][2] = True
    place = r"card\.checks\[0\]\.error_map\.values\[1\]\[2\]: expected a number, found True"
    with pytest.raises(ValueError, match=place):
        from_data(data)
    with pytest.raises(ValueError, match="card: expected an object, found 7"):
        from_data(7)  # type: ignore[arg-type]


def test_ipython_displays_text_html_and_data(failed: ReportCard) -> None:
    bundle, _ = DisplayFormatter().format(failed)
    assert bundle["text/plain"] == failed.text()
    assert bundle["text/html"] == failed.html()
    assert bundle[MIME] == failed.data()


def test_a_reader_can_ask_for_some_forms_only(failed: ReportCard) -> None:
    assert set(failed._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert set(failed._repr_mimebundle_(exclude={MIME})) == {"text/plain", "text/html"}
    assert str(failed) == failed.text()


# Colours


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2, of ``#rgb`` or ``#rrggbb``."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_text_on_a_colour_of_ours_has_enough_contrast() -> None:
    pairs = [*BADGES.values(), *((colour, "#000") for colour in HEAT), ("#333", "#fff")]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def test_the_outline_of_the_worst_entry_is_seen_on_its_cell_and_beside_it() -> None:
    got, expected = np.zeros((2, 2)), np.ones((2, 2))
    wrong, odd = got.copy(), got.copy()
    odd[0, 0] = np.nan
    for values in (wrong, odd):
        [style] = [s for s, _ in Page(card(failing(values, expected)).html()).cells if "out" in s]
        background, outline = re.search(r"background:(#\w+).*solid (#\w+)", style).groups()
        assert min(contrast(outline, background), contrast(outline, "#fff")) >= 3


def test_a_larger_error_is_never_paler() -> None:
    shades = [luminance(colour) for colour in HEAT]
    assert shades == sorted(shades, reverse=True)
