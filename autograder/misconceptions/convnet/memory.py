"""Known wrong answers to ``Affine`` and to ``Conv``: what their memory and their sums get wrong.

The rules are the same for both layers, and each mistake the same change of both texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from autograder.misconceptions.convnet.rules import (
    ADDED,
    ANEW,
    CLEARED,
    FROZEN,
    LAST_FIRST,
    NO_UPDATE,
    ONLY_DX,
    OWN,
    READ_ONLY,
    REFUSE,
    RETAIN,
    TWO_USES,
    WEIGHTS,
    WHOSE,
)
from autograder.misconceptions.misconception import Misconception


@dataclass(frozen=True)
class _Layer:
    """A layer that mistakes are made in.

    ``words`` are its own texts for the ``<words>`` of a change: the ``<item>`` that it
    remembers, the shares ``<dw>`` and ``<db>``, and the ``<dx>`` that it returns.
    ``checks`` are its names of Affine's checks, where they differ.
    """

    name: str
    number: str
    words: Mapping[str, str]
    checks: Mapping[str, str] = field(default_factory=dict)

    def text(self, change: str) -> str:
        """The change as it stands in this layer."""
        for word, own in self.words.items():
            change = change.replace(word, own)
        return change


AFFINE: Final = _Layer(
    "Affine",
    "N2",
    {
        "<item>": "x",
        "<dw>": "x.T @ dout",
        "<db>": "np.sum(dout, axis=0)",
        "<dx>": 'dout @ self.params["w"].T',
    },
)
CONV: Final = _Layer(
    "Conv",
    "N3",
    {"<item>": "cache", "<dw>": "dw", "<db>": "db", "<dx>": "dx"},
    {"used_twice": "memory", "order": "memory", "grads": "pass"},
)


@dataclass(frozen=True)
class _Mistake:
    """A mistake in either layer; ``edits`` are changes with ``<words>``."""

    number: int
    title: str
    question: str
    remedy: str
    check: str
    edits: tuple[tuple[str, str], ...]

    def of(self, layer: _Layer) -> Misconception:
        return Misconception(
            f"{layer.number}{self.number:02}",
            layer.name,
            tuple((layer.text(old), layer.text(new)) for old, new in self.edits),
            title=self.title,
            question=self.question,
            remedy=self.remedy,
            check=layer.checks.get(self.check, self.check),
        )


_ADD_W = 'self.grads["w"] += <dw>'
_ADD_B = 'self.grads["b"] += <db>'
_REMEMBER = "        self.memory.append(<item>)\n"
_TAKE = "self.memory.pop()"
_ASK = "        if not self.trainable:\n"
_REFUSE = (
    f'{_ASK}            raise RuntimeError("this layer is frozen: it has no gradients to give")\n'
)
_KEEP = "        if retain_grads:\n"
_DROP = "        if not retain_grads:\n"
_RETURN = "        return <dx>"
_ZERO = "        for grad in self.grads.values():\n            grad[...] = 0"
_GRADS = "self.grads = {name: np.zeros(value.shape) for name, value in self.params.items()}"

_SUMS = (
    _Mistake(
        1,
        "gradients are assigned, so that a second use replaces the first",
        TWO_USES,
        ADDED,
        "used_twice",
        ((_ADD_W, 'self.grads["w"] = <dw>'), (_ADD_B, 'self.grads["b"] = <db>')),
    ),
    _Mistake(
        2,
        "the gradient of w is assigned, that of b is added",
        TWO_USES,
        ADDED,
        "used_twice",
        ((_ADD_W, 'self.grads["w"] = <dw>'),),
    ),
    _Mistake(
        3,
        "the gradient of b is assigned, that of w is added",
        TWO_USES,
        ADDED,
        "used_twice",
        ((_ADD_B, 'self.grads["b"] = <db>'),),
    ),
    _Mistake(
        4,
        "w never gets a gradient",
        "How many parameters does the layer have, and how many get a gradient?",
        ADDED,
        "grads",
        ((_ADD_W, "pass"),),
    ),
    _Mistake(
        5,
        "b never gets a gradient",
        "How many parameters does the layer have, and how many get a gradient?",
        ADDED,
        "grads",
        ((_ADD_B, "pass"),),
    ),
    _Mistake(
        7,
        "shares are subtracted: going downhill is the optimiser's part",
        "If w grows, and the loss with it, which sign has the gradient?",
        ADDED,
        "grads",
        ((_ADD_W, 'self.grads["w"] -= <dw>'), (_ADD_B, 'self.grads["b"] -= <db>')),
    ),
    _Mistake(
        8,
        "the backward updates w by itself",
        WEIGHTS,
        NO_UPDATE,
        "no_update",
        (
            (
                _RETURN,
                "        dx = <dx>\n"
                '        self.params["w"] -= 0.125 * self.grads["w"]\n'
                "        return dx",
            ),
        ),
    ),
    _Mistake(
        9,
        "the backward updates b by itself",
        WEIGHTS,
        NO_UPDATE,
        "no_update",
        ((_RETURN, f'        self.params["b"] -= 0.125 * self.grads["b"]\n{_RETURN}'),),
    ),
    _Mistake(
        10,
        "all layers share one dictionary of gradients, which belongs to the class",
        "Make two layers. Are their grads the same object?",
        OWN,
        "repeatable",
        (
            ("def __init__(self, w, b", "everywhere = {}\n\n    def __init__(self, w, b"),
            (
                _GRADS,
                "self.grads = self.everywhere\n"
                "        for name, value in self.params.items():\n"
                "            self.grads.setdefault(name, np.zeros(value.shape))",
            ),
        ),
    ),
    _Mistake(
        11,
        "dout is emptied when it has been used",
        "What is in dout after your backward has run?",
        READ_ONLY,
        "unchanged",
        ((_RETURN, "        dx = <dx>\n        dout[...] = 0\n        return dx"),),
    ),
)

_ORDER = (
    _Mistake(
        21,
        "the layer has a single slot, and the second forward overwrites the first",
        WHOSE,
        LAST_FIRST,
        "order",
        ((_REMEMBER, "        self.memory = [<item>]\n"), (_TAKE, "self.memory[-1]")),
    ),
    _Mistake(
        22,
        "first in, first out: the gradient that arrives first meets the oldest input",
        WHOSE,
        LAST_FIRST,
        "order",
        ((_TAKE, "self.memory.pop(0)"),),
    ),
    _Mistake(
        23,
        "a backward looks at the memory and takes nothing out",
        WHOSE,
        LAST_FIRST,
        "order",
        ((_TAKE, "self.memory[-1]"),),
    ),
    _Mistake(
        24,
        "every backward uses the first input that the layer has ever seen",
        WHOSE,
        LAST_FIRST,
        "order",
        ((_TAKE, "self.memory[0]"),),
    ),
    _Mistake(
        25,
        "a backward clears the whole memory, and with it what still waits",
        WHOSE,
        LAST_FIRST,
        "order",
        ((_RETURN, f"        self.memory.clear()\n{_RETURN}"),),
    ),
)

_RETAINED = (
    _Mistake(
        31,
        "retain_grads is ignored",
        ONLY_DX,
        RETAIN,
        "retain",
        ((_KEEP, "        if True:\n"),),
    ),
    _Mistake(
        32,
        "retain_grads is read the wrong way round",
        ONLY_DX,
        RETAIN,
        "retain",
        ((_KEEP, _DROP),),
    ),
    _Mistake(
        33,
        "with retain_grads=False no dx is returned",
        "What does your backward return with retain_grads=False?",
        RETAIN,
        "retain",
        ((_KEEP, f"{_DROP}            return None\n{_KEEP}"),),
    ),
    _Mistake(
        34,
        "retain_grads=False throws away what was there before",
        ONLY_DX,
        RETAIN,
        "retain",
        ((_KEEP, f"{_DROP}            self.zero_grads()\n{_KEEP}"),),
    ),
    _Mistake(
        35,
        "with retain_grads=False the memory keeps a forward that has had its backward",
        "How long is the memory before and after a backward with retain_grads=False?",
        RETAIN,
        "retain",
        ((_TAKE, "(self.memory.pop() if retain_grads else self.memory[-1])"),),
    ),
    _Mistake(
        36,
        "the gradient of b is added whatever retain_grads says",
        ONLY_DX,
        RETAIN,
        "retain",
        ((f"            {_ADD_B}\n", f"        {_ADD_B}\n"),),
    ),
)

_REFUSALS = (
    _Mistake(
        41,
        "a frozen layer answers as if nothing were",
        FROZEN,
        REFUSE,
        "frozen",
        ((_REFUSE, ""),),
    ),
    _Mistake(
        42,
        "a frozen layer returns None instead of raising",
        FROZEN,
        REFUSE,
        "frozen",
        ((_REFUSE, f"{_ASK}            return None\n"),),
    ),
    _Mistake(
        43,
        "a frozen layer returns dx and adds nothing, as PyTorch does",
        FROZEN,
        f"{REFUSE} That is the rule of this notebook.",
        "frozen",
        ((_REFUSE, ""), (_KEEP, "        if retain_grads and self.trainable:\n")),
    ),
    _Mistake(
        44,
        "a frozen layer has added its gradients before it refuses",
        FROZEN,
        REFUSE,
        "frozen",
        ((_REFUSE, ""), (_RETURN, f"{_REFUSE}{_RETURN}")),
    ),
    _Mistake(
        45,
        "a frozen layer has emptied its memory before it refuses",
        FROZEN,
        REFUSE,
        "frozen",
        ((_REFUSE, ""), (_KEEP, f"{_REFUSE}{_KEEP}")),
    ),
    _Mistake(
        46,
        "a frozen layer refuses forward as well",
        "What should a network compute whose first layer is frozen?",
        "Freezing forbids learning; the forward works as ever.",
        "frozen",
        ((_REMEMBER, f"{_REFUSE}{_REMEMBER}"),),
    ),
    _Mistake(
        47,
        "a frozen layer's forward remembers nothing, and finds nothing when it is thawed",
        "What is in the memory after the forward of a frozen layer? Thaw it: what does backward take?",
        "A frozen layer still runs forward and remembers: it may be thawed before the backward.",
        "frozen",
        ((_REMEMBER, f"        if self.trainable:\n    {_REMEMBER}"),),
    ),
)

_CLEARINGS = (
    _Mistake(51, "zero_grads does nothing", CLEARED, ANEW, "zeroed", ((_ZERO, "        pass"),)),
    _Mistake(
        52,
        "zero_grads starts w anew and forgets b",
        CLEARED,
        ANEW,
        "zeroed",
        ((_ZERO, '        self.grads["w"][...] = 0'),),
    ),
    _Mistake(
        53,
        "zero_grads starts b anew and forgets w",
        CLEARED,
        ANEW,
        "zeroed",
        ((_ZERO, '        self.grads["b"][...] = 0'),),
    ),
    _Mistake(
        54,
        "zero_grads empties the dictionary, so that there is nothing to add to",
        CLEARED,
        ANEW,
        "zeroed",
        ((_ZERO, "        self.grads = {}"),),
    ),
    _Mistake(
        55,
        "zero_grads sets gradients to None, and nothing can be added to None",
        CLEARED,
        ANEW,
        "zeroed",
        ((_ZERO, "        self.grads = dict.fromkeys(self.grads)"),),
    ),
    _Mistake(
        56,
        "zero_grads flushes the memory, too",
        CLEARED,
        ANEW,
        "zeroed",
        ((_ZERO, f"{_ZERO}\n        self.memory.clear()"),),
    ),
)


def _rows(layer: _Layer) -> Iterator[Misconception]:
    for kind in (_SUMS, _ORDER, _RETAINED, _REFUSALS, _CLEARINGS):
        for mistake in kind:
            yield mistake.of(layer)


MISTAKES = (*_rows(AFFINE), *_rows(CONV))
