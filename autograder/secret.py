"""The course secret: what keeps students from computing the hidden cases themselves.

32 random bytes in hexadecimal, readable by its owner only, made on first use.
"""

import os
import secrets
import stat
from pathlib import Path

from autograder.errors import JudgingUnfitError

_BYTES = 32


def read_secret(path: Path) -> bytes:
    """The secret in ``path``, made there if there is none.

    Raises JudgingUnfitError when the file is readable by others or holds no secret.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return rotate(path)
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        text = file.read(1000).strip()
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


def write_secret(path: Path, secret: bytes) -> bytes:
    """Put this secret (32 bytes) into ``path``: a demonstration's is fixed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return secret
