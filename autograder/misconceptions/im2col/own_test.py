"""Oracle tests that let something wrong pass, or reject what is right."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

oracle = partial(Misconception, function="oracle_test")

_DRAWN = """\
    for _ in range(60):
        shape = random.integers([1, 1, 5, 5], [4, 4, 8, 8])
        height, width, stride, padded = random.integers(1, 4, size=4).tolist()
        x = random.standard_normal(shape)
"""
_PADDED = "padded - 1"
_DOUT = "dout = random.standard_normal(out.shape)"
_RIGHT = "slow_backward(dout, cache), fast_backward(dout, cache)"
_SHAPE = """\
        if np.shape(found) != np.shape(right):
            return False
"""
_AGREE = "if not np.allclose(found, right):"

_WINDOWS = "Try oblong windows, a stride above 1, windows that overlap, and a remainder."
_PADDING = "Try padding 0, and a padding above 1."
_BATCH = "Try more than one image, and more than one channel."
_EVERY = "Compare every entry: the largest difference of all decides."
_RANDOM = "Take a random dout: ones and simple numbers hide mistakes."


def _sizes(*sizes: str) -> tuple[tuple[str, str], ...]:
    """A list of (shape), height, width, stride, pad in the place of random sizes."""
    listed = "".join(f"        ({size}),\n" for size in sizes)
    loop = (
        f"    sizes = [\n{listed}    ]\n"
        "    for shape, height, width, stride, padded in sizes:\n"
        "        x = random.standard_normal(shape)\n"
    )
    return ((_DRAWN, loop), (_PADDED, "padded"))


MISTAKES = (
    oracle(
        "I601",
        title="only the usual size is tried: square, padding 1, stride 1",
        question="What do images with 5 by 5 pixels, padding 1 and stride 1 have in common?",
        remedy="Try several sizes of which no two numbers coincide.",
        check="windows",
        edits=_sizes("(4, 3, 5, 5), 3, 3, 1, 1"),
    ),
    oracle(
        "I602",
        title="only one image with one channel is tried",
        question="How many images and channels do your inputs have?",
        remedy=_BATCH,
        check="batch",
        edits=_sizes(
            "(1, 1, 5, 7), 2, 3, 1, 0", "(1, 1, 6, 5), 3, 2, 2, 0", "(1, 1, 4, 7), 2, 4, 3, 2"
        ),
    ),
    oracle(
        "I603",
        title="only single images are tried",
        question="How many images does your batch hold?",
        remedy=_BATCH,
        check="batch",
        edits=_sizes(
            "(1, 3, 5, 7), 2, 3, 1, 0", "(1, 2, 6, 5), 3, 2, 2, 0", "(1, 2, 4, 7), 2, 4, 3, 2"
        ),
    ),
    oracle(
        "I604",
        title="only single channels are tried",
        question="How many channels do your images have?",
        remedy=_BATCH,
        check="batch",
        edits=_sizes(
            "(2, 1, 5, 7), 2, 3, 1, 0", "(3, 1, 6, 5), 3, 2, 2, 0", "(2, 1, 4, 7), 2, 4, 3, 2"
        ),
    ),
    oracle(
        "I605",
        title="padding is never tried",
        question="Which paddings does your test try?",
        remedy=_PADDING,
        check="padding",
        edits=_sizes(
            "(2, 3, 5, 7), 2, 3, 1, 0", "(3, 2, 6, 5), 3, 2, 2, 0", "(2, 2, 4, 7), 2, 4, 3, 0"
        ),
    ),
    oracle(
        "I606",
        title="there is always some padding",
        question="Which paddings does your test try?",
        remedy=_PADDING,
        check="padding",
        edits=_sizes(
            "(2, 3, 5, 7), 2, 3, 1, 1", "(3, 2, 9, 10), 2, 4, 3, 1", "(2, 2, 4, 7), 2, 4, 3, 2"
        ),
    ),
    oracle(
        "I607",
        title="the padding is always 1",
        question="Which paddings does your test try?",
        remedy=_PADDING,
        check="padding",
        edits=_sizes("(2, 3, 5, 7), 2, 3, 1, 1", "(3, 2, 9, 10), 2, 4, 3, 1"),
    ),
    oracle(
        "I608",
        title="the stride is always 1",
        question="Which strides does your test try?",
        remedy=_WINDOWS,
        check="windows",
        edits=_sizes("(2, 3, 5, 7), 2, 3, 1, 0", "(2, 2, 4, 7), 2, 4, 1, 2"),
    ),
    oracle(
        "I609",
        title="windows always fill the image: nothing is left over",
        question="Is there a row in one of your images that no window reaches?",
        remedy=_WINDOWS,
        check="windows",
        edits=_sizes(
            "(2, 3, 5, 7), 2, 3, 1, 0", "(3, 2, 7, 6), 3, 2, 2, 0", "(2, 2, 4, 7), 2, 5, 2, 2"
        ),
    ),
    oracle(
        "I610",
        title="every window is square",
        question="Which windows does your test try?",
        remedy=_WINDOWS,
        check="windows",
        edits=_sizes(
            "(2, 3, 5, 7), 2, 2, 1, 0", "(3, 2, 6, 7), 3, 3, 2, 0", "(2, 2, 4, 7), 3, 3, 3, 2"
        ),
    ),
    oracle(
        "I611",
        title="no entry is used by two windows",
        question="Is the last entry of one of your windows the first of another?",
        remedy=_WINDOWS,
        check="windows",
        edits=_sizes("(3, 2, 6, 5), 3, 2, 2, 0", "(2, 2, 4, 7), 2, 4, 3, 2"),
    ),
    oracle(
        "I612",
        title="dout is all ones",
        question="Would your test see that a backward ignores dout?",
        remedy=_RANDOM,
        check="plain",
        edits=((_DOUT, "dout = np.ones(out.shape)"),),
    ),
    oracle(
        "I613",
        title="dout has no negative entries",
        question="Would your test see a backward that drops the signs of dout?",
        remedy=_RANDOM,
        check="plain",
        edits=((_DOUT, "dout = random.random(out.shape)"),),
    ),
    oracle(
        "I614",
        title="the fast backward is compared with itself",
        question="Which two functions does your test call?",
        remedy="The slow backward is the judge: call both, and compare.",
        check="plain",
        edits=((_RIGHT, "fast_backward(dout, cache), fast_backward(dout, cache)"),),
    ),
    oracle(
        "I615",
        title="everything is accepted",
        question="Did you see your test say no?",
        remedy="A test that has never failed proves nothing: try it on a backward that you broke.",
        check="plain",
        edits=((_AGREE, "if False:"), (_SHAPE, "")),
    ),
    oracle(
        "I616",
        title="everything is rejected",
        question="Did you see your test say yes?",
        remedy="Try the test on the slow backward, too.",
        check="plain",
        edits=(("    return True", "    return False"),),
    ),
    oracle(
        "I617",
        title="only shapes are compared",
        question="Which numbers does your test compare?",
        remedy=_EVERY,
        check="plain",
        edits=((_AGREE, "if False:"),),
    ),
    oracle(
        "I619",
        title="only the first entry is looked at",
        question="How many entries do you compare?",
        remedy=_EVERY,
        check="plain",
        edits=((_AGREE, "if not np.isclose(found.ravel()[0], right.ravel()[0]):"),),
    ),
    oracle(
        "I628",
        title="sums are compared instead of entries",
        question="Can two different arrays have one sum?",
        remedy=_EVERY,
        check="plain",
        edits=((_AGREE, "if not np.isclose(np.sum(found), np.sum(right)):"),),
    ),
    oracle(
        "I629",
        title="arrays are flattened before they are compared, so that shapes no longer count",
        question="What does your test say of dx with shape (N, C, H * W)?",
        remedy="Compare shapes first: a gradient has the shape of its input.",
        check="plain",
        edits=((_SHAPE, "        found, right = np.ravel(found), np.ravel(right)\n" + _SHAPE),),
    ),
    oracle(
        "I630",
        title="the limit is absolute and large: errors of a hundredth pass",
        question="How far apart are two right functions that compute the same sums?",
        remedy="Both compute the same sums: they agree to many digits.",
        check="plain",
        edits=((_AGREE, "if not np.allclose(found, right, rtol=1e-6, atol=1e-2):"),),
    ),
    oracle(
        "I620",
        title="errors are averaged, which hides a single entry",
        question="One entry of a hundred is wrong: what do you compare with the limit?",
        remedy=_EVERY,
        check="plain",
        edits=((_AGREE, "if not np.mean(np.abs(found - right)) <= 0.1:"),),
    ),
    oracle(
        "I621",
        title="the limit is 5 percent",
        question="How large an error do you let pass, and how exact is a right backward?",
        remedy="Both compute the same sums: they agree to many digits.",
        check="plain",
        edits=((_AGREE, "if not np.allclose(found, right, rtol=0.05):"),),
    ),
    oracle(
        "I622",
        title="nan passes: it is never larger than the limit",
        question="What is nan > 1e-6?",
        remedy="Ask whether the error is small enough; of nan the answer is no.",
        check="plain",
        edits=((_AGREE, "if np.max(np.abs(found - right)) > 1e-6:"),),
    ),
    oracle(
        "I624",
        title="only the size that is tried last counts",
        question="What does your test say when the first size disagrees and the last agrees?",
        remedy="One disagreement is enough: return False at once.",
        check="windows",
        edits=(
            (_SHAPE, ""),
            (_AGREE, "verdict = np.shape(found) == np.shape(right) and np.allclose(found, right)"),
            ("            return False\n    return True", "    return bool(verdict)"),
        ),
    ),
    oracle(
        "I625",
        title="only the size that is tried first counts",
        question="How often does your loop run before it returns True?",
        remedy="True is the answer only when all sizes agree.",
        check="windows",
        edits=(
            (
                "            return False\n    return True",
                "            return False\n        return True",
            ),
        ),
    ),
    oracle(
        "I627",
        title="every right one that rounds otherwise is rejected: equality to the last digit",
        question="Do two right functions always return the same last digits?",
        remedy="Rounding is no mistake: compare up to six digits or so.",
        check="windows",
        edits=((_AGREE, "if not np.array_equal(found, right):"),),
    ),
    oracle(
        "I626",
        title="arrays of other shapes are compared as far as they broadcast",
        question="What does your comparison do with an array of another shape?",
        remedy="Compare shapes first.",
        check="padding",
        edits=(
            (_SHAPE, ""),
            (_AGREE, "if np.shape(found) == np.shape(right) and not np.allclose(found, right):"),
        ),
    ),
)
