"""The rules that students are told when they broke them, and questions that several rows ask."""

from typing import Final

MEAN: Final = (
    "The loss is the mean over the batch, so loss and gradient are divided by N, each once."
)
STABLE: Final = (
    "Subtract each row's own largest score before np.exp; the probabilities stay the same."
)
NO_LOG: Final = (
    "The loss is log(sum of exponentials) minus the right score, both shifted: no logarithm of a "
    "probability, which may be 0."
)
GRADIENT: Final = "dscores[n, c] is (p[n, c] - 1 where c is the right class) / N."
ADDED: Final = "Each backward adds its share to grads, for every parameter."
LAST_FIRST: Final = "A backward takes from the end of the memory what the last forward put there."
RETAIN: Final = (
    "With retain_grads=False everything is done as ever, but that nothing is added to grads."
)
REFUSE: Final = "A frozen layer raises in backward, before anything is taken or added."
NO_UPDATE: Final = "Only the optimiser changes parameters; a backward only adds to grads."
ANEW: Final = "zero_grads fills every gradient with zeros, and touches nothing else."
READ_ONLY: Final = "What is given is read and never written to."
OWN: Final = "Every object has gradients and a memory of its own."
DOWNHILL: Final = "Every parameter changes by -learning_rate times its own gradient of this moment."
LEFT_ALONE: Final = "A layer whose trainable is False is skipped; the others learn."
VELOCITY: Final = (
    "velocity = momentum * velocity + gradient, one velocity for each parameter of each layer; "
    "then parameter -= learning_rate * velocity."
)
LOOP: Final = "For each batch: zero the gradients, forward, loss, backward, one step."
PAIRS: Final = "An image keeps its label: shuffle indices, and use them for both."
CLASSES: Final = "For each image the class with the largest score: argmax over axis 1."

TWO_USES: Final = "What is in grads after the first backward, and what after the second?"
WHOSE: Final = (
    "After forward(x) and forward(x2): whose gradient arrives first, and what does yours use?"
)
ONLY_DX: Final = "What is in grads before and after a backward with retain_grads=False?"
FROZEN: Final = "Which lines of your backward run when trainable is False?"
WEIGHTS: Final = "Print the parameters before and after a backward. What happened to them?"
CLEARED: Final = "Print grads and memory before and after zero_grads. What changed?"
FROM_ONE: Final = "Which of the lines of the loop works on which batch, and how often?"
