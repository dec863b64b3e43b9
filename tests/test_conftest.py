"""What the suite's own rules do: long tests, absent browsers, and skips that are refused."""

from pathlib import Path

import pytest

MARKERS = "[pytest]\nmarkers =\n    long: takes minutes\n    browser: drives Chromium\n"


@pytest.fixture
def suite(pytester, monkeypatch):
    """A folder with this suite's conftest; nothing set that changes what is skipped."""
    monkeypatch.delenv("REQUIRE_ALL", raising=False)
    rules = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(rules)
    pytester.makeini(MARKERS)
    return pytester


SKIPS = """
import pytest

def test_passes():
    pass

def test_skips_when_it_runs():
    pytest.skip("no bubblewrap")

@pytest.mark.skipif(True, reason="not on this system")
def test_skips_before_it_runs():
    pass

@pytest.mark.xfail(reason="known")
def test_fails_as_expected():
    assert False
"""


def test_a_skip_is_allowed_and_named_in_an_ordinary_run(suite):
    suite.makepyfile(SKIPS)
    result = suite.runpytest("-ra")
    result.assert_outcomes(passed=1, skipped=2, xfailed=1)
    result.stdout.fnmatch_lines(["SKIPPED*no bubblewrap"])


def test_a_skip_is_a_failure_with_its_reason_when_all_is_required(suite, monkeypatch):
    monkeypatch.setenv("REQUIRE_ALL", "1")
    suite.makepyfile(SKIPS)
    result = suite.runpytest("-ra")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    counts = result.parseoutcomes()
    assert counts.get("skipped", 0) == 0
    assert counts["xfailed"] == 1
    assert counts["failed"] + counts.get("errors", 0) == 2
    result.stdout.fnmatch_lines_random(
        ["*REQUIRE_ALL=1*no bubblewrap*", "*REQUIRE_ALL=1*not on this system*"]
    )


def test_a_module_that_skips_itself_fails_when_all_is_required(suite, monkeypatch):
    monkeypatch.setenv("REQUIRE_ALL", "1")
    suite.makepyfile('import pytest\npytest.importorskip("no_such_module")\n')
    result = suite.runpytest()
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines_random(["*REQUIRE_ALL=1*no_such_module*"])


LONG = """
import pytest

@pytest.mark.long
def test_takes_minutes():
    pass
"""


def test_a_long_test_is_skipped_with_how_to_run_it(suite):
    suite.makepyfile(LONG)
    result = suite.runpytest("-ra")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*--long*REQUIRE_ALL=1*"])


def test_a_long_test_runs_when_asked_for(suite):
    suite.makepyfile(LONG)
    suite.runpytest("--long").assert_outcomes(passed=1)


def test_a_long_test_runs_when_all_is_required(suite, monkeypatch):
    monkeypatch.setenv("REQUIRE_ALL", "1")
    suite.makepyfile(LONG)
    suite.runpytest().assert_outcomes(passed=1)


BROWSER = """
import pytest

@pytest.mark.browser
def test_draws():
    pass
"""


def test_a_browser_test_is_skipped_where_there_is_no_browser(suite, monkeypatch):
    monkeypatch.setenv("PATH", str(suite.path))
    suite.makepyfile(BROWSER)
    result = suite.runpytest("-ra")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*no chromium and no chromedriver*apt-get install*"])


def test_a_browser_test_runs_where_there_is_one(suite, monkeypatch):
    for program in ("chromium", "chromedriver"):
        file = suite.path / program
        file.write_text("#!/bin/sh\n", encoding="utf-8")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(suite.path))
    suite.makepyfile(BROWSER)
    suite.runpytest().assert_outcomes(passed=1)


def test_a_test_sees_no_settings_of_the_user(suite):
    suite.makepyfile(
        """
        import os
        from pathlib import Path

        def test_environment():
            assert os.environ["MPLBACKEND"] == "Agg"
            home = Path.home()
            for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
                assert not Path(os.environ[name]).is_relative_to(home)
        """
    )
    suite.runpytest().assert_outcomes(passed=1)


ATTACKS = """
import json
import pytest

@pytest.mark.parametrize("way", ["kernel", "namespaces"])
def test_a_class_is_unharmed(record_property, way):
    told = {"way": way, "unit": "tiers", "attacks": 7, "forged": 0.5, "leaked": 31, "affected": 1}
    record_property("hostile", json.dumps(told))
"""


def test_what_came_of_all_attacks_is_said_in_a_line(suite):
    suite.makepyfile(ATTACKS)
    result = suite.runpytest()
    ways = "hostile: 7 attacks × 2 tiers (kernel, namespaces), "
    told = "1 points forged, 62 marker bytes found, 2 next submissions affected"
    result.stdout.fnmatch_lines([ways + told])
