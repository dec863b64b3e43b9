"""What ``08_convnet`` promises: its numbers, its rules, and a network that learns to read."""

import re
from pathlib import Path

import numpy as np
import pytest

from autograder import reference
from autograder.course import Course
from autograder.exercises import QUESTIONS
from autograder.exercises.convnet.training import HELD_OUT, LEAST, TRAINED_ON
from autograder.misconceptions import CATALOGUE, EQUIVALENTS
from autograder.misconceptions.convnet.training import FORM
from course_utils.checking import examine
from course_utils.digits import digits
from course_utils.exercise import CheckResult
from course_utils.pictures import convnet

COURSE = Course(Path(__file__).parents[2])
NAME = "08_convnet"
(TRAINING,) = (q for q in QUESTIONS[NAME] if q.exercise.name == "digit_classes")
RUNS = [row for row in CATALOGUE[NAME] if row.function == "digit_classes"]
RIGHT_RUNS = [e for e in EQUIVALENTS[NAME] if e.function == "digit_classes"]
#: How far every right run stays above the share that is wanted, and every wrong one below.
ABOVE, BELOW = 0.04, 0.15


@pytest.fixture(scope="module")
def right():
    return reference.load(COURSE, NAME)


@pytest.fixture(scope="module")
def given(right):
    return right.functions


@pytest.fixture(scope="module")
def text() -> str:
    """The notebook's prose, each paragraph on a line."""
    source = (COURSE.solutions / f"{NAME}.py").read_text(encoding="utf-8")
    return re.sub(r"\s*\n# ", " ", source)


def share(function, seed: int) -> float:
    """The share of held-out digits that a training run reads."""
    (case,) = TRAINING.inputs(b"share %d" % seed).values()
    with np.errstate(all="ignore"):
        got = function(case["images"].copy(), case["labels"].copy(), case["new_images"])
    same = np.shape(got) == case["classes"].shape
    return float(np.mean(got == case["classes"])) if same else 0.0


# The loss


def test_the_worked_example_of_the_loss(given) -> None:
    scores = np.log([[1.0, 2.0, 5.0]])
    loss, dscores = given["softmax_cross_entropy"](scores, np.array([1]))
    assert round(loss, 3) == 1.386
    np.testing.assert_allclose(dscores, [[0.125, -0.75, 0.625]])


def test_equal_scores_cost_the_logarithm_of_the_number_of_classes(given) -> None:
    loss, _ = given["softmax_cross_entropy"](np.zeros((3, 10)), np.array([0, 5, 9]))
    assert round(loss, 3) == 2.303


def test_a_small_number_inside_the_logarithm_ends_at_27_6() -> None:
    assert round(-np.log(1e-12), 1) == 27.6


def test_each_row_of_dscores_adds_up_to_nothing(given) -> None:
    scores = np.random.default_rng(1).normal(size=(4, 5))
    _, dscores = given["softmax_cross_entropy"](scores, np.array([0, 1, 2, 2]))
    np.testing.assert_allclose(dscores.sum(axis=1), 0, atol=1e-15)


def test_the_loss_and_its_gradient_belong_together(given) -> None:
    random = np.random.default_rng(2)
    scores, y = random.normal(size=(4, 3)), np.array([2, 0, 0, 1])
    direction = random.normal(size=scores.shape)
    loss = given["softmax_cross_entropy"]
    above, below = (loss(scores + h * direction, y)[0] for h in (1e-5, -1e-5))
    slope = np.sum(loss(scores, y)[1] * direction)
    assert abs((above - below) / 2e-5 - slope) < 1e-9


def test_the_questions_for_paper_are_answered_rightly(given, text) -> None:
    scores = np.log([[1.0, 2.0, 5.0]] * 2)
    alone, dscores = given["softmax_cross_entropy"](scores[:1], np.array([2]))
    both, _ = given["softmax_cross_entropy"](scores, np.array([1, 2]))
    assert f"the loss is $-\\log(5/8) = {alone:.3f}$" in text
    np.testing.assert_allclose(dscores, [[0.125, 0.25, -0.375]])
    assert f"the mean, ${both:.3f}$" in text


# The layer


def test_the_scenes_of_the_picture_are_what_the_layer_does(given) -> None:
    layer = given["Affine"]([[2.0]], [1.0])
    for call, returned, waiting, grads, _ in convnet.SCENES[1:]:
        name, argument = re.fullmatch(r"layer\.(\w+)\((-?\d*)\)", call).groups()
        arguments = [np.array([[float(argument)]])] if argument else []
        result = getattr(layer, name)(*arguments)
        assert (f"{result.item():g}" if result is not None else "") == returned
        assert [x.item() for x in layer.memory] == list(waiting)
        assert tuple(grad.item() for grad in layer.grads.values()) == grads


def test_a_single_slot_would_give_other_sums_than_the_paper_example(right) -> None:
    (slot,) = (row for row in CATALOGUE[NAME] if row.id == "N221")
    layer = slot.functions(right)["Affine"]([[2.0]], [1.0])
    for x in (3.0, 5.0):
        layer.forward(np.array([[x]]))
    for dout in (10.0, -1.0):
        layer.backward(np.array([[dout]]))
    assert layer.grads["w"].item() == 45


def test_saliency_asks_without_leaving_a_trace(given) -> None:
    layers = given["small_network"](2, seed=0)
    x = np.random.default_rng(0).random((3, 1, 8, 8))
    assert given["saliency"](layers, x, np.array([1, 2, 3])).shape == x.shape
    assert not any(np.any(grad) for layer in layers for grad in layer.grads.values())
    assert not any(layer.memory for layer in layers)


def test_asking_for_predictions_leaves_nothing_waiting(given) -> None:
    layers = given["small_network"](2, seed=0)
    assert given["predict"](layers, np.zeros((5, 1, 8, 8))).shape == (5,)
    assert not any(layer.memory for layer in layers)


def test_the_network_has_as_many_parameters_as_the_text_counts(given, text) -> None:
    layers = given["small_network"](16, seed=0)
    assert sum(p.size for layer in layers for p in layer.params.values()) == 2730
    assert "$160 + 2570 = 2730$" in text


def test_the_picture_of_the_network_shows_the_true_shapes(given) -> None:
    x = np.zeros((7, 1, 8, 8))
    for layer, (name, shape) in zip(
        given["small_network"](16, seed=0), convnet.LAYERS[1:], strict=False
    ):
        x = layer.forward(x)
        assert type(layer).__name__ == name
        assert ", ".join(map(str, x.shape)).replace("7", "N", 1) == shape


def test_three_steps_with_momentum_go_where_the_text_says(given) -> None:
    layer = given["Affine"]([[10.0]], [0.0])
    sgd = given["SGD"]([layer], 1.0, 0.5)
    seen = []
    for gradient in (4.0, 0.0, 0.0):
        layer.grads["w"] = np.array([[gradient]])
        sgd.step()
        seen.append(layer.params["w"].item())
    assert seen == [6, 4, 3]


# Training


def test_the_digits_are_those_of_their_source() -> None:
    images, labels = digits()
    assert (images.shape, images.dtype) == ((1797, 1, 8, 8), np.float64)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert np.array_equal(images * 16, np.round(images * 16))
    assert (images.min(), images.max()) == (0, 1)
    # Of each class, and of all ink, as the source counts them.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images.sum() * 16 == 561_718


def test_digits_are_fresh_each_time() -> None:
    images, labels = digits()
    images[...], labels[...] = 0, 0
    again, classes = digits()
    assert again.any()
    assert classes.any()


def test_the_text_says_what_the_training_is_judged_by(text) -> None:
    assert f"You get {TRAINED_ON} digits with their labels" in text
    assert f"and {HELD_OUT} digits without labels" in text
    assert f"**at least {LEAST:.0%} right**".replace("%", " %") in text


@pytest.mark.parametrize("run", RIGHT_RUNS, ids=lambda run: run.id)
def test_right_training_runs_stay_clear_of_the_limit(run, right) -> None:
    function = run.functions(right)["digit_classes"]
    assert min(share(function, seed) for seed in range(3)) > LEAST + ABOVE


@pytest.mark.parametrize(
    "run", [run for run in RUNS if run.check == "learned"], ids=lambda run: run.id
)
def test_wrong_training_runs_stay_clear_of_the_limit(run, right) -> None:
    function = run.functions(right)["digit_classes"]
    assert max(share(function, seed) for seed in range(2)) < LEAST - BELOW


@pytest.mark.long
def test_no_seed_decides_whether_the_reference_passes(given) -> None:
    shares = [share(given["digit_classes"], seed) for seed in range(200)]
    assert min(shares) > LEAST


def test_the_notebooks_own_training_reads_97_percent_of_held_out_digits(given) -> None:
    images, labels = digits()
    held_out = np.arange(len(labels)) % 5 == 0
    network = given["small_network"](16, seed=0)
    random, sgd = np.random.default_rng(0), given["SGD"](network, learning_rate=0.3)
    for _ in range(20):
        given["train_epoch"](network, sgd, images[~held_out], labels[~held_out], 32, random)
    right = given["predict"](network, images[held_out]) == labels[held_out]
    assert right.mean() >= 0.97
    learned = given["predict"](network, images[~held_out]) == labels[~held_out]
    assert learned.mean() > right.mean()
    barred = images[[10]].copy()
    barred[0, 0, 4, 3:5] = 1
    asked = given["predict"](network, np.concatenate([images[[10]], barred]))
    assert asked.tolist() == [0, 8]


def test_training_begins_where_the_text_says(given, text) -> None:
    images, labels = digits()
    learned = np.arange(len(labels)) % 5 != 0
    scores = given["forward_through"](given["small_network"](16, seed=0), images[learned])
    loss, _ = given["softmax_cross_entropy"](scores, labels[learned])
    assert f"(the network below begins at {loss:.2f})" in text
    assert f"Before the first step the loss was {loss:.2f}" in text


# What a card says


def changed(right, row: str, function: str):
    (found,) = (known for known in CATALOGUE[NAME] if known.id == row)
    return found.functions(right)[function]


def failed(card) -> dict[str, CheckResult]:
    return {check.name: check for check in card.checks if check.status == "failed"}


@pytest.mark.parametrize("rate", [0.1, 0.02])
def test_an_update_inside_backward_is_named_whatever_its_rate(right, rate) -> None:
    dx = 'dout @ self.params["w"].T'
    update = f'dx = {dx}\n        self.params["w"] -= {rate} * self.grads["w"]\n        return dx'
    layer = right.changed("Affine", ((f"return {dx}", update),)).functions["Affine"]
    card = examine(layer, "Affine")
    assert "the backward updates w by itself" in " ".join(card.diagnosis)
    first, *others = failed(card).values()
    assert (first.name, first.worst.output) == ("no_update", "w_after")
    assert others
    assert all(not check.rule and first.title in check.notes[-1] for check in others)


@pytest.mark.parametrize(
    ("row", "name", "function", "because"),
    [
        ("N201", "order", "Affine", "used_twice"),
        ("N222", "retain", "Affine", "order"),
        ("N322", "retain", "Conv", "memory"),
    ],
)
def test_what_follows_from_a_simpler_mistake_is_put_down_to_it(
    row, name, function, because, right
) -> None:
    found = failed(examine(changed(right, row, function), function))
    assert (found[name].rule, found[because].notes) == ("", ())
    assert found[because].title in found[name].notes[0]


def test_large_scores_are_not_blamed_for_a_gradient_that_is_not_divided(right) -> None:
    loss = right.changed("softmax_cross_entropy", (("    dscores /= N\n", ""),))
    found = failed(examine(loss.functions["softmax_cross_entropy"], "softmax_cross_entropy"))
    assert found["dscores"].title in found["stable"].notes[0]


@pytest.mark.parametrize(
    "overflow",
    [
        # The whole softmax, or the loss alone, whose gradient is then only not divided.
        ("np.exp(shifted)", "np.exp(scores)"),
        (
            "np.log(totals[:, 0]) - shifted[np.arange(N), y]",
            "-np.log((exponentials / totals)[np.arange(N), y])",
        ),
    ],
)
def test_an_overflow_is_not_put_down_to_a_gradient_that_is_not_divided(overflow, right) -> None:
    edits = (("    dscores /= N\n", ""), overflow)
    loss = right.changed("softmax_cross_entropy", edits).functions["softmax_cross_entropy"]
    found = failed(examine(loss, "softmax_cross_entropy"))
    assert found["dscores"].worst is not None
    assert np.isfinite(found["dscores"].worst.got)
    assert found["stable"].worst is not None
    assert not np.isfinite(found["stable"].worst.got)
    assert found["stable"].notes == ()
    assert found["stable"].rule.startswith("Subtract each row's largest score")


@pytest.mark.parametrize(("row", "function"), [("N247", "Affine"), ("N347", "Conv")])
def test_a_frozen_layer_that_remembers_nothing_is_named(row, function, right) -> None:
    card = examine(changed(right, row, function), function)
    assert "forward remembers nothing" in " ".join(card.diagnosis)
    assert "Which lines of your backward" not in " ".join(card.diagnosis)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("learning_rate=0.3", "learning_rate=3"), "far too large"),
        (("learning_rate=0.3", "learning_rate=0.0003"), "far too small"),
        (("learning_rate=0.3", "learning_rate=0.003"), "too small for so few epochs"),
        (("labels[batch]", "labels[start : start + 20]"), "their labels are not"),
    ],
)
def test_a_training_mistake_is_among_those_that_are_named(right, change, named) -> None:
    run = right.replaced("digit_classes", FORM).changed("digit_classes", (change,))
    said = " ".join(examine(run.functions["digit_classes"], "digit_classes").diagnosis)
    assert "one of these known mistakes" in said
    assert named in said


def test_a_network_that_drops_retain_grads_leaves_a_trace_after_saliency(right, given) -> None:
    passes = "layer.backward(dout, retain_grads)"
    drops = right.changed("backward_through", ((passes, "layer.backward(dout)"),)).functions
    for functions, traced in ((given, False), (drops, True)):
        layers = functions["small_network"](2, seed=0)
        functions["saliency"](layers, np.ones((1, 1, 8, 8)), np.array([1]))
        assert np.any(layers[0].grads["w"]) == traced
