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

**A child's life.**  A *server* is a process that has imported, once, what every child
needs: the interpreter, numpy, a handful of our files by their paths (nothing of
``autograder`` is importable), and matplotlib where a notebook draws.  For each child it
forks a copy of itself.  The copy receives its orders and gives up its powers in
``lockdown``: namespaces, file access by Landlock, user and capabilities, descriptors,
resource limits, and system calls by seccomp.  Each step is irrevocable, and the last one
forbids what the earlier ones needed.  Only then does it say that it is ready, and only then
does a student's first cell go to it.

**What a server knows.**  A child starts as a copy of its server's memory, so the server
must never hold anything of a student's.  The grader sends it a number and the child's
three descriptors, and gets back a descriptor of the child's process and, later, how that
ended.  Orders, code, arguments and results go through the child's own pipes, whose ends
the server closes at once.  It starts with a clean environment, by exec, and runs
no student's code; so what it has done before leaves no trace in the next child, and a
child of it is as good as a new process.  Two things would be shared unintentionally: random
streams (every child seeds numpy's anew from the system, Python does so for its own) and
the seed of hashes, which is fixed, so that the order of a set depends on the submission
and not on who happened to fork.

**Three layers, because each leaves something open.**  Landlock (or a mount namespace) says
which *files* may be opened, but does not govern chmod, chown, times, attributes, signals to
others (before ABI 6) or sockets.  The seccomp allow list says which *system calls* exist at
all, but cannot look at a path.  Limits bound *how much*.  The kernel bounds memory, file
size and a child's whole processor time; the grader watches processor time per request,
threads and files from outside, because only it can say whose request it was.

**Landlock in two steps.**  To allow hundreds of paths takes a millisecond, so in the kernel
tier the server does it once, when it is warm: it keeps what all children may read, and the
directory in which their scratches lie.  Such a layer is passed on to every child and never
comes off.  A child adds one of its own, in which a handful of high directories, none of them
above the scratches, may be read; both layers must allow, so what is left is what the server
kept, and of all scratches its own.  In a mount namespace there is nothing else to see, but
a restricted process cannot mount, and so a child restricts itself, by a few dozen paths.

**Tiers.**  *kernel* is these three layers; it needs no privilege and no package beside
libseccomp.  *namespaces* adds bubblewrap's mount, process, network and IPC namespaces, with
Landlock too where the kernel has it.  ``probe`` finds out which of them hold by having a
child attack and seeing it fail; without either there is no grading.

**Namespaces of server and child.**  bubblewrap runs the server, as process 1 of its own
namespaces, with the file system that children see, and CAP_SYS_ADMIN in them, to make more.
Each child is process 1 of a fresh process namespace, so that it can name nobody, and
leaves the server's mount and IPC namespaces for copies: over the scratch directory it
mounts an empty memory file system that no other process can see and that is gone with it.
There is no /tmp, no /dev/shm and no /proc.  Then it drops the capability with
all others.  The network namespace is the server's, with nothing in it, not even a
loopback that is up: a fresh one would take longer than all other layers together and
would keep apart what has no sockets, for seccomp denies them in every child and Landlock
(since ABI 6) abstract ones too.  So each child has what it had when bubblewrap started it by
itself, except a network nobody can use, which it shares with the children of its server.

**Time.**  A loaded machine must not cost points, so the limit that counts is processor
time, read from the child's processor-time clock.  Time on the clock is an outer bound for
code that sleeps, and time spent waiting for a processor does not count towards it.

**Ends.**  Whatever goes wrong in a child ends it, and the caller gets ``ChildStopped`` with
a sentence for the student; the next child starts from nothing.  What goes wrong in starting
one is ``SandboxError``: the student has nothing to do with it.  A child never outlives the
grader, its scratch directory never outlives the child.

**Who dies with whom.**  The kernel ends a child when its server ends (its parent's death
signal, or the end of the namespace whose process 1 the server is), and a server when the
thread that started it ends; the closed connection tells it, too.  A death signal is set
after the parent may already be gone, so whoever sets one looks at its parent afterwards; a
change of user undoes it, so a child sets it after that.  The grader ends a child itself,
by a descriptor that can mean no other process, and the server only reaps it and tells how
it ended.  When a server is gone, its child is a ``SandboxError`` to the grader, and the next
child comes from another server.  What a killed grader leaves on disk is removed when the
next one starts: each grader's directory is locked while it lives.

**Inside the child** a student can reach our own frames and rebind anything.  That is
accepted: the serving loop holds no secret.  It only avoids breaking by accident: what it
uses is bound before student code runs, with a private copy of the builtins.

**Two purposes.**  Nearly all children have functions called in them, to be judged.  Those that
*show* what a notebook's cells display have an IPython shell instead, and servers of their
own.  They give up the same powers in the same way; the only difference is that they may
read IPython, and course_utils as students have it, which draws the pictures.  They are never
asked for anything that counts, and what they display is plain text and PNG to the grader,
looked at part by part.

Where things are: ``isolation`` and ``probe`` (tiers), ``limits``, ``process`` (the grader's
side), ``launch``, ``servers``, ``spawned`` and ``namespaces`` (how a child comes into
being), ``library`` (what it may import and read), ``scratch``, ``meter``, ``watch``, ``pipes``,
``wire`` and ``replies`` (what is said, and how it is checked), ``showing``; in server and
child ``bootstrap``, ``forkserver``, ``packages``, ``child``, ``shell``, ``lockdown``,
``landlock``, and the ``stand_in`` for course_utils; ``syscalls`` (the allow list, with
reasons).
"""

from autograder.sandbox import scratch, servers
from autograder.sandbox.isolation import UNISOLATED, Isolation
from autograder.sandbox.limits import ChildStopped, Limits, SandboxError
from autograder.sandbox.probe import probe
from autograder.sandbox.process import Child
from autograder.sandbox.replies import CellOutcome, CellShown, Display
from autograder.sandbox.showing import ShowingChild


def leave() -> None:
    """End what children this thread may still have, and remove all that is left of them.

    For a process that ends without Python's exit handlers; it must not start another child.
    """
    servers.end()
    scratch.leave()


__all__ = [
    "UNISOLATED",
    "CellOutcome",
    "CellShown",
    "Child",
    "ChildStopped",
    "Display",
    "Isolation",
    "Limits",
    "SandboxError",
    "ShowingChild",
    "leave",
    "probe",
]
