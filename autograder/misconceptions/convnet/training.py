"""Known wrong answers to ``digit_classes``: training runs that do not learn, or learn too little.

Each is a whole run with the loop written out.
"""

from functools import partial

from autograder.misconceptions.convnet.rules import CLASSES, FROM_ONE, LOOP, PAIRS, READ_ONLY
from autograder.misconceptions.misconception import Misconception

FORM = """
def digit_classes(images, labels, new_images):
    random = np.random.default_rng(0)
    layers = small_network(8, seed=0)
    sgd = SGD(layers, learning_rate=0.3)
    for epoch in range(15):
        order = random.permutation(len(images))
        for start in range(0, len(images), 20):
            batch = order[start : start + 20]
            for layer in layers:
                layer.zero_grads()
            scores = forward_through(layers, images[batch])
            loss, dscores = softmax_cross_entropy(scores, labels[batch])
            backward_through(layers, dscores)
            sgd.step()
    return predict(layers, new_images)
"""
run = partial(Misconception, function="digit_classes", form=FORM)

_ORDER = "        order = random.permutation(len(images))\n"
_ZERO = "            for layer in layers:\n                layer.zero_grads()\n"
_STEP = "            sgd.step()\n"
_RATE = "learning_rate=0.3"
_TELL = "predict(layers, new_images)"
_WEIGHTS = "Print a weight before and after an epoch. Does it move, and how far?"
_LOSSES = "Print the loss of every epoch. Where does it begin, and where does it go?"
_SHAPE = "What is the shape of what you return, and what are its values?"

MISTAKES = (
    run(
        "N501",
        title="the optimiser never takes a step",
        question=_WEIGHTS,
        remedy=LOOP,
        check="learned",
        edits=((_STEP, ""),),
    ),
    run(
        "N502",
        title="gradients are zeroed after the backward and before the step",
        question=_WEIGHTS,
        remedy=LOOP,
        check="learned",
        edits=((_ZERO, ""), (_STEP, _ZERO + _STEP)),
    ),
    run(
        "N503",
        title="gradients are never zeroed, and old ones pile up",
        question=_LOSSES,
        remedy=LOOP,
        check="learned",
        edits=((_ZERO, ""),),
    ),
    run(
        "N504",
        title="images that are sorted by class are used in that order",
        question=FROM_ONE,
        remedy="Draw a fresh random order for every epoch.",
        check="learned",
        edits=((_ORDER, "        order = np.arange(len(images))\n"),),
    ),
    run(
        "N505",
        title="every epoch begins with a fresh network",
        question=_WEIGHTS,
        remedy="One network and one optimiser for all epochs.",
        check="learned",
        edits=((_ORDER, "        layers = small_network(8, seed=0)\n" + _ORDER),),
    ),
    run(
        "N506",
        title="images are shuffled, their labels are not",
        question=FROM_ONE,
        remedy=PAIRS,
        check="learned",
        edits=(("labels[batch]", "labels[start : start + 20]"),),
    ),
    run(
        "N507",
        title="uphill: the learning rate is negative",
        question=_LOSSES,
        remedy="The learning rate is positive; the optimiser subtracts.",
        check="learned",
        edits=((_RATE, "learning_rate=-0.3"),),
    ),
    run(
        "N508",
        title="the learning rate is far too large, and the loss explodes",
        question=_LOSSES,
        remedy="Try 0.3, 0.1, 0.03 and look at the loss after each epoch.",
        check="learned",
        edits=((_RATE, "learning_rate=300.0"),),
    ),
    run(
        "N509",
        title="the learning rate is far too small, and the loss hardly moves",
        question=_LOSSES,
        remedy="Try 0.3, 0.1, 0.03 and look at the loss after each epoch.",
        check="learned",
        edits=((_RATE, "learning_rate=0.0003"),),
    ),
    run(
        "N519",
        title="the learning rate is too small for so few epochs",
        question=_LOSSES,
        remedy="Try 0.3, 0.1, 0.03 and look at the loss after each epoch.",
        check="learned",
        edits=((_RATE, "learning_rate=0.003"),),
    ),
    run(
        "N510",
        title="the backward begins with the scores instead of with dscores",
        question="Which gradient is the first dout of the backward pass?",
        remedy="The backward pass begins with the second value of softmax_cross_entropy.",
        check="learned",
        edits=(("backward_through(layers, dscores)", "backward_through(layers, scores)"),),
    ),
    run(
        "N511",
        title="all weights begin at 0, so that no signal comes through",
        question="What does the first layer return if its weights are 0?",
        remedy="Weights begin at random: equal ones stay equal, and zeros let nothing through.",
        check="learned",
        edits=(
            (
                _ORDER,
                "        if epoch == 0:\n"
                "            layers[0].params['w'][...] = 0\n"
                "            layers[-1].params['w'][...] = 0\n" + _ORDER,
            ),
        ),
    ),
    run(
        "N512",
        title="the class with the smallest score is returned",
        question="Which score is that of the class the network believes in?",
        remedy=CLASSES,
        check="learned",
        edits=((_TELL, "np.argmin(forward_through(layers, new_images), axis=1)"),),
    ),
    run(
        "N513",
        title="for each class the best image is returned instead of for each image the best class",
        question=_SHAPE,
        remedy=CLASSES,
        check="learned",
        edits=((_TELL, "np.argmax(forward_through(layers, new_images), axis=0)"),),
    ),
    run(
        "N514",
        title="scores are returned instead of classes",
        question=_SHAPE,
        remedy=CLASSES,
        check="learned",
        edits=((_TELL, "forward_through(layers, new_images)"),),
    ),
    run(
        "N515",
        title="the images of the training are read instead of the new ones",
        question="Which images do you predict?",
        remedy="The classes of new_images are asked for.",
        check="learned",
        edits=((_TELL, "predict(layers, images)[: len(new_images)]"),),
    ),
    run(
        "N516",
        title="one step an epoch, after the loop over the batches",
        question="How many steps does one epoch take?",
        remedy=LOOP,
        check="learned",
        edits=((_STEP, "        sgd.step()\n"),),
    ),
    run(
        "N517",
        title="the optimiser knows the first layer only",
        question=_WEIGHTS,
        remedy="The optimiser is given all layers.",
        check="learned",
        edits=(("SGD(layers,", "SGD(layers[:1],"),),
    ),
    run(
        "N518",
        title="images and labels are shuffled in place, which changes the caller's arrays",
        question="What is the order of the caller's images after your function has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=(
            (_ORDER, _ORDER + "        images[...], labels[...] = images[order], labels[order]\n"),
        ),
    ),
)
