"""Mutants of ``08_convnet`` that leave the reference right, and why."""

from autograder.equivalent_mutants.harmless import Harmless

_CLASSES = ("Affine", "Conv")
_LOSS = ("softmax_cross_entropy",)
_MEAN = "loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])"

HARMLESS = (
    Harmless(_LOSS, "N = len(scores)", [("scores", "y")], "there is a label for each image"),
    Harmless(
        _LOSS,
        _MEAN,
        [("totals[:, 0]", "totals"), ("totals[:, 0]", "totals[::-1, 0]")],
        "the mean of all differences is the difference of the means, in whatever pairs",
    ),
    Harmless(
        _LOSS,
        _MEAN,
        [("totals[:, 0]", "totals[:, -1]")],
        "totals has one column",
    ),
    Harmless(
        _CLASSES,
        "self.params = {'w': np.array(w, dtype=float), 'b': np.array(b, dtype=float)}",
        [
            ("'w': np.array(w, dtype=float)", "'w': w"),
            ("'b': np.array(b, dtype=float)", "'b': b"),
            ("np.array(w, dtype=float)", "np.array(w)"),
            ("np.array(b, dtype=float)", "np.array(b)"),
        ],
        "this line is given: whether parameters are copies is not asked",
    ),
    Harmless(
        _CLASSES,
        "raise RuntimeError('this layer is frozen: it has no gradients to give')",
        [
            (
                "RuntimeError('this layer is frozen: it has no gradients to give')",
                "'this layer is frozen: it has no gradients to give'",
            ),
            ("'this layer is frozen: it has no gradients to give'", ""),
        ],
        "whatever is raised, with whatever words, refuses",
    ),
)
