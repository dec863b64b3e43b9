"""The records of judging: what is asked, what came back, and what was found.

Everything here is plain data, frozen, and the same for a student's own ``check``
and for final grading.  Arrays are float64 unless a case says otherwise.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from course_utils import tolerances

Array = NDArray[Any]
#: What a function may be given: arrays, numbers, text, and containers of them.
Value = Any

Status = Literal["passed", "failed", "not started", "not judged"]
CheckKind = Literal["value", "share", "dtype", "unchanged", "repeatable", "cache", "adjoint"]
#: Kinds that look at what was returned, on cases of their own.
VALUE_KINDS: Final = frozenset[CheckKind]({"value", "share"})

#: Numbers beyond this are no longer followed by hand.
LARGEST_BY_HAND = 1000


@dataclass(frozen=True)
class Case:
    """One set of inputs a function is tried on.

    ``inputs`` maps the forward's argument names to values, in calling order.
    ``dout`` is the upstream gradient dL/dout, with the shape of the forward's first
    output.  ``saved`` are right results of the forward, by name, that the standard cache
    holds besides inputs.  ``driver`` is the function of ``drivers`` that is called for this
    case, where it is another than the exercise's.
    """

    name: str
    inputs: Mapping[str, Value]
    dout: Array
    saved: Mapping[str, Value] = field(default_factory=dict)
    driver: str = ""

    @property
    def is_extreme(self) -> bool:
        """Tell whether it is hard to follow: huge numbers, or a first array of a single one.

        Such a case is there for mistakes that no other shows; of the rest, others say more.
        """
        arrays = [v for v in self.inputs.values() if isinstance(v, np.ndarray)]
        alone = bool(arrays) and arrays[0].size == 1
        return alone or any(bool((np.abs(array) > LARGEST_BY_HAND).any()) for array in arrays)

    @property
    def title(self) -> str:
        """The case in one line: ``x (2, 3, 5, 7), w (4, 3, 3, 2), stride 2, pad 1``."""
        parts = []
        for name, value in self.inputs.items():
            if isinstance(value, np.ndarray):
                kind = "" if value.dtype == np.float64 else f" {value.dtype}"
                parts.append(f"{name} {value.shape}{kind}")
            elif isinstance(value, Mapping):
                parts.extend(f"{key} {item}" for key, item in value.items())
            else:
                parts.append(f"{name} {value}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at, and what it is worth.

    ``kind`` says how it is found out:

    - ``value``: the named ``outputs`` have the right shape and values on every one of
      the named ``cases``;
    - ``share``: of the entries of each of the named ``outputs`` (predicted classes) at least
      the share ``least``, from 0 to 1, is right on every one of the named ``cases``;
    - ``dtype``: on the named ``cases``, which hold integers, the named ``outputs`` are
      those for the same numbers as float64, right or wrong;
    - ``unchanged``: no argument is modified;
    - ``repeatable``: a second call with the same arguments gives the same answer;
    - ``cache``: the cache that a forward returns serves the backward;
    - ``adjoint``: on the named ``cases`` the function is right, and so forms an adjoint pair
      with a right ``Exercise.adjoint``; words say which of the student's two is off.

    ``weight`` is relative: weights are scaled to the points of the grade cell.  ``after`` are
    the names of simpler checks of the same values: where one of them failed, too, that is
    probably why, and the rule of this one was not broken.  ``explains``: what fails here
    makes other values wrong in ways that no known mistake foresees.
    """

    name: str
    title: str
    rule: str
    weight: float
    kind: CheckKind = "value"
    outputs: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    least: float = 0.0
    after: tuple[str, ...] = ()
    explains: bool = False


@dataclass(frozen=True)
class Exercise:
    """A function that a student writes, and how it is judged.

    ``name`` is the ``grade_id`` of its grade cell.  ``function`` is called as
    ``function(*inputs) -> (*outputs, cache)`` when it is a forward (``forward`` is None),
    as ``function(*inputs) -> outputs`` when it is that and not ``caches``, and as
    ``function(dout, cache) -> outputs`` when it is the backward of ``forward``.
    ``outputs`` names the returned arrays; for a backward, ``differentiate`` names the
    forward's arguments that they belong to, in the same order.  ``backward`` of a
    forward names the function that has to live with its cache.  ``cache`` of a backward
    names what the standard cache holds: inputs and outputs of the forward (by default all
    inputs, in their order); ``upstream`` is what its first argument is called.
    ``dependence`` says how the forward depends on what it is differentiated by.  ``axes``
    says in words what the axes of an output stand for, where they are not image, channel,
    row and column.

    ``adjoint`` names the linear function f that this one, g, is the adjoint of: <f(u, ...), c>
    is <u, g(c, ...)> for every u of the shape of g's answer, where c is g's first input.
    ``shared`` names the inputs that f is given after u.

    ``driver`` names the function of ``drivers`` that is called instead, and uses what the
    student wrote.  ``helpers`` are other asked functions that a solution may call: while
    one of them is wrong, this may be wrong because of it.  ``specimens``: the function is
    given functions to try (``specimens``), so it is judged after all others and in a
    process of its own.  ``cpu_seconds`` is the processor time that one call may take in
    grading, where the usual limit is too little.
    """

    name: str
    function: str
    outputs: tuple[str, ...]
    checks: tuple[Check, ...]
    forward: str | None = None
    backward: str | None = None
    differentiate: tuple[str, ...] = ()
    dependence: tolerances.Dependence = "smooth"
    caches: bool = True
    cache: tuple[str, ...] = ()
    upstream: str = "dout"
    adjoint: str = ""
    shared: tuple[str, ...] = ()
    driver: str = ""
    helpers: tuple[str, ...] = ()
    specimens: bool = False
    cpu_seconds: float = 0.0
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def cases(self) -> tuple[str, ...]:
        """Names of all cases that a check needs, each once, in the order of first use."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.cases))

    def without(self, checks: Collection[str]) -> "Exercise":
        """The same exercise without these checks."""
        kept = tuple(check for check in self.checks if check.name not in checks)
        return self if len(kept) == len(self.checks) else replace(self, checks=kept)

    def called(self, case: Case) -> str:
        """The function that is called: the student's own, or a driver that uses it."""
        return case.driver or self.driver or self.function

    def least(self, case: str, output: str) -> float | None:
        """The share of this output that has to be right, where a ``share`` check judges it."""
        for check in self.checks:
            if check.kind == "share" and case in check.cases and output in check.outputs:
                return check.least
        return None

    @property
    def by_share(self) -> frozenset[str]:
        """The cases of which a share has to be right; no two right functions answer alike."""
        return frozenset(name for c in self.checks if c.kind == "share" for name in c.cases)

    @property
    def differences(self) -> tolerances.CentralDifferences:
        """How central differences of the forward are taken."""
        return tolerances.DIFFERENCES[self.dependence]

    @property
    def keeps(self) -> bool:
        """Tell whether the function returns a cache after its outputs."""
        return self.forward is None and self.caches

    def arguments(self, case: Case, cache: Value | None = None) -> tuple[Value, ...]:
        """What the function is given for a case: with ``cache``, or with the standard one."""
        if self.forward is None:
            return tuple(case.inputs.values())
        return (case.dout, self.standard_cache(case) if cache is None else cache)

    def adjoint_arguments(self, case: Case, u: Array) -> tuple[Value, ...]:
        """What ``adjoint`` is given for a case: ``u`` and the inputs that both share."""
        return (u, *(case.inputs[name] for name in self.shared))

    def standard_cache(self, case: Case) -> tuple[Value, ...]:
        """The cache of a right forward, as the notebook describes it."""
        known = {**case.inputs, **case.saved}
        return tuple(known[name] for name in self.cache or case.inputs)

    @property
    def consumer(self) -> str:
        """The exercise whose judging shows whether this forward's cache serves; empty if none.

        The padding part of a forward belongs to the padding part of its backward.
        """
        return self.name.replace(self.function, self.backward) if self.backward else ""


#: The right answers to a case: one array per output name.
Answer = Mapping[str, Array]


@dataclass(frozen=True)
class Raised:
    """An exception of the student's code: its type, its message, and the line it came from."""

    type: str
    message: str
    line: str = ""

    def __str__(self) -> str:
        text = f"{self.type}: {self.message}" if self.message else self.type
        return f"{text} (at: {self.line})" if self.line else text


@dataclass(frozen=True)
class Returned:
    """What came back from one call of a student's function.

    Exactly one of ``outputs``, ``raised`` and ``problem`` is set.  An item of ``outputs``
    is an array, or a sentence that says why it cannot be read (``dx is None``), so that
    the other items still count.  ``problem`` says why nothing can be read
    (``returned 2 values; expected 3: dx, dw, db``).  ``arguments`` are the
    arguments as they were after the call.  ``kept`` is a handle to the last returned
    item where the caller asked for it to be kept (a forward's cache).
    """

    outputs: tuple[Array | str, ...] | None = None
    problem: str = ""
    raised: Raised | None = None
    arguments: tuple[Value, ...] = ()
    kept: "Kept | None" = None
    printed: str = ""


@dataclass(frozen=True)
class Kept:
    """A handle to an object that stays where the student's code runs."""

    number: int


class CallStoppedError(Exception):
    """A call ended without an answer: a limit was reached or the process is gone.

    ``reason`` is a sentence for the student.  ``out_of_time``: more time might have helped.
    """

    def __init__(self, reason: str, *, out_of_time: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.out_of_time = out_of_time


#: The name of a function, and its arguments.
Call = tuple[str, Sequence[Value]]


class Session(Protocol):
    """A place where a student's functions can be called."""

    def has(self, function: str) -> bool:
        """Tell whether a callable of this name is defined."""
        ...

    def call(
        self, function: str, arguments: Sequence[Value], outputs: Sequence[str], *, keep: bool
    ) -> Returned:
        """Call ``function(*arguments)`` and bring back ``outputs`` as plain arrays.

        ``Kept`` handles among the arguments stand for the objects that they name.  With
        ``keep`` the function is expected to return one more item, which stays where it is.
        Raises CallStoppedError when no answer can be had.
        """
        ...

    def call_each(
        self, calls: Sequence[Call], outputs: Sequence[str], *, keep: bool
    ) -> list[Returned]:
        """As ``call``, one call after the other; none is given what another one of them keeps."""
        return [self.call(function, given, outputs, keep=keep) for function, given in calls]


@dataclass(frozen=True)
class Worst:
    """The entry of an array that is furthest from right."""

    output: str
    index: tuple[int, ...]
    got: float
    expected: float


@dataclass(frozen=True)
class ErrorMap:
    """|got - expected| over one two-dimensional slice of an output.

    ``values`` has the shape ``rows x columns`` of the slice that holds the worst entry;
    ``label`` says which slice (``dx[1, 0, :, :]``).
    """

    label: str
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class CheckResult:
    """What one check found.  Every field is plain data, ready for JSON."""

    name: str
    title: str
    rule: str
    weight: float
    kind: CheckKind
    status: Status
    message: str = ""
    case: str = ""
    worst: Worst | None = None
    error_map: ErrorMap | None = None
    notes: tuple[str, ...] = ()
