"""The course secret: what keeps students from computing the hidden cases themselves.

32 random bytes in hexadecimal, readable by its owner only, made on first use.
"""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from autograder.errors import JudgingUnfitError

_BYTES = 32


def read_secret(path: Path) -> bytes:
    """The secret in ``path``, made there if there is none.

    Raises JudgingUnfitError when the file is readable by others, holds no secret, or can
    be neither read nor made.
    """
    try:
        if not path.exists():
            _make_once(path)
        with path.open(encoding="ascii", errors="replace") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(1000).strip()
    except OSError as error:
        raise JudgingUnfitError(
            f"the secret {path} can be neither read nor made ({error.strerror}); expected a file "
            "of yours; look at who owns it and its folder"
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise JudgingUnfitError(
            f"{path} can be read by others (mode {mode:o}); expected 600; run 'chmod 600 {path}', "
            "or 'autograder secret --rotate' if somebody may have read it"
        )
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise JudgingUnfitError(
            f"{path} holds no secret ({len(text)} characters); expected {2 * _BYTES} hexadecimal "
            "digits; run 'autograder secret --rotate' to make one anew"
        )
    return secret


def rotate(path: Path) -> bytes:
    """Put a fresh secret into ``path`` in one step, and return it."""
    return write_secret(path, secrets.token_bytes(_BYTES))


def _make_once(path: Path) -> None:
    """Make a secret unless another process has just made one: only one of them may count."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _written(path, secrets.token_bytes(_BYTES))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError:
        # A file system without links.
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def write_secret(path: Path, secret: bytes) -> bytes:
    """Put this secret (32 bytes) into ``path``: a demonstration's is fixed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _written(path, secret).replace(path)
    return secret


def _written(path: Path, secret: bytes) -> Path:
    """A file of its own beside ``path`` that holds ``secret`` and is its owner's alone."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
