"""What judging one exercise found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from course_utils.exercise import Answer, CheckResult, Status

NO_BACKWARD_YET = "write the backward first"
BACKWARD_IS_WRONG = "the backward must be right first"
CACHE_IS_WRONG = (
    "The backward is right with the standard cache, but not with the cache that your "
    "forward returns: the forward caches something else than the backward reads."
)
CACHED_RESULT_IS_WRONG = (
    "The backward is right with the standard cache, but not with the cache that your "
    "forward returns: the results of the forward are wrong, and the cache is made of them. "
    "Mend the forward first."
)
#: What comes before either of them where the backward has passed: nothing of it failed.
OF_THE_FORWARD = "This function is right. A remark on your forward:"


@dataclass(frozen=True)
class Judgement:
    """What judging one exercise found.

    ``answers`` are the arrays that came back, by case and output, and ``errors`` the
    exception (or why nothing could be read) of the other cases: for diagnosis.
    ``cache_serves`` is, for a backward, whether the student's own forward's cache
    does as well as the standard one (None: nothing shows it), and ``cache_fault`` what is
    wrong with it if not.  ``out_of_time``: the calls ended because one used up its
    processor time.  ``grounds`` are sets of cases: what was lost was lost because in each
    set, in any case of it, other arrays came back than the right ones.
    """

    status: Status
    checks: tuple[CheckResult, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    printed: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    cache_serves: bool | None = None
    cache_fault: str = ""
    out_of_time: bool = False
    grounds: tuple[frozenset[str], ...] = ()

    @property
    def earned(self) -> float:
        """The share of the weights that was earned, from 0 to 1."""
        total = sum(check.weight for check in self.checks)
        passed = sum(check.weight for check in self.checks if check.status == "passed")
        return passed / total if total else 0.0

    @property
    def settled(self) -> tuple[CheckResult, ...]:
        """The checks whose success holds for other cases, too: that nothing is remembered.

        To find that out takes a second call of every case.
        """
        return tuple(c for c in self.checks if c.kind == "repeatable" and c.status == "passed")

    def with_cache(self, backward: "Judgement") -> "Judgement":
        """This judgement of a forward, with what its ``backward`` showed of its cache."""
        if backward.cache_serves is not False or self.status not in ("passed", "failed"):
            return self
        checks = tuple(
            replace(c, status="failed", message=backward.cache_fault) if c.kind == "cache" else c
            for c in self.checks
        )
        status: Status = "passed" if all(c.status == "passed" for c in checks) else "failed"
        return replace(self, checks=checks, status=status)

    def with_untested_cache(self, why: str) -> "Judgement":
        """This judgement of a forward, whose cache nothing has tried yet.

        That is shown instead of a success, and is no failure: the status stays.
        """
        checks = tuple(
            replace(c, status="not started", message=why)
            if c.kind == "cache" and c.status == "passed"
            else c
            for c in self.checks
        )
        return replace(self, checks=checks)
