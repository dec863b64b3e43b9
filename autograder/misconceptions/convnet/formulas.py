"""Known wrong answers to ``Affine`` and ``Conv``: what a single pass gets wrong."""

from functools import partial

from autograder.misconceptions.misconception import Misconception

affine = partial(Misconception, function="Affine")
conv = partial(Misconception, function="Conv")

_OUT = 'return x @ self.params["w"] + self.params["b"]'
_DW = "x.T @ dout"
_DB = "np.sum(dout, axis=0)"
_DX = 'dout @ self.params["w"].T'
_SUMMED = "w[d, m] met x[n, d] for every n, and b[m] met every n: sum over the images, no mean."
_HANDED_ON = "What the two functions return is handed on as it is."

MISTAKES = (
    affine(
        "N261",
        title="the bias is not added",
        question="What is out for x = 0?",
        remedy="out = x @ w + b.",
        check="out",
        edits=((_OUT, 'return x @ self.params["w"]'),),
    ),
    affine(
        "N262",
        title="divided by the number of images, though the loss has done that",
        question="Which part of the network divides by N, and how often may it be done?",
        remedy=_SUMMED,
        check="grads",
        edits=((_DW, f"{_DW} / len(x)"), (_DB, f"{_DB} / len(x)")),
    ),
    affine(
        "N263",
        title="the gradient of b is the mean over the images",
        question="In how many entries of out does b[m] appear?",
        remedy=_SUMMED,
        check="grads",
        edits=((_DB, "np.mean(dout, axis=0)"),),
    ),
    affine(
        "N264",
        title="the gradient of b is summed over the outputs as well",
        question="Which shape has b, and which your sum?",
        remedy=_SUMMED,
        check="grads",
        edits=((_DB, "np.sum(dout)"),),
    ),
    affine(
        "N265",
        title="the gradient of b is that of the first image",
        question="In how many entries of out does b[m] appear?",
        remedy=_SUMMED,
        check="grads",
        edits=((_DB, "dout[0]"),),
    ),
    affine(
        "N266",
        title="the factors of dw are exchanged",
        question="Which shape has dout.T @ x, and which has w?",
        remedy=_SUMMED,
        check="grads",
        edits=((_DW, "dout.T @ x"),),
    ),
    affine(
        "N267",
        title="w is not transposed in dx, which runs where it is square",
        question="Over which index of w does the sum for dx run?",
        remedy="x[n, d] met w[d, m] for every m: dx = dout @ w.T.",
        check="dx",
        edits=((_DX, 'dout @ self.params["w"]'),),
    ),
    affine(
        "N268",
        title="dx is w, whatever dout is",
        question="What would dx be if dout were twice as large?",
        remedy="By the chain rule every slope is multiplied by its own entry of dout.",
        check="dx",
        edits=((_DX, '(dout * 0 + 1) @ self.params["w"].T'),),
    ),
    affine(
        "N269",
        title="dx is multiplied by the output again",
        question="Which factor stands between x[n, d] and out[n, m]?",
        remedy="x[n, d] met w[d, m] for every m: dx = dout @ w.T.",
        check="dx",
        edits=((_DX, '(dout * (x @ self.params["w"])) @ self.params["w"].T'),),
    ),
    affine(
        "N270",
        title="the memory holds out instead of x",
        question="Which array do the formulas of the gradients need?",
        remedy="dw needs x: put x into the memory.",
        check="grads",
        edits=(
            ("self.memory.append(x)\n", 'out = x @ self.params["w"] + self.params["b"]\n'),
            (_OUT, "self.memory.append(out)\n        return out"),
        ),
    ),
    conv(
        "N361",
        title="stride and padding are written into the code instead of taken from conv_param",
        question="Try a layer with stride 2. What is the shape of out?",
        remedy="The layer's own conv_param belongs into every call.",
        check="pass",
        edits=(
            ('self.params["b"], self.conv_param)', 'self.params["b"], {"stride": 1, "pad": 1})'),
        ),
    ),
    conv(
        "N362",
        title="forward returns the cache together with out",
        question="What does conv_forward_im2col return, and what does forward?",
        remedy="The cache goes into the memory; only out is returned.",
        check="pass",
        edits=(("return out\n", "return out, cache\n"),),
    ),
    conv(
        "N363",
        title="backward returns all three gradients",
        question="What does the layer below get as its dout?",
        remedy="dw and db go into grads; only dx is returned.",
        check="pass",
        edits=(("return dx\n", "return dx, dw, db\n"),),
    ),
    conv(
        "N364",
        title="x is remembered instead of the cache",
        question="What does conv_backward_im2col expect as its second argument?",
        remedy="The memory holds the cache that conv_forward_im2col returned.",
        check="pass",
        edits=(("self.memory.append(cache)", "self.memory.append(x)"),),
    ),
    conv(
        "N365",
        title="the bias is left out of the forward",
        question="What is out for an image of zeros?",
        remedy="out is the convolution plus b.",
        check="pass",
        edits=(('self.params["b"], self.conv_param', '0 * self.params["b"], self.conv_param'),),
    ),
    conv(
        "N366",
        title="gradients are divided by the number of images, though the loss has done that",
        question="Which part of the network divides by N, and how often may it be done?",
        remedy=_HANDED_ON,
        check="pass",
        edits=(
            ('self.grads["w"] += dw', 'self.grads["w"] += dw / len(dout)'),
            ('self.grads["b"] += db', 'self.grads["b"] += db / len(dout)'),
        ),
    ),
    conv(
        "N367",
        title="dw and db are exchanged",
        question="In which order does conv_backward_im2col return its gradients?",
        remedy="dx, dw, db, in this order.",
        check="pass",
        edits=(("dx, dw, db = ", "dx, db, dw = "),),
    ),
    conv(
        "N368",
        title="the gradient by the images is added to that of the filters",
        question="In which order does conv_backward_im2col return its gradients?",
        remedy="dx, dw, db, in this order.",
        check="pass",
        edits=(("dx, dw, db = ", "dw, dx, db = "),),
    ),
)
