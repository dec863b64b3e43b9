"""A part of the class by plain ``nbgrader autograde`` and by formgrader's button.

Each submission takes a second or two there.  ``HOSTILE_ALL=1`` sends the whole class, which
takes a quarter of an hour.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping

import pytest
from attacks import ATTACKS, Attack
from classroom import FUNCTIONS, NAME, PRIVATE, Classroom
from formgrader_server import running
from judged import Judged, graded_by_nbgrader
from nbgrader.api import Gradebook

from autograder import sandbox

pytestmark = [
    pytest.mark.skipif(
        sandbox.probe().tier == "none", reason="submissions cannot be isolated on this machine"
    ),
    pytest.mark.long,
    pytest.mark.timeout(3600),
]


def of_each_kind(attempts: int, others: int) -> tuple[Attack, ...]:
    """The first attacks of every kind: a request of its own is made for every submission."""
    chosen: list[Attack] = []
    for kind in dict.fromkeys(attack.kind for attack in ATTACKS):
        of_kind = [attack for attack in ATTACKS if attack.kind == kind]
        chosen += [attack for attack in of_kind if attack.is_attempt][:attempts]
        chosen += [attack for attack in of_kind if not attack.is_attempt][:others]
    return tuple(chosen)


SAMPLE = of_each_kind(10, 1)
CLASS = ATTACKS if os.environ.get("HOSTILE_ALL") == "1" else SAMPLE


@pytest.fixture(scope="module")
def autograded(tmp_path_factory) -> Judged:
    """By one run of the command line."""
    room = Classroom(tmp_path_factory.mktemp("course"), CLASS)

    def grade(environment: Mapping[str, str]) -> None:
        with (room.course.root / "said.log").open("wb") as said:
            for command in ("autograde", "generate_feedback"):
                run = subprocess.run(
                    [sys.executable, "-m", "nbgrader", command, NAME],
                    cwd=room.course.root,
                    env=environment,
                    stdout=said,
                    stderr=said,
                    check=False,
                )
                assert run.returncode == 0, (room.course.root / "said.log").read_text("utf-8")

    return graded_by_nbgrader("nbgrader autograde", room, grade)


@pytest.fixture(scope="module")
def pressed(tmp_path_factory) -> Judged:
    """Some of the class, by requests to a real server, one after the other."""
    room = Classroom(tmp_path_factory.mktemp("course"), CLASS)
    home = tmp_path_factory.mktemp("server")

    def grade(environment: Mapping[str, str]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOSTILE", environment["HOSTILE"])
            with running(room.course, home) as server:
                for seat in room.seats:
                    place = f"submission/{NAME}/{seat.student}/autograde"
                    request = urllib.request.Request(
                        f"{server.url}/formgrader/api/{place}",
                        method="POST",
                        headers={"Authorization": f"token {server.token}"},
                    )
                    with urllib.request.urlopen(request, timeout=300) as answer:
                        assert json.load(answer)["success"], seat
        said = (home / "server.log").read_bytes()
        (room.course.root / "said.log").write_bytes(said)

    return graded_by_nbgrader("formgrader", room, grade)


WAYS = ("autograded", "pressed")
TRIED = [(way, attack) for way in WAYS for attack in CLASS]


@pytest.mark.parametrize(
    ("way", "attack"), TRIED, ids=[f"{way}-{attack.name}" for way, attack in TRIED]
)
def test_an_attack_earns_nothing_and_affects_nobody(request, way, attack) -> None:
    judged: Judged = request.getfixturevalue(way)
    assert judged.of(attack).status == "judged"
    assert judged.forged(attack) == 0
    assert judged.unaffected(attack), judged.next_to(attack)


@pytest.mark.parametrize("way", WAYS)
def test_the_class_as_a_whole_is_unharmed(request, record_property, way) -> None:
    judged: Judged = request.getfixturevalue(way)
    record_property("hostile", json.dumps(judged.summary(CLASS)))
    assert judged.leaked == []
    assert judged.harm == []


@pytest.mark.parametrize("way", WAYS)
def test_the_gradebook_holds_what_the_verdicts_say(request, way) -> None:
    judged: Judged = request.getfixturevalue(way)
    path = judged.classroom.course.gradebook
    with Gradebook(f"sqlite:///{path}", "backprop-by-hand") as book:
        scores = {
            (notebook.student.id, grade.cell.name): grade.auto_score
            for notebook in book.notebook_submissions(NAME, NAME)
            for grade in notebook.grades
            if grade.cell.name in FUNCTIONS
        }
    for seat in judged.classroom.seats:
        earned = {function: scores[seat.student, function] for function in FUNCTIONS}
        honest = dict(zip(FUNCTIONS, (5.0, 10.0), strict=True))
        assert earned == (dict.fromkeys(FUNCTIONS, 0.0) if seat.attacks else honest), seat
    assert scores[PRIVATE, FUNCTIONS[1]] == 10
