"""A real browser and a real JupyterLab for tests; skipped where there is no browser."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Modules of this folder are found under their names.
sys.path.insert(0, str(Path(__file__).parent))

START_SECONDS = 90

#: Ways to run a script; each leaves its number in ``window.ran``.
ATTACKS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 2'>",
    "<svg onload='window.ran = 3'></svg>",
    "<iframe srcdoc='<script>parent.ran = 4</script>'></iframe>",
    "<a id=clickme href='javascript:window.ran = 5'>clickme</a>",
    "[clickme](javascript:window.ran=6)",
    "```mermaid\n</pre><img src=x onerror='window.ran = 7'>\n```",
    "<details open ontoggle='window.ran = 8'><summary>x</summary></details>",
    "<!-- --!><script>window.ran = 9</script>",
    "$\\href{javascript:window.ran=10}{clickme}$",
    "</pre></code></style></title></textarea></script><script>window.ran = 11</script>",
    "\"'><img src=x onerror=window.ran=12>",
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>window.ran = 13</script></svg>"


@pytest.fixture(scope="session")
def attacks() -> tuple[str, ...]:
    """Texts that would run a script where somebody reads them."""
    return ATTACKS


@pytest.fixture(scope="session")
def make_hostile() -> Callable[[dict[str, Any]], None]:
    """A function that puts every attack into every place of a notebook that may be read."""
    return _make_hostile


def _make_hostile(notebook: dict[str, Any]) -> None:
    every = "\n\n".join(ATTACKS)
    attached = {"a.png": {"image/svg+xml": SVG, "image/png": ATTACKS[-1]}, ATTACKS[1]: {}}
    notebook["metadata"] |= {"title": every, "authors": [{"name": every}]}
    notebook["metadata"]["kernelspec"] |= {"display_name": ATTACKS[0], "language": ATTACKS[1]}
    for number, attack in enumerate(ATTACKS):
        cells = [
            _cell("markdown", f"text{number}", attack, attachments=attached),
            _cell("raw", f"raw{number}", attack),
            _cell("code", f"code{number}", f"# {attack}", outputs=_outputs(attack)),
        ]
        notebook["cells"] += cells
    pasted = f"![{ATTACKS[0]}](attachment:a.png)\n![x](attachment:{ATTACKS[1]})"
    notebook["cells"].append(_cell("markdown", "pasted", pasted, attachments=attached))


def _cell(kind: str, name: str, source: str, **more: Any) -> dict[str, Any]:
    metadata = {"name": source, "tags": [source], "collapsed": source}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": source, **more}


def _outputs(attack: str) -> list[dict[str, Any]]:
    kinds = ("text/html", "text/markdown", "text/latex", "text/plain")
    data = dict.fromkeys(kinds, attack)
    data |= {"image/svg+xml": SVG, "application/javascript": "window.ran = 14"}
    return [
        *({"output_type": "display_data", "metadata": {}, "data": {k: v}} for k, v in data.items()),
        {"output_type": "stream", "name": "stderr", "text": attack},
        {"output_type": "error", "ename": attack, "evalue": attack, "traceback": [attack]},
    ]


@pytest.fixture(scope="session")
def what_ran() -> Callable[[Any], Any]:
    """A function that clicks whatever invites to it, and tells which script has run."""

    def what_ran(browser: Any) -> Any:
        for link in browser.find_elements("partial link text", "clickme"):
            browser.execute_script("arguments[0].click()", link)
        time.sleep(1)
        return browser.execute_script("return window.ran")

    return what_ran


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless chromium, driven by selenium."""
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("chromium or chromedriver is not on PATH")
    options = selenium.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("chromium")
    arguments = ["--headless=new", "--window-size=1100,1400", f"--user-data-dir={profile}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium's own sandbox refuses to run as root, as in a container.
        arguments.append("--no-sandbox")
    for argument in [*arguments, "--disable-dev-shm-usage", "--disable-background-networking"]:
        options.add_argument(argument)
    service = selenium.ChromeService(executable_path=chromedriver)
    driver = selenium.Chrome(options=options, service=service)
    driver.set_page_load_timeout(START_SECONDS)
    driver.set_script_timeout(30)
    try:
        yield driver
    finally:
        driver.quit()


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its notebooks are the files of ``folder``."""

    url: str
    token: str
    folder: Path
    settings: Path

    def page(self, notebook: str) -> str:
        """Address of one notebook, opened by itself."""
        return f"{self.url}/doc/tree/{notebook}?token={self.token}"

    def use_theme(self, theme: str) -> None:
        """Make ``theme`` (``JupyterLab Dark``) the theme of pages opened from now on."""
        file = self.settings / "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{{"theme": "{theme}", "adaptive-theme": false}}', encoding="utf-8")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of its own: no settings, kernels or trusted notebooks of the user's."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    home = tmp_path_factory.mktemp("lab")
    notebooks, settings = home / "notebooks", home / "settings"
    notebooks.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), notebooks, settings)
    _write_settings(settings)
    environment = {
        **os.environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_TOKEN": here.token,
    }
    log = home / "server.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={notebooks}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_up(here, process, log)
        yield here
    finally:
        _stop(process)


def _write_settings(settings: Path) -> None:
    """No question about news, and every cell in the page whether or not it is in view."""
    for name, content in {
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
        "notebook-extension/tracker": '{"windowingMode": "none"}',
    }.items():
        file = settings / f"@jupyterlab/{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def _wait_until_up(lab: Lab, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{lab.url}/api?token={lab.token}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    text = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    pytest.fail(f"JupyterLab did not start within {START_SECONDS} s:\n{text}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server; it ends its kernels."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=15)
