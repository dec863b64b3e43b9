"""Isolated child processes in which a submission's code runs."""

from autograder.sandbox.isolation import UNISOLATED, Isolation
from autograder.sandbox.limits import ChildStopped, Limits, SandboxError
from autograder.sandbox.probe import probe
from autograder.sandbox.process import Child
from autograder.sandbox.replies import CellOutcome

__all__ = [
    "UNISOLATED",
    "CellOutcome",
    "Child",
    "ChildStopped",
    "Isolation",
    "Limits",
    "SandboxError",
    "probe",
]
