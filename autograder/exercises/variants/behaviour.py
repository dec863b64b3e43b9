"""What every function of the notebook is asked besides its values."""

from autograder.exercises.question import Recipe
from course_utils.exercise import Check

#: Cases by name.
Recipes = dict[str, Recipe]


def by_name(*recipes: Recipe) -> Recipes:
    """The recipes, keyed by their names."""
    return {recipe.name: recipe for recipe in recipes}


def value(name: str, title: str, rule: str, weight: float, outputs: str, *cases: str) -> Check:
    """That ``outputs`` (names, with blanks between) are right on the cases."""
    return Check(name, title, rule, weight, outputs=tuple(outputs.split()), cases=cases)


def integers(weight: float, *outputs: str) -> Check:
    """That integers give what the same numbers give as floats, on the case "integers"."""
    return Check(
        "integers",
        "integer x",
        "Results are float64, whatever the dtype of x.",
        weight,
        kind="dtype",
        outputs=outputs,
        cases=("integers",),
    )


def unchanged(weight: float) -> Check:
    """That no argument is written to."""
    return Check(
        "unchanged",
        "inputs left as they were",
        "What a function is given it reads, and never writes to.",
        weight,
        kind="unchanged",
    )


def repeatable(weight: float) -> Check:
    """That nothing is kept from call to call."""
    return Check(
        "repeatable",
        "same answer on a second call",
        "Nothing may survive from one call to the next.",
        weight,
        kind="repeatable",
    )


def cache(weight: float) -> Check:
    """That the backward can live with the forward's cache."""
    return Check(
        "cache",
        "the cache serves the backward",
        "The cache holds what the backward needs: x, w, b and conv_param as they were given.",
        weight,
        kind="cache",
    )
