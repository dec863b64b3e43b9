"""The suite holds for root and for an ordinary user: whoever runs it, it is run as both."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the ordinary user's own; pytest's are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def opened() -> list[str]:
    """A command in front that opens, to everybody, the way to what Python needs.

    The interpreter may lie in root's home folder.  There an empty folder is put over it in
    which nothing but the interpreter is seen, for this command alone.
    """
    needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, ROOT)}
    command = ["bwrap", "--dev-bind", "/", "/"]
    for folder in {_closed(path) for path in needed} - {None}:
        command += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in sorted(needed):
        folder = _closed(path)
        if folder is not None:
            between = [parent for parent in path.parents if parent.is_relative_to(folder)]
            for parent in [*reversed(between)][1:]:
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--bind", str(path), str(path)]
    return command


def _closed(path: Path) -> Path | None:
    """The first folder on the way to ``path`` that others may not enter."""
    ways = reversed(path.parents)
    return next((way for way in ways if not way.stat().st_mode & 0o001), None)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_an_ordinary_user_is_as_safe_as_root(home: Path, record_property) -> None:
    """As an ordinary user the rest of this folder is that run, and root cannot be had."""
    if os.geteuid() != 0:
        return
    missing = [name for name in ("setpriv", "bwrap") if shutil.which(name) is None]
    assert not missing, f"not on PATH: {missing}"
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp"]
    tests += [str(home / "tests"), "tests/hostile/test_attacks.py"]
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment |= {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [*opened(), *drop, *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr
    line = re.search(
        r"hostile: (\d+) attacks × \d+ tiers \((.+)\), 0 points forged, 0 marker bytes found, "
        r"0 next submissions affected",
        run.stdout,
    )
    assert line, run.stdout[-2000:]
    told = {"way": line[2], "unit": "tiers of an ordinary user", "attacks": int(line[1])}
    record_property(
        "hostile", json.dumps(told | dict.fromkeys(("forged", "leaked", "affected"), 0))
    )
