"""Turn what only IPython understands into plain Python, as text and within bounds.

``%matplotlib inline``, ``!pip list`` and ``np.pad?`` become calls of ``get_ipython()``,
which is inert where a submission is judged.  IPython's own transformer does it, and it
reads the cell anew for every magic; so this process, which reads what strangers wrote,
bounds how much of it there may be.
"""

import re
from collections.abc import Sequence

from IPython.core.inputtransformer2 import TransformerManager

#: Characters of a cell times its lines that look like magics, summed over a notebook; at
#: about 10 microseconds each.  What comes beyond it stays as it is, and raises SyntaxError.
MOST_WORK = 300_000

#: Magics that run their cell, and leave the names that it defines.
_RUN_THEIR_CELL = re.compile(r"(?:\s*%%(?:time|capture|prun)\b[^\n]*)+")

#: A line that IPython may read in another way than Python: its first characters, a help
#: request, an assignment from a command, or a prompt that was pasted.
_LOOKS_LIKE_MAGIC = re.compile(
    r"^[ \t]*(?:[%!?,;/]|>>>|In \[)|\?[ \t]*$|=[ \t]*[%!]|\A\s*^[ \t]+\S", re.MULTILINE
)

_transformer = TransformerManager()  # type: ignore[no-untyped-call]


def plain_sources(sources: Sequence[str]) -> list[str]:
    """The cells of a notebook as plain Python, as far as ``MOST_WORK`` allows."""
    plain, work = [], 0
    for source in sources:
        cell = source
        if found := _RUN_THEIR_CELL.match(cell):
            # As many lines as before, so that line numbers stay.
            cell = "\n" * found[0].count("\n") + cell[found.end() :]
        magics = sum(1 for _ in _LOOKS_LIKE_MAGIC.finditer(cell))
        work += magics * len(cell)
        plain.append(_transformed(cell) if magics and work <= MOST_WORK else cell)
    return plain


def _transformed(source: str) -> str:
    try:
        return _transformer.transform_cell(source)
    except Exception:  # noqa: BLE001 - the child reports the error of the text as it is
        return source
