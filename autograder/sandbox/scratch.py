"""The private directory of one child: the only place where it may write.

Each grading process has one base directory, held by a lock; a child's scratch lies in it.
Whoever makes a base also removes those whose lock nobody holds, so that nothing is left
behind even after the grader itself was killed.
"""

import contextlib
import errno
import functools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PREFIX, _UNLOCKED = "autograder-sandbox-", "autograder-unlocked-"
#: An unlocked one younger than this (seconds) may belong to somebody who is about to lock it.
_SETTLED = 60.0
#: What says that a directory is there but cannot be looked into.
_CLOSED = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)


class HiddenFilesError(Exception):
    """There is a directory into which nobody can look, so what lies here cannot be counted."""


class Scratch:
    """A directory for one child.  ``uid``: the user that it will belong to, None for ours."""

    def __init__(self, uid: int | None) -> None:
        base = _base(os.getpid())
        self.path = Path(tempfile.mkdtemp(dir=base))
        self._seen = self.path
        if uid is not None:
            base.chmod(0o711)
            os.chown(self.path, uid, uid)

    def watch(self, path: Path) -> None:
        """Count what lies at ``path``: another file system may be mounted over this one."""
        self._seen = path

    def usage(self, most_files: int) -> tuple[int, int]:
        """Return bytes and number of what lies here; stops counting above ``most_files``.

        Raises HiddenFilesError where there may be files that cannot be counted.
        """
        size = count = 0
        for entry in _entries(self._seen):
            count += 1
            if count > most_files:
                break
            with contextlib.suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_blocks * 512
        return size, count

    def remove(self) -> None:
        """Remove the directory with all that is in it, however it was made."""
        _remove(self.path)


def _entries(top: Path) -> Iterator["os.DirEntry[str]"]:
    """Yield everything beneath ``top``, without recursion and without following links.

    Raises HiddenFilesError for a directory that cannot be read, or whose path is too long.
    """
    waiting = [str(top)]
    while waiting:
        directory = waiting.pop()
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    yield entry
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError as error:
            # It may be gone by now, and ``top`` with the process that it was mounted for.
            if error.errno in _CLOSED and directory != str(top):
                raise HiddenFilesError from error


def _remove(top: Path) -> None:
    """Remove a tree of any depth and any modes: each directory is first moved to the top."""
    moved = 0
    waiting = [top]
    while waiting:
        directory = waiting[-1]
        directory.chmod(0o700)
        with os.scandir(directory) as found:
            entries = list(found)
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            # A directory must be writable to be moved: its ".." changes.
            os.chmod(entry.path, 0o700)
            moved += 1
            shallow = top.with_name(f"{top.name}.{moved}")
            os.rename(entry.path, shallow)
            waiting.append(shallow)
        if not any(os.scandir(directory)):
            waiting.remove(directory)
            directory.rmdir()


@functools.lru_cache(maxsize=1)
def _base(pid: int) -> Path:
    """Return this process's base directory; ``pid`` makes a forked process have its own."""
    import atexit
    import fcntl

    parent = Path(tempfile.gettempdir())
    _sweep(parent)
    made = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=parent))
    # Never closed: the lock is held as long as this process lives.
    fcntl.flock(os.open(made, os.O_RDONLY | os.O_CLOEXEC), fcntl.LOCK_EX)
    # Under its name it is always locked by its owner, or left behind.
    base = made.rename(made.with_name(_PREFIX + made.name.removeprefix(_UNLOCKED)))
    atexit.register(_remove_base, base, pid)
    return base


def _remove_base(base: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(base, ignore_errors=True)


def leave() -> None:
    """Remove what this process has on disk; it must not start another child."""
    if _base.cache_info().currsize:
        _remove_base(_base(os.getpid()), os.getpid())


def _sweep(parent: Path) -> None:
    """Remove the bases of processes that are gone."""
    import fcntl

    for base in (*parent.glob(f"{_PREFIX}*"), *parent.glob(f"{_UNLOCKED}*")):
        with contextlib.suppress(OSError):
            status = base.lstat()
            if status.st_uid != os.geteuid():
                continue
            if base.name.startswith(_UNLOCKED) and time.time() - status.st_mtime < _SETTLED:
                continue
            descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for leftover in base.iterdir():
                    _remove(leftover)
                base.rmdir()
            finally:
                os.close(descriptor)
