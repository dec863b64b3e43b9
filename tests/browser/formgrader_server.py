"""A real Jupyter server with formgrader, started in the folder of a course."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course import Course

START_SECONDS = 120


@dataclass(frozen=True)
class Formgrader:
    """A Jupyter server with formgrader, started in the folder of a course."""

    course: Course
    url: str
    token: str

    def page(self, path: str) -> str:
        return f"{self.url}/login?token={self.token}&next=/formgrader/{path}"


@contextmanager
def running(course: Course, home: Path) -> Iterator[Formgrader]:
    """The server, with ``home`` for its settings; what it says is in ``home/server.log``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Formgrader(course, f"http://127.0.0.1:{port}", secrets.token_hex(16))
    environment = {
        **os.environ,
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "JUPYTER_TOKEN": here.token,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={course.root}"]
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=course.root,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_up(here, process, log)
        yield here
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=15)


def _wait_until_up(here: Formgrader, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{here.url}/api?token={here.token}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
