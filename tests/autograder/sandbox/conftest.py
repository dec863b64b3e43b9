"""Children to attack, in every kind of isolation that this machine offers."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox import Child, Isolation, Limits, probe, servers

# The attacks that are tried in grading are tried on bare children, too.
sys.path.insert(0, str(Path(__file__).parents[2] / "hostile"))

#: For what is no test of a limit: much more than any of it needs, also on a busy machine.
AMPLE = Limits(call_cpu_seconds=30, cell_cpu_seconds=30, cell_wall_seconds=120)
#: For tests of a limit: they should not take long.
SHORT = Limits(call_cpu_seconds=0.4, cell_cpu_seconds=0.6, cell_wall_seconds=1.5)

#: Each tier as probed; both with the oldest interface; each layer that guards files alone.
KINDS = {
    "kernel": ("kernel", None),
    "kernel with Landlock ABI 1": ("kernel", 1),
    "kernel with Landlock ABI 2": ("kernel", 2),
    "namespaces": ("namespaces", None),
    "namespaces without Landlock": ("namespaces", 0),
}


def isolation_of(kind: str) -> Isolation:
    """The isolation of that kind; skips the test where this machine has none."""
    tier, abi = KINDS[kind]
    found = probe(tier=tier)
    if found.tier == "none":
        # Lacking is a matter of the machine, leaking is a fault of ours.
        assert "does not hold" not in str(found.missing), found.missing
        pytest.skip(f"no {tier} tier here: {'; '.join(found.missing)}")
    return found if abi is None else replace(found, landlock_abi=abi)


def _living(isolation: Isolation) -> Iterator[Callable[[], Child]]:
    children: list[Child] = []

    def living() -> Child:
        if not children or children[-1].closed:
            children.append(Child.start(isolation, AMPLE))
        return children[-1]

    yield living
    for started in children:
        started.close()


@pytest.fixture(params=["kernel", "namespaces"])
def isolation(request) -> Isolation:
    """Both tiers, one after the other."""
    return isolation_of(request.param)


@pytest.fixture(params=list(KINDS), scope="module")
def any_isolation(request) -> Isolation:
    """Every kind of isolation, one after the other."""
    return isolation_of(request.param)


@pytest.fixture
def new_servers() -> Iterator[None]:
    """Children of this test have a server of their own, and so have those of the next one."""
    servers.end()
    yield
    servers.end()


@pytest.fixture
def child(isolation: Isolation) -> Iterator[Child]:
    """A fresh child with ample limits."""
    with Child.start(isolation, AMPLE) as started:
        yield started


@pytest.fixture
def hurried(isolation: Isolation) -> Iterator[Child]:
    """A fresh child with short limits."""
    with Child.start(isolation, SHORT) as started:
        yield started


@pytest.fixture(scope="module")
def attacked(any_isolation: Isolation) -> Iterator[Callable[[], Child]]:
    """A function that returns a child, a fresh one only where the last one has ended."""
    yield from _living(any_isolation)


@pytest.fixture(scope="module")
def attacked_kernel() -> Iterator[Callable[[], Child]]:
    """As ``attacked``, in the kernel tier only: what is attacked is the same in all."""
    yield from _living(isolation_of("kernel"))


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def gone() -> Callable[[int], bool]:
    """A function that tells whether a process has ended and was reaped, soon at least."""
    return _gone


@pytest.fixture
def short() -> Limits:
    """Limits that a test can wait for."""
    return SHORT
