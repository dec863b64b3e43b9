"""``check(function)``: judge a function here and now, and show its report card.

The student's function runs in this process, on the recorded cases, by the same code
that grades it later on fresh ones.
"""

import contextlib
import inspect
import io
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from course_utils import recorded
from course_utils.diagnosis import HINT_NAME, Diagnosis, diagnose
from course_utils.drivers import DRIVERS, bound
from course_utils.exercise import Kept, Raised, Returned, Session, Value
from course_utils.judgement import BACKWARD_IS_WRONG, NO_BACKWARD_YET, Judgement
from course_utils.judging import judge
from course_utils.plain import plain_outputs
from course_utils.report_card import ReportCard
from course_utils.specimens import Specimen

#: What a function prints while it is checked is kept up to this many characters.
PRINTED_CHARACTERS = 4000

#: Folders of code that is not the student's.
_INSTALLED = ("site-packages", "dist-packages")

#: How far hints climb: pattern, question, smallest failing case, named mistake.
MOST_HINTS = HINT_NAME


class _InOneLine(BaseException):
    """An exception that a notebook shows without a traceback through the checker."""

    def _render_traceback_(
        self,
        _type: type[BaseException] | None = None,
        _value: BaseException | None = None,
        _traceback: TracebackType | None = None,
        **_: Any,
    ) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CheckFailed(_InOneLine, Exception):  # noqa: N818 - the name that students read
    """The function is not right yet.

    ``str(error)`` says what failed and what was found first; the report card that was
    shown before says more.
    """


class CheckValueError(_InOneLine, ValueError):
    """``check`` was asked for something that there is not; the message says what there is."""


class CheckTypeError(_InOneLine, TypeError):
    """``check`` was given something of the wrong kind; the message says what it needs."""


def check(function: Callable[..., Any], part: str = "", *, hint: int = 1) -> None:
    """Judge ``function``, show its report card, and raise CheckFailed unless it passed.

    ``part`` selects an optional part of an exercise, such as ``"padding"``.  ``hint``
    says how much help a failure brings: 1 where and what pattern, 2 a question, 3 the
    smallest failing case, 4 the named mistake.  Asking costs nothing.

    The card is shown in a notebook as a table, elsewhere as text on standard output.
    Then ``check`` returns None if every check passed, and raises

    - CheckFailed if one failed, or if the function is not written yet (it raises
      NotImplementedError), in a notebook as in a plain script, where it ends the script:
      write ``try: check(f)`` and ``except CheckFailed: ...`` to go on after it.  Its text
      says what failed, with what was found and on which inputs;
    - ValueError for a function that no exercise asks for, for a part that the function
      does not have, and for a hint that is not 1, 2, 3 or 4;
    - TypeError for what is no function, and for a part that is no text.

    Whatever the function itself raises is a finding on the card and raises CheckFailed;
    only KeyboardInterrupt passes through.  Nothing is raised for warnings, for what the
    function prints, or for a cache of another form.
    """
    asked = _asked(function, part, hint)
    card = examine(function, asked, hint=hint)
    _show(card)
    if card.status != "passed":
        raise CheckFailed(card.in_brief())


def examine(function: Callable[..., Any], exercise: str, *, hint: int = MOST_HINTS) -> ReportCard:
    """Judge ``function`` as the named exercise and return its report card.

    ``hint`` is how far the hints climb, see ``check``.
    """
    asked = recorded.load(exercise)
    session = LocalSession(function, asked.exercise.function)
    with quiet_numpy():
        judgement = judge(asked.exercise, asked.cases, asked.answers, session)
        judgement = _with_cache_evidence(judgement, asked, session)
        diagnosis = diagnose(asked, judgement, session)
        if diagnosis != Diagnosis():
            diagnosis = diagnosis.beside(_wrong_helpers(asked, session))
    shown = diagnosis.up_to(hint)
    return ReportCard(
        function=asked.exercise.function,
        status=judgement.status,
        checks=judgement.checks,
        reason=judgement.reason,
        diagnosis=(*judgement.notes, *shown.sentences, *_help(asked, diagnosis, hint)),
        example=shown.example,
        printed=judgement.printed,
        optional=bool(asked.part),
    )


def _asked(function: object, part: object, hint: object) -> str:
    """The name of the exercise that is asked for.  Raises what ``check`` says."""
    if not callable(function):
        kind = type(function).__name__
        raise CheckTypeError(
            f"check needs a function, found {_article(kind)}; write check(name_of_function)"
        )
    name = getattr(function, "__name__", type(function).__name__)
    if not isinstance(part, str):
        # The hint was given by its place.
        raise CheckTypeError(
            f"part is {_shown(part)}, expected a text; for more help write {_call(name, '', 2)}"
        )
    exercise = f"{name}_{part}" if part else str(name)
    if exercise not in recorded.names() or recorded.load(exercise).exercise.function != name:
        parts = recorded.parts()
        if name in parts:
            raise CheckValueError(_no_such_part(name, part, parts[name]))
        raise CheckValueError(
            f"no exercise asks for a function named {name!r}; the exercises are: {', '.join(parts)}"
        )
    if type(hint) is not int or not 1 <= hint <= MOST_HINTS:
        raise CheckValueError(
            f"hint is {_shown(hint)}, expected 1, 2, 3 or 4; write {_call(name, part, MOST_HINTS)} "
            "for all the help there is"
        )
    return exercise


def _no_such_part(function: str, part: str, parts: Sequence[str]) -> str:
    found = f"{function} has no part {_shown(part)}"
    if not parts:
        return f"{found}, it has no parts at all; write check({function})"
    known = " and ".join(map(repr, parts))
    return f"{found}, only {known}; write {_call(function, parts[0])} or check({function})"


def _call(function: str, part: str = "", hint: int = 1) -> str:
    """The call of ``check`` as a student writes it."""
    arguments = [
        function,
        *([f'part="{part}"'] if part else []),
        *([f"hint={hint}"] if hint != 1 else []),
    ]
    return f"check({', '.join(arguments)})"


def _article(kind: str) -> str:
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _shown(value: object) -> str:
    """A value as code, short enough for one line."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an object of the student's own making
        text = _article(type(value).__name__)
    return text if len(text) <= 40 and "\n" not in text else _article(type(value).__name__)


def _with_cache_evidence(
    judgement: Judgement, asked: recorded.Recorded, session: "LocalSession"
) -> Judgement:
    """Let a forward's backward test its cache; while it cannot, say so and fail nothing."""
    backward = asked.exercise.backward
    if judgement.status == "not started" or not backward:
        return judgement
    if not session.has(backward):
        return judgement.with_untested_cache(NO_BACKWARD_YET)
    other = recorded.load(asked.exercise.consumer)
    evidence = judge(other.exercise, other.cases, other.answers, session)
    # One that passes with a cache of another form shows that this cache serves.
    if evidence.cache_serves is None and evidence.status != "passed":
        is_stub = evidence.status == "not started"
        return judgement.with_untested_cache(NO_BACKWARD_YET if is_stub else BACKWARD_IS_WRONG)
    return judgement.with_cache(evidence)


def _wrong_helpers(asked: recorded.Recorded, session: "LocalSession") -> list[str]:
    """The functions that this one may call, and that fail a check of their own."""
    found = []
    for name in filter(session.has, asked.exercise.helpers):
        other = recorded.load(name)
        judged = judge(other.exercise, other.cases, other.answers, session, explained=False)
        if _with_cache_evidence(judged, other, session).status == "failed":
            found.append(name)
    return found


def _help(asked: recorded.Recorded, diagnosis: Diagnosis, hint: int) -> Iterator[str]:
    """How to ask for more help, while there is more."""
    further = [level for level in diagnosis.levels() if level > hint]
    if further:
        call = _call(asked.exercise.function, asked.part, further[0])
        upto = f", up to hint={further[-1]}" if len(further) > 1 else ""
        yield f"For more help: {call}{upto}."


def _show(card: ReportCard) -> None:
    """Display the card as rich output in a notebook, as text elsewhere."""
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(card)  # type: ignore[no-untyped-call]
            return
    # Outside a notebook this is the display, whatever characters it has.
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(card.text().encode(encoding, "replace").decode(encoding))  # noqa: T201


class LocalSession(Session):
    """Calls a student's functions in this process, with copies of the arguments.

    Other functions (a backward's forward) are looked up where ``function`` is defined.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self._namespace = _namespace(function)
        self._own = {name: function}
        self._kept: list[object] = []

    def _function(self, name: str) -> object:
        if name in DRIVERS:
            return bound(name, {**self._namespace, **self._own})
        return self._own.get(name, self._namespace.get(name))

    def has(self, function: str) -> bool:
        """Tell whether a callable of this name is defined."""
        return callable(self._function(function))

    def call(
        self, function: str, arguments: Sequence[Value], outputs: Sequence[str], *, keep: bool
    ) -> Returned:
        """See ``exercise.Session``."""
        given = [self._copy(argument) for argument in arguments]
        target = self._function(function)
        assert callable(target)
        with _captured() as printed:
            try:
                result = target(*given)
            # Whatever a student's function raises; an interrupt comes from the keyboard.
            except (Exception, SystemExit) as error:  # noqa: BLE001
                return Returned(
                    raised=_raised(error), arguments=tuple(given), printed=printed.getvalue()
                )
        values, problem, kept = plain_outputs(result, outputs, keep=keep)
        handle = None
        if keep and values is not None:
            self._kept.append(kept)
            handle = Kept(len(self._kept) - 1)
        return Returned(
            outputs=values,
            problem=problem,
            arguments=tuple(given),
            kept=handle,
            printed=printed.getvalue(),
        )

    def _copy(self, value: Value) -> Value:
        if isinstance(value, Kept):
            return self._kept[value.number]
        if isinstance(value, Specimen):
            return value.lent()
        if isinstance(value, np.ndarray):
            return value.copy()
        if isinstance(value, Mapping):
            return {key: self._copy(item) for key, item in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(self._copy(item) for item in value)
        return value


def _namespace(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The names that stand where a function, or the methods of a class, were written."""
    written = [inspect.unwrap(function), *vars(function).values()]
    found = (getattr(item, "__globals__", None) for item in written)
    return next((names for names in found if names is not None), {})


def _raised(error: BaseException) -> Raised:
    """The error as it is shown, with the innermost line of the student's own code."""
    file, number = "", 0
    step = error.__traceback__.tb_next if error.__traceback__ else None
    # Only one line is read: an endless recursion has a thousand.
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if not any(folder in name for folder in _INSTALLED):
            file, number = name, step.tb_lineno
        step = step.tb_next
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an exception of the student's own making
        message = ""
    line = linecache.getline(file, number) if file else ""
    return Raised(type(error).__name__, message[:400], line.strip()[:200])


class _Bounded(io.StringIO):
    """Text that stops growing: a function may print for ever."""

    def write(self, text: str, /) -> int:
        room = PRINTED_CHARACTERS - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    text = _Bounded()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        yield text


@contextlib.contextmanager
def quiet_numpy() -> Iterator[None]:
    """Keep numpy silent.

    Warnings of a wrong function (overflow, invalid value) are not what it is judged by.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
