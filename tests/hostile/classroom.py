"""A course that is worth attacking: students who attack, honest ones between, and secrets.

Every place that a submission must not read holds a marker of its own; every marker is
searched for afterwards in all that grading wrote.
"""

import base64
import json
import os
import secrets
import shutil
import socket
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from attacks import ATTACKS, Attack, cell
from nbgrader.api import Gradebook

from autograder import gradebook, reference
from autograder.course import Course
from autograder.release import read_release, source_digest
from autograder.secret import read_secret
from autograder.store import VerdictStore
from autograder.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
NAME = "02_convolution"
FUNCTIONS = ("conv_forward_naive", "conv_backward_naive")
#: With this every marker begins, and that is all that an attacker knows of them.
BEGINNING = "hostile-marker-"
#: An honest student whose work is read by nobody else.
PRIVATE = "000-private"
#: So many attempts are made by one student.
_GROUP = 10

#: What the honest tell: whatever somebody else might have left where they run.
_TRACES = """
import builtins, os, random, signal, sys, threading, warnings
_umask = os.umask(0o22); os.umask(_umask)
_open = []
for _number in range(64):
    try:
        os.fstat(_number); _open.append(_number)
    except OSError: pass
TRACES = [
    [name for name in ("builtins", "os", "sys", "np", "random")
     if hasattr(globals()[name], "hostile")],
    sorted(name for name in sys.modules if "hostile" in name),
    sorted(name for name in os.environ if name != "PWD"), os.environ["OPENBLAS_NUM_THREADS"],
    sys.getrecursionlimit(), sys.getswitchinterval(), len(sys.argv), "/hostile" in sys.path,
    threading.active_count(), os.listdir("."), _umask, _open,
    [str(signal.getsignal(number)) for number in (10, 12, 14, 15)], signal.getitimer(0),
    np.geterr(), np.get_printoptions()["precision"], len(warnings.filters),
    257 == 256 + 1, sys.gettrace(), sys.stdout is None,
]
"""


@dataclass(frozen=True)
class Seat:
    """A student: the attacks in the submission, none in an honest one."""

    student: str
    attacks: tuple[Attack, ...] = ()


def seats(attacks: Sequence[Attack] = ATTACKS) -> list[Seat]:
    """The class in the order in which it is graded: an honest student behind every attacker."""
    groups: list[tuple[Attack, ...]] = []
    for kind in dict.fromkeys(attack.kind for attack in attacks):
        attempts = [a for a in attacks if a.kind == kind and a.is_attempt]
        groups += [tuple(attempts[i : i + _GROUP]) for i in range(0, len(attempts), _GROUP)]
        groups += [(a,) for a in attacks if a.kind == kind and not a.is_attempt]
    found = [Seat(PRIVATE)]
    for number, group in enumerate(groups, 1):
        found += [Seat(f"{number:03}-attacks", group), Seat(f"{number:03}-honest")]
    return found


class Classroom:
    """A course in ``root`` with a class of its own, all of it in one folder."""

    def __init__(self, root: Path, attacks: Sequence[Attack] = ATTACKS) -> None:
        self.course = Course(root)
        self.seats = seats(attacks)
        for name in ("solutions", "assignments"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        self.victim = root / "roster.csv"
        self.victim.write_text("student,seat\nada,1\n", encoding="utf-8")
        self.markers = {
            place: f"{BEGINNING}{secrets.token_hex(8)}"
            for place in ("gradebook", "verdicts", "solutions", "other", "key", "environment")
        }
        self._plant()
        self.listener = Listener()
        for seat in self.seats:
            self._hand_in(seat)
        self.look()

    def _plant(self) -> None:
        """Put a marker into every place that must not be read."""
        course, markers = self.course, self.markers
        self.markers["secret"] = read_secret(course.secret).hex()
        source, release = course.solution_file(NAME), course.release_file(NAME)
        text = source.read_text(encoding="utf-8")
        marked = f"{text}# {markers['solutions']}\n"
        source.write_text(marked, encoding="utf-8")
        # As if the course had been built with it.
        released = release.read_text(encoding="utf-8")
        renamed = released.replace(source_digest(text), source_digest(marked))
        release.write_text(renamed, encoding="utf-8")
        gradebook.prepare(course, read_release(course, NAME))
        with Gradebook(f"sqlite:///{course.gradebook}", "backprop-by-hand") as book:
            book.add_student("somebody", last_name=markers["gradebook"])
        planted = Verdict("somebody", "03_pooling", "unreadable", reason=markers["verdicts"])
        VerdictStore(course.verdicts).put(planted)
        self.key = course.root / "home" / ".ssh" / "id_ed25519"
        self.key.parent.mkdir(parents=True, mode=0o700)
        self.key.write_text(markers["key"], encoding="utf-8")
        self.link = course.root / "link"
        self.link.symlink_to(course.gradebook)

    @property
    def _names(self) -> Mapping[str, object]:
        """What the attackers know."""
        course = self.course
        return {
            "PATH": self.victim,
            "GRADEBOOK": course.gradebook,
            "VERDICTS": course.verdicts,
            "SOLUTIONS": course.solution_file(NAME),
            "SECRET": course.secret,
            "OTHER": course.submitted / PRIVATE / NAME / f"{NAME}.ipynb",
            "KEY": self.key,
            "LINK": self.link,
            "FOLDER": course.root,
            "PORT": self.listener.port,
            "BEGINNING": BEGINNING,
        }

    def _hand_in(self, seat: Seat) -> None:
        notebook = json.loads(self.course.release_file(NAME).read_text(encoding="utf-8"))
        made = [c for c in notebook["cells"] if _grade_id(c) in FUNCTIONS]
        sources = [cell(seat.attacks, self._names)] if seat.attacks else self._honest(seat)
        code = [_code(f"own{place}", source) for place, source in enumerate(sources)]
        notebook["cells"] = [*code, *made]
        path = self.course.submitted / seat.student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def _honest(self, seat: Seat) -> list[str]:
        right = reference.load(Course(ROOT), NAME)
        forward, backward = map(right.source, FUNCTIONS)
        told = backward.replace("\n", "\n    print(TRACES)\n", 1)
        private = (
            f"private = '{self.markers['other']}'" if seat.student == PRIVATE else "private = 0"
        )
        return [f"import numpy as np\n{private}", forward, told, _TRACES]

    def look(self) -> None:
        """Remember how everything is that no submission may change."""
        self._before = self._outside()

    # Afterwards

    def _outside(self) -> dict[str, tuple[object, ...]]:
        """What no submission may change."""
        root = self.course.root
        watched = [self.victim, self.key, self.link, root, root / "home", *root.iterdir()]
        watched += [self.course.solution_file(NAME), self.course.secret]
        written = {self.course.gradebook, self.course.verdicts, root, self.course.submitted}
        found: dict[str, tuple[object, ...]] = {}
        for path in watched:
            if path in written or path.name.startswith(("verdicts.db", "gradebook.db")):
                continue
            s = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(s.st_mode) else b""
            attributes = os.listxattr(path, follow_symlinks=False)
            found[str(path)] = (s.st_mode, s.st_uid, s.st_gid, s.st_mtime_ns, content, *attributes)
        return found

    def harm(self) -> list[str]:
        """Everything outside that is not as it was, and everybody who was reached."""
        after = self._outside()
        made = {"autograded", "feedback", "report.html", "grades.csv", "said.log", "__pycache__"}
        names = {Path(path).name for path in after}
        changed = [p for p, was in self._before.items() if after.get(p) != was]
        changed += [p for p in after if p not in self._before and Path(p).name not in made]
        places = ("/hostile", "/tmp/hostile", "/var/tmp/hostile", "/dev/shm/hostile")  # noqa: S108
        changed += [place for place in places if Path(place).exists()]
        changed += [name for name in names if name.endswith(".new")]
        return changed + [f"{n} connections" for n in [self.listener.reached] if n]

    def produced(self) -> Iterator[tuple[Path, bytes]]:
        """Every file that grading wrote or wrote into, with its content."""
        course = self.course
        given = (course.submitted, course.solutions, course.assignments, self.key.parent)
        for path in sorted(course.root.rglob("*")):
            own = path == course.secret or any(path.is_relative_to(folder) for folder in given)
            if path.is_file() and not path.is_symlink() and not own:
                yield path, path.read_bytes()

    def leaked(self) -> list[str]:
        """Where a marker is found that was not put there."""
        own = {  # where a marker may stand, and how often it did before
            "gradebook": lambda path: path.name.startswith("gradebook.db"),
            "verdicts": lambda path: path.name.startswith("verdicts.db"),
            "other": lambda path: PRIVATE in path.parts,
        }
        return [
            f"{place} in {path}"
            for path, content in self.produced()
            for place, marker in self.markers.items()
            if any(form in content for form in _forms(marker))
            and not own.get(place, lambda _: False)(path)
        ]


def _forms(text: str) -> list[bytes]:
    """A marker as it is, and as it would be in the usual disguises."""
    raw = text.encode()
    packed = [base64.b64encode(b" " * shift + raw)[4:-4] for shift in range(3)]
    return [raw, raw[::-1], raw.hex().encode(), text.encode("utf-16-le"), *packed]


def _grade_id(made: Mapping[str, Any]) -> str:
    return str(made["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


class Listener:
    """A port of this machine at which every connection and datagram is counted."""

    def __init__(self) -> None:
        self._stream = socket.create_server(("127.0.0.1", 0))
        self.port = self._stream.getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self.port))
        self._datagrams.setblocking(False)
        self._stream.setblocking(False)

    @cached_property
    def reached(self) -> int:
        """How often it was reached; closes the port."""
        count = 0
        for receive in (self._stream.accept, lambda: self._datagrams.recv(10)):
            try:
                while receive():
                    count += 1
            except BlockingIOError:
                continue
        self._stream.close()
        self._datagrams.close()
        return count


@contextmanager
def grader_unchanged() -> Iterator[list[str]]:
    """A list that holds afterwards what is different about this process itself."""
    import resource
    import signal
    import sys

    def state() -> dict[str, object]:
        mask = os.umask(0o22)
        os.umask(mask)
        return {
            "environment": dict(os.environ),
            "working directory": Path.cwd(),
            "umask": mask,
            "limits": [resource.getrlimit(n) for n in range(10)],
            "signals": [signal.getsignal(n) for n in range(1, 32)],
            "modules": sorted(name for name in sys.modules if name == "hostile"),
            "recursion": sys.getrecursionlimit(),
            "threads": threading.active_count(),
        }

    before, changed = state(), []
    yield changed
    after = state()
    changed += [name for name, was in before.items() if after[name] != was]
