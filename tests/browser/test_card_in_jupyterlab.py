"""Report cards as a student sees them: in JupyterLab, in a notebook that is not trusted.

Such a notebook is shown through JupyterLab's sanitizer, the harshest place for a card.
"""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from course_utils.card_html import BADGES, HEAT
from course_utils.comparison import compare
from course_utils.exercise import CheckResult, Status
from course_utils.report_card import ReportCard

nbformat = pytest.importorskip("nbformat")

pytestmark = pytest.mark.browser

#: A page of JupyterLab on a busy machine with two cores took up to 9 s.
SECONDS = 120
THEMES = ["JupyterLab Light", "JupyterLab Dark"]
#: An output that only a trusted notebook shows whole.
CANARY = "<p class='canary'>canary <svg></svg><b role='img'>here</b></p>"

#: Foreground, background and contrast by WCAG 2 of every text in the cards, composited
#: over the backgrounds of all elements around it.
CONTRASTS = """
const parse = text => {
  const parts = text.match(/[\\d.]+/g).map(Number);
  return parts.length === 3 ? [...parts, 1] : parts;
};
const over = (top, below) =>
  [0, 1, 2].map(k => top[k] * top[3] + below[k] * (1 - top[3])).concat(1);
const luminance = colour => {
  const [r, g, b] = colour.slice(0, 3).map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const found = [];
for (const card of document.querySelectorAll('.jp-OutputArea-output .mathjax_ignore')) {
  const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim()) continue;
    const around = [];
    for (let e = text.parentElement; e; e = e.parentElement) around.unshift(e);
    const background = around.reduce(
      (below, e) => over(parse(getComputedStyle(e).backgroundColor), below), [255, 255, 255, 1]);
    const colour = over(parse(getComputedStyle(text.parentElement).color), background);
    const [dark, light] = [luminance(colour), luminance(background)].sort((a, b) => a - b);
    found.push([text.data, (light + 0.05) / (dark + 0.05)]);
  }
}
return found;
"""

#: Every style that was asked for in a card's HTML and is not there in the page.
LOST_STYLES = """
const lost = [];
const pages = document.querySelectorAll('.jp-OutputArea-output .mathjax_ignore');
arguments[0].forEach((html, number) => {
  const asked = new DOMParser().parseFromString(html, 'text/html').body.firstChild;
  const [theirs, ours] = [pages[number], asked].map(root => [root, ...root.querySelectorAll('*')]);
  if (theirs.length !== ours.length) lost.push(`${ours.length - theirs.length} elements`);
  ours.forEach((element, place) => {
    for (const name of element.style)
      if (theirs[place]?.style.getPropertyValue(name) !== element.style.getPropertyValue(name))
        lost.push(`${element.tagName} ${name}`);
  });
});
return lost;
"""


def result(name: str, status: Status) -> CheckResult:
    return CheckResult(
        name, f"{name} has the right values", "Crop the padding.", 1, "value", status
    )


def cards() -> list[ReportCard]:
    """A passed, a failed and a not started function, and one that could not be judged."""
    expected = np.zeros((1, 2, 3, 5))
    got = expected.copy()
    got[0, 1] = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [0, 0, np.nan, 0, 0]]
    found = compare("dx", got, expected)
    wrong = replace(
        result("dx", "failed"),
        message=found.message,
        case="x (1, 2, 3, 5), stride 1, pad 1",
        worst=found.worst,
        error_map=found.error_map,
        notes=("costs <b>$5$</b>",),
    )
    right = result("dw", "passed")
    return [
        ReportCard("affine_backward", "passed", (right, result("db", "passed"))),
        ReportCard(
            "conv_backward_naive",
            "failed",
            (wrong, right),
            diagnosis=("It looks like the crop starts at the corner.",),
            example="dx, dw, db = conv_backward_naive(dout, cache)",
            printed="x has shape (1, 2, 3, 5)",
            points=(2.5, 5.0),
        ),
        ReportCard("relu_backward", "not started", (result("dx", "not started"),)),
        ReportCard("rnn_backward", "not judged", (), reason="the reference could not be loaded"),
    ]


def write_notebook(folder: Any) -> None:
    """A notebook that nobody here has trusted, with every card as a stored output."""
    v4 = nbformat.v4
    bundles = [card._repr_mimebundle_() for card in cards()]
    cells = [
        v4.new_code_cell("check(f)", outputs=[v4.new_output("display_data", data=bundle)])
        for bundle in [*bundles, {"text/html": CANARY}]
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder)


@pytest.fixture(scope="module", params=THEMES)
def page(request: pytest.FixtureRequest, lab: Any, browser: Any) -> Any:
    """The browser with the notebook open in one theme."""
    write_notebook(lab.folder / "cards.ipynb")
    lab.use_theme(request.param)
    browser.get(lab.page("cards.ipynb"))
    ready = (
        "return document.body.dataset.jpThemeName === arguments[0]"
        " && document.querySelectorAll('.mathjax_ignore').length === arguments[1]"
        " && document.querySelector('.canary') !== null"
    )
    deadline = time.monotonic() + SECONDS
    while not browser.execute_script(ready, request.param, len(cards())):
        assert time.monotonic() < deadline, f"the notebook was not shown within {SECONDS} s"
        time.sleep(0.2)
    return browser


def outputs(page: Any) -> list[str]:
    """The visible text of each output, as the browser lays it out."""
    script = "return [...document.querySelectorAll('.jp-OutputArea-output')].map(e => e.innerText)"
    texts: list[str] = page.execute_script(script)
    return texts


def test_the_notebook_is_shown_through_the_sanitizer(page: Any) -> None:
    html = page.execute_script("return document.querySelector('.canary').outerHTML")
    assert "here" in html
    assert "svg" not in html
    assert "role" not in html


def test_every_card_is_shown_as_its_html_with_its_state_in_words(page: Any) -> None:
    passed, failed, not_started, not_judged, _ = outputs(page)
    assert passed.startswith("affine_backward: all 2 checks passed")
    assert failed.startswith("conv_backward_naive: 1 of 2 checks failed")
    assert "It looks like the crop starts at the corner." in failed
    assert "dx[0, 1, 2, 2] is nan, expected 0.0" in failed
    assert "2.5 of 5 points" in failed
    assert "costs <b>$5$</b>" in failed
    assert "Write the function, then run this cell again." in not_started
    assert "the reference could not be loaded" in not_judged


def test_no_style_of_a_card_is_lost_in_the_sanitizer(page: Any) -> None:
    assert page.execute_script(LOST_STYLES, [card.html() for card in cards()]) == []


def test_the_map_has_a_glyph_and_a_background_in_every_wrong_cell(page: Any) -> None:
    script = (
        "return [...document.querySelectorAll('.jp-OutputArea-output td')]"
        ".map(e => [e.innerText, getComputedStyle(e).backgroundColor])"
    )
    cells = page.execute_script(script)
    assert "".join(glyph for glyph, _ in cells) == "·123456789··x··"
    backgrounds = dict(cells)
    for level, colour in enumerate(HEAT, start=1):
        red, green, blue = (17 * int(digit, 16) for digit in colour[1:])
        assert backgrounds[str(level)] == f"rgb({red}, {green}, {blue})"


def test_every_text_of_a_card_can_be_read_in_this_theme(page: Any) -> None:
    page.execute_script("document.querySelectorAll('details').forEach(e => { e.open = true })")
    found = page.execute_script(CONTRASTS)
    assert len(found) > 60
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == []


def test_not_started_has_none_of_the_colour_of_a_failure(page: Any) -> None:
    html = page.execute_script(
        "return document.querySelectorAll('.jp-OutputArea-output')[2].innerHTML"
    )
    assert BADGES["not started"][0] in html
    assert BADGES["failed"][0] not in html
