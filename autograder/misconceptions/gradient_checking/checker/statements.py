"""Lines of the reference checker that rows change, and the rules that they break."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

tool = partial(Misconception, function="gradient_check")

STEP = "h = 1e-5"
CLIPPED = "np.clip(gradient, lower, upper)"
NEAREST = f"nearest = np.where(corner, {CLIPPED}, (left + right) / 2)"
DECIDE = "if not (far <= noise or relative_error(gradient, nearest) <= 1e-6):"
CENTRAL = "nearest = (left + right) / 2"
NOISE = "Rounding of the differences is no mistake: allow for it, and for no more."
LIMIT = "Central differences are right to 1e-6 here; so is a right gradient."
