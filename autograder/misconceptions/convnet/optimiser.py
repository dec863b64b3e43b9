"""Known wrong answers to ``SGD``, with and without momentum."""

from functools import partial

from autograder.misconceptions.convnet.rules import DOWNHILL, LEFT_ALONE, READ_ONLY, VELOCITY
from autograder.misconceptions.misconception import Misconception

sgd = partial(Misconception, function="SGD")

_FROZEN = "            if not layer.trainable:\n                continue\n"
_NAMES = "for name, grad in layer.grads.items():"
_LAYERS = "for place, layer in enumerate(self.layers):"
_V = "velocity = self.momentum * self.velocities.get((place, name), 0.0) + grad"
_STORE = "self.velocities[place, name] = velocity"
_STEP = "layer.params[name] -= self.learning_rate * velocity"
_INIT = "        self.velocities = {}\n"
_MOVED = "How far does a parameter with gradient 1 move in one step?"
_GO = "Where is a parameter after three steps with gradients 4, 0, 0, on paper and in your class?"

MISTAKES = (
    sgd(
        "N401",
        title="uphill: the gradient is added",
        question="Does the loss grow or fall along the gradient?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, _STEP.replace("-=", "+=")),),
    ),
    sgd(
        "N402",
        title="the learning rate is left out",
        question=_MOVED,
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, _STEP.replace("self.learning_rate * ", "")),),
    ),
    sgd(
        "N403",
        title="divided by the learning rate",
        question=_MOVED,
        remedy=DOWNHILL,
        check="steps",
        edits=(
            (
                _STEP,
                _STEP.replace("self.learning_rate * velocity", "velocity / self.learning_rate"),
            ),
        ),
    ),
    sgd(
        "N404",
        title="parameters are replaced by the step instead of moved by it",
        question="Where was the parameter before the step?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, _STEP.replace("-= ", "= -")),),
    ),
    sgd(
        "N405",
        title="only w learns",
        question="Which parameters of a layer does your loop visit?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_NAMES, 'for name, grad in [("w", layer.grads["w"])]:'),),
    ),
    sgd(
        "N406",
        title="only the first layer learns",
        question="Which layers does your loop visit?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_LAYERS, _LAYERS.replace("self.layers)", "self.layers[:1])")),),
    ),
    sgd(
        "N407",
        title="a return inside the loop ends the step after the first layer",
        question="Which layers does your loop visit?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, f"{_STEP}\n            return"),),
    ),
    sgd(
        "N408",
        title="gradients are read once, when the optimiser is made, and are old by the second step",
        question="When does your optimiser look at layer.grads?",
        remedy=DOWNHILL,
        check="steps",
        edits=(
            (_INIT, f"{_INIT}        self.found = [dict(layer.grads) for layer in layers]\n"),
            (_NAMES, "for name, grad in self.found[place].items():"),
        ),
    ),
    sgd(
        "N409",
        title="the learning rate halves with every step",
        question="What is the learning rate in the second step?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, f"{_STEP}\n        self.learning_rate /= 2"),),
    ),
    sgd(
        "N410",
        title="only the sign of the gradient is used",
        question=_MOVED,
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, _STEP.replace("velocity", "np.sign(velocity)")),),
    ),
    sgd(
        "N411",
        title="gradients are scaled to length 1",
        question=_MOVED,
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, f"{_STEP} / np.linalg.norm(velocity)"),),
    ),
    sgd(
        "N412",
        title="one average step for all entries of a parameter",
        question="Do all entries of a parameter move by the same amount?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, _STEP.replace("velocity", "np.mean(velocity)")),),
    ),
    sgd(
        "N413",
        title="parameters shrink a little in every step",
        question="What happens to a parameter whose gradient is 0?",
        remedy=DOWNHILL,
        check="steps",
        edits=((_STEP, f"layer.params[name] *= 0.5\n                {_STEP}"),),
    ),
    sgd(
        "N414",
        title="the step goes into a new variable, and the layer keeps its old parameter",
        question="Does the array in layer.params change?",
        remedy=DOWNHILL,
        check="steps",
        edits=(
            (
                _STEP,
                "parameter = layer.params[name]\n"
                "                parameter = parameter - self.learning_rate * velocity",
            ),
        ),
    ),
    sgd(
        "N415",
        title="frozen layers learn, too",
        question="What does your step do with a layer whose trainable is False?",
        remedy=LEFT_ALONE,
        check="frozen",
        edits=((_FROZEN, ""),),
    ),
    sgd(
        "N416",
        title="the step ends at the first frozen layer, and those behind it do not learn",
        question="Which layers are visited after a frozen one?",
        remedy=LEFT_ALONE,
        check="frozen",
        edits=((_FROZEN, _FROZEN.replace("continue", "break")),),
    ),
    sgd(
        "N417",
        title="a frozen layer stops the training with an exception",
        question="What should happen to the other layers when one is frozen?",
        remedy=LEFT_ALONE,
        check="frozen",
        edits=((_FROZEN, _FROZEN.replace("continue", 'raise RuntimeError("frozen")')),),
    ),
    sgd(
        "N418",
        title="frozen layers learn, and the others do not",
        question="What does your step do with a layer whose trainable is False?",
        remedy=LEFT_ALONE,
        check="frozen",
        edits=((_FROZEN, _FROZEN.replace("not ", "")),),
    ),
    sgd(
        "N419",
        title="gradients are scaled in place, so that a second step is another",
        question="What is in layer.grads after a step?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (
                _STEP,
                f"grad *= self.learning_rate\n                {_STEP.replace('self.learning_rate * velocity', 'grad')}",
            ),
        ),
    ),
    sgd(
        "N420",
        title="the step clears the gradients, which is the loop's decision",
        question="What is in layer.grads after a step?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_STEP, f"{_STEP}\n                grad[...] = 0"),),
    ),
    sgd(
        "N421",
        title="the number of steps is counted for all optimisers together",
        question="What is left over when a second optimiser is made?",
        remedy="Every object has a state of its own.",
        check="repeatable",
        edits=(
            ("def __init__(self, layers", "taken = []\n\n    def __init__(self, layers"),
            (_STEP, f"self.taken.append(name)\n                {_STEP} / len(self.taken)"),
        ),
    ),
    sgd(
        "N701",
        title="momentum is ignored",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=((_V, "velocity = grad"),),
    ),
    sgd(
        "N703",
        title="layers share the velocity of parameters that have the same name",
        question="Two layers have a w each. How many velocities do you keep?",
        remedy=VELOCITY,
        check="momentum",
        edits=(
            (
                _V,
                _V.replace("(place, name)", "name").replace(
                    "get(name, 0.0) + grad",
                    "get(name, 0.0) + grad\n                if np.shape(velocity) != grad.shape:\n                    velocity = grad",
                ),
            ),
            (_STORE, _STORE.replace("place, name", "name")),
        ),
    ),
    sgd(
        "N704",
        title="the gradient counts (1 - momentum) only",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=((_V, _V.replace("+ grad", "+ (1 - self.momentum) * grad")),),
    ),
    sgd(
        "N705",
        title="momentum multiplies the gradient, too",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=(
            (_V, "velocity = self.momentum * (self.velocities.get((place, name), 0.0) + grad)"),
        ),
    ),
    sgd(
        "N706",
        title="the old velocity is used for the step, one step late",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=(
            (_STEP, f"{_STEP.replace('velocity', 'before')}"),
            (_V, f"before = self.velocities.get((place, name), 0.0)\n                {_V}"),
        ),
    ),
    sgd(
        "N707",
        title="Nesterov's form: the step looks one velocity ahead",
        question=_GO,
        remedy=f"{VELOCITY} Nesterov's method is another one.",
        check="momentum",
        edits=((_STEP, _STEP.replace("velocity", "(grad + self.momentum * velocity)")),),
    ),
    sgd(
        "N708",
        title="velocities only grow: momentum is 1",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=((_V, _V.replace("self.momentum * ", "bool(self.momentum) * ")),),
    ),
    sgd(
        "N709",
        title="the velocity holds the learning rate already, and the step has it once more",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=(
            (
                _V,
                _V.replace("+ grad", "+ grad * (self.learning_rate if self.momentum else 1)"),
            ),
        ),
    ),
    sgd(
        "N710",
        title="the sign of the velocity turns with every step",
        question=_GO,
        remedy=VELOCITY,
        check="momentum",
        edits=((_V, _V.replace("self.momentum * ", "-self.momentum * ")),),
    ),
)
