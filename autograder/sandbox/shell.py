"""What runs in a child that shows: a student's cells, in an IPython shell, as in a notebook.

The shell is made once, by the server, which also draws a picture and formats a traceback,
because both are slow the first time.  Children are copies of it.  What a cell displays is
collected as plain data and goes back with the reply: text, and pictures as PNG.  Nothing is
judged here, and nothing of the grader's is known: it gets the text of cells.

``course_utils`` is the real one, as students have it, so that its pictures are drawn; only
``check`` is inert, for the cards are on the page already.

Loaded by bootstrap.py, see ``child``.
"""

import binascii
import contextlib
import importlib
import importlib.metadata
import io
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

#: So many outputs of one cell are kept: what is printed at a time is one.
MOST_OUTPUTS = 200
#: What is asked of an object that is displayed.
_KINDS = ["text/plain", "image/png"]
_ANY = importlib.metadata.DistributionFinder.Context()
_BACKEND = "module://matplotlib_inline.backend_inline"

#: What a cell displayed: "stdout", "stderr", "display" or "error", text, and a PNG file.
Output = tuple[str, str, "np.ndarray[Any, Any] | None"]


class Shown:
    """What the cell that runs has displayed so far, as far as there is room for it."""

    def __init__(self) -> None:
        self.begin(2**20, 2**20)

    def begin(self, text: int, pictures: int) -> None:
        """Forget all; keep at most so many characters of text and bytes of pictures."""
        self._text, self._pictures = text, pictures
        self._outputs: list[tuple[str, list[str], bytes | None]] = []
        self._cut = False

    def add(self, kind: str, text: str, png: bytes | None = None) -> None:
        """Take in an output; what is written to one stream belongs together."""
        if png is not None and len(png) > self._pictures:
            self._cut, png = True, None
        kept = text[: self._text]
        self._cut |= len(kept) < len(text)
        if not kept and png is None:
            return
        if png is None and kind != "display" and self._outputs and self._outputs[-1][0] == kind:
            self._outputs[-1][1].append(kept)
        elif len(self._outputs) < MOST_OUTPUTS:
            self._outputs.append((kind, [kept], png))
        else:
            self._cut = True
            return
        self._text -= len(kept)
        self._pictures -= len(png or b"")

    def clear(self) -> None:
        """Forget what was displayed; the room that it took stays taken."""
        self._outputs.clear()

    def reply(self) -> dict[str, Any]:
        """What was displayed, and whether something was left out."""
        outputs = [
            (kind, "".join(parts), None if png is None else np.frombuffer(png, np.uint8))
            for kind, parts, png in self._outputs
        ]
        return {"outputs": outputs, "cut": self._cut}


class _Stream(io.TextIOBase):
    """Stands for stdout or stderr."""

    encoding = "utf-8"

    def __init__(self, name: str, shown: Shown) -> None:
        self._name, self._shown = name, shown

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if type(text) is not str:
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shown.add(self._name, text)
        return len(text)


class _Compiler(CachingCompiler):
    """Calls code by its cell: a warning names it, and no path that means nothing to anybody."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:  # noqa: ARG002
        return f"Cell In[{number}]"


class _Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data: Mapping[str, Any], *_args: object, **_named: object) -> None:
        self.shell.shown.add("display", *_content(data))

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self.shell.shown.clear()


class _Results(DisplayHook):
    shell: Any

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: object = None) -> None:  # noqa: ARG002
        self.shell.shown.add("display", *_content(format_dict))

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """IPython's shell; whatever it would show is collected."""

    compiler_class = _Compiler
    display_pub_class = _Publisher
    displayhook_class = _Results

    def __init__(self, **named: Any) -> None:
        self.shown = Shown()
        super().__init__(**named)  # type: ignore[no-untyped-call]

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:  # noqa: ARG002
        """Whatever is asked for: pictures are drawn into the page, as they are already."""
        return "inline", _BACKEND

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window."""

    def ask_exit(self) -> None:
        """There is nobody to ask: a notebook goes on with the next cell."""

    def system(self, cmd: str) -> None:
        """No program can be started; what else the cell does is not lost for that."""
        self.shown.add("stderr", f"[not run here: {cmd}]\n")

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> list[str]:  # noqa: ARG002, FBT001, FBT002
        """As ``system``; it has printed nothing."""
        self.system(cmd)
        return []

    def _showtraceback(self, etype: object, evalue: object, stb: list[str]) -> None:  # noqa: ARG002
        self.shown.add("error", "\n".join(stb))

    def _tee(self, channel: str) -> Any:  # noqa: ARG002
        """Would keep all that is printed a second time, for a history that nobody reads."""
        return contextlib.nullcontext()


class Cells:
    """The student's cells, and what may be asked of them; see ``child.Notebook``."""

    def __init__(self, shell: Shell, add_module: Callable[[str, str], None]) -> None:
        self._shell = shell
        self._add_module = add_module

    def begin(self, _printed: object, _ask: object) -> "Cells":
        """In the child: from now on what is printed is shown."""
        shown = self._shell.shown
        sys.stdout = sys.__stdout__ = _Stream("stdout", shown)  # type: ignore[assignment, misc]
        sys.stderr = sys.__stderr__ = _Stream("stderr", shown)  # type: ignore[assignment, misc]
        return self

    def answer(self, request: Mapping[str, Any], _content: object) -> dict[str, Any]:
        """Do what one request asks, and return the reply."""
        if request["kind"] == "module":
            self._add_module(request["name"], request["source"])
            return {"raised": None, "printed": ""}
        shell: Any = self._shell
        shell.shown.begin(request["text_bytes"], request["picture_bytes"])
        shell.execution_count = request["number"]
        try:
            shell.run_cell(request["source"], store_history=True)
        except BaseException as error:  # noqa: BLE001 - the cell broke the shell itself
            shell.shown.add("error", type(error).__name__)
        return self._shell.shown.reply()


def cells(add_module: Callable[[str, str], None]) -> Cells:
    """Make the shell and what is asked of it, and do once what is slow the first time."""
    settings = Config()
    # It would be written by a thread of its own.
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    settings.InteractiveShell.autoawait = False
    shell: Any = Shell.instance(config=settings)
    shell.display_formatter.active_types = _KINDS
    # A notebook shows help beside itself.
    shell.set_hook("show_in_pager", _unseen, 0)
    warnings.filterwarnings("ignore", "To exit: use")
    _draw_into_the_page(shell)
    _import_course_utils(shell)
    shell.run_cell("1 / 0")
    shell.run_cell("import matplotlib.pyplot as plt; plt.plot([0, 1]); plt.title('$x$')")
    shell.reset()
    shell.shown.begin(0, 0)
    return Cells(shell, add_module)


def _draw_into_the_page(shell: Shell) -> None:
    """What ``%matplotlib inline`` does."""
    import matplotlib as mpl
    from IPython.core import pylabtools
    from matplotlib import font_manager
    from matplotlib_inline import backend_inline

    # Others cannot be read in a child, and are not the same on every machine.
    own = mpl.get_data_path()
    fonts = font_manager.fontManager
    fonts.ttflist = [font for font in fonts.ttflist if font.fname.startswith(own)]
    sys.meta_path.append(_Metadata())
    pylabtools.activate_matplotlib(_BACKEND)  # type: ignore[no-untyped-call]
    backend_inline.configure_inline_support(shell, _BACKEND)  # type: ignore[no-untyped-call]


class _Inline(importlib.metadata.Distribution):
    """What an installed matplotlib-inline says of itself; where it lies cannot be listed here."""

    def read_text(self, filename: str) -> str | None:
        return {
            "METADATA": "Name: matplotlib-inline\nVersion: 1",
            "entry_points.txt": "[matplotlib.backend]\ninline = matplotlib_inline.backend_inline",
        }.get(filename)

    def locate_file(self, path: Any) -> Any:
        raise FileNotFoundError(path)


class _Metadata(importlib.metadata.DistributionFinder):
    """matplotlib knows only backends that some installed distribution offers."""

    def find_spec(self, *_args: object) -> None:
        return None

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context = _ANY
    ) -> Iterable[importlib.metadata.Distribution]:
        return [_Inline()] if context.name in (None, "matplotlib-inline") else []


def _import_course_utils(shell: Any) -> None:
    package: Any = importlib.import_module("course_utils")
    checking: Any = importlib.import_module("course_utils.checking")
    package.check = checking.check = _check
    for name in package.pictures.__all__:
        importlib.import_module(f"course_utils.pictures.{name}")
    kind = importlib.import_module("course_utils.pictures.figure").Picture
    shell.display_formatter.ipython_display_formatter.for_type(kind, partial(_frames, shell.shown))


def _frames(shown: Shown, picture: Any) -> None:
    """A drawing of the course's, which a notebook shows as HTML with pictures in it."""
    for frame in picture.frames:
        shown.add("display", f"{frame.note} {frame.alt}".strip(), frame.png)
    shown.add("display", picture.caption)


def _check(*_args: object, **_named: object) -> None:
    """Do nothing: the grader judges."""


def _unseen(*_args: object, **_named: object) -> None:
    """Show nothing."""


def _content(data: Mapping[str, Any]) -> tuple[str, bytes | None]:
    """The text of something displayed, and the picture if there is one."""
    png = data.get("image/png")
    if isinstance(png, str):
        try:
            png = binascii.a2b_base64(png)
        except ValueError:
            png = None
    text = data.get("text/plain")
    if not isinstance(text, str):
        text = f"<{', '.join(map(str, data))}>"
    return text, png if isinstance(png, bytes) else None
