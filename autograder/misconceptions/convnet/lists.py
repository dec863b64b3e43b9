"""Known wrong answers to ``Affine`` with lists."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

lists = partial(Misconception, function="Affine")

_FORWARD = "            return [self.forward(each) for each in x]"
_BACKWARD = "return [self.backward(each, retain_grads) for each in reversed(dout)][::-1]"
_ORDER = (
    "Last in, first out: take the last dout first, and return the list in the order that was given."
)
_EACH = "Each array of the list goes through the layer by itself."
_WHICH = "forward([x, x2]): which of the two does the first pop of the memory give?"

MISTAKES = (
    lists(
        "N601",
        title="the first dout of the list meets the last input",
        question=_WHICH,
        remedy=_ORDER,
        check="lists_backward",
        edits=((_BACKWARD, _BACKWARD.replace("reversed(dout)][::-1]", "dout]")),),
    ),
    lists(
        "N602",
        title="the list of dx is returned in the wrong order",
        question="Which dx is the first item of your list?",
        remedy=_ORDER,
        check="lists_backward",
        edits=((_BACKWARD, _BACKWARD.replace("[::-1]", "")),),
    ),
    lists(
        "N603",
        title="a list of inputs is stacked into one array",
        question="How many arrays does forward return for a list of two?",
        remedy=_EACH,
        check="lists_out",
        edits=((_FORWARD, "            x = np.concatenate(x)"),),
    ),
    lists(
        "N604",
        title="only the first array of a list goes through",
        question="How many arrays does forward return for a list of two?",
        remedy=_EACH,
        check="lists_out",
        edits=((_FORWARD, "            x = x[0]"),),
    ),
    lists(
        "N605",
        title="the outputs are returned in reverse order",
        question="Which output is the first item of your list?",
        remedy=_EACH,
        check="lists_out",
        edits=((_FORWARD, f"{_FORWARD}[::-1]"),),
    ),
    lists(
        "N606",
        title="gradients of the list are averaged instead of added",
        question="w has worked on both arrays: how do its gradients combine?",
        remedy="Gradients add up, whatever the list's length.",
        check="lists_backward",
        edits=(
            (
                _BACKWARD,
                "before = {name: grad.copy() for name, grad in self.grads.items()}\n"
                f"            found = {_BACKWARD.removeprefix('return ')}\n"
                "            for name, grad in self.grads.items():\n"
                "                grad[...] = before[name] + (grad - before[name]) / len(dout)\n"
                "            return found",
            ),
        ),
    ),
    lists(
        "N607",
        title="retain_grads is not handed on to the items of the list",
        question="What does backward do with a list and retain_grads=False?",
        remedy="retain_grads holds for every item of the list.",
        check="lists_backward",
        edits=((_BACKWARD, _BACKWARD.replace("each, retain_grads", "each")),),
    ),
    lists(
        "N608",
        title="only the last item of the list is kept in the gradients",
        question="w has worked on both arrays: how do its gradients combine?",
        remedy="Gradients add up, whatever the list's length.",
        check="lists_backward",
        edits=(
            (
                _BACKWARD,
                "found = []\n"
                "            for each in reversed(dout):\n"
                "                self.zero_grads()\n"
                "                found.append(self.backward(each, retain_grads))\n"
                "            return found[::-1]",
            ),
        ),
    ),
)
