"""Nothing is forged, nothing is leaked, and nobody else is affected, whatever is tried."""

import json
import re
from collections.abc import Iterator

import pytest
from attacks import ATTACKS, BY_NAME
from attacks.output import ESCAPES
from classroom import Classroom
from judged import Judged, graded_directly

from autograder import sandbox

#: The class is graded in the first test that asks for it, on a machine that may be busy.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module", params=["kernel", "namespaces"])
def judged(request, tmp_path_factory) -> Iterator[Judged]:
    """The whole class, graded in one run."""
    found = sandbox.probe(tier=request.param)
    if found.tier == "none":
        # Lacking is a matter of the machine, leaking is a fault of ours.
        assert "does not hold" not in str(found.missing), found.missing
        pytest.skip(f"no {request.param} tier here: {'; '.join(found.missing)}")
    room = Classroom(tmp_path_factory.mktemp("course"))
    with pytest.MonkeyPatch.context() as patch:
        yield graded_directly(room, found, patch)


@pytest.mark.parametrize("name", BY_NAME)
def test_an_attack_earns_nothing_and_is_seen(judged, name) -> None:
    attack = BY_NAME[name]
    verdict = judged.of(attack)
    # Never "not judged": that is the grader's own fault, and would keep an older score.
    assert verdict.status == "judged", verdict.reason
    assert judged.forged(attack) == 0
    assert re.search(attack.shows, judged.seen(attack)), judged.seen(attack)[:2000]


@pytest.mark.parametrize("name", BY_NAME)
def test_the_next_submission_is_judged_as_if_it_were_the_first(judged, name) -> None:
    assert judged.unaffected(BY_NAME[name]), judged.next_to(BY_NAME[name])


def test_the_class_as_a_whole_is_unharmed(judged, record_property) -> None:
    record_property("hostile", json.dumps(judged.summary(ATTACKS)))
    assert judged.leaked == []
    assert judged.harm == []


def test_every_verdict_names_the_tier_that_held(judged) -> None:
    assert {verdict.tier for verdict in judged.verdicts.values()} == {judged.way}


def test_nothing_that_acts_reaches_a_page_or_a_terminal(judged) -> None:
    root = judged.classroom.course.root
    pages = [*root.glob("feedback/**/*.html"), root / "report.html", root / "grades.csv"]
    for path in [*pages, root / "said.log"]:
        text = path.read_text(encoding="utf-8")
        assert not [escape for escape in ESCAPES if escape in text], path
