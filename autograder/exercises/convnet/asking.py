"""What the exercises of ``08_convnet`` have in common: checks, and cases that are scenes."""

from collections.abc import Mapping
from typing import Final

from autograder.exercises.question import MakeInputs, Recipe
from course_utils.exercise import Check

#: The parameters of a layer when its scene is over.
AFTER: Final = ("w_after", "b_after")

READ_ONLY = "What is given is read and never written to."
_FRESH = "Nothing survives from one object to the next."


def behaviour(unchanged: float, repeatable: float) -> tuple[Check, ...]:
    """The checks that nothing given is changed, and nothing remembered from run to run."""
    return (
        Check("unchanged", "inputs left as they were", READ_ONLY, unchanged, kind="unchanged"),
        Check("repeatable", "same answer on a second run", _FRESH, repeatable, kind="repeatable"),
    )


def value(
    name: str,
    title: str,
    rule: str,
    weight: float,
    outputs: tuple[str, ...],
    *cases: str,
    after: tuple[str, ...] = (),
) -> Check:
    """A check of the values of these outputs on these cases; see ``Check`` for ``after``."""
    return Check(name, title, rule, weight, outputs=outputs, cases=cases, after=after)


def no_update(weight: float, *cases: str) -> Check:
    """The check that a layer's parameters are after all backward passes what they were."""
    return Check(
        "no_update",
        'params["w"] and params["b"] unchanged by backward',
        "Only the optimiser changes parameters. w_after and b_after are params after the last "
        "backward.",
        weight,
        outputs=AFTER,
        cases=cases,
        explains=True,
    )


def scenes(cases: Mapping[str, tuple[str, MakeInputs]]) -> dict[str, Recipe]:
    """Recipes by name: each is played by a driver (see ``course_utils.drivers``)."""
    return {
        name: Recipe(name, make, driver.replace("_", " "), driver=driver)
        for name, (driver, make) in cases.items()
    }
