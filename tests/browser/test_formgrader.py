"""Formgrader in a real browser: its button grades, its page shows the card and takes points."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from formgrader_server import Formgrader, running
from nbgrader.api import Gradebook

from autograder import gradebook, reference, sandbox
from autograder.course import Course
from autograder.release import read_release

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
]

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FORWARD, BACKWARD, QUESTION = "conv_forward_naive", "conv_backward_naive", "why_gradients_add"
#: Grading one submission, on a machine that does other things as well.
PATIENCE = 120


@pytest.fixture(scope="module")
def course(
    tmp_path_factory: pytest.TempPathFactory, attacks: Sequence[str], make_hostile: Any
) -> Course:
    course = Course(tmp_path_factory.mktemp("course"))
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, course.root / name)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    # Formgrader lists what has a source.
    course.source_file(NAME).parent.mkdir(parents=True)
    shutil.copy(course.release_file(NAME), course.source_file(NAME))
    notebook = json.loads(course.release_file(NAME).read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    right = reference.load(course, NAME)
    cells[f"{FORWARD}_solution"]["source"] = right.source(FORWARD)
    cells[f"{BACKWARD}_solution"]["source"] = right.source(BACKWARD).replace(
        "dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx_pad"
    )
    # Wrong, and loud: what it prints and raises is on the card.
    said = " ".join(attacks)
    cells[f"{BACKWARD}_solution"]["source"] = cells[f"{BACKWARD}_solution"]["source"].replace(
        "return dx",
        f"print({said!r})\n    if x.dtype.kind == 'i':\n        raise ValueError({said!r})\n"
        "    return dx",
    )
    cells[QUESTION]["source"] = "A pixel is in *several* windows.\n\n" + "\n\n".join(attacks)
    make_hostile(notebook)
    path = course.submitted / "ada" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    gradebook.prepare(course, read_release(course, NAME))
    return course


@pytest.fixture(scope="module")
def formgrader(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    with running(course, tmp_path_factory.mktemp("server")) as here:
        yield here


def until(found: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What ``found`` gives once it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    pytest.fail(f"nothing came within {seconds} s")


@pytest.fixture(scope="module")
def graded(formgrader: Formgrader, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Presses the button that autogrades a submission; returns what formgrader then says."""
    browser.get(formgrader.page(f"manage_submissions/{NAME}"))
    until(lambda: browser.find_elements("css selector", "td.autograde a"))[0].click()
    shown = until(
        lambda: [
            box.text
            for box in browser.find_elements("css selector", ".modal.in .modal-body")
            if box.text
        ]
    )
    browser.save_screenshot(str(tmp_path_factory.mktemp("screenshots") / "autograded.png"))
    return str(shown[0])


def open_submission(formgrader: Formgrader, browser: Any) -> None:
    with Gradebook(f"sqlite:///{formgrader.course.gradebook}", "backprop-by-hand") as book:
        number = book.find_submission_notebook(NAME, NAME, "ada").id
    browser.get(formgrader.page(f"submissions/{number}/"))
    # Not formgrader.loaded: without a network there is no MathJax, and it waits for that.
    for what in ("grades", "comments"):
        until(
            lambda what=what: browser.execute_script(
                "return Boolean(window.formgrader && formgrader[arguments[0]]"
                " && formgrader[arguments[0]].loaded)",
                what,
            )
        )


def test_the_button_autogrades_a_submission(formgrader: Formgrader, graded: str) -> None:
    assert "Successfully autograded" in graded
    path = formgrader.course.gradebook
    with Gradebook(f"sqlite:///{path}", "backprop-by-hand") as book:
        assert book.find_grade(FORWARD, NAME, NAME, "ada").auto_score == 5
        assert 0 < book.find_grade(BACKWARD, NAME, NAME, "ada").auto_score < 10


@pytest.mark.usefixtures("graded")
def test_the_submissions_page_shows_cards_scores_and_comments(
    formgrader: Formgrader, browser: Any, tmp_path: Path
) -> None:
    open_submission(formgrader, browser)
    text = browser.find_element("tag name", "body").text
    assert f"{FORWARD}: " in text
    assert f"{BACKWARD}: " in text
    # An answer with HTML in it is shown as it was typed.
    assert "A pixel is in *several* windows." in text
    assert "<script>window.ran = 1</script>" in text
    score = browser.find_element("id", BACKWARD).get_attribute("placeholder")
    assert 0 < float(score) < 10
    assert browser.find_element("id", FORWARD).get_attribute("placeholder") == "5"
    comment = browser.find_element("id", f"{BACKWARD}_solution-comment")
    assert "checks failed" in (
        comment.get_attribute("value") or comment.get_attribute("placeholder")
    )
    browser.execute_script(
        "document.getElementById(arguments[0]).scrollIntoView({block: 'center'})", BACKWARD
    )
    browser.save_screenshot(str(tmp_path / "submission.png"))


@pytest.mark.usefixtures("graded")
def test_no_script_of_the_student_runs_on_the_submissions_page(
    formgrader: Formgrader, browser: Any, what_ran: Callable[[Any], Any]
) -> None:
    open_submission(formgrader, browser)
    assert what_ran(browser) is None
    assert not browser.find_elements("id", "clickme")


@pytest.mark.usefixtures("graded")
def test_points_that_a_person_types_reach_the_gradebook(
    formgrader: Formgrader, browser: Any
) -> None:
    open_submission(formgrader, browser)
    field = browser.find_element("id", QUESTION)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    field.send_keys("1.5\t")

    def saved() -> bool:
        path = formgrader.course.gradebook
        with Gradebook(f"sqlite:///{path}", "backprop-by-hand") as book:
            grade = book.find_grade(QUESTION, NAME, NAME, "ada")
            return grade.manual_score == 1.5 and not grade.needs_manual_grade

    until(saved, 20)
