"""Changes that leave the functions and classes of ``08_convnet`` right, and must pass."""

from autograder.misconceptions.convnet.training import FORM
from autograder.misconceptions.misconception import Equivalent

_ONE_HOT = """
def softmax_cross_entropy(scores, y):
    N, C = scores.shape
    onehot = np.eye(C)[y]
    m = scores.max(axis=1, keepdims=True)
    logp = scores - m - np.log(np.exp(scores - m).sum(axis=1, keepdims=True))
    loss = -(onehot * logp).sum() / N
    return loss, (np.exp(logp) - onehot) / N
"""
_LOOPS = """
def softmax_cross_entropy(scores, y):
    loss = 0.0
    dscores = np.zeros(scores.shape)
    for n in range(scores.shape[0]):
        s = scores[n] - scores[n].max()
        total = sum(np.exp(value) for value in s)
        loss += (np.log(total) - s[y[n]]) / len(y)
        for c in range(scores.shape[1]):
            dscores[n, c] = (np.exp(s[c]) / total - (c == y[n])) / len(y)
    return loss, dscores
"""
_LOGADDEXP = """
def softmax_cross_entropy(scores, y):
    logp = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    d = np.exp(logp)
    d[range(len(y)), y] -= 1
    return -logp[range(len(y)), y].mean(), d / len(y)
"""
_REBINDING = """
class Affine:
    def __init__(self, w, b):
        self.params = dict(w=np.array(w, float), b=np.array(b, float))
        self.trainable = True
        self.memory = []
        self.zero_grads()

    def forward(self, x):
        if type(x) is list:
            out = []
            for item in x:
                out.append(self.forward(item))
            return out
        self.memory.append((x, x.shape))
        out = np.dot(x, self.params["w"])
        out += self.params["b"]
        return out

    def backward(self, dout, retain_grads=True):
        assert self.trainable, "Layer is frozen"
        if type(dout) is list:
            found = [None] * len(dout)
            for place in range(len(dout) - 1, -1, -1):
                found[place] = self.backward(dout[place], retain_grads)
            return found
        x, _ = self.memory[-1]
        del self.memory[-1]
        dw, db = np.einsum("nd,nm->dm", x, dout), np.ones(len(x)) @ dout
        if retain_grads:
            self.grads = {"w": self.grads["w"] + dw, "b": self.grads["b"] + db}
        return np.einsum("nm,dm->nd", dout, self.params["w"])

    def zero_grads(self):
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
"""
_ONE_ARRAY = """
class Affine:
    def __init__(self, w, b):
        self.both = np.vstack([w, b]).astype(float)
        self.gradient = np.zeros(self.both.shape)
        self.params = {"w": self.both[:-1], "b": self.both[-1]}
        self.grads = {"w": self.gradient[:-1], "b": self.gradient[-1]}
        self.trainable = True
        self.memory = []

    def forward(self, x):
        if isinstance(x, list):
            return [self.forward(each) for each in x]
        wide = np.hstack([x, np.ones((len(x), 1))])
        self.memory.append(wide)
        return wide @ self.both

    def backward(self, dout, retain_grads=True):
        if self.trainable is False:
            raise ValueError("frozen")
        if isinstance(dout, list):
            return [self.backward(each, retain_grads) for each in dout[::-1]][::-1]
        wide = self.memory.pop(-1)
        if retain_grads:
            self.gradient += wide.T @ dout
        return (dout @ self.both.T)[:, :-1]

    def zero_grads(self):
        self.gradient[:] = 0
"""
_MODULE_STYLE = """
class Conv:
    def __init__(self, w, b, stride=1, pad=0):
        self.params = {"w": np.array(w, dtype=float), "b": np.array(b, dtype=float)}
        self.options = dict(stride=stride, pad=pad)
        self.trainable, self.memory = True, []
        self.zero_grads()

    def forward(self, x):
        found = conv_forward_im2col(x, self.params["w"], self.params["b"], self.options)
        self.memory += [found[1]]
        return found[0]

    def backward(self, dout, retain_grads=True):
        if not self.trainable:
            raise Exception("frozen")
        dx, *others = conv_backward_im2col(dout, self.memory.pop())
        for name, share in zip("wb", others):
            if retain_grads:
                self.grads[name] = self.grads[name] + share
        return dx

    def zero_grads(self):
        self.grads = {"w": 0 * self.params["w"], "b": 0 * self.params["b"]}
"""
_CLASSICAL = """
class SGD:
    def __init__(self, layers, learning_rate, momentum=0.0):
        self.layers, self.rate, self.momentum = layers, learning_rate, momentum
        self.moves = [{name: 0 * p for name, p in layer.params.items()} for layer in layers]

    def step(self):
        for layer, moves in zip(self.layers, self.moves):
            for name in layer.params:
                if layer.trainable:
                    moves[name] = self.momentum * moves[name] - self.rate * layer.grads[name]
                    layer.params[name] = layer.params[name] + moves[name]
"""
_PLAIN_AFFINE_NET = """
def digit_classes(images, labels, new_images):
    random = np.random.default_rng(5)
    layers = [
        Flatten(),
        Affine(random.normal(size=(64, 40)) / 6, np.zeros(40)),
        ReLU(),
        Affine(random.normal(size=(40, 10)) / 6, np.zeros(10)),
    ]
    sgd = SGD(layers, learning_rate=0.5)
    for _ in range(40):
        train_epoch(layers, sgd, images, labels, batch_size=40, random=random)
    return predict(layers, new_images)
"""

EQUIVALENTS = (
    Equivalent("N1 one hot", "softmax_cross_entropy", form=_ONE_HOT, reason="labels as rows"),
    Equivalent("N1 loops", "softmax_cross_entropy", form=_LOOPS, reason="one entry at a time"),
    Equivalent(
        "N1 logaddexp",
        "softmax_cross_entropy",
        form=_LOGADDEXP,
        reason="NumPy's own stable logarithm of a sum of exponentials",
    ),
    Equivalent(
        "N2 new arrays",
        "Affine",
        form=_REBINDING,
        reason="fresh gradients instead of changed ones; an assert refuses as well",
    ),
    Equivalent(
        "N2 one array", "Affine", form=_ONE_ARRAY, reason="the bias as a row of w, x with a one"
    ),
    Equivalent("N3 new arrays", "Conv", form=_MODULE_STYLE, reason="fresh gradients"),
    Equivalent(
        "N4 velocity downhill",
        "SGD",
        form=_CLASSICAL,
        reason="the velocity holds the learning rate, which never changes; new arrays",
    ),
    Equivalent("N5 one function", "digit_classes", form=FORM, reason="the loop written out"),
    Equivalent(
        "N5 no convolution",
        "digit_classes",
        form=_PLAIN_AFFINE_NET,
        reason="judged by its result: two affine layers read as well",
    ),
)
