"""Pages about a hostile submission, in a real browser: no script of the student runs there."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder import class_report, feedback, reference, sandbox, session
from autograder.course import Course
from autograder.release import read_release
from autograder.store import VerdictStore

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
]

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD, QUESTION = "conv_forward_naive", "conv_backward_naive", "why_gradients_add"
#: A folder's name that is an attack, as far as a name can be one.
NAMED = "<img src=x onerror=window.ran=20>"


@pytest.fixture(scope="module")
def course(
    tmp_path_factory: pytest.TempPathFactory, attacks: Sequence[str], make_hostile: Any
) -> Course:
    """A graded class of three, with the pages of all kinds.

    ``loud`` has a backward that prints and raises attacks, ``gone`` a forward whose cell
    fails at a line that is one; the third is named like one.
    """
    course = Course(tmp_path_factory.mktemp("course"))
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, course.root / name)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    right = reference.load(course, NAME)
    said = " ".join(attacks)
    loud = f"print({said!r})\n    raise ValueError({said!r})\n    return dx"
    sources = {
        "loud": (right.source(FORWARD), right.source(BACKWARD).replace("return dx", loud)),
        "gone": (f"{attacks[1]!r} + 1  # {attacks[0]}", f"def {BACKWARD}(:  # {attacks[1]}"),
        NAMED: (right.source(FORWARD), right.source(BACKWARD)),
    }
    for student, (forward, backward) in sources.items():
        notebook = json.loads(course.release_file(NAME).read_text())
        cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
        cells[f"{FORWARD}_solution"]["source"] = forward
        cells[f"{BACKWARD}_solution"]["source"] = backward
        cells[QUESTION]["source"] = "\n\n".join(attacks)
        cells[QUESTION]["attachments"] = {"a.png": {"image/png": attacks[-1]}}
        make_hostile(notebook)
        path = course.submitted / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    session.grade(course, NAME, isolation=session.isolation(), quiet=True)
    store = VerdictStore(course.verdicts)
    feedback.write_pages(course, read_release(course, NAME), store, course.root / "ours")
    class_report.write_html(class_report.report(course, [NAME], store), course.root / "report.html")
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", NAME],
        cwd=course.root,
        env=dict(os.environ),
        check=True,
        capture_output=True,
    )
    return course


def pages(course: Course) -> dict[str, Path]:
    """Every page about the class, by what it is."""
    ours = {f"ours, {s}": course.root / "ours" / s for s in ("loud", "gone", NAMED)}
    theirs = {f"nbgrader's, {s}": course.feedback / s for s in ("loud", "gone")}
    found = {what: folder / NAME / f"{NAME}.html" for what, folder in (ours | theirs).items()}
    return found | {"the class report": course.root / "report.html"}


KINDS = list(pages(Course(Path("/nowhere"))))
OURS = [kind for kind in KINDS if "nbgrader" not in kind]


def test_every_attack_runs_where_nothing_keeps_it_from_it(
    browser: Any, tmp_path: Path, attacks: Sequence[str], what_ran: Callable[[Any], Any]
) -> None:
    """The canary sings: those that are HTML by themselves do run on a page without a guard."""
    for number, attack in enumerate(attacks, 1):
        if number in (6, 10):
            continue  # a link in markdown, and one in TeX
        page = tmp_path / f"{number}.html"
        page.write_text(f"<!DOCTYPE html><title>x</title><body>{attack}")
        browser.get(page.as_uri())
        assert what_ran(browser) == number


@pytest.mark.parametrize("kind", KINDS)
def test_no_script_of_a_submission_runs(
    course: Course, browser: Any, what_ran: Callable[[Any], Any], kind: str
) -> None:
    browser.get(pages(course)[kind].as_uri())
    assert what_ran(browser) is None
    assert (
        browser.execute_script("return document.querySelectorAll('#clickme, iframe').length") == 0
    )
    assert browser.execute_script("return document.title").strip()


@pytest.mark.parametrize("kind", ["ours, loud", "nbgrader's, loud"])
def test_the_attacks_are_shown_as_text(course: Course, browser: Any, kind: str) -> None:
    """What was printed and raised, and the answer, are there to be read."""
    browser.get(pages(course)[kind].as_uri())
    text = browser.find_element("tag name", "body").get_attribute("textContent")
    assert "window.ran = 1" in text
    assert "raised ValueError" in text


@pytest.mark.parametrize("kind", OURS)
def test_our_pages_have_a_policy_and_ask_for_nothing(
    course: Course, browser: Any, kind: str
) -> None:
    browser.get(pages(course)[kind].as_uri())
    policy = browser.execute_script(
        "return document.querySelector('meta[http-equiv=\"Content-Security-Policy\"]').content"
    )
    assert policy.startswith("default-src 'none';")
    asked = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => entry.name)"
    )
    assert asked == []


def test_the_policy_alone_would_keep_a_script_from_running(
    course: Course, browser: Any, tmp_path: Path, attacks: Sequence[str], what_ran: Any
) -> None:
    """Should a text slip through unescaped once, the page's own policy stands behind it."""
    html = pages(course)["ours, loud"].read_text()
    for number, attack in enumerate(attacks, 1):
        page = tmp_path / f"{number}.html"
        page.write_text(html.replace("<main>", f"<main>{attack}"))
        browser.get(page.as_uri())
        assert what_ran(browser) is None
