"""Known wrong answers to ``relative_error``."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import READ_ONLY
from autograder.misconceptions.misconception import Misconception

error = partial(Misconception, function="relative_error")

_DIFFERENCE = "difference = np.max(np.abs(x - y))"
_SIZE = "size = np.max(np.abs(x)) + np.max(np.abs(y))"
_RETURN = "return difference / size if size != 0 else 0.0"

_WORST = "The largest |x - y| of all entries decides."
_UNITS = "The size is the largest |x| plus the largest |y|, for all entries alike."
_NAN = "Where an entry is nan, so is the error: nobody knows how far apart the arrays are."
_EQUAL = "Where both arrays are all zeros, they are equal: the error is 0."

MISTAKES = (
    error(
        "G08",
        title="no absolute value: only where x is larger counts",
        question="Is a difference of -5 smaller than one of 3?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.max(x - y)"),),
    ),
    error(
        "G53",
        title="no absolute value: only where y is larger counts",
        question="Is a difference of -5 smaller than one of 3?",
        remedy=_WORST,
        check="size",
        edits=((_DIFFERENCE, "difference = np.max(y - x)"),),
    ),
    error(
        "G10",
        title="the mean of all errors hides a single entry",
        question="One entry of a hundred is wrong: what is the mean of all errors?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.mean(np.abs(x - y))"),),
    ),
    error(
        "G11",
        title="only the first entry is looked at",
        question="How many entries do you compare?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.abs(x - y).flat[0]"),),
    ),
    error(
        "G13",
        title="sums are compared instead of entries",
        question="Can two different arrays have one sum?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.abs(np.sum(x) - np.sum(y))"),),
    ),
    error(
        "G19",
        title="the error is absolute",
        question="Is a difference of 5 large?",
        remedy=_UNITS,
        check="size",
        edits=((_RETURN, "return difference"),),
    ),
    error(
        "G20",
        title="each entry is measured against itself, so that a zero makes the error 1",
        question="What is your error where x is 0 and y is almost 0?",
        remedy=_UNITS,
        check="size",
        edits=(
            (
                _DIFFERENCE,
                "difference = np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))",
            ),
            (_SIZE, "size = 1"),
        ),
    ),
    error(
        "G41",
        title="nan where both arrays are all zeros",
        question="What is 0 / 0?",
        remedy=_EQUAL,
        check="zero",
        edits=((_RETURN, "return difference / size"),),
    ),
    error(
        "G42",
        title="1 where both arrays are all zeros",
        question="Are two arrays of zeros equal?",
        remedy=_EQUAL,
        check="zero",
        edits=((_RETURN, "return difference / size if size != 0 else 1.0"),),
    ),
    error(
        "G43",
        title="measured against x alone",
        question="Is your error the same when x and y are exchanged?",
        remedy=_UNITS,
        check="worst",
        edits=((_SIZE, "size = np.max(np.abs(x))"),),
    ),
    error(
        "G44",
        title="measured against the larger of the two instead of their sum",
        question="What is your error for arrays of opposite sign?",
        remedy=_UNITS,
        check="worst",
        edits=((_SIZE, "size = max(np.max(np.abs(x)), np.max(np.abs(y)))"),),
    ),
    error(
        "G45",
        title="sizes are compared without their signs",
        question="Does your error see that y has the wrong sign?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.max(np.abs(np.abs(x) - np.abs(y)))"),),
    ),
    error(
        "G46",
        title="the largest entries are taken with their signs",
        question="What is the largest entry of an array that is negative everywhere?",
        remedy=_UNITS,
        check="worst",
        edits=((_SIZE, "size = np.abs(np.max(x)) + np.abs(np.max(y))"),),
    ),
    error(
        "G47",
        title="lengths of the whole arrays are compared instead of their worst entries",
        question="Which entry decides?",
        remedy=_WORST,
        check="worst",
        edits=(
            (_DIFFERENCE, "difference = np.linalg.norm(x - y)"),
            (_SIZE, "size = np.linalg.norm(x) + np.linalg.norm(y)"),
        ),
    ),
    error(
        "G48",
        title="an array of errors is returned instead of one number",
        question="How many numbers do you return?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.abs(x - y)"),),
    ),
    error(
        "G49",
        title="the smallest error is taken",
        question="Which entry decides?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.min(np.abs(x - y))"),),
    ),
    error(
        "G50",
        title="x is overwritten by the difference",
        question="What is in x after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_RETURN, "x -= y\n    " + _RETURN),),
    ),
    error(
        "G51",
        title="errors are summed over all entries",
        question="Does your error grow with the number of entries?",
        remedy=_WORST,
        check="worst",
        edits=((_DIFFERENCE, "difference = np.sum(np.abs(x - y))"),),
    ),
    error(
        "G52",
        title="1 is added to the size to avoid 0 / 0",
        question="What becomes of small gradients when 1 is added to their size?",
        remedy=_UNITS,
        check="worst",
        edits=((_RETURN, "return difference / (size + 1)"),),
    ),
    error(
        "G54",
        title="nan counts as 0: a comparison with nan is always false",
        question="What is nan > 0, and what do you return then?",
        remedy=_NAN,
        check="nan",
        edits=((_RETURN, "return difference / size if size > 0 else 0.0"),),
    ),
    error(
        "G55",
        title="entries that are nan are left out",
        question="What do you return for arrays that hold a nan?",
        remedy=_NAN,
        check="nan",
        edits=(
            (_DIFFERENCE, "difference = np.nanmax(np.abs(x - y))"),
            (_SIZE, "size = np.nanmax(np.abs(x)) + np.nanmax(np.abs(y))"),
        ),
    ),
    error(
        "G56",
        title="the size is at least 1e-8, which makes small gradients look right",
        question="What is your error for gradients around 1e-12, one twice the other?",
        remedy=_UNITS,
        check="size",
        edits=((_RETURN, "return difference / max(size, 1e-8)"),),
    ),
    error(
        "G57",
        title="arrays that are close count as equal",
        question="What is your error where the arrays differ by a millionth?",
        remedy="Only arrays that are equal have error 0: how close is close enough is asked later.",
        check="size",
        edits=((_RETURN, "return difference / size if not np.allclose(x, y) else 0.0"),),
    ),
)
