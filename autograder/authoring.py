"""From ``solutions/NN_topic.py`` to the notebooks that students get.

Stages, in order; a fault in any ends the build before a file is written:

1. the sources are linted;
2. jupytext makes a notebook with solutions of each;
3. nbgrader's own ``generate_assignment`` makes the release, in a scratch folder;
4. the release is scanned for leaks;
5. files whose bytes differ are written, each at once.

The same sources give the same bytes on every run and every system.  A release carries a
digest of its source, so that any difference between the two shows, even one in the body
of a solution, which the release does not hold.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.companions import companions
from autograder.course import Course
from autograder.errors import RefusedError
from autograder.leaks import find_leaks
from autograder.lint import lint

# What Jupyter leaves behind; nbgrader does not copy it.
_CHECKPOINTS = ".ipynb_checkpoints"
# A cell of a notebook with solutions that takes longer hangs.
_CELL_SECONDS = 600


@dataclass(frozen=True)
class Stale:
    """A file under ``assignments/`` that is not what the sources make, and why."""

    path: Path
    why: Literal["stale", "missing", "unexpected"]

    def __str__(self) -> str:
        advice = {
            "stale": "it differs from what its source makes; run 'autograder build'",
            "missing": "its source was never built; run 'autograder build'",
            "unexpected": "no source makes it; delete it",
        }
        return f"{self.path.as_posix()}: {self.why}: {advice[self.why]}"


@dataclass(frozen=True)
class _Made:
    """The bytes of what is made of one source: two notebooks, and the companion files of both."""

    source: bytes
    release: bytes
    companions: Mapping[str, bytes]


def build(course: Course) -> tuple[Path, ...]:
    """Make ``build/source`` and ``assignments`` from ``solutions``.

    Returns the files that were written; those that were right already are left alone.
    Raises ``RefusedError``, with all findings, if a source has faults, a release leaks,
    or ``build/source`` holds a file that nbgrader would copy to students.
    """
    made = _make(course)
    _refuse_foreign_files(course)
    wanted = {course.source_file(name): files.source for name, files in made.items()}
    wanted |= _beside(made, course.source_file) | _released(course, made)
    written = tuple(path for path, content in wanted.items() if _write(path, content))
    _remove_orphans(course)
    return written


def check(course: Course) -> tuple[Stale, ...]:
    """Return the files under ``assignments`` that ``build`` would change, or did not make.

    Writes nothing.  Raises ``RefusedError`` for faulty sources, as ``build`` does.
    """
    wanted = _released(course, _make(course))
    stale = []
    for path, content in wanted.items():
        if not path.is_file():
            stale.append(Stale(path.relative_to(course.root), "missing"))
        elif path.read_bytes() != content:
            stale.append(Stale(path.relative_to(course.root), "stale"))
    unexpected = [path for path in _files(course.assignments) if path not in wanted]
    stale += [Stale(path.relative_to(course.root), "unexpected") for path in unexpected]
    return tuple(stale)


def _released(course: Course, made: Mapping[str, _Made]) -> dict[Path, bytes]:
    """Everything that belongs under ``assignments``."""
    released = {course.release_file(name): files.release for name, files in made.items()}
    return released | _beside(made, course.release_file)


def _beside(made: Mapping[str, _Made], notebook: Callable[[str], Path]) -> dict[Path, bytes]:
    """The companion files, each beside its notebook."""
    return {
        notebook(name).with_name(file): content
        for name, files in made.items()
        for file, content in files.companions.items()
    }


def solve(course: Course, progress: Callable[[str], None] | None = None) -> tuple[Path, ...]:
    """Execute the notebooks with solutions; write ``.ipynb`` and HTML to ``build/solved``.

    ``progress`` is called with a notebook's name before it runs.  Returns the files
    written.  Raises ``RefusedError`` if a source has faults, or, after all notebooks ran,
    if a cell raised an error; a notebook with such a cell is not written.
    """
    from autograder.conversion import encoded, read_source  # slow to load
    from autograder.solving import error_outputs, execute, to_html

    _refuse_faults(course)
    written: list[Path] = []
    errors: list[str] = []
    for name in course.notebooks:
        if progress is not None:
            progress(name)
        source = read_source(course, name)
        with tempfile.TemporaryDirectory(prefix="autograder-solve-") as folder:
            for file, text in companions(course, name).items():
                _write(Path(folder, file), text.encode())
            execute(source.notebook, name, Path(folder), _CELL_SECONDS)
        raised = error_outputs(source.notebook)
        file = course.solution_file(name).relative_to(course.root).as_posix()
        errors += [f"{file}:{source.cells[cell].line}: found {error}" for cell, error in raised]
        if not raised:
            pages = {".ipynb": encoded(source.notebook)}
            pages[".html"] = to_html(source.notebook, name).encode("utf-8")
            for suffix, content in pages.items():
                _write(course.solved / f"{name}{suffix}", content)
                written.append(course.solved / f"{name}{suffix}")
    if errors:
        raise RefusedError("found errors in solved notebooks; expected cells that run", errors)
    return tuple(written)


def _refuse_faults(course: Course) -> None:
    findings = [str(finding) for finding in lint(course)]
    if findings:
        faults = "1 fault" if len(findings) == 1 else f"{len(findings)} faults"
        raise RefusedError(f"found {faults} in the sources; nothing was built", findings)


def _make(course: Course) -> Mapping[str, _Made]:
    """Make every notebook's files in memory; refuse them all if one is wrong."""
    from autograder.conversion import (  # slow to load
        encoded,
        generate_release,
        read_source,
    )

    _refuse_faults(course)
    made: dict[str, _Made] = {}
    leaks: list[str] = []
    for name in course.notebooks:
        source = read_source(course, name)
        with_solutions = encoded(source.notebook)
        with tempfile.TemporaryDirectory(prefix="autograder-build-") as scratch:
            release = generate_release(name, with_solutions, Path(scratch))
        file = course.release_file(name).relative_to(course.root).as_posix()
        leaks += find_leaks(source.cells, json.loads(release), file)
        beside = {file: text.encode() for file, text in companions(course, name).items()}
        made[name] = _Made(with_solutions, release, beside)
    if leaks:
        raise RefusedError("found leaks in what would be released; nothing was built", leaks)
    return made


def _refuse_foreign_files(course: Course) -> None:
    """Refuse what would reach students beside the notebooks: nbgrader copies it all."""
    wanted = {course.source_file(name) for name in course.notebooks}
    wanted |= {
        course.source_file(name).with_name(file)
        for name in course.notebooks
        for file in companions(course, name)
    }
    foreign = [
        f"{path.relative_to(course.root).as_posix()}: expected NAME/NAME.ipynb and companion "
        "files that 'autograder build' makes; move it away"
        for path in _files(course.source)
        if path not in wanted and path != course.source_file(path.stem)
    ]
    if foreign:
        raise RefusedError("found files that nbgrader would copy to students", foreign)


def _remove_orphans(course: Course) -> None:
    """Remove notebooks with solutions whose source is gone: nbgrader would list them."""
    for path in _files(course.source):
        if path.stem not in course.notebooks and path == course.source_file(path.stem):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and _CHECKPOINTS not in path.parts:
            yield path


def _write(path: Path, content: bytes) -> bool:
    """Write a file so that it is whole at every moment; return whether it had to change."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
