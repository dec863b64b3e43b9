"""Mutants are every small change of a function, each once, and keep their names."""

import ast
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.mutant_trial import mutants_of, try_mutant
from autograder.mutation import Mutant, mutants, normal_form
from autograder.reference import Reference
from autograder.rehearsal import Stage
from autograder.size_mutation import Call, size_mutants

SOLUTION = '# %% nbgrader={"grade": false, "grade_id": "f_solution", "solution": true}\n'
FUNCTION = '''
def weigh(x, w, param):
    """Weigh windows of x."""
    step, half = param["step"], param.get("half", 0)
    size = (len(x) - 1) // step + 1
    out = np.zeros(size)
    for i in range(size):
        start = i * step
        if start < half:
            continue
        out[i] += np.sum(x[start : start + 2, 0]) ** 2 * -w[0, i]
    return out, (x, w)
'''
GIVEN = (np.ones((5, 1)), np.ones((1, 3)), {"step": 2})


def loaded(folder: Path, function: str = FUNCTION) -> Reference:
    (folder / "weighing.py").write_text(
        f"# %%\nimport numpy as np\n\n{SOLUTION}{function.lstrip()}", encoding="utf-8"
    )
    return reference.load(folder, "weighing")


@pytest.fixture
def made(tmp_path: Path) -> list[Mutant]:
    return mutants(loaded(tmp_path), "weigh", GIVEN)


CHANGES = {
    "an operator": ("start = i * step", "start = i + step"),
    "an operand left out": ("start = i * step", "start = i"),
    "a division": ("size = (len(x) - 1) // step + 1", "size = (len(x) - 1) / step + 1"),
    "operands in the other order": (
        "size = (len(x) - 1) // step + 1",
        "size = step // (len(x) - 1) + 1",
    ),
    "a constant": ("size = (len(x) - 1) // step + 1", "size = (len(x) - 1) // step + 2"),
    "a name of the same kind": ("start = i * step", "start = i * size"),
    "a name, one further": ("start = i * step", "start = (i + 1) * step"),
    "an array": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.sum(w[start:start + 2, 0]) ** 2 * -w[0, i]",
    ),
    "a comparison": ("if start < half:", "if start <= half:"),
    "a sign": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * w[0, i]",
    ),
    "a related function": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.mean(x[start:start + 2, 0]) ** 2 * -w[0, i]",
    ),
    "indices in the other order": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[i, 0]",
    ),
    "a slice without its start": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.sum(x[:start + 2, 0]) ** 2 * -w[0, i]",
    ),
    "a slice one longer": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] += np.sum(x[start:start + 2 + 1, 0]) ** 2 * -w[0, i]",
    ),
    "an assignment for an addition": (
        "out[i] += np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
        "out[i] = np.sum(x[start:start + 2, 0]) ** 2 * -w[0, i]",
    ),
    "a loop that starts late": ("for i in range(size):", "for i in range(1, size):"),
    "a loop that ends early": ("for i in range(size):", "for i in range(size - 1):"),
    "targets in the other order": (
        "step, half = (param['step'], param.get('half', 0))",
        "half, step = (param['step'], param.get('half', 0))",
    ),
    "results in the other order": ("return (out, (x, w))", "return ((x, w), out)"),
    "an argument left out": (
        "step, half = (param['step'], param.get('half', 0))",
        "step, half = (param['step'], param.get('half'))",
    ),
    "a call left out": ("size = (len(x) - 1) // step + 1", "size = (x - 1) // step + 1"),
    "zeros": ("out = np.zeros(size)", "out = np.ones(size)"),
    "a dropped statement": ("start = i * step", "pass"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_this_is_changed(made: list[Mutant], change: tuple[str, str]) -> None:
    assert change in {(mutant.old, mutant.new) for mutant in made}


def test_a_mutant_differs_from_the_function_in_one_line_and_can_be_compiled(
    tmp_path: Path, made: list[Mutant]
) -> None:
    right = loaded(tmp_path)
    lines = normal_form(right.source("weigh")).split("\n")
    for mutant in made:
        differing = [
            (a.strip(), b.strip())
            for a, b in zip(lines, mutant.source.split("\n"), strict=True)
            if a != b
        ]
        assert differing == [(mutant.old, mutant.new)]
        assert callable(mutant.functions(right)["weigh"])


def test_no_change_comes_twice_and_none_changes_nothing(made: list[Mutant]) -> None:
    assert len({mutant.change for mutant in made}) == len(made)
    assert all(ast.dump(ast.parse(m.source)) != ast.dump(ast.parse(FUNCTION)) for m in made)


def test_names_stand_only_for_names_of_their_kind_that_are_bound_already(
    made: list[Mutant],
) -> None:
    first = {m.new for m in made if m.old.startswith("size =")}
    assert not any("start" in new or "out" in new for new in first)
    assert not any("param" in new for new in {m.new for m in made if m.old.startswith("start")})


def test_a_name_for_what_is_not_used_stands_for_nothing(tmp_path: Path) -> None:
    text = "def weigh(x):\n    n, _ = x.shape\n    out = n\n    return out\n"
    found = mutants(loaded(tmp_path, text), "weigh", (np.ones((2, 3)),))
    assert "out = n + 1" in {mutant.new for mutant in found}
    assert "out = _" not in {mutant.new for mutant in found}


def test_a_mutant_keeps_its_name_when_comments_docstring_and_other_lines_change(
    tmp_path: Path, made: list[Mutant]
) -> None:
    moved = FUNCTION.replace(
        '"""Weigh windows of x."""', '"""Weigh.\n\n    More.\n    """\n    # why'
    )
    moved = moved.replace("    out = np", "    # room for the result\n    out = np")
    again = mutants(loaded(tmp_path, moved), "weigh", GIVEN)
    assert [mutant.change for mutant in again] == [mutant.change for mutant in made]


@pytest.mark.parametrize("notebook", ["02_convolution", "03_pooling"])
def test_every_function_of_the_course_has_hundreds_of_mutants(course, notebook: str) -> None:
    stage = Stage(course.solutions, notebook)
    asked = {question.exercise.function for question in stage.questions}
    found = mutants_of(stage)
    assert {mutant.function for mutant in found} == asked
    for function in asked:
        assert sum(mutant.function == function for mutant in found) > 600


def test_the_customary_slips_are_among_the_mutants(course) -> None:
    found = {m.change for m in mutants_of(Stage(course.solutions, "02_convolution"))}
    corner = "top, left = (i * stride, j * stride)"
    assert f"{corner} → top, left = (i * HH, j * stride)" in found
    assert f"{corner} → top, left = (i, j * stride)" in found
    assert "dw[f] += dout[n, f, i, j] * window → dw[f] = dout[n, f, i, j] * window" in found


LAYER = '''
class Layer:
    """A layer that adds up."""

    def __init__(self, w):
        """Keep w."""
        self.w, self.total = w, np.zeros(2)

    def forward(self, x, keep=True):
        """Weigh x."""
        out = x * self.w
        if keep:
            self.total += out
        return out

    def nothing(self):
        """There is nothing to do."""
'''


@pytest.fixture
def made_of_a_class(tmp_path: Path) -> list[Mutant]:
    right = loaded(tmp_path, LAYER)

    def use(w, x):
        layer = right.functions["Layer"](w)
        layer.forward(x)

    return mutants(right, "Layer", (2.0, np.ones(2)), use)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("out = x * self.w", "out = x + self.w"),
        ("self.total += out", "self.total = out"),
        ("self.total += out", "pass"),
        ("return out", "return x"),
        ("def forward(self, x, keep=True):", None),
    ],
)
def test_methods_are_changed_and_their_headers_are_not(made_of_a_class, old, new) -> None:
    changes = {(mutant.old, mutant.new) for mutant in made_of_a_class}
    assert ((old, new) in changes) == (new is not None)


def test_a_mutant_of_a_class_is_a_class_with_one_line_changed(made_of_a_class, tmp_path) -> None:
    right = loaded(tmp_path, LAYER)
    for mutant in made_of_a_class:
        made = mutant.functions(right)["Layer"]
        assert isinstance(made, type)
        assert mutant.source.count("\n") == normal_form(LAYER).count("\n")
        # A method without a body of its own keeps its words.
        assert "There is nothing to do" in mutant.source
        assert "A layer that adds up" not in mutant.source


# Mutants that know a size

POOL = '''
def pool(x, param):
    """Sum windows of every row; param may have a gap, and a start that is drawn."""
    size, gap, start = param["size"], param.get("gap", 1), param["start"]
    n, length = x.shape
    reach = (size - 1) * gap + 1
    unread = size
    out = np.zeros((n, length - reach + 1))
    for i in range(length - reach + 1):
        out[:, i] = start + x[:, i : i + reach : gap].sum(axis=1)
    return out
'''
TAKEN = "size, gap, start = (param['size'], param.get('gap', 1), param['start'])"


@pytest.fixture
def knowing_a_size(tmp_path: Path) -> dict[str, Mutant]:
    right = loaded(tmp_path, POOL)

    def calls(start: int, *sizes: tuple[int, int, int], **further: int) -> list[Call]:
        return [
            Call(
                right.functions["pool"],
                (np.ones((n, length)), {"size": size, "start": start, **further}),
            )
            for n, length, size in sizes
        ]

    parts = {
        "plain": [calls(seed, (2, 5, 3), (3, 4, 2)) for seed in (10, 11)],
        "gaps": [
            calls(seed, (2, 7, 2), gap=2) + calls(seed, (1, 9, 2), gap=3) for seed in (10, 11)
        ],
    }
    return {mutant.new: mutant for mutant in size_mutants(right, "pool", parts)}


def test_a_size_is_held_to_each_of_its_values_and_to_every_number_bound_by_then(
    knowing_a_size: dict[str, Mutant],
) -> None:
    changes = {new.removeprefix("n, length = x.shape; ") for new in knowing_a_size if "x.sh" in new}
    assert changes == {
        *("n = 1", "n = 2", "n = 3", "n = size", "n = gap", "n = length"),
        *("length = 4", "length = 5", "length = 7", "length = 9"),
        *("length = size", "length = gap", "length = n"),
    }


def test_a_size_must_be_noticed_in_every_part_and_an_option_only_where_it_is_set(
    knowing_a_size: dict[str, Mutant],
) -> None:
    assert knowing_a_size[f"{TAKEN}; size = 2"].parts == ("plain", "gaps")
    assert knowing_a_size[f"{TAKEN}; gap = 2"].parts == ("gaps",)
    # The reach is the size where there is no gap: computed, not given.
    computed = knowing_a_size["reach = (size - 1) * gap + 1; reach = size"]
    assert computed.parts == ()


def test_what_is_drawn_and_what_is_never_read_are_no_sizes(
    knowing_a_size: dict[str, Mutant],
) -> None:
    assert not any("start =" in new.split(";")[-1] for new in knowing_a_size)
    assert not any(new.startswith("unread") for new in knowing_a_size)


def test_a_mutant_that_knows_a_size_does_not_look_at_what_it_is_given(
    tmp_path: Path, knowing_a_size: dict[str, Mutant]
) -> None:
    right = loaded(tmp_path, POOL)
    three = knowing_a_size[f"{TAKEN}; size = 3"].functions(right)["pool"]
    given = {"size": 2, "start": 0}
    assert right.functions["pool"](np.ones((1, 4)), given).tolist() == [[2, 2, 2]]
    assert three(np.ones((1, 4)), given).tolist() == [[3, 3]]


@pytest.mark.parametrize(
    ("notebook", "function", "slip"),
    [
        ("03_pooling", "max_pool_backward_naive", "pool_width = 2"),
        ("03_pooling", "avg_pool_forward_naive", "pool_height = pool_width"),
        ("04_im2col", "conv_backward_im2col", "WW = 3"),
        ("05_convolution_variants", "conv_transpose_backward", "H = 3"),
    ],
)
def test_a_constant_that_earned_full_marks_is_caught_in_every_part(
    course, notebook: str, function: str, slip: str
) -> None:
    stage = Stage(course.solutions, notebook)
    knowing = [
        m for m in mutants_of(stage) if m.function == function and m.new.endswith(f"; {slip}")
    ]
    assert knowing, slip
    for mutant in knowing:
        assert function in mutant.parts
        assert try_mutant(stage, mutant, 2).caught
