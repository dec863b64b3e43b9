"""What every run of the tests has in common.

``REQUIRE_ALL=1`` runs the long tests, too, and turns every skip into a failure with its
reason: a machine that should be able to run everything then shows what it lacks.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

LONG = "takes minutes: runs with --long and with REQUIRE_ALL=1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the settings of whoever runs the tests out of them, and leave nothing behind."""
    home = Path(tempfile.mkdtemp(prefix="backprop-tests-"))
    environment = pytest.MonkeyPatch()
    environment.setenv("MPLBACKEND", "Agg")
    environment.setenv("JUPYTER_PLATFORM_DIRS", "1")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        environment.setenv(name, str(home / name.lower()))
    config.add_cleanup(environment.undo)
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run_long = config.getoption("--long") or _require_all()
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    for item in items:
        if item.get_closest_marker("long") and not run_long:
            item.add_marker(pytest.mark.skip(reason=LONG))
        if item.get_closest_marker("browser") and absent:
            item.add_marker(
                pytest.mark.skip(
                    reason=f"no {' and no '.join(absent)} on PATH "
                    "(Debian: apt-get install chromium chromium-driver)"
                )
            )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refuse_to_skip((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole module can be skipped, too."""
    return _refuse_to_skip((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line what came of all attacks: tests/hostile records it for each way to grade."""
    reports = [r for found in terminalreporter.stats.values() for r in found]
    told = [
        json.loads(value)
        for report in reports
        # What is recorded in a call is in the report on what comes after it, too.
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "hostile"
    ]
    for line in hostile_lines(told):
        terminalreporter.write_line(line)


def hostile_lines(told: Sequence[dict[str, object]]) -> list[str]:
    """A line for each set of attacks, whose ways of grading are added up."""
    lines = []
    for what in dict.fromkeys((t["attacks"], t["unit"]) for t in told):
        rows = [t for t in told if (t["attacks"], t["unit"]) == what]
        forged, leaked, affected = (
            sum(float(str(row[name])) for row in rows) for name in ("forged", "leaked", "affected")
        )
        ways = ", ".join(str(row["way"]) for row in rows)
        lines.append(
            f"hostile: {what[0]} attacks × {len(rows)} {what[1]} ({ways}), {forged:g} points "
            f"forged, {leaked:g} marker bytes found, {affected:g} next submissions affected"
        )
    return lines


def _require_all() -> bool:
    return os.environ.get("REQUIRE_ALL") == "1"


def _refuse_to_skip(report: Report) -> Report:
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and _require_all():
        _, _, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 allows no skip, but: {reason}"
    return report
