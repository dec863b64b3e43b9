"""The grader's side of a child that shows what a notebook's cells display."""

from functools import partial
from typing import ClassVar

from autograder.sandbox import replies
from autograder.sandbox.isolation import Purpose
from autograder.sandbox.process import Child
from autograder.sandbox.replies import CellShown, Display
from autograder.sandbox.watch import Question


class ShowingChild(Child):
    """A child with an IPython shell.  Nothing that it says counts: it is only looked at.

    It is locked down as any other, and may read more: IPython, and course_utils as students
    have it.  It knows neither ``run_cell`` nor functions to call.
    """

    purpose: ClassVar[Purpose] = "show"

    def show_cell(self, source: str, number: int, text_bytes: int, picture_bytes: int) -> CellShown:
        """Run a cell as a notebook does, and return what it displayed.

        ``number`` is what tracebacks call it.  At most ``text_bytes`` characters and
        ``picture_bytes`` bytes of pictures are kept.
        """
        limits = self._limits
        # JSON carries any text, but Python source has no lone surrogates.
        source = source.encode("utf-8", "replace").decode()
        request = {
            "kind": "show",
            "source": source,
            "number": number,
            "text_bytes": text_bytes,
            "picture_bytes": picture_bytes,
        }
        read = partial(replies.read_shown, text_bytes=text_bytes, picture_bytes=picture_bytes)
        cpu, wall = limits.cell_cpu_seconds, limits.cell_wall_seconds
        shown = self._ask(Question(request, f"cell {number}", cpu, wall, read))
        room = text_bytes - sum(len(display.text) for display in shown.displays)
        said = self._said()
        if not said[:room]:
            return CellShown(shown.displays, shown.cut or bool(said))
        written = Display("stdout", said[:room])
        return CellShown((*shown.displays, written), shown.cut or len(said) > room)
