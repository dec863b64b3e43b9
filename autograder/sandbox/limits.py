"""How much a child may use, and what the person reads when it uses more."""

from dataclasses import dataclass
from typing import Literal

from course_utils.exercise import CallStoppedError

#: Why a child was stopped, for programs; the sentence beside it is for people.
StopKind = Literal["cpu", "wall", "memory", "threads", "files", "ended", "bad reply"]


@dataclass(frozen=True)
class Limits:
    """Limits of one child.

    - ``call_cpu_seconds``: processor time of one call of a function, seconds;
    - ``cell_cpu_seconds``: processor time of one cell, seconds;
    - ``cell_wall_seconds``: time on the clock of one cell, seconds, not counting what it
      waited for a processor;
    - ``call_wall_factor``: time on the clock of one call, as a multiple of its processor
      time; an outer bound, because a busy machine must not cost points;
    - ``start_wall_seconds``: time on the clock until a child must be ready, seconds;
    - ``memory_bytes``: address space above what the warm child already has, bytes;
    - ``output_bytes``: characters of printed text kept per call or cell;
    - ``reply_bytes``: array bytes in one reply;
    - ``file_bytes``: size of one file, bytes;
    - ``scratch_bytes``, ``scratch_files``: all files that the child leaves, bytes and number;
    - ``processes``: threads, its own one included (a child never has other processes);
    - ``total_wall_seconds``: time on the clock of all that one submission does, in however
      many children: its calls, and its cells as often as they are run, seconds;
    - ``total_cpu_seconds``: processor time of a child's whole life, seconds; the kernel
      ends it then, even if the grader is stopped or gone.
    """

    call_cpu_seconds: float = 1.0
    cell_cpu_seconds: float = 5.0
    cell_wall_seconds: float = 10.0
    call_wall_factor: float = 10.0
    start_wall_seconds: float = 60.0
    memory_bytes: int = 1536 * 2**20
    output_bytes: int = 64 * 2**10
    reply_bytes: int = 32 * 2**20
    file_bytes: int = 16 * 2**20
    scratch_bytes: int = 64 * 2**20
    scratch_files: int = 1000
    processes: int = 64
    total_wall_seconds: float = 300.0
    total_cpu_seconds: int = 600


class SandboxError(Exception):
    """The sandbox failed, not the student: whatever depends on it is not judged."""


class ChildStopped(CallStoppedError):  # noqa: N818 - what happened, as StopIteration is
    """The child is gone: it reached a limit, ended, or sent what cannot be read.

    ``kind`` says why for programs, ``reason`` is a sentence for the student.
    """

    def __init__(self, kind: StopKind, reason: str) -> None:
        super().__init__(reason, out_of_time=kind in ("cpu", "wall"))
        self.kind = kind
