"""What a host offers is found out by trying it, and said with what to do about the rest."""

import subprocess
import sys

import pytest

from autograder.sandbox import UNISOLATED, Child, Isolation, Limits, launch, probe

# The package's name for the function hides the module of the same name.
module = sys.modules["autograder.sandbox.probe"]


@pytest.fixture(autouse=True)
def _forget(new_servers):
    module._probed.cache_clear()
    yield
    module._probed.cache_clear()


def test_a_tier_says_what_holds(isolation):
    assert "system calls by a seccomp allow list" in isolation.details
    assert isolation.missing == ()


def test_a_probe_is_remembered_until_it_is_refreshed(monkeypatch):
    first = probe()
    monkeypatch.setattr(module.landlock, "abi", lambda: 0)
    assert probe() is first
    assert probe(refresh=True) != first


def test_without_landlock_the_namespaces_are_tried(monkeypatch):
    if probe(tier="namespaces").tier == "none":
        pytest.skip("no namespaces tier here")
    monkeypatch.setattr(module.landlock, "abi", lambda: 0)
    found = probe(refresh=True)
    assert (found.tier, found.landlock_abi) == ("namespaces", 0)
    assert "Linux 5.13" in found.missing[0]


def test_with_neither_there_is_no_tier_and_a_hint_for_each(monkeypatch):
    monkeypatch.setattr(module.landlock, "abi", lambda: 0)
    monkeypatch.setattr(module.namespaces, "bubblewrap", lambda: None)
    found = probe()
    assert found.tier == "none"
    landlock, bubblewrap = found.missing
    assert "Linux 5.13" in landlock
    assert "install the system package 'bubblewrap'" in bubblewrap


@pytest.mark.parametrize(
    ("error", "hint"),
    [(ImportError(), "pip install pyseccomp"), (RuntimeError("none"), "libseccomp2")],
)
def test_without_libseccomp_there_is_no_tier(monkeypatch, error, hint):
    def fail():
        raise error

    monkeypatch.setattr(module.syscalls, "compiled_filter", fail)
    found = probe()
    assert found.tier == "none"
    assert hint in found.missing[0]


def test_a_sandbox_that_leaks_is_none(monkeypatch):
    right = launch.rules

    def leaking(*given):
        rules = right(*given)
        return {**rules, "readable": [*rules["readable"], "/"]}

    monkeypatch.setattr(launch, "rules", leaking)
    found = probe(tier="kernel")
    assert found.tier == "none"
    assert found.missing == ("the kernel tier does not hold here: a child can read a file",)


def test_a_sandbox_that_is_too_tight_is_none(monkeypatch):
    right = launch.orders
    # No descriptor is left to open a file with.
    tight = {"limits": {"RLIMIT_NOFILE": 5}}
    monkeypatch.setattr(launch, "orders", lambda *given: {**right(*given), **tight})
    found = probe(tier="kernel")
    assert found.missing == ("the kernel tier does not hold here: a child cannot write in scratch",)


def test_the_tier_without_isolation_is_never_found_by_default():
    assert probe().tier != "none"
    assert probe(tier="none") == UNISOLATED


ELSEWHERE = """
import sys
sys.platform = "darwin"
sys.modules["pyseccomp"] = None
from autograder.sandbox import Child, Isolation, Limits, SandboxError, UNISOLATED, probe
found = probe()
assert found.tier == "none", found
print(found.missing)
"""


def test_on_other_systems_it_imports_and_says_what_to_do():
    command = [sys.executable, "-c", ELSEWHERE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "use a Linux machine, container or virtual machine" in done.stdout


def test_a_child_of_root_has_no_capability_left(isolation):
    source = """
import ctypes, os
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
held = (ctypes.c_uint32 * 6)()
assert ctypes.CDLL(None).capget(header, held) == 0
print(list(held), os.getuid(), os.getgid(), len(os.getgroups()))
"""
    uid = launch.child_uid(isolation, "judge")
    with Child.start(isolation, Limits()) as child:
        printed = child.run_cell(source, "cell 1").printed
    assert printed.startswith("[0, 0, 0, 0, 0, 0]")
    if uid is not None:
        assert printed.split("]")[1].split() == [str(uid), str(uid), "0"]


@pytest.mark.parametrize("abi", [1, 2])
def test_it_holds_with_the_masks_of_older_kernels(abi):
    if probe(tier="kernel").tier == "none":
        pytest.skip("no Landlock here")
    assert module._holes(Isolation("kernel", abi)) == ()
