"""Known wrong answers to ``numerical_gradient`` and ``complex_step_gradient``."""

from functools import partial

from autograder.misconceptions.gradient_checking.rules import (
    FLOATS,
    FRESH,
    IGNORED,
    IN_X,
    LEFT_OVER,
    READ_ONLY,
    UPSTREAM,
)
from autograder.misconceptions.misconception import Misconception

numerical = partial(Misconception, function="numerical_gradient")
complex_step = partial(Misconception, function="complex_step_gradient")

_COPY = "z = np.array(x, dtype=np.float64)"
_BUFFER = "gradient = np.zeros(z.shape)"
_LOOP = "for index in np.ndindex(z.shape):"
_MIDDLE = "middle = z[index]"
_UP = "z[index] = middle + h"
_ABOVE = "above = np.sum(f(z) * dout)"
_DOWN = "z[index] = middle - h"
_BELOW = "below = np.sum(f(z) * dout)"
_BACK = "        z[index] = middle\n"
_SLOPE = "gradient[index] = (above - below) / (2 * h)"

_CENTRAL = "The slope is f one step above minus f one step below, over twice the step."
_GIVEN_STEP = "The step is the h that is given."
_PUT_BACK = "Each entry is put back before the next one moves."
_REUSED = "Use what f returned, or copy it, before f is called again."
_WHOLE = "Work on a copy in float64: whole numbers cannot take a step."
_SUMMED = "All entries of f(x) change: each change counts with its own entry of dout."

_NUMERICAL = (
    numerical(
        "G01",
        title="a forward difference: f(x) is subtracted, not f(x - h)",
        question="At which two points do you evaluate f?",
        remedy=_CENTRAL,
        check="slopes",
        edits=((_DOWN, "z[index] = middle"), ("(2 * h)", "h")),
    ),
    numerical(
        "G02",
        title="divided by h instead of 2 h",
        question="How far apart are the two points?",
        remedy=_CENTRAL,
        check="slopes",
        edits=(("(2 * h)", "h"),),
    ),
    numerical(
        "G03",
        title="the step is 1e-13, and all digits cancel",
        question="Which step do you take, and which one were you given?",
        remedy=_GIVEN_STEP,
        check="shapes",
        edits=((_COPY, "h = 1e-13\n    " + _COPY),),
    ),
    numerical(
        "G04",
        title="the step is 0.1, whatever was asked for",
        question="Which step do you take, and which one were you given?",
        remedy=_GIVEN_STEP,
        check="slopes",
        edits=((_COPY, "h = 0.1\n    " + _COPY),),
    ),
    numerical(
        "G05",
        title="x is held in float32, which loses the step",
        question="What is 1 + 1e-8 in float32?",
        remedy="Differences are taken in float64.",
        check="shapes",
        edits=((_COPY, _COPY.replace("float64", "float32")),),
    ),
    numerical(
        "G06",
        title="an entry is not put back before the next one moves",
        question="Where are the first entries when the last one is moved?",
        remedy=_PUT_BACK,
        check="slopes",
        edits=((_BACK, ""),),
    ),
    numerical(
        "G07",
        title="a step is added to whole numbers, where it is cut off",
        question="What is 3 plus 0.25 in an array of whole numbers?",
        remedy=_WHOLE,
        check="integers",
        edits=((_COPY, "z = x.copy()"),),
    ),
    numerical(
        "G12",
        title="dout is ignored, as if it were ones",
        question=IGNORED,
        remedy=UPSTREAM,
        check="slopes",
        edits=((_ABOVE, "above = np.sum(f(z))"), (_BELOW, "below = np.sum(f(z))")),
    ),
    numerical(
        "G17",
        title="what f returned first is used after f was called again",
        question="What is in the first result if f returns the same array in every call?",
        remedy=_REUSED,
        check="one_array",
        edits=(
            (_ABOVE, "above = f(z)"),
            (_BELOW, "below = f(z)"),
            (_SLOPE, "gradient[index] = np.sum((above - below) * dout) / (2 * h)"),
        ),
    ),
    numerical(
        "G21",
        title="the step is 1e-5, whatever was asked for",
        question="Which step do you take, and which one were you given?",
        remedy=_GIVEN_STEP,
        check="slopes",
        edits=((_COPY, "h = 1e-5\n    " + _COPY),),
    ),
    numerical(
        "G22",
        title="only the output in the same place is looked at",
        question="Which outputs change when one entry of x moves?",
        remedy=_SUMMED,
        check="slopes",
        edits=(
            (_ABOVE, "above = f(z)[index] * dout[index]"),
            (_BELOW, "below = f(z)[index] * dout[index]"),
        ),
    ),
    numerical(
        "G23",
        title="changes are averaged over the outputs instead of summed",
        question="Which outputs change when one entry of x moves, and how do they add up?",
        remedy=_SUMMED,
        check="slopes",
        edits=(
            (_ABOVE, "above = np.mean(f(z) * dout)"),
            (_BELOW, "below = np.mean(f(z) * dout)"),
        ),
    ),
    numerical(
        "G24",
        title="all entries move at once",
        question="How many entries of x differ between your two points?",
        remedy="One entry moves at a time; all others stay where they are.",
        check="slopes",
        edits=(
            (_UP, "z[...] = x + h"),
            (_DOWN, "z[...] = x - h"),
            (_BACK, "        z[...] = x\n"),
        ),
    ),
    numerical(
        "G25",
        title="the sign is wrong: below minus above",
        question="Is your slope positive where f grows?",
        remedy=_CENTRAL,
        check="slopes",
        edits=(("(above - below)", "(below - above)"),),
    ),
    numerical(
        "G26",
        title="the gradient has the shape of f(x)",
        question="How many numbers can you move?",
        remedy="There is one slope for each entry of x.",
        check="shapes",
        edits=((_BUFFER, "gradient = np.zeros(np.shape(f(z)))"),),
    ),
    numerical(
        "G27",
        title="x itself is moved and not put back",
        question=IN_X,
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (_COPY, "z = x if x.dtype == np.float64 else " + _COPY.removeprefix("z = ")),
            ("return gradient", "z[index] = middle + h\n    return gradient"),
        ),
    ),
    numerical(
        "G28",
        title="the slopes of earlier calls are added",
        question=LEFT_OVER,
        remedy=FRESH,
        check="repeatable",
        edits=(
            (
                "return gradient",
                "kept = numerical_gradient.__dict__\n    key = (z.shape, z.flat[0], h)\n"
                "    kept[key] = gradient = gradient + kept.get(key, 0)\n    return gradient",
            ),
        ),
    ),
    numerical(
        "G29",
        title="the gradient is held in the dtype of x, which cuts off whole numbers",
        question="What happens to a half that is stored in a buffer of whole numbers?",
        remedy=FLOATS,
        check="integers",
        edits=((_BUFFER, "gradient = np.zeros_like(x)"),),
    ),
    numerical(
        "G30",
        title="the backward difference: f(x - h) is subtracted from f(x)",
        question="At which two points do you evaluate f?",
        remedy=_CENTRAL,
        check="slopes",
        edits=((_UP, "z[index] = middle"), ("(2 * h)", "h")),
    ),
    numerical(
        "G31",
        title="the last axis alone is differentiated: one loop for two axes",
        question="How many entries does your loop visit?",
        remedy="Every entry of x is moved once, whatever its number of axes.",
        check="slopes",
        edits=((_LOOP, "for index in range(z.shape[0]):"),),
    ),
    numerical(
        "G32",
        title="the step is relative to x, but divided by h",
        question="How far did you go, and what do you divide by?",
        remedy=_CENTRAL,
        check="slopes",
        edits=((_UP, "z[index] = middle * (1 + h)"), (_DOWN, "z[index] = middle * (1 - h)")),
    ),
    numerical(
        "G33",
        title="the two results are held in float32",
        question="How many digits do two almost equal numbers share?",
        remedy="Differences are taken in float64.",
        check="slopes",
        edits=(
            (_ABOVE, "above = np.sum(np.float32(f(z)) * dout)"),
            (_BELOW, "below = np.sum(np.float32(f(z)) * dout)"),
        ),
    ),
    numerical(
        "G35",
        title="a loop over the first axis of f(x), which a single number does not have",
        question="Which axes has a loss?",
        remedy="f may return a single number: sum over all entries, however many axes there are.",
        check="shapes",
        edits=(
            (_ABOVE, "above = sum(np.sum(f(z)[j] * dout[j]) for j in range(len(dout)))"),
            (_BELOW, "below = sum(np.sum(f(z)[j] * dout[j]) for j in range(len(dout)))"),
        ),
    ),
    numerical(
        "G34",
        title="entries that lie at 0 or below are left out",
        question="Which entries have no slope in your result?",
        remedy="Every entry of x is moved once.",
        check="slopes",
        edits=((_LOOP, "for index in map(tuple, np.argwhere(z > 0)):"),),
    ),
)

_IMAGINARY = "The slope is the imaginary part of sum(f(x + i h) * dout), over h."
_Z = "z = np.array(x, dtype=np.complex128)"
_STEP = "z[index] = middle + 1j * h"
_READ = "gradient[index] = np.sum(f(z) * dout).imag / h"

_COMPLEX = (
    complex_step(
        "GC01",
        title="the imaginary part is not divided by h",
        question="How far did you go along the imaginary axis?",
        remedy=_IMAGINARY,
        check="slopes",
        edits=((_READ, "gradient[index] = np.sum(f(z) * dout).imag"),),
    ),
    complex_step(
        "GC02",
        title="the real part is taken",
        question="In which part of f(x + i h) does h f'(x) stand?",
        remedy=_IMAGINARY,
        check="slopes",
        edits=((_READ, "gradient[index] = np.sum(f(z) * dout).real / h"),),
    ),
    complex_step(
        "GC03",
        title="an entry is not put back before the next one moves",
        question="Where are the first entries when the last one is moved?",
        remedy=_PUT_BACK,
        check="slopes",
        edits=(("        z[index] = middle\n", ""),),
    ),
    complex_step(
        "GC04",
        title="dout is ignored, as if it were ones",
        question=IGNORED,
        remedy=UPSTREAM,
        check="slopes",
        edits=((_READ, "gradient[index] = np.sum(f(z)).imag / h"),),
    ),
    complex_step(
        "GC05",
        title="the step is real",
        question="Which axis do you step along?",
        remedy=_IMAGINARY,
        check="slopes",
        edits=((_STEP, "z[index] = middle + h"),),
    ),
    complex_step(
        "GC06",
        title="the sign is wrong: the step goes down the imaginary axis",
        question="What is the imaginary part of f at x - i h?",
        remedy=_IMAGINARY,
        check="slopes",
        edits=((_STEP, "z[index] = middle - 1j * h"),),
    ),
    complex_step(
        "GC07",
        title="the step is 0.001: the error is its square",
        question="Why need this step not be as large as that of a difference?",
        remedy="Nothing is subtracted, so the step may be as small as 1e-30.",
        check="slopes",
        edits=(("h = 1e-30", "h = 1e-3"),),
    ),
    complex_step(
        "GC08",
        title="only the output in the same place is looked at",
        question="Which outputs change when one entry of x moves?",
        remedy=_SUMMED,
        check="slopes",
        edits=((_READ, "gradient[index] = (f(z)[index] * dout[index]).imag / h"),),
    ),
    complex_step(
        "GC09",
        title="a difference is divided by 2 h as well",
        question="How many points do you evaluate f at?",
        remedy=_IMAGINARY,
        check="slopes",
        edits=((_READ, "gradient[index] = np.sum(f(z) * dout).imag / (2 * h)"),),
    ),
    complex_step(
        "GC10",
        title="the gradient is held in the dtype of x, which cuts off whole numbers",
        question="What happens to a half that is stored in a buffer of whole numbers?",
        remedy=FLOATS,
        check="integers",
        edits=((_BUFFER, "gradient = np.zeros_like(x)"),),
    ),
)

MISTAKES = (*_NUMERICAL, *_COMPLEX)
