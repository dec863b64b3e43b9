"""The project's frame: one set of bounds, one lock, one way to run, two wheels."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
STUDENT = tomllib.loads((ROOT / "course_utils/pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CI_SCRIPT = (ROOT / ".ci/run").read_text(encoding="utf-8")

#: Folders and files that lie in a package's folder and are not part of it.
NOT_PACKAGED = ("__pycache__", "build", "*.egg-info", "*.pyc")


def required(*, extras=(), build=False) -> dict[str, Requirement]:
    project = PROJECT["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    if build:
        lines += PROJECT["build-system"]["requires"]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def bounds(requirements: dict[str, Requirement]) -> dict[str, tuple[object, object]]:
    return {name: (r.specifier, r.marker) for name, r in requirements.items()}


def locked() -> dict[str, Requirement]:
    lines = re.findall(r"^[^#\s].*?(?= \\?$)", LOCK, flags=re.MULTILINE)
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


# One set of bounds


def test_environment_yml_asks_for_what_pyproject_asks_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, from_pip = environment["dependencies"]
    lines = [line for line in (*conda, *from_pip["pip"]) if line not in {"pip", "--editable ."}]
    asked = {canonicalize_name(r.name): r for r in map(Requirement, lines)}
    python = asked.pop("python")
    assert python.specifier == SpecifierSet(PROJECT["project"]["requires-python"])
    # Extras are pip's: conda's packages are whole.
    assert bounds(asked) == bounds(required(extras=["dev"]))
    assert environment["channels"] == ["conda-forge"]
    assert "--editable ." in from_pip["pip"]


def test_a_gradebook_in_postgresql_asks_for_what_is_tested_with():
    extra = required(extras=["postgresql"])
    assert extra.keys() - required().keys() == {"psycopg"}
    assert extra["psycopg"] == required(extras=["dev"])["psycopg"]


def test_the_students_distribution_asks_for_part_of_what_the_whole_asks_for():
    student, whole = STUDENT["project"], PROJECT["project"]
    assert student["version"] == whole["version"]
    assert student["requires-python"] == whole["requires-python"]
    assert set(student["dependencies"]) <= set(whole["dependencies"])
    assert {Requirement(line).name for line in student["dependencies"]} == {"numpy", "matplotlib"}


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_nothing_that_only_linux_has_is_asked_for_elsewhere(system):
    asked = [
        name
        for name, requirement in required(extras=["dev"]).items()
        if requirement.marker is None or requirement.marker.evaluate({"sys_platform": system})
    ]
    assert "pyseccomp" not in asked
    assert "nbgrader" in asked


# One lock


def test_the_lock_satisfies_every_requirement():
    asked = required(extras=["dev"], build=True)
    pinned = locked()
    for name, requirement in asked.items():
        (pin,) = pinned[name].specifier
        assert pin.operator == "=="
        assert Version(pin.version) in requirement.specifier, f"{name}: run `make lock`"


def test_the_lock_holds_pip_which_sets_everything_up():
    assert "pip" in locked()


def test_every_locked_version_has_a_hash():
    entries = re.split(r"\n(?=[^#\s])", "\n" + LOCK)[1:]
    assert len(entries) == len(locked())
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_names_no_host():
    assert not re.search(r"https?:|//|index-url|find-links", LOCK)


# One way to run


def test_ci_runs_the_two_commands_and_skips_nothing():
    commands = [line.strip() for line in CI_SCRIPT.splitlines()]
    assert "make demo" in commands
    assert commands[-1] == "REQUIRE_ALL=1 make test"


def test_the_workflow_runs_the_same_script_and_the_students_part_without_make():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    runs = {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in workflow["jobs"].items()
    }
    assert runs["everything"] == ["bash .ci/run"]
    assert any("pip install ./course_utils" in run for run in runs["student"])
    assert "pytest tests/course_utils" in runs["student"]
    assert not any("make" in run for run in runs["student"])


def test_every_action_of_the_workflow_is_pinned_to_a_commit():
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: \S+@(\S+)", text)
    assert used
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for commit in used)


@pytest.fixture
def makefile_alone(tmp_path) -> Path:
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("no make on PATH")
    return subprocess.run(
        ["make", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_python_that_is_too_old_is_refused_with_what_to_do(makefile_alone):
    old = makefile_alone / "old python"
    old.write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.2;; *) exit 1;; esac\n")
    old.chmod(0o755)
    result = make(makefile_alone, "setup", f"PYTHON={old}")
    assert result.returncode != 0
    assert f"{old} is not Python 3.11 or later: Python 3.9.2" in result.stderr
    assert "make PYTHON=/path/to/python3" in result.stderr
    assert not (makefile_alone / ".venv").exists()


def test_no_python_at_all_is_refused_with_what_to_do(makefile_alone):
    result = make(makefile_alone, "setup", "PYTHON=")
    assert result.returncode != 0
    assert "No Python 3.11 or later on PATH" in result.stderr


def test_make_alone_lists_what_can_be_made(makefile_alone):
    listed = make(makefile_alone).stdout
    for target in ("demo", "test", "lint", "build", "solved", "lock", "clean"):
        assert f"make {target}\t" in listed


# What git keeps


def git(*arguments: str) -> str:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    "path",
    [
        "submitted/ada/02_convolution/02_convolution.ipynb",
        "autograded/ada/02_convolution/02_convolution.ipynb",
        "feedback/ada/02_convolution/02_convolution.html",
        "gradebook.db",
        "verdicts.db-wal",
        ".course_secret",
        "build/demo/.course_secret",
        "build/source/02_convolution/02_convolution.ipynb",
        ".venv/bin/python",
    ],
)
def test_git_ignores_what_belongs_to_a_class_or_is_generated(path):
    assert git("check-ignore", "--no-index", path).strip() == path


@pytest.mark.parametrize(
    "path",
    ["assignments/02_convolution/02_convolution.ipynb", "tests/autograder/feedback/page.py"],
)
def test_git_keeps_releases_and_folders_that_only_share_a_name(path):
    assert git("check-ignore", "--no-index", path) == ""


def test_notebooks_and_sources_have_the_same_line_ends_on_every_system():
    paths = ["assignments/x/x.ipynb", "solutions/x.py", "course_utils/data/x.json"]
    attributes = git("check-attr", "eol", "--", *paths)
    assert attributes.splitlines() == [f"{path}: eol: lf" for path in paths]


def test_a_picture_is_never_changed_by_git():
    assert "binary: set" in git("check-attr", "binary", "--", "course_utils/data/photograph.png")


# Two wheels


def built_wheel(source: Path, folder: Path) -> zipfile.ZipFile:
    """Build a wheel without the network, from the environment's own setuptools."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def files_of(package: str) -> set[str]:
    """Paths of the package's files, from the checkout's root."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not is_no_part(path.relative_to(ROOT))
    }


def is_no_part(path: Path) -> bool:
    if path.parent.name == "course_utils" and path.name in {"LICENSE", "pyproject.toml"}:
        return True
    return any(fnmatch(part, pattern) for part in path.parts for pattern in NOT_PACKAGED)


def imported_from(wheel: zipfile.ZipFile, folder: Path, module: str) -> Path:
    """Where a Python that finds the unpacked wheel first imports ``module`` from."""
    wheel.extractall(folder)
    command = [sys.executable, "-P", "-c", f"import {module}; print({module}.__file__)"]
    result = subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.strip()).relative_to(folder)


def packaged(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_the_students_wheel_holds_course_utils_alone_and_imports(tmp_path):
    copy = tmp_path / "course_utils"
    shutil.copytree(ROOT / "course_utils", copy, ignore=shutil.ignore_patterns(*NOT_PACKAGED))
    with built_wheel(copy, tmp_path) as wheel:
        assert packaged(wheel) == files_of("course_utils")
        where = imported_from(wheel, tmp_path / "site", "course_utils")
        assert where == Path("course_utils/__init__.py")


def test_the_graders_wheel_holds_both_packages_and_imports(tmp_path):
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for package in ("autograder", "course_utils"):
        ignored = shutil.ignore_patterns(*NOT_PACKAGED)
        shutil.copytree(ROOT / package, copy / package, ignore=ignored)
    with built_wheel(copy, tmp_path) as wheel:
        assert packaged(wheel) == files_of("autograder") | files_of("course_utils")
        where = imported_from(wheel, tmp_path / "site", "autograder.cli")
        assert where == Path("autograder/cli.py")


def test_both_distributions_carry_the_same_licence():
    licence = (ROOT / "LICENSE").read_bytes()
    assert licence == (ROOT / "course_utils/LICENSE").read_bytes()
