"""One writer at a time, whatever processes they are in.

nbgrader looks whether a row is there and then adds it: two graders that do so at once add
it twice, and one of them fails.  So whoever opens the gradebook holds a lock beside it.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Seconds between two tries.
_PAUSE = 0.05


@contextmanager
def alone(lock: Path, patience: float) -> Iterator[None]:
    """Hold the file ``lock``, made where there is none; the kernel lets go of it with the process.

    Raises TimeoutError when another process holds it for more than ``patience`` seconds, and
    OSError when it cannot be made.
    """
    deadline = time.monotonic() + patience
    with lock.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another process holds {lock}") from None
                time.sleep(_PAUSE)
        yield
