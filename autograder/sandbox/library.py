"""What a child may import and read: the allow list of packages and of paths.

Never site-packages as a whole and never the directory that the grader lies in: where a
directory contains one of those, its other entries are allowed one by one.
"""

import functools
import importlib.util
import os
import site
import stat
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.isolation import Purpose

#: Packages that a solution may use, each if it is installed, with what they need.
PACKAGES = (
    "numpy",
    "matplotlib",
    "mpl_toolkits",
    "pylab",
    "contourpy",
    "cycler",
    "dateutil",
    "fontTools",
    "kiwisolver",
    "packaging",
    "PIL",
    "pyparsing",
    "six",
)
#: What else children may read that show what cells display: IPython with what it needs, and
#: course_utils as students have it.
SHOWING = (
    "IPython",
    "asttokens",
    "decorator",
    "executing",
    "ipython_pygments_lexers",
    "matplotlib_inline",
    "prompt_toolkit",
    "pure_eval",
    "pygments",
    "stack_data",
    "traitlets",
    "typing_extensions",
    "wcwidth",
    "course_utils",
)
#: Directories of shared libraries that wheels put beside a package.
_LIBRARIES = (
    "numpy.libs",
    "matplotlib.libs",
    "contourpy.libs",
    "kiwisolver.libs",
    "pillow.libs",
)
#: Where the system keeps its shared libraries, and files that the loader and Python read.
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom")
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Library:
    """Where a child finds what it may use; all paths are absolute and resolved.

    ``packages`` maps importable names to a directory or a module file; ``plain`` is the
    file of course_utils.plain; ``readable`` may be read with all that is beneath; of
    ``listed`` only the names of entries.

    The same for a mount namespace: ``roots`` with all that is beneath but ``masked``, on
    top of that ``explicit``, and ``links`` (path and target).
    """

    interpreter: str
    packages: dict[str, str]
    plain: str
    readable: tuple[str, ...]
    listed: tuple[str, ...]
    roots: tuple[str, ...]
    masked: tuple[str, ...]
    explicit: tuple[str, ...]
    links: dict[str, str]

    @property
    def visible(self) -> tuple[str, ...]:
        """All that there is in a mount namespace, with all that is beneath."""
        return (*self.roots, *self.explicit)

    @functools.cached_property
    def open_to_all(self) -> bool:
        """Tell whether another user could read all of it, so that a child may become one."""
        paths = [self.interpreter, str(_HERE), *self.readable]
        return all(_open_to_all(Path(path)) for path in paths)


@functools.cache
def library(purpose: Purpose) -> Library:
    """Find what is installed here.  Looked up once: an installation does not move."""
    forbidden = _forbidden()
    allowed = PACKAGES if purpose == "judge" else (*PACKAGES, *SHOWING)
    packages = {name: place for name in allowed if (place := _place(name)) is not None}
    beside = {os.path.dirname(place) for place in packages.values()}
    wheels = [os.path.join(parent, name) for parent in sorted(beside) for name in _LIBRARIES]
    explicit = [*packages.values(), *filter(os.path.isdir, wheels)]
    for path in explicit:
        if path == packages.get("course_utils"):
            continue
        if any(_beneath(other, path) for other in forbidden):
            raise RuntimeError(f"{path} contains what a child must not read")
    explicit += [path for path in _SYSTEM_FILES if os.path.exists(path)]
    explicit = list(dict.fromkeys(map(os.path.realpath, explicit)))
    stdlib = os.path.realpath(sysconfig.get_path("stdlib"))
    roots = _roots(stdlib)
    found = [path for root in roots for path in _without(root, forbidden)]
    return Library(
        interpreter=os.path.realpath(sys.executable),
        packages=packages,
        plain=_plain(),
        readable=tuple(dict.fromkeys([*found, *explicit])),
        listed=(stdlib,),
        roots=roots,
        masked=tuple(
            path
            for path in forbidden
            if os.path.isdir(path) and any(_beneath(path, root) for root in roots)
        ),
        explicit=tuple(explicit),
        links={path: os.readlink(path) for path in _SYSTEM_LIBRARIES if os.path.islink(path)},
    )


def _roots(stdlib: str) -> tuple[str, ...]:
    """Return the directories of libraries and of the standard library, none within another."""
    platform = sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix})
    places = (stdlib, platform, os.path.join(sys.base_prefix, "lib"), *_SYSTEM_LIBRARIES)
    real = dict.fromkeys(os.path.realpath(path) for path in places if os.path.isdir(path))
    return tuple(
        path for path in real if not any(path != other and _beneath(path, other) for other in real)
    )


def _place(name: str) -> str | None:
    """Return the directory of a package or the file of a module, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return os.path.realpath(next(iter(spec.submodule_search_locations)))
    return os.path.realpath(spec.origin) if spec.origin else None


def _plain() -> str:
    spec = importlib.util.find_spec("course_utils.plain")
    if spec is None or spec.origin is None:
        raise RuntimeError("course_utils.plain is not installed; expected it beside autograder")
    return os.path.realpath(spec.origin)


def _forbidden() -> tuple[str, ...]:
    """Return directories of which nothing may be read but what is named one by one."""
    found = {str(_HERE.parent.parent), str(Path(_plain()).parent)}
    found.update(site.getsitepackages(), [site.getusersitepackages()])
    found.update(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    for root in (
        os.path.join(sys.base_prefix, "lib"),
        *_SYSTEM_LIBRARIES,
        "/usr/local/lib",
    ):
        for name in ("site-packages", "dist-packages"):
            found.update(map(str, Path(root).glob(f"python3*/{name}")))
    return tuple(sorted({os.path.realpath(path) for path in found}))


def _beneath(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _without(root: str, forbidden: tuple[str, ...]) -> Iterator[str]:
    """Yield ``root``, or as much beneath it as holds nothing forbidden."""
    path = os.path.realpath(root)
    if not os.path.exists(path) or any(_beneath(path, other) for other in forbidden):
        return
    if not any(_beneath(other, path) for other in forbidden):
        yield path
        return
    with os.scandir(path) as entries:
        # A link's target is allowed only if it is found by itself.
        names = sorted(entry.path for entry in entries if not entry.is_symlink())
    for name in names:
        yield from _without(name, forbidden)


def _open_to_all(path: Path) -> bool:
    try:
        needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
        if path.stat().st_mode & needed != needed:
            return False
        return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    except OSError:
        return False
