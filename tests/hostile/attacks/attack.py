"""What an attack is: the text of a cell, and what may be seen of it afterwards.

An attack is written once and used in two ways: alone against a bare child, and as a
submission that is graded like any other, of which the attack is the only cell.  That cell
first defines the exercise's functions, wrong: without the attack it earns nothing.

Every attack is bounded by itself, by a count, a size or a time, so that a sandbox that
fails does not harm the machine that shows it.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from attacks.system_calls import NUMBERS
from autograder.sandbox.limits import StopKind

FORWARD, BACKWARD = "conv_forward_naive", "conv_backward_naive"

#: What an attempt says that was refused, as it should be.
DENIED = r"denied: "
#: What is said of a cell or function that used up its time.
CPU, WALL = "of processor time", "took longer than"


@dataclass(frozen=True)
class Attack:
    """A hostile cell.

    ``tries`` says in words what it tries, and is its name.  ``source`` is plain Python
    that may use what PREPARATION defines; ``shows`` is a pattern of what the card or the
    reason says that was seen of it, so that an attack that never ran is noticed.  ``stops``
    says how a child ends that runs it; None: it goes on.  ``points`` is what the submission
    may earn; anything above it is forged.  ``is_attempt``: it is refused and nothing else
    happens, so that several have room in one submission.
    """

    kind: str
    tries: str
    source: str
    shows: str = DENIED
    stops: StopKind | None = None
    points: float = 0.0
    is_attempt: bool = False

    @property
    def name(self) -> str:
        """The kind, and what it tries."""
        return f"{self.kind}: {self.tries}"


def cell(attacks: Sequence[Attack], names: Mapping[str, object]) -> str:
    """One cell: what attacks may use, wrong functions, and these attacks.

    ``names`` are paths and other things that the attacks know.  Of several attempts it
    tells line by line what came of each.
    """
    parts = [preparation(names), WRONG]
    if len(attacks) == 1:
        return "\n".join([*parts, attacks[0].source])
    parts.append("OUTCOMES = []")
    for attack in attacks:
        parts += [attack.source, f"OUTCOMES.append({attack.tries!r} + ': ' + OUTCOME)"]
    return "\n".join([*parts, 'OUTCOME = "\\n".join(OUTCOMES)'])


#: The exercise's functions, as wrong as can be; the backward tells what came of the attempt.
WRONG = f"""
def {FORWARD}(x, w, b, conv_param):
    return np.zeros((1, 1, 1, 1)), (x, w, b, conv_param)

def {BACKWARD}(dout, cache):
    print(globals().get("OUTCOME", "nothing was tried"))
    x, w, b, conv_param = cache
    return np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
"""

PREPARATION = """
import ctypes, errno, os, sys, time
import numpy as np

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

def system_call(name, *arguments):
    number = NUMBERS.get(name)
    if number is None:
        raise OSError(errno.ENOSYS, f"there is no {name} here")
    longs = [ctypes.c_long(a) if type(a) is int else a for a in arguments]
    result = _libc.syscall(ctypes.c_long(number), *longs)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def raise_(error):
    raise error
"""


def preparation(names: Mapping[str, object]) -> str:
    """What attacks may use, with these ``names`` for what they attack."""
    numbers = f"NUMBERS = {NUMBERS!r}.get(os.uname().machine, {{}})"
    given = "\n".join(f"{name} = {_plain(value)!r}" for name, value in names.items())
    return f"{PREPARATION}\n{numbers}\n{given}"


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


#: An attempt is denied by one of these; any other exception is a mistake in the attack.
_ATTEMPT = """
def attempt():
{body}
try:
    OUTCOME = f"done: {{attempt()!r}}"
except (OSError, MemoryError, OverflowError, ValueError, ImportError) as error:
    OUTCOME = f"denied: {{type(error).__name__}}"
except Exception as error:
    # Others are the attack's own mistake, but what these two modules say of a refusal.
    what = "denied" if type(error).__module__ in ("sqlite3", "ctypes") else "broken"
    OUTCOME = f"{{what}}: {{error!r:.200}}"
"""


def attempts(kind: str, statements: Mapping[str, str]) -> list[Attack]:
    """Attempts that must be refused with an ordinary exception; each the body of a function."""
    return [
        Attack(
            kind,
            tries,
            _ATTEMPT.format(body=textwrap.indent(_body(text), "    ")),
            is_attempt=True,
        )
        for tries, text in statements.items()
    ]


def endings(kind: str, statements: Mapping[str, tuple[StopKind, str, str]]) -> list[Attack]:
    """Cells that end their process: how, what is said of it, and the cell."""
    return [
        Attack(kind, tries, _body(text), shows, stops)
        for tries, (stops, shows, text) in statements.items()
    ]


def functions(kind: str, bodies: Mapping[str, tuple[str, str]]) -> list[Attack]:
    """Hostile backwards: what the card shows, and the body of the function.

    The body may use x, w, b, conv_param and dout, and ``zeros``: three wrong gradients.
    """
    return [
        Attack(kind, tries, _FUNCTION.format(body=textwrap.indent(_body(text), "    ")), shows)
        for tries, (shows, text) in bodies.items()
    ]


def cells(kind: str, statements: Mapping[str, tuple[str, str]]) -> list[Attack]:
    """Cells that run through: what the card shows afterwards, and the cell."""
    return [Attack(kind, tries, _body(text), shows) for tries, (shows, text) in statements.items()]


_FUNCTION = f"""
def {BACKWARD}(dout, cache):
    x, w, b, conv_param = cache
    zeros = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
{{body}}
"""


def _body(text: str) -> str:
    return textwrap.dedent(text).strip("\n")
