"""Isolated child processes in which a submission's code runs: they compute, nothing more.

How it works and why
====================

**Who is trusted.**  The grader (this process) is; a submission is not.  Inputs, reference
answers, comparisons and scores exist in the grader alone.  A child gets a cell's source or
the arguments of one call, and sends back numbers and text.  So there is nothing in a child
that would be worth stealing, and nothing that it says is believed beyond "this is what the
student's function returned": a forged reply can only hold values that the code in the child
could have computed anyway.  Isolation protects everything else: the machine, the gradebook,
the solutions, other submissions, and the time of those who wait.

**A child's life.**  ``process.Child.start`` runs ``bootstrap.py`` with a fresh interpreter
and a clean environment.  The script loads a handful of files by their paths (nothing of
``autograder`` is importable), imports numpy, receives its orders, and gives up its powers
in ``lockdown``: file access by Landlock, then user and capabilities, then descriptors, then
resource limits, then system calls by seccomp.  Each step is irrevocable, and the last one
forbids what the earlier ones needed.  Only then does it say that it is ready, and only then
does a student's first cell go to it.

**Three layers, because each leaves something open.**  Landlock (or a mount namespace) says
which *files* may be opened, but does not govern chmod, chown, times, attributes, signals to
others (before ABI 6) or sockets.  The seccomp allow list says which *system calls* exist at
all, but cannot look at a path.  Limits bound *how much*.  The kernel bounds memory, file
size and a child's whole processor time; the grader watches processor time per request,
threads and files from outside, because only it can say whose request it was.

**Tiers.**  *kernel* is these three layers; it needs no privilege and no package beside
libseccomp.  *namespaces* adds bubblewrap's mount, process, network and IPC namespaces, with
Landlock too where the kernel has it.  ``probe`` finds out which of them hold by having a
child attack and seeing it fail; without either there is no grading.

**Time.**  A loaded machine must not cost points, so the limit that counts is processor
time, read from the child's processor-time clock.  Time on the clock is an outer bound for
code that sleeps, and time spent waiting for a processor does not count towards it.

**Ends.**  Whatever goes wrong in a child ends it, and the caller gets ``ChildStopped`` with
a sentence for the student; the next child starts from nothing.  What goes wrong in starting
one is ``SandboxError``: the student has nothing to do with it.  A child never outlives the
grader, its scratch directory never outlives the child.

**Inside the child** a student can reach our own frames and rebind anything.  That is
accepted: the serving loop holds no secret.  It only avoids breaking by accident: what it
uses is bound before student code runs, with a private copy of the builtins.

Where things are: ``isolation`` and ``probe`` (tiers), ``limits``, ``process`` (the grader's
side), ``launch``, ``spawned`` and ``namespaces`` (how a child comes into being), ``library``
(what it may import and read), ``scratch``, ``meter``, ``pipes``, ``wire`` and ``replies``
(what is said, and how it is checked); in the child ``bootstrap``, ``packages``, ``child``,
``lockdown``, ``landlock``, and the ``stand_in`` for course_utils; ``syscalls`` (the allow
list, with reasons).
"""

from autograder.sandbox import scratch, servers
from autograder.sandbox.isolation import UNISOLATED, Isolation
from autograder.sandbox.limits import ChildStopped, Limits, SandboxError
from autograder.sandbox.probe import probe
from autograder.sandbox.process import Child
from autograder.sandbox.replies import CellOutcome


def leave() -> None:
    """End what children this thread may still have, and remove all that is left of them.

    For a process that ends without Python's exit handlers; it must not start another child.
    """
    servers.end()
    scratch.leave()


__all__ = [
    "UNISOLATED",
    "CellOutcome",
    "Child",
    "ChildStopped",
    "Isolation",
    "Limits",
    "SandboxError",
    "leave",
    "probe",
]
