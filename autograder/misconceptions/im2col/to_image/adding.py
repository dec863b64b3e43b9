"""Known wrong answers to ``col2im_indices``: sums, buffers, and what is left in them."""

from autograder.misconceptions.im2col.forms import BACK_PUT, back_loops, back_places, col2im
from autograder.misconceptions.im2col.rules import ADDING
from autograder.misconceptions.im2col.to_image.statements import BUFFER, CROP

_ADD = "np.add.at(x_pad, (slice(None), channel, row, col), shares)"

MISTAKES = (
    col2im(
        "I201",
        title="+= through index arrays keeps only one of several contributions",
        question="What does a[[0, 0]] += 1 do to a[0]?",
        remedy="Adding through index arrays needs np.add.at, or one addition per window or place.",
        check="x",
        edits=((_ADD, "x_pad[:, channel, row, col] += shares"),),
    ),
    back_loops(
        "I203",
        title="windows are assigned (=) where they overlap, instead of added (+=)",
        question="In how many columns does the pixel in the middle of x stand?",
        remedy=ADDING,
        check="x",
        edits=((BACK_PUT, BACK_PUT.replace("+=", "=")),),
    ),
    back_places(
        "I204",
        title="for every place in the window pixels are assigned (=), instead of added (+=)",
        question="In how many columns does the pixel in the middle of x stand?",
        remedy=ADDING,
        check="x",
        edits=(("columns] += shares", "columns] = shares"),),
    ),
    col2im(
        "I205",
        title="pixels are averaged over their columns, so that col2im undoes im2col",
        question="The forward copied a pixel into 4 windows: what does each of the 4 send back?",
        remedy="col2im is the adjoint of im2col, not its inverse: it adds, and divides by nothing.",
        check="x",
        edits=(
            (
                _ADD,
                f"{_ADD}\n    counts = np.zeros(x_pad.shape)\n"
                "    np.add.at(counts, (slice(None), channel, row, col), 1.0)\n"
                "    x_pad /= np.maximum(counts, 1)",
            ),
        ),
    ),
    col2im(
        "I241",
        title="nothing is added: the result is zero everywhere",
        question="Which line of your function adds to the image?",
        remedy=ADDING,
        check="x",
        edits=((_ADD, "pass"),),
    ),
    col2im(
        "I242",
        title="the buffer is float32",
        question="Which dtype has your buffer?",
        remedy="Numbers are float64 here: float32 keeps seven digits only.",
        check="x_stride",
        edits=((BUFFER, BUFFER[:-1] + ", dtype=np.float32)"),),
    ),
    col2im(
        "I243",
        title="what earlier calls have added is still in the buffer",
        question="Where is your buffer made: anew in each call, or once?",
        remedy="Each call starts with zeros.",
        check="repeatable",
        edits=(
            ("padding, stride):", "padding, stride, kept={}):"),
            (f"x_pad = {BUFFER}", f"x_pad = kept.setdefault((x_shape, stride), {BUFFER})"),
            (CROP, f"{CROP}.copy()"),
        ),
    ),
    col2im(
        "I244",
        title="cols is changed: entries are set to zero once they were added",
        question="What is in cols after your function has run?",
        remedy="What a function is given it reads, and never writes to.",
        check="unchanged",
        edits=((_ADD, f"{_ADD}\n    cols *= 0"),),
    ),
    col2im(
        "I245",
        title="the mean of all contributions is taken: everything is divided by the window's size",
        question="Does im2col multiply by anything?",
        remedy="col2im is the adjoint of im2col, not its inverse: it adds, and divides by nothing.",
        check="x",
        edits=((CROP, f"{CROP} / (field_height * field_width)"),),
    ),
)
